"""What a reader moves in a lesson: a guess, and pictures behind sliders."""

import ipywidgets as widgets
import numpy as np
import pytest

import styletools as st
from styletools.lessons import controls

DARK, LIGHT = np.zeros((8, 12, 3)), np.ones((8, 12))
WRONG = [None, 1, "text", [], {}, {"a": None}, {"a": "text"}, {"a": np.arange(5)}, object()]


@pytest.fixture
def shown(monkeypatch):
    """What was displayed, in order."""
    things = []
    monkeypatch.setattr(controls, "display", things.append)
    return things


def found(box, kind):
    return [child for child in box.children if isinstance(child, kind)]


def test_a_guess_is_noted_and_nothing_is_told(shown):
    st.guess("sharper", "coarser & greyer")
    (buttons,), (said,) = found(shown[0], widgets.ToggleButtons), found(shown[0], widgets.HTML)
    assert buttons.value is None
    buttons.value = "coarser & greyer"
    assert "coarser &amp; greyer" in said.value
    before = said.value
    buttons.value = "sharper"
    assert "sharper" in said.value and said.value != before


@pytest.mark.parametrize("answers", [(), ("alone",), ("a", 1), ("a", ""), (None, None)])
def test_a_guess_needs_texts(answers, shown):
    with pytest.raises(st.StyletoolsError, match="two answers"):
        st.guess(*answers)
    assert not shown


def test_one_label_has_one_slider(shown):
    st.browse({1: DARK, 16: LIGHT}, "side")
    (slider,), (picture,) = found(shown[0], widgets.SelectionSlider), found(shown[0], widgets.HTML)
    assert 'alt="side 1"' in picture.value
    dark = picture.value
    slider.value = 16
    assert 'alt="side 16"' in picture.value
    assert picture.value.split("base64,")[1] != dark.split("base64,")[1]


def test_two_labels_choose_from_a_table(shown):
    keys = [(layer, i) for layer in ("block1_conv1", "block2_conv1") for i in (1, 2, 3)]
    st.browse(dict.fromkeys(keys, DARK), "layer", "channel")
    layer, channel = found(shown[0], widgets.SelectionSlider)
    layer.value, channel.value = "block2_conv1", 3
    assert 'alt="layer block2_conv1, channel 3"' in found(shown[0], widgets.HTML)[0].value


@pytest.mark.parametrize(
    ("pictures", "labels"),
    [
        ({"a": DARK}, ()),
        ({"a": DARK}, ("one", "two")),
        ({("a", 1): DARK, ("b", 2): DARK}, ("letter", "number")),  # no picture for a, 2
        ({("a", 1): DARK, "b": DARK}, ("letter", "number")),
    ],
)
def test_labels_and_keys_must_fit(pictures, labels, shown):
    with pytest.raises(st.StyletoolsError, match="do not fit"):
        st.browse(pictures, *labels)
    assert not shown


@pytest.mark.parametrize("pictures", WRONG, ids=lambda value: type(value).__name__)
def test_what_is_no_picture_is_refused(pictures, shown):
    with pytest.raises(st.StyletoolsError):
        st.browse(pictures, "label")
