"""Which figure answers, line by line: each reason, each tie, each set, with made figures.

Every rule of SELECTION.md, sections 1 to 3, is asked as a function of figures made for it, and the
whole answer is looked at: the reason with its detail, the order, who stands for whom.
"""

import itertools
import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from hilum.answers import Question, treatments
from hilum.answers import candidates as candidates_module
from hilum.answers.candidates import (
    PROSPECTIVE,
    Index,
    Item,
    LeftOut,
    candidates,
    in_order,
    item_of,
    why_not,
)
from hilum.answers.cell import beside_of, cell_of, told_of, without_line
from hilum.answers.pool import least_patients, own_interval, usable
from hilum.answers.question import Switches
from hilum.answers.select import BESIDE, Selection, narrowest, select
from hilum.answers.study import (
    Reported,
    cohort_key,
    events_of,
    one_per_arm,
    one_per_cohort,
    one_per_study,
    size_of,
    variance_of,
)
from hilum.answers.tables import criteria
from hilum.evidence.codes import (
    Background,
    CohortBasis,
    CriteriaClass,
    GradeScope,
    Line,
    NFrom,
    Origin,
    ReferenceArm,
    Severity,
    Site,
    UnitOfN,
)
from hilum.evidence.vocabulary import Design, FigureKind, Measure, Outcome, Population

DRUG = Question("everolimus", "objective_response", "pancreas")
LOCAL = Question("tae", "objective_response", "pancreas")
SYMPTOMS = Question("tae", "symptom_response", "pancreas")
MEDIAN = Question("tae", "overall_survival")
RATE = Question("tae", "overall_survival_rate_60m")
HARM = Question("tae", "mortality_30d", "pancreas")
MAJOR = Question("tae", "major_complication")
WHO, NOT_STATED = CriteriaClass.WHO, CriteriaClass.NOT_STATED


def made(study_id="s", layer="same", n=40, value=50.0, assumed=False, **more):
    """A figure that answers; ``more`` are fields of its row, ``arm_...`` and ``study_...``."""
    row = {
        "study_id": study_id, "arm_id": "a", "subgroup": None, "figure_kind": FigureKind.ESTIMATE,
        "unit_of_n": UnitOfN.PATIENTS, "severity": None, "criteria_class": CriteriaClass.RECIST,
        "origin": Origin.TREATMENT_START, "derived": None, "events": None, "n": n, "value": value,
        "n_from": NFrom.ROW, "result_id": f"{study_id}-001", "source": "table 1",
        "measure": Measure.PROPORTION, "ci_low": None, "ci_high": None,
    }  # fmt: skip
    arm = {
        "modality": "tae", "background": None, "site": Site.PANCREAS, "n": 44,
        "grade_scope": GradeScope.G1_2, "pct_grade3": None, "pct_pancreatic": None,
        "pct_small_bowel": None, "selection": "all_comers", "reference_arm": None,
        "line": Line.ANY, "part_of": None, "scope": None,
        "chosen": SimpleNamespace(beside=False, other_tumour=False, grade=""),
    }  # fmt: skip
    study = {
        "study_id": study_id, "design": Design.CASE_SERIES_PROSPECTIVE, "year": 2015,
        "population": Population.NETLM, "verify": None, "cohort_of": None, "cohort_basis": None,
        "n_patients": 55,
    }  # fmt: skip
    for name, given in more.items():
        table, _, field = name.partition("_")
        target = {"arm": arm, "study": study}.get(table)
        if target is not None and field in target:
            target[field] = given
        else:
            assert name in row
            row[name] = given
    parts = (SimpleNamespace(**one) for one in (row, arm, study))
    return Item(*parts, layer, n, assumed, value)


def chosen(**more):
    return SimpleNamespace(**{"beside": False, "other_tumour": False, "grade": ""} | more)


# Each reason, in the order of the checks: what makes a figure of a drug fail, and its detail.
REASONS = (
    ("combination", None, {"arm_modality": "everolimus+octreotide"}),
    ("review", None, {"study_design": Design.POOLED_ANALYSIS}),
    ("not_main_figure", None, {"figure_kind": FigureKind.POOLED}),
    ("subgroup", None, {"subgroup": "of a kind that no table knows"}),
    ("other_tumours", None, {"study_population": Population.MIXED_LIVER_METASTASES}),
    ("other_grade", None, {"arm_grade_scope": GradeScope.NEC}),
    ("other_site", None, {"layer": "other"}),
    ("mostly_other_site", None, {"layer": "mixed", "arm_pct_pancreatic": 19.0}),
    ("control_arm", None, {"arm_reference_arm": ReferenceArm.YES}),
    ("retreatment", None, {"arm_line": Line.RETREATMENT}),
    ("later_line", None, {"arm_line": Line.LATER}),
    ("special", "all_comers", {"arm_chosen": chosen(beside=True)}),
    ("procedures_or_lesions", UnitOfN.LESIONS, {"unit_of_n": UnitOfN.LESIONS}),
    ("criteria", CriteriaClass.OTHER, {"criteria_class": CriteriaClass.OTHER}),
    ("counted_from_diagnosis", Origin.DIAGNOSIS, {"origin": Origin.DIAGNOSIS}),
    ("no_value", None, {"value": None}),
    ("to_verify", None, {"study_verify": "the n"}),
    ("not_prospective", None, {"study_design": Design.CASE_SERIES_RETROSPECTIVE}),
    ("derived", None, {"derived": "from parts"}),
)  # fmt: skip
STRICT = replace(
    DRUG,
    line="first",
    switches=Switches(unverified=False, prospective_only=True, derived=False),
)


