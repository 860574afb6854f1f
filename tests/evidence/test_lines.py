"""Every fault between cells and rows of the evidence, whole: file, line, column, value, sentence.

One study, one arm and one figure without a fault; each case changes a cell or two and names all
faults that follow, and no others. Both sides of each limit are in ``test_boundaries.py``.
"""

import pytest

from hilum.evidence import Evidence
from hilum.evidence.check import P_VALUE, check_evidence
from hilum.evidence.codes import (
    Background,
    CohortBasis,
    CriteriaClass,
    GradeScope,
    Line,
    NFrom,
    Nuclide,
    Origin,
    ReferenceArm,
    Scope,
    Severity,
    Site,
    UnitOfN,
)
from hilum.evidence.vocabulary import Design, FigureKind, Measure, Outcome, Population

S, A, R = "studies.csv", "arms.csv", "results.csv"
SHARE = {"measure": Measure.PROPORTION, "time_months": None}
MONTHS = {"measure": Measure.MEDIAN_MONTHS, "time_months": None}
RESPONSE = SHARE | {"outcome": Outcome.OBJECTIVE_RESPONSE, "criteria_class": CriteriaClass.WHO}
RADIO = {"modality": "tare_resin", "nuclide": Nuclide.Y90}


@pytest.fixture(scope="module")
def told(evidence):
    """All faults of studies, arms and rows that differ from good ones as given."""
    study = evidence.studies[0].model_copy(
        update={
            "study_id": "made", "cohort_of": None, "cohort_basis": None, "verify": None,
            "year": 2010, "enrol_start": 2000, "enrol_end": 2005, "n_patients": 100, "pmid": None,
            "pmcid": None, "doi": None, "design": Design.CASE_SERIES_PROSPECTIVE,
            "population": Population.NETLM,
        }
    )  # fmt: skip
    arm = evidence.arms[0].model_copy(
        update={
            "study_id": "made", "arm_id": "all", "modality": "tae", "n": 100,
            "site": Site.NOT_STATED, "pct_pancreatic": None, "pct_small_bowel": None,
            "pct_grade1": None, "pct_grade2": None, "pct_grade3": None,
            "grade_scope": GradeScope.NOT_STATED, "selection": "not_stated", "part_of": None,
            "description": None, "notes": None, "background": None, "nuclide": None,
            "line": Line.NOT_STATED, "reference_arm": None, "scope": Scope.NETLM,
        }
    )  # fmt: skip
    row = evidence.results[0].model_copy(
        update={
            "study_id": "made", "arm_id": "all", "comparator_arm_id": None, "subgroup": None,
            "outcome": Outcome.OVERALL_SURVIVAL, "criteria": None, "measure": Measure.RATE_AT,
            "figure_kind": FigureKind.ESTIMATE, "time_months": 60.0, "events": None, "n": 50,
            "value": 50.0, "ci_low": None, "ci_high": None, "p_value": None, "locator": "p. 1",
            "derived": None, "notes": None, "criteria_class": None, "unit_of_n": UnitOfN.PATIENTS,
            "n_from": NFrom.ROW, "origin": None, "severity": None,
        }
    )  # fmt: skip

    def of(studies=({},), arms=({},), rows=({},), version=2, unread=frozenset()):
        made = Evidence(
            tuple(study.model_copy(update={"row": n} | one) for n, one in enumerate(studies, 2)),
            tuple(arm.model_copy(update={"row": n} | one) for n, one in enumerate(arms, 2)),
            tuple(
                row.model_copy(update={"row": n, "result_id": f"made-{n:03}"} | one)
                for n, one in enumerate(rows, 2)
            ),
            version,
            unread,
        )
        return [(f.file, f.row, f.column, f.value, str(f.expected)) for f in check_evidence(made)]

    assert of() == []
    return of


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"enrol_start": 2006}, [("enrol_start", "2006", "a year not after enrol_end (2005)")]),
        ({"enrol_start": None, "enrol_end": 2011},
         [("enrol_end", "2011", "a year not after publication (2010)")]),
        ({"enrol_start": 2012, "enrol_end": 2011},
         [("enrol_start", "2012", "a year not after enrol_end (2011)"),
          ("enrol_end", "2011", "a year not after publication (2010)")]),
        ({"enrol_end": None}, []), ({"enrol_start": None}, []), ({"year": None}, []),
        ({"verify": "no"}, [("verify", "no", "'yes' or empty")]), ({"verify": "yes"}, []),
        ({"cohort_of": "c"}, [("cohort_basis", "", "printed, inferred or known where cohort_of is "
                               "given")]),
        ({"cohort_basis": CohortBasis.KNOWN},
         [("cohort_basis", "known", "empty without a cohort_of")]),
        ({"cohort_of": "c", "cohort_basis": CohortBasis.KNOWN}, []),
    ],
)  # fmt: skip
def test_a_study(told, change, faults):
    assert told(studies=[change]) == [(S, 2, *one) for one in faults]


