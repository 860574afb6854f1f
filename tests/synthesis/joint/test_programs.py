"""Compiled programs: where they lie, for which machine, whole or not there, the oldest go."""

import io
import os
import stat
import types

import pytest

from hilum import derived
from hilum.apart import Telling
from hilum.synthesis.joint import programs
from hilum.watch import SILENT


@pytest.fixture
def told(monkeypatch, tmp_path):
    monkeypatch.setenv(derived.VARIABLE, str(tmp_path / "cache"))
    return {}


def jax_of(told):
    return types.SimpleNamespace(config=types.SimpleNamespace(update=told.__setitem__))


def held(place):
    return sorted(one.name for one in place.iterdir())


def write(place, name, size=1, age=0):
    path = place / f"{name}-cache"
    path.write_bytes(b"x" * size)
    os.utime(path, (1e9 - age, 1e9 - age))


def test_a_process_of_its_own_finds_programs_in_the_user_s_folder(told, tmp_path, monkeypatch):
    child = Telling(io.BytesIO())
    programs.find_programs(SILENT, jax_of(told))
    assert told == {}  # nothing is set in a process that is not its own
    programs.find_programs(child, jax_of(told))
    place = programs.folder()
    assert told["jax_compilation_cache_dir"] == str(place)
    assert place.parent == tmp_path / "cache" / "programs"
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    # Another processor has programs of its own.
    other = tmp_path / "cpuinfo"
    other.write_text("flags : sse2\n")
    monkeypatch.setattr(programs, "CPUINFO", other)
    assert programs.folder() != place
    told.clear()
    monkeypatch.setenv(derived.VARIABLE, derived.OFF)
    programs.find_programs(child, jax_of(told))
    programs.settle_programs(child)
    assert told == {}


def test_what_was_cut_short_is_removed(told):
    child = Telling(io.BytesIO())
    programs.find_programs(child, jax_of(told))
    place = programs.folder()
    write(place, "whole")
    programs.settle_programs(SILENT)
    assert held(place) == ["whole-cache"]
    programs.settle_programs(child)
    write(place, "cut")
    programs.find_programs(child, jax_of(told))
    assert held(place) == ["whole-cache", "whole-cache-whole"]


@pytest.mark.parametrize(("most", "left"), [(10, ["new", "old"]), (9, ["new"])])
def test_the_oldest_go_first(told, monkeypatch, most, left):
    monkeypatch.setattr(programs, "MOST_BYTES", most)
    child = Telling(io.BytesIO())
    programs.find_programs(child, jax_of(told))
    place = programs.folder()
    write(place, "old", 6, age=60)
    write(place, "new", 4)
    programs.settle_programs(child)
    programs.clean(place)
    assert held(place) == [f"{name}-cache{end}" for name in left for end in ("", "-whole")]
