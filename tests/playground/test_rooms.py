"""The rooms behind the playground, one by one: film, strip, words, turns, what a PNG keeps."""

import io
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import styletools as st
from styletools.pictures import encoded
from styletools.playground import dials, reel, speed, state, strip, turns, words
from styletools.playground.recipe import Leg, Scene, recipe, shell_line
from styletools.playground.studio import Moment, Studio
from styletools.transfer import STYLE_LAYERS, Record, evaluated

SCENE = Scene("great_pyramid", "starry_night", 48)
CALM = dials.weights(dials.START)
LOUD = CALM | {"style_weight": 10.0}
DEEP = dials.weights(dials.START | {"block5_conv1": 0.01})


def record(step, content, *layers):
    layers = dict(zip(STYLE_LAYERS, layers, strict=True))
    return Record(step, 0.1 * step, 1.0, content, 0.5, 0.02, layers)


def shade(value):
    return np.full((40, 60, 3), value, np.float32)


# the reel


def test_a_reel_keeps_a_bounded_number_of_pictures_evenly(monkeypatch):
    monkeypatch.setattr(reel, "MOST", 10)
    film = reel.Reel()
    for step in range(100):
        film.add(step, shade(step / 100))
        assert len(film.frames) <= 10
    assert list(film.frames) == list(range(0, 100, 16))
    assert film.before(40) == 32
    np.testing.assert_allclose(film.image(32), shade(0.32), atol=0.01)


def test_a_film_ends_with_the_last_picture_and_grows_no_heavier_than_allowed(monkeypatch):
    monkeypatch.setattr(reel, "HEAVIEST", 40_000)
    noise = np.random.default_rng(0).random((20, 120, 160, 3)).astype(np.float32)
    film = reel.Reel()
    for step, image in enumerate(noise):
        film.add(step, image)
    content = film.film(shade(1.0), change=lambda image: 1 - image)
    assert len(content) < 40_000
    with Image.open(io.BytesIO(content)) as opened:
        assert opened.n_frames == 21
        assert opened.width < 160
        opened.seek(20)
        assert np.asarray(opened.convert("RGB")).mean() > 250


def test_a_film_has_no_more_than_sixty_pictures():
    film = reel.Reel()
    for step in range(150):
        film.add(step, shade(step / 150))
    with Image.open(io.BytesIO(film.film(shade(1.0)))) as opened:
        assert 40 <= opened.n_frames <= reel.FRAMES


# words


def test_moves_are_found_on_the_way_and_a_slow_hand_is_one_move():
    slow = [(CALM | {"style_weight": 1.5**n}, 1) for n in range(1, 4)]
    legs = [Leg(SCENE, ((CALM, 20), *slow, (slow[-1][0], 10), (DEEP, 5)))]
    legs.append(Leg(replace(SCENE, strokes=2.0), ((DEEP, 4),)))
    found = words.moves(legs)
    assert [step for step, *_ in found] == [20, 33, 38]
    assert [signs for _, signs, _ in found] == [
        "style × 3.4",
        "style ÷ 3.4, block5_conv1's share ÷ 80",
        "strokes 2",
    ]
    assert found[2][2] == "strokes 1 → 2"


def test_there_and_back_within_a_moment_is_no_move():
    assert words.moves([Leg(SCENE, ((CALM, 9), (LOUD, 1), (CALM, 5)))]) == []


def test_what_a_move_did_is_said_from_the_numbers():
    before, now = record(20, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1), record(26, 0.8, 0.3, 0.4, 0.3, 0.2, 0.1)
    assert words.effect("style × 10", before, now) == (
        "Style × 10. After 6 steps the losses: block1_conv1 (colour and grain) fell by 40 %, "
        "content rose by 33 %, TV hardly changed."
    )
    more = replace(now, content=1.5, step=21)
    assert "block1_conv1 (colour and grain) fell by 40 %, content is 2.5 times" in words.effect(
        "x", before, more
    )


@pytest.mark.parametrize(
    "factor, said",
    [(10, "× 10"), (0.2, "÷ 5"), (0.5, "÷ 2"), (0.7, "÷ 1.4"), (0.001, "÷ 1000")],
)
def test_factors_in_words(factor, said):
    moved = CALM | {"tv_weight": 0.1 * factor}
    [(_, _, told)] = words.moves([Leg(SCENE, ((CALM, 5), (moved, 5)))])
    assert told == f"TV {said}"


def test_two_kept_pictures_are_compared_by_what_differs_and_nothing_else():
    first = settings()
    second = settings(content_weight=0.2, steps=80)
    assert words.differences(first, second) == "steps 60 → 80, content_weight 0.05 → 0.2"


