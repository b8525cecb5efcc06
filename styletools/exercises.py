"""The check under an exercise: says what is wrong with an answer, not what the answer is."""

import numpy as np


def check(answer, expected, hint, rtol=1e-3):
    """Compare an answer with the expected number or array, print the verdict, return a bool.

    Parameters
    ----------
    answer
        The student's; ``...`` means "not tried yet".
    expected : number, array or str
    hint : str
        One sentence that points to the mistake most often made.
    rtol : float
        Relative tolerance, of the largest expected value.
    """
    problem = None if answer is ... else _problem(answer, expected, rtol)
    if answer is ...:
        print("Still to do: replace the three dots by your answer.")
    elif problem:
        print(f"Not yet: {problem}. Hint: {hint}")
    else:
        print("Correct.")
    return answer is not ... and problem is None


def _problem(answer, expected, rtol):
    """What is wrong, in words, or None."""
    if isinstance(expected, str):
        return None if str(answer).strip().lower() == expected.lower() else "that is not it"
    try:
        answer, expected = np.asarray(answer, float), np.asarray(expected, float)
    except (TypeError, ValueError):
        return f"a number or an array is wanted, this is of type {type(answer).__name__}"
    if answer.shape != expected.shape:
        return f"the shape is {answer.shape}, it should be {expected.shape}"
    if not np.isfinite(answer).all():
        return "some values are not finite"
    if np.abs(answer - expected).max(initial=0) <= rtol * np.abs(expected).max(initial=0):
        return None
    if np.allclose(answer, -expected, rtol=rtol):
        return "the sign is the wrong way round"
    return "the shape is right, the values are not" if expected.ndim else "the value is not right"
