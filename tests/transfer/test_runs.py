"""Runs that break, are stopped, saved, killed, and go on: nothing is lost."""

import hashlib
import json
import os
import pickle
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import killed
import numpy as np
import pytest

from styletools import StyletoolsError, StyleTransfer, __version__, transfer_style
from styletools.network import tf
from styletools.pictures import archive
from styletools.settings import LARGEST, SMALLEST
from styletools.transfer import checkpoint as checkpoint_module
from styletools.transfer.checkpoint import ARCHIVE, Saver, begun_at

OPTIMIZERS = ("lbfgs", "adam")
KILLS = int(os.environ.get("STYLETOOLS_KILLS", 3))  # `make soak` asks for more


@pytest.fixture(scope="session")
def pair():
    return killed.pictures()


def totals(transfer):
    return [record.total for record in transfer.history]


class Broken:
    """An objective of which one loss, or one number of the gradient, is `value`."""

    dtype = "float32"

    def __init__(self, whole, name, value):
        self._whole, self._name, self._value = whole, name, value

    def __call__(self, *arguments):
        losses, gradient = self._whole(*arguments)
        return losses | {self._name: self._value, "total": self._value}, gradient


def spoilt(evaluate, value):
    """`evaluate` with one number of the gradient replaced; the losses are as they were."""

    def evaluated(*arguments):
        losses, gradient = evaluate(*arguments)
        return losses, tf.tensor_scatter_nd_update(gradient, [[3, 4, 1]], [value])

    return evaluated


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_what_is_not_finite_ends_the_run_with_its_name(pair, optimizer, monkeypatch):
    transfer = StyleTransfer(*pair, optimizer=optimizer)
    transfer.run(2)
    image, state, whole = transfer.image, transfer._optimizer.state(), transfer.objective
    for name in ("content", "style", "tv", "gradient"):
        for value in (np.nan, np.inf, -np.inf):
            if name == "gradient":
                transfer.objective = whole
                monkeypatch.setattr(whole, "_evaluate", spoilt(whole._evaluate, value))
            else:
                transfer.objective = Broken(whole, name, value)
            stopped = transfer.run(3)
            monkeypatch.undo()
            named = "the gradient" if name == "gradient" else f"the {name} loss"
            assert stopped.startswith(f"{named} is not finite at step 3")
            wanted = "smaller weights" if name == "gradient" else f"smaller {name}_weight"
            assert wanted in stopped
            np.testing.assert_array_equal(transfer.image, image)
            assert len(transfer.history) == 2
            for key, array in transfer._optimizer.state().items():
                np.testing.assert_array_equal(array, state[key])
    transfer.objective = whole
    assert transfer.run(2) == "2 steps done"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_next_picture_that_is_not_finite_is_no_result(pair, optimizer):
    transfer = StyleTransfer(*pair, optimizer=optimizer)
    transfer.run(2)
    image, state = transfer.image, transfer._optimizer.state()
    transfer._optimizer.restore(state | {"image": np.full_like(image, np.nan)})
    assert "is not finite at step 3; the last good picture is kept" in transfer.run(3)
    np.testing.assert_array_equal(transfer.image, image)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_picture_is_the_best_and_not_the_last(pair, optimizer):
    transfer = StyleTransfer(*pair, optimizer=optimizer)
    seen = []
    for _ in range(3):
        seen.append(np.array(transfer._optimizer.image))
        transfer.step()
    for far in (0.4, 0.2, 0.3):  # as if the optimizer had gone too far
        state = transfer._optimizer.state()
        seen.append(np.clip(seen[2] + far, 0, 1))
        transfer._optimizer.restore(state | {"image": seen[-1]})
        transfer.step()
    best = np.argmin(totals(transfer))
    assert best < 3
    np.testing.assert_array_equal(transfer.image, np.clip(seen[best], 0, 1))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("normalization", ["relative", "gatys"])
@pytest.mark.parametrize("largest", [LARGEST, SMALLEST])
def test_weights_of_any_allowed_size_give_a_picture(pair, optimizer, normalization, largest):
    settings = {"optimizer": optimizer, "normalization": normalization, "precision": "float32"}
    weights = {"content_weight": 0.05, "style_weight": 1, "tv_weight": 0.1}
    scaled = {name: largest * value for name, value in weights.items()}
    transfer = StyleTransfer(*pair, **settings, **scaled)
    assert transfer.run(4) == "4 steps done"
    assert np.isfinite(transfer.image).all()
    usual = StyleTransfer(*pair, **settings, **weights)
    usual.run(4)
    if optimizer == "lbfgs":  # Adam has an ε, which small weights drown in
        np.testing.assert_allclose(np.array(totals(transfer)) / largest, totals(usual), rtol=1e-3)