def test_a_figure_without_a_fault_answers():
    for question in (DRUG, STRICT, LOCAL, SYMPTOMS):
        assert why_not(made(), question) is None


@pytest.mark.parametrize(("reason", "detail", "change"), REASONS)
def test_each_reason_and_what_it_names(reason, detail, change):
    assert why_not(made(**change), STRICT) == (reason, detail)


def test_of_two_reasons_the_first_is_said():
    for one, other in itertools.combinations(REASONS, 2):
        if set(one[2]) & set(other[2]):
            continue
        both = one[2] | other[2]
        # A grade that no arm of a site can have is said before its site, and so on down.
        assert why_not(made(**both), STRICT) == one[:2], (one[0], other[0])


@pytest.mark.parametrize(
    ("question", "change", "reason"),
    [
        # Whatever is no drug has no site, line or share of a site.
        (LOCAL, {"layer": "other"}, None),
        (LOCAL, {"layer": "other", "subgroup": "midgut"}, "other_site"),
        (LOCAL, {"layer": "mixed", "arm_pct_pancreatic": 1.0}, None),
        (replace(LOCAL, line="first"), {"arm_line": Line.LATER}, None),
        (LOCAL, {"arm_line": Line.RETREATMENT}, "retreatment"),
        # The line is asked of drugs: of every one for the first, of analogues for any.
        (DRUG, {"arm_line": Line.LATER}, None),
        (replace(DRUG, line="later"), {"arm_line": Line.LATER}, None),
        (replace(DRUG, line="first"), {"arm_line": Line.FIRST}, None),
        (replace(DRUG, treatment="ssa"), {"arm_line": Line.LATER}, "later_line"),
        (replace(DRUG, treatment="ssa", line="later"), {"arm_line": Line.LATER}, "later_line"),
        (replace(DRUG, treatment="ssa"), {"arm_line": Line.FIRST}, None),
        # The share of a site is looked at where the arm is mixed.
        (DRUG, {"layer": "mixed", "arm_pct_pancreatic": 20.0}, None),
        (DRUG, {"layer": "same", "arm_pct_pancreatic": 1.0}, None),
        (DRUG, {"layer": "near"}, None),
        (DRUG, {"layer": "mixed"}, None),
        (DRUG, {"arm_reference_arm": ReferenceArm.CONTROL}, None),
        (DRUG, {"arm_chosen": chosen(other_tumour=True)}, "other_tumours"),
        (DRUG, {"study_population": Population.MIXED_NET}, None),
        # An analogue in the background is no part of what is given together.
        (DRUG, {"arm_modality": "everolimus+octreotide", "arm_background": Background.SSA}, None),
        (DRUG, {"arm_modality": "octreotide+lanreotide", "arm_background": Background.SSA},
         "combination"),
        (DRUG, {"figure_kind": FigureKind.POOLED}, "not_main_figure"),
    ],
)  # fmt: skip
def test_whose_figure_answers_whom(question, change, reason):
    found = why_not(made(**change), question)
    assert (found and found[0]) == reason


@pytest.mark.parametrize(
    ("subgroup", "grade", "scope", "reason"),
    [
        (None, "G1-2", GradeScope.G1_2, None),
        ("midgut", "G1-2", GradeScope.G1_2, None),
        ("hepatic", "G1-2", GradeScope.G1_2, None),
        ("unknown", "G1-2", GradeScope.G1_2, "subgroup"),
        # The patient's grade in an arm of another; of one that fits the arm itself speaks.
        ("grade3", "G3_NET", GradeScope.NEC, None),
        ("grade3", "G3_NET", GradeScope.G3_NET, "subgroup"),
        ("grade3", "G1-2", GradeScope.NEC, "subgroup"),
        ("grade2", "G1-2", GradeScope.NEC, None),
        ("grade1", "G1-2", GradeScope.NOT_STATED, "subgroup"),
        ("poorly_differentiated", "NEC", GradeScope.MIXED, None),
        # A site of an arm of another grade is of that grade.
        ("midgut", "G1-2", GradeScope.NEC, "other_grade"),
        ("hepatic", "G3_NET", GradeScope.G1_2, "other_grade"),
    ],
)
def test_which_subgroup_answers(subgroup, grade, scope, reason):
    question = replace(LOCAL, site="any", grade=grade)
    found = why_not(made(subgroup=subgroup, arm_grade_scope=scope), question)
    assert found == (None if reason is None else (reason, None))


@pytest.mark.parametrize("together", [False, True])
def test_beside_the_other_arms_of_a_trial_more_answers(together):
    for change, reason in (
        ({"arm_modality": "everolimus+sunitinib"}, "combination"),
        ({"arm_reference_arm": ReferenceArm.YES}, "control_arm"),
    ):
        found = why_not(made(**change), DRUG, together=together)
        assert found == (None if together else (reason, None))
    assert why_not(made(arm_line=Line.RETREATMENT), DRUG, together=together)[0] == "retreatment"
    assert why_not(made(study_design=Design.POOLED_ANALYSIS), DRUG, together=together)


