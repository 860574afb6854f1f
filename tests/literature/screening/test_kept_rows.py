"""Rows of texts are made once, kept where the user's cache is, and nowhere when it is off."""

import pytest

from hilum import derived
from hilum.literature.screening import kept_rows
from hilum.literature.screening.features import Weighing

TITLES = [f"liver study {i} of embolisation" for i in range(12)]
ABSTRACTS = [f"patients {i % 5} lived longer" for i in range(12)]


@pytest.fixture
def large(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(kept_rows, "LARGE", len(TITLES))
    kept_rows._held.clear()
    yield tmp_path
    kept_rows._held.clear()


def test_off_keeps_nothing_anywhere(large, monkeypatch):
    monkeypatch.setenv(derived.VARIABLE, derived.OFF)
    kept_rows.kept_rows(TITLES, ABSTRACTS, Weighing())
    assert list(large.iterdir()) == []


@pytest.mark.parametrize(("records", "files"), [(11, 0), (12, 1)])
def test_from_the_bound_on_rows_lie_on_disk_and_are_found_again(large, monkeypatch, records, files):
    monkeypatch.setenv(derived.VARIABLE, str(large / "kept"))
    first = kept_rows.kept_rows(TITLES[:records], ABSTRACTS[:records], Weighing())
    kept = list((large / "kept").rglob("*.npz"))
    assert len(kept) == files
    kept_rows._held.clear()
    again = kept_rows.kept_rows(TITLES[:records], ABSTRACTS[:records], Weighing())
    assert (first != again).nnz == 0
    # A file that was cut is made anew.
    for path in kept:
        path.write_bytes(path.read_bytes()[:100])
    kept_rows._held.clear()
    assert (
        first != kept_rows.kept_rows(TITLES[:records], ABSTRACTS[:records], Weighing())
    ).nnz == 0


@pytest.mark.parametrize(
    ("system", "names", "expected"),
    [
        ("linux", {}, ".cache/hilum/joint"),
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/hilum/joint"),
        ("linux", {"XDG_CACHE_HOME": "/x", "HILUM_CACHE": "/y"}, "/y/joint"),
        ("darwin", {"XDG_CACHE_HOME": "/x"}, "Library/Caches/hilum/joint"),
        ("win32", {"LOCALAPPDATA": "/z"}, "/z/hilum/cache/joint"),
    ],
)
def test_where_derived_files_lie(monkeypatch, system, names, expected):
    for name in ("HILUM_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(derived.sys, "platform", system)
    found = derived.derived("joint")
    assert found == (found.home() / expected)
