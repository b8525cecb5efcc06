"""What the playground says: what was moved, what that did, and how two pictures differ."""

import textwrap
from pathlib import PurePath

import numpy as np

from ..transfer import STYLE_LAYERS

MEANINGS = {"content_weight": "photograph", "style_weight": "painter", "tv_weight": "smoothness"}
PLACES = dict(  # what a layer of the style decides, in words
    zip(
        STYLE_LAYERS,
        ("colour and grain", "fine strokes", "strokes", "shapes of strokes", "large arrangements"),
        strict=True,
    )
)
PAIR = "content", "style"
SCALES = MEANINGS | {"strokes": "strokes"}  # settings of which the ratio counts, in wall words
COLOURS = "photograph's colours"  # a kept picture's setting: whether it has them
WAY, NOTHING = "changed on the way", "nothing"  # another, and its value where nothing was
USUAL = {"strokes": 1.0, "optimizer": "lbfgs", "init": "content"}  # settings not worth a word
USUAL |= dict.fromkeys(STYLE_LAYERS, 1.0) | {COLOURS: False, WAY: NOTHING}
SHORT = {"content_weight": "content", "style_weight": "style", "tv_weight": "TV"}
CHOSEN = "style", "size", "strokes", "optimizer"  # what may be changed on the way
NEAR = 3  # steps between two moves that count as one
HARDLY = 0.02  # a change of a loss that is not worth a word
LONGEST = 30  # letters of a picture's name


def moves(legs):
    """[(step, signs, words)] of all that was changed on the way, after which step it was.

    Signs such as "style × 10" stand at its mark on the curves. What was moved within three steps
    is one move.
    """
    found, step, last = [], 0, None
    for leg in legs:
        for weights, steps in leg.path:
            here = leg.scene, weights
            if last is not None and found and step - found[-1][1] <= NEAR:
                found[-1] = (found[-1][0], step, found[-1][2], here)
            elif last is not None:
                found.append((step, step, last, here))
            step, last = step + steps, here
    told = ((first, *_changed(before, after)) for first, _, before, after in found)
    return [(first, signs, words) for first, signs, words in told if signs]


def _changed(before, after):
    """(signs, words) of the way from one (scene, weights) to another."""
    (scene, weights), (new_scene, new_weights) = before, after
    new = {name: (getattr(scene, name), getattr(new_scene, name)) for name in CHOSEN}
    signs = [f"{name} {_shown(b)}" for name, (a, b) in new.items() if a != b]
    words = [f"{name} {_shown(a)} → {_shown(b)}" for name, (a, b) in new.items() if a != b]
    for name, factor in _factors(weights, new_weights).items():
        signs.append(f"{name} {_scaled(factor)}")
        words.append(signs[-1])
    return ", ".join(signs), ", ".join(words)


def _factors(before, after):
    """{name: factor} of the weights that were moved; of the shares the one that moved most."""
    factors = {short: after[name] / before[name] for name, short in SHORT.items()}
    was, now = (
        each["style_layer_weights"] or dict.fromkeys(STYLE_LAYERS, 1 / len(STYLE_LAYERS))
        for each in (before, after)
    )
    ratios = {f"{layer}'s share": now[layer] / was[layer] for layer in STYLE_LAYERS}
    most = max(ratios, key=lambda name: abs(np.log(ratios[name])))
    return {n: f for n, f in (factors | {most: ratios[most]}).items() if abs(np.log(f)) > 1e-3}


def effect(words, before, now):
    """One sentence on what a move did, from the records of the step before it and of now."""
    was, has = ({"content": r.content, "TV": r.tv} | r.style_layers for r in (before, now))
    change = {name: has[name] / was[name] - 1 for name in was if was[name]}
    layers = [name for name in STYLE_LAYERS if name in change]
    most = max(layers, key=lambda name: abs(change[name]), default=None)
    told = [name for name in (most, "content", "TV") if name in change]
    still = [name for name in told if abs(change[name]) < HARDLY]
    parts = [_risen(name, change[name]) for name in told if name not in still]
    if still:
        parts.append(f"{' and '.join(still)} hardly changed")
    since = now.step - before.step
    steps = f"{since} step{'s' * (since > 1)}"
    return f"{words[:1].upper()}{words[1:]}. After {steps} the losses: {', '.join(parts)}."


def _round(factor):
    return f"{factor:.0f}" if factor >= 10 else f"{factor:.2g}"


def _risen(name, change):
    name = f"{name} ({PLACES[name]})" if name in PLACES else name
    if change >= 1:
        return f"{name} is {1 + change:.2g} times what it was"
    return f"{name} {'rose' if change > 0 else 'fell'} by {abs(change):.0%}".replace("%", " %")


def differences(first, second):
    """How two kept pictures' settings differ: "content_weight 0.05 → 0.2", one after another."""
    return ", ".join(
        f"{name} {_shown(first[name])} → {_shown(second[name])}"
        for name in first
        if first[name] != second[name]
    )


def captions(settings, width):
    """(a title for all, a caption for each) of pictures that have these settings, in wall words.

    The first caption says what the first was made with, each later one how it differs from that;
    no line has more than `width` letters.
    """
    first, *others = settings
    title = " × ".join(_titled(first[name]) for name in PAIR)
    parts = [[f"{word} {_shown(first[name])}" for name, word in MEANINGS.items()]]
    parts[0] += _apart(USUAL, first)
    parts += [[*_apart(first, other)] or ["the same settings"] for other in others]
    return title, [_caption(n, each, width) for n, each in enumerate(parts, 1)]


def _caption(number, parts, width):
    """Parts of a caption, of which none that fits into a line is broken."""
    room = width - len(f"{number}. ,")
    whole = (part.replace(" ", "\u00a0") if len(part) <= room else part for part in parts)
    return textwrap.fill(f"{number}. {', '.join(whole)}", width)


def _titled(name):
    """A picture's name for a title: "great_wave" is Great Wave."""
    return _shown(PurePath(name).stem.replace("_", " ").title())


def _apart(first, other):
    """How the settings of `other` differ from those of `first`, one after another."""
    named = SCALES | {layer: f"{layer} ({place})" for layer, place in PLACES.items()}
    for name in first:
        if first[name] == other[name]:
            continue
        if name in named:
            yield f"{named[name]} {_scaled(other[name] / first[name])}"
        elif isinstance(other[name], bool):
            yield f"{'with' if other[name] else 'without'} the {name}"
        else:
            yield f"{name}: {_shown(other[name])}"


def _scaled(factor):
    return f"× {_round(factor)}" if factor > 1 else f"÷ {_round(1 / factor)}"


def _shown(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
