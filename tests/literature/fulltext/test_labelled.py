"""Proposals and findings on the labelled texts."""

import csv
from pathlib import Path

from tests.literature.fulltext.score import score

from hilum.literature.fulltext.arithmetic import findings
from hilum.literature.fulltext.pages import Page
from hilum.literature.fulltext.propose import proposals
from hilum.literature.fulltext.sentences import sentences

FOLDER = Path(__file__).parent / "labelled"


def test_proposals_are_right():
    """99 in 100 that are proposed are figures of the study; half of those are found."""
    found = score(FOLDER)
    assert found.labelled == 9305
    assert found.precision >= 0.99
    assert found.recall >= 0.50


def test_planted_errors_are_found_and_clean_texts_are_clean():
    rows = list(csv.DictReader((FOLDER / "planted.csv").read_text("utf-8").splitlines()))
    told = {}
    for row in rows:
        text = (FOLDER / "planted" / f"{row['text']}.txt").read_text(encoding="utf-8")
        pages = [Page(i, one) for i, one in enumerate(text.split("\f"), 1)]
        told[row["text"]] = findings(sentences(pages), proposals(pages))
    planted = [row["text"] for row in rows if row["kind"]]
    clean = [row["text"] for row in rows if not row["kind"]]
    assert (len(planted), len(clean)) == (120, 120)
    assert sum(bool(told[one]) for one in planted) >= 108
    assert [one for one in clean if told[one]] == []
