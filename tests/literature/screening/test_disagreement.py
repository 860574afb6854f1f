"""Reviewers who disagree on a decision or a reason, and who may settle it; names and orphans."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from hilum.analyses.flow import FlowAsked
from hilum.analyses.flow import run as flow_of
from hilum.analyses.screening_decide import decided
from hilum.analyses.screening_state import ScreeningStateAsked
from hilum.analyses.screening_state import run as state_of
from hilum.errors import InputError
from hilum.literature.screening.decisions import (
    Decision,
    final,
    name_key,
    read_decisions,
    reasons_apart,
    reasons_said,
    standing,
)
from hilum.literature.screening.review_records import terms_in
from tests.literature.reviews import decide, hilum, ris

if TYPE_CHECKING:
    from pathlib import Path


def row(record: str, reviewer: str, decision: str = "exclude", **more: str) -> Decision:
    return Decision(record_id=record, stage="title", reviewer=reviewer, decision=decision, **more)


@pytest.fixture
def review(tmp_path: Path) -> Path:
    folder = tmp_path / "review"
    (tmp_path / "a.ris").write_text(ris(range(5), "Embase"), "utf-8")
    hilum("new", folder)
    hilum("import", folder, tmp_path / "a.ris")
    for one in range(5):
        for who in ("AL", "BM"):
            said = "include" if one < 4 else "exclude"
            decide(folder, f"i001:R{one} title {who} {said} - -")
    return folder


def test_the_reason_is_open_where_reviewers_gave_two_and_nobody_settled_it() -> None:
    rows = [row("a", "A", reason="x"), row("a", "B", reason="y"), row("b", "A", reason="x"),
            row("b", "B"), row("c", "A", reason="x"), row("c", "B", "include"),
            row("d", "A", reason="x"), row("d", "B", reason="x")]  # fmt: skip
    stands = standing(rows, "title")
    assert reasons_apart(stands, 2) == ("a",)
    assert final(stands, 2)["a"] is False, "the decision itself is agreed on"
    # A resolution without a reason leaves it open; one with a reason settles it.
    bare = standing([*rows, row("a", "C", kind="resolution")], "title")
    assert reasons_apart(bare, 2) == ("a",)
    settled = standing([*rows, row("a", "C", reason="y", kind="resolution")], "title")
    assert (reasons_apart(settled, 2), reasons_said(settled, "a")) == ((), ("y",))


def test_two_reasons_of_a_full_text_are_named_until_a_third_settles_them(
    review: Path, tmp_path: Path
) -> None:
    for who, reason in (("AL", "wrong-population"), ("BM", "wrong-design")):
        hilum("fulltext", review, "i001:R0", "exclude", "--reason", reason, "--reviewer", who)
        for one in (1, 2, 3):
            hilum("fulltext", review, f"i001:R{one}", "include", "--reviewer", who)
    listed = tmp_path / "excluded.csv"
    said = hilum("flow", review, "--excluded", listed)
    assert "Reports excluded for different reasons (n = 1): i001:R0" in said
    assert "nothing is open" not in said
    answer = flow_of(FlowAsked(folder=str(review)))
    assert (answer.adds_up, answer.complete) == (True, False)
    (line,) = csv.DictReader(listed.read_text("utf-8").splitlines())
    assert line["state"] == "reason_conflict"
    assert line["reason"] == "AL: wrong-population; BM: wrong-design"
    shown = hilum("agreement", review, "--stage", "full-text")
    assert "different reasons: [i001:R0]" in shown
    full = ("i001:R0", "exclude", "--stage", "full-text", "--resolve")
    refused = hilum("decide", review, *full, "--reviewer", "CD", status=1)
    assert "reviewers gave wrong-population, wrong-design" in refused
    hilum("decide", review, *full, "--reviewer", "CD", "--reason", "wrong-design")
    listed.unlink()
    hilum("dedupe", review)
    assert "nothing is open" in hilum("flow", review, "--excluded", listed)
    (line,) = csv.DictReader(listed.read_text("utf-8").splitlines())
    assert (line["state"], line["reason"]) == ("excluded_reports", "wrong-design")


def test_a_full_text_is_settled_by_consensus(review: Path) -> None:
    decide(review, "i001:R0 full-text AL exclude wrong-design -")
    decide(review, "i001:R0 full-text BM include - -")
    words = ("i001:R0", "exclude", "--reviewer", "al", "--reason", "wrong-design")
    assert "a third reviewer" in hilum("fulltext", review, *words, "--resolve", status=1)
    assert "by consensus, noted by AL" in hilum("fulltext", review, *words, "--consensus")


def test_whether_a_text_was_there_is_open_where_one_says_that_it_was_not(review: Path) -> None:
    for who, reason in (("AL", "not-retrieved"), ("BM", "wrong-design")):
        decide(review, f"i001:R0 full-text {who} exclude {reason} -")
    answer = flow_of(FlowAsked(folder=str(review)))
    assert ("report_conflict", ("i001:R0",)) in [(one.code, one.records) for one in answer.gaps]
    assert answer.adds_up


def test_at_the_title_a_reason_may_be_settled_and_is_no_conflict(review: Path) -> None:
    decide(review, "i001:R4 title AL exclude wrong-design -\ni001:R4 title BM exclude not-human -")
    answer = state_of(ScreeningStateAsked(folder=str(review)))
    assert (answer.conflicts, [one.record_id for one in answer.differ]) == ((), ["i001:R4"])
    assert answer.out == ("i001:R4",)
    assert answer.excluded == ()
    hilum("decide", review, "i001:R4", "exclude", "--reviewer", "CD", "--reason", "not-human",
          "--resolve")  # fmt: skip
    answer = state_of(ScreeningStateAsked(folder=str(review)))
    assert answer.differ == ()
    assert [(one.reason, one.records) for one in answer.excluded] == [("not-human", ("i001:R4",))]


@pytest.mark.parametrize("who", ["AL", "al", " BM", "\uff21\uff2c"])
def test_one_of_the_two_settles_it_by_consensus_alone(review: Path, who: str) -> None:
    decide(review, "i001:R0 title BM exclude wrong-design -")
    with pytest.raises(InputError, match="a third reviewer: AL, BM decided this record"):
        decided(review, "i001:R0", "include", who, resolve=True)
    told = hilum("decide", review, "i001:R0", "include", "--reviewer", who, "--consensus")
    assert "by consensus" in told
    assert read_decisions(review)[-1].kind == "consensus"
    (one,) = state_of(ScreeningStateAsked(folder=str(review))).settled
    assert (one.how, one.among) == ("consensus", False)
    assert "settled by consensus: [i001:R0]" in hilum("agreement", review)
    hilum("decide", review, "i001:R0", "undo", "--reviewer", who)
    answer = state_of(ScreeningStateAsked(folder=str(review)))
    assert [one.record_id for one in answer.conflicts] == ["i001:R0"], "both decisions stand"


def test_a_file_in_which_one_of_the_two_settled_it_says_so(review: Path) -> None:
    decide(review, "i001:R0 title BM exclude - -\ni001:R0 title AL include - resolution")
    assert "settled by one of those who disagreed: [i001:R0]" in hilum("agreement", review)


@pytest.mark.parametrize("other", ["al", "Al", " AL ", "A L", "\uff21\uff2c"])
def test_one_name_in_two_spellings_is_one_reviewer(review: Path, other: str) -> None:
    assert name_key(other) == name_key("AL")
    rows = [row("a", "AL", "include"), row("a", other, "include")]
    assert final(standing(rows, "title"), 2) == {}
    assert final(standing([*rows, row("a", "B", "include")], "title"), 2) == {"a": True}
    assert set(standing(rows, "title").by_reviewer) == {"AL"}
    assert decided(review, "i001:R0", "exclude", other).reviewer == "AL"
    assert decided(review, "i001:R0", "exclude", "ALB").reviewer == "ALB"


def test_agreement_is_of_records_that_are_there_and_names_the_others(review: Path) -> None:
    decide(review, "i009:X title AL include - -\ni009:X title BM exclude - -")
    answer = state_of(ScreeningStateAsked(folder=str(review)))
    assert [one.agreement.records for one in answer.pairs] == [5]
    assert [one.read for one in answer.reviewers] == [5, 5]
    assert (answer.unknown, answer.conflicts) == (("i009:X",), ())
    said = hilum("agreement", review)
    assert "not in the review (an import undone?): 1 (i009:X)" in said


def test_an_id_without_its_import_and_a_copy_are_said(review: Path, tmp_path: Path) -> None:
    assert "with its import: i001:R1" in hilum(
        "decide", review, "R1", "include", "--reviewer", "AL", status=1
    )
    (tmp_path / "b.ris").write_text(ris(range(1, 2), "MEDLINE"), "utf-8")
    hilum("import", review, tmp_path / "b.ris")
    hilum("dedupe", review)
    said = hilum("decide", review, "i002:R1", "include", "--reviewer", "AL", status=1)
    assert "i001:R1, of which this is a copy" in said


@pytest.mark.parametrize(
    ("text", "terms", "found"),
    [
        ("胃肠胰神经内分泌肿瘤肝转移", ["神经内分泌*"], ["神经内分泌"]),
        ("胃肠胰神经内分泌肿瘤肝转移", ["内分泌", "肝转移"], ["内分泌", "肝转移"]),
        ("经TACE栓塞治疗", ["tace", "栓塞"], ["TACE", "栓塞"]),
        ("使用PD-1抑制剂及Y90微球", ["PD-1抑制剂", "Y90微球*"], ["PD-1抑制剂", "Y90微球"]),
        ("經動脈栓塞", ["经动脉"], []),
        ("TACEs and ctrl", ["TACE", "ctr"], []),
        ("神経内分泌腫瘍とカルチノイド", ["カルチノイド"], ["カルチノイド"]),
        ("text", ["*", ""], []),
    ],
)
def test_terms_of_scripts_without_blanks_stand_anywhere(
    text: str, terms: list[str], found: list[str]
) -> None:
    assert [text[a:b] for a, b in terms_in(text, terms)] == found


def test_chinese_terms_come_first_before_anything_is_learnt(tmp_path: Path) -> None:
    from hilum.literature.screening.session import Session

    (tmp_path / "records.csv").write_text(
        "record_id,title,abstract\na,肺癌化疗,\nb,胃肠胰神经内分泌肿瘤的栓塞治疗,\nc,乳腺癌,\n"
    )
    (tmp_path / "criteria.csv").write_text("criterion,terms\nNET,神经内分泌*;栓塞\n")
    assert Session(tmp_path, "title", "AL").following()[0][0] == "b"
