"""What one sentence tells of itself: each kind on both sides of the line between fit and misfit."""

import pytest
from tests.literature.fulltext.test_arithmetic import codes

# A code where the sentence does not fit, nothing where it does.
SENTENCES = (
    ("2 complete (3.3%) and 21 partial responses (35.0%); 29 were stable (48.3%), 12 had "
     "progressed (20.0%).", "whole"),
    ("2 complete (3.3%) and 21 partial responses (35.0%); 29 were stable (48.3%), 8 had "
     "progressed (13.3%).", ""),
    # Not assessed in one: less than all is no fault.
    ("2 complete (3.3%) and 21 partial responses (35.0%); 29 were stable (48.3%), 7 had "
     "progressed (11.7%).", ""),
    ("Altogether 112 patients were treated: 41 in Graz, 33 in Porto and 39 in Leuven.", "arms"),
    ("Altogether 112 patients were treated: 41 in Graz, 33 in Porto and 38 in Leuven.", ""),
    ("A partial response was seen in 16 of 40 (40.0%), stable disease in 17 (42.5%), giving a "
     "disease control rate of 82.6%.", ""),
    ("A partial response was seen in 16 of 40 (40.0%), stable disease in 17 (42.5%), giving a "
     "disease control rate of 82.7%.", "control"),
    # With complete responses told elsewhere in it the sum is of three.
    ("CR in 2 (5.0%), a partial response in 16 of 40 (40.0%), stable disease in 17 (42.5%), giving "
     "a disease control rate of 87.5%.", ""),
    ("Of 80 patients, 40 had TACE and 42 had TARE.", "arms"),
    ("Of 80 patients, 40 had TACE and 40 had TARE.", ""),
    ("Of 80 patients, 40 had TACE and 12 had TARE.", ""),
    ("Liver abscess was diagnosed in 15 patients: 9 after TAE and 8 after TACE.", "subgroups"),
    ("Liver abscess was diagnosed in 15 patients: 9 after TAE and 6 after TACE.", ""),
    ("Mortality was 3.0% at 30 days and 1.5% at 90 days.", "deaths"),
    ("Mortality was 3.0% at 30 days and 3.0% at 90 days.", ""),
    ("Survival was 3.5 years, or 42 months.", ""),
    # 3.45 and 3.55 years are 41.4 and 42.6 months, which round to 41 and 43.
    ("Survival was 3.5 years, or 43 months.", ""),
    ("Survival was 3.5 years, or 44 months.", "units"),
    ("Survival was 3.5 years (41 months).", ""),
    ("Survival was 3.5 years (40 months).", "units"),
    ("Imaging followed after 3 months (12 weeks).", ""),
    ("Imaging followed after 3 months (16 weeks).", ""),
    ("Imaging followed after 3 months (17 weeks).", "units"),
    ("The marker fell from 100 to 25, a decrease of 75%.", ""),
    ("The marker fell from 100 to 25, a decrease of 77%.", ""),
    ("The marker fell from 100 to 25, a decrease of 78%.", "change"),
    ("The marker rose from 25 to 100, an increase of 300%.", ""),
    ("The marker rose from 25 to 100, a decrease of 75%.", "change"),
    # Points of a percentage.
    ("The share of stable patients went from 60 to 40%, a reduction of 20%.", ""),
    ("They were seen over a ten-year period (2005 to 2014).", ""),
    ("They were seen over a ten-year period (2005 to 2015).", ""),
    ("They were seen over a ten-year period (2005 to 2016).", "period"),
    ("They were seen over a ten-year period (2005 to 2013).", "period"),
    ("Nausea of any grade in 18 (54.5%) and 9 (27.3%); nausea of grade 3 in 2 (6.1%) and 0.", ""),
    ("Nausea of any grade in 18 (54.5%) and 1 (3.0%); nausea of grade 3 in 2 (6.1%) and 2 (6.1%).",
     "grades"),
    # Of two shares the quotient is no interval.
    ("The further 5-year survival was 63% (0.47/0.75).", ""),
    ("PR in 17.7%, SD in 60.4%, and PD in 21.9%. In 96 patients it was given again.", ""),
    # One outcome in three arms is not of one number of patients.
    ("Major complications: 14 (35.0%), 7 (17.5%), 6 (15.4%).", ""),
    # Figures of arms that have a heading each.
    ("Sunitinib arm (n = 41). Median PFS was 8.6 months.\n\nEverolimus arm (n = 42). "
     "Median PFS was 14.4 months.", ""),
    # Two ways of judging are not parts of one whole.
    ("EASL response was complete in 1 (5.3%), partial in 9 (47.4%). By RECIST 1.1 the objective "
     "response was 21.1% (4/19).", ""),
    # A later share of deaths below an earlier one, of one group.
    ("Mortality at 30 days was 4.7% and mortality at 90 days was 1.6%.", "deaths"),
    ("Mortality at 30 days was 1.6% and mortality at 90 days was 4.7%.", ""),
    ("The 90-day mortality was 1.6% and the 30-day mortality 3.1%.", "deaths"),
    ("Mortality was 1.5% at 90 days and 3.0% at 30 days.", "deaths"),
    ("30- and 90-day mortality were 3.1% and 1.6%.", "deaths"),
    ("30- and 90-day mortality were 1.6% and 3.1%.", ""),
    ("Death within 30 days occurred in 2 of 64 patients (3.1%). Death within 90 days occurred in "
     "1 of 64 patients (1.6%).", "deaths"),
    ("Death within 30 days occurred in 2 of 64 patients (3.1%). Death within 90 days occurred in "
     "1 of 30 patients (3.3%).", ""),
    ("30-day mortality was 3.1% with TACE. 90-day mortality was 1.6% with TARE.", ""),
    ("30-day mortality was 3.1% and a further 1.6% died within 90 days.", ""),
    # Numbers in words are whole.
    ("Sixty-four patients were treated (38 in Lyon and 26 in Gent).", ""),
    ("Sixty-four patients were treated (38 in Lyon and 27 in Gent).", "arms"),
    ("Sixty four patients were treated (38 in Lyon and 26 in Gent).", ""),
    ("One hundred and four patients were treated (60 in Lyon and 44 in Gent).", ""),
    ("One hundred patients were treated (60 in Lyon and 40 in Gent).", ""),
    # Grades of one name in two sentences, rows or columns.
    ("Nausea of any grade occurred in 8 of 64 patients (12.5%). Nausea of grade 3-4 occurred in "
     "8 of 64 patients (12.5%).", ""),
    ("Nausea of any grade occurred in 7 of 64 patients (10.9%). Nausea of grade 3-4 occurred in "
     "8 of 64 patients (12.5%).", "grades"),
    ("Nausea of any grade occurred in 7 of 64 patients (10.9%). Vomiting of grade 3-4 occurred in "
     "8 of 64 patients (12.5%).", ""),
    ("Nausea of any grade occurred in 7 of 64 patients (10.9%) with TACE. Nausea of grade 3 "
     "occurred in 8 of 64 patients (12.5%) with TARE.", ""),
    ("Table 2. Toxicity\nEvent    Arm A (n = 45)    Arm B (n = 45)\n"
     "Nausea, any grade, n (%)    12 (26.7)    40 (88.9)\n"
     "Nausea, grade 3-4, n (%)    12 (26.7)    19 (42.2)\n", ""),
    ("Table 2. Toxicity\nEvent    Arm A (n = 45)    Arm B (n = 45)\n"
     "Nausea, any grade, n (%)    10 (22.2)    40 (88.9)\n"
     "Nausea, grade 3-4, n (%)    12 (26.7)    19 (42.2)\n", "grades"),
    ("Table 2. Outcomes\nOutcome    Arm A (n = 45)    Arm B (n = 45)\n"
     "Any grade 3-4 adverse event, n (%)    12 (26.7)    19 (42.2)\n"
     "Any-grade adverse event, n (%)    10 (22.2)    40 (88.9)\n", "grades"),
    ("Table 2. Toxicity\nEvent    Any grade    Grade 3-4\nNausea    8 (12.5)    8 (12.5)\n", ""),
    ("Table 2. Toxicity\nEvent    Any grade    Grade 3-4\nNausea    7 (10.9)    8 (12.5)\n",
     "grades"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "code"), SENTENCES)
def test_a_sentence_holds_what_it_tells_of_itself(text, code):
    assert codes(text) == ([code] if code else [])
