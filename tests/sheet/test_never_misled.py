"""Nothing on a sheet invites a false reading: the examples and ten invented patients."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

import hilum
from hilum.rendering.sheet.html import Page
from hilum.sheet.present import FEW, few, headline
from hilum.sheet.verdict_words import RESECTABILITY

ROOT = Path(__file__).parents[2]
CASES = json.loads((ROOT / "tests" / "patient" / "cases.json").read_text("utf-8"))["cases"]
PATIENTS = {one["id"]: {"patient": one["patient"]} for one in CASES[:10]} | {
    name: ROOT / "examples" / f"{name}.toml"
    for name in ("midgut-multifocal", "pancreas-few", "sparse")
}
# Longer than any follow-up of the record: an end beyond it means nothing.
LONGEST_MONTHS = 300


@pytest.fixture(scope="module", params=PATIENTS)
def made(request, evidence):
    return hilum.board(PATIENTS[request.param], evidence)


def first_screen(sheet):
    page = hilum.render(sheet, "html", hilum.words("en")).decode()
    page = page.split('<div class="appendix">')[0]
    page = re.sub(r"<(style|script|title)\b.*?</\1>", " ", page, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_numbers_are_plain_and_nothing_is_glued(made):
    said = first_screen(made)
    assert "cannot be compared with one another" in said
    assert re.findall(r"\b\d\.?\d*[eE][+-]?\d+\b", said) == []
    assert re.findall(r"\d\s*%?\s*>\s*\d+(?:\.\d+)?\s*%", said) == []


def test_no_interval_is_wider_than_it_can_mean(made):
    for option in made.options:
        for key in made.columns:
            one = option.outcomes[key]
            for ends in filter(None, (one.ci, one.range)):
                most = LONGEST_MONTHS if one.unit == "months" else 1
                assert 0 <= ends[0] <= ends[1] <= most


def test_no_denominator_is_unsaid_and_few_patients_are_counted(made):
    words = hilum.words("en")
    for option in made.options:
        for one in option.outcomes.values():
            if one.form == "pooled":
                assert one.k > 1
                assert one.n
            counted = few(one)
            if counted is not None:
                events, n = counted
                assert n <= FEW or events == 0
                assert headline(one, words) == f"{events} of {n}"


def test_comparisons_are_of_two_and_each_trial_has_its_year(made):
    page = Page(made, hilum.words("en"))
    for one in made.comparisons:
        assert one.treatment != one.comparator
        for trial in one.trials:
            assert trial.year is None or str(trial.year) in f"{trial.name} {trial.year}"
        if one.clear:
            assert one.better is not None
    for group in page.context()["comparisons"]:
        for row in group["rows"]:
            assert "better than" in row["said"] or "no clear difference" in row["said"] or (
                "each trial as printed" in row["said"]
            )  # fmt: skip


def test_the_row_of_resection_is_the_box(made):
    words = hilum.words("en")
    page = Page(made, words).context()
    box = page["answer"]["word"]
    assert box == words(RESECTABILITY[made.resectability.verdict])
    row = next(
        option for group in page["groups"] for option in group["options"]
        if option["treatment"] == "resection"
    )  # fmt: skip
    option = next(one for one in made.options if one.treatment == "resection")
    if [one.fact for one in option.stands] == ["resectability"] and row["status"] == "excluded":
        assert row["reason"].endswith(f"{box}, see above")
    if made.resectability.verdict == "not_resectable":
        assert row["status"] not in ("supported", "possible")


def test_one_curve_a_treatment(made):
    """Survival at each time is read from the curve or from who prints it, never pooled apart."""
    for option in made.options:
        for key, one in option.outcomes.items():
            if key.startswith("overall_survival_rate") and one.form == "pooled":
                assert one.method == "survival curve", (option.treatment, key)


def test_a_secondary_text_is_named_and_stands_never_first(made):
    page = Page(made, hilum.words("en")).context()
    for rank in page["ranked_all"]:
        seen = ["secondary" in one["seen"] for one in rank["sources"]]
        assert seen == sorted(seen)
    assert not page["ranked_all"][0]["sources"][0]["seen"]


@pytest.mark.parametrize(
    ("events", "n", "counted"),
    [
        (14, 29, True),
        (14, 30, True),
        (14, 31, False),
        (0, 31, True),
        (0, 500, True),
        (1, 31, False),
    ],
)
def test_few_patients_or_no_event_are_counted(sheet, events, n, counted):
    option = next(one for one in sheet.options if one.treatment == "tare")
    one = option.outcomes["objective_response"]
    assert one.form == "single"
    study = one.studies[0].model_copy(update={"events": events, "n": n})
    changed = one.model_copy(update={"studies": [study]})
    assert (few(changed) == (events, n)) is counted
    assert few(changed.model_copy(update={"form": "pooled"})) is None
    assert few(changed.model_copy(update={"unit": "months"})) is None