@pytest.mark.parametrize("unit", UnitOfN)
def test_what_a_share_is_of(unit):
    found = why_not(made(unit_of_n=unit), LOCAL)
    assert found == (None if unit is UnitOfN.PATIENTS else ("procedures_or_lesions", unit))


@pytest.mark.parametrize("judged", [*CriteriaClass, None])
def test_which_criteria_answer(judged):
    """By the table of classes, and only for what is judged by criteria."""
    known = judged or CriteriaClass.NOT_STATED
    for question in (DRUG, LOCAL):
        good = question.of.kind in criteria()[known].main
        found = why_not(made(criteria_class=judged), question)
        assert found == (None if good else ("criteria", known))
    assert why_not(made(criteria_class=judged), SYMPTOMS) is None
    switched = replace(DRUG, switches=Switches(unstated_criteria=False))
    stated = known is not CriteriaClass.NOT_STATED
    main = "drug" in criteria()[known].main
    assert (why_not(made(criteria_class=judged), switched) is None) is (stated and main)
    only = replace(DRUG, switches=Switches(recist_only=True))
    found = why_not(made(criteria_class=judged), only)
    assert found == (None if judged is CriteriaClass.RECIST else ("criteria", known))
    for switches in (Switches(recist_only=True), Switches(unstated_criteria=False)):
        assert why_not(made(criteria_class=judged), replace(SYMPTOMS, switches=switches)) is None


@pytest.mark.parametrize("origin", [*Origin, None])
def test_what_survival_is_counted_from(origin):
    bad = origin in (Origin.DIAGNOSIS, Origin.LIVER_METASTASES)
    found = why_not(made(origin=origin), MEDIAN)
    assert found == (("counted_from_diagnosis", origin) if bad else None)


@pytest.mark.parametrize(
    ("severity", "reason"),
    [(Severity.GRADE3PLUS, None), (Severity.ANY, "specific_harm"),
     (Severity.SPECIFIC, "specific_harm"), (None, "severity_not_stated")],
)  # fmt: skip
def test_which_severity_is_asked_for(severity, reason):
    found = why_not(made(severity=severity), MAJOR)
    assert found == (None if reason is None else (reason, None))
    # A death has no severity.
    assert why_not(made(severity=severity), HARM) is None


@pytest.mark.parametrize("design", Design)
def test_which_designs_are_prospective(design):
    question = replace(LOCAL, switches=Switches(prospective_only=True))
    found = why_not(made(study_design=design), question)
    if design is Design.POOLED_ANALYSIS:
        assert found == ("review", None)
        return
    assert found == (None if design in PROSPECTIVE else ("not_prospective", None))
    assert why_not(made(study_design=design), LOCAL) is None
    assert {"rct", "case_series_prospective"} == set(PROSPECTIVE)


@pytest.mark.parametrize(
    ("change", "switch", "reason"),
    [({"study_verify": "n"}, "unverified", "to_verify"), ({"derived": "d"}, "derived", "derived")],
)
def test_what_a_reader_switches_off(change, switch, reason):
    assert why_not(made(**change), LOCAL) is None
    off = replace(LOCAL, switches=Switches(**{switch: False}))
    assert why_not(made(**change), off) == (reason, None)
    assert why_not(made(), off) is None


# Figures as a question sees them


def evidence_of(*items, arms=()):
    rows = [one.row for one in items]
    study = {one.study.study_id: one.study for one in items}
    arm = {(one.row.study_id, one.row.arm_id): one.arm for one in items} | dict(arms)
    return SimpleNamespace(results=rows, study=study, arm=arm)


@pytest.mark.parametrize(
    ("n", "n_from", "arm_n", "expected"),
    [
        (12, NFrom.ROW, True, (12, False)), (12, NFrom.ARM, True, (12, False)),
        (None, NFrom.ARM, True, (44, True)), (None, NFrom.STUDY, True, (55, True)),
        (None, NFrom.NONE, True, (None, False)), (None, NFrom.ROW, True, (None, False)),
        (None, NFrom.ARM, False, (None, False)), (None, NFrom.STUDY, False, (None, False)),
    ],
)  # fmt: skip
def test_where_a_denominator_is_taken_from(n, n_from, arm_n, expected):
    one = made(n=n, n_from=n_from)
    question = replace(LOCAL, switches=Switches(arm_n=arm_n))
    found = item_of(evidence_of(one), one.row, question)
    assert (found.n, found.assumed) == expected
    assert found.value == 50.0


@pytest.mark.parametrize(
    ("value", "events", "n", "expected"),
    [(None, 3, 12, 25.0), (None, 0, 12, 0.0), (None, None, 12, None), (None, 3, None, None),
     (0.0, 3, 12, 0.0), (7.0, 3, 12, 7.0)],
)  # fmt: skip
def test_a_share_is_counted_where_it_is_not_printed(value, events, n, expected):
    one = made(n=n, value=value, events=events, n_from=NFrom.NONE)
    assert item_of(evidence_of(one), one.row, LOCAL).value == expected


