"""Every kind of finding on figures that do not fit, and none where they do."""

import pytest

from hilum.literature.fulltext.arithmetic import findings
from hilum.literature.fulltext.finding import KINDS
from hilum.literature.fulltext.pages import Page
from hilum.literature.fulltext.propose import proposals
from hilum.literature.fulltext.sentences import sentences


def codes(text):
    pages = [Page(1, text)]
    return [one.code for one in findings(sentences(pages), proposals(pages))]


WRONG = {
    "share": "Objective response was seen in 12 of 34 patients (45.3%).",
    "events": "Symptoms improved in 36 of 34 patients.",
    "percent": "Objective response was seen in 108% of patients.",
    "share_of_none": "CR in 2 (6%), PR in 10 (29%), SD in 15 (44%) and PD in 7 (11%).",
    "limits": "Median OS was 44 months (95% CI 52-36).",
    "outside": "Median OS was 44 months (95% CI 50-90).",
    "middle": "Overall survival was longer (HR 0.90, 95% CI 0.50-0.95).",
    "p_and_limits": "Overall survival was longer (HR 0.80, 95% CI 0.60-1.07; p = 0.01).",
    "parts": "CR 2 of 34 (6%), PR 10 of 34 (29%); objective response in 14 of 34 (41%).",
    "subgroups": "A partial response was reached by 10 of 31 patients: 4 of 18 and 9 of 13.",
    "whole": "CR in 20%, PR in 40%, SD in 30% and PD in 20%.",
    "order": "The 1-, 3- and 5-year survival rates were 92%, 48% and 71%.",
    "control": "CR 2 of 34 (6%), PR 10 of 34 (29%), SD 9 of 34 (26%); disease control in 20 of 34 "
    "(59%).",
    "deaths": "30-day mortality was 3.1% (2 of 64 patients) and 90-day mortality was 1.6% "
    "(1 of 64 patients).",
    "progression": "Median OS was 18 months. Median PFS was 24 months.",
    "twice": "Median OS was 44 months. Results. Overall, the median OS was 40 months.",
    "swapped": "ORR was 35% in the TACE group and 22% in the TAE group.\n\n"
    "Outcome    TACE (n = 58)    TAE (n = 60)\nObjective response, %    22    35\n",
    "arms": "In all, 120 patients were randomised, 58 to TACE and 60 to TAE.",
    "grades": "Diarrhoea, any grade: 7 (21.2%) and 6 (18.2%); diarrhoea of grade 3 or higher: "
    "9 (27.3%) and 1 (3.0%).",
    "units": "Median survival was 8.5 years, or 92 months.",
    "change": "Chromogranin A fell from 480 to 120 ng/mL, a reduction of 60%.",
    "period": "This covers an eight-year period, from January 2011 to December 2015.",
    "sum": "Of 82 patients, 45 were men and 39 were women.",
    "each": "Fifty-eight patients underwent 83 sessions (mean, 1.8 sessions per patient).",
    "fraction": "More than half of the patients (18 of 48) had flushing.",
    "effect": "Biloma formed in 12 of 60 patients and in 4 of 60 (relative risk 5.0).",
    "quartiles": "Median stay was 6 days (IQR 4-19; range 3-15).",
    "falls": "Cumulative incidence of relapse was 41% at 1 year and 35% at 3 years.",
    "median_rate": "Median overall survival was 41 months. Five-year survival was 62%.",
    "progression_rate": "Two-year progression-free survival was 82% and two-year overall survival "
    "was 77%.",
}
RIGHT = {
    "share": "Objective response was seen in 12 of 34 patients (35.3%), or in 12 of 34 (35%).",
    "events": "Symptoms improved in 34 of 34 patients.",
    "percent": "Objective response was seen in 100% of patients.",
    "share_of_none": "CR in 2 (6%), PR in 10 (29%), SD in 15 (44%) and PD in 7 (21%).",
    "limits": "Median OS was 44 months (95% CI 36-52).",
    "outside": "Median OS was 44 months (95% CI 44-90).",
    "middle": "Overall survival was longer (HR 0.69, 95% CI 0.50-0.95).",
    "p_and_limits": "Overall survival was longer (HR 0.80, 95% CI 0.60-1.07; p = 0.13).",
    "parts": "CR 2 of 34 (6%), PR 10 of 34 (29%); objective response in 12 of 34 (35%).",
    "subgroups": "A partial response was reached by 13 of 31 patients: 4 of 18 and 9 of 13.",
    "whole": "CR in 20%, PR in 40%, SD in 30% and PD in 10%.",
    "order": "The 1-, 3- and 5-year survival rates were 92%, 71% and 71%.",
    "control": "CR 2 of 34 (6%), PR 10 of 34 (29%), SD 9 of 34 (26%); disease control in 21 of 34 "
    "(62%).",
    "deaths": "30-day mortality was 3.1% (2 of 64 patients) and 90-day mortality was 3.1% "
    "(2 of 64 patients).",
    "progression": "Median OS was 24 months. Median PFS was 24 months.",
    "twice": "Median OS was 44 months. Results. Overall, the median OS was 44.2 months.",
    "swapped": "ORR was 35% in the TACE group and 22% in the TAE group.\n\n"
    "Outcome    TACE (n = 58)    TAE (n = 60)\nObjective response, %    35    22\n",
    "arms": "In all, 118 patients were randomised, 58 to TACE and 60 to TAE.",
    "grades": "Diarrhoea, any grade: 9 (27.3%) and 6 (18.2%); diarrhoea of grade 3 or higher: "
    "9 (27.3%) and 1 (3.0%).",
    "units": "Median survival was 8.5 years, or 102 months.",
    "change": "Chromogranin A fell from 480 to 120 ng/mL, a reduction of 75%.",
    "period": "This covers a five-year period, from January 2011 to December 2015.",
    "sum": "Of 82 patients, 43 were men and 39 were women.",
    "each": "Fifty-eight patients underwent 83 sessions (mean, 1.4 sessions per patient).",
    "fraction": "Less than half of the patients (18 of 48) had flushing.",
    "effect": "Biloma formed in 12 of 60 patients and in 4 of 60 (relative risk 3.0).",
    "quartiles": "Median stay was 6 days (IQR 4-9; range 3-15).",
    "falls": "Cumulative incidence of relapse was 41% at 1 year and 45% at 3 years.",
    "median_rate": "Median overall survival was 41 months. Five-year survival was 32%.",
    "progression_rate": "Two-year progression-free survival was 62% and two-year overall survival "
    "was 77%.",
}


