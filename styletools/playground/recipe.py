"""Python, and where it can be one a line of shell, that paints a picture again."""

import inspect
import shlex
from dataclasses import asdict, dataclass

from ..settings import AT_ONCE
from ..transfer import StyleTransfer

DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(StyleTransfer).parameters.items()
    if parameter.default is not parameter.empty
}
NO_SHELL = "# {}: only the Python above paints this picture."


@dataclass(frozen=True)
class Scene:
    """What is painted, and by which optimizer: the settings that are no weights.

    `content` and `style` are names, `size` is the longer side in pixels, `strokes` how many times
    as large the style picture is taken, `init` where the first of a picture's scenes starts.
    """

    content: str
    style: str
    size: int
    strokes: float = 1.0
    optimizer: str = "lbfgs"
    init: str = "content"

    @property
    def sides(self):
        """The longer sides of the content and of the style picture, in pixels."""
        return self.size, round(self.size * self.strokes)


@dataclass(frozen=True)
class Leg:
    """A part of a picture's way: a `Scene`, and [(weights, steps)], for how long each held.

    `rounded` says that it began with a picture from a file, of 8 bits a colour.
    """

    scene: Scene
    path: tuple
    rounded: bool = False

    @property
    def steps(self):
        """How many it has."""
        return sum(steps for _, steps in self.path)


def recipe(legs, nameless=(), colours=False):
    """Python that paints a picture again.

    Parameters
    ----------
    legs : sequence of Leg
        The first starts from its scene's `init`, each later one from the picture as it was.
    nameless : set of str
        The names of pictures that are variables rather than files.
    colours : bool
        Whether the picture has the photograph's colours.
    """
    first = legs[0]
    pictures = [_loaded(first.scene, nameless)[name] for name in ("content", "style")]
    (weights, steps), *moves = first.path
    settings = {"optimizer": first.scene.optimizer, "init": first.scene.init} | weights
    arguments = ", ".join([*pictures, *_keywords(settings)])
    if not moves and len(legs) == 1:
        lines = [f"image = st.transfer_style({arguments}, steps={steps}).image"]
    else:
        what = "weights" if len(legs) == 1 else "settings"
        lines = [f"# The {what} were changed on the way."]
        lines += [f"transfer = st.StyleTransfer({arguments})", f"transfer.run({steps})"]
        lines += _moves(weights, moves)
        for before, leg in zip(legs, legs[1:], strict=False):
            lines += _gone_on(before.scene, leg, nameless)
        lines.append("image = transfer.image")
    if colours:
        content = _loaded(legs[-1].scene, nameless)["content"]
        lines.append(f"image = st.keep_colours(image, {content})")
    return "\n".join(lines)


def _loaded(scene, nameless):
    """Python for the two pictures."""
    names = {"content": scene.content, "style": scene.style}
    sources = {k: name if name in nameless else repr(name) for k, name in names.items()}
    sides = dict(zip(names, scene.sides, strict=True))
    return {name: f"st.load_image({sources[name]}, {sides[name]})" for name in names}


def _moves(weights, path):
    lines = []
    for later, steps in path:
        changed = {name: value for name, value in later.items() if value != weights[name]}
        lines += [f"transfer.{name} = {value!r}" for name, value in changed.items()]
        lines.append(f"transfer.run({steps})")
        weights = later
    return lines


def _gone_on(before, leg, nameless):
    """The lines of a later leg, which begins with the picture of the scene `before`."""
    scene, ((weights, steps), *moves) = leg.scene, leg.path
    pictures = zip(("photograph", "painting"), _loaded(scene, nameless).values(), strict=True)
    lines = [f"{name} = {code}" for name, code in pictures]
    start = "transfer.image"
    if leg.rounded:
        start = "from_file"
        lines.append('from_file = st.load_image((255 * transfer.image).round().astype("uint8"))')
    if before.size != scene.size:
        lines.insert(0, "import keras")
        resized = f"keras.ops.image.resize({start}, photograph.shape[:2]).numpy()"
        lines.append(f"resized = {resized}")
        start = "resized"
    keywords = _keywords({"optimizer": scene.optimizer} | weights)
    arguments = ", ".join(["photograph", "painting", f"init={start}", *keywords])
    lines += [f"transfer = st.StyleTransfer({arguments})", f"transfer.run({steps})"]
    return lines + _moves(weights, moves)


def _keywords(settings):
    return [f"{name}={value!r}" for name, value in settings.items() if value != DEFAULTS[name]]


def shell_line(legs, nameless=(), colours=False):
    """The same as a line of shell, or a remark that says why there can be none."""
    scene, path = legs[0].scene, legs[0].path
    weights, steps = path[0]
    shares = weights["style_layer_weights"]
    reasons = {
        "the settings were changed on the way": len(legs) > 1 or len(path) > 1,
        "the shares of the layers are not equal": shares is not None,
        "the strokes have another size": scene.strokes != 1,
        "it has the photograph's colours": colours,
        "a picture is a variable": set(nameless) & {scene.content, scene.style},
    }
    for reason, holds in reasons.items():
        if holds:
            return NO_SHELL.format(reason[0].upper() + reason[1:])
    settings = asdict(scene) | weights
    options = [
        f"--{name.replace('_', '-')} {settings[name]:g}"
        for name in ("content_weight", "style_weight", "tv_weight")
        if settings[name] != DEFAULTS[name]
    ]
    options += [
        f"--{name} {settings[name]}"
        for name in ("optimizer", "init")
        if settings[name] != DEFAULTS[name]
    ]
    files = (f"./{name}" if name.startswith("-") else name for name in (scene.content, scene.style))
    named = " ".join(map(shlex.quote, files))
    command = f"python -m styletools {named} -o painting.png --size {scene.size} --steps {steps}"
    if scene.size > AT_ONCE:
        options.append("--no-coarse-to-fine")
    return " ".join([command, *options])