def test_studies_beside_each_other(told):
    other = {"study_id": "other"}
    arms = [{}, {"study_id": "other"}]
    assert told([{}, other], arms) == []
    assert told([{}, other]) == [(S, 3, "study_id", "other", "at least one arm in arms.csv")]
    unread = frozenset({("other", "a")})
    assert told([{}, other], unread=unread) == []
    assert told([{}, other], unread=frozenset({("other", "")})) != []
    said = "an id not used before (line 2)"
    assert told([{}, {}, {}]) == [(S, n, "study_id", "made", said) for n in (3, 4)]
    same = "an id that made does not have: one study under two ids"
    for column, one, again in (
        ("pmid", "12", "12"), ("pmcid", "PMC1", "pmc1"), ("doi", "10.1/A", "10.1/a"),
    ):  # fmt: skip
        assert told([{column: one}, other | {column: again}], arms) == [(S, 3, column, again, same)]
        assert told([{column: one}, other | {column: "9"}], arms) == []
    assert told([{"pmid": "12"}, other | {"doi": "12"}], arms) == []
    three = [{"pmid": "1"}, other | {"pmid": "1"}, {"study_id": "z", "pmid": "1"}]
    found = told(three, [*arms, {"study_id": "z"}])
    assert found == [(S, 3, "pmid", "1", same), (S, 4, "pmid", "1", same)]


