"""The playground without a browser: widgets are made, values are set, buttons are clicked."""

import base64
import io
import re
import threading
from datetime import UTC, datetime

import ipywidgets as widgets
import numpy as np
import pytest
from PIL import Image

import styletools as st
from styletools.pictures import encoded
from styletools.playground.clock import Clock
from styletools.playground.playground import AT_ONCE
from styletools.playground.uploads import MOST, uploaded


@pytest.fixture
def playground():
    return st.Playground("great_pyramid", "starry_night", size=48, steps=4)


def tick(playground, times=1):
    """What a browser's Play widget sends."""
    for _ in range(times):
        playground.clock.widget.value += 1


def opened(shown):
    """Pillow's picture of an `img` or a link."""
    return Image.open(io.BytesIO(linked(shown)))


def linked(shown):
    """The bytes that an `img` or a link holds."""
    return base64.b64decode(re.search(r"base64,([^\"]+)", shown)[1])


def repeated(playground):
    names = {"st": st}
    exec(playground.code, names)
    return names["image"]


def test_it_opens_with_the_content_and_the_defaults(playground):
    np.testing.assert_array_equal(playground.image, st.load_image("great_pyramid", 48))
    assert opened(playground.panel.preview.value).size == playground.image.shape[1::-1]
    defaults = {name: playground.sliders[name].value for name in ("content_weight", "tv_weight")}
    assert defaults == {"content_weight": 0.05, "tv_weight": 0.1}
    assert playground.history == []


def test_pictures_without_a_name_are_called_content_and_style():
    content, style = st.load_image("great_pyramid", 120), st.load_image("starry_night")
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
    playground.panel.choices["size"].value = 96
    playground.run(1)
    assert "painting = st.load_image(content, 96)" in playground.code
    exec(playground.code, names)
    np.testing.assert_array_equal(names["image"], playground.image)


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
    traces = playground.studio._transfer.objective.graph.experimental_get_tracing_count()
    playground.sliders["content_weight"].value = 0.001
    playground.sliders["style_weight"].value = 10
    playground.sliders["block5_conv1"].value = 0.01
    playground.run(1)
    record = playground.history[-1]
    weighted = 0.001 * record.content + 10 * record.style + 0.1 * record.tv
    np.testing.assert_allclose(record.total, weighted, rtol=1e-5)
    layers = np.array(list(record.style_layers.values()))
    assert record.style == pytest.approx(layers @ ([1 / 4.01] * 4 + [0.01 / 4.01]), rel=1e-3)
    assert playground.studio._transfer.objective.graph.experimental_get_tracing_count() == traces


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
    playground.run(1)
    playground.panel.choices["content"].value = "astronaut"
    assert playground.history == []
    assert "begins again" in playground.panel.message.value
    playground.run(1)
    playground.panel.buttons["Reset"].click()
    np.testing.assert_array_equal(playground.image, st.load_image("astronaut", 48))


def test_another_style_size_stroke_or_optimizer_goes_on_from_the_picture(playground):
    playground.run(2)
    changes = {"style": "great_wave", "strokes": 2.0, "size": 96, "optimizer": "adam"}
    for steps, (name, value) in enumerate(changes.items(), 2):
        before = playground.image
        playground.panel.choices[name].value = value
        assert "goes on from the picture" in playground.panel.message.value
        np.testing.assert_array_equal(playground.image, before)
        playground.run(1)
        assert len(playground.history) == playground.history[-1].step == steps + 1
    assert max(playground.image.shape) == 96
    assert "st.load_image('great_wave', 192)" in playground.code
    np.testing.assert_array_equal(repeated(playground), playground.image)


def test_the_painter_sketches_and_may_begin(playground):
    playground.panel.choices["size"].value = 96
    assert "one-pass painter" in playground.panel.status.value
    sketch = playground.panel.preview.value
    playground.panel.choices["init"].value = "painter"
    assert playground.panel.preview.value == sketch
    playground.run(2)
    assert "one-pass painter" not in playground.panel.status.value
    assert "init='painter'" in playground.code
    np.testing.assert_array_equal(repeated(playground), playground.image)
    playground.reset()
    playground.panel.choices["style"].value = "astronaut"  # whom no painter has learnt from
    assert "no painter has learnt" in playground.panel.message.value
    assert playground.panel.choices["style"].value == "starry_night"
    playground.panel.choices["init"].value = "content"
    playground.panel.choices["style"].value = "astronaut"
    assert "one-pass painter" not in playground.panel.status.value


