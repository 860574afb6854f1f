"""Outputs are whole or not there."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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


def test_a_pipe_is_written_into_and_stays_one(tmp_path):
    """A file renamed over it, as over any other output, would end it: so with /dev/null."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(path.read_bytes)
        write(b"whole", path)
        assert read.result(10) == b"whole"
    assert stat.S_ISFIFO(path.stat().st_mode)
    assert [one.name for one in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has it")
def test_a_device_that_takes_nothing_is_said():
    with pytest.raises(InputError, match="No space left"):
        write(b"whole", Path("/dev/full"))
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


def test_half_of_it_goes_nowhere(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def stopped():
        with replacing(path) as temporary:
            temporary.write_bytes(b"ha")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert stat.S_ISFIFO(path.stat().st_mode)
