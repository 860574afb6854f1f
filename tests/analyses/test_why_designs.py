"""What a design is refused for, and what is said beside it, from the published record."""

import json

import pytest

from hilum.analyses import analysis
from hilum.analyses.designs.off_record import off_record
from hilum.analyses.forms import to_json
from hilum.analyses.protocol import DesignText, ProtocolAsked, protocol_of, run, synopsis_of
from hilum.errors import InputError
from hilum.evidence import read_evidence
from hilum.language import words
from hilum.rendering.sheet.protocol import protocol_text
from hilum.rendering.sheet.synopsis import text
from hilum.sheet.assumptions import behind, start_of
from hilum.sheet.cells_part import answers_of
from hilum.sheet.treatments import treatments

PFS = "progression_free_survival"
COURSE = {"accrual": 24.0, "follow_up": 12.0}
SURVIVAL = {"hazard_ratio": 0.65, "control_median": 14.0, "outcome": PFS, **COURSE}
NONINFERIOR = {"p1": 0.45, "p2": 0.45, "hypothesis": "noninferiority", "method": "normal"}


def asked(code, **given):
    return analysis(f"design-{code}").Asked(**given)


def made(code, **given):
    return analysis(f"design-{code}").run(asked(code, **given))


def protocol(answer, **given):
    return protocol_of(answer, ProtocolAsked(file=DesignText("", ""), date="2026-11-28", **given))


def printed(answer, **given):
    return protocol_text(protocol(answer, **given), words("en"))


@pytest.mark.parametrize(
    ("treatment", "control"),
    [("everolimus", "placebo"), ("placebo", "everolimus"), ("PRRT", "octreotide LAR 60 mg"),
     ("everolimus", "prrt_lu177"), ("sunitinib", "best supportive care")],
)  # fmt: skip
def test_a_question_that_is_answered_needs_a_reason(treatment, control):
    question = {"treatment": treatment, "control": control, **SURVIVAL}
    with pytest.raises(InputError, match="a reason for the trial") as stopped:
        made("survival", **question)
    assert [one.column for one in stopped.value.faults] == ["despite_evidence"]
    answer = made("survival", **question, despite_evidence="Grade 3 alone.")
    assert "reason for the trial despite this evidence: Grade 3 alone." in text(answer, words("en"))
    document = protocol(answer)
    assert "despite" in {one.code for one in document.blanks}
    assert "Grade 3 alone." in protocol_text(document, words("en"))


def test_a_reason_is_not_asked_for_where_nothing_speaks():
    assert made("survival", treatment="everolimus", control="sunitinib", **SURVIVAL).why is not None
    with pytest.raises(InputError, match="a reason, in words"):
        asked("survival", despite_evidence=" ", **SURVIVAL)


def test_nothing_is_written_where_a_design_is_refused(tmp_path):
    from proofs.face import called

    out = tmp_path / "synopsis.html"
    done = called(
        "trials", "design", "survival", "--treatment", "everolimus", "--control", "placebo",
        "--outcome", PFS, "--hazard-ratio", "0.65", "--control-median", "14", "--accrual", "24",
        "--follow-up", "12", "--out", str(out),
    )  # fmt: skip
    assert done.returncode != 0
    assert not out.exists()


@pytest.mark.parametrize("control", ["sunitinib", "the standard"])
def test_the_figure_of_another_treatment_is_no_figure_of_the_control(control):
    given = {**SURVIVAL, "control_median": None, "control_from_evidence": "prrt_lu177"}
    with pytest.raises(InputError, match="no figure of the control"):
        asked("survival", treatment="everolimus", control=control, **given)
    same = asked("survival", treatment="sunitinib", control="PRRT", **given)
    (row,) = [one for one in made("survival", **vars(same)).assumptions
              if one.parameter == "control_median"]  # fmt: skip
    assert row.treatment == "prrt_lu177"


@pytest.mark.parametrize(
    ("value", "off"),
    # One study of radioembolisation, 46 % (28.34 % to 65.67 %).
    [(0.2834, True), (0.2835, False), (0.6567, False), (0.6568, True)],
)
def test_a_rate_is_held_against_the_record(evidence, value, off):
    one = asked("simon", treatment="tare", outcome="objective_response", p0=value, p1=0.99)
    found = [x.parameter for x in off_record(one, evidence, one.outcome)]
    assert ("p0" in found) is off
    assert "p1" in found