@pytest.mark.parametrize(
    ("question", "subgroup", "site", "layer"),
    [
        (LOCAL, None, Site.PANCREAS, "same"), (LOCAL, None, Site.LUNG, "other"),
        (LOCAL, None, Site.MIXED, "mixed"), (LOCAL, "midgut", Site.PANCREAS, "other"),
        (LOCAL, "pancreatic", Site.LUNG, "same"), (LOCAL, "hepatic", Site.MIXED, "mixed"),
        # A harm of the whole arm is of every site, one of a part is of that part.
        (HARM, None, Site.LUNG, "same"), (HARM, "midgut", Site.PANCREAS, "other"),
        (replace(LOCAL, site="git"), None, Site.SMALL_BOWEL, "near"),
    ],
)  # fmt: skip
def test_how_a_figures_site_stands_to_the_patients(question, subgroup, site, layer):
    one = made(subgroup=subgroup, arm_site=site)
    assert item_of(evidence_of(one), one.row, question).layer == layer
    assert one.subgroup is (subgroup is not None)


def test_a_figure_that_answers_has_a_value():
    assert made(value=0.0).figure == 0.0
    assert made(value=12.5).figure == 12.5
    with pytest.raises(ValueError, match="without a value"):
        _ = made(value=None).figure


def test_a_figure_may_be_seen_as_of_another_arm():
    one = made()
    other = SimpleNamespace(**vars(one.arm) | {"site": Site.LUNG, "n": 9})
    whole = evidence_of(one, arms={("s", "b"): other}.items())
    assert item_of(whole, one.row, LOCAL).arm is one.arm
    assert item_of(whole, one.row, LOCAL, "b").arm is other
    assert item_of(whole, one.row, LOCAL, "b").layer == "other"


def test_figures_are_in_the_order_of_study_and_number():
    ids = ("b-002", "a-1000", "a-999", "b_x-y-001", "b-010")
    rows = [made(one.rpartition("-")[0], result_id=one).row for one in ids]
    assert [one.result_id for one in sorted(rows, key=in_order)] == [
        "a-999", "a-1000", "b-002", "b-010", "b_x-y-001",
    ]  # fmt: skip
    assert in_order(rows[0]) == ("b", 2)


def test_an_index_gives_each_figure_once_whatever_of_its_drugs_is_asked():
    key = (Outcome.OBJECTIVE_RESPONSE, Measure.PROPORTION, None)
    first, second = made("a").row, made("b").row
    found = Index(None, {(key, "x"): (second, first), (key, "y"): (first,)})
    assert found.of(key, ("x", "y")) == [first, second]
    assert found.of(key, ("y",)) == [first]
    assert found.of(key, ("z",)) == []


def test_the_index_holds_rates_by_their_time_and_no_comparisons(monkeypatch):
    monkeypatch.setattr(candidates_module, "with_derived", lambda rows: rows)
    kinds = (
        ("share", Measure.PROPORTION, 12.0, None), ("rate", Measure.RATE_AT, 60.0, None),
        ("months", Measure.MEDIAN_MONTHS, 5.0, None), ("against", Measure.PROPORTION, None, "b"),
    )  # fmt: skip
    items = []
    for name, measure, time, other in kinds:
        one = made(name, measure=measure, arm_modality="tae+tace")
        one.row.time_months, one.row.comparator_arm_id = time, other
        one.row.outcome = Outcome.OVERALL_SURVIVAL
        items.append(one)
    found = candidates_module.index.__wrapped__(evidence_of(*reversed(items)))
    held = {key: [row.study_id for row in rows] for key, rows in found.rows.items()}
    who = Outcome.OVERALL_SURVIVAL
    assert held == {
        ((who, measure, time), part): [name]
        for name, measure, time in (
            ("share", Measure.PROPORTION, None), ("rate", Measure.RATE_AT, 60.0),
            ("months", Measure.MEDIAN_MONTHS, None),
        )
        for part in ("tae", "tace")
    }  # fmt: skip


def test_candidates_are_those_without_a_reason_and_those_with():
    good, bad = made("a"), made("b", unit_of_n=UnitOfN.LESIONS)
    for one in (good, bad):
        one.row.time_months = None
    asked = LOCAL.asked
    rows = {((asked.outcome, asked.measure, asked.time_months), "tae"): (good.row, bad.row)}
    fit, left = candidates(Index(evidence_of(good, bad), rows), LOCAL)
    assert [one.study_id for one in fit] == ["a"]
    assert [(one.item.study_id, one.reason, one.detail) for one in left] == [
        ("b", "procedures_or_lesions", UnitOfN.LESIONS)
    ]


# One figure an arm, a study, a cohort