def test_buttons_step_run_and_save(playground):
    playground.panel.buttons["Step"].click()
    assert len(playground.history) == 1
    playground.panel.buttons[f"Run {AT_ONCE} steps"].click()
    assert len(playground.history) == 1 + AT_ONCE
    assert opened(playground.panel.curves.value).format == "JPEG"
    assert "26 of 26 · paused" in playground.panel.status.value
    playground.panel.buttons["Save PNG"].click()
    assert "great_pyramid_starry_night_26.png" in playground.panel.download.value


def click(playground, name):
    playground.panel.buttons[name].click()


def test_looking_back_shows_an_earlier_step_while_the_run_goes_on(playground):
    playground.run(2)
    early = playground.panel.preview.value
    playground.start()
    tick(playground, 2)
    assert playground.panel.time.value == playground.panel.time.max == 4
    assert playground.panel.preview.value != early
    playground.panel.time.value = 2
    assert "you look at step 2" in playground.panel.status.value
    assert np.asarray(opened(playground.panel.preview.value)).std() > 0
    assert playground.panel.python.value.endswith("steps=2).image")
    tick(playground)
    playground.run(1)
    assert playground.panel.time.value == 2 and playground.panel.time.max == 5
    click(playground, "Save PNG")
    assert "great_pyramid_starry_night_2.png" in playground.panel.download.value
    playground.panel.time.value = 5
    assert "you look at" not in playground.panel.status.value


def test_the_preview_shows_painting_photograph_or_both(playground):
    playground.run(3)
    seen = {}
    for view in ("photograph", "both", "painting"):
        playground.panel.view.value = view
        seen[view] = opened(playground.panel.preview.value)
    assert seen["photograph"].size == seen["painting"].size
    assert seen["both"].width > 2 * seen["painting"].width
    content = st.load_image("great_pyramid", 48)
    assert np.abs(np.asarray(seen["photograph"]) / 255 - content).mean() < 0.02
    assert np.abs(np.asarray(seen["painting"]) / 255 - content).mean() > 0.02
    assert 'alt="the painting after 3 steps"' in playground.panel.preview.value


def test_presets_move_the_sliders(playground):
    playground.sliders["block5_conv1"].value = 5
    playground.panel.presets["more photograph"].click()
    assert playground.sliders["content_weight"].value == 0.5
    assert playground.sliders["block5_conv1"].value == 1
    playground.panel.presets["only texture"].click()
    assert playground.sliders["content_weight"].value == pytest.approx(0.0005)
    playground.panel.presets["balanced"].click()
    assert playground.sliders["content_weight"].value == 0.05


def test_the_photographs_colours_are_kept_without_a_new_start(playground):
    playground.run(3)
    plain = playground.image
    playground.panel.colours.value = True
    assert len(playground.history) == 3
    kept = st.keep_colours(plain, st.load_image("great_pyramid", 48))
    np.testing.assert_array_equal(playground.image, kept)
    np.testing.assert_array_equal(repeated(playground), kept)
    click(playground, "Save PNG")
    saved = np.asarray(opened(playground.panel.download.value)) / 255
    np.testing.assert_allclose(saved, kept, atol=0.51 / 255)
    playground.panel.colours.value = False
    np.testing.assert_array_equal(playground.image, plain)


def test_what_is_kept_can_be_brought_back_and_compared(playground):
    playground.run(1)
    click(playground, "Keep")
    playground.sliders["content_weight"].value = 0.2
    playground.run(1)
    click(playground, "Keep")
    first, second = playground.strip.kept
    assert (first.settings["content_weight"], second.settings["content_weight"]) == (0.05, 0.2)
    assert not np.array_equal(first.image, second.image)
    assert second.settings["changed on the way"] == "content × 4 after step 1"
    playground.panel.colours.value = True
    playground.strip._cells[0].children[1].click()
    assert playground.sliders["content_weight"].value == 0.05
    assert playground.panel.colours.value is False