def percent(of):
    return {"pct_pancreatic": of}


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"site": Site.LUNG, **percent(90.0)},
         [("site", "lung", "pancreas, with 90 % pancreatic")]),
        ({"site": Site.PANCREAS, **percent(79.5)},
         [("site", "pancreas", "another site, with 79.5 % pancreatic")]),
        ({"site": Site.SMALL_BOWEL, "pct_small_bowel": 79.5},
         [("site", "small_bowel", "another site, with 79.5 % of the small bowel")]),
        ({"site": Site.SMALL_BOWEL, **percent(21.0)},
         [("site", "small_bowel", "another site, with 21 % pancreatic")]),
        ({"site": Site.SMALL_BOWEL, "pct_small_bowel": 5.0, **percent(95.0)},
         [("site", "small_bowel", "pancreas, with 95 % pancreatic"),
          ("site", "small_bowel", "another site, with 5 % of the small bowel"),
          ("site", "small_bowel", "another site, with 95 % pancreatic")]),
        ({"site": Site.PANCREAS, "pct_small_bowel": 1.0}, []),
        ({"site": Site.LUNG, "pct_small_bowel": 99.0}, []),
        ({"grade_scope": GradeScope.NEC, "pct_grade1": 15.5, "pct_grade2": 6.0},
         [("grade_scope", "NEC", "mixed, with 21.5 % of grade 1 or 2")]),
        ({"grade_scope": GradeScope.G1_2, "pct_grade3": 20.5},
         [("grade_scope", "G1-2", "mixed, with 20.5 % of grade 3")]),
        ({"grade_scope": GradeScope.NEC, "pct_grade3": 90.0}, []),
        ({"grade_scope": GradeScope.G1_2, "pct_grade1": 90.0}, []),
        ({"grade_scope": GradeScope.G3_NET, "pct_grade1": 90.0, "pct_grade3": 5.0}, []),
        ({"grade_scope": GradeScope.G1_2, "selection": "g3_nen"},
         [("selection", "g3_nen", "a selection of grade 1-2, as grade_scope says")]),
        ({"grade_scope": GradeScope.MIXED, "selection": "g3_nen"}, []),
        ({"pct_grade1": 60.0, "pct_grade2": 41.0, "pct_grade3": 0.6},
         [("pct_grade1", "60 + 41 + 0.6", "grades that sum to 100 at most")]),
        ({"pct_grade1": 60.0, "pct_grade2": 0.0, "pct_grade3": 50.5},
         [("pct_grade1", "60 + 50.5", "grades that sum to 100 at most")]),
        ({"background": Background.SSA}, [("background", "ssa", "an analogue in the modality")]),
        ({"background": Background.SSA, "modality": "tae+octreotide"}, []),
        ({"modality": "tare_resin"}, [("nuclide", "", "one of y90 for tare_resin")]),
        ({**RADIO, "nuclide": Nuclide.LU177}, [("nuclide", "lu177", "one of y90 for tare_resin")]),
        (RADIO, []), ({**RADIO, "modality": "tae+tare_resin"}, []),
        ({"modality": "tare_y90"}, []), ({"modality": "prrt_lu177"}, []),
        ({"modality": "octreotide+prrt_lu177"}, []), ({"modality": "mibg_i131"}, []),
        ({"modality": "prrt_mixed"}, [("nuclide", "", "one of not_stated for prrt_mixed")]),
        ({"modality": "prrt_lu177+tare_resin"},
         [("nuclide", "", "one of lu177, y90 for prrt_lu177+tare_resin")]),
        ({"modality": "tare_y90", "nuclide": Nuclide.LU177},
         [("nuclide", "lu177", "one of y90 for tare_y90")]),
        ({"nuclide": Nuclide.Y90}, []),
        ({"line": Line.FIRST, "selection": "after_platinum"},
         [("line", "first", "later, with the selection 'after_platinum'")]),
        ({"line": Line.LATER, "selection": "first_line"},
         [("line", "later", "first, with the selection 'first_line'")]),
        ({"line": Line.RETREATMENT, "selection": "first_line"},
         [("line", "retreatment", "first, with the selection 'first_line'")]),
        ({"line": Line.FIRST, "reference_arm": ReferenceArm.YES},
         [("line", "first", "later: reference_arm says that its drug had failed before")]),
        ({"line": Line.FIRST, "reference_arm": ReferenceArm.CONTROL}, []),
        ({"line": Line.LATER, "reference_arm": ReferenceArm.YES}, []),
        ({"line": Line.FIRST, "selection": "first_line"}, []),
        ({"line": Line.LATER, "selection": "after_platinum"}, []),
        ({"line": Line.RETREATMENT, "selection": "after_platinum"}, []),
        ({"line": Line.ANY, "selection": "after_platinum"}, []),
        ({"part_of": "all"}, [("part_of", "all", "another arm of the same study")]),
        ({"part_of": "gone"}, [("part_of", "gone", "another arm of the same study")]),
        ({"scope": Scope.LOCALISED},
         [("scope", "localised",
           "patients with liver metastases, as the study's population says")]),
        ({"scope": Scope.METASTATIC}, []),
        ({"n": 121}, [("n", "121", "at most the study's 100 patients")]),
        ({"n": 121, "description": "by procedure"}, []), ({"n": 121, "notes": "evaluation"}, []),
        ({"n": 121, "notes": "something"}, [("n", "121", "at most the study's 100 patients")]),
        ({"n": None}, []),
    ],
)  # fmt: skip
def test_an_arm(told, change, faults):
    assert told(arms=[change], rows=[{"n": 50}]) == [(A, 2, *one) for one in faults]


def test_a_carcinoma_chosen_by_grade_3(told):
    from hilum.evidence.codes import selections

    name = next(code for code, one in selections().items() if one.grade == "grade3")
    other = next(code for code, one in selections().items() if one.grade == "nec")
    said = "a selection of carcinomas, as grade_scope says"
    arm = {"grade_scope": GradeScope.NEC, "selection": name, "line": Line.NOT_STATED}
    assert told(arms=[arm]) == [(A, 2, "selection", name, said)]
    assert told(arms=[arm | {"selection": other}]) == []
    assert told(arms=[arm | {"grade_scope": GradeScope.G3_NET}]) == []