def test_every_measure_is_held_against_the_record(evidence):
    """Everolimus: median 15.2 months, of a new study 7.3 to 31.7."""
    answer = made(
        "survival", treatment="cabozantinib", control="everolimus", outcome=PFS, hazard_ratio=0.5,
        control_median=45.0, **COURSE,
    )  # fmt: skip
    found = {one.parameter: one for one in answer.why.off_record}
    assert found["control_median"].basis == "prediction"
    assert found["treatment_median"].value == pytest.approx(90)
    said = text(answer, words("en"))
    assert "! median in the control group: 45.0 mo is above what is published of Everolimus" in said
    low = asked("two-proportions", treatment="tare", control="tace", p1=0.3, p2=0.05,
                outcome="objective_response")  # fmt: skip
    assert [x.parameter for x in off_record(low, evidence, low.outcome)] == ["p2"]
    at = asked("landmark", treatment="everolimus", outcome="overall_survival", s0=0.01, s1=0.02,
               time=36.0, **COURSE)  # fmt: skip
    assert {x.outcome for x in off_record(at, evidence, at.outcome)} <= {
        "overall_survival_rate_36m"
    }


@pytest.mark.parametrize(
    "outcome", ["overall_survival", PFS, "overall survival", "time to relapse"]
)
@pytest.mark.parametrize("code", ["simon", "single-stage", "fleming", "bayesian"])
def test_a_rate_of_a_time_to_an_event_needs_its_month(code, outcome):
    with pytest.raises(InputError, match="landmark, one-sample-logrank, survival"):
        made(code, p0=0.2, p1=0.5, outcome=outcome)


@pytest.mark.parametrize(
    ("code", "given"),
    [("two-proportions", {"p1": 0.6, "p2": 0.2, "method": "normal"}),
     ("sequential", {"p1": 0.6, "p2": 0.2}), ("multi-arm", {"arms": 2, "p1": 0.6, "p2": 0.2})],
)  # fmt: skip
def test_so_does_one_of_two_groups(code, given):
    with pytest.raises(InputError, match="time to an event at its month"):
        made(code, outcome="overall_survival", **given)
    named = "overall_survival_rate_36m"
    answer = made(code, outcome=named, **given)
    assert "at 36 months" in printed(answer)


def test_a_time_is_not_judged_by_a_share():
    with pytest.raises(InputError, match="a time to an event, since times are compared"):
        made("survival", **{**SURVIVAL, "outcome": "objective_response", "hazard_ratio": 1.5})


@pytest.mark.parametrize("code", ["two-proportions", "means"])
def test_a_margin_is_of_another_hypothesis(code):
    effect = {"p1": 0.4, "p2": 0.2} if code == "two-proportions" else {"difference": 1.0, "sd": 2.0}
    with pytest.raises(InputError, match="none for superiority"):
        asked(code, margin=0.1, **effect)


@pytest.mark.parametrize(
    ("margin", "step"),
    [(0.22, None), (0.225, None), (0.23, "margin_wide"), (0.44, "margin_wide"),
     (0.45, "margin_whole")],
)  # fmt: skip
def test_a_margin_is_an_assumption_and_a_wide_one_is_remarked(margin, step):
    answer = made("two-proportions", margin=margin, **NONINFERIOR)
    assert answer.assumptions[0].parameter == "margin"
    codes = {one.code for one in answer.steps}
    assert codes & {"margin_wide", "margin_whole"} == ({step} if step else set())


@pytest.mark.parametrize(
    ("margin", "step"),
    [(0.04, None), (0.05, None), (0.06, "margin_half_more"), (0.09, "margin_half_more"),
     (0.1, "margin_doubles"), (0.12, "margin_doubles")],
)  # fmt: skip
@pytest.mark.parametrize("named", [{"outcome": "major_complication"}, {"better": "lower"}])
@pytest.mark.parametrize("hypothesis", ["noninferiority", "equivalence"])
def test_a_margin_of_a_harm_is_weighed_against_the_harm(margin, step, named, hypothesis):
    """Of a harm of 10 % a margin of 10 points lets it double."""
    answer = made("two-proportions", p1=0.1, p2=0.1, hypothesis=hypothesis, method="normal",
                  margin=margin, **named)  # fmt: skip
    codes = {one.code for one in answer.steps if one.code.startswith("margin_")}
    assert codes == ({step} if step else set())
    assert ("what is to be avoided" in text(answer, words("en"))) is bool(step)