def test_a_broken_style_layer_is_named_and_half_precision_too(pair):
    transfer = StyleTransfer(*pair)
    transfer.objective.targets.styles[0]["block3_conv1"] *= np.nan
    transfer.objective.dtype = "float16"
    stopped = transfer.run(2)
    assert "style loss (of block3_conv1) is not finite at step 1" in stopped
    assert "precision='float32'" in stopped
    np.testing.assert_array_equal(transfer.image, pair[0])


def test_ctrl_c_waits_for_the_step_and_no_longer(pair):
    transfer, whole = StyleTransfer(*pair), StyleTransfer(*pair)
    transfer.run(2)
    for pause in (0.01, 0.11, 0.23):
        threading.Timer(pause, signal.raise_signal, [signal.SIGINT]).start()
        began = time.perf_counter()
        assert transfer.run(10**4) == "interrupted"
        longest = max(np.diff([record.seconds for record in transfer.history], prepend=0))
        assert time.perf_counter() - began < pause + 2 * longest + 0.5
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler  # as conftest sets it
    transfer.run(2)  # no half step: it goes on as if there had been no break
    whole.run(len(transfer.history))
    assert totals(transfer) == totals(whole)


def test_ctrl_c_within_a_step_is_not_seen_by_it(pair):
    transfer = StyleTransfer(*pair)
    update = transfer._optimizer.update

    def interrupted(*arguments):
        signal.raise_signal(signal.SIGINT)
        update(*arguments)

    transfer._optimizer.update = interrupted
    assert transfer.run(5) == "interrupted"
    assert len(transfer.history) == 1


def test_a_run_in_another_thread_is_a_run(pair):
    transfer = StyleTransfer(*pair)
    thread = threading.Thread(target=transfer.run, args=[2])
    thread.start()
    thread.join()
    assert len(transfer.history) == 2


@pytest.mark.parametrize(("optimizer", "init"), [("lbfgs", "array"), ("adam", "noise")])
def test_fifty_and_fifty_steps_are_a_hundred(pair, tmp_path, optimizer, init):
    pair = [picture[:32, :32] for picture in pair]
    settings = {"optimizer": optimizer, "seed": 3, "style_layers": ["block1_conv1", "block3_conv1"]}
    settings |= {"init": pair[0][:, ::-1] if init == "array" else init, "content_weight": 0.5}
    whole, first = (StyleTransfer(*pair, **settings) for _ in range(2))
    whole.run(100)
    first.run(50)
    first.save(tmp_path / "half.npz")
    second = StyleTransfer.load(tmp_path / "half.npz")
    assert second.settings == first.settings
    np.testing.assert_array_equal(second.image, first.image)
    second.run(50)
    assert totals(whole) == totals(second)
    assert [record.step for record in second.history] == list(range(1, 101))
    np.testing.assert_array_equal(whole.image, second.image)


def test_settings_are_kept_in_the_file(pair, tmp_path):
    settings = {"content_layers": ("block2_conv1",), "style_layers": ("block1_conv1",)}
    settings |= {"normalization": "gatys", "pooling": "max", "precision": "float32", "seed": 2}
    transfer = StyleTransfer(*pair, **settings, content_map=np.ones(pair[0].shape[:2]))
    assert transfer.settings.items() >= settings.items()
    assert "content_map" not in transfer.settings
    transfer.save(path=tmp_path / "run.npz")
    assert StyleTransfer.load(tmp_path / "run.npz").settings == transfer.settings
    with pytest.raises(TypeError):
        transfer.save(tmp_path / "run.npz", True)  # True is to be named: overwrite=True


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("steps", [0, 1, 7])
def test_any_moment_can_be_saved_and_weights_may_differ_after(pair, tmp_path, optimizer, steps):
    first = StyleTransfer(*pair, optimizer=optimizer)
    if steps:
        first.run(steps)
    first.style_weight = 3
    first.save(tmp_path / "run.npz")
    second = StyleTransfer.load(tmp_path / "run.npz")
    for run in (first, second):
        run.run(4)
        run.content_weight = 1
        run.run(2)
    assert totals(first) == totals(second)
    np.testing.assert_array_equal(first.image, second.image)