def preferred(one, other):
    """Whether the first speaks for the arm, in whichever order they come."""
    found = set()
    for pair in ((one, other), (other, one)):
        kept, left = one_per_arm(pair)
        assert len(kept) == len(left) == 1
        assert left[0].reason == "same_arm"
        assert left[0].detail == kept[0].row.result_id
        assert {id(kept[0]), id(left[0].item)} == {id(one), id(other)}
        found.add(kept[0] is one)
    assert len(found) == 1, "the order decides"
    return found.pop()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # With a number of patients before none, whatever else.
        ({"n": 5, "subgroup": "x", "layer": "other"}, {"n": None}),
        # The own site before a near one, before the whole arm, before any other part.
        ({"subgroup": "x", "layer": "same"}, {"subgroup": "x", "layer": "near", "n": 99}),
        ({"subgroup": "x", "layer": "near"}, {"n": 99}),
        ({"layer": "other"}, {"subgroup": "x", "layer": "mixed", "n": 99}),
        ({"layer": "same"}, {"subgroup": "x", "layer": "mixed", "n": 99}),
        ({"subgroup": "x", "layer": "mixed"}, {"subgroup": "x", "layer": "other", "n": 99}),
        # Named criteria before none named, before the others.
        ({"criteria_class": WHO}, {"criteria_class": NOT_STATED, "n": 99}),
        ({"criteria_class": NOT_STATED}, {"criteria_class": CriteriaClass.OTHER, "n": 99}),
        ({"criteria_class": None}, {"criteria_class": NOT_STATED, "n": 99}),
        # What is judged by no criteria stands beside what is judged by the best.
        ({"criteria_class": None, "n": 41}, {"criteria_class": WHO, "n": 40}),
        ({"criteria_class": WHO, "n": 41}, {"criteria_class": None, "n": 40}),
        # Then most patients, then the source.
        ({"n": 41, "source": "z"}, {"n": 40, "source": "a"}),
        ({"source": "a"}, {"source": "b"}),
        ({"n": None, "source": "a"}, {"n": None, "source": "b"}),
    ],
)  # fmt: skip
def test_which_figure_speaks_for_an_arm(one, other):
    first, second = made(result_id="s-001", **one), made(result_id="s-002", **other)
    assert preferred(first, second)


def test_arms_inside_another_arm_are_left_to_it():
    whole, part = made(arm_id="w"), made(arm_id="p", arm_part_of="w")
    alone = made(arm_id="q", arm_part_of="gone")
    foreign = made("t", arm_id="p", arm_part_of="w")
    kept, left = one_per_arm([part, whole, alone, foreign])
    assert kept == [whole, alone, foreign]
    assert [(one.item, one.reason, one.detail) for one in left] == [
        (part, "part_of_another_arm", "w")
    ]


def test_studies_stand_in_the_order_of_their_ids_with_their_arms_together():
    items = [
        made("b", arm_id="x", n=10, value=20.0),
        made("a"),
        made("b", arm_id="y", n=30, value=40.0),
    ]
    first, second = one_per_study(items)
    assert (first.study_id, second.study_id) == ("a", "b")
    assert second.items == (items[0], items[2])
    assert (second.n, second.value) == (40, 35.0)
    assert (second.events, second.size) == (2 + 12, 40)
    assert second.first is items[0]
    assert second.row is items[0].row
    assert first.y is None
    # An arm without a number of patients says nothing beside one that has it.
    mixed = one_per_study([made("c", n=None, value=90.0), made("c", n=10, value=20.0)])[0]
    assert (mixed.n, mixed.value, len(mixed.items)) == (10, 20.0, 1)
    none = one_per_study([made("c", n=None, value=30.0), made("c", n=None, value=90.0)])[0]
    assert (none.n, none.value, len(none.items)) == (None, 30.0, 2)
    assert (none.events, none.size) == (None, None)
    assumed = one_per_study([made("d", assumed=True), made("d", arm_id="z")])[0]
    assert assumed.assumed
    assert not first.assumed


def test_medians_of_arms_are_put_together_by_their_precision():
    months = {"measure": Measure.MEDIAN_MONTHS}
    printed = made("a", value=20.0, n=30, ci_low=15.0, ci_high=27.0, **months)
    bare = made("a", arm_id="b", value=40.0, n=60, **months)
    v = [(math.log(27 / 15) / (2 * 1.96)) ** 2, 1.49**2 / 60]
    assert [variance_of(printed), variance_of(bare)] == pytest.approx(v)
    (found,) = one_per_study([printed, bare])
    w = [1 / one for one in v]
    y = (w[0] * math.log(20) + w[1] * math.log(40)) / sum(w)
    assert (found.y, found.v) == pytest.approx((y, 1 / sum(w)))
    assert found.value == pytest.approx(math.exp(y))
    assert (found.n, found.events, found.size) == (90, None, None)
    # One arm's stays as printed; without any precision the logs have one weight each.
    (alone,) = one_per_study([made("a", value=20.1, **months)])
    assert alone.value == 20.1
    nobody = [made("a", n=None, value=one, arm_id=str(one), **months) for one in (10.0, 40.0)]
    (none,) = one_per_study(nobody)
    assert (none.n, none.v) == (None, None)
    assert none.value == pytest.approx(20.0)
    half = made("a", n=None, value=20.0, ci_low=10.0, ci_high=None, **months)
    assert variance_of(half) is None
    assert variance_of(made("a", n=None, ci_low=10.0, ci_high=30.0, **months)) > 0
    assert variance_of(made("a", n=25, ci_low=0.0, ci_high=30.0, **months)) == 1.49**2 / 25


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        # As printed for a share; else the share of those it amounts to, rounded.
        ({"events": 7, "n": 40, "value": 50.0}, 7), ({"events": 0, "n": 40, "value": 50.0}, 0),
        ({"n": 40, "value": 51.0}, 20), ({"n": 40, "value": 51.3}, 21),
        ({"n": 40, "value": 0.0}, 0), ({"n": 40, "value": 100.0}, 40),
        ({"events": 7, "n": 40, "value": 50.0, "measure": Measure.RATE_AT}, 16),
        ({"n": 50, "value": 60.0, "measure": Measure.RATE_AT}, 24),
    ],
)  # fmt: skip
def test_events_of_a_figure(row, expected):
    assert events_of(made(**row)) == expected