@pytest.mark.parametrize(("margin", "remarked"), [(1.49, False), (1.50, True)])
def test_a_margin_beyond_the_control_s_effect_is_remarked(margin, remarked):
    """Yao 2016: everolimus over placebo 0.48 (0.35 to 0.67): the margin may reach 1 / 0.67."""
    answer = made(
        "survival", treatment="cabozantinib", control="everolimus", outcome=PFS, hazard_ratio=1.0,
        control_median=14.0, margin=margin, **COURSE,
    )  # fmt: skip
    remarks = [one for one in answer.steps if one.code == "margin_effect"]
    assert bool(remarks) is remarked


def test_a_protocol_of_non_inferiority_says_so():
    answer = made("two-proportions", margin=0.15, treatment="tae", control="tace",
                  outcome="objective_response", **NONINFERIOR)  # fmt: skip
    said = printed(answer)
    assert "(non-inferiority): trial protocol" in said.splitlines()[0]
    assert "Justification of the margin" in said
    assert "makes the groups alike, which favours non-inferiority" in said
    superior = printed(made("two-proportions", p1=0.6, p2=0.3, method="normal"))
    assert "Justification of the margin" not in superior


def test_response_needs_measurable_disease():
    answer = made("simon", p0=0.1, p1=0.3, treatment="sunitinib", outcome="objective_response",
                  despite_evidence="Other grade.")  # fmt: skip
    document = protocol(answer)
    assert "measurable" not in {one.code for one in document.blanks}
    assert "measurable_needed" in {one.code for one in document.statements}
    other = protocol(made("simon", p0=0.1, p1=0.3))
    assert "measurable" in {one.code for one in other.blanks}


def test_opposite_rules_are_a_decision_and_dose_rules_exclude_nobody():
    answer = made("survival", treatment="everolimus", control="prrt_lu177",
                  despite_evidence="Grade 3.", **SURVIVAL)  # fmt: skip
    document = protocol(answer)
    (one,) = [x for x in document.conflicts if x.fact == "sstr_positive"]
    assert "EVE-07" in one.rules[0]
    assert "PRRT-41" in one.rules[1]
    assert "conflict" in {x.code for x in document.blanks}
    roles = {x.rule_id: x.role for x in document.criteria}
    assert (roles["PRRT-37"], roles["EVE-24"]) == ("licence", "dose")
    assert "may receive every treatment" in protocol_text(document, words("en"))
    alone = protocol(made("survival", treatment="everolimus", control="sunitinib", **SURVIVAL))
    assert "sstr_positive" not in {x.fact for x in alone.conflicts}


def test_an_item_is_here_only_where_nothing_is_to_be_decided():
    for code, given in (("simon", {"p0": 0.1, "p1": 0.3}), ("survival", SURVIVAL)):
        document = protocol(made(code, **given))
        undecided = {one.section for one in document.blanks}
        for one in document.items:
            assert not (one.state == "covered" and one.section in undecided)


def test_a_bayesian_design_prints_its_prior():
    answer = made("bayesian", p0=0.2, p1=0.5, prior=(0.4, 1.6), power=0.8)
    assert "beta(0.4, 1.6)" in text(answer, words("en"))
    assert "waits" in {one.code for one in protocol(answer).blanks}


def test_a_changed_file_is_refused(tmp_path):
    answer = made("survival", **SURVIVAL)
    whole = json.loads(to_json(answer))
    file = DesignText("design.json", json.dumps(whole))
    assert run(ProtocolAsked(file=file)).synopsis.patients == answer.patients
    for name, value in (("patients", 100), ("events", 12)):
        changed = DesignText("design.json", json.dumps({**whole, name: value}))
        with pytest.raises(InputError, match=r"design.json: .*the file was changed"):
            run(ProtocolAsked(file=changed))
        assert getattr(synopsis_of(changed), name) == value
    with pytest.raises(InputError, match="none, or the 24 months of the design"):
        run(ProtocolAsked(file=file, accrual=12.0))
    assert run(ProtocolAsked(file=file, accrual=24.0)).recruitment.accrual == 24


def test_a_name_that_is_not_known_is_told_apart():
    drug = printed(made("simon", p0=0.1, p1=0.3, treatment="drug X", outcome="objective_response"))
    assert "Not in the record: the treatment “drug X”." in drug
    own = made("simon", p0=0.1, p1=0.3, treatment="telotristat", outcome="episodes")
    assert "In the record: Telotristat. Not in it: the outcome “episodes”." in printed(own)


