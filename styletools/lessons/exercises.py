"""The check under an exercise: says what is wrong with an answer, not what the answer is."""

from typing import Any

import numpy as np

from ..errors import StyletoolsError, shown
from .answers import ANSWERS


def check(exercise: str, answer: Any) -> bool:
    """Compare an answer with the key, print the verdict, return whether it is right.

    Parameters
    ----------
    exercise : str
        Lesson and number, "5.2" for the second of lesson 5.
    answer : number, array or str
        The student's; ``...`` means "not tried yet". A tolerance is of each expected value.

    Raises `StyletoolsError` if there is no such exercise to check.
    """
    if ANSWERS and not (isinstance(exercise, str) and exercise in ANSWERS):
        raise StyletoolsError(
            f"there is no exercise {shown(exercise)}; there are {', '.join(ANSWERS)}"
        )
    if answer is ...:
        print("Still to do: replace the three dots with your answer.")
        return False
    if not ANSWERS:  # a copy for students
        print("This copy has no key: keep your answer in the cell. Your teacher has the key.")
        return False
    expected, hint, rtol = ANSWERS[exercise]
    problem = _problem(answer, expected, rtol)
    print(f"Not yet: {problem}. Hint: {hint}." if problem else "Correct.")
    return problem is None


def _problem(answer, expected, rtol):
    """What is wrong, in words, or None."""
    if isinstance(expected, str):
        return None if str(answer).strip().lower() == expected else "that is not it"
    try:
        answer, expected = np.asarray(answer, float), np.asarray(expected, float)
    except (TypeError, ValueError):
        return f"a number or an array is wanted, this is of type {type(answer).__name__}"
    if answer.shape != expected.shape:
        return f"the shape is {answer.shape}, it should be {expected.shape}"
    if not np.isfinite(answer).all():
        return "some values are not finite"
    if np.allclose(answer, expected, rtol=rtol, atol=1e-9 * np.abs(expected).max()):
        return None
    if np.allclose(answer, -expected, rtol=rtol):
        return "the sign is the wrong way round"
    return "the shape is right, the values are not" if expected.ndim else "the value is not right"
