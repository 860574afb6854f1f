"""A paper that came before and is retracted now is named so, with what rests on it."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from proofs.face import called

from hilum.analyses.flow import FlowAsked
from hilum.analyses.flow import run as run_flow
from hilum.analyses.living_report import ReportAsked, run
from hilum.evidence import read_evidence
from hilum.language import words
from hilum.literature.bibliography.record import Field, Place, Record
from hilum.literature.extraction.columns import TABLES
from hilum.literature.screening.review_records import records_of
from hilum.literature.searches.came import Retractions, said_before
from hilum.literature.searches.came import _item as item_of
from hilum.rendering.living import report_html, report_lines
from hilum.rendering.search import item_lines
from tests.literature.test_living_told import item, ran, review  # noqa: F401

if TYPE_CHECKING:
    from pathlib import Path

DOI = "10.1007/s12032-010-9750-6"  # of dong2011 in the shipped evidence
PLAIN = item(1, "An imagined series", doi=DOI)
GONE = replace(PLAIN, kind="Journal Article; Retracted Publication", retracted=True)
OTHER = replace(GONE, service="crossref", record_id=DOI)


def withdrawn(folder: Path, **more: str) -> tuple[object, list[str]]:
    found = run(ReportAsked(folder=folder, **more))
    lines = report_lines(found, words("en"))
    head = next(n for n, one in enumerate(lines) if one.startswith("Retracted or withdrawn"))
    return found, [one for one in lines[head + 1 : lines.index("Searches:")] if one]


@pytest.mark.parametrize("later", [GONE, OTHER], ids=["the same record", "another service"])
@pytest.mark.parametrize("since", [None, "2026-01-11"])
def test_what_came_before_is_now_retracted(review: Path, later, since) -> None:  # noqa: F811
    ran(review, "2026-01-10", [PLAIN], [])
    same = later.service == PLAIN.service
    ran(review, "2026-01-12", [] if same else [later], [later] if same else [])
    found, lines = withdrawn(review, **({"since": since} if since else {}))
    (line,) = [one for one in lines if later.record_id in one]
    assert "NOW RETRACTED" in line
    assert "; new" not in line
    assert "study of the evidence: dong2011" in line
    (rests,) = found.resting
    assert rests.answers
    assert "answers that rest on it: " in line
    evidence = read_evidence()
    used = {arm.modality for arm in evidence.arms if arm.study_id == "dong2011"}
    assert used
    assert "NOW RETRACTED" in "\n".join(item_lines(found.retracted, words("en")))
    for language in ("en", "zh-Hans"):
        assert "dong2011" in report_html(found, words(language))


def test_what_was_retracted_from_the_first_is_new(review: Path) -> None:  # noqa: F811
    unknown = replace(GONE, doi="10.5555/none.1")
    ran(review, "2026-01-10", [unknown], [])
    _, (line,) = withdrawn(review)
    assert "; new; nothing of the evidence or of this review rests on it" in line
    ran(review, "2026-01-12", [], [replace(unknown, title="Another title")])
    _, (line,) = withdrawn(review, since="2026-01-11")
    assert "came before, and changed" in line


def test_what_the_review_extracted_is_named(review: Path) -> None:  # noqa: F811
    place = review / "extraction" / "AL"
    place.mkdir(parents=True)
    head = TABLES["studies"].head
    with (place / "studies.csv").open("w", newline="", encoding="utf-8") as file:
        sheet = csv.DictWriter(file, head)
        sheet.writeheader()
        sheet.writerow({"study_id": "ours2020", "doi": "10.5555/OURS.1"})
    ran(review, "2026-01-10", [replace(PLAIN, doi="10.5555/ours.1")], [])
    ran(review, "2026-01-12", [], [replace(GONE, doi="10.5555/ours.1")])
    _, (line,) = withdrawn(review)
    assert "extracted in this review: ours2020 (AL)" in line


def test_only_what_did_not_say_so_turns() -> None:
    known = Retractions()
    assert not known.told(GONE).turned
    known.follow(PLAIN)
    assert known.told(GONE).turned
    assert not known.told(PLAIN).turned
    known.follow(GONE)
    assert not known.told(replace(GONE, title="Again")).turned


def test_what_other_runs_said_is_known(review: Path) -> None:  # noqa: F811
    ran(review, "2026-01-10", [PLAIN], [])
    ran(review, "2026-01-12", [], [GONE])
    place = review / "searches" / "net"
    assert said_before(place, "2026-01-12") == [PLAIN]
    (place / "runs/2026-01-10/report.json").write_text("{", "utf-8")
    assert said_before(place, "") == [GONE]


COMMENT = "MedlineCitation/CommentsCorrectionsList/CommentsCorrections"


@pytest.mark.parametrize(
    ("fields", "about"),
    [
        ((("update-to.type", "retraction"), ("update-to.DOI", DOI.upper())), (DOI,)),
        ((("update-to.type", "correction"), ("update-to.DOI", DOI)), ()),
        (((f"{COMMENT}@RefType", "RetractionOf"), (f"{COMMENT}/PMID", "7")), ("7",)),
        (((f"{COMMENT}@RefType", "CommentOn"), (f"{COMMENT}/PMID", "7")), ()),
    ],
)
def test_a_notice_names_the_paper(fields, about) -> None:
    told = tuple(Field(tag, value) for tag, value in fields)
    record = Record(record_id="N", place=Place("x", 1), title="Retraction: A series", fields=told)
    assert item_of("crossref", record).about == about


def test_what_rests_on_the_paper_of_a_notice_is_named(review: Path) -> None:  # noqa: F811
    notice = item(9, "Retraction: An imagined series", doi="10.5555/notice.1", about=(DOI,))
    ran(review, "2026-01-12", [replace(notice, retracted=True)], [])
    _, (line,) = withdrawn(review)
    assert "; new; study of the evidence: dong2011; answers that rest on it: " in line


def imported(folder: Path) -> None:
    """One paper of the review, included by a reviewer."""
    text = "PMID- 31000001\nTI  - Imagined bowel.\nDP  - 2021\nPT  - Journal Article\n"
    (folder.parent / "a.nbib").write_text(text, "utf-8")
    assert called("literature", "import", folder, folder.parent / "a.nbib").returncode == 0
    rows = ["record_id,stage,reviewer,decision,reason,when,seconds,kind,order,note"]
    rows += [
        f"i001:31000001,{stage},AL,include,,2026-01-01T10:00:00+00:00,,decision,model,"
        for stage in ("title", "full-text")
    ]
    (folder / "decisions.csv").write_text("\n".join(rows) + "\n", "utf-8")


def test_a_record_of_the_review_is_named(review: Path) -> None:  # noqa: F811
    imported(review)
    ran(review, "2026-01-10", [item(1, pmid="31000001")], [])
    ran(review, "2026-01-12", [], [item(1, pmid="31000001", retracted=True)])
    _, (line,) = withdrawn(review)
    assert "nothing of" not in line
    assert "as decided so far: i001:31000001 (included)" in line


@pytest.mark.parametrize("searched", [True, False])
def test_the_paper_that_a_later_notice_names_is_now_retracted(review: Path, searched) -> None:  # noqa: F811
    imported(review)
    assert not records_of(review)[0].retracted
    if searched:
        ran(review, "2026-01-10", [item(1, pmid="31000001")], [])
    notice = item(9, "Retraction: Imagined bowel", retracted=True, about=("31000001",))
    ran(review, "2026-01-12", [notice], [])
    found, (line,) = withdrawn(review)
    assert "NOW RETRACTED: 31000001, which this notice names" in line
    assert "i001:31000001 (included)" in line
    assert records_of(review)[0].retracted
    flow = run_flow(FlowAsked(folder=str(review), reviewers=1))
    assert [one.records for one in flow.remarks if one.code == "retracted_included"] == [
        ("i001:31000001",)
    ]
    said = "\n".join(item_lines(found.retracted, words("en")))
    assert ("NOW RETRACTED: 31000001, by the notice" in said) is searched
