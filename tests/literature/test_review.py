"""A review's folder: imports added and undone, merges kept, two writers, a data package."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from proofs.face import called

from hilum.analyses.review import ReviewAsked, run
from hilum.literature.review.changes import orphans
from hilum.literature.review.state import read_review
from tests.literature.test_reading import EXPORTS, TROUBLES


def hilum(*words: object, status: int = 0) -> str:
    done = called("literature", *words)
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "review"
    hilum("new", made, "--title", "Embolisation")
    hilum("import", made, EXPORTS / "embase.ris", EXPORTS / "embase.csv")
    hilum("import", made, TROUBLES / "hard.bib")
    return made


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(folder)): one.read_bytes()
        for one in sorted(folder.rglob("*")) if one.is_file()
    }  # fmt: skip


def test_imports_are_whole(folder: Path) -> None:
    answer = run(ReviewAsked(folder=str(folder)))
    assert [(one.code, one.records, one.unread) for one in answer.imports] == [
        ("i001", 6, 0), ("i002", 6, 0), ("i003", 3, 1),
    ]  # fmt: skip
    assert (folder / "sources/i003-hard.bib").read_bytes() == (TROUBLES / "hard.bib").read_bytes()
    with (folder / "unread/i003.csv").open(encoding="utf-8") as file:
        (bad,) = csv.DictReader(file)
    assert bad["line"] == "19"
    assert bad["raw"].startswith("'@article{broken")  # a spreadsheet would compute it


def test_the_package_describes_every_file(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    paths = {one["path"] for one in package["resources"]}
    held = {name for name in content(folder) if not name.startswith("sources/")}
    assert paths == held - {"datapackage.json"}
    for one in package["resources"]:
        with (folder / one["path"]).open(encoding="utf-8") as file:
            head = next(csv.reader(file))
        assert head == [field["name"] for field in one["schema"]["fields"]]


def test_any_import_is_undone_at_any_time(folder: Path) -> None:
    before = content(folder)
    hilum("undo", folder, "i001")
    left = read_review(folder)
    assert [one.code for one in left.imports] == ["i002", "i003"]
    gone = {name for name in before if "i001" in name}
    after = content(folder)
    changed = {name for name in before if after.get(name) != before[name]}
    assert changed == {*gone, "datapackage.json"}
    assert "one of i002, i003" in hilum("undo", folder, "i001", status=1)
    hilum("import", folder, EXPORTS / "embase.ris")
    # The same bytes get their code back: what was decided on i001:... holds again.
    assert [one.code for one in read_review(folder).imports] == ["i001", "i002", "i003"]
    hilum("import", folder, EXPORTS / "scopus.ris")
    assert read_review(folder).imports[-1].code == "i004"
    said = [one[1] for one in read_review(folder).log]
    assert said == ["import"] * 3 + ["undo", "import", "import"]


def test_a_file_is_in_once(folder: Path) -> None:
    before = content(folder)
    assert "in the review already: i001" in hilum("import", folder, EXPORTS / "embase.ris")
    assert content(folder) == before


def test_merges_are_kept_and_undone(folder: Path, tmp_path: Path) -> None:
    hilum("dedupe", folder)
    assert run(ReviewAsked(folder=str(folder))).reports == 9
    hilum("undo", folder, "--merge", "i001:1,i002:1")
    hilum("dedupe", folder)
    answer = run(ReviewAsked(folder=str(folder)))
    assert answer.reports == 10
    assert [(one.a, one.b) for one in answer.merges if one.undone] == [("i001:1", "i002:1")]
    out = tmp_path / "all.ris"
    hilum("export", folder, "--out", out)
    text = out.read_text("utf-8")
    assert text.count("\nER  - ") == 10
    # No field and no source is lost.
    for field in read_fields(EXPORTS / "embase.csv"):
        assert all(line.strip() in text for line in field.split("\n")), field
    assert text.count("merged from") >= 5


def read_fields(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig") as file:
        return [cell for row in list(csv.reader(file))[1:] for cell in row if len(cell) > 40]


def test_what_is_no_review(tmp_path: Path) -> None:
    assert "a folder made by hilum literature new" in hilum("status", tmp_path, status=1)
    (tmp_path / "datapackage.json").write_text('{"hilum": {"imports": [{"code": 1}]}}', "utf-8")
    assert "an import with its file" in hilum("status", tmp_path, status=1)
    assert "no review or data package" in hilum("new", tmp_path, status=1)


def test_what_a_killed_run_left_is_swept(folder: Path) -> None:
    (folder / "records/i009.csv").write_text("half", "utf-8")
    assert orphans(folder, read_review(folder)) == ("records/i009.csv",)
    hilum("import", folder, EXPORTS / "scopus.ris")
    assert not (folder / "records/i009.csv").exists()


def test_two_writers_lose_no_row(tmp_path: Path) -> None:
    """Processes of their own: a lock holds between processes."""
    folder = tmp_path / "review"
    hilum("new", folder)
    names = ("embase.ris", "scopus.ris", "proquest.ris")
    running: list[Any] = [
        subprocess.Popen(
            [sys.executable, "-m", "hilum", "literature", "import", folder, EXPORTS / one],
            env={**os.environ, "HILUM_LANGUAGE": "en"}, stdout=subprocess.DEVNULL,
        )
        for one in names
    ]  # fmt: skip
    assert [one.wait(120) for one in running] == [0, 0, 0]
    review = read_review(folder)
    assert sorted(one.file for one in review.imports) == sorted(names)
    assert len({one.code for one in review.imports}) == 3
    assert orphans(folder, review) == ()