def test_events_are_taken_from_a_row_that_counts_its_own_patients():
    counted = made(events=7, value=50.0, n=40)
    counted.row.n = None
    assert events_of(counted) == 20, "its denominator is the arm's"
    assert size_of(made(n=None)) == 1


def test_of_a_cohort_one_study_speaks():
    def report(name, n, year):
        one = made(name, n=n, study_cohort_of="c", study_year=year)
        return Reported((one,), 50.0, n)

    def first(*studies):
        kept = []
        for order in itertools.permutations(studies):
            found, left = one_per_cohort(order, LOCAL)
            assert [(one.reason, one.detail) for one in left] == [
                ("same_cohort", found[0].study_id)
            ] * (len(studies) - 1)
            assert {one.item.study_id for one in left} == {one.study_id for one in studies} - {
                found[0].study_id
            }
            kept.append([one.study_id for one in found])
        assert all(one == kept[0] for one in kept)
        return kept[0]

    assert first(report("b", 41, 2001), report("a", 40, 2020)) == ["b"]
    assert first(report("b", 40, 2021), report("a", 40, 2020)) == ["b"]
    assert first(report("b", 40, 2020), report("a", 40, 2020)) == ["a"]
    assert first(report("b", 1, None), report("a", None, 2020)) == ["b"]
    assert first(report("b", 40, 1), report("a", 40, None)) == ["b"]
    assert first(report("c", None, 2020), report("a", None, 2021), report("b", None, 2021)) == ["a"]
    # Studies of no cohort stand by themselves, in the order they came.
    alone = [Reported((made(name),), 50.0, 40) for name in "ba"]
    assert one_per_cohort(alone, LOCAL) == (alone, [])


def test_a_cohort_and_a_study_of_one_name_are_two():
    study = SimpleNamespace(study_id="x", cohort_of=None, cohort_basis=None)
    cohort = SimpleNamespace(study_id="y", cohort_of="x", cohort_basis=CohortBasis.PRINTED)
    assert cohort_key(study, LOCAL) != cohort_key(cohort, LOCAL)


# How wide around the patient


def wide(*items, question=DRUG):
    width, found = narrowest(list(items), question)
    assert all(one in items for one in found)
    return width, [one.study_id for one in found]


def several(layer, names, n=20, **more):
    return [made(name, layer, n, **more) for name in names]


def test_the_narrowest_set_that_carries_a_figure():
    same, near = several("same", "abc"), several("near", "de", n=90)
    mixed = several("mixed", "f", n=900)
    assert wide(*mixed, *near, *same) == ("this_site", ["a", "b", "c"])
    # Two studies of the site are too few: its neighbour's too, or all.
    assert wide(*same[:2], *near) == ("neighbouring_site", ["a", "b", "d", "e"])
    assert wide(*same[:2], near[0], *mixed) == ("neighbouring_site", ["a", "b", "d"])
    assert wide(*same[:1], near[0], *mixed) == ("mixed_sites", ["a", "d", "f"])
    assert wide(*near, *several("near", "g", n=1)) == ("neighbouring_site", ["d", "e", "g"])
    assert wide(*mixed) == ("mixed_sites", ["f"])
    assert wide() == ("mixed_sites", [])
    # Figures of one study are one; patients who are not counted are none.
    assert wide(*several("same", "aab", n=50))[0] == "mixed_sites"
    assert wide(*several("same", "abc", n=None))[0] == "mixed_sites"
    uncounted = several("same", "c", n=None)
    assert wide(*several("same", "ab", n=30), *uncounted)[0] == "this_site"
    assert wide(*several("same", "a", n=30), *several("same", "b", n=29), *uncounted)[0] == (
        "mixed_sites"
    )


@pytest.mark.parametrize("n", [None, 49, 50, 51])
@pytest.mark.parametrize("layer", ["same", "near", "mixed"])
def test_a_randomised_arm_of_fifty_carries_a_site_alone(n, layer):
    width = {"same": "this_site", "near": "neighbouring_site", "mixed": "mixed_sites"}[layer]
    enough = n is not None and n >= 50
    trial = made("t", layer, n, study_design=Design.RCT)
    assert wide(trial)[0] == (width if enough else "mixed_sites")
    assert wide(made("t", layer, n))[0] == "mixed_sites"
    # One such arm is enough, whatever stands beside it.
    small = made("u", layer, 5)
    assert wide(trial, small)[0] == wide(small, trial)[0] == (width if enough else "mixed_sites")


@pytest.mark.parametrize(
    ("question", "width"),
    [(DRUG, "this_site"), (replace(DRUG, site="any"), "all_sites"), (LOCAL, "all_sites"),
     (replace(DRUG, outcome="mortality_30d"), "all_sites")],
)  # fmt: skip
def test_whose_site_is_asked(question, width):
    found = wide(*several("same", "abc"), *several("other", "d"), question=question)
    assert found == (width, list("abcd") if width == "all_sites" else list("abc"))


