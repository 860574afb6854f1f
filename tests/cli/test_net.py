"""What nobody foresaw is one line; outputs are private, whole, and never an input."""

import errno
import os
import stat
import subprocess
import sys

import pytest

from hilum.cli import main, net
from hilum.cli.writing import GIVEN, lock, replacing, write
from hilum.errors import InputError, NotEstimable
from hilum.tabular import visible

PATIENT = "Erika Mustermann 1957"


def ran(monkeypatch, capsys, error):
    """Exit status and standard error of a command that raises."""

    def broken(_only=None):
        def command():
            raise error

        return command

    monkeypatch.setattr(main, "application", broken)
    with pytest.raises(SystemExit) as stopped:
        main.run()
    return stopped.value.code, capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [ValueError(PATIENT), KeyError(PATIENT), RecursionError(PATIENT), AssertionError(PATIENT)],
)
def test_the_unforeseen_is_one_line_without_values(monkeypatch, capsys, error):
    monkeypatch.delenv(net.TRACEBACK, raising=False)
    code, said = ran(monkeypatch, capsys, error)
    assert code == 70
    assert said.count("\n") == 1
    assert type(error).__name__ in said
    assert "issue" in said
    assert "Mustermann" not in said
    assert "Traceback" not in said


def test_a_developer_sees_the_traceback(monkeypatch, capsys):
    monkeypatch.setenv(net.TRACEBACK, "1")
    with pytest.raises(ValueError, match="Mustermann"):
        ran(monkeypatch, capsys, ValueError(PATIENT))


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (MemoryError(), 70, "memory"),
        (OSError(errno.ENOSPC, "No space left on device"), 74, "standard output"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 74, "standard output"),
        (OSError(errno.EACCES, "Permission denied", "x.csv"), 74, "x.csv: Permission denied"),
        (NotEstimable("no study"), 1, "no study"),
        (SystemExit(2), 2, ""),
        (SystemExit(None), 0, ""),
        (SystemExit("words"), 1, ""),
    ],
)
def test_exit_statuses(monkeypatch, capsys, error, code, words):
    # The broken output is not replaced in the process of the tests.
    monkeypatch.setattr(net.os, "dup2", lambda *_: None)
    status, said = ran(monkeypatch, capsys, error)
    assert status == code
    assert words in said


def test_the_place_is_a_line_of_hilum():
    with pytest.raises(AttributeError) as raised:
        write(b"", None)
    assert net.place(raised.value).startswith("store/whole.py:")
    with pytest.raises(ValueError, match="invalid literal") as raised:
        int("x")
    assert net.place(raised.value) == "no line of its own"


def test_nothing_that_acts_on_a_terminal_is_printed(monkeypatch, capsys):
    _, said = ran(monkeypatch, capsys, NotEstimable("a\x1b[31m\x9b\u202eb\udcff\r\ttab"))
    assert said == "hilum: a\\u001b[31m\\u009b\\u202eb\\udcff\\u000d\ttab\n"
    assert visible("plain Größe 肝 – “x”\n") == "plain Größe 肝 – “x”\n"