def test_more_patients_than_any_trial_recruited_are_remarked():
    few = made("survival", treatment="everolimus", control="sunitinib", **SURVIVAL)
    many = made("survival", treatment="everolimus", control="sunitinib",
                **{**SURVIVAL, "hazard_ratio": 0.9})  # fmt: skip
    assert "beyond_largest" not in {one.code for one in few.steps}
    assert "beyond_largest" in {one.code for one in many.steps}


def test_the_needed_share_is_said_and_a_fast_centre_is_warned_of():
    answer = made("survival", treatment="everolimus", control="sunitinib", **SURVIVAL)
    said = printed(answer, centres=1, eligible=1000.0, source="register")
    assert "of the patients who could be asked have to take part" in said
    assert "more than in any of the studies below" in said
    assert "more than in any" not in printed(answer, centres=1000)


def test_a_percentage_of_a_ratio_is_told_in_words():
    from proofs.face import called

    done = called("trials", "design", "survival", "--hazard-ratio", "65%", "--control-median", "14",
                  "--accrual", "24", "--follow-up", "12")  # fmt: skip
    assert "a plain number, here 0.65" in done.stderr


def test_a_design_that_cannot_succeed_is_not_written_but_the_next_that_can():
    """The z test can reject from the first n with n p0 + 1.96 sqrt(n p0 q0) <= n."""
    for p0, p1 in ((0.9, 0.99), (0.3, 0.8)):
        answer = made("single-stage", p0=p0, p1=p1, alpha=0.025, power=0.1, method="normal")
        able = next(x.success for x in answer.operating if x.code == "alternative")
        n = answer.patients
        assert able > 0
        assert n * p0 + 1.959964 * (n * p0 * (1 - p0)) ** 0.5 <= n
        fewer = n - 1
        assert fewer * p0 + 1.959964 * (fewer * p0 * (1 - p0)) ** 0.5 > fewer


def test_a_file_of_an_answered_question_needs_the_reason_too():
    answer = made("survival", treatment="everolimus", control="placebo", despite_evidence="G3.",
                  **SURVIVAL)  # fmt: skip
    whole = json.loads(to_json(answer))
    assert run(ProtocolAsked(file=DesignText("a.json", json.dumps(whole)))).synopsis.why.despite
    whole["asked"].pop("despite_evidence")
    with pytest.raises(InputError, match="a reason for the trial"):
        run(ProtocolAsked(file=DesignText("a.json", json.dumps(whole))))


def test_a_whole_arm_stands_before_its_subgroup():
    """CABINET printed 5 % of 134 for the arm and 1 % of 70 for gastrointestinal primaries."""
    answer = made("two-proportions", p1=0.3, control_from_evidence="cabozantinib",
                  outcome="objective_response", method="normal")  # fmt: skip
    (one,) = [x for x in answer.assumptions if x.parameter == "p2"]
    (study,) = [x for x in one.studies if x.study_id == "chan2024"]
    assert (study.events, study.n, study.subgroup) == (7, 134, None)
    assert one.value == pytest.approx(0.05)
    assert study.derived
    said = text(answer, words("en"))
    assert "7/134 (5.0 %) (derived: events = round(value*n/100))" in said
    assert "of the subgroup" not in said


def test_a_figure_of_a_subgroup_alone_is_said_to_be_one():
    """Of disease control CABINET's record has gastrointestinal primaries alone."""
    answer = made("two-proportions", p1=0.9, control_from_evidence="cabozantinib",
                  outcome="disease_control", method="normal")  # fmt: skip
    assert "(of the subgroup “gastrointestinal primary”; derived: response + SD)" in text(
        answer, words("en")
    )


def test_every_start_of_a_range_is_the_largest_of_what_is_listed():
    record = read_evidence()
    for treatment in (one.treatment for one in treatments() if one.modalities):
        for found in answers_of(record, treatment).values():
            if found.form != "range" or start_of(found) is None:
                continue
            listed = behind(found)
            most = max(one.n or 0 for one in listed)
            assert start_of(found) in [one.value for one in listed if (one.n or 0) == most]
            aside = {one.kept for one in found.left_out
                     if one.left_out == "same_arm" and not one.subgroup and one.n}  # fmt: skip
            assert not any(one.subgroup and one.result_id in aside for one in listed)
