"""The verdict half of the sheet: its contract, and that nothing of it rests on nothing."""

import json
from pathlib import Path

import pytest

import hilum
from hilum.patient import read_case, read_tables, report, verdicts
from hilum.sheet.sheet_verdict import Short
from hilum.sheet.verdict_numbers import child_pugh, plain_number, sided
from hilum.sheet.verdict_words import VerdictWords

ROOT = Path(__file__).parents[2]
EXAMPLES = ("midgut-multifocal", "midgut-imaging", "pancreas-few", "sparse")
OPEN = {"supported", "possible", "conditional"}
STRONG = {"label", "guideline", "consensus"}

# Confined to bed, progressive on everything: no treatment of the tumour is open.
BEDRIDDEN = {
    "age": 79, "sex": "male", "ecog": 4, "primary_site": "pancreas", "grade": "G2",
    "ki67_percent": 12, "functioning": "none", "sstr_uptake_krenning": 4, "progressive": True,
    "prior_treatments": ["ssa", "everolimus", "prrt_lu177"], "tumour_symptoms": True,
    "bilirubin_mg_dl": 0.8, "albumin_g_dl": 2.9, "creatinine_mg_dl": 0.9, "lesion_count": 35,
    "lesion_max_mm": 90, "unilobar_bilobar": "bilobar", "liver_burden_percent": 55,
    "extrahepatic_sites": [], "life_expectancy_months": 2, "primary_resected": "yes",
    "liver_condition": "normal", "stable_months": 0, "height_cm": 175, "weight_kg": 76,
}  # fmt: skip


@pytest.fixture(scope="module")
def sheets(evidence):
    return {name: hilum.board(ROOT / "examples" / f"{name}.toml", evidence) for name in EXAMPLES}


def of(evidence, **patient):
    return hilum.board({"patient": patient}, evidence)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_json_holds_the_contract(sheets, name):
    data = json.loads(sheets[name].model_dump_json())
    assert {
        "resectability", "options", "would_change", "before", "contradictions", "not_used", "facts",
        "derived", "assumed", "switched_off", "nobody_open", "patient", "to_check",
    } <= set(data)  # fmt: skip
    for option in data["options"]:
        assert {
            "treatment", "label", "label_zh", "family", "status", "best", "line", "ground",
            "reason", "reasons", "fired", "before", "to_check", "decided_by", "contradicted",
            "outcomes", "survival", "combinations",
        } <= set(option)  # fmt: skip
        for hit in option["fired"]:
            assert {
                "rule_id", "kind", "effect", "ground", "statement", "statement_zh",
                "patient_value", "source", "authority", "seen",
            } <= set(hit)  # fmt: skip
    for one in data["derived"]:
        assert set(one) == {"fact", "value", "unit", "from", "kind", "source", "rests_on"}


