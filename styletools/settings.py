"""Checks of settings: each returns the value it was given, or says what is wrong with it."""

import math
from numbers import Real

from .errors import StyletoolsError


def check_choice(name, value, choices):
    """Return `value` if it is one of `choices`, else raise `StyletoolsError`."""
    if value not in choices:
        allowed = " or ".join(repr(choice) for choice in choices)
        raise StyletoolsError(f"{name} is {value!r}; it must be {allowed}")
    return value


def check_weight(name, value):
    """Return `value` if it is a finite number from 0 up, else raise `StyletoolsError`."""
    if not (isinstance(value, Real) and 0 <= value < math.inf):
        raise StyletoolsError(f"{name} is {value!r}; it must be a number from 0 up")
    return value


def check_steps(steps):
    """Return `steps` if it is a whole number from 1 up, else raise `StyletoolsError`."""
    if not (isinstance(steps, int) and steps >= 1):
        raise StyletoolsError(f"steps is {steps!r}; it must be a whole number from 1 up")
    return steps


def check_shares(shares, layers):
    """Return {layer: share}: `shares`, or 1/L for each of L layers if None."""
    if shares is None:
        return dict.fromkeys(layers, 1 / len(layers))
    if set(shares) != set(layers):
        raise StyletoolsError(
            f"style_layer_weights names {', '.join(shares)}; it must name each of the "
            f"style layers {', '.join(layers)}"
        )
    return {layer: check_weight(f"the weight of {layer}", w) for layer, w in shares.items()}
