"""What stands beside a figure of a synopsis: what assurance holds as certain, ranges, options."""

import pytest

from hilum.analyses.designs import DESIGNS
from hilum.cli.asking import named
from hilum.errors import NotEstimable
from hilum.evidence import read_evidence
from hilum.language import words
from hilum.rendering.sheet.synopsis import text
from hilum.rendering.sheet.synopsis_page import SynopsisPage
from hilum.sheet.assumptions import why_now

COURSE = {"accrual": 30.0, "follow_up": 18.0}
ARMS = {"treatment": "cabozantinib", "control": "everolimus",
        "outcome": "progression_free_survival", "control_from_evidence": "everolimus"}  # fmt: skip
CERTAIN = "the effect hoped for held as certain"


def run(kind, **given):
    return DESIGNS[kind].run(DESIGNS[kind].Asked(**given))


@pytest.mark.parametrize(
    ("kind", "given", "certain"),
    [
        ("survival", {"hazard_ratio": 0.65, **ARMS, **COURSE}, True),
        ("survival", {"hazard_ratio": 0.65, "effect_sd": 0.2, **ARMS, **COURSE}, False),
        pytest.param(
            "two-proportions",
            {"p1": 0.6, "control_from_evidence": "chemo_temozolomide",
             "control": "chemo_temozolomide", "outcome": "objective_response"},
            True, marks=pytest.mark.slow,
        ),
        ("two-proportions", {"p1": 0.5, "p2": 0.3, "effect_sd": 0.2}, False),
        ("borrowed", {"p1": 0.6, "n1": 30, "n2": 15, "outcome": "objective_response",
                      "control_from_evidence": "chemo_temozolomide", "power_prior": 0.3}, False),
    ],
)  # fmt: skip
def test_assurance_says_what_it_holds_as_certain(kind, given, certain):
    made = run(kind, **given)
    assert made.assurance is not None
    assert (CERTAIN in text(made, words("en"))) is certain


def test_what_is_not_poolable_shows_the_range_of_its_studies():
    """The range is the lowest and the highest figure of the cell's studies."""
    from hilum.sheet.assumptions import answer_for

    seen = 0
    for treatment in ("cabozantinib", "everolimus", "sunitinib", "ssa", "tace"):
        why = why_now(read_evidence(None), treatment, "prrt_lu177", "progression_free_survival")
        for one in () if why is None else why.arms:
            answer = answer_for(read_evidence(None), one.treatment, one.outcome)
            assert one.span == (answer.range if answer.form == "range" else None)
            if one.span is not None:
                seen += 1
                assert one.value is None
                figures = [x.value for x in answer.studies if x.value is not None]
                assert one.span == pytest.approx((min(figures), max(figures)))
    assert seen
    made = run("survival", hazard_ratio=0.65, **ARMS, **COURSE)
    row = SynopsisPage(made, words("en")).context()["why"]["arms"][0]
    low, high = made.why.arms[0].span
    assert row["figure"] == f"{low:.1f}–{high:.1f} mo, not poolable"


@pytest.mark.parametrize(
    ("kind", "given"),
    [("single-stage", {"p0": 0.5, "p1": 0.501}),
     ("two-proportions", {"p1": 0.501, "p2": 0.5, "method": "fisher"})],
)  # fmt: skip
def test_what_is_too_large_to_be_enumerated_names_the_option(kind, given):
    with pytest.raises(NotEstimable) as error:
        run(kind, **given)
    (said,) = error.value.phrases
    assert "take {method} normal" in said.message
    with pytest.raises(NotEstimable, match="take --method normal"), named():
        run(kind, **given)
    run(kind, **{**given, "method": "normal"})
