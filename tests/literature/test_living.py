"""What changed in the answers when rows changed: nothing missed, nothing computed in vain."""

import csv
import random
import shutil
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest
from proofs.face import called

import hilum.evidence
from hilum.analyses.forms import from_json, to_json
from hilum.analyses.living import LivingAnswered, LivingAsked, run
from hilum.analyses.living_report import ReportAnswered
from hilum.analyses.living_units import LivingShown, State, change_of, moved_figures
from hilum.answers import treatments
from hilum.errors import InputError
from hilum.evidence import read_evidence
from hilum.evidence.vocabulary import Measure
from hilum.language import words
from hilum.literature.living.feed import ATOM, Entry, atom
from hilum.literature.living.triggers import CHANGES, read_living
from hilum.rendering.living import living_lines
from hilum.sheet.cells_part import ANYBODY

SHIPPED = Path(hilum.evidence.__file__).parent / "netlm"
TABLES = ("studies.csv", "arms.csv", "results.csv")
CASES = Path(__file__).parents[2] / "examples"
TRIAL = "strosberg2017"
PROMISED = """format = 1
title = "NETLM"

[[trigger]]
name = "radioligand"
written = 2026-01-15
change = "certainty"
treatments = ["prrt_lu177"]
action = "The group meets."

[[trigger]]
name = "everolimus"
written = 2026-01-15
change = "interval"
treatments = ["everolimus"]
action = "Nothing."

[[trigger]]
name = "many"
written = 2026-01-15
new_records = 25
action = "Screen."
"""


@pytest.fixture(scope="module")
def older(tmp_path_factory):
    """The shipped evidence without one trial."""
    folder = tmp_path_factory.mktemp("older")
    for name in TABLES:
        rows = list(csv.reader((SHIPPED / name).read_text("utf-8").splitlines()))
        place = rows[0].index("study_id")
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(
                [rows[0], *(row for row in rows[1:] if row[place] != TRIAL)]
            )
    return folder


@pytest.fixture
def review(tmp_path):
    (tmp_path / "living.toml").write_text(PROMISED, "utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def answer(older):
    return run(LivingAsked(before=older, cases=CASES))


def test_the_same_rows_leave_an_empty_report(tmp_path):
    for name in TABLES:
        head, *rows = (SHIPPED / name).read_text("utf-8").splitlines()
        # Studies name one another, not their lines.
        (tmp_path / name).write_text("\n".join([head, *reversed(rows), ""]), "utf-8")
    found = run(LivingAsked(before=tmp_path))
    assert (found.rows, found.answers, found.recomputed) == ((), (), 0)
    assert found.before_hash == found.after_hash
    text = "\n".join(living_lines(found, words("en")))
    assert "No answer is other than before." in text


def test_a_trial_that_came_in_moves_what_it_bears_on(answer):
    """NETTER-1: PRRT against octreotide alone, 116 and 113 patients (Strosberg 2017)."""
    assert {row.table: row.kind for row in answer.rows} == dict.fromkeys(
        ("studies", "arms", "results"), "added"
    )
    assert {one.study_id for one in answer.rows} == {TRIAL}
    assert {name for one in answer.answers for name in one.treatments} == {
        "prrt_lu177", "ssa_alone"
    }  # fmt: skip
    compared = next(
        one
        for one in answer.answers
        if (one.kind, one.site, one.outcome) == ("comparison", "any", "progression_free_survival")
    )
    assert compared.change == "verdict"
    assert compared.before.value is None
    assert (compared.after.value, compared.after.says) == (0.21, "treatment")
    assert compared.studies_added == (TRIAL,)
    assert answer.recomputed < answer.units / 5
    assert answer.change == "verdict"


def test_only_sheets_of_such_patients_are_affected(answer):
    found = {one.file: one for one in answer.cases}
    assert found["midgut-multifocal.toml"].change == "verdict"
    assert found["pancreas-few.toml"].change == "none"
    assert found["two-stage.toml"].faulty


def test_it_goes_through_json_and_back(answer):
    assert from_json(LivingAnswered, to_json(answer)) == answer


def test_nothing_that_is_left_as_it_was_would_have_moved():
    """One row changed at a time: every treatment said to rest on other rows is the same."""
    record = read_evidence()
    before = State(record)
    chance = random.Random(7)
    rows = [one for one in record.results if one.measure is Measure.PROPORTION and one.events]
    for row in chance.sample(rows, 4):
        other = row.model_copy(update={"events": row.events - 1, "value": None, "derived": None})
        results = tuple(other if one is row else one for one in record.results)
        after = State(replace(record, results=results))
        names = {one for one in treatments() if before.of_treatment(one) != after.of_treatment(one)}
        assert len(names) < 8
        for name in set(treatments()) - names:
            assert moved_figures(before, after, name, ANYBODY) == []


def shown(**given):
    usual = {
        "form": "pooled", "unit": "ratio", "value": 0.8, "ci": (0.6, 0.95), "range": None, "k": 2,
        "n": 90, "level": "low", "says": "treatment",
    }  # fmt: skip
    return LivingShown(**{**usual, **given})


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        ("none", {}),
        ("none", {"k": 3, "n": 120}),
        ("interval", {"ci": (0.6, 0.951)}),
        ("interval", {"value": 0.81}),
        ("certainty", {"level": "moderate", "value": 0.81}),
        ("verdict", {"says": "undecided", "level": "moderate"}),
        ("verdict", {"says": "comparator"}),
        ("verdict", {"form": "range", "value": None, "ci": None, "says": None}),
        ("verdict", {"form": "none", "value": None, "ci": None, "says": None}),
    ],
)
def test_classes_of_change(expected, given):
    for pair in ((shown(), shown(**given)), (shown(**given), shown())):
        assert change_of(*pair) == expected
    assert change_of(None, shown()) == change_of(shown(), None) == "verdict"
    assert change_of(None, shown(form="none", value=None, says=None)) == "none"
    assert CHANGES == ("none", "interval", "certainty", "verdict")