@pytest.mark.parametrize("code", KINDS)
def test_what_does_not_fit_is_found(code):
    assert code in codes(WRONG[code])


@pytest.mark.parametrize("code", KINDS)
def test_what_fits_is_not_told(code):
    assert codes(RIGHT[code]) == []


MORE_WRONG = [
    ("outside", "Median survival from the first 90Y treatment was 27 months (95% CI, 29 to 38)."),
    ("outside", "The median hospital stay was 12 days (range, 13-41 days)."),
    ("p_and_limits",
     "Thrombosis was a factor, as was tumour load (HR 1.42, 95% CI 0.84-2.41, P=0.004)."),
    ("whole", "Of 60 patients, a complete response was recorded in 2, partial response in 22, "
     "stable disease in 24, and progressive disease in 19."),
    ("control", "The disease control rate was 86.1% (31/36).\n\nResponse     n = 36\n"
     "CR     2 (5.6)\nPR     11 (30.6)\nSD     14 (38.9)\n"),
    ("swapped", "Median PFS was 11.3 months with TACE versus 17.9 months with TAE. In the TACE arm "
     "the median PFS was 17.9 months (95% CI 13-23), in the TAE arm 11.3 months (95% CI 8-14)."),
]  # fmt: skip
MORE_RIGHT = [
    "Median survival from the first 90Y treatment was 29 months (95% CI, 29 to 38).",
    "The median hospital stay was 13 days (range, 13-41 days).",
    "The change was -3.6 points (95% CI -9.2 to 2.0); 40 patients (range 41-60 years).",
    "Thrombosis was a factor, as was tumour load (HR 1.42, 95% CI 0.84-2.41, P=0.14).",
    "Of 67 patients, a complete response was recorded in 2, partial response in 22, stable "
    "disease in 24, and progressive disease in 19.",
    "At the patient level (n = 27), 5 had PR, 18 had SD and 4 PD; two patients died.",
    "The disease control rate was 75.0% (27/36).\n\nResponse     n = 36\n"
    "CR     2 (5.6)\nPR     11 (30.6)\nSD     14 (38.9)\n",
    "Median PFS was 11.3 months with TACE versus 17.9 months with TAE. In the TACE arm the median "
    "PFS was 11.3 months (95% CI 8-14), in the TAE arm 17.9 months (95% CI 13-23).",
    "There were 89 patients, M/F 48/41.",
    "Grade 3 events in 3 patients (8.8%), then 7 of 30 (23.3%), leaks in 4 (13.3%), 2 (6.7%).",
    "Objective response was 48.0% (47/98). In the retreated, objective response was 31.4% (11/35).",
    "Outcome      TAE       TACE\n             n = 41    n = 43    P\n"
    "PR           9 (22.0)  16 (37.2)\n",
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), MORE_WRONG)
def test_more_of_what_does_not_fit_is_found(code, text):
    assert codes(text) == [code]


@pytest.mark.parametrize("text", MORE_RIGHT)
def test_what_fits_is_no_finding(text):
    assert codes(text) == []