def selected(items, question):
    """The selection among these figures."""
    for one in items:
        one.row.time_months = None
    asked = question.asked
    key = (asked.outcome, asked.measure, asked.time_months)
    modality = question.of.modalities[0]
    rows = {(key, modality): tuple(one.row for one in items)}
    return select(question, Index(evidence_of(*items), rows))


def test_what_a_narrower_choice_leaves_aside_is_named():
    items = [
        made(name, value=v, arm_site=site, arm_modality="everolimus")
        for name, v, site in (("a", 10.0, Site.PANCREAS), ("b", 20.0, Site.PANCREAS),
                              ("c", 30.0, Site.PANCREAS), ("d", 40.0, Site.MIXED))
    ]  # fmt: skip
    found = selected(items, DRUG)
    assert found.width == "this_site"
    assert [one.study_id for one in found.studies] == ["a", "b", "c"]
    assert [one.study_id for one in found.items] == ["a", "b", "c"]
    assert [(one.item.study_id, one.reason) for one in found.left_out] == [("d", "wider_site")]
    assert not found.later_line
    assert [one.item.study_id for one in found.beside] == ["d"]


@pytest.mark.parametrize(
    ("treatment", "lines", "later"),
    [
        ("everolimus", (Line.LATER, Line.LATER), True),
        ("everolimus", (Line.LATER, Line.FIRST), False),
        ("everolimus", (Line.FIRST,), False),
        ("everolimus", (), False),
        ("ssa", (Line.LATER,), False),
    ],
)
def test_a_later_line_speaks_where_nothing_else_does(treatment, lines, later):
    question = Question(treatment, "objective_response", line="first")
    items = [made(f"s{n}", arm_line=line) for n, line in enumerate(lines)]
    found = selected(items, question)
    assert found.later_line is later
    speaks = [n for n, line in enumerate(lines) if later or line is not Line.LATER]
    assert [one.study_id for one in found.studies] == [f"s{n}" for n in speaks]
    assert [one.item.study_id for one in found.left_out] == [
        f"s{n}" for n in range(len(lines)) if n not in speaks
    ]
    assert {one.reason for one in found.left_out} <= {"later_line"}


def test_what_else_is_left_out_stays_left_out_in_a_later_line():
    question = Question("everolimus", "objective_response", line="first")
    items = [made("a", arm_line=Line.LATER), made("b", unit_of_n=UnitOfN.CYCLES)]
    found = selected(items, question)
    assert [one.study_id for one in found.studies] == ["a"]
    assert [(one.item.study_id, one.reason) for one in found.left_out] == [
        ("b", "procedures_or_lesions")
    ]


@pytest.mark.parametrize("reason", sorted(BESIDE))
@pytest.mark.parametrize("value", [0.0, 30.0, None])
def test_what_stands_beside_has_a_figure(reason, value):
    left = (LeftOut(made(value=value), reason), LeftOut(made(value=1.0), "review"))
    found = Selection(LOCAL, (), (), left, "all_sites", False)
    assert found.beside == (left[:1] if value is not None else ())


def test_the_reasons_that_keep_a_figure_beside_are_those_written_down():
    assert {
        "special", "criteria", "procedures_or_lesions", "retreatment", "later_line", "wider_site",
        "counted_from_diagnosis", "severity_not_stated",
    } == BESIDE  # fmt: skip


# What is told of a cell


def test_figures_beside_stand_by_reason_and_by_what_they_were_chosen_for():
    left = (
        LeftOut(made("a", value=30.0), "special", "milan"),
        LeftOut(made("b", value=10.0), "special", "milan"),
        LeftOut(made("c", value=20.0), "special", "after_prrt"),
        LeftOut(made("d", value=5.0), "procedures_or_lesions", "cycles"),
        LeftOut(made("e", value=6.0), "procedures_or_lesions", "lesions"),
        LeftOut(made("f", value=7.0), "wider_site"),
        LeftOut(made("g", value=None), "special", "milan"),
        LeftOut(made("h", value=8.0), "counted_from_diagnosis", "diagnosis"),
    )
    selection = Selection(LOCAL, (), (), left, "all_sites", False)
    assert [(one.reason, one.detail, one.range, one.k) for one in beside_of(selection)] == [
        ("counted_from_diagnosis", None, (8.0, 8.0), 1),
        ("procedures_or_lesions", None, (5.0, 6.0), 2),
        ("special", "after_prrt", (20.0, 20.0), 1),
        ("special", "milan", (10.0, 30.0), 2),
        ("wider_site", None, (7.0, 7.0), 1),
    ]
    cell = cell_of(selection)
    assert [one.reason for one in cell.beside] == [
        "counted_from_diagnosis", "procedures_or_lesions", "special", "special",
    ]  # fmt: skip
    assert (cell.wider.reason, cell.wider.range) == ("wider_site", (7.0, 7.0))
    assert cell_of(replace(selection, left_out=left[:3])).wider is None
    assert cell.told.left_out == (
        ("special:milan", 3), ("procedures_or_lesions", 2), ("counted_from_diagnosis", 1),
        ("special:after_prrt", 1), ("wider_site", 1),
    )  # fmt: skip


def reports(*rows, question=LOCAL, width="this_site", later=True):
    items = [made(f"s{n}", **row) for n, row in enumerate(rows)]
    studies = tuple(one_per_study(items))
    return Selection(question, studies, tuple(items), (), width, later)