HILUM = [sys.executable, "-m", "hilum"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a full device")
def test_a_full_disk_and_a_closed_pipe_are_errors(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("study,xi,ni\nA,1,10\nB,2,20\n")
    command = [*HILUM, "pool", str(table), "--measure", "PLO", "--json"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 74
    assert "standard output" in done.stderr
    assert done.stderr.count("\n") == 1
    read, write_end = os.pipe()
    os.close(read)
    done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write_end)
    assert done.returncode == 74
    assert "Broken pipe" in done.stderr


def test_any_locale_takes_any_character(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("study,xi,ni\n王,1,10\nB,x,20\n", "utf-8")
    env = os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    command = [*HILUM, "pool", str(table), "--measure", "PLO", "--label", "研究"]
    done = subprocess.run(command, capture_output=True, env=env, check=False)
    assert done.returncode in (1, 2)
    assert b"Traceback" not in done.stderr


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def umask():
    """Sets the umask for a test."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


@pytest.mark.parametrize(("mask", "wanted"), [(0o077, 0o600), (0o027, 0o640), (0o002, 0o664)])
def test_a_new_file_has_what_the_umask_leaves(tmp_path, umask, mask, wanted):
    umask(mask)
    path = tmp_path / "sheet.html"
    with replacing(path) as temporary:
        assert mode(temporary) == 0o600  # while it is written nobody else reads it
        temporary.write_bytes(b"x")
    assert mode(path) == wanted
    assert os.umask(mask) == mask


@pytest.mark.parametrize("kept", [0o600, 0o660, 0o444])
def test_an_existing_file_keeps_its_permissions(tmp_path, umask, kept):
    umask(0o022)
    path = tmp_path / "sheet.html"
    path.write_bytes(b"before")
    path.chmod(kept)
    write(b"after", path)
    assert (mode(path), path.read_bytes()) == (kept, b"after")


def test_the_target_of_a_link_is_written(tmp_path):
    (tmp_path / "store").mkdir()
    target, link = tmp_path / "store" / "real.html", tmp_path / "link.html"
    target.write_bytes(b"before")
    link.symlink_to(target)
    write(b"after", link)
    assert link.is_symlink()
    assert target.read_bytes() == b"after"
    dangling = tmp_path / "dangling.html"
    dangling.symlink_to(tmp_path / "store" / "new.html")
    write(b"new", dangling)
    assert (tmp_path / "store" / "new.html").read_bytes() == b"new"
    loop = tmp_path / "loop.html"
    loop.symlink_to(loop)
    with pytest.raises(InputError, match=r"loop\.html"):
        write(b"", loop)


def test_what_a_killed_run_left_is_gone_after_the_next(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from hilum.cli.writing import replacing\n"
        "with replacing(Path(sys.argv[1])) as part:\n"
        "    part.write_bytes(b'half'); print('ready', flush=True); time.sleep(60)\n"
    )
    one = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "a.html")], stdout=subprocess.PIPE, text=True
    )
    assert one.stdout.readline() == "ready\n"
    (left,) = tmp_path.iterdir()
    assert mode(left) == 0o600
    # A run beside it leaves the other's work alone.
    write(b"b", tmp_path / "b.html")
    assert left.exists()
    one.kill()
    one.wait()
    one.stdout.close()
    write(b"c", tmp_path / "c.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.html", "c.html"]


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (("board", "CASE", "--out", "CASE"), True),
        (("board", "CASE", "--out=CASE"), True),
        (("board", "CASE", "--out", "OTHER"), False),
        # The name of a language, and of a file that is not there yet.
        (("board", "CASE", "--out", "OTHER", "--language", "OTHER"), False),
        (("board", "LINK", "--out", "CASE"), True),
        (("evidence", "check", "FOLDER", "--out", "CASE"), True),
        (("case", "set", "CASE", "egfr=25"), False),
        ((), False),
    ],
)
def test_an_output_that_is_an_input_is_refused(tmp_path, words, refused):
    case, link = tmp_path / "case.csv", tmp_path / "link.csv"
    case.write_bytes(b"before")
    link.symlink_to(case)
    names = {"CASE": case, "LINK": link, "OTHER": tmp_path / "o.html", "FOLDER": tmp_path}
    said = []
    for word in words:
        for name, path in names.items():
            word = word.replace(name, str(path)) if word.endswith(name) else word
        said.append(word)
    before = GIVEN.set(tuple(said))
    try:
        if refused:
            with pytest.raises(InputError, match="none of the inputs"):
                write(b"after", case)
            assert case.read_bytes() == b"before"
        else:
            write(b"after", case)
            assert case.read_bytes() == b"after"
    finally:
        GIVEN.reset(before)


def test_a_second_run_into_one_table_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    held = lock(path)
    code = (
        "import sys; from pathlib import Path; from hilum.cli.writing import lock\n"
        "from hilum.errors import InputError\n"
        "try:\n    held = lock(Path(sys.argv[1]))\nexcept InputError as error:\n"
        "    print(error); raise SystemExit(3)\n"
    )
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "no other run" in done.stdout
    held.close()
    assert subprocess.run(command, check=False).returncode == 0