def test_reset_takes_the_pause_back_to_where_it_was(playground):
    playground.run(4)
    playground.start()
    assert playground.panel.steps.value > 4
    assert f"step 4 of {playground.panel.steps.value}" in playground.panel.status.value
    playground.reset()
    assert playground.panel.steps.value == 4


def test_what_the_last_move_did_is_said_and_marked(playground):
    playground.run(2)
    assert "Move a slider" in playground.panel.effect.value
    curves = playground.panel.curves.value
    playground.sliders["style_weight"].value = 10
    playground.run(2)
    assert playground.panel.effect.value.startswith("Style × 10. After 2 steps the losses: block")
    assert playground.panel.curves.value != curves


def test_a_film_of_all_steps(playground):
    playground.run(5)
    playground.panel.choices["size"].value = 96
    playground.run(1)
    click(playground, "Save film")
    film = opened(playground.panel.download.value)
    assert (film.format, film.n_frames, max(film.size)) == ("WEBP", 7, 96)


def test_a_saved_png_brings_everything_back(playground):
    playground.run(2)
    playground.sliders["style_weight"].value = 10
    playground.sliders["block2_conv1"].value = 3
    playground.panel.choices["strokes"].value = 2.0
    playground.panel.choices["optimizer"].value = "adam"
    playground.run(2)
    click(playground, "Save PNG")
    png = linked(playground.panel.download.value)
    other = st.Playground("astronaut", "great_wave", size=100)
    upload(other, "state", "saved.png", png)
    assert "is back, with its 4 steps" in other.panel.message.value
    chosen = [{n: c.value for n, c in p.panel.choices.items()} for p in (playground, other)]
    assert chosen[0] == chosen[1]
    places = [{n: s.value for n, s in p.sliders.items()} for p in (playground, other)]
    assert places[1] == pytest.approx(places[0], rel=1e-3)
    assert other.code == playground.code
    np.testing.assert_allclose(other.image, playground.image, atol=0.51 / 255)
    assert other.history == playground.history
    other.run(1)
    assert other.history[-1].step == 5
    upload(other, "state", "plain.png", encoded(playground.image, "PNG", {"steps": 1}))
    assert "was not saved by the playground" in other.panel.message.value
    assert len(other.history) == 5


def test_an_upload_in_mid_run_goes_on_from_the_picture(playground):
    playground.run(3)
    sky = encoded(np.full((40, 60, 3), 0.4, np.float32), "PNG")
    upload(playground, "style", "sky.png", sky)
    assert "goes on from the picture" in playground.panel.message.value
    playground.run(1)
    assert len(playground.history) == 4
    assert playground.studio.scene.style == "sky.png"


def test_another_picture_of_the_same_name_gets_a_number(playground):
    first, second = (encoded(np.full((40, 60, 3), v, np.float32), "PNG") for v in (0.4, 0.6))
    for content in (first, first, second):
        upload(playground, "style", "a.png", content)
    assert playground.panel.choices["style"].value == "a (2).png"
    upload(playground, "style", "great_wave", first)
    assert playground.panel.choices["style"].value == "great_wave (2)"


def test_the_same_file_can_be_chosen_twice(playground):
    chosen = playground.panel.uploads["style"]
    picture = encoded(np.full((40, 60, 3), 0.4, np.float32), "PNG")
    for _ in range(2):
        chosen.set_trait("value", arrived("a.png", picture))
        assert playground.panel.choices["style"].value == "a.png"
        assert len(chosen.value) == 0
        playground.panel.choices["style"].value = "starry_night"


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>.png", "$^$.png", "n" * 200 + ".png"]
)
def test_a_files_name_is_only_text(playground, name):
    playground.run(2)
    click(playground, "Keep")
    upload(playground, "style", name, encoded(np.full((40, 60, 3), 0.4, np.float32), "PNG"))
    playground.run(2)
    click(playground, "Keep")
    for chosen, number in zip(playground.strip._chosen, (1, 2), strict=True):
        chosen.value = number
    playground.strip._wall.click()
    assert "wall.png" in playground.strip._link.value
    for shown in (playground.panel.effect, playground.panel.message, playground.strip._told):
        assert "<img" not in shown.value and "went wrong" not in shown.value


