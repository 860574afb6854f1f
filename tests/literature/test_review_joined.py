"""Copies without an undone import, and what is said where copies were not looked for."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from hilum.analyses.flow import FlowAsked
from hilum.analyses.flow import run as flow
from hilum.analyses.review import ReviewAsked, run
from hilum.language import words
from hilum.literature.duplicates.levels import united
from hilum.literature.review.changes import judged
from hilum.literature.review.folder import written_all
from hilum.literature.review.joined import THROUGH, looked, remaining
from hilum.literature.review.judging import different, taken_back
from hilum.literature.review.state import Imported, Merge, Review, read_review
from hilum.literature.screening.review_records import heads_of
from hilum.rendering.flow import flow_lines, verdict_line
from tests.literature.reviews import hilum, ris


def pair(a: str, b: str, score: float = 9.0, link: str = "", undone: str = "") -> Merge:
    return Merge(a, b, score, link, "title +1", undone)


def groups(rows: tuple[Merge, ...], *, linked: bool = False) -> set[frozenset[str]]:
    names = list(dict.fromkeys(name for one in rows for name in (one.a, one.b)))
    at = {name: n for n, name in enumerate(names)}
    some = [(at[x.a], at[x.b]) for x in rows if (linked or not x.link) and not x.undone]
    apart = [] if linked else [(at[x.a], at[x.b]) for x in rows if x.undone]
    found = united(some, len(names), apart)
    return {frozenset(names[n] for n in one) for one in found}


def test_copies_stay_copies_without_the_record_that_joined_them() -> None:
    rows = (pair("i1:1", "i2:1", 30), pair("i1:1", "i3:1", 20), pair("i3:1", "i4:1", 10))
    left = remaining(rows, ["i2", "i3", "i4"])
    assert groups(left) == {frozenset(("i2:1", "i3:1", "i4:1"))}
    # The row that joined the two was worth 20.
    assert [(one.a, one.b, one.score) for one in left if one.reasons == THROUGH] == [
        ("i2:1", "i3:1", 20)
    ]
    assert remaining(rows, ["i1", "i2", "i3", "i4"]) == rows
    assert remaining(rows, ["i2"]) == ()


def test_reports_of_one_study_stay_together() -> None:
    rows = (pair("i1:1", "i2:1"), pair("i1:1", "i3:1", 5, "erratum"), pair("i3:1", "i1:9", 4, "x"),
            pair("i1:9", "i4:1", 3, "reply"))  # fmt: skip
    left = remaining(rows, ["i2", "i3", "i4"])
    assert {(one.a, one.b, one.link) for one in left} == {
        ("i2:1", "i3:1", "erratum"), ("i2:1", "i4:1", "reply")
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_what_remains_is_what_was_without_the_records_that_are_gone(seed: int) -> None:
    """Every group of all rows, less the records that are gone, whatever was said apart."""
    chance = random.Random(seed)
    names = [f"i{n % 4}:{n}" for n in range(14)]
    pairs = {tuple(sorted(chance.sample(names, 2))) for _ in range(16)}
    rows = tuple(
        pair(a, b, 50 - n, undone="then" if chance.random() < 0.2 else "")
        for n, (a, b) in enumerate(sorted(pairs, key=lambda _: chance.random()))
    )
    kept = ["i1", "i2", "i3"]
    wanted = {frozenset(name for name in one if not name.startswith("i0:")) for one in groups(rows)}
    assert groups(remaining(rows, kept)) == {one for one in wanted if len(one) > 1}


def test_a_person_takes_apart_what_held_on() -> None:
    rows = (pair("i1:1", "i2:1"), pair("i1:1", "i3:1"))
    held = Review(title="", created="", rows=rows, merges=remaining(rows, ["i2", "i3"]))
    assert len(held.merges) == 1
    ids = ("i2:1", "i3:1")
    text = dict(different(held, *ids, "AB", "now", ids).write)["merges.csv"].decode()
    # The rows of the undone import stay: it may come back.
    assert "i1:1,i2:1,9" in text
    assert "i2:1,i3:1,0,,,now" in text
    said = (*rows, Merge("i2:1", "i3:1", 0, "", "", "now"))
    left = remaining(said, ["i2", "i3"])
    assert groups(left) == set()
    again = taken_back(Review(title="", created="", rows=said, merges=left), *ids, "AB", "then")
    assert "now" not in dict(again.write)["merges.csv"].decode()


def test_what_a_person_undid_on_an_undone_import_is_remembered() -> None:
    rows = (pair("i1:1", "i2:1", undone="then"), pair("i1:2", "i2:2"))
    held = Review(title="", created="", rows=rows)
    text = dict(judged(held, [], ["i2"], "now").write)["merges.csv"].decode()
    assert "then" in text
    # A pair that was found, and not found again, goes.
    assert "i1:2" not in text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files: the record 4 is in all of them, and its copy in c hangs on that in a."""
    review = tmp_path / "review"
    hilum("new", review, "--title", "Invented")
    for name, numbers in (("a", range(6)), ("b", range(4, 9)), ("c", range(3, 5))):
        (tmp_path / f"{name}.ris").write_text(ris(numbers, name.upper()), "utf-8")
        hilum("import", review, tmp_path / f"{name}.ris")
    return review