def settings(**others):
    """The settings of a kept picture."""
    made = words.USUAL | {"content": "neuschwanstein", "style": "great_wave", "steps": 60}
    return made | {"content_weight": 0.05, "style_weight": 1.0, "tv_weight": 0.1} | others


def test_captions_on_the_wall_say_how_each_picture_differs_from_the_first():
    wall = [settings(), settings(content_weight=5, tv_weight=100), settings(init="noise")]
    wall += [settings(strokes=2.0, **{words.COLOURS: True}), settings(block5_conv1=0.1), settings()]
    wall.append(settings(**{words.WAY: "TV ÷ 10 after step 20"}))
    title, captions = words.captions(wall, 80)
    assert title == "Neuschwanstein × Great Wave"
    assert [caption.replace("\u00a0", " ") for caption in captions] == [
        "1. photograph 0.05, painter 1, smoothness 0.1",
        "2. photograph × 100, smoothness × 1000",
        "3. init: noise",
        "4. strokes × 2, with the photograph's colours",
        "5. block5_conv1 (large arrangements) ÷ 10",
        "6. the same settings",
        "7. changed on the way: TV ÷ 10 after step 20",
    ]
    _, narrow = words.captions(wall, 26)  # a portrait's
    assert max(len(line) for caption in narrow for line in caption.splitlines()) <= 26
    for caption, lines in zip(captions, narrow, strict=True):  # no word is broken
        assert lines.replace("\n", " ").replace("\u00a0", " ") == caption.replace("\u00a0", " ")
    assert "with\u00a0the\u00a0photograph" not in narrow[3]  # too long for one line
    assert "smoothness\u00a0×\u00a01000" in narrow[1]
    _, [first, second] = words.captions([wall[-1], wall[0]], 200)
    assert first.replace("\u00a0", " ").endswith("changed on the way: TV ÷ 10 after step 20")
    assert second.replace("\u00a0", " ") == "2. changed on the way: nothing"


# what paints it again


def test_a_shell_line_where_the_shell_can_paint_the_picture():
    plain = [Leg(SCENE, ((CALM, 60),))]
    assert shell_line(plain) == (
        "python -m styletools great_pyramid starry_night -o painting.png --size 48 --steps 60"
    )
    other = replace(SCENE, content="my dog.jpg", optimizer="adam", init="painter")
    line = shell_line([Leg(other, ((CALM | {"content_weight": 0.2}, 5),))])
    assert "'my dog.jpg' starry_night" in line
    assert line.endswith("--steps 5 --content-weight 0.2 --optimizer adam --init painter")
    large = shell_line([Leg(replace(SCENE, size=512, style="-o.png"), ((CALM, 5),))])
    assert " ./-o.png " in large and large.endswith(" --no-coarse-to-fine")


@pytest.mark.parametrize(
    "legs, options, reason",
    [
        ([Leg(SCENE, ((CALM, 5), (LOUD, 5)))], {}, "changed on the way"),
        ([Leg(SCENE, ((CALM, 5),))] * 2, {}, "changed on the way"),
        ([Leg(SCENE, ((DEEP, 5),))], {}, "shares"),
        ([Leg(replace(SCENE, strokes=2.0), ((CALM, 5),))], {}, "strokes"),
        ([Leg(SCENE, ((CALM, 5),))], {"colours": True}, "colours"),
        ([Leg(SCENE, ((CALM, 5),))], {"nameless": {"starry_night"}}, "variable"),
    ],
)
def test_where_the_shell_cannot_it_says_why(legs, options, reason):
    line = shell_line(legs, **options)
    assert line.startswith("# ") and reason in line


def test_the_shell_line_paints_the_same_picture(tmp_path):
    legs = [Leg(SCENE, ((CALM | {"content_weight": 0.2}, 2),))]
    line = shell_line(legs).replace("python", sys.executable, 1)
    subprocess.run(line, shell=True, check=True, cwd=tmp_path, capture_output=True)
    names = {"st": st}
    exec(recipe(legs), names)
    np.testing.assert_allclose(
        st.load_image(tmp_path / "painting.png"), names["image"], atol=0.51 / 255
    )


# dials


@pytest.mark.parametrize("share", [0.01, 0.5, 3, 10])
def test_sliders_and_weights_are_the_same_thing_twice(share):
    there = dials.weights(dials.START | {"block2_conv1": share, "tv_weight": 0.7})
    again = dials.weights(dials.places(there))
    assert again["tv_weight"] == there["tv_weight"] == 0.7
    ratio = {layer: again["style_layer_weights"][layer] / s for layer, s in shares_of(there)}
    np.testing.assert_allclose(list(ratio.values()), 1, rtol=0.05)


def shares_of(weights):
    return weights["style_layer_weights"].items()