def test_what_is_told_counts_the_commonest_first_then_by_name():
    chosen_of = reports(
        {"arm_selection": "b", "arm_line": Line.FIRST, "criteria_class": None},
        {"arm_selection": "c", "arm_line": Line.ANY, "criteria_class": CriteriaClass.WHO,
         "arm_scope": "netlm"},
        {"arm_selection": "b", "arm_line": Line.ANY, "criteria_class": CriteriaClass.WHO},
        {"arm_selection": "a", "arm_line": Line.LATER, "criteria_class": CriteriaClass.RECIST},
    )  # fmt: skip
    told = told_of(chosen_of, 2, 1)
    assert told.selection == (("b", 2), ("a", 1), ("c", 1))
    assert told.line == (("any", 2), ("first", 1), ("later", 1))
    assert told.scope == (("not_stated", 3), ("netlm", 1))
    assert told.criteria == (("who", 2), ("not_stated", 1), ("recist", 1))
    assert (told.range_only, told.n_of_arm, told.width, told.later_line) == (
        2,
        1,
        "this_site",
        True,
    )
    assert told.left_out == ()
    # Of what is not judged by criteria none are told.
    assert told_of(replace(chosen_of, question=SYMPTOMS), 0, 0).criteria == ()


def test_a_cell_counts_its_studies_those_weighted_and_their_patients():
    found = cell_of(
        reports(
            {"n": 40, "value": 50.0, "assumed": True}, {"n": 9, "value": 10.0},
            {"n": None, "value": 90.0}, {"n": 60, "value": 55.0, "study_design": Design.RCT},
            {"n": 60, "value": 52.0, "assumed": True},
        )
    )  # fmt: skip
    assert (found.k, found.k_with_n, found.n) == (5, 3, 160)
    assert found.range == (10.0, 90.0)
    # Of two of sixty the later id.
    assert found.largest.study_id == "s4"
    assert [one.study_id for one in found.randomised] == ["s3"]
    assert (found.told.range_only, found.told.n_of_arm) == (2, 2)
    assert found.form == "pooled"
    assert found.ci is not None
    empty = cell_of(reports())
    assert (empty.form, empty.value, empty.ci, empty.range, empty.largest) == (
        "none", None, None, None, None,
    )  # fmt: skip
    assert (empty.k, empty.k_with_n, empty.n) == (0, 0, 0)
    two = cell_of(reports({"n": 40}, {"n": 50, "value": 60.0}))
    assert (two.form, two.value, two.ci, two.prediction) == ("range", None, None, None)
    one = cell_of(reports({"n": None, "value": 33.0}))
    assert (one.form, one.value, one.ci, one.n) == ("single", 33.0, None, 0)


def test_a_line_taken_away_says_what_it_contradicts():
    found = cell_of(reports(*({"n": 60, "value": v} for v in (50.0, 55.0, 52.0, 54.0))))
    assert found.value is not None
    gone = without_line(replace(found, flags=(("x", None),)), "other")
    assert (gone.form, gone.value, gone.ci, gone.prediction) == ("range", None, None, None)
    assert gone.flags == (("x", None), ("contradicts", "other"))
    assert (gone.k, gone.range, gone.studies) == (found.k, found.range, found.studies)


def test_numbers_of_a_cell_have_the_digits_that_its_patients_carry():
    found = cell_of(reports({"n": 40}))
    assert found.text(9.96) == "10"
    assert replace(found, n=1000).text(9.94) == "9.9"
    assert not found.months
    assert replace(found, question=MEDIAN).months
    assert replace(found, question=MEDIAN).text(9.94) == "9.9"


# Which studies are weighted


@pytest.mark.parametrize(
    ("question", "least"), [(LOCAL, 10), (SYMPTOMS, 10), (HARM, 1), (MEDIAN, 1), (RATE, 1)]
)
def test_patients_that_a_study_needs(question, least):
    assert least_patients(question.asked) == least
    studies = [Reported((made(f"s{n}"),), 50.0, n, v=0.1) for n in (0, 1, 9, 10, 11)]
    studies.append(Reported((made("x"),), 50.0, None, v=0.1))
    wanted = [n for n in (1, 9, 10, 11) if n >= least]
    assert [one.n for one in usable(studies, question.asked)] == wanted


@pytest.mark.parametrize("v", [None, 0.0, 0.1])
def test_a_median_without_a_variance_is_not_weighted(v):
    study = Reported((made(),), 20.0, 40, y=math.log(20), v=v, events=20, size=40)
    assert bool(usable([study], MEDIAN.asked)) is bool(v)
    assert usable([study], LOCAL.asked) == [study]
    interval = own_interval(study, MEDIAN.asked)
    assert (interval is None) is (not v)
    if v:
        half = 1.96 * math.sqrt(v)
        assert interval == pytest.approx((20 * math.exp(-half), 20 * math.exp(half)))
    assert own_interval(replace(study, events=None), LOCAL.asked) is None
    assert own_interval(replace(study, size=None), LOCAL.asked) is None
    assert own_interval(replace(study, y=None), MEDIAN.asked) is None


def test_every_treatment_but_the_analogues_may_be_of_a_later_line():
    assert {name for name, one in treatments().items() if not one.later_line} == {"ssa"}
