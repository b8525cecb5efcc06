"""styletools' optimizer on a peer's objective: ours.py METHOD PRECISION CONTENT STYLE."""

import sys

import numpy as np
from objectives import objective, tf
from worker import serve

from styletools.transfer import LBFGS


def main(method, precision, content, style):
    start, loss_of = objective(method, content, style, precision)
    optimizer = LBFGS(start)

    @tf.function
    def evaluate(image):
        with tf.GradientTape() as tape:
            tape.watch(image)
            loss = loss_of(image)
        return loss, tape.gradient(loss, image)

    def step():
        loss, gradient = evaluate(optimizer.image)
        optimizer.update(loss, gradient)
        return float(loss)  # of the picture before this step

    evaluate(tf.constant(start))  # traces the graph: the peers' are ready too when asked to start
    serve(step, lambda: np.array(optimizer.image), "tensorflow", "keras", "numpy")


if __name__ == "__main__":
    main(*sys.argv[1:])
