"""The check of exercises says what is wrong without giving the answer away."""

import numpy as np
import pytest

from styletools import check


@pytest.mark.parametrize(
    ("answer", "expected", "verdict"),
    [
        (4, 4, "Correct"),
        (4.001, 4, "Correct"),
        (4.1, 4, "value is not right"),
        (-4, 4, "sign"),
        (..., 4, "Still to do"),
        ("four", 4, "type str"),
        (None, 4, "not finite"),
        (np.eye(2), np.eye(3), "shape is (2, 2)"),
        (np.eye(2) * 2, np.eye(2), "values are not"),
        (np.eye(2) * np.nan, np.eye(2), "not finite"),
        ("Block5_conv1 ", "block5_conv1", "Correct"),
        ("block4_conv1", "block5_conv1", "that is not it"),
    ],
)
def test_verdicts(capsys, answer, expected, verdict):
    right = check(answer, expected, "look again")
    said = capsys.readouterr().out
    assert verdict in said
    assert right == (verdict == "Correct")
    assert ("look again" in said) == said.startswith("Not yet")