def test_a_finished_run_is_still_finished(pair, tmp_path):
    transfer = StyleTransfer(*pair, style_weight=0, tv_weight=0)
    stopped = transfer.run(3)
    transfer.save(tmp_path / "run.npz")
    assert StyleTransfer.load(tmp_path / "run.npz").run(3) == stopped


def test_a_checkpoint_is_written_in_time_and_at_the_end(pair, tmp_path):
    path, seen = tmp_path / "run.npz", []
    transfer = StyleTransfer(*pair, optimizer="adam")
    transfer.run(3, lambda _: seen.append(path.exists()), checkpoint=path)
    assert seen == [False] * 3
    assert len(StyleTransfer.load(path).history) == 3
    transfer.run(2, lambda record: seen.append(saved_steps(path)), checkpoint=path, every=0)
    assert seen[3:] == [4, 5]
    transfer.run(9, lambda record: True, checkpoint=path)
    assert saved_steps(path) == 6
    assert os.listdir(tmp_path) == ["run.npz"]


def saved_steps(path):
    return len(ARCHIVE.read(path)[0]["history"])


def test_only_a_run_of_its_own_is_replaced(pair, tmp_path):
    path = tmp_path / "run.npz"
    StyleTransfer(*pair).run(1, checkpoint=path)
    before = path.read_bytes()
    other = StyleTransfer(*pair)
    for refused in (lambda: other.run(1, checkpoint=path), lambda: other.save(path)):
        with pytest.raises(StyletoolsError, match="exists already"):
            refused()
    assert (path.read_bytes(), other.history) == (before, [])
    loaded = StyleTransfer.load(path)
    loaded.run(1, checkpoint=path)
    assert saved_steps(path) == 2
    other.save(path, overwrite=True)
    assert saved_steps(path) == 0


def test_a_checkpoint_that_cannot_be_written_ends_the_run_and_keeps_the_picture(pair, tmp_path):
    folder = tmp_path / "drive"
    folder.mkdir()
    transfer = StyleTransfer(*pair)
    stopped = transfer.run(3, lambda _: folder.exists() and folder.rmdir(), folder / "run.npz")
    assert re.match(r"3 steps done, but '.*run.npz' cannot be written", stopped)
    assert np.abs(transfer.image - pair[0]).max() > 0.01


def test_a_checkpoint_is_due_when_every_seconds_have_passed(monkeypatch):
    now, saved = [10], []
    monkeypatch.setattr(checkpoint_module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    saver = Saver(lambda path: saved.append(now[0]), "run.npz", every=60)
    for now[0] in (10, 69, 70, 129, 400, 459):
        saver.due()
    assert saved == [70, 400]
    saver.due(now=True)
    assert saved == [70, 400, 459]


def test_two_runs_do_not_share_a_new_checkpoint(pair, tmp_path):
    path = tmp_path / "run.npz"
    one, other = StyleTransfer(*pair), StyleTransfer(*pair)
    one.run(2, lambda _: path.exists() or other.save(path), path)
    assert saved_steps(path) == 0  # the other's, which was there first


def test_every_is_seconds(pair, tmp_path):
    for every in (-1, np.nan, "60", None):
        with pytest.raises(StyletoolsError, match="every is"):
            StyleTransfer(*pair).run(1, checkpoint=tmp_path / "run.npz", every=every)
    with pytest.raises(StyletoolsError, match="folder does not exist"):
        StyleTransfer(*pair).run(1, checkpoint=tmp_path / "no" / "run.npz")
    with pytest.raises(StyletoolsError, match="must be text"):
        StyleTransfer(*pair).run(1, checkpoint=5)


def test_transfer_style_goes_on_from_its_checkpoint(pair, tmp_path):
    path = tmp_path / "run.npz"
    whole = transfer_style(*pair, 8, progress=False)
    transfer_style(*pair, 3, progress=False, checkpoint=path)
    assert saved_steps(path) == 3
    result = transfer_style(*pair, 8, progress=False, checkpoint=path)
    assert [r.total for r in result.history] == [r.total for r in whole.history]
    np.testing.assert_array_equal(result.image, whole.image)
    again = transfer_style(*pair, 5, progress=False, checkpoint=path)
    np.testing.assert_array_equal(again.image, whole.image)
    assert again.stopped == "8 steps done before"


def test_checkpoints_of_other_runs_are_refused_and_kept(pair, tmp_path):
    path, (content, style) = tmp_path / "run.npz", pair
    transfer_style(*pair, 1, progress=False, checkpoint=path)
    before = path.read_bytes()
    for pictures, settings, words in [
        (pair, {"content_weight": 0.2}, "content_weight 0.05 instead of 0.2"),
        (pair, {"optimizer": "adam"}, "optimizer 'lbfgs' instead of 'adam'"),
        (pair, {"style_layers": ["block1_conv1"]}, "style_layers"),
        (pair, {"init": style[:32, :48]}, "init"),
        (pair, {"content_map": np.ones(content.shape[:2])}, r"another content_map\)"),
        ((content, content), {}, "another style picture"),
        ((content[:, ::-1], style), {}, "another content picture"),
    ]:
        with pytest.raises(StyletoolsError, match=f"of another run .*{words}"):
            transfer_style(*pictures, 2, progress=False, checkpoint=path, **settings)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("init", "other"), [("content", "noise"), ("noise", "content")])
