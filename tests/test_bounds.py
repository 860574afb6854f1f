"""Every reader keeps to its bound in a process that has 2 GB, and says what is hidden."""

import io
import json
import os
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from openpyxl import Workbook
from proofs import seeds

from hilum.tabular import hidden as hiding
from hilum.tabular import read_sheet

MEMORY = 2 * 2**30
# All in one child: what one of them takes is given back before the next.
CHILD = """
import json, sys, resource, re
from pathlib import Path
from hilum.cli import main
from proofs.face import called
main.application()
size = int(re.search(r"VmSize:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
resource.setrlimit(resource.RLIMIT_AS, (size + int(sys.argv[1]),) * 2)
found = {}
for name, words in json.load(sys.stdin).items():
    done = called(*words)
    found[name] = [done.returncode, done.stdout[-300:] + done.stderr[-600:]]
print(json.dumps(found))
"""


def archive(parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return made.getvalue()


def changed(name, content):
    """The workbook of the fuzz test with another part."""
    with zipfile.ZipFile(io.BytesIO(seeds.workbook(seeds.PROPORTIONS))) as old:
        parts = {one: old.read(one) for one in old.namelist()}
    return archive({**parts, name: content})


def strings():
    return b"<sst>" + b"<si><t>a</t></si>" * 2_100_000 + b"</sst>"


def sheets():
    made = Workbook()
    made.active.append(["study", "xi", "ni"])
    for number in range(300):
        made.create_sheet(f"s{number}").append([number])
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def cells():
    """A few more than two million cells, in 200 columns."""
    heads = ["study", "xi", "ni", *(f"c{number}" for number in range(197))]
    return ",".join(heads).encode() + b"\n" + (b"a,1,10" + b",0" * 197 + b"\n") * 10_001


def pdf():
    """A page whose drawing unpacks to 56 MB."""
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(b"0 0 m 1 1 l S\n" * 10_000) for _ in range(400))
    body += packer.flush()
    made = seeds.pdf()
    start, end = made.index(b"<< /Length"), made.index(b"endstream")
    head = f"<< /Filter /FlateDecode /Length {len(body)} >>\nstream\n".encode()
    return made[:start] + head + body + b"\n" + made[end:]


def parquet(path):
    """Ten million rows of one value in some kilobytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"cell": pa.array([1] * 10_000_000, pa.int8())}), path)


CURVE = ("--x-axis", "20=0,180=60", "--y-axis", "10=100,130=0", "--unit", "months")
POOL = ("--measure", "PLO")
# Name, how it is made, the command, the bound in its message.
INPUTS = {
    "cells.csv": (cells, ("pool", *POOL), "2,000,000"),
    "bytes.csv": (None, ("pool", *POOL), "268,435,456"),
    "strings.xlsx": (
        lambda: changed("xl/sharedStrings.xml", strings()), ("pool", *POOL), "2,000,000",
    ),
    "part.xlsx": (
        lambda: changed("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * (2**28 + 9)),
        ("pool", *POOL), "268,435,456",
    ),
    "sheets.xlsx": (sheets, ("pool", *POOL), "s19', ..."),
    "deep.json": (lambda: b'{"x": ' + b"[" * 10**6 + b"1}", ("verdict",), "deep.json"),
    "long.toml": (lambda: b"#" * 10_000_001, ("verdict",), "10,000,000"),
    "bomb.pdf": (pdf, ("curve", "read", *CURVE[4:]), "40 MB"),
    "bomb.png": (seeds.bomb, ("curve", "read", *CURVE), "million"),
    "many.parquet": (None, ("trials", "simulate"), "5,000,000"),
}  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bounds")
    asked = {}
    for name, (make, words, _) in INPUTS.items():
        path = folder / name
        if name == "bytes.csv":
            with path.open("wb") as file:
                file.truncate(2**28 + 9)
        if name == "many.parquet":
            parquet(path)
            scenario = str(seeds.EXAMPLES / "two-stage.toml")
            asked[name] = [*words, scenario, "--trials", "20", "--out", str(path)]
            continue
        if make is not None:
            path.write_bytes(make())
        place = 2 if words[0] == "curve" else 1
        asked[name] = [*words[:place], str(path), *words[place:]]
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(MEMORY)], input=json.dumps(asked), capture_output=True,
        text=True, check=False, cwd=seeds.ROOT,
        timeout=500, env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", INPUTS)
def test_a_reader_keeps_to_its_bound(answers, name):
    status, said = answers[name]
    assert status == 1, said
    assert INPUTS[name][2] in said
    assert "memory" not in said


def book(path, act):
    made = Workbook()
    for row in (("study", "xi", "ni"), ("A", 1, 10), ("B", 2, 20), ("C", 3, 30)):
        made.active.append(row)
    act(made)
    made.save(path)
    return [str(one) for one in read_sheet(path).asides]


def test_what_is_hidden_is_said(tmp_path):
    path = tmp_path / "x.xlsx"

    def hide(made):
        made.active.title = "first"
        made.active.row_dimensions[3].hidden = True
        made.active.row_dimensions[9].hidden = True  # holds nothing
        made.active.column_dimensions["B"].hidden = True
        made.create_sheet("second")
        made.create_sheet("third").sheet_state = "hidden"
        made.create_sheet("fourth").sheet_state = "veryHidden"

    assert book(path, hide) == [
        "sheet 'first' read, not 'second'",
        "sheet 'first' read, not 'third', 'fourth' (hidden)",
        "read although hidden: row 3",
        "read although hidden: column B",
    ]
    # Hidden or not, they are rows like others.
    assert len(read_sheet(path).rows) == 4


def test_a_hidden_sheet_that_is_read_is_said(tmp_path):
    def hide(made):
        made.active.title = "first"
        made.create_sheet("second")
        made.active = 1
        made.worksheets[0].sheet_state = "hidden"

    said = book(tmp_path / "x.xlsx", hide)
    assert said == ["sheet 'first' read, not 'second'", "read although hidden: sheet 'first'"]


def test_nothing_hidden_nothing_said(tmp_path):
    assert book(tmp_path / "x.xlsx", lambda made: None) == []
    (tmp_path / "x.csv").write_text("study,xi\nA,1\n")
    assert read_sheet(Path(tmp_path / "x.csv")).asides == ()


def test_many_are_cut(tmp_path):
    found = hiding.Hidden(rows=list(range(2, 40)))
    (said,) = found.said(range(1, 40), 3)
    assert str(said).endswith("20, 21, ...")
    assert found.said([], 3) == ()


def test_the_commands_print_it(tmp_path):
    from proofs.face import called

    path = tmp_path / "x.xlsx"
    book(path, lambda made: made.create_sheet("bad\u202ename"))
    done = called("pool", path, "--measure", "PLO")
    assert done.returncode == 0, done.stderr
    assert "x.xlsx: sheet 'Sheet' read, not " in done.stderr
    assert "\u202e" not in done.stderr