def test_arms_beside_each_other(told):
    part = {"arm_id": "part", "part_of": "all"}
    assert told(arms=[{}, part]) == []
    assert told(arms=[{}, {}, {}]) == [
        (A, n, "arm_id", "all", "an arm not described before (line 2)") for n in (3, 4)
    ]
    assert told(arms=[{"n": 99}, part | {"n": 100}]) == [
        (A, 3, "part_of", "all", "an arm of at least 100 patients, not 99")
    ]
    for ns in ((None, 100), (99, None)):
        assert told(arms=[{"n": ns[0]}, part | {"n": ns[1]}]) == []
    both = told(arms=[{"part_of": "part"}, part])
    assert both == [
        (A, 2, "part_of", "part", "an arm that is not itself part of all"),
        (A, 3, "part_of", "all", "an arm that is not itself part of part"),
    ]
    gone = {"arm_id": "part", "part_of": "gone"}
    assert told(arms=[{}, gone], unread=frozenset({("made", "gone")})) == []
    assert told(arms=[{}, gone], unread=frozenset({("other", "gone")})) != []
    # An arm without its study; its row has none either.
    lost = {"study_id": "mad", "arm_id": "x", "n": 999, "scope": Scope.LOCALISED}
    assert told(arms=[{}, lost]) == [
        (A, 3, "study_id", "mad", "an id of studies.csv; nearest: 'made'")
    ]
    assert told(arms=[{}, lost], unread=frozenset({("mad", "")})) == []
    mixed = [{"population": Population.MIXED_NET}]
    assert told(mixed, [{"scope": Scope.LOCALISED}]) == []
    assert told([{"n_patients": None}], [{"n": 999}]) == []


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"time_months": None}, [("time_months", "", "the time of the rate, in months")]),
        (MONTHS, []), (SHARE | {"outcome": Outcome.MORTALITY_30D}, []),
        ({"events": 51}, [("events", "51", "at most n (50)")]), ({"events": 3}, []),
        ({"events": 999, "n": None, "n_from": NFrom.NONE}, []),
        (RESPONSE | {"events": 20, "value": 50.0},
         [("value", "50", "about 40.0 percent (20/50)")]),
        (RESPONSE | {"events": 25}, []), (RESPONSE | {"events": 20, "value": None}, []),
        (RESPONSE | {"events": 20, "n": None, "n_from": NFrom.NONE}, []),
        ({"value": -0.5}, [("value", "-0.5", "a percentage from 0 to 100")]),
        ({"value": 100.5}, [("value", "100.5", "a percentage from 0 to 100")]),
        ({"ci_low": -1.0}, [("ci_low", "-1", "a percentage from 0 to 100")]),
        ({"ci_high": 101.0}, [("ci_high", "101", "a percentage from 0 to 100")]),
        ({"ci_low": 0.0, "ci_high": 100.0}, []),
        (MONTHS | {"value": 0.0}, [("value", "0", "a number above 0")]),
        (MONTHS | {"value": 150.0, "ci_low": 0.0, "ci_high": 200.0}, []),
        (MONTHS | {"ci_low": -1.0}, [("ci_low", "-1", "a number above 0")]),
        (MONTHS | {"value": None, "events": 1, "ci_high": 0.0},
         [("ci_high", "0", "a number above 0")]),
        ({"ci_low": 60.0, "ci_high": 55.0}, [("ci_low", "60", "at most ci_high (55)")]),
        ({"ci_low": 55.5, "ci_high": 60.0}, [("value", "50", "at least ci_low (55.5)")]),
        ({"ci_low": 40.0, "ci_high": 45.5}, [("value", "50", "at most ci_high (45.5)")]),
        ({"ci_low": 55.0}, [("value", "50", "at least ci_low (55)")]),
        ({"ci_high": 45.0}, [("value", "50", "at most ci_high (45)")]),
        ({"value": None, "events": 5, "ci_low": 99.0}, []),
        ({"p_value": "p"}, []), ({"p_value": "1.5"},
         [("p_value", "1.5", "a p value such as 0.03 or <0.001")]),
        ({"comparator_arm_id": "all"}, [("comparator_arm_id", "all", "another arm than arm_id")]),
        ({"value": None}, [("value", "", "a value or events")]),
        ({"value": None, "events": 0}, []),
        ({"locator": None}, [("locator", "", "where in the text the figure stands")]),
        (RESPONSE | {"criteria_class": None}, [("criteria_class", "", "a class of criteria")]),
        ({"criteria_class": CriteriaClass.WHO},
         [("criteria_class", "who", "empty for overall_survival")]),
        ({"severity": Severity.ANY}, [("severity", "any", "empty for overall_survival")]),
        (SHARE | {"outcome": Outcome.MAJOR_COMPLICATION}, [("severity", "", "a severity")]),
        (SHARE | {"outcome": Outcome.MAJOR_COMPLICATION, "severity": Severity.ANY}, []),
        ({"origin": Origin.DIAGNOSIS}, []),
        (RESPONSE | {"origin": Origin.DIAGNOSIS},
         [("from", "diagnosis", "empty for objective_response")]),
        ({"n_from": NFrom.ARM}, [("n_from", "arm", "row, since the row has an n")]),
        ({"n_from": NFrom.NONE}, [("n_from", "none", "row, since the row has an n")]),
        ({"n": None}, [("n_from", "row", "arm, study or none, since the row has no n")]),
        *(({"n": None, "n_from": one}, []) for one in (NFrom.ARM, NFrom.STUDY, NFrom.NONE)),
        *(
            ({"n": None, "n_from": one, "unit_of_n": UnitOfN.CYCLES},
             [("n_from", str(one), "none: an arm's n are patients, not cycles")])
            for one in (NFrom.ARM, NFrom.STUDY)
        ),
        ({"n": None, "n_from": NFrom.NONE, "unit_of_n": UnitOfN.CYCLES}, []),
        ({"n": 106}, [("n", "106", "at most the arm's 100 patients")]),
        ({"n": 106, "criteria": "safety"}, []), ({"n": 106, "notes": "by procedure"}, []),
        ({"n": 106, "notes": "other"}, [("n", "106", "at most the arm's 100 patients")]),
        ({"n": 106, "subgroup": "x"}, []), ({"n": 106, "unit_of_n": UnitOfN.CYCLES}, []),
        ({"result_id": "mad-002"}, [("result_id", "mad-002", "an id that begins with made-")]),
        ({"arm_id": "al"}, [("arm_id", "al", "an id of arms.csv for this study; nearest: 'all'")]),
        ({"comparator_arm_id": "zz"},
         [("comparator_arm_id", "zz", "an id of arms.csv for this study")]),
    ],
)  # fmt: skip
def test_a_figure(told, change, faults):
    assert told(rows=[change]) == [(R, 2, *one) for one in faults]