def test_the_size_is_the_largest_at_which_three_steps_take_a_second(monkeypatch):
    def took(size, steps):
        pixel = 0.999 / 3 / evaluated(256, 384)  # seconds
        return type("Estimate", (), {"seconds": steps * pixel * evaluated(size, size)})

    monkeypatch.setattr(speed, "estimate", took)
    assert speed.affordable.__wrapped__() == 384


# what a PNG keeps


@pytest.fixture(scope="module")
def painted():
    """(a studio after a few moves, the settings that a PNG keeps of it)."""
    studio = Studio(st.sample_images(), SCENE)
    for weights in (CALM, CALM, LOUD):
        studio.step(weights)
    studio.choose(replace(SCENE, strokes=2.0))
    studio.step(LOUD)
    return studio, state.stored(studio.now, studio.history, colours=False)


def test_a_png_keeps_all_that_made_it(painted):
    studio, made = painted
    png = encoded(studio.image, "PNG", made)
    assert st.read_settings(png)["steps"] == 4
    moment, history, colours = state.read(png, studio.sources, "a.png")
    assert (moment.legs, colours) == (studio.now.legs, False)
    assert history == studio.history
    other = Studio(st.sample_images(), replace(SCENE, content="astronaut"))
    other.restore(moment, history)
    assert other.steps == 4 and other.scene == studio.scene
    np.testing.assert_allclose(other.image, studio.image, atol=0.51 / 255)
    other.step(LOUD)
    other.step(LOUD)
    assert other.steps == other.history[-1].step == 6
    assert other.now.legs[:2] == studio.now.legs
    names = {"st": st}  # from the picture of 8 bits a colour, as the file has it
    exec(recipe(other.now.legs), names)
    np.testing.assert_array_equal(names["image"], other.image)


def test_a_png_with_the_photographs_colours_brings_the_painting_back(painted):
    studio, _ = painted
    recoloured = st.keep_colours(studio.image, studio.content)
    made = state.stored(studio.now, studio.history, colours=True)
    moment, _, colours = state.read(encoded(recoloured, "PNG", made), studio.sources, "a.png")
    assert colours
    np.testing.assert_allclose(moment.image, studio.image, atol=0.51 / 255)


def test_a_png_names_no_folder_and_finds_its_pictures_elsewhere(painted):
    studio, _ = painted
    here = {"/home/me/dog.jpg": st.sample_images()["great_pyramid"]} | st.sample_images()
    mine = Studio(here, replace(SCENE, content="/home/me/dog.jpg"))
    mine.step(CALM)
    png = encoded(mine.image, "PNG", state.stored(mine.now, mine.history, colours=False))
    assert b"/home" not in png
    moment, _, _ = state.read(png, {"dog.jpg", "starry_night"}, "a.png")
    assert moment.legs[0].scene.content == "dog.jpg"


def test_of_many_records_the_last_is_stored(painted):
    studio, _ = painted
    history = [replace(studio.history[0], step=step) for step in range(1, 303)]
    records = state.stored(studio.now, history, colours=False)["playground"]["history"]
    assert len(records) <= state.MOST and records[-1][0] == 302


def damaged(made, *path, value):
    """A deep copy of the settings with one value changed."""
    if not path:
        return value
    copy = made.copy()
    copy[path[0]] = damaged(made[path[0]], *path[1:], value=value)
    return copy


FIRST = ("playground", "legs", 0)


@pytest.mark.parametrize(
    "path, value",
    [
        (("playground",), 7),
        (("playground", "legs"), []),
        (("playground", "history"), [[1, 2]]),
        (("playground", "history", 0, 0), 5),
        (("playground", "history", 0, 2), 10**400),
        (("playground", "legs", 1, "scene", "content"), "astronaut"),
        ((*FIRST, "path"), []),
        ((*FIRST, "path", 0, 1), -3),
        ((*FIRST, "path", 0, 1), 10**30),
        ((*FIRST, "path", 0, 0, "tv_weight"), "__import__('os')"),
        ((*FIRST, "path", 0, 0, "tv_weight"), 0),
        ((*FIRST, "path", 0, 0, "style_layer_weights"), {"block1_conv1": 1}),
        ((*FIRST, "scene", "size"), 1e9),
        (("playground", "legs", 1, "scene", "size"), 60),
        ((*FIRST, "scene", "strokes"), -1),
        ((*FIRST, "scene", "optimizer"), "sgd"),
        ((*FIRST, "scene", "init"), "/etc/passwd"),
    ],
)
def test_a_damaged_state_is_refused(painted, path, value):
    studio, made = painted
    made = st.read_settings(encoded(studio.image, "PNG", made))  # as JSON has it
    png = encoded(studio.image, "PNG", damaged(made, *path, value=value))
    with pytest.raises(st.StyletoolsError, match=r"'a\.png' is damaged"):
        state.read(png, studio.sources, "a.png")