def test_promises_are_called_and_everything_is_kept(older, review):
    done = called("literature", "changes", older, "--review", review)
    assert done.returncode == 0, done.stderr
    assert "CALLED: radioligand (written 2026-01-15): The group meets." in done.stdout
    assert "not called: everolimus" in done.stdout
    assert "many" not in done.stdout, "new records are the report's"
    assert len(list((review / "living").glob("*.json"))) == 1
    done = called("literature", "report", review)
    assert done.returncode == 0, done.stderr
    assert "not called: many" in done.stdout
    (page,) = (review / "reports").glob("*/report.html")
    assert "The group meets." in page.read_text("utf-8")
    entries = Tree.parse(review / "feed.xml").getroot().findall(f"{{{ATOM}}}entry")
    assert len(entries) == 2
    assert len({one.find(f"{{{ATOM}}}id").text for one in entries}) == 2
    # The next report begins where this one ended, and is there though nothing happened.
    (first,) = (review / "reports").glob("*/report.json")
    shutil.move(first.parent, first.parents[1] / "20000101T000000Z")
    report = from_json(ReportAnswered, called("literature", "report", review, "--json").stdout)
    kept = from_json(
        ReportAnswered,
        (review / "reports" / "20000101T000000Z" / "report.json").read_text("utf-8"),
    )
    assert report.since == kept.date
    assert (report.searches, report.new, report.as_of) == ((), (), None)


def test_promises_are_read_with_every_fault_of_them(tmp_path):
    (tmp_path / "living.toml").write_text(
        'format = 1\nx = 2\n[[trigger]]\nname = ""\nwritten = "soon"\nchange = "all"\n'
        'treatments = ["tacee"]\noutcomes = 3\nnew_records = 0\n[[trigger]]\nname = "b"\n'
        'written = 2026-01-01\naction = "c"\n',
        "utf-8",
    )
    with pytest.raises(InputError) as error:
        read_living(tmp_path, ("tace",), ("survival",))
    assert [one.column for one in error.value.faults] == [
        "x", "trigger 1 name", "trigger 1 action", "trigger 1 written", "trigger 1 change",
        "trigger 1 treatments", "trigger 1 outcomes", "trigger 1 new_records", "trigger 2 change",
    ]  # fmt: skip


def test_a_feed_holds_what_xml_cannot_and_puts_the_newest_first():
    made = atom(
        "urn:a", "<t> & \x00", [Entry(entry_id=f"urn:{i}", updated=f"2026-0{i}-01T00:00:00+00:00",
                                      title="a\x0b", text="<b>") for i in (1, 3, 2)], "2026"
    )  # fmt: skip
    root = Tree.fromstring(made)
    updated = [one.text for one in root.iter(f"{{{ATOM}}}updated")]
    assert updated == [f"2026-0{i}-01T00:00:00+00:00" for i in (3, 3, 2, 1)]
    assert root.find(f"{{{ATOM}}}title").text == "<t> & "
    empty = Tree.fromstring(atom("urn:a", "t", [], "2026-01-01T00:00:00+00:00"))
    assert empty.find(f"{{{ATOM}}}updated").text == "2026-01-01T00:00:00+00:00"
