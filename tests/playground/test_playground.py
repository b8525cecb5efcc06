"""The playground without a browser: widgets are made, values are set, buttons are clicked."""

import io
import threading

import numpy as np
import pytest
from PIL import Image

import styletools as st
from styletools.playground.clock import Clock
from styletools.playground.playground import AT_ONCE
from styletools.playground.uploads import uploaded


@pytest.fixture
def playground():
    return st.Playground("great_pyramid", "starry_night", size=48, steps=4)


def tick(playground, times=1):
    """What a browser's Play widget sends."""
    for _ in range(times):
        playground.clock.widget.value += 1


def repeated(playground):
    names = {"st": st}
    exec(playground.code, names)
    return names["image"]


def test_it_opens_with_the_content_and_the_defaults(playground):
    np.testing.assert_array_equal(playground.image, st.load_image("great_pyramid", 48))
    opened = Image.open(io.BytesIO(playground.panel.preview.value))
    assert opened.size == playground.image.shape[1::-1]
    defaults = {name: playground.sliders[name].value for name in ("content_weight", "tv_weight")}
    assert defaults == {"content_weight": 0.05, "tv_weight": 0.1}
    assert playground.history == []


def test_pictures_without_a_name_are_called_content_and_style():
    content, style = st.load_image("great_pyramid", 60), st.load_image("starry_night")
    playground = st.Playground(content, style, size=48)
    assert [playground.panel.choices[name].value for name in ("content", "style")] == [
        "content",
        "style",
    ]
    playground.run(2)
    names = {"st": st, "content": content, "style": style}
    exec(playground.code, names)
    np.testing.assert_array_equal(names["image"], playground.image)
    playground.panel.choices["style"].value = "content"
    assert "(st.load_image(content, 48), st.load_image(content, 48)" in playground.code


def test_a_file_that_can_be_read_once_is_enough():
    with open(st.sample_images()["great_pyramid"], "rb") as file:
        playground = st.Playground(file, "starry_night", size=48)
    playground.run(1)
    assert len(playground.history) == 1


def test_one_picture_may_have_a_name_and_the_other_none(tmp_path):
    path = st.sample_images()["starry_night"]
    playground = st.Playground(path.read_bytes(), path, size=48)
    playground.run(1)
    assert f"st.load_image(content, 48), st.load_image({str(path)!r}, 48)" in playground.code


def test_ticks_step_and_the_run_pauses_at_its_goal(playground):
    tick(playground)
    assert len(playground.history) == 0  # not started
    playground.start()
    playground.start()  # a double click
    tick(playground, 9)
    assert len(playground.history) == 4
    assert not playground.clock.running
    playground.start()  # goes on beyond
    tick(playground)
    assert len(playground.history) == 5
    assert playground.panel.steps.value == 4 + AT_ONCE


def test_a_slider_acts_on_the_next_step_without_a_new_trace(playground):
    playground.run(2)
    traces = playground._transfer.objective.graph.experimental_get_tracing_count()
    playground.sliders["content_weight"].value = 0.001
    playground.sliders["style_weight"].value = 10
    playground.sliders["block5_conv1"].value = 0.01
    playground.run(1)
    record = playground.history[-1]
    weighted = 0.001 * record.content + 10 * record.style + 0.1 * record.tv
    np.testing.assert_allclose(record.total, weighted, rtol=1e-5)
    layers = np.array(list(record.style_layers.values()))
    assert record.style == pytest.approx(layers @ ([1 / 4.01] * 4 + [0.01 / 4.01]), rel=1e-3)
    assert playground._transfer.objective.graph.experimental_get_tracing_count() == traces


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_the_code_paints_the_same_picture_again(playground, optimizer):
    playground.panel.choices["optimizer"].value = optimizer
    playground.run(3)
    assert "changed on the way" not in playground.code
    np.testing.assert_array_equal(repeated(playground), playground.image)
    playground.sliders["style_weight"].value = 7.7777
    playground.sliders["block1_conv1"].value = 3
    playground.run(2)
    playground.sliders["block1_conv1"].value = 1
    playground.run(1)
    assert playground.code.startswith("# The weights were changed on the way.")
    np.testing.assert_array_equal(repeated(playground), playground.image)


def test_other_pictures_sizes_and_reset_start_again(playground):
    for name, value in (("content", "astronaut"), ("style", "great_wave"), ("size", 96)):
        playground.run(1)
        playground.panel.choices[name].value = value
        assert playground.history == []
    assert max(playground.image.shape) == 96
    playground.run(1)
    playground.panel.buttons["Reset"].click()
    np.testing.assert_array_equal(playground.image, st.load_image("astronaut", 96))


def test_the_painter_sketches_and_may_begin(playground):
    playground.panel.choices["size"].value = 96
    assert "painted at once" in playground.panel.status.value
    sketch = playground.panel.preview.value
    playground.panel.choices["init"].value = "painter"
    assert playground.panel.preview.value == sketch
    playground.run(2)
    assert "painted at once" not in playground.panel.status.value
    assert "init='painter'" in playground.code
    np.testing.assert_array_equal(repeated(playground), playground.image)
    playground.panel.choices["style"].value = "astronaut"  # whom no painter has learnt from
    assert "painted at once" not in playground.panel.status.value
    with pytest.raises(st.StyletoolsError, match="no painter has learnt"):
        playground.run(1)


