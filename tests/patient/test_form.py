"""A case through a form and back."""

import tomllib
from pathlib import Path

import pytest

from hilum.patient.case import read_case
from hilum.patient.form import Written, choices, shown, switch, ticks, with_written
from hilum.patient.tables import read_tables

FOLDER = Path(__file__).parents[2] / "examples"
CASES = ("midgut-imaging", "midgut-multifocal", "pancreas-few", "sparse")
EXAMPLES = [FOLDER / f"{name}.toml" for name in CASES]


@pytest.fixture(scope="module")
def tables():
    return read_tables()


def data_of(path):
    """An example as the workbench keeps it: its facts in a table of their own."""
    data = tomllib.loads(path.read_text("utf-8"))
    if "patient" in data:
        return data
    outer = ("name", "id", "date", "question", "imaging")
    inner = {key: value for key, value in data.items() if key not in outer}
    return {key: data[key] for key in outer if key in data} | {"patient": inner}


def case(**facts):
    return {"name": "A", "patient": facts}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_a_form_shows_and_sends_back_changes_nothing(path, tables):
    data = data_of(path)
    assert with_written(data, shown(data, tables), {}, tables) == data


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_form_filled_anew_says_the_same(path, tables):
    """Every fact typed into an empty form is read as the same value."""
    data = data_of(path)
    made = with_written({"patient": {}}, shown(data, tables), {}, tables)
    one, other = (
        read_case({"date": "2026-11-28", "patient": each["patient"]}, tables=tables)
        for each in (data, made)
    )
    assert other.given == one.given
    assert one.given
    assert other.not_used == one.not_used == ()


def test_units(tables):
    before = case(bilirubin="0.9 mg/dL", creatinine_mg_dl=1.1, albumin=39)
    seen = shown(before, tables)
    assert seen["bilirubin_mg_dl"] == Written("0.9", "mg/dL")
    assert seen["creatinine_mg_dl"] == Written("1.1", "mg/dL"), "the key says the unit"
    assert seen["albumin_g_dl"] == Written("39", ""), "nobody said the unit: none is shown"
    after = with_written(before, seen | {"bilirubin_mg_dl": Written("41", "umol/L")}, {}, tables)
    assert after["patient"] == {"bilirubin": "41 umol/L", "creatinine_mg_dl": 1.1, "albumin": 39}
    value = read_case(after, tables=tables).get("bilirubin_mg_dl")
    assert value == pytest.approx(41 * 0.058467)


@pytest.mark.parametrize(
    ("text", "unit", "written"),
    [
        ("18", "umol/L", "18 umol/L"),
        ("10-20", "umol/L", "10-20 umol/L"),
        ("<20", "umol/L", "<20 umol/L"),
        ("18 umol/L", "mg/dL", "18 umol/L"),
        ("not yet", "umol/L", "not yet"),
        ("18", "furlong", 18),
    ],
)
def test_a_unit_typed_goes_before_the_switch(text, unit, written, tables):
    made = with_written(case(), {"bilirubin_mg_dl": Written(text, unit)}, {}, tables)
    assert made["patient"] == {"bilirubin": written}


def test_unknown_takes_a_fact_out_under_every_name(tables):
    before = case(egfr=78, haemoglobin="12 g/dL", hemoglobin_g_dl=12)
    made = with_written(
        before, {"egfr": Written(), "hemoglobin_g_dl": Written("  ", "g/dL")}, {}, tables
    )
    assert made["patient"] == {}


def test_lists(tables):
    before = case(prior_treatments=["octreotide LAR since 2024-05", "TACE"], lesion_sites=[])
    seen = shown(before, tables)
    assert seen["prior_treatments"].text == "octreotide LAR since 2024-05\nTACE"
    assert seen["lesion_sites"].text == "none"
    none = with_written(before, {"prior_treatments": Written("none")}, {}, tables)
    assert none["patient"]["prior_treatments"] == []
    sites = with_written(before, {"lesion_sites": Written("II\nIVa")}, {}, tables)
    assert sites["patient"]["lesion_sites"] == ["II", "IVa"]


def test_what_no_fact_is_known_for_stays(tables):
    before = {"name": "A", "ward": "7", "patient": {"shoe_size": 43, "egfr": 50}}
    made = with_written(before, {"egfr": Written("60")}, {"name": "B"}, tables)
    assert made == {"name": "B", "ward": "7", "patient": {"shoe_size": 43, "egfr": 60}}


def test_what_is_not_understood_is_shown_as_written(tables):
    seen = shown(case(grade="perhaps 2", ecog="one or two"), tables)
    assert seen["grade"].text == "perhaps 2"
    assert seen["ecog"].text == "one or two"


def test_only_facts_of_hilum_are_taken(tables):
    made = with_written(
        case(), {"__class__": Written("x"), "egfr": Written("5")}, {"x": "y"}, tables
    )
    assert made == {"name": "A", "patient": {"egfr": 5}}


def test_titles_stand_on_one_line(tables):
    made = with_written(case(), {}, {"name": " A\n\x1b[31mB ", "question": ""}, tables)
    assert made["name"].startswith("A")
    assert "\n" not in made["name"]
    assert "\x1b" not in made["name"]
    assert "question" not in made


def test_how_each_fact_is_asked(tables):
    known = tables.attributes
    assert choices(known["ecog"]) == ("0", "1", "2", "3", "4")
    assert choices(known["ascites"]) == ("true", "false")
    assert choices(known["lesion_count"]) == ()
    assert switch(known["bilirubin_mg_dl"])[:2] == ("mg/dL", "umol/L")
    assert switch(known["platelets"]) == ("10^9/L", "/uL"), "two spellings of one are one"
    assert switch(known["age"]) == ()
    assert ticks(known["extrahepatic_sites"])
    assert ticks(known["prior_treatments"]) == ()
