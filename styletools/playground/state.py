"""What a saved PNG tells about its picture, and how that is read; nothing in it is trusted."""

import base64
import io
import math
from dataclasses import asdict, fields, replace
from pathlib import PurePath

from PIL import Image

from ..errors import StyletoolsError, in_words, quoted
from ..pictures import encoded, load_image, read_settings
from ..settings import check_choice, check_number, check_shares, check_whole
from ..transfer import OPTIMIZERS, STYLE_LAYERS, Record
from .dials import INITS, MOST_STEPS
from .recipe import Leg, Scene
from .studio import Moment

KEY = "playground"  # of the state among a picture's settings
MOST = 300  # records that are stored, thinned evenly
PLAIN = [field.name for field in fields(Record) if field.name != "style_layers"]
WEIGHTS = "content_weight", "style_weight", "tv_weight"
TINY = 1e-6  # of a weight or a share: no slider goes so far
WRONG = "what the playground has written into {} is damaged ({}): take another copy of the file"


def stored(moment, history, colours):
    """Settings for `save_image` that tell all of a `Moment`.

    `history` are the records of its steps, `colours` says whether it has the photograph's.
    """
    *_, (weights, _) = moment.legs[-1].path
    legs = [asdict(replace(leg, scene=_short(leg.scene))) for leg in moment.legs]
    kept = history[:: -(-len(history) // MOST) or 1]
    kept += [record for record in history[-1:] if record not in kept]
    records = [[getattr(r, n) for n in PLAIN] + list(r.style_layers.values()) for r in kept]
    state = {"legs": legs, "history": records, "colours": colours}
    if colours:
        state["plain"] = base64.b64encode(encoded(moment.image, "PNG")).decode()
    return asdict(_short(moment.legs[-1].scene)) | weights | {"steps": moment.steps, KEY: state}


def _short(scene):
    """A `Scene` whose names say nothing of the folders of this machine."""
    names = (PurePath(name).name for name in (scene.content, scene.style))
    return replace(scene, **dict(zip(("content", "style"), names, strict=True)))


def read(content, sources, name):
    """(`Moment`, history, colours) as `stored` wrote them into the PNG of these bytes.

    `sources` are the names of the pictures at hand, `name` is that of the file. Raises
    `StyletoolsError` if a part is missing or wrong.
    """
    try:
        state = read_settings(content)[KEY]
    except (KeyError, StyletoolsError):
        raise StyletoolsError(
            f"{quoted(name)} was not saved by the playground, so there is nothing to bring back"
        ) from None
    try:
        legs = tuple(_leg(leg) for leg in state["legs"])
        total = check_whole("steps", sum(leg.steps for leg in legs), most=MOST_STEPS)
        history = [_record(values, total) for values in state["history"]]
        colours = state["colours"] is True
        if len({(leg.scene.content, leg.scene.init) for leg in legs}) != 1:
            raise ValueError("parts of more than one picture")
        picture = base64.b64decode(state["plain"]) if colours else content
        with Image.open(io.BytesIO(picture), formats=["PNG"]) as opened:
            if max(opened.size) != legs[-1].scene.size:
                raise ValueError(f"{opened.size} pixels")
        image = load_image(picture)
    except (StyletoolsError, ArithmeticError, LookupError, OSError, TypeError, ValueError) as error:
        raise StyletoolsError(WRONG.format(quoted(name), in_words(error))) from None
    known = {PurePath(source).name: source for source in sources}
    for picture in dict.fromkeys(n for leg in legs for n in (leg.scene.content, leg.scene.style)):
        if picture not in known:
            raise StyletoolsError(
                f"{quoted(name)} was painted from {quoted(picture)}, which is not here: upload "
                "that picture first, then open this one again"
            )
    return Moment(image, tuple(_known(leg, known) for leg in legs)), history, colours


def _known(leg, known):
    scene = leg.scene
    scene = replace(scene, content=known[scene.content], style=known[scene.style])
    return replace(leg, scene=scene)


def _leg(leg):
    path = tuple((_weights(weights), check_whole("steps", steps)) for weights, steps in leg["path"])
    if not path:
        raise ValueError("a part without steps")
    return Leg(_scene(leg["scene"]), path, leg.get("rounded") is True)


def _scene(scene):
    names = [str(scene[name]) for name in ("content", "style")]
    size = check_whole("size", scene["size"], most=10**5)
    strokes = _within("strokes", scene["strokes"], 0.1, 10)
    check_choice("optimizer", scene["optimizer"], OPTIMIZERS)
    check_choice("init", scene["init"], INITS)
    return Scene(*names, size, strokes, scene["optimizer"], scene["init"])


def _weights(weights):
    shares = weights["style_layer_weights"]
    if shares is not None:
        shares = check_shares(shares, STYLE_LAYERS)
        shares = {layer: _within(layer, share, TINY, 1) for layer, share in shares.items()}
    plain = {name: _within(name, weights[name], TINY, 1 / TINY) for name in WEIGHTS}
    return plain | {"style_layer_weights": shares}


def _record(values, most):
    step, *losses = values
    check_whole("step", step, most=most)
    if len(values) != len(PLAIN) + len(STYLE_LAYERS) or not all(map(math.isfinite, losses)):
        raise ValueError("a record of a step")
    plain = dict(zip(PLAIN, values, strict=False))
    return Record(**plain, style_layers=dict(zip(STYLE_LAYERS, values[len(PLAIN) :], strict=True)))


def _within(name, value, least, most):
    check_number(name, value)
    if not least * 0.999 <= value <= most * 1.001:
        raise ValueError(f"{name} is {value:g}")
    return float(value)
