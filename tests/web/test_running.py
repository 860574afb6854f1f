"""Starting: this machine alone, a free port, the extra that it needs, a page soon."""

import sys

import pytest

from hilum.errors import InputError, MissingExtra
from hilum.web.running import started


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("0.0.0.0", "--name"),
        ("::", "--name"),
        ("192.168.1.5", "signs in"),
        ("hospital.example", "an address of this machine"),
        ("", "an address of this machine"),
    ],
)
def test_no_other_machine_is_served_unasked(host, why, tmp_path):
    with pytest.raises(InputError, match=why):
        started(tmp_path / "data", host, 0, "en")
    assert list(tmp_path.iterdir()) == [], "nothing is made"


def test_a_port_that_is_taken_or_none(tmp_path):
    one = started(tmp_path / "data", "127.0.0.1", 0, "en")
    try:
        with pytest.raises(InputError, match="a port that is free"):
            started(tmp_path / "data", "127.0.0.1", one.port, "en")
        for port in (-1, 65_536):
            with pytest.raises(InputError, match="0 to 65535"):
                started(tmp_path / "data", "127.0.0.1", port, "en")
        assert one.address.startswith(f"http://127.0.0.1:{one.port}/enter?secret=")
        assert one.listening.getsockname()[0] == "127.0.0.1"
    finally:
        one.listening.close()
        one.desk.cases.engine.dispose()


def test_two_starts_have_two_secrets(tmp_path):
    found = []
    for name in "ab":
        one = started(tmp_path / name, "localhost", 0, "en")
        found.append(one.desk.sessions.secret)
        one.listening.close()
        one.desk.cases.engine.dispose()
    assert found[0] != found[1]
    assert all(len(secret) > 40 for secret in found)


def test_without_its_extra_it_says_which(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtra, match=r"hilum\[web\]"):
        started(tmp_path / "data", "127.0.0.1", 0, "en")


def test_the_file_of_the_library_is_the_one_that_was_looked_at():
    import csv
    import hashlib
    from importlib.resources import files

    folder = files("hilum.web") / "static"
    rows = list(csv.DictReader((folder / "vendored.csv").read_text("utf-8").splitlines()))
    assert [one["name"] for one in rows] == [
        "htmx.min.js", "hx-csp.min.js", "hx-sse.min.js", "niivue.umd.js",
    ]  # fmt: skip
    for row in rows:
        content = (folder / row["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
        assert (folder / f"{row['name']}.LICENSE").is_file()


def test_the_style_is_small():
    from importlib.resources import files

    folder = files("hilum.web") / "static"
    # What any page loads: that of all rooms and its own; the sheet of a patient has its own.
    sizes = {one.name: len(one.read_bytes()) for one in folder.iterdir() if one.name[-4:] == ".css"}
    assert sizes.pop("workbench.css") + max(sizes.values()) < 20_000
    named = ("workbench.css", "workbench.js", "htmx.min.js", "hx-csp.min.js", "hilum.svg")
    assert sum(len((folder / name).read_bytes()) for name in named) < 62_000