def test_a_first_step_that_fails_jams_nothing(playground, monkeypatch):
    def broken(self):
        raise st.StyletoolsError("no memory")

    with monkeypatch.context() as patch:
        patch.setattr(st.StyleTransfer, "step", broken)
        playground.start()
        tick(playground)
    assert "no memory" in playground.panel.message.value
    for name in ("Pause", "Keep", "Save PNG"):
        click(playground, name)
    assert "went wrong" not in playground.panel.message.value
    playground.run(1)
    assert len(playground.history) == 1


def test_code_of_bytes_paints_the_same_picture():
    content = st.sample_images()["great_pyramid"].read_bytes()
    playground = st.Playground(content, "starry_night", size=48)
    playground.run(2)
    names = {"st": st, "content": content}
    exec(playground.code, names)
    np.testing.assert_array_equal(names["image"], playground.image)


def test_what_is_kept_before_the_first_step_is_what_is_seen(playground):
    playground.panel.choices["size"].value = 96
    click(playground, "Keep")
    np.testing.assert_array_equal(playground.strip.kept[0].image, playground.studio.sketch)


def test_uploads_are_bounded(playground):
    for number in range(MOST + 3):
        picture = encoded(np.full((40, 60, 3), number / 20, np.float32), "PNG")
        upload(playground, "style", f"{number}.png", picture)
    names = [name for name in playground.panel.choices["style"].options if name.endswith(".png")]
    assert names == [f"{number}.png" for number in range(3, MOST + 3)]
    assert playground.panel.choices["style"].value == f"{MOST + 2}.png"


def test_a_page_that_has_to_wait_says_its_place_and_begins_by_itself(playground, monkeypatch):
    places = [2, 1, 0]
    monkeypatch.setattr(playground._seat, "place", lambda: places.pop(0) if places else 0)
    playground.start()
    tick(playground)
    assert "Before this page in the queue: 2" in playground.panel.status.value
    assert len(playground.history) == 0
    tick(playground, 2)
    assert len(playground.history) == 1
    places.append(1)
    click(playground, "Step")
    assert "Before this page in the queue: 1" in playground.panel.message.value
    assert len(playground.history) == 1


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
    run, pause = playground.studio._transfer.run, threading.Thread(target=playground.pause)

    def paused_meanwhile(steps):
        pause.start()
        pause.join(timeout=0.2)  # it must wait for the end of the step
        return run(steps)

    playground.studio._transfer.run = paused_meanwhile
    tick(playground)
    pause.join()
    assert len(playground.history) == 2
    assert "step 2 of" in playground.panel.status.value


def upload(playground, name, filename, content):
    playground._on_upload(name, {"new": arrived(filename, content)})


def arrived(filename, content):
    """A file as a `FileUpload` holds it: in a dict in ipywidgets 7, in a tuple in 8."""
    told = {"name": filename, "type": "image/png", "size": len(content)}
    if isinstance(widgets.FileUpload().value, dict):
        return {filename: {"metadata": told | {"lastModified": 1}, "content": content}}
    now = datetime.now(UTC)
    return (told | {"last_modified": now, "content": memoryview(content)},)


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
    playground.studio._transfer.step = lambda: 1 / 0
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
    assert playground.panel.choices["content"].value == "strip.png"
    playground.run(1)
    playground.panel.choices["size"].value = 96
    assert "VGG19 needs at least 32" in playground.panel.message.value
    assert playground.panel.choices["size"].value == 192  # nothing is lost
    assert len(playground.history) == 1


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
    said = re.sub("<[^>]*>", "", playground.panel.message.value)
    assert "is not a picture" in said and "/" not in said
    assert "etc" not in said


def test_errors_name_no_folder_of_the_machine(playground):
    playground.run(1)
    playground.start()
    playground.studio._transfer.step = lambda: open("/no/such folder/here.txt")
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
