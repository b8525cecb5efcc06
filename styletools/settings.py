"""Checks of settings: each returns the value it was given, or says what is wrong with it."""

import difflib
import math
from collections.abc import Mapping
from numbers import Integral, Real

import numpy as np

from .errors import StyletoolsError, quoted, shown

AT_ONCE = 384  # pixels of the longer side up to which pictures are painted at one size
LARGEST = 1e9  # of a weight: squares of gradients, summed, must stay within float32,
SMALLEST = 1e-12  # and must not vanish in it
ROUNDING = 1e-3  # that shares may miss 1 by


def nearest(name, choices):
    """The up to three of `choices` that look most like `name`, or the first three."""
    close = difflib.get_close_matches(str(name)[:100], choices, n=3, cutoff=0.4)
    return ", ".join(close or choices[:3])


def check_choice(name, value, choices):
    """Return `value` if it is one of `choices` (text), else raise `StyletoolsError`."""
    if not (isinstance(value, str) and value in choices):
        allowed = " or ".join(repr(choice) for choice in choices)
        raise StyletoolsError(f"{name} is {shown(value)}; it must be {allowed}")
    return value


def check_number(name, value, largest=LARGEST):
    """Return `value` if it is a number from 0 to `largest`, else raise `StyletoolsError`."""
    if isinstance(value, bool) or not (isinstance(value, Real) and 0 <= value <= largest):
        raise StyletoolsError(
            f"{name} is {shown(value)}; it must be a number from 0 up (at most {largest:g})"
        )
    return value


def check_weights(**weights):
    """Raise `StyletoolsError` unless all are numbers from 0 up and one is worth counting."""
    for name, value in weights.items():
        check_number(name, value)
    if max(weights.values()) < SMALLEST:
        raise StyletoolsError(
            f"{', '.join(weights)} are all 0, or under {SMALLEST:g}: make at least one "
            "larger (what counts is their ratio)"
        )


def check_whole(name, value, least=1, most=math.inf):
    """Return `value`, a whole number from `least` to `most`, or raise `StyletoolsError`."""
    if isinstance(value, bool) or not (isinstance(value, Integral) and least <= value <= most):
        end = "up" if most == math.inf else f"to {most}"
        raise StyletoolsError(
            f"{name} is {shown(value)}; it must be a whole number from {least} {end}"
        )
    return value


def check_steps(steps):
    """Return `steps` if it is a whole number from 1 to a thousand million, else raise."""
    return check_whole("steps", steps, most=10**9)


def check_flag(name, value):
    """Return `value` if it is True or False, else raise `StyletoolsError`."""
    if not isinstance(value, bool | np.bool_):
        raise StyletoolsError(f"{name} is {shown(value)}; it must be True or False")
    return value


def check_function(name, value):
    """Return `value` if it is a function or None, else raise `StyletoolsError`."""
    if not (value is None or callable(value)):
        raise StyletoolsError(f"{name} is {shown(value)}; it must be a function")
    return value


def check_names(kind, names, choices):
    """Return `names` (one, or a sequence) as a tuple if all are among `choices`, none twice."""
    try:
        names = (names,) if isinstance(names, str) else tuple(names)
    except TypeError:
        raise StyletoolsError(f"the {kind}s are {shown(names)}; give a list of names") from None
    if not names:
        raise StyletoolsError(f"the list of {kind}s is empty; give one, such as {choices[0]!r}")
    for name in names:
        if not (isinstance(name, str) and name in choices):
            raise StyletoolsError(
                f"there is no {kind} {shown(name)}; the nearest are {nearest(name, choices)}"
            )
        if names.count(name) > 1:
            raise StyletoolsError(f"{kind} {name!r} is named twice; name it once")
    return names


def check_shares(shares, layers):
    """Return {layer: share}: `shares`, or 1/L for each of L layers if None. They add up to 1."""
    if shares is None:
        return dict.fromkeys(layers, 1 / len(layers))
    if not isinstance(shares, Mapping) or set(shares) != set(layers):
        named = ", ".join(map(str, shares)) if isinstance(shares, Mapping) else shown(shares)
        raise StyletoolsError(
            f"style_layer_weights names {quoted(named)[1:-1]}; it must be a dict with each of the "
            f"style layers {', '.join(layers)}"
        )
    shares = {layer: check_number(f"the weight of {layer}", shares[layer]) for layer in layers}
    whole = math.fsum(shares.values())
    if abs(whole - 1) > ROUNDING:
        raise StyletoolsError(
            f"the style_layer_weights add up to {whole:.6g}; they are shares and must add up to 1"
            + (": divide each by their sum" if whole else "; all are 0")
        )
    return shares
