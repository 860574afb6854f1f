"""Outputs are whole or not there."""

from __future__ import annotations

import pytest

from hilum.cli.writing import replacing, write
from hilum.errors import InputError


def test_folder_is_made_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "new" / "folder" / "x.svg"
    write(b"one", path)
    write(b"two", path)
    assert path.read_bytes() == b"two"
    assert [one.name for one in path.parent.iterdir()] == ["x.svg"]
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("error", [RuntimeError("stopped"), KeyboardInterrupt()])
def test_existing_file_stays_when_writing_stops_half_way(tmp_path, error):
    path = tmp_path / "x.nc"
    path.write_bytes(b"before")

    def stopped():
        with replacing(path) as temporary:
            temporary.write_bytes(b"ha")
            raise error

    with pytest.raises(type(error)):
        stopped()
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["x.nc"]


@pytest.mark.parametrize("place", ["file/x.svg", "folder"])
def test_place_that_cannot_be_written_is_named(tmp_path, place):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError) as caught:
        write(b"", tmp_path / place)
    (fault,) = caught.value.faults
    assert fault.file == str(tmp_path / place)
    assert fault.expected.startswith("a place that can be written (")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "folder"]
