"""What a saved PNG tells about its picture, and how that is read; nothing in it is trusted."""

import math
from dataclasses import asdict, fields

from ..errors import StyletoolsError, quoted
from ..settings import check_choice, check_number, check_shares, check_whole
from ..transfer import OPTIMIZERS, STYLE_LAYERS, Record
from .recipe import Leg, Scene

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
    legs = [asdict(leg) for leg in moment.legs]
    kept = history[:: -(-len(history) // MOST)]
    records = [[getattr(r, n) for n in PLAIN] + list(r.style_layers.values()) for r in kept]
    state = {"legs": legs, "history": records, "colours": colours}
    return asdict(moment.legs[-1].scene) | weights | {"steps": moment.steps, KEY: state}


def read(settings, sources, name):
    """(legs, history, colours) as `stored` wrote them.

    `sources` are the names of the pictures at hand, `name` is that of the file. Raises
    `StyletoolsError` if a part is missing or wrong.
    """
    if KEY not in settings:
        raise StyletoolsError(
            f"{quoted(name)} was not saved by the playground, so there is nothing to bring back"
        )
    state = settings[KEY]
    try:
        legs = tuple(_leg(leg) for leg in state["legs"])
        history = [_record(values) for values in state["history"]]
        colours = state["colours"] is True
        if not legs:
            raise ValueError("no steps")
    except (StyletoolsError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise StyletoolsError(WRONG.format(quoted(name), error)) from None
    for picture in dict.fromkeys(n for leg in legs for n in (leg.scene.content, leg.scene.style)):
        if picture not in sources:
            raise StyletoolsError(
                f"{quoted(name)} was painted from {quoted(picture)}, which is not here: upload "
                "that picture first, then open this one again"
            )
    return legs, history, colours


def _leg(leg):
    path = tuple((_weights(weights), check_whole("steps", steps)) for weights, steps in leg["path"])
    if not path:
        raise ValueError("a part without steps")
    return Leg(_scene(leg["scene"]), path)


def _scene(scene):
    names = [str(scene[name]) for name in ("content", "style")]
    size = check_whole("size", scene["size"], most=10**5)
    strokes = _within("strokes", scene["strokes"], 0.1, 10)
    check_choice("optimizer", scene["optimizer"], OPTIMIZERS)
    check_choice("init", scene["init"], ("content", "painter"))
    return Scene(*names, size, strokes, scene["optimizer"], scene["init"])


def _weights(weights):
    shares = weights["style_layer_weights"]
    if shares is not None:
        shares = check_shares(shares, STYLE_LAYERS)
        shares = {layer: _within(layer, share, TINY, 1) for layer, share in shares.items()}
    plain = {name: _within(name, weights[name], TINY, 1 / TINY) for name in WEIGHTS}
    return plain | {"style_layer_weights": shares}


def _record(values):
    step, *losses = values
    check_whole("step", step)
    if len(values) != len(PLAIN) + len(STYLE_LAYERS) or not all(map(math.isfinite, losses)):
        raise ValueError("a record of a step")
    plain = dict(zip(PLAIN, values, strict=False))
    return Record(**plain, style_layers=dict(zip(STYLE_LAYERS, values[len(PLAIN) :], strict=True)))


def _within(name, value, least, most):
    check_number(name, value)
    if not least * 0.999 <= value <= most * 1.001:
        raise ValueError(f"{name} is {value:g}")
    return float(value)