@pytest.mark.parametrize("name", ["midgut-multifocal", "pancreas-few", "sparse"])
def test_the_sheet_says_what_the_engine_says(sheets, name):
    case = read_case(ROOT / "examples" / f"{name}.toml")
    said = report(case, verdicts(case))
    for mine, theirs in zip(sheets[name].options, said["options"], strict=True):
        assert mine.treatment == theirs["treatment"]
        assert (mine.status, mine.best, mine.decided_by) == (
            theirs["status"], theirs["best"], theirs["decided_by"],
        )  # fmt: skip
        assert [hit.rule_id for hit in mine.fired] == [hit["rule_id"] for hit in theirs["fired"]]
    assert sheets[name].resectability.verdict == said["resectability"]["verdict"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_verdict_rests_on_nothing(sheets, name):
    for option in sheets[name].options:
        if option.status == "excluded":
            assert option.reason.authority in STRONG, option.treatment
            assert any(hit.effect == "excludes" for hit in option.fired), option.treatment
        if option.status == "supported":
            rests = [hit for hit in option.fired if hit.rule_id in option.indications]
            assert any(hit.authority in STRONG for hit in rests), option.treatment
        if option.status in OPEN:
            assert option.reason is not None, option.treatment
        if option.status == "undecided":
            assert option.decided_by or option.contradicted, option.treatment


def test_what_would_change_it_counts_the_options(sheets):
    sheet = sheets["sparse"]
    assert len(sheet.would_change) >= 3
    decides = [one.decides for one in sheet.would_change]
    assert decides == sorted(decides, reverse=True)
    for one in sheet.would_change:
        named = [option.treatment for option in sheet.options if one.fact in option.decided_by]
        assert sorted(one.treatments) == sorted(named)
        assert one.decides == len(named)


def test_the_remnant_stands_against_every_cut_off(sheets):
    found = sheets["midgut-multifocal"].resectability
    # 230 mL: of Vauthey's standard volume by hand 17.1 %, of 1720 - 520 mL 19.2 %
    assert found.remnant.percent == {
        "flr_percent_slv": pytest.approx(17.13, abs=0.01),
        "flr_percent_ct": pytest.approx(100 * 230 / 1200),
    }
    assert [one.percent for one in found.remnant.cut_offs] == [20, 25, 25, 26.6]
    small = next(one for one in found.in_the_way if "remnant_sufficiency" in one.facts)
    assert small.short.cut_offs == [20, 25, 26.6]
    assert len(small.short.rules) == 4
    # 20 % of the standard volume and 26.6 % of 1200 mL... the least and the most of four
    needed = sorted(
        230 * one.percent / found.remnant.percent[one.fact] for one in found.remnant.cut_offs
    )
    assert found.remnant.ml_needed == pytest.approx((needed[0], needed[-1]))
    english = VerdictWords(hilum.words("en")).short(small.short)
    assert "17–19" in english
    assert "below all four cut-offs, 20 to 26.6" in english


@pytest.mark.parametrize(
    ("low", "cuts", "side", "shown"),
    [
        (19.96, [20.0], "below", "19.96"),
        (19.996, [20.0], "below", "19.996"),
        (19.4321, [20.0], "below", "19"),
        (19.5321, [20.0], "below", "19.5"),
        (20.0, [20.0], "below", "20"),
        (30.4321, [30.0], "above", "30.4"),
        (30.0321, [30.0], "above", "30.03"),
    ],
)
def test_rounding_never_carries_a_value_over_a_cut_off(low, cuts, side, shown):
    one = Short(
        facts=["x"], low=low, high=low, unit="percent", cut_offs=cuts, side=side, needed=None,
        rules=["A"],
    )  # fmt: skip
    assert sided(one) == (shown, shown)


@pytest.mark.parametrize(
    ("fact", "side", "needed", "said"),
    [
        ("child_pugh", "above", None, "Child-Pugh score 10 (limit: 10)"),
        ("child_pugh", "above", "below", "Child-Pugh score 10 (needed: below 10)"),
        ("child_pugh", "below", None, "Child-Pugh score 10 (limit: 10)"),
    ],
)
def test_a_caution_has_a_limit_and_needs_nothing(fact, side, needed, said):
    one = Short(
        facts=[fact], low=10, high=10, unit=None, cut_offs=[10.0], side=side, needed=needed,
        rules=["A"],
    )  # fmt: skip
    assert VerdictWords(hilum.words("en")).short(one) == said


def test_numbers_carry_their_digits():
    assert [plain_number(x) for x in (0.9, 12.4, 1900.0, 30.232558, 3.4321, 0.123456)] == [
        "0.9", "12.4", "1900", "30", "3.4", "0.12",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("points", "shown"),
    [(5, "A5"), (6, "A6"), (7, "B7"), (9, "B9"), (10, "C10"), ([5.0, 7.0], "A5–B7")],
)
def test_child_pugh_has_its_class(points, shown):
    assert child_pugh(points) == shown


def test_values_stand_in_both_units_the_local_one_first():
    assert VerdictWords(hilum.words("en")).value("bilirubin_mg_dl", 0.9) == "0.9 mg/dL (15 µmol/L)"
    assert VerdictWords(hilum.words("zh-Hans")).value("bilirubin_mg_dl", 0.9) == (
        "15 µmol/L（0.9 mg/dL）"
    )


def test_ranges_are_ranges():
    tongue = VerdictWords(hilum.words("en"))
    assert tongue.value("lesion_count", [10.0, 20.0]) == "10–20"
    assert tongue.value("lesion_count", [2.0, 999.0]) == "2 or more"
    assert tongue.value("liver_burden_percent", [0.0, 3.4]) == "at most 3.4\u202f%"


def test_an_old_file_is_read_and_what_is_gone_is_named(evidence):
    sheet = hilum.board(ROOT / "tests" / "sheet" / "version1.toml", evidence)
    assert sheet.resectability.verdict == "not_resectable"
    assert {one.name for one in sheet.facts} >= {"primary_site", "bilirubin_mg_dl", "portal_vein"}
    new = hilum.board(ROOT / "examples" / "midgut-multifocal.toml", evidence)
    assert {o.treatment: o.status for o in sheet.options if o.treatment != "tare"} == {
        o.treatment: o.status for o in new.options if o.treatment != "tare"
    }


def test_a_contradiction_stands_in_the_data(evidence):
    sheet = of(evidence, sex="male", pregnancy=True, age=40)
    assert any("pregnancy" in one.facts for one in sheet.contradictions)


def test_an_unknown_fact_is_kept_as_not_used(evidence):
    sheet = of(evidence, agee=40, ki67_percent=3)
    assert [(one.key, one.nearest) for one in sheet.not_used] == [("agee", "age")]


def test_nobody_open_names_symptom_control(evidence):
    sheet = of(evidence, **BEDRIDDEN)
    assert sheet.nobody_open
    care = next(one for one in sheet.options if one.treatment == "supportive_care")
    assert care.status == "supported"


def test_a_hospital_lays_its_rows_over(tmp_path, evidence):
    (tmp_path / "switched_off.csv").write_text("rule_id,reason\nSUN-01,used here off label\n")
    sheet = hilum.board(ROOT / "examples" / "midgut-multifocal.toml", evidence, rules=tmp_path)
    assert [(one.rule_id, one.reason) for one in sheet.switched_off] == [
        ("SUN-01", "used here off label")
    ]
    assert sheet.rules_folder == tmp_path.name
    sunitinib = next(one for one in sheet.options if one.treatment == "sunitinib")
    assert "SUN-01" not in {hit.rule_id for hit in sunitinib.fired}


def test_english_funding_rules_are_notes_elsewhere(evidence):
    tables = read_tables()
    payers = {rule.rule_id for rule in tables.rules if rule.authority == "payer"}
    for region in ("US", "EU", None):
        patient = {"primary_site": "pancreas", "grade": "G2", "progressive": True}
        sheet = of(evidence, **patient, **({"region": region} if region else {}))
        for option in sheet.options:
            for hit in option.fired:
                if hit.rule_id in payers and hit.region == "GB":
                    assert hit.effect == "note", (option.treatment, hit.rule_id)


def test_pdq_is_never_called_a_guideline(sheets):
    seen = 0
    for sheet in sheets.values():
        for option in sheet.options:
            for hit in option.fired:
                if "PDQ" in hit.source:
                    seen += 1
                    assert hit.called == "pdq"
                    assert hit.brief == ("PDQ 2025", "PDQ 2025")
    assert seen > 10
