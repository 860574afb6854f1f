"""The PRISMA 2020 flow: counts by hand, sums that hold whatever was decided, list and page."""

from __future__ import annotations

import csv
import json
import random
import re
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from hilum.analyses.flow import FlowAnswered, FlowAsked, FlowRemark, run, titles_of
from hilum.analyses.forms import from_json
from hilum.analyses.screening_state import ScreeningStateAsked
from hilum.analyses.screening_state import run as state
from hilum.language import words
from hilum.literature.flow.counted import Told, counted, sums
from hilum.literature.review.origins import Origin
from hilum.literature.screening.decisions import Decision
from hilum.rendering.flow import FATES, flow_lines, part_lines, remark_line
from hilum.rendering.flow_page import flow_page
from hilum.rendering.flow_plot import flow_picture
from tests.literature.reviews import both, decide, hilum, made_review

ON = [f"i001:R{n}" for n in range(10)] + ["i003:R30", "i004:R39", "i004:R40", "i004:R41"]
OUT = [f"i001:R{n}" for n in range(10, 18)] + ["i003:R31", "i004:R42"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = made_review(tmp_path_factory.mktemp("flow") / "review", tmp_path_factory.mktemp("found"))
    decide(made, both(ON, "title", "include"))
    decide(made, both(OUT, "title", "exclude", "wrong-population"))
    decide(made, "i001:R18 title AL include - -\ni001:R18 title BM exclude - -")
    decide(made, both(["i001:R1", "i001:R2", "i003:R30", "i004:R40"], "full-text", "include"))
    decide(made, both(["i001:R3", "i001:R4"], "full-text", "exclude", "too-few-patients"))
    decide(made, both(["i001:R5", "i004:R41"], "full-text", "exclude", "wrong-outcome"))
    decide(made, both(["i001:R6"], "full-text", "maybe"))
    decide(made, "i001:R7 full-text AL exclude wrong-design -\ni001:R7 full-text BM include - -")
    hilum("fulltext", made, "i001:R8", "not-retrieved", "--reviewer", "AL", "--note", "=1+1")
    hilum("fulltext", made, "i001:R9", "retrieved", "--reviewer", "AL")
    hilum("fulltext", made, "i004:R39", "not-retrieved", "--reviewer", "AL")
    return made


@pytest.fixture(scope="module")
def answer(folder: Path) -> FlowAnswered:
    return run(FlowAsked(folder=str(folder)))


BY_HAND = {
    # Embase 20 and MEDLINE 12, 8 of them the same; 2 of a register.
    ("searches", "identified"): 34,
    ("searches", "removed"): 8,
    ("searches", "screened"): 20,
    ("searches", "excluded"): 9,
    ("searches", "sought"): 11,
    ("searches", "not_retrieved"): 1,
    ("searches", "assessed"): 6,
    ("searches", "excluded_reports"): 3,
    # Four of reference lists, and one that Embase had too.
    ("others", "identified"): 5,
    ("others", "removed"): 1,
    ("others", "screened"): 4,
    ("others", "excluded"): 1,
    ("others", "sought"): 3,
    ("others", "not_retrieved"): 1,
    ("others", "assessed"): 2,
    ("others", "excluded_reports"): 1,
    ("all", "included_studies"): 4,
    ("all", "included_reports"): 4,
}


def test_counts_are_those_by_hand(answer: FlowAnswered) -> None:
    assert {(one.column, one.code): one.n for one in answer.boxes} == BY_HAND
    assert {one.code: one.records for one in answer.gaps} == {
        "not_screened": ("i001:R19", "i002:R20", "i002:R21", "i002:R22", "i002:R23"),
        "conflict": ("i001:R18",),
        "not_sought": ("i001:R0",),
        "not_assessed": ("i001:R9",),
        "report_conflict": ("i001:R7",),
        "awaiting": ("i001:R6",),
    }
    assert answer.adds_up
    assert not answer.complete
    assert from_json(FlowAnswered, json.dumps(json.loads(hilum_json(answer)))) == answer


def hilum_json(answer: FlowAnswered) -> str:
    from hilum.analyses.forms import to_json

    return to_json(answer)


def test_sources_are_named_by_what_is_known_of_them(answer: FlowAnswered) -> None:
    found = {part.code: (part.kind, part.guessed, len(part.records))
             for box in answer.boxes if box.code == "identified" for part in box.parts}  # fmt: skip
    assert found == {
        "Embase": ("database", False, 20),  # every record names it (DB)
        "MEDLINE (Ovid)": ("database", False, 12),
        "ICTRP": ("register", False, 2),
        "reference lists": ("citation", False, 4),
        "e.ris": ("citation", True, 1),
    }
    assert [one.code for one in answer.remarks] == ["file_names"]


def test_a_source_is_named_afterwards(folder: Path, tmp_path: Path) -> None:
    made = made_review(tmp_path / "review", tmp_path / "found")
    hilum("origin", made, "i005", "--from", "reference lists", "--via", "citation")
    later = run(FlowAsked(folder=str(made)))
    (box,) = (x for x in later.boxes if (x.column, x.code) == ("others", "identified"))
    assert [(one.code, len(one.records)) for one in box.parts] == [("reference lists", 5)]
    assert "database, register" in hilum("origin", made, "i005", "--via", "shop", status=1)
    assert "i005" in hilum("origin", made, "i009", "--from", "x", status=1)


def random_told(seed: int) -> Told:
    """Any state that files can be in, contradictions among them."""
    dice = random.Random(seed)
    ids = [f"i{dice.randrange(1, 4):03d}:{n}" for n in range(dice.randrange(1, 60))]
    heads = {one: one for one in ids}
    for at, one in enumerate(ids):
        if at and dice.random() < 0.3:
            heads[one] = heads[dice.choice(ids[:at])]
    vias = ("database", "register", "citation", "website")
    rows = [
        Decision(
            record_id=dice.choice(ids), stage=dice.choice(("title", "full-text")),
            reviewer=dice.choice("ABC"), decision=dice.choice(("include", "maybe", "exclude")),
            reason=dice.choice(("", "wrong-design", "not-retrieved")),
            kind=dice.choice(("decision",) * 6 + ("undo", "resolution")),
        )
        for _ in range(dice.randrange(300))
    ]  # fmt: skip
    from hilum.literature.flow.retrieval import Retrieval

    return Told(
        origins={one: Origin(f"S{dice.randrange(3)}", dice.choice(vias)) for one in ids},
        heads=heads,
        rows=tuple(rows),
        retrievals={
            one: Retrieval(record_id=one, state=dice.choice(("retrieved", "not-retrieved")),
                           reviewer="A")
            for one in ids if dice.random() < 0.3
        },
        links=tuple((dice.choice(ids), dice.choice(ids)) for _ in range(dice.randrange(5))),
        carried=frozenset(one for one in set(heads.values()) if dice.random() < 0.1),
        reopened={one: "awaiting" for one in set(heads.values()) if dice.random() < 0.1},
        reviewers=dice.randrange(1, 3),
        ended=dice.random() < 0.3,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(200))
def test_counts_add_up_whatever_was_decided(seed: int) -> None:
    told = random_told(seed)
    flow = counted(told)
    assert all(one.holds for one in sums(flow)), sums(flow)
    for box in flow.boxes:
        assert len(set(box.records)) == len(box.records)
        parts = [record for part in box.parts for record in part.records]
        # The parts of a box are its records, each once; a box without parts says nothing of them.
        assert not box.parts or sorted(parts) == sorted(box.records)
    identified = [r for box in flow.boxes if box.code == "identified" for r in box.records]
    assert sorted(identified) == sorted(told.heads)
    ends = [
        r
        for box in flow.boxes
        if box.code in ("excluded", "not_retrieved", "excluded_reports", "included_reports")
        for r in box.records
    ]
    ends += [r for gap in flow.gaps for r in gap.records]
    heads = set(told.heads.values()) - (told.carried - set(told.reopened))
    assert sorted(ends) == sorted(heads)


def test_reports_of_one_study_are_one_study() -> None:
    ids = ("a", "b", "c")
    told = Told(
        origins=dict.fromkeys(ids, Origin("S", "database")),
        heads={one: one for one in ids},
        rows=tuple(Decision(record_id=one, stage=stage, reviewer="A", decision="include")
                   for one in ids for stage in ("title", "full-text")),
        retrievals={},
        links=(("a", "c"),),
        reviewers=1,
    )  # fmt: skip
    studies = next(one for one in counted(told).boxes if one.code == "included_studies")
    assert (studies.n, [part.records for part in studies.parts]) == (2, [("a", "c"), ("b",)])


def test_an_update_carries_what_the_last_round_decided(folder: Path, tmp_path: Path) -> None:
    made = tmp_path / "update"
    hilum("new", made)
    from tests.literature.reviews import ris

    (tmp_path / "new.ris").write_text(ris(range(16, 26), "Embase"), "utf-8")
    hilum("import", made, tmp_path / "new.ris")
    found = run(FlowAsked(folder=str(made), earlier=str(folder)))
    numbers = {(one.column, one.code): one.n for one in found.boxes}
    assert numbers["previous", "previous_studies"] == 4
    # 16 and 17 were excluded in the last round; 18 is in conflict there, the rest was not read.
    removed = next(one for one in found.boxes if one.code == "removed")
    assert [(part.code, part.records) for part in removed.parts] == [
        ("carried", ("i001:R16", "i001:R17"))
    ]
    assert numbers["all", "total_reports"] == 4
    assert found.adds_up
    picture = flow_picture(found, words("en"))
    assert "Previous studies" in picture
    assert "Total studies" in picture


OPEN = {
    "i001:R0": "not_sought", "i001:R9": "not_assessed", "i001:R7": "report_conflict",
    "i001:R6": "awaiting", "i001:R8": "not_retrieved", "earlier/i004:R39": "not_retrieved",
}  # fmt: skip


@pytest.fixture(scope="module")
def update(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first search run again for an update, and five new records of it."""
    from tests.literature.reviews import ris

    place = tmp_path_factory.mktemp("again")
    hilum("new", place / "update")
    (place / "new.ris").write_text(ris([*range(20), *range(50, 55)], "Embase"), "utf-8")
    hilum("import", place / "update", place / "new.ris")
    return place / "update"


def test_what_the_last_round_left_open_is_decided_in_the_update(
    folder: Path, update: Path, tmp_path: Path
) -> None:
    made = Path(shutil.copytree(update, tmp_path / "update"))
    asked = FlowAsked(folder=str(made), earlier=str(folder))
    found = run(asked)
    by = {(one.column, one.code): one for one in found.boxes}
    box = by["searches", "reopened"]
    assert {part.code: part.records for part in box.parts} == {
        code: tuple(one for one, said in OPEN.items() if said == code) for code in OPEN.values()
    }
    # By hand: 25 records; 19 and 18 were open on their title, 5 are new: 7 to be screened. The four
    # of MEDLINE that were not screened, and one of a reference list, are not among the 25.
    assert {part.code: len(part.records) for part in by["searches", "removed"].parts} == {
        "carried": 13, "reopened": 5,
    }  # fmt: skip
    gaps = {one.code: one.records for one in found.gaps}
    assert by["searches", "rescreened"].records == tuple(
        f"earlier/i002:R{n}" for n in range(20, 24)
    )
    assert len(gaps["not_screened"]) == 11
    assert gaps["not_sought"] == box.records
    assert found.adds_up
    assert not found.complete
    # What is decided there counts there.
    who = ("--reviewer", "AL", "--reviewers", "1", "--earlier", folder)
    refused = hilum("fulltext", made, "i001:R9", "include", "--reviewer", "AL", status=1)
    assert "--earlier" in refused
    hilum("fulltext", made, "i001:R9", "include", *who)
    hilum("fulltext", made, "i001:R7", "exclude", "--reason", "wrong-design", *who)
    hilum("fulltext", made, "i001:R8", "not-retrieved", *who)
    hilum("fulltext", made, "earlier/i004:R39", "include", *who)
    refused = hilum("fulltext", made, "earlier/i004:R39", "include", "--reviewer", "AL", status=1)
    assert "--earlier" in refused
    hilum("decide", made, "earlier/i002:R20", "exclude", "--reviewer", "AL", "--earlier", folder)
    refused = hilum("fulltext", made, "i001:R10", "include", *who, status=1)
    assert "decided it, as i001:R10" in refused
    shown = hilum("screen", made, "--stage", "full-text", "--reviewer", "BM", "--earlier", folder,
                  "--next", 9, "--reviewers", "1")  # fmt: skip
    assert "left open in the last round, to be decided at the full text: 6" in shown
    assert "i001:R0" in shown
    assert "i001:R6" in shown
    assert "earlier/i004:R39" in shown
    stood = state(ScreeningStateAsked(folder=str(made), earlier=str(folder), reviewers=1,
                                      stage="full-text"))  # fmt: skip
    assert (stood.records, len(stood.on), len(stood.out), len(stood.open)) == (6, 2, 1, 3)
    assert stood.unknown == ()
    found = run(FlowAsked(folder=str(made), earlier=str(folder), reviewers=1))
    numbers = {one.code: one.n for one in found.boxes}
    assert (numbers["sought"], numbers["assessed"], numbers["not_retrieved"]) == (6, 3, 1)
    assert (numbers["included_reports"], numbers["total_reports"]) == (2, 6)
    assert (numbers["screened"], numbers["rescreened"]) == (1, 4)
    assert found.adds_up
    for language in ("en", "zh-Hans"):
        said = words(language)
        page = flow_page(found, titles_of(str(made), "", str(folder)), said)
        for one in (found.gaps[0].code, "rescreened", "reopened"):
            assert said(FATES[one]).split(" (")[0][:18] in page
        assert "earlier/i004:R39" in page
        assert said("Total studies included in review") in flow_picture(found, said)


def test_what_was_decided_of_a_record_holds_when_it_is_imported(
    folder: Path, update: Path, tmp_path: Path
) -> None:
    made = Path(shutil.copytree(update, tmp_path / "update"))
    who = ("--reviewer", "AL", "--reviewers", "1", "--earlier", folder)
    hilum("fulltext", made, "earlier/i004:R39", "include", *who)
    from tests.literature.reviews import ris

    (tmp_path / "more.ris").write_text(ris([39], "Embase"), "utf-8")
    hilum("import", made, tmp_path / "more.ris")
    found = run(FlowAsked(folder=str(made), earlier=str(folder), reviewers=1))
    assert [one.records for one in found.boxes if one.code == "included_reports"] == [("i002:R39",)]
    assert found.adds_up
    assert not any(one.code == "unknown" for one in found.remarks)


def test_an_update_whose_last_round_is_done_has_no_such_box(update: Path, tmp_path: Path) -> None:
    last = made_review(tmp_path / "review", tmp_path / "found")
    every = list(dict.fromkeys(told_heads(last)))
    decide(last, both(every, "title", "exclude", "wrong-population"))
    found = run(FlowAsked(folder=str(update), earlier=str(last)))
    assert not any(one.code == "reopened" for one in found.boxes)
    assert not any(one.code == "rescreened" for one in found.boxes)
    assert found.adds_up


def told_heads(folder: Path) -> list[str]:
    from hilum.literature.screening.review_records import heads_of

    return list(heads_of(folder).values())


def test_what_does_not_fit_is_said(folder: Path, tmp_path: Path) -> None:
    made = made_review(tmp_path / "review", tmp_path / "found")
    decide(made, both(["i009:R1", "i002:R12"], "title", "include"))
    decide(made, both(["i001:R10"], "full-text", "include"))
    decide(
        made,
        both(["i001:R1"], "title", "include") + "\n" + both(["i001:R1"], "full-text", "exclude"),
    )
    found = run(FlowAsked(folder=str(made)))
    assert {one.code: one.records for one in found.remarks if one.code != "file_names"} == {
        "unknown": ("i009:R1",),
        "copies": ("i002:R12",),
        "skipped": ("i001:R10",),
        "no_reason": ("i001:R1",),
    }


PAPER = "PMID- {}\nTI  - {}\nDP  - 2020\nFAU - Ek, Bo\nPT  - Journal Article\n"


def test_a_retracted_paper_among_the_included_is_marked(tmp_path: Path) -> None:
    """Retracted from the first, and retracted since the last version included it."""
    for name, marks in (("old", ("RIN - J 2022. PMID: 1\n", "")), ("new", ("", "RIN - J 2023.\n"))):
        papers = [PAPER.format(31000001 + n, f"Imagined {'ab'[n]} series") + mark
                  for n, mark in enumerate(marks)]  # fmt: skip
        (tmp_path / f"{name}.nbib").write_text("\n".join(papers), "utf-8")
        hilum("new", tmp_path / name)
        hilum("import", tmp_path / name, tmp_path / f"{name}.nbib")
    old, new = tmp_path / "old", tmp_path / "new"
    every = ["i001:31000001", "i001:31000002"]
    decide(old, both(every, "title", "include") + "\n" + both(every, "full-text", "include"))
    found = run(FlowAsked(folder=str(old)))
    marked = {one.code: one.records for one in found.remarks if one.code.startswith("retracted")}
    assert marked == {"retracted_included": ("i001:31000001",)}
    later = run(FlowAsked(folder=str(new), earlier=str(old)))
    marked = {one.code: one.records for one in later.remarks if one.code.startswith("retracted")}
    assert marked == {"retracted_before": ("earlier/i001:31000001", "earlier/i001:31000002")}
    for one, n in ((found, 1), (later, 2)):
        for language in ("en", "zh-Hans"):
            said = words(language)
            assert f"n = {n}" in flow_picture(one, said).replace("\u00a0", " ")
            assert said("of these RETRACTED") in flow_picture(one, said)
        assert f": {n} (" in "\n".join(flow_lines(one, words("en")))


def test_a_further_decision_is_said(tmp_path: Path) -> None:
    made = made_review(tmp_path / "review", tmp_path / "found")
    one = "i001:R1"
    first = [hilum("decide", made, one, "include", "--reviewer", who) for who in ("AL", "BM")]
    assert not any("already" in said for said in first)
    assert "already" not in hilum("decide", made, one, "include", "--reviewer", "al")
    said = hilum("decide", made, one, "include", "--reviewer", "CN")
    assert "i001:R1 was decided already, by AL, BM: a further decision, which agrees" in said
    assert [x.records for x in run(FlowAsked(folder=str(made))).remarks if x.code == "further"] == [
        (one,)
    ]
    said = hilum("decide", made, one, "exclude", "--reviewer", "DO")
    assert "by AL, BM, CN: a further decision, which DISAGREES" in said
    hilum("decide", made, one, "include", "--reviewer", "EP", "--resolve")
    for who, what, word in (("FQ", "exclude", "DISAGREES"), ("GR", "include", "agrees")):
        said = hilum("decide", made, one, what, "--reviewer", who)
        assert word in said
        assert "EP" in said
    assert "already" not in hilum("decide", made, "i001:R2", "include", "--reviewer", "AL",
                                  "--reviewers", "1")  # fmt: skip
    said = hilum("decide", made, "i001:R2", "include", "--reviewer", "BM", "--reviewers", "1")
    assert "was decided already, by AL" in said
    for who in ("AL", "BM", "CN"):
        said = hilum("fulltext", made, one, "include", "--reviewer", who)
        assert ("was decided already" in said) is (who == "CN")


def test_a_remark_says_how_many_more(answer: FlowAnswered) -> None:
    for n in (7, 8, 9, 10):
        one = FlowRemark(code="file_names", n=n, records=tuple(f"f{i}.ris" for i in range(n)))
        said = remark_line(one, words("en"))
        assert said.count(".ris") == min(n, 8)
        assert (f"and {n - 8} more" in said) is (n > 8)


def test_a_full_text_needs_a_record_that_goes_on_and_a_reason(folder: Path) -> None:
    before = (folder / "decisions.csv").read_bytes()
    refused = hilum("fulltext", folder, "i001:R10", "include", "--reviewer", "AL", status=1)
    assert "go on to the full text" in refused
    refused = hilum("fulltext", folder, "i001:R0", "exclude", "--reviewer", "AL", status=1)
    assert "wrong-population" in refused
    assert "retrieved, not-retrieved" in hilum(
        "fulltext", folder, "i001:R0", "got", "--reviewer", "AL", status=1
    )
    assert (folder / "decisions.csv").read_bytes() == before


def test_the_last_word_on_a_full_text_counts(tmp_path: Path) -> None:
    made = made_review(tmp_path / "review", tmp_path / "found")
    decide(made, both(["i001:R0"], "title", "include"))
    (made / "paper.txt").write_text("invented", "utf-8")

    def state() -> tuple[int, str]:
        found = run(FlowAsked(folder=str(made)))
        missing = next(one for one in found.boxes if one.code == "not_retrieved")
        return missing.n, found.reports[0].file

    hilum("fulltext", made, "i001:R0", "not-retrieved", "--reviewer", "AL")
    assert state() == (1, "")
    hilum("fulltext", made, "i001:R0", "sought", "--reviewer", "AL")
    assert state() == (0, "")
    hilum(
        "fulltext", made, "i001:R0", "retrieved", "--reviewer", "AL", "--file", made / "paper.txt"
    )
    assert state() == (0, "paper.txt")


def test_the_list_of_the_excluded_is_safe_in_a_spreadsheet(folder: Path, tmp_path: Path) -> None:
    for name in ("out.csv", "out.xlsx"):
        hilum("flow", folder, "--excluded", tmp_path / name)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = {one["record_id"]: one for one in csv.DictReader(file)}
    assert {one: (row["state"], row["reason"]) for one, row in rows.items()} == {
        "i001:R3": ("excluded_reports", "too-few-patients"),
        "i001:R4": ("excluded_reports", "too-few-patients"),
        "i001:R5": ("excluded_reports", "wrong-outcome"),
        "i001:R8": ("not_retrieved", ""),
        "i004:R39": ("not_retrieved", ""),
        "i004:R41": ("excluded_reports", "wrong-outcome"),
    }
    assert rows["i001:R8"]["notes"] == "'=1+1"
    sheet = load_workbook(tmp_path / "out.xlsx")["excluded"]
    (cell,) = (row[10] for row in sheet.iter_rows() if row[0].value == "i001:R8")
    assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_box_of_the_diagram_leads_to_its_records(answer: FlowAnswered, language: str) -> None:
    page = flow_page(answer, {}, words(language))
    anchors = set(re.findall(r' id="([^"]+)"', page))
    links = set(re.findall(r'<a href="#([^"]+)"', page))
    assert links <= anchors
    picture = flow_picture(answer, words(language), "page.html")
    for box in answer.boxes:
        if box.column == "searches":
            assert f'<a href="page.html#searches-{box.code}"' in picture
    excluded = next(one for one in answer.boxes if one.code == "excluded_reports")
    assert len(part_lines(excluded, answer, words(language))) == 2
