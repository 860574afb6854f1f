"""Tables whose title, heads and cells say together what a figure is, and those that do not."""

import pytest

from hilum.literature.fulltext.pages import Page
from hilum.literature.fulltext.propose import once, proposals


def figures(text):
    return once(proposals([Page(1, text)]))


def told(text):
    return [
        (one.measure, one.outcome, one.group, one.value or one.events, one.low)
        for one in figures(text)
    ]


MODEL = """Table 4. Cox regression for {outcome} (n = 186)

Variable                     HR      95% CI         p
Age (per 10 years)           1.18    0.98 - 1.42    0.08
Grade 2 vs 1                 1.74    1.15 - 2.63    0.009
"""


def test_covariates_of_a_model_have_the_outcome_of_its_title():
    assert told(MODEL.format(outcome="overall survival")) == [
        ("hazard_ratio", "overall_survival", "Age (per 10 years)", "1.18", "0.98"),
        ("hazard_ratio", "overall_survival", "Grade 2 vs 1", "1.74", "1.15"),
    ]
    assert [one.p for one in figures(MODEL.format(outcome="overall survival"))] == ["0.08", "0.009"]


@pytest.mark.parametrize(
    "outcome",
    ["overall survival and progression-free survival", "readmission", "post-recurrence survival"],
)
def test_of_two_outcomes_or_another_one_nothing_is_proposed(outcome):
    assert told(MODEL.format(outcome=outcome)) == []


def test_a_sentence_before_a_table_is_no_title_of_a_model():
    text = MODEL.replace("Cox regression for {outcome} (n = 186)", "Overall survival by group")
    assert told(text) == []


def test_each_ratio_has_the_outcome_of_its_own_head():
    text = """Table 4. Cox regression

Covariate                        OS: HR (95% CI)      P        hPFS: HR (95% CI)    P
Grade 2 vs 1                     1.58 (1.06-2.36)     0.025    1.44 (1.02-2.03)     0.038
"""
    assert told(text) == [
        ("hazard_ratio", "overall_survival", "Grade 2 vs 1", "1.58", "1.06"),
        ("hazard_ratio", "progression_free_survival", "Grade 2 vs 1", "1.44", "1.02"),
    ]


def test_a_column_of_effects_has_the_outcome_of_its_row_and_the_ratio_of_its_cell():
    text = """| Outcome | A (N=62) | B (N=60) | Effect (95% CI) | P |
|---|---|---|---|---|
| Objective response, n (%) | 22 (35) | 3 (5) | OR 10.5 (2.9, 37.3) | <0.001 |
| OS, median, months | 40 | 31 | HR 0.87 (0.48, 1.57) | 0.64 |
"""
    found = told(text)
    assert ("odds_ratio", "objective_response", "", "10.5", "2.9") in found
    assert ("hazard_ratio", "overall_survival", "", "0.87", "0.48") in found
    assert len(found) == 6


EVENTS = """Table 3. {title}

Event                   Any grade      Grade 3     Grade 1-2
Any event               62 (92.5%)     14 (20.9%)  48 (71.6%)
Creatinine increased    8 (11.9%)      0           8 (11.9%)
Patients evaluated      67 (100%)      67 (100%)   67 (100%)
"""


def test_rows_of_a_table_of_events_are_events_and_any_of_them_by_grade():
    found = figures(EVENTS.format(title="Adverse events in 67 patients, by CTCAE grade"))
    assert {(one.outcome, one.group, one.events) for one in found} == {
        ("any_complication", "Any grade", 62), ("major_complication", "Grade 3", 14),
        ("other", "Any grade", 8), ("other", "Grade 3", 0), ("other", "Grade 1-2", 8),
    }  # fmt: skip
    assert len(found) == 5


@pytest.mark.parametrize("title", ["Baseline adverse events", "Adverse events in published series"])
def test_what_was_before_or_of_others_is_none(title):
    assert told(EVENTS.format(title=title)) == []


ARMS = """Table 1. Response by arm

Arm         N    CR   PR   SD   PD
SIRT        34   1    12   17   {pd}
"""


@pytest.mark.parametrize(("pd", "proposed"), [(3, 0), (4, 4), (5, 0)])
def test_four_responses_are_counts_where_they_add_up_to_the_patients(pd, proposed):
    found = figures(ARMS.format(pd=pd))
    assert len(found) == proposed
    assert [one.events for one in found] == [1, 12, 17, 4][:proposed]


def test_rates_under_times_are_of_the_one_curve_that_the_table_names():
    text = """Survival by treatment

Group            No.   Median OS (mo)   1-yr   3-yr
Surgery          39    88               97%    88%
"""
    assert [(one.measure, one.outcome, one.value, one.time_months) for one in figures(text)] == [
        ("median", "overall_survival", "88", None), ("rate_at", "overall_survival", "97", 12),
        ("rate_at", "overall_survival", "88", 36),
    ]  # fmt: skip
    assert len(figures(text.replace("Median OS (mo)", "Median PFS (mo)"))) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The best response was partial in 12 (40%), stable in 10 (33%) and progressive in 8 "
         "(27%).", 3),
        ("Vital signs were stable in 10 (33%) and 8 (27%) progressed to surgery.", 0),
        ("Complication rates did not differ (21.4% vs 22.9%; relative risk, 0.93; 95% CI, "
         "0.82-1.06).", 3),
        ("Mean hospital stay was 3.8 days (median 3, range 1-21).", 1),
        ("Pneumonitis was seen in a patient with a shunt of 14%.", 0),
        ("Relative to the national registry (readmission 8.3%) our results are comparable.", 0),
        ("In LITESPARK-004, by contrast, 20 of 22 tumours (91%) responded.", 0),
        ("Of 30 patients, 12 (40%) responded by RECIST 1.1.", 1),
        ("Flushing responded in 12 (40%).", 0),
    ],
)  # fmt: skip
def test_sentences_beside_them(text, expected):
    assert len(figures(text)) == expected
