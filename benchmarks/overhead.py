"""How long a step's two parts take with the defaults: overhead.py PRECISION CONTENT STYLE.

Answers each number of steps on standard input with the median seconds of an `evaluation` of loss
and gradient and of L-BFGS's `update`, which remembers twenty steps from the 21st on.
"""

import statistics
import sys
import time

from schedules import evaluated
from worker import answer

from styletools import StyleTransfer, load_image
from styletools.network import tf
from styletools.transfer import LBFGS


def main(precision, content, style):
    transfer = StyleTransfer(load_image(content), load_image(style), precision=precision)
    optimizer = LBFGS(load_image(content))
    answer(versions=[])
    for line in sys.stdin:
        times = [one_step(transfer, optimizer) for _ in range(int(line))]
        evaluation, update = map(statistics.median, zip(*times, strict=True))
        answer(evaluation=evaluation, update=update)


def one_step(transfer, optimizer):
    """Seconds of the evaluation, and of the update."""
    began = time.perf_counter()
    total, gradient = evaluated(transfer, optimizer.image)
    between = time.perf_counter()
    optimizer.update(total, tf.constant(gradient))
    optimizer.image.numpy()  # a GPU has finished
    return between - began, time.perf_counter() - between


if __name__ == "__main__":
    main(*sys.argv[1:])
