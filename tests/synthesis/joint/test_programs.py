"""Compiled programs: where they lie, for which machine, whole or not there, the oldest go."""

import os
import stat
import types

import pytest

from hilum import derived
from hilum.synthesis.joint import programs

DIRECTORY = "jax_compilation_cache_dir"


@pytest.fixture
def told(monkeypatch, tmp_path):
    monkeypatch.setenv(derived.VARIABLE, str(tmp_path / "cache"))
    return {}


def jax_of(told):
    """JAX as far as it is set here."""
    config = types.SimpleNamespace(jax_compilation_cache_dir=told.get(DIRECTORY))

    def update(name, value):
        told[name] = value
        setattr(config, name, value)

    config.update = update
    return types.SimpleNamespace(config=config)


def held(place):
    return sorted(one.name for one in place.iterdir())


def write(place, name, size=1, age=0):
    path = place / f"{name}-cache"
    path.write_bytes(b"x" * size)
    os.utime(path, (1e9 - age, 1e9 - age))


def test_programs_are_found_in_the_user_s_folder(told, tmp_path, monkeypatch):
    programs.find_programs(jax_of(told))
    place = programs.folder()
    assert told[DIRECTORY] == str(place)
    assert place.parent == tmp_path / "cache" / "programs"
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    # Another processor has programs of its own.
    other = tmp_path / "cpuinfo"
    other.write_text("flags : sse2\n")
    monkeypatch.setattr(programs, "CPUINFO", other)
    assert programs.folder() != place
    # Who said where has said it.
    said = {DIRECTORY: "/elsewhere"}
    programs.find_programs(jax_of(said))
    assert said == {DIRECTORY: "/elsewhere"}
    told.clear()
    monkeypatch.setenv(derived.VARIABLE, derived.OFF)
    programs.find_programs(jax_of(told))
    programs.settle_programs(jax_of(told))
    assert told == {}


def test_what_was_cut_short_is_removed(told):
    jax = jax_of(told)
    programs.find_programs(jax)
    place = programs.folder()
    write(place, "whole")
    programs.settle_programs(jax_of({DIRECTORY: "/elsewhere"}))
    assert held(place) == ["whole-cache"]
    programs.settle_programs(jax)
    write(place, "cut")
    programs.find_programs(jax_of({}))
    assert held(place) == ["whole-cache", "whole-cache-whole"]


@pytest.mark.parametrize(("most", "left"), [(10, ["new", "old"]), (9, ["new"])])
def test_the_oldest_go_first(told, monkeypatch, most, left):
    monkeypatch.setattr(programs, "MOST_BYTES", most)
    jax = jax_of(told)
    programs.find_programs(jax)
    place = programs.folder()
    write(place, "old", 6, age=60)
    write(place, "new", 4)
    programs.settle_programs(jax)
    programs.clean(place)
    assert held(place) == [f"{name}-cache{end}" for name in left for end in ("", "-whole")]


def test_a_compiler_that_has_other_options_takes_its_own():
    from hilum.synthesis.joint import compiled

    assert compiled.known((("xla_cpu_no_such_option", True),)) is None
    for options in (compiled.OFTEN, compiled.ONCE):
        assert compiled.known(tuple(options.items())) in (None, options)
