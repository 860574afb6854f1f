"""Which published comparisons speak of a new trial, under any name of its arms."""

import pytest

from hilum.analyses.designs.off_record import held_by
from hilum.sheet.assumptions import answer_for, why_now
from hilum.sheet.named import inactive_words, named, outcome_named, table
from hilum.sheet.why_compared import is_clear
from hilum.trials.synopsis.why_record import Hoped

PFS = "progression_free_survival"


@pytest.mark.parametrize(
    ("words", "code", "inactive"),
    [
        ("everolimus", "everolimus", False),
        ("Everolimus 10 mg daily", "everolimus", False),
        ("octreotide", "ssa", False),
        ("Octreotide LAR 60 mg every 4 weeks", "ssa", False),
        ("lanreotide", "ssa", False),
        ("placebo", "placebo", True),
        ("安慰剂", "placebo", True),
        ("placebo + best supportive care", "best_supportive_care+placebo", True),
        ("BSC", "best_supportive_care", True),
        ("everolimus + octreotide", "everolimus+ssa", False),
        ("mixed_locoregional", "mixed_locoregional", False),
    ],
)
def test_an_arm_may_be_named_in_any_words_of_the_record(words, code, inactive):
    found = named(words)
    assert (found.code, found.inactive) == (code, inactive)


@pytest.mark.parametrize("words", ["drug X", "no everolimus", "standard of care", "none", ""])
def test_a_name_that_the_record_lacks_is_none(words, evidence):
    assert named(words, evidence) is None


def test_words_of_a_description_stand_for_its_arms_alone(evidence):
    found = named("pazopanib", evidence)
    assert found.described == "pazopanib"
    assert found.treatment is None


def test_every_word_of_the_tables_is_a_name():
    from hilum.evidence.vocabulary import MODALITIES

    assert set(inactive_words().values()) <= set(MODALITIES)
    rules = __import__("hilum.patient.tables", fromlist=["read_tables"]).read_tables().rules
    for row in table("registered"):
        assert any(row["source"] in rule.source for rule in rules)
        assert any(row["link"] in rule.url_or_id for rule in rules)


def test_an_outcome_may_be_named_by_its_words():
    assert outcome_named("overall survival") == "overall_survival"
    assert outcome_named("Alive at 5 years") == "overall_survival_rate_60m"
    assert outcome_named("joy") is None


@pytest.mark.parametrize(
    ("treatment", "control", "study", "figure", "verdict"),
    [
        # Hazard ratios as printed: Yao 2011, Yao 2016, Raymond 2011, SANET-p, SANET-ep, CLARINET,
        # NETTER-1, CABINET.
        ("everolimus", "placebo", "Yao 2011", 0.35, "answered"),
        ("everolimus", "best supportive care", "Yao 2016", 0.48, "answered"),
        ("sunitinib", "placebo", "Raymond 2011", 0.418, "answered"),
        ("surufatinib", "placebo", "Xu 2020", 0.49, "answered"),
        ("surufatinib", "observation", "Xu 2020", 0.33, "answered"),
        ("lanreotide", "placebo", "Caplin 2014", 0.47, "answered"),
        ("prrt_lu177", "octreotide", "Strosberg 2017", 0.21, "answered"),
        ("cabozantinib", "placebo", "Chan 2024", 0.38, "answered"),
        ("placebo", "everolimus", "Yao 2011", 0.35, "against"),
    ],
)
def test_trials_against_what_is_no_treatment_of_the_board(
    evidence, treatment, control, study, figure, verdict
):
    why = why_now(evidence, treatment, control, PFS, hoped=Hoped("hazard_ratio", 0.7))
    found = {(one.study, one.value): one.verdict for one in why.compared if one.outcome == PFS}
    assert found[study, figure] == verdict


def test_an_inactive_group_stops_a_trial_of_another_outcome(evidence):
    """CABINET's survival is open, its progression is not."""
    why = why_now(evidence, "cabozantinib", "placebo", "overall_survival")
    verdicts = {one.verdict for one in why.compared if one.outcome == PFS}
    assert verdicts == {"inactive"}
    assert {one.verdict for one in why.compared if one.outcome == "overall_survival"} == {""}
    active = why_now(evidence, "everolimus", "prrt_lu177", "overall_survival")
    assert "inactive" not in {one.verdict for one in active.compared}


@pytest.mark.parametrize(
    ("hope", "verdict"),
    # COMPETE: 0.67 (0.48 to 0.95) of PRRT over everolimus, that is 1.49 (1.05 to 2.08) the other
    # way round; randomised, so that a clear figure answers whatever was hoped for.
    [(0.65, "against"), (0.99, "against")],
)
def test_a_hope_on_the_other_side_is_contradicted(evidence, hope, verdict):
    why = why_now(evidence, "everolimus", "prrt_lu177", PFS, hoped=Hoped("hazard_ratio", hope))
    assert why.compared[0].verdict == verdict