def test_a_state_needs_its_pictures_and_a_picture_its_state(painted):
    studio, made = painted
    with pytest.raises(st.StyletoolsError, match="upload that picture first"):
        state.read(encoded(studio.image, "PNG", made), {"great_pyramid"}, "a.png")
    for png in (encoded(studio.image, "PNG"), encoded(studio.image, "PNG", {"steps": 3}), b"x"):
        with pytest.raises(st.StyletoolsError, match="not saved by the playground"):
            state.read(png, studio.sources, "a.png")
    before = studio.image
    with pytest.raises(st.StyletoolsError, match="as the playground saved it"):
        studio.restore(Moment(shade(0.5), studio.now.legs), [])
    np.testing.assert_array_equal(studio.image, before)


# the strip


def do(action):
    action()


def kept(step, weight=0.05):
    made = settings(steps=step, content_weight=weight)
    return strip.Kept(shade(step / 100), made, (shade(0.1), shade(0.9)))


def test_the_strip_holds_twelve_and_brings_back_the_one_that_is_clicked():
    clicked = []
    shown = strip.Strip(clicked.append, do)
    for step in range(15):
        shown.keep(kept(step))
    assert [each.settings["steps"] for each in shown.kept] == list(range(3, 15))
    shown._cells[4].children[1].click()
    assert clicked == [shown.kept[4]]
    shown._cells[4].children[2].click()
    assert [each.settings["steps"] for each in shown.kept] == [3, 4, 5, 6, *range(8, 15)]
    assert shown._cells[11].layout.display == "none"


def test_two_are_compared_and_all_are_one_picture():
    shown = strip.Strip(print, do)
    for step, weight in ((60, 0.05), (60, 0.2)):
        shown.keep(kept(step, weight))
    for chosen, number in zip(shown._chosen, (1, 2), strict=True):
        chosen.value = number
    assert "content_weight 0.05 → 0.2" in shown._told.value
    assert all(image.layout.display == "block" for image in shown._pair)
    with Image.open(io.BytesIO(strip.wall(shown.kept))) as wall:
        assert wall.format == "PNG" and wall.width > 1200
    shown._wall.click()
    assert shown._hung.layout.display == "block" and "wall.png" in shown._link.value
    shown._cells[0].children[2].click()  # another wall now
    assert shown._hung.layout.display == "none" and "wall.png" not in shown._link.value


# turns


def test_turns_are_taken_in_order(tmp_path):
    queue = [turns.Turn(tmp_path, seats=2) for _ in range(4)]
    assert [turn.place() for turn in queue] == [0, 0, 1, 2]
    assert [turn.place() for turn in queue] == [0, 0, 1, 2]
    queue[0].leave()
    assert [turn.place() for turn in queue[1:]] == [0, 0, 1]
    assert queue[0].place() == 2


def test_who_has_painted_for_long_makes_room_for_those_who_wait(tmp_path, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(turns.time, "monotonic", lambda: clock[0])
    first, second = (turns.Turn(tmp_path, seats=1) for _ in range(2))
    assert (first.place(), second.place()) == (0, 1)
    clock[0] += turns.LONG + 1
    assert first.place() == 1
    assert second.place() == 0
    second.leave()
    assert first.place() == 0
    clock[0] += turns.LONG + 1
    assert first.place() == 0  # nobody waits


def test_who_does_not_ask_for_long_is_passed_by(tmp_path):
    closed, waiting = (turns.Turn(tmp_path, seats=1) for _ in range(2))
    assert (closed.place(), waiting.place()) == (0, 1)
    [ticket] = [path for path in tmp_path.iterdir() if path == Path(closed._lock.lock_file)]
    long_ago = time.time() - turns.SILENT - 1
    os.utime(ticket, (long_ago, long_ago))
    assert waiting.place() == 0


def test_a_clock_that_is_set_back_changes_no_order(tmp_path, monkeypatch):
    first, second = (turns.Turn(tmp_path, seats=1) for _ in range(2))
    assert first.place() == 0
    monkeypatch.setattr(turns.time, "time_ns", lambda: 5)
    assert second.place() == 1


def test_where_no_ticket_can_be_written_nobody_waits(tmp_path):
    folder = tmp_path / "file"
    folder.write_text("")
    assert [turns.Turn(folder / "x", seats=1).place() for _ in range(3)] == [0, 0, 0]


def test_the_place_of_a_process_that_died_is_free(tmp_path):
    script = "import os, sys; from styletools.playground.turns import Turn; "
    script += "turn = Turn(sys.argv[1], 1); assert turn.place() == 0; os._exit(0)"
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True)
    assert list(tmp_path.glob("*.ticket"))
    assert turns.Turn(tmp_path, seats=1).place() == 0
    assert len(list(tmp_path.glob("*.ticket"))) == 1