def test_a_figure_in_its_study_and_arm(told):
    none = {"n": None, "n_from": NFrom.ARM}
    assert told(arms=[{"n": None}], rows=[none]) == [
        (R, 2, "n_from", "arm", "none: the arm has no n")
    ]
    none = {"n": None, "n_from": NFrom.STUDY}
    assert told([{"n_patients": None}], rows=[none]) == [
        (R, 2, "n_from", "study", "none: the study has no n_patients")
    ]
    review = [{"design": Design.POOLED_ANALYSIS}]
    said = "another kind: a review's figure is no estimate"
    assert told(review) == [(R, 2, "figure_kind", "estimate", said)]
    assert told(review, rows=[{"figure_kind": FigureKind.POOLED}]) == []
    assert told(arms=[{"n": 100, "notes": "any line"}], rows=[{"n": 106}]) == []
    assert told(arms=[{"n": 100, "description": "final OS"}], rows=[{"n": 106}]) == []
    assert told(arms=[{"n": None}], rows=[{"n": 999}]) == []
    # Of a study that is not there nothing else can be said, nor of an arm that was not read.
    lost = {"study_id": "mad", "result_id": "mad-002", "arm_id": "zz"}
    assert told(rows=[lost]) == [(R, 2, "study_id", "mad", "an id of studies.csv; nearest: 'made'")]
    assert told(rows=[lost], unread=frozenset({("mad", ""), ("mad", "zz")})) == []
    assert told(rows=[{"arm_id": "zz"}], unread=frozenset({("made", "zz")})) == []
    assert told(rows=[{"arm_id": "zz"}], unread=frozenset({("other", "zz")})) != []
    assert told(rows=[{"comparator_arm_id": "zz"}], unread=frozenset({("made", "zz")})) == []


