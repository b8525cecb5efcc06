"""A walk over every public function: each argument in turn is of a kind that it cannot be.

What may come back is a result, where the value has a meaning after all, or a `StyletoolsError`, or
Python's own `TypeError` for a name that the function does not know; nothing foreign.
"""

import inspect
import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

import styletools as st
from styletools.painter import painter_network
from styletools.transfer import estimates

FORMULAS = {"content_loss", "gram_matrix", "style_loss", "total_variation"}  # stay formulas
LISTS = {"browse", "guess"}  # take any number of texts: see tests/lessons/test_controls.py
PICTURE = np.random.default_rng(0).random((40, 40, 3), np.float32)
FEATURES = {"block1_conv1": np.random.default_rng(0).random((40, 40, 64), np.float32)}
WRONG = {
    "None": None,
    "text": "no such thing",
    "bytes": b"no such thing",
    "number": -1,
    "fraction": 0.5,
    "nan": float("nan"),
    "array": np.arange(5),
    "picture": PICTURE,
    "list": [1, "two", None],
    "empty": [],
    "dict": {"a": 1},
    "object": object(),
}
EARLY = {"steps": 1, "progress": False}


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """{function or method: (what to call, arguments that it can use)}."""
    folder = tmp_path_factory.mktemp("doors")
    numbers = itertools.count()
    st.save_image(PICTURE, folder / "there.png", settings={"steps": 1})
    transfer, painter = st.StyleTransfer(PICTURE, PICTURE), st.Painter(painter_network(), PICTURE)
    transfer.step()
    transfer.save(folder / "run.npz")
    painter.save(folder / "painter.npz")

    def fresh(ending):
        return folder / f"{next(numbers)}{ending}"

    pair = {"content": PICTURE, "style": PICTURE}
    settings = _named(st.StyleTransfer)
    known = {
        "keep_colours": {"painted": PICTURE, "photo": PICTURE},
        "load_image": {"source": "astronaut", "max_side": 32},
        "luminance": {"image": PICTURE},
        "match_colours": {"source": PICTURE, "target": PICTURE, "form": "cholesky"},
        "read_settings": {"source": folder / "there.png"},
        "save_film": lambda: {"pictures": [PICTURE], "path": fresh(".gif"), "milliseconds": 100},
        "save_image": lambda: {"image": PICTURE, "path": fresh(".png"), "settings": {}},
        "VGG19Features": {"layers": ["block1_conv1"], **_named(st.VGG19Features)},
        "VGG19Features.__call__": {"image": PICTURE},
        "Painter": {"network": painter.network, "style": PICTURE},
        "Painter.load": {"source": folder / "painter.npz"},
        "Painter.of": {"style": st.load_image("starry_night", 64)},
        "Painter.paint": {"image": PICTURE},
        "Painter.save": lambda: {"path": fresh(".npz"), "overwrite": False},
        "train_painter": {
            "style": PICTURE,
            "photographs": [PICTURE],
            **EARLY,
            "callback": None,
            "size": 32,
            **{"content_weight": 1.0, "style_weight": 1.0},
            **{"tv_weight": 1.0, "stability_weight": 1.0},
            "start": painter,
            "seed": 0,
        },
        "StyleTransfer": pair | settings,
        "StyleTransfer.load": {"path": folder / "run.npz"},
        "StyleTransfer.run": lambda: {
            **{"steps": 1, "callback": None, "checkpoint": fresh(".npz"), "every": 60}
        },
        "StyleTransfer.save": lambda: {"path": fresh(".npz"), "overwrite": False},
        "StyleTransfer.step": {},
        "transfer_style": lambda: {
            **(pair | EARLY | {"callback": None, "coarse_to_fine": False}),
            **{"checkpoint": fresh(".npz"), "every": 60},
        },
        "Region": {"style": PICTURE, "where": None, "source": None, "share": 1.0},
        "brightness_mask": {"image": PICTURE, "above": 0.5, "soft": 0.1},
        "load_mask": {"source": PICTURE, "picture": PICTURE},
        "invert_features": {
            **{"image": PICTURE, "layer": "block1_conv1", "steps": 1, "change": None},
            **{"tv_weight": 1.0, "seed": 0},
        },
        "maximize_activation": {
            **_named(st.maximize_activation),
            **{"layer": "block1_conv1", "channel": 1, "size": 32, "steps": 1},
        },
        "plot_history": {"history": transfer.history, "weights": None, "marks": [1]},
        "show_activations": {"features": FEATURES, "channels": 2, "height": 1.0},
        "show_images": {"images": {"a": PICTURE}, "columns": 1, "height": 1.0, "suptitle": "b"},
        "Playground": {**pair, "size": 32, "steps": 2},
        "Playground.run": {"steps": 1},
        "check": {"exercise": "1.1", "answer": 1},
        "estimate": {"size": 32, "steps": 1, "coarse_to_fine": False, "pooling": "max"},
        "teaching_size": {"cpu": 64},
        "teaching_steps": {"cpu": 10},
    }
    objects = {
        "StyleTransfer": transfer,
        "Painter": painter,
        "VGG19Features": st.VGG19Features(["block1_conv1"]),
        "Playground": st.Playground(PICTURE, PICTURE, 32, 2),
    }
    return known, objects


def _named(function):
    """{name: default} of the arguments of a function that have one."""
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def doors():
    """The public functions, classes, and methods of classes that take something."""
    for name in sorted(set(st.__all__) - FORMULAS - LISTS - {"StyletoolsError", "TransferResult"}):
        door = getattr(st, name)
        if inspect.signature(door).parameters:
            yield name
        if inspect.isclass(door) and name != "Region":
            methods = inspect.getmembers(door, callable)
            names = [n for n, _ in methods if not n.startswith("_")]
            yield from (f"{name}.{n}" for n in names if n not in WITHIN)


WITHIN = {"reset", "start", "pause", "step"}  # take nothing,
WITHIN |= {"batch", "maps", "mirror"}  # or tensors, in the midst of a formula
DOORS = list(doors())


@pytest.fixture
def quick(monkeypatch, tmp_path):
    monkeypatch.setattr(estimates, "TIMED", 32)
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


@pytest.mark.parametrize("door", DOORS)
def test_a_door_opens_or_says_why_not(door, given, quick, capsys):
    known, objects = given
    assert door in known, f"say with what {door} can be called"
    owner, _, method = door.partition(".")
    call = getattr(objects[owner], method) if method else getattr(st, owner)
    foreign, calls = [], 0
    for name in arguments(known[door]):
        for kind, value in WRONG.items():
            calls += 1
            plt.close("all")
            try:
                call(**arguments(known[door]) | {name: value})
            except st.StyletoolsError as error:
                assert len(str(error)) > 15
                assert len(str(error)) < 1000
            except Exception as error:
                foreign.append(f"{name}={kind}: {type(error).__name__}: {str(error)[:90]}")
    assert not foreign, "\n".join([f"{len(foreign)} of {calls}", *foreign])


def arguments(known):
    return known() if callable(known) else dict(known)


def test_the_walk_is_long_enough(given):
    known, _ = given
    assert sum(len(arguments(known[door])) * len(WRONG) for door in DOORS) >= 400


@pytest.mark.parametrize("door", DOORS)
def test_a_name_that_is_unknown_is_refused(door, given):
    known, objects = given
    owner, _, method = door.partition(".")
    call = getattr(objects[owner], method) if method else getattr(st, owner)
    with pytest.raises((TypeError, st.StyletoolsError), match="no_such_argument"):
        call(**arguments(known[door]), no_such_argument=1)