def test_a_run_from_coarse_to_fine_goes_on_from_its_own_start(pair, tmp_path, init, other):
    transfer = StyleTransfer(*pair, init=init)
    transfer.save(tmp_path / "run.npz")
    assert begun_at(tmp_path / "run.npz", init) == (pair[0].shape, None, [])
    with pytest.raises(StyletoolsError, match=f"init '{init}' instead of '{other}'"):
        begun_at(tmp_path / "run.npz", other)


@pytest.fixture(scope="session")
def checkpoint(pair, tmp_path_factory):
    """The bytes of a small checkpoint."""
    path = tmp_path_factory.mktemp("checkpoint") / "run.npz"
    transfer = StyleTransfer(*(picture[:32, :32] for picture in pair))
    transfer.run(2, checkpoint=path)
    return path.read_bytes()


def signed(content):
    return content + hashlib.sha256(content).hexdigest().encode()


def refusal(path):
    """The message with which both readers refuse a file."""
    with pytest.raises(StyletoolsError) as caught:
        StyleTransfer.load(path)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 600
    return message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda whole: whole[:-1], "cut short"),
        (lambda whole: whole[: len(whole) // 2], "cut short"),
        (lambda whole: whole[:60], "cut short"),
        (lambda whole: whole + b"\n", "cut short"),
        (lambda whole: b"", "empty"),
        (lambda whole: b"PK", "no checkpoint"),
        (lambda whole: b"\x89PNG\r\n" * 99, "no checkpoint"),
        (lambda whole: b"my thesis " * 99, "no checkpoint"),
        (lambda whole: signed(b""), "cannot be used"),
        (lambda whole: signed(b"my thesis " * 99), "cannot be used"),
        (lambda whole: signed(whole[:-500]), "cannot be used"),
    ],
    ids=range(11),
)
def test_torn_and_foreign_files_are_refused(pair, tmp_path, checkpoint, change, words):
    path = tmp_path / "run.npz"
    path.write_bytes(change(checkpoint))
    before = path.read_bytes()
    assert words in refusal(path)
    with pytest.raises(StyletoolsError, match=words):
        transfer_style(*pair, 1, progress=False, checkpoint=path)
    assert path.read_bytes() == before


def rewritten(path, checkpoint, change):
    """A checkpoint that is whole and signed, with a header and groups that `change` has spoilt."""
    path.write_bytes(checkpoint)
    header, groups = ARCHIVE.read(path)
    change(header, groups)
    ARCHIVE.write(path, header, groups)


@pytest.mark.parametrize(("number", "age"), [(1, "an older"), (3, "a newer"), (10**9, "a newer")])
def test_other_formats_are_refused(tmp_path, checkpoint, number, age):
    path = tmp_path / "run.npz"
    rewritten(path, checkpoint, lambda header, _: header.update(format=number, version="9.9"))
    message = refusal(path)
    assert f"{age} format ({number}, written by styletools 9.9; this one reads 2)" in message


def drop(group, name):
    return lambda header, groups: groups[group].pop(name)


