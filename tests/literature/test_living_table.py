"""What changed in a user's own table, and in the evidence of a review's folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from proofs.face import called

from hilum.analyses.living_table import TableFigure, change_of

HEAD = "study,ai,n1i,ci,n2i,outcome\n"
ROWS = (
    "Aronson,4,123,11,139,death\nFerguson,6,306,29,303,death\nRosenthal,3,231,11,220,death\n"
    "Hart,62,13598,248,12867,illness\nFrimodt,33,5069,47,5808,illness\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "review"
    made.mkdir()
    (made / "living.toml").write_text(
        'format = 1\ntitle = "BCG"\n'
        '[[trigger]]\nname = "deaths"\nwritten = 2026-01-15\nchange = "verdict"\n'
        'answers = ["death"]\naction = "Meet."\n'
        '[[trigger]]\nname = "anything"\nwritten = 2026-01-15\nchange = "interval"\n'
        'action = "Look."\n',
        "utf-8",
    )
    (tmp_path / "old.csv").write_text(HEAD + ROWS, "utf-8")
    return made


def changes(folder: Path, after: str, *more: str) -> str:
    path = folder.parent / "new.csv"
    path.write_text(after, "utf-8")
    done = called("literature", "changes", folder.parent / "old.csv", path, "--measure", "RR",
                  "--by", "outcome", "--review", folder, *more)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_only_answers_whose_rows_moved_are_pooled_again(folder: Path) -> None:
    late = "Late,90,100,40,100,death\n"
    found = json.loads(changes(folder, HEAD + ROWS + late, "--json"))
    assert (found["answers_all"], found["recomputed"]) == (2, 1)
    (move,) = found["answers"]
    assert (move["name"], move["change"], move["studies_added"]) == ("death", "verdict", ["Late"])
    # Three trials lie below 1 (posterior interval of few studies); with the fourth they do not.
    assert (move["before"]["side"], move["after"]["side"]) == ("below", "across")
    alone = called(
        "pool", folder.parent / "old.csv", "--measure", "RR", "--by", "outcome", "--json"
    )
    shown = json.loads(alone.stdout)["subgroups"]["death"]["shown"]
    assert move["before"]["low"] == pytest.approx(shown["ci_lb"], rel=1e-5)
    assert [one["fired"] for one in found["triggers"]] == [True, True]


def test_a_table_laid_out_anew_is_the_same_and_leaves_a_report(folder: Path) -> None:
    head, *rows = (HEAD + ROWS).strip().split("\n")
    said = changes(folder, "\n".join([head, *reversed(rows)]) + "\n")
    assert "No answer is other than before." in said
    assert len([*(folder / "living/tables").glob("*.json")]) == 1
    done = called("literature", "report", folder)
    assert done.returncode == 0, done.stderr
    assert "new.csv" in done.stdout
    (page,) = (folder / "reports").glob("*/report.html")
    assert "new.csv" in page.read_text("utf-8")
    assert "new.csv" in (folder / "feed.xml").read_text("utf-8")


def test_a_report_calls_what_was_written_for_a_table(folder: Path) -> None:
    changes(folder, HEAD + ROWS + "Late,90,100,40,100,death\n")
    done = called("literature", "report", folder, "--json")
    assert [one["fired"] for one in json.loads(done.stdout)["triggers"]] == [True, True]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((1.2, 0.9, 1.6, "across"), (1.2, 0.9, 1.6, "across"), "none"),
        ((1.2, 0.9, 1.6, "across"), (1.2, 0.91, 1.6, "across"), "interval"),
        ((1.2, 0.9, 1.6, "across"), (1.3, 1.01, 1.6, "above"), "verdict"),
        ((1.2, 0.9, 1.6, "across"), (None, None, None, ""), "verdict"),
        (None, (1.2, 0.9, 1.6, "across"), "verdict"),
        (None, (None, None, None, ""), "none"),
    ],
)
def test_classes_of_change(before: tuple | None, after: tuple | None, expected: str) -> None:
    def figure(given: tuple | None) -> TableFigure | None:
        if given is None:
            return None
        value, low, high, side = given
        return TableFigure(k=3, value=value, low=low, high=high, side=side)

    assert change_of(figure(before), figure(after)) == expected


def test_a_table_needs_a_second_one(folder: Path) -> None:
    done = called("literature", "changes", folder.parent / "old.csv", folder)
    assert done.returncode == 1
    assert "a second table" in done.stderr
