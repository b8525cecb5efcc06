"""The transfer and its two optimizers, at 64 pixels."""

import json
import signal
from types import SimpleNamespace

import numpy as np
import pytest

from styletools import StyletoolsError, StyleTransfer, load_image, transfer_style
from styletools.network import tf
from styletools.objective import tiled
from styletools.transfer import painting


@pytest.mark.parametrize(("optimizer", "factor"), [("lbfgs", 4), ("adam", 2)])
def test_the_loss_falls(pyramid, starry, optimizer, factor):
    result = transfer_style(pyramid, starry, steps=30, progress=False, optimizer=optimizer)
    totals = [record.total for record in result.history]
    assert min(totals) < totals[0] / factor
    assert result.image.shape == pyramid.shape
    assert result.image.dtype == np.float32
    assert 0 <= result.image.min() <= result.image.max() <= 1
    assert result.stopped == "30 steps done"


def test_a_record_adds_up(pyramid, starry):
    transfer = StyleTransfer(pyramid, starry, content_weight=0.3, style_weight=2, tv_weight=5)
    transfer.run(5)
    assert [record.step for record in transfer.history] == [1, 2, 3, 4, 5]
    for record in transfer.history:
        total = 0.3 * record.content + 2 * record.style + 5 * record.tv
        np.testing.assert_allclose(record.total, total, rtol=1e-5)
        np.testing.assert_allclose(np.mean(list(record.style_layers.values())), record.style, 1e-5)
    seconds = [record.seconds for record in transfer.history]
    assert seconds == sorted(seconds)
    assert seconds[0] > 0


def test_seconds_are_of_work_alone(pyramid, starry, monkeypatch):
    clock = SimpleNamespace(perf_counter=iter([2, 5, 100, 104]).__next__)
    monkeypatch.setattr("styletools.transfer.transfer.time", clock)
    transfer = StyleTransfer(pyramid, starry)
    transfer.run(2)
    assert [record.seconds for record in transfer.history] == [3, 7]


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_same_seed_same_picture(pyramid, starry, optimizer):
    def run(seed):
        settings = {"init": "noise", "optimizer": optimizer, "seed": seed}
        return transfer_style(pyramid, starry, steps=4, progress=False, **settings).image

    np.testing.assert_array_equal(run(1), run(1))
    assert np.abs(run(1) - run(2)).max() > 0.1


def test_what_is_not_given_is_as_documented(pyramid, starry):
    transfer = StyleTransfer(pyramid, starry)
    assert (transfer.content_weight, transfer.style_weight, transfer.tv_weight) == (0.05, 1, 0.1)
    assert transfer.style_layers == tuple(f"block{block}_conv1" for block in (1, 2, 3, 4, 5))
    assert transfer.seed == 0


@pytest.mark.parametrize("precision", ["auto", "float32"])
def test_only_auto_is_compared_with_float32(pyramid, starry, monkeypatch, precision):
    compared = []
    monkeypatch.setattr("styletools.transfer.transfer.in_agreement", lambda *_: compared.append(1))
    StyleTransfer(pyramid, starry, precision=json.loads(f'"{precision}"'))  # as of a checkpoint
    assert bool(compared) == (precision == "auto")


def test_weights_may_change_without_a_new_trace(pyramid, starry):
    transfer = StyleTransfer(pyramid, starry)
    transfer.run(2)
    traces = transfer.objective.graph.experimental_get_tracing_count()
    transfer.content_weight, transfer.style_weight, transfer.tv_weight = 1, 0, 0
    transfer.run(2)
    assert transfer.objective.graph.experimental_get_tracing_count() == traces
    last = transfer.history[-1]
    np.testing.assert_allclose(last.total, last.content, rtol=1e-5)