@pytest.mark.parametrize(
    ("hope", "verdict"),
    # Tai 2020, a review: 0.96 (0.73 to 1.24) of TACE over TAE.
    [(0.72, "beyond"), (0.73, ""), (0.74, "")],
)
def test_a_hope_beyond_an_interval_is_over_under_and_on_its_end(evidence, hope, verdict):
    why = why_now(evidence, "tace", "tae", "overall_survival", hoped=Hoped("hazard_ratio", hope))
    (one,) = [x for x in why.compared if x.measure == "hazard_ratio"]
    # The figure lies on the side of TACE: the hope of it is short or not.
    assert one.verdict == verdict


def test_an_adjusted_figure_counts_and_both_stand(evidence):
    """Chen 2017: hazard ratio 2.1 (p = 0.02) not adjusted, 1.8 (p = 0.11) by propensity."""
    why = why_now(evidence, "tare", "tace", "overall_survival", hoped=Hoped("hazard_ratio", 0.7))
    plain, adjusted = [one for one in why.compared if one.study == "Chen 2017"]
    assert (plain.value, plain.beside, plain.clear, plain.verdict) == (2.1, True, True, "")
    assert (adjusted.value, adjusted.adjusted, adjusted.clear) == (1.8, True, False)
    assert adjusted.verdict == "unclear"


@pytest.mark.parametrize(
    ("p", "clear"),
    [("0.049", True), ("0.05", False), ("0.051", False), ("<0.05", True), ("<0.051", None),
     (">0.05", False), (">0.04", None), ("< 0.001", True), ("0·02", True), ("NS", None),
     (None, None)],
)  # fmt: skip
def test_a_p_value_is_read_on_below_and_above_its_level(p, clear):
    assert is_clear(p) is clear


def test_what_has_no_comparison_is_named(evidence):
    """Baudin 2022 held PRRT and sunitinib; RETNET is registered."""
    why = why_now(evidence, "prrt_lu177", "sunitinib", PFS)
    (one,) = [x for x in why.both if x.study == "Baudin 2022"]
    assert one.kind == "randomised"
    assert one.figures == (("prrt_lu177", 20.7, 41), ("sunitinib", 11.0, 43))
    assert [x.trial for x in why_now(evidence, "tae", "tace", PFS).registered] == ["RETNET"]
    assert why_now(evidence, "tare", "tace", PFS).registered == ()


def test_rows_have_their_month_patients_and_certainty(evidence):
    why = why_now(evidence, "tae", "tace", "overall_survival")
    odds = [one for one in why.compared if one.measure == "odds_ratio"
            and one.outcome == "overall_survival"]  # fmt: skip
    assert [one.time_months for one in odds] == [12, 24, 60]
    assert {one.n for one in odds} == {504}
    assert why_now(evidence, "everolimus", "placebo", PFS).compared[0].certainty is not None


def test_the_record_holds_by_prediction_range_or_the_only_study(evidence):
    kinds = {
        "prediction": ("everolimus", PFS),
        "range": ("tace", "objective_response"),
        "study": ("tare", "objective_response"),
    }
    for basis, (treatment, outcome) in kinds.items():
        found = answer_for(evidence, treatment, outcome)
        said, (low, high) = held_by(found)
        assert said == basis
        values = [one.value for one in found.studies if one.value is not None]
        if basis == "range":
            assert (low, high) == (min(values), max(values))
        elif basis == "study":
            assert (low, high) == found.ci
        else:
            assert (low, high) == found.prediction
    assert held_by(answer_for(evidence, "rfa", "objective_response")) is None


@pytest.mark.parametrize(
    ("names", "outcome"),
    [
        (("octreotide", "lanreotide"), "progression_free_survival"),
        (("lanreotide", "octreotide LAR 30 mg"), "progression_free_survival"),
        (("ssa", "lanreotide"), "progression_free_survival"),
        (("tare_glass", "tare_resin"), "objective_response"),
    ],
)
def test_two_names_of_one_treatment_are_said_to_be_alike(evidence, names, outcome):
    """Both read alike; a figure is of an arm of one name alone, as its arm has it in the record."""
    why = why_now(evidence, *names, outcome)
    assert why is not None
    assert why.alike is not None
    assert why.alike.names == names
    assert not why.compared
    assert why.alike.figures
    drugs = {"octreotide", "lanreotide", "tare_glass", "tare_resin"}
    for one in why.alike.figures:
        drug = one.name.split()[0]
        arms = [arm for arm in evidence.arms if evidence.study[arm.study_id].name == one.study]
        assert any(
            arm.modality == drug and not any(
                other in (arm.description or "").casefold() for other in drugs - {drug}
            )
            for arm in arms
        )  # fmt: skip


def test_different_treatments_are_not_alike(evidence):
    for names in (("octreotide", "everolimus"), ("placebo", "observation")):
        why = why_now(evidence, *names, "progression_free_survival")
        assert why is None or why.alike is None