def test_figures_beside_each_other(told):
    again = "a figure not entered before (line 2)"
    same = {"notes": "n", "locator": "p. 9", "source": "x", "p_value": "0.5"}
    rows = [{}, same, {"value": 50.2}, {"ci_low": 1.0}]
    assert told(rows=rows[:2]) == [(R, 3, "row", "made/all/3", again)]
    assert told(rows=rows[:2], version=1) == []
    assert told(rows=[{}, {"notes": "n", "locator": "p. 9"}], version=1) == [
        (R, 3, "row", "made/all/3", again)
    ]
    assert told(rows=[rows[0], rows[2]]) == []
    ids = [{}, {"time_months": 72.0, "result_id": "made-002"},
           {"time_months": 84.0, "result_id": "made-002"}]  # fmt: skip
    said = "an id not used before (line 2)"
    assert told(rows=ids) == [(R, n, "result_id", "made-002", said) for n in (3, 4)]


def test_curves_that_rise(told):
    late = {"time_months": 72.0, "value": 51.0}
    said = "at most the 50 % at 60 months: survival never rises"
    assert told(rows=[{}, late]) == [(R, 3, "value", "51", said)]
    assert told(rows=[late, {}]) == [(R, 2, "value", "51", said)]
    assert told(rows=[{}, {"time_months": 66.0, "value": 40.0}, late]) == [
        (R, 4, "value", "51", "at most the 40 % at 66 months: survival never rises")
    ]
    assert told(rows=[{}, late], version=1) == []
    # Of other patients, other criteria, another kind of figure, or against an arm: not compared.
    for apart in (
        {"subgroup": "x"}, {"criteria": "x"}, {"figure_kind": FigureKind.POOLED},
        {"outcome": Outcome.PROGRESSION_FREE_SURVIVAL}, {"value": None, "events": 1},
    ):  # fmt: skip
        assert told(rows=[{}, late | apart]) == [], apart
    other = {"arm_id": "b"}
    assert told(arms=[{}, other], rows=[{}, late | other]) == []
    assert told(arms=[{}, other], rows=[{}, late | {"comparator_arm_id": "b"}]) == []
    twice = {"value": 51.0}
    assert told(rows=[{}, twice]) == [(R, 3, "value", "51", said)]
    # What is counted, and not followed, may rise: recurrence.
    rising = {"outcome": Outcome.RECURRENCE}
    assert told(rows=[rising, late | rising]) == []


def test_parts_above_their_whole(told):
    whole = RESPONSE | {"value": 30.0}
    part = RESPONSE | {"outcome": Outcome.COMPLETE_RESPONSE, "value": 40.0}
    said = "at most 30 % (objective_response)"
    assert told(rows=[whole, part]) == [(R, 3, "value", "40", said)]
    assert told(rows=[part, whole]) == [(R, 2, "value", "40", said)]
    control = RESPONSE | {"outcome": Outcome.DISEASE_CONTROL, "value": 20.0}
    assert told(rows=[whole, control]) == [(R, 2, "value", "30", "at most 20 % (disease_control)")]
    for apart in (
        {"subgroup": "x"}, {"criteria_class": CriteriaClass.RECIST}, {"n": 49},
        {"time_months": 6.0}, {"figure_kind": FigureKind.POOLED},
        {"unit_of_n": UnitOfN.CYCLES},
    ):  # fmt: skip
        assert told(rows=[whole, part | apart]) == [], apart
    # Of two parts nobody knows which is meant; of two wholes either is held against it.
    twice = part | {"value": 41.0}
    assert told(rows=[whole, part, twice]) == []
    higher = whole | {"value": 60.0, "derived": "x"}
    assert told(rows=[whole, part, higher]) == [(R, 3, "value", "40", said)]


@pytest.mark.parametrize(
    ("text", "good"),
    [("0.03", True), (".03", True), ("<0.001", True), ("<= 0.05", True), ("> 0.1", True),
     ("=0.5", True), ("0", True), ("1", True), ("1.0", True), ("1.00", True), ("1.01", False),
     ("2", False), ("0.", False), ("5e-4", True), ("1.2e-10", True), ("12e-4", False),
     ("5e4", False), ("n.s.", True), ("NS", True), ("", False), ("-0.1", False), ("<", False)],
)  # fmt: skip
def test_what_a_p_value_is(text, good):
    assert bool(P_VALUE.match(text)) is good
