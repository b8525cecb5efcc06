"""How a network learns to paint: its weights change until its pictures have a low loss.

Johnson, Alahi & Fei-Fei, "Perceptual Losses for Real-Time Style Transfer and Super-Resolution"
(2016), section 3, with the losses of `styletools.objective`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from tqdm.auto import tqdm

from ..errors import StyletoolsError, shown
from ..network import VGG19Features, keras, tf
from ..objective import content_loss, gram_matrix, style_loss, total_variation
from ..pictures import MIN_SIDE, check_image
from ..settings import check_flag, check_function, check_steps, check_weights, check_whole
from .network import SIDES, finely, painter_network
from .painter import Painter

CONTENT_LAYER = "block4_conv2"
STYLE_LAYERS = tuple(f"block{block}_conv1" for block in range(1, 5))
MOVED = 3  # pixels at most that a photograph is moved by, each way, for stability
EDGE = 8  # pixels at the edge of a piece in which stability isn't asked for
RATE = 3e-3  # of Adam at most
WARM_UP = 20  # the part of the steps in which the rate rises to that: one in so many
LARGEST_CROP = 3  # times `size`, before a crop is made smaller


@dataclass(frozen=True)
class TrainingRecord:
    """One step of training: losses without their weights, `total` with them."""

    step: int
    total: float
    content: float
    style: float
    tv: float
    stability: float


def train_painter(
    style: ArrayLike,
    photographs: Sequence[ArrayLike],
    steps: int = 600,
    progress: bool = True,
    *,
    callback: Callable[[TrainingRecord, Painter], bool | None] | None = None,
    **settings: Any,
) -> Painter:
    """Train a network for `steps` steps to paint like `style`, and return the `Painter`.

    The arguments are those of `Training`. Shows a progress bar with the losses; Ctrl-C ends the
    training early and keeps what was learnt. `callback(record, painter)` is called after every
    step; if it returns True the training stops.
    """
    check_flag("progress", progress)
    check_function("callback", callback)
    training = Training(style, photographs, steps, **settings)
    with tqdm(total=training.steps, unit="step", disable=not progress) as bar:
        try:
            for _ in range(training.steps):
                record = training.step()
                bar.set_postfix(content=f"{record.content:.3f}", style=f"{record.style:.3f}")
                bar.update()
                if callback is not None and callback(record, training.painter):
                    break
        except KeyboardInterrupt:
            pass
    return training.painter


class Training:
    """A painter in training: `step()` makes it a little better, `painter` is what it has become.

    Parameters
    ----------
    style : array (H, W, 3)
        The painting to learn from; brush strokes will have the size in pixels that they have here.
    photographs : list of array (H, W, 3)
        Pieces of them are what it practises on.
    steps : int
        How many there will be: the learning rate falls to 0 with the last.
    size, batch : int
        Pixels of a side of such a piece, a multiple of 8, and pieces a step.
    content_weight, style_weight, tv_weight : float
        Weights of the losses, which are relative (see `styletools.objective.losses`), of average
        pooling, with the content at block4_conv2 and the style at block1_conv1 to block4_conv1.
    stability_weight : float
        Of `stability_loss`: without it, strokes sit on a grid, and films shimmer.
    start : Painter, optional
        One to go on from: who paints like one painting learns another sooner.
    seed : int
        Of the first weights and of the choice of pieces.

    Raises
    ------
    StyletoolsError
        A value cannot be used.
    """

    def __init__(
        self,
        style,
        photographs,
        steps,
        *,
        size=128,
        batch=2,
        content_weight=0.3,
        style_weight=1.0,
        tv_weight=0.1,
        stability_weight=10.0,
        start=None,
        seed=0,
    ):
        self.steps, self.done = check_steps(steps), 0
        self.photographs = _photographs(photographs)
        self.size, self.batch = check_whole("size", size, MIN_SIDE), check_whole("batch", batch)
        if size % SIDES:
            raise StyletoolsError(f"size is {size}; it must be a multiple of {SIDES}")
        weights = {"content_weight": content_weight, "style_weight": style_weight}
        weights |= {"tv_weight": tv_weight, "stability_weight": stability_weight}
        check_weights(**weights)
        self.seed = check_whole("seed", seed, 0)
        if not isinstance(start, Painter | None):
            raise StyletoolsError(f"start is {shown(start)}; it must be a Painter")
        network = painter_network(seed)
        if start is not None:
            network.set_weights(start.network.get_weights())
        self.painter = Painter(network, style)
        warm_up = steps // WARM_UP
        rate = keras.optimizers.schedules.CosineDecay(
            0.0, steps - warm_up, warmup_target=RATE, warmup_steps=warm_up
        )
        self._adam = keras.optimizers.Adam(rate)
        self._adam.build(network.trainable_variables)
        self._learn = _learn(network, self._adam, style_targets(style), [*weights.values()])

    def step(self):
        """Practise once, and return the `TrainingRecord`.

        Raises `StyletoolsError` if a loss is not finite.
        """
        seed = self.seed, self.done
        crops = random_crops(self.photographs, self.batch, self.size, seed)
        shift = np.random.default_rng(seed).integers(1, MOVED + 1, 2)
        losses = self._learn(tf.constant(crops), tf.constant(shift)).numpy()
        self.done += 1
        if not np.isfinite(losses).all():
            raise StyletoolsError(f"a loss is not finite at step {self.done}: take smaller weights")
        return TrainingRecord(self.done, *losses.tolist())

    @property
    def variables(self):
        """All that a step changes, as Keras variables."""
        return self.painter.network.trainable_variables + self._adam.variables


def _photographs(given):
    if not isinstance(given, list | tuple):
        raise StyletoolsError(f"photographs is a {type(given).__name__}; it must be a list of them")
    if not given:
        raise StyletoolsError("there are no photographs to practise on; give one or more")
    return [check_image(photograph, "a photograph") for photograph in given]


def _learn(network, adam, targets, weights):
    """A function from photographs (B, H, W, 3) and a shift to losses, which learns.

    The losses are the total, content, style, TV and stability.
    """
    seen, content = (
        VGG19Features(layers, "avg", padding="reflect", precision="auto")
        for layers in ((*targets, CONTENT_LAYER), CONTENT_LAYER)
    )
    parameters, weights = network.trainable_variables, np.float32(weights)

    @tf.function
    def learn(photographs, shift):
        P = content.batch(photographs)[CONTENT_LAYER]
        with tf.GradientTape() as tape:
            painted = finely(network, photographs)
            stability = stability_loss(network, photographs, painted, shift) if weights[3] else 0.0
            losses = painting_losses(painted, seen.batch(painted), P, targets)
            losses = tf.concat([losses, [stability]], 0)
            total = tf.reduce_sum(weights * losses)
        adam.apply(tape.gradient(total, parameters), parameters)
        return tf.concat([[total], losses], 0)

    return learn


def style_targets(style):
    """{layer: Gram matrix} of a painting (H, W, 3)."""
    features = VGG19Features(STYLE_LAYERS, "avg", padding="reflect")(style)
    return {layer: gram_matrix(F) for layer, F in features.items()}


def painting_losses(painted, F, P, targets):
    """Content, style and total variation of pictures (B, H, W, 3): each the mean over them.

    F {layer: (B, H', W', C)} are their features and P those of the photographs. The content's
    errors are compared with what all the photographs of the batch hold: alone, a piece of plain
    sky, whose features are near 0, would count for all the others together.
    """
    content = content_loss(F[CONTENT_LAYER], P)
    style = [
        style_loss(gram_matrix(each), target)
        for layer, target in targets.items()
        for each in tf.unstack(F[layer])
    ]
    tv = [total_variation(picture) for picture in tf.unstack(painted)]
    return tf.stack([content, tf.reduce_mean(style), tf.reduce_mean(tv)])


def stability_loss(network, photographs, painted, shift):
    """Mean (f(x moved) moved back − f(x))²: 0 if strokes follow the scene. f paints `finely`.

    `photographs` x and `painted` f(x) have the form (B, H, W, 3); `shift` is (y, x) in pixels, and
    what leaves a picture on one side comes in on the other, so that means and variances stay. A
    network whose maps are smaller tells a shift of a few pixels from one of a whole position of
    theirs, so its strokes can sit on a grid. Gram matrices, which forget places, allow that.
    Compare Gupta, Johnson, Alahi & Fei-Fei, "Characterizing and Improving Stability in Neural Style
    Transfer" (2017).
    """
    moved = finely(network, tf.roll(photographs, shift, (1, 2)))
    errors = tf.roll(moved, -shift, (1, 2)) - painted
    return tf.reduce_mean(errors[:, EDGE:-EDGE, EDGE:-EDGE] ** 2)


def random_crops(photographs, number, size, seed):
    """Square pieces (number, size, size, 3) of photographs (H, W, 3), some of them mirrored."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(photographs), number, replace=number > len(photographs))
    return np.stack([_crop(photographs[index], size, rng) for index in chosen])


def _crop(photograph, size, rng):
    """The square is `size` pixels or larger and then made smaller."""
    most = min(*photograph.shape[:2], LARGEST_CROP * size)
    side = int(rng.integers(min(size, most), most + 1))
    top, left = (int(rng.integers(n - side + 1)) for n in photograph.shape[:2])
    piece = photograph[top : top + side, left : left + side]
    piece = tf.image.resize(piece, (size, size), antialias=True).numpy().clip(0, 1)
    return piece[:, ::-1] if rng.random() < 0.5 else piece
