"""Sizes for lessons, and what the machine check promises."""

import re

from styletools.lessons import machine


def test_sizes_are_small_in_tests_and_double_on_a_gpu(monkeypatch):
    monkeypatch.setattr(machine, "QUICK", False)
    monkeypatch.setattr(machine, "has_gpu", lambda: False)
    assert (machine.teaching_size(192), machine.teaching_steps(60)) == (192, 60)
    monkeypatch.setattr(machine, "has_gpu", lambda: True)
    assert (machine.teaching_size(192), machine.teaching_steps(60)) == (384, 120)
    monkeypatch.setattr(machine, "QUICK", True)
    assert machine.teaching_size(192) < 64
    assert machine.teaching_steps(60) < 10


def test_the_check_names_versions_and_expects_more_time_for_more_pixels(capsys):
    machine.check_machine()
    said = capsys.readouterr().out
    assert machine.tf.__version__ in said
    seconds = [int(number) for number in re.findall(r"(\d+) s for", said)]
    assert len(seconds) == 3
    assert seconds == sorted(seconds)
    assert seconds[0] > 0
