"""What the playground says: what was moved, what that did, and how two pictures differ."""

import textwrap

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
SHORT = {"content_weight": "content", "style_weight": "style", "tv_weight": "TV"}
PARTS = {2: "half", 3: "a third", 4: "a quarter", 5: "a fifth", 10: "a tenth", 100: "a hundredth"}
CHOSEN = "style", "size", "strokes", "optimizer"  # what may be changed on the way
NEAR = 3  # steps between two moves that count as one
HARDLY = 0.02  # a change of a loss that is not worth a word
LONGEST = 30  # letters of a picture's name
WIDTH = 44  # letters of a line of a caption


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
        signs.append(
            f"{name} × {_round(factor)}" if factor > 1 else f"{name} ÷ {_round(1 / factor)}"
        )
        words.append(f"{name} {_turned(factor)}")
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


def _turned(factor):
    if factor > 1:
        return f"up {_round(factor)} times"
    return f"down to {PARTS.get(round(1 / factor, 1)) or f'{factor:.0%}'.replace('%', ' %')}"


def _risen(name, change):
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


def captions(settings):
    """(a title for all, a caption for each) of pictures that have these settings."""
    names = [n for n in settings[0] if any(each[n] != settings[0][n] for each in settings)]
    same = {name: value for name, value in settings[0].items() if name not in names}
    pair = [same.pop(name) for name in ("content", "style") if name in same]
    title = ", ".join([" × ".join(map(str, pair))] * bool(pair) + _named(same, SHORT))
    texts = (", ".join(_named({n: each[n] for n in names}, names)) for each in settings)
    return title, [textwrap.fill(text, WIDTH) for text in texts]


def _named(values, wanted):
    return [f"{SHORT.get(n, n)} {_shown(value)}" for n, value in values.items() if n in wanted]


def _shown(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
