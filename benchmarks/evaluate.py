"""The common judge: evaluate.py METHOD CONTENT STYLE, then files of pictures on standard input.

Answers each .npy file with its loss in float32, by the method's objective.
"""

import sys

import numpy as np
from objectives import objective, tf
from worker import answer


def main(method, content, style):
    _, loss_of = objective(method, content, style)
    answer(versions=[])
    for line in sys.stdin:
        answer(loss=float(loss_of(tf.constant(np.load(line.strip())))))


if __name__ == "__main__":
    main(*sys.argv[1:])