@pytest.mark.parametrize(
    "change",
    [
        lambda header, groups: header.pop("settings"),
        lambda header, groups: header.update(format="one"),
        lambda header, groups: header.update(settings=3),
        lambda header, groups: header.update(history=[{"step": 1}]),
        lambda header, groups: header.update(weights=5),
        lambda header, groups: header["settings"].update(optimizer="sgd"),
        lambda header, groups: header["settings"].update(unheard_of=1),
        lambda header, groups: groups.pop("optimizer"),
        lambda header, groups: groups["picture"].update(content=np.zeros((3, 3))),
        lambda header, groups: groups["optimizer"].update(image=np.zeros((40, 40, 3), np.float32)),
        lambda header, groups: groups["best"].update(picture=np.zeros((40, 40, 3), np.float32)),
        lambda header, groups: groups["best"].update(picture=np.zeros((24, 24, 3), np.float32)),
        lambda header, groups: groups["best"].update(picture=np.full((32, 32, 3), np.nan)),
        drop("picture", "style"),
        drop("optimizer", "image"),
        drop("optimizer", "direction"),
        drop("optimizer", "Z 19"),
        drop("best", "loss"),
    ],
    ids=range(18),
)
def test_whole_files_with_the_wrong_things_in_them_are_refused(tmp_path, checkpoint, change):
    rewritten(tmp_path / "run.npz", checkpoint, change)
    refusal(tmp_path / "run.npz")


def test_every_changed_byte_is_noticed(tmp_path, checkpoint):
    """Flips, cuts, doublings and exchanges; half of them with a checksum that agrees."""
    chance, path = random.Random(0), tmp_path / "run.npz"
    path.write_bytes(checkpoint)
    header, groups = ARCHIVE.read(path)
    outcomes = {"same": 0, "refused": 0}
    for number in range(1000):
        content = bytearray(checkpoint[: -archive.DIGITS] if number % 2 else checkpoint)
        for _ in range(chance.choice((1, 1, 1, 5))):
            where, length = chance.randrange(len(content)), chance.choice((1, 1, 4, 100))
            chunk = content[where : where + length]
            replaced = chance.choice(
                ([byte ^ (1 << chance.randrange(8)) for byte in chunk], [], 2 * chunk, chunk[::-1])
            )
            content[where : where + length] = bytes(replaced)
        path.write_bytes(signed(content) if number % 2 else content)
        try:
            again, arrays = ARCHIVE.read(path)
        except StyletoolsError:
            outcomes["refused"] += 1
            continue
        assert again == header
        assert {g: sorted(group) for g, group in arrays.items()} == {
            g: sorted(group) for g, group in groups.items()
        }
        for group, members in groups.items():
            for name, array in members.items():
                np.testing.assert_array_equal(arrays[group][name], array)
        outcomes["same"] += 1
    print(outcomes)
    assert outcomes["refused"] > 800


class Trap:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_loading_runs_no_code(tmp_path):
    trap, path = tmp_path / "sprung", tmp_path / "run.npz"
    header = json.dumps({"format": ARCHIVE.format, "version": __version__}).encode()
    inside = {archive.HEADER: np.frombuffer(header, np.uint8)}
    with open(path, "wb") as file:
        np.savez(file, **inside, **{"best/picture": np.array([Trap(trap)], object)})
    for content in (signed(path.read_bytes()), signed(pickle.dumps(Trap(trap)))):
        path.write_bytes(content)
        assert "cannot be used" in refusal(path)
    assert not trap.exists()


def test_saves_at_the_same_time_leave_one_whole_file(pair, tmp_path):
    path, transfers = tmp_path / "run.npz", [StyleTransfer(*pair, tv_weight=w) for w in (1, 2, 3)]
    wrong = []

    def save(transfer):
        try:
            for _ in range(15):
                transfer.save(path, overwrite=True)
                assert ARCHIVE.read(path)[0]["settings"]["tv_weight"] in (1, 2, 3)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=save, args=[transfer]) for transfer in transfers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert StyleTransfer.load(path).tv_weight in (1, 2, 3)
    assert os.listdir(tmp_path) == ["run.npz"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_kills_lose_nothing_but_the_steps_since_the_last_checkpoint(tmp_path, optimizer):
    chance, path, steps = random.Random(optimizer), tmp_path / "run.npz", 0
    for _ in range(-(-KILLS // 2)):
        command = [sys.executable, killed.__file__, path, optimizer]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
            said = [run.stdout.readline()]
            time.sleep(chance.uniform(0, 1.5))
            run.kill()
            said += run.stdout.read().split()
            assert run.wait() == -signal.SIGKILL
        assert int(said[0]) == steps + 1  # it went on where it was
        assert saved_steps(path) >= int(said[-1])
        steps = saved_steps(path)
    whole = StyleTransfer(*killed.pictures(), optimizer=optimizer, tv_weight=1)
    whole.run(steps)
    last = StyleTransfer.load(path)
    print(f"{optimizer}: {steps} steps")
    assert totals(last) == totals(whole)
    np.testing.assert_array_equal(last.image, whole.image)