def test_coarse_to_fine_begins_small_and_ends_at_full_size(starry, monkeypatch):
    monkeypatch.setattr(painting, "AT_ONCE", 64)
    content, sizes = load_image("great_pyramid", 150), []
    objective = tiled.Objective

    def spy(content, *rest):
        if content.shape[:2] not in sizes:  # each is looked at in float32, too
            sizes.append(content.shape[:2])
        return objective(content, *rest)

    monkeypatch.setattr(tiled, "Objective", spy)
    style = load_image("starry_night", 140)
    result = transfer_style(content, style, 8, progress=False, coarse_to_fine=True)
    height, width = content.shape[:2]
    assert sizes == [(height // 2, width // 2), (height, width)]  # a quarter would be too small
    assert result.image.shape == content.shape
    assert [record.step for record in result.history] == list(range(1, 13))
    assert result.stopped == "12 steps done"
    straight = transfer_style(content, style, 4, progress=False)
    assert result.history[-1].total < straight.history[-1].total
    transfer_style(content, style, 2, progress=False, coarse_to_fine=True, init=content)


@pytest.mark.parametrize("moment", ["start of a level", "step"])
def test_coarse_to_fine_keeps_its_picture_when_interrupted(monkeypatch, moment):
    monkeypatch.setattr(painting, "AT_ONCE", 64)
    content, starry = load_image("great_pyramid", 128), load_image("starry_night", 96)
    callback = None
    if moment == "step":

        def callback(record, image):
            assert image.shape == content.shape or record.step <= 4
            return record.step == 6 and interrupt()
    else:
        whole = painting._halved
        monkeypatch.setattr(
            painting, "_halved", lambda a, times: whole(a, times) if times else interrupt()
        )
    settings = {"progress": False, "coarse_to_fine": True, "callback": callback}
    result = transfer_style(content, starry, 4, **settings)
    assert result.stopped == "interrupted"
    assert len(result.history) == 4 + 2 * (moment == "step")
    assert result.image.shape == content.shape
    assert np.abs(result.image - content).max() > 0.02


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_coarse_to_fine_goes_on_from_its_checkpoint(tmp_path, monkeypatch, optimizer):
    monkeypatch.setattr(painting, "AT_ONCE", 64)
    pair = load_image("great_pyramid", 128), load_image("starry_night", 96)
    settings = {"progress": False, "coarse_to_fine": True, "optimizer": optimizer}
    whole = transfer_style(*pair, 4, **settings)
    assert len(whole.history) == 6
    for step in (1, 4, 5, 6):  # within the first size, at its end, within the second, at its end
        kept = settings | {"checkpoint": tmp_path / f"{step}.npz"}
        parts = transfer_style(*pair, 4, callback=lambda r, _, step=step: r.step == step, **kept)
        assert len(parts.history) == step
        again = transfer_style(*pair, 4, **kept)
        assert again.stopped == whole.stopped == "6 steps done"
        assert [r.step for r in again.history] == [1, 2, 3, 4, 5, 6]
        np.testing.assert_array_equal(again.image, whole.image)
        totals = [[r.total for r in result.history] for result in (again, whole)]
        assert totals[0] == totals[1]
    longer = transfer_style(*pair, 8, **kept)  # goes on with the size that it is at
    assert len(longer.history) == 4 + 4
    for other in ({"seed": 3}, {"coarse_to_fine": False}):
        with pytest.raises(StyletoolsError, match="is of another run"):
            transfer_style(*pair, 4, **kept | other)
    with pytest.raises(StyletoolsError, match="is of another run .init 'content' instead of"):
        transfer_style(*pair, 4, init="noise", **kept)
    plain = {"checkpoint": tmp_path / "plain.npz", "progress": False, "optimizer": optimizer}
    transfer_style(*pair, 1, **plain)
    with pytest.raises(StyletoolsError, match="is of another run"):
        transfer_style(*pair, 4, **plain, coarse_to_fine=True)
    with pytest.raises(StyletoolsError, match="is of another run .*another style"):
        transfer_style(pair[0], pair[0], 4, **kept)
    with pytest.raises(StyletoolsError, match="is of another run .*another content"):
        transfer_style(pair[0][:80], pair[1], 4, **kept)


def test_a_checkpoint_is_written_every_minute(pyramid, starry, tmp_path, monkeypatch):
    path, seconds, seen = tmp_path / "run.npz", [0], []
    clock = SimpleNamespace(monotonic=lambda: seconds[-1])
    monkeypatch.setattr("styletools.transfer.checkpoint.time", clock)

    def look(record):
        seen.append(path.exists())
        seconds.append([59.9, 60.1, 60.1][record.step - 1])

    StyleTransfer(pyramid, starry).run(3, look, path)
    assert seen == [False, False, True]


def test_ctrl_c_waits_for_the_last_checkpoint(pyramid, starry, tmp_path, monkeypatch):
    transfer, path = StyleTransfer(pyramid, starry), tmp_path / "run.npz"
    save = transfer._save

    def interrupted(path):
        signal.raise_signal(signal.SIGINT)
        save(path)

    monkeypatch.setattr(transfer, "_save", interrupted)
    assert transfer.run(1, checkpoint=path) == "interrupted"
    assert path.exists()


def interrupt(*_):
    raise KeyboardInterrupt


def test_coarse_to_fine_refuses_before_the_work(pyramid, starry):
    for init in (None, pyramid[:40]):
        with pytest.raises(StyletoolsError, match="init"):
            transfer_style(pyramid, starry, 2, False, coarse_to_fine=True, init=init)


def test_a_large_picture_is_worked_on_in_tiles(pyramid, starry, monkeypatch):
    assert not isinstance(StyleTransfer(pyramid, starry).objective, tiled.TiledObjective)
    monkeypatch.setattr(tiled, "LARGE", pyramid.shape[0] * pyramid.shape[1] - 1)
    transfer = StyleTransfer(pyramid, starry)
    assert isinstance(transfer.objective, tiled.TiledObjective)
    transfer.run(3)
    assert transfer.history[-1].total < transfer.history[0].total


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_two_runs_are_one(pyramid, starry, optimizer):
    whole, parts = (StyleTransfer(pyramid, starry, optimizer=optimizer) for _ in range(2))
    whole.run(8)
    parts.run(3)
    parts.run(5)
    assert [r.total for r in whole.history] == [r.total for r in parts.history]
    np.testing.assert_array_equal(whole.image, parts.image)


def test_lbfgs_starts_anew_when_a_weight_changes(pyramid, starry):
    transfer = StyleTransfer(pyramid, starry)
    transfer.run(12)
    transfer.content_weight = 3
    transfer.run(12)
    after = [record.total for record in transfer.history[12:]]
    fresh = StyleTransfer(pyramid, starry, content_weight=3, init=transfer.image)
    np.testing.assert_allclose(fresh.step().total, min(after), rtol=0.02)  # but for clipping
    assert min(after) < 0.7 * after[0]


def test_a_finished_run_says_so_and_goes_on_with_other_weights(pyramid, starry):
    transfer = StyleTransfer(pyramid, starry, style_weight=0, tv_weight=0)
    assert "gradient is zero" in transfer.run(3)
    assert len(transfer.history) == 1
    transfer.style_weight = 1
    assert transfer.run(3) == "3 steps done"


def test_style_layer_weights_decide_which_layers_count(pyramid, starry):
    layers = ["block1_conv1", "block3_conv1"]
    shares = {"block1_conv1": 1, "block3_conv1": 0}
    transfer = StyleTransfer(pyramid, starry, style_layers=layers, style_layer_weights=shares)
    transfer.run(1)
    record = transfer.history[0]
    np.testing.assert_allclose(record.style, record.style_layers["block1_conv1"], rtol=1e-6)


def test_content_alone_keeps_the_content(pyramid, starry):
    transfer = StyleTransfer(pyramid, starry, style_weight=0, tv_weight=0)
    transfer.run(3)
    assert transfer.history[0].content == 0
    np.testing.assert_array_equal(transfer.image, pyramid)


def test_gradient_against_finite_differences(pyramid, starry):
    transfer = StyleTransfer(pyramid, starry, init="noise", precision="float32")
    direction = np.random.default_rng(0).normal(size=pyramid.shape).astype(np.float32)
    weights = transfer._current_weights()
    _, gradient = transfer.objective(transfer.image, *weights)
    forward, backward = (
        transfer.objective(transfer.image + step * direction, *weights)[0]["total"]
        for step in (1e-3, -1e-3)
    )
    slope = (forward - backward) / 2e-3
    np.testing.assert_allclose(slope, (gradient.numpy() * direction).sum(), rtol=2e-2)


def test_styles_and_odd_sizes_of_any_size(starry):
    content = load_image("astronaut", 64)[:33, :47]
    for optimizer in ("lbfgs", "adam"):
        result = transfer_style(content, starry, steps=2, progress=False, optimizer=optimizer)
        assert result.image.shape == content.shape


def test_a_callback_stops_the_run_and_ctrl_c_keeps_the_picture(pyramid, starry):
    transfer = StyleTransfer(pyramid, starry)
    assert transfer.run(9, callback=lambda record: record.step == 3) == "stopped by the callback"
    assert len(transfer.history) == 3

    def interrupt(record):
        raise KeyboardInterrupt

    assert transfer.run(9, callback=interrupt) == "interrupted"
    assert len(transfer.history) == 4
    assert np.isfinite(transfer.image).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"init": "style"}, "'style'"),
        ({"init": np.zeros((40, 40, 3))}, r"\(40, 40, 3\)"),
        ({"init": np.full((43, 64, 3), 2.0)}, r"init has values from 2 to 2"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_bad_starts_are_refused(pyramid, starry, settings, message):
    with pytest.raises(StyletoolsError, match=message):
        StyleTransfer(pyramid, starry, **settings)


def test_no_steps_are_refused(pyramid, starry):
    with pytest.raises(StyletoolsError, match="steps is 0"):
        transfer_style(pyramid, starry, steps=0)


def test_one_graph_serves_pictures_of_every_size(pyramid, starry):
    layers = ["block3_conv1", "block1_conv1"]  # not in the order of the alphabet
    shares = {"block3_conv1": 0.9, "block1_conv1": 0.1}
    settings = {"style_layers": layers, "style_layer_weights": shares, "normalization": "gatys"}
    transfers = [StyleTransfer(p, starry, **settings) for p in (pyramid, pyramid[:40, :50])]
    for transfer in transfers:
        record = transfer.step()
        style = sum(shares[layer] * record.style_layers[layer] for layer in layers)
        assert record.style == pytest.approx(style, rel=1e-5)
    assert transfers[0].objective.graph is transfers[1].objective.graph
    assert transfers[0].objective.graph.experimental_get_tracing_count() == 1


@pytest.mark.parametrize(("optimizer", "reads"), [("lbfgs", 2), ("adam", 1)])
def test_a_step_waits_for_the_device_once_for_its_losses_and_once_for_the_optimizer(
    pyramid, starry, monkeypatch, optimizer, reads
):
    transfer, counted = StyleTransfer(pyramid, starry, optimizer=optimizer), []
    transfer.run(3)
    tensor = type(tf.constant(0.0)).__mro__[1]  # of which eager tensors are made
    read = tensor._numpy
    monkeypatch.setattr(tensor, "_numpy", lambda self: counted.append(self.shape) or read(self))
    transfer.step()
    assert len(counted) == reads, counted
