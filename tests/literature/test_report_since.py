"""What a report tells: all that came since the last one, to the second, and nothing twice."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import pytest

from hilum.analyses.forms import to_json
from hilum.analyses.living_report import ReportAsked, kept_reports, run
from hilum.analyses.living_table import LivingTableAnswered, TableMove
from hilum.errors import InputError
from hilum.language import words
from hilum.rendering.living import report_lines
from tests.literature.test_living_told import item, ran, review  # noqa: F401

if TYPE_CHECKING:
    from pathlib import Path

LAST = "2026-01-10T12:00:00+00:00"
TRIGGER = """format = 1
[[trigger]]
name = "any"
written = 2026-01-01
change = "interval"
answers = ["a"]
action = "Meet."

[[trigger]]
name = "new ones"
written = 2026-01-01
new_records = 1
action = "Screen."
"""


def compared(folder: Path, when: str, after: str = "b") -> None:
    move = TableMove(
        name="a", change="verdict", before=None, after=None, studies_added=(), studies_removed=(),
        studies_changed=(),
    )  # fmt: skip
    made = LivingTableAnswered(
        hilum_version="0", date=when, title="t", file="t.csv", measure="RR", line=1.0,
        before_hash="a", after_hash=after, answers_all=1, recomputed=1, answers=(move,),
        triggers=(),
    )  # fmt: skip
    place = folder / "living/tables"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{when.replace(':', '')}-{after}.json").write_text(to_json(made), "utf-8")


def reported(folder: Path, date: str = LAST) -> None:
    """A report is made and kept as of a time."""
    made = replace(run(ReportAsked(folder=folder)), date=date)
    place = folder / "reports" / date.replace(":", "")
    place.mkdir(parents=True)
    (place / "report.json").write_text(to_json(made), "utf-8")


@pytest.fixture
def told(review: Path) -> Path:  # noqa: F811
    (review / "living.toml").write_text(TRIGGER, "utf-8")
    return review


@pytest.mark.parametrize(
    ("when", "again"),
    [
        ("2026-01-10T09:00:00+00:00", False),  # the same day, before the report
        ("2026-01-10T11:59:59+00:00", False),
        (LAST, False),
        ("2026-01-10T12:00:00Z", False),
    ],
)
def test_what_the_last_report_told_is_not_told_again(told: Path, when: str, again: bool) -> None:
    compared(told, when)
    reported(told)
    found = run(ReportAsked(folder=told))
    assert bool(found.tables) is again
    assert not any(one.fired for one in found.triggers)
    (last,) = kept_reports(told)
    assert [one.fired for one in last.triggers] == [True, False]


@pytest.mark.parametrize(
    "when", [LAST, "2026-01-10T12:00:01+00:00", "2026-01-10T13:00:01+01:00", "2026-01-10T23:00:00Z"]
)
def test_what_came_after_it_is_told_once(told: Path, when: str) -> None:
    compared(told, "2026-01-10T09:00:00+00:00")
    reported(told)
    compared(told, when, "c")
    found = run(ReportAsked(folder=told))
    late = dt.datetime.fromisoformat(when) >= dt.datetime.fromisoformat(LAST)
    assert late
    assert [one.after_hash for one in found.tables] == ["c"]
    assert [one.fired for one in found.triggers] == [True, False]
    reported(told, "2026-01-11T00:00:00+00:00")
    found = run(ReportAsked(folder=told))
    assert not found.tables
    assert not any(one.fired for one in found.triggers)


def test_a_run_of_the_second_of_the_report(told: Path) -> None:
    came = ran(told, "2026-01-10", [item(1)], [])
    reported(told, came.finished)
    assert not run(ReportAsked(folder=told)).new
    # Another that finished in the same second, after the report had looked.
    ran(told, "2026-01-10b", [], [])
    path = told / "searches/net/runs/2026-01-10b/report.json"
    late = replace(came, stamp="2026-01-10b", new=(item(2),))
    path.write_text(json.dumps(asdict(late)), "utf-8")
    found = run(ReportAsked(folder=told))
    assert [one.record_id for one in found.new] == ["R2"]
    assert [one.fired for one in found.triggers] == [False, True]


def test_since_a_day_is_all_of_it(told: Path) -> None:
    compared(told, "2026-01-10T00:00:00+00:00")
    compared(told, "2026-01-09T23:59:59+00:00", "c")
    reported(told, "2026-01-12T12:00:00+00:00")
    found = run(ReportAsked(folder=told, since="2026-01-10"))
    assert [one.after_hash for one in found.tables] == ["b"]


def test_a_report_is_of_when_it_began(told: Path) -> None:
    before = dt.datetime.now(tz=dt.UTC).replace(microsecond=0)
    found = run(ReportAsked(folder=told))
    assert dt.datetime.fromisoformat(found.date) >= before
    compared(told, "yesterday")
    with pytest.raises(InputError, match="a file as hilum wrote it"):
        run(ReportAsked(folder=told))


def test_the_first_report_says_of_a_record_the_same_everywhere(told: Path) -> None:
    ran(told, "2026-01-10", [item(1, "An imagined series")], [])
    gone = item(1, "An imagined series", kind="Journal Article; Retracted Publication",
                retracted=True)  # fmt: skip
    ran(told, "2026-01-12", [], [gone])
    text = report_lines(run(ReportAsked(folder=told)), words("en"))
    lines = [one for one in text if "R1:" in one]
    assert len(lines) == 3
    assert all("NOW RETRACTED" in one for one in lines)
    assert not any(one.endswith("; new") for one in lines)