def test_a_review_says_where_copies_were_not_looked_for(folder: Path, tmp_path: Path) -> None:
    never = run(ReviewAsked(folder=str(folder)))
    assert (never.looked, never.not_looked) == ("never", ("i001", "i002", "i003"))
    assert "never looked for: run hilum literature dedupe" in hilum("status", folder)
    said = hilum("flow", folder)
    assert "copies were not looked for in every import; records still open: 13" in said
    assert "run hilum literature dedupe, then count again; imports: 3 (i001, i002, i003)" in said
    hilum("dedupe", folder)
    assert run(ReviewAsked(folder=str(folder))).looked == "whole"
    assert "dedupe" not in hilum("status", folder)
    assert "copies were" not in hilum("flow", folder)
    package = (folder / "datapackage.json").read_bytes()
    hilum("dedupe", folder)
    assert (folder / "datapackage.json").read_bytes() == package
    (tmp_path / "d.ris").write_text(ris(range(20, 22), "D"), "utf-8")
    hilum("import", folder, tmp_path / "d.ris")
    answer = run(ReviewAsked(folder=str(folder)))
    assert (answer.looked, answer.not_looked) == ("partly", ("i004",))
    assert "imports (i004): run hilum literature dedupe again" in hilum("status", folder)
    assert "(i004): run hilum literature dedupe again" in hilum("undo", folder, "i002")
    told = flow(FlowAsked(folder=str(folder)))
    assert "imports: 1 (i004)" in "\n".join(flow_lines(told, words("en")))
    assert "page of the imports" in "\n".join(flow_lines(told, words("en"), page=True))
    assert "not looked for" in verdict_line(told, words("en"))


def test_an_undone_import_leaves_the_others_as_they_were(folder: Path, tmp_path: Path) -> None:
    hilum("dedupe", folder)
    rows = read_review(folder).rows
    hangs = [one for one in rows if {one.a, one.b} != {"i002:R4", "i003:R4"}]
    assert len(hangs) >= 3
    written_all(judged(read_review(folder), hangs, ["i001", "i002", "i003"], "now"), folder)
    before = heads_of(folder)
    assert before["i002:R4"] == before["i003:R4"] == "i001:R4"
    said = hilum("undo", folder, "i001")
    after = heads_of(folder)
    assert after["i003:R4"] == after["i002:R4"] == "i002:R4"
    assert "hold on: 1" in said
    assert "dedupe" not in said
    assert run(ReviewAsked(folder=str(folder))).looked == "whole"
    hilum("import", folder, tmp_path / "a.ris")
    assert heads_of(folder) == before
    assert run(ReviewAsked(folder=str(folder))).looked == "whole"
    hilum("undo", folder, "i001")
    hilum("dedupe", folder)
    assert heads_of(folder)["i003:R4"] == "i002:R4"
    hilum("import", folder, tmp_path / "a.ris")
    assert run(ReviewAsked(folder=str(folder))).not_looked == ("i001",)


def test_a_review_from_before_says_that_nothing_is_noted() -> None:
    one = Imported("i001", "a.ris", "", "ris", {}, 1, 1, 0, "then")
    old = Review(title="", created="", imports=(one,), rows=(pair("i001:1", "i001:2"),))
    assert looked(old).state == "not_noted"
    assert looked(replace(old, rows=())).state == "never"
    assert looked(replace(old, imports=())).state == "whole"