def test_buttons_step_run_and_save(playground):
    playground.panel.buttons["Step"].click()
    assert len(playground.history) == 1
    playground.panel.buttons[f"Run {AT_ONCE} steps"].click()
    assert len(playground.history) == 1 + AT_ONCE
    assert playground.panel.curves.value[:2] == b"\xff\xd8"  # a JPEG
    assert "26 of 4" in playground.panel.status.value
    playground.panel.buttons["Save PNG"].click()
    assert "great_pyramid_starry_night_26.png" in playground.panel.download.value


def test_only_one_playground_runs(playground):
    playground.start()
    other = st.Playground("astronaut", "great_wave", size=48)
    assert not playground.clock.running
    other.start()
    playground.start()
    assert not other.clock.running


def test_pausing_takes_effect_on_ticks_under_way(playground):
    playground.start()
    tick(playground)
    playground.panel.buttons["Pause"].click()
    tick(playground, 3)
    assert len(playground.history) == 1


def test_a_pause_in_another_thread_shows_the_step_under_way(playground, monkeypatch):
    # so that the step itself shows nothing
    monkeypatch.setattr("styletools.playground.panel.PREVIEW_PAUSE", 60)
    playground.run(1)
    playground.start()
    run, pause = playground._transfer.run, threading.Thread(target=playground.pause)

    def paused_meanwhile(steps):
        pause.start()
        pause.join(timeout=0.2)  # it must wait for the end of the step
        return run(steps)

    playground._transfer.run = paused_meanwhile
    tick(playground)
    pause.join()
    assert len(playground.history) == 2
    assert "step 2 of" in playground.panel.status.value


def upload(playground, name, filename, content):
    event = {"new": ({"name": filename, "content": memoryview(content)},)}
    playground._on_upload(name, event)


def test_an_upload_is_chosen(playground):
    own, buffer = np.full((60, 80, 3), 200, np.uint8), io.BytesIO()
    Image.fromarray(own).save(buffer, "PNG")
    upload(playground, "style", "../../my style.png", buffer.getvalue())
    assert playground.panel.choices["style"].value == "my style.png"
    assert playground.panel.choices["content"].value == "great_pyramid"
    playground.run(1)
    assert len(playground.history) == 1


def test_bad_pictures_and_broken_runs_are_said_in_words(playground):
    upload(playground, "content", "notes.jpg", b"not a picture")
    assert "notes.jpg" in playground.panel.message.value
    assert playground.panel.choices["content"].value == "great_pyramid"
    playground.run(1)
    playground.start()
    playground._transfer.step = lambda: 1 / 0
    tick(playground)
    assert "ZeroDivisionError" in playground.panel.message.value
    assert not playground.clock.running
    with pytest.raises(st.StyletoolsError, match="no_such_picture"):
        st.Playground("no_such_picture", "starry_night")


def test_a_size_that_the_pictures_do_not_have_is_said(playground, tmp_path):
    strip = tmp_path / "strip.png"
    Image.new("RGB", (600, 150), "teal").save(strip)
    playground.panel.choices["size"].value = 192
    upload(playground, "content", "strip.png", strip.read_bytes())
    assert "VGG19 needs at least 32" not in playground.panel.message.value
    playground.panel.choices["size"].value = 96
    assert "VGG19 needs at least 32" in playground.panel.message.value
    playground.panel.buttons["Pause"].click()


def test_the_stop_button_ends_a_run(playground, monkeypatch):
    run = st.StyleTransfer.run
    monkeypatch.setattr(st.StyleTransfer, "run", lambda *a: run(*a) and "interrupted")
    playground.run(5)
    assert len(playground.history) == 1


@pytest.mark.parametrize(
    "name", ["../" * 9 + "etc/cron.d/x", "C:\\\\x\\\\y", "n" * 999, "a\\0b", "..", ""]
)
def test_a_files_name_is_never_used_as_a_path(playground, name):
    upload(playground, "content", name, b"not a picture")
    said = playground.panel.message.value
    assert "is not a picture" in said and "/" not in said.replace("</b>", "")
    assert "etc" not in said


def test_errors_name_no_folder_of_the_machine(playground):
    playground.run(1)
    playground.start()
    playground._transfer.step = lambda: open("/no/such folder/here.txt")
    tick(playground)
    assert "FileNotFoundError" in playground.panel.message.value
    assert "/no" not in playground.panel.message.value


def test_uploads_of_ipywidgets_7_and_8():
    assert uploaded({"a.png": {"metadata": {}, "content": b"x"}}) == [("a.png", b"x")]
    assert uploaded(({"name": "a.png", "content": memoryview(b"x")},)) == [("a.png", b"x")]


def test_the_clock_has_no_thread_and_forgets_late_ticks():
    ticks, threads = [], threading.active_count()
    clock = Clock(lambda: ticks.append(1))
    clock.start()
    clock.widget.value += 1
    clock.stop()
    clock.widget.value += 1
    assert ticks == [1]
    assert threading.active_count() == threads
