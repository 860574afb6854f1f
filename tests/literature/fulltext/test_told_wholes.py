"""Wholes and parts, effects, rates and limits: told where they do not fit, silent where they do."""

import pytest
from tests.literature.fulltext.test_arithmetic import codes

# Code, text with a gap, what does not fit in it, what does.
PAIRS = [
    ("arms", "At three centres (Uppsala, 41; Bergen, 22; Kiel, 19) {} patients were treated.",
     "85", "82"),
    ("arms", "Radioembolisation was given to 64 patients in two hospitals (Lyon, {}; Gent, 27).",
     "38", "37"),
    ("arms", "{} patients were recruited at Uppsala (n = 41), Bergen (n = 22) and Kiel (n = 19).",
     "Eighty-five", "Eighty-two"),
    ("arms", "We treated 64 patients in two centres: Lyon ({}) and Gent (27).", "38", "37"),
    ("sum", "The cohort comprised 82 patients ({} men, 39 women).", "45", "43"),
    ("sum", "Of 82 patients, {} were men and 39 were women.", "45", "43"),
    ("sum", "Thirty-one of 50 patients (62%) responded and {} did not.", "21", "19"),
    ("sum", "Of the 50 evaluable patients 31 responded and {} did not.", "21", "19"),
    ("sum", "Of 120 patients screened, 34 were excluded for ascites, leaving {} for analysis.",
     "88", "86"),
    ("sum", "Of 120 patients, 34 were excluded, and the remaining {} were analysed.", "88", "86"),
    ("sum", "After exclusion of 34 of 120 patients, {} remained for analysis.", "88", "86"),
    ("sum", "At last contact 41 of the 70 patients had died and {} were alive.", "30", "29"),
    ("sum", "Of 70 patients 41 died and {} are alive.", "30", "28"),
    ("sum", "Of the 18 deaths, 12 were due to tumour, {} to liver failure and 2 to other causes.",
     "5", "4"),
    ("sum", "Eighteen patients died: 12 of tumour, {} of liver failure and 2 of other causes.",
     "5", "4"),
    ("sum", "There were 26 complications (grade I, 8; grade II, 9; grade III, {}; grade IV, 3).",
     "7", "6"),
    ("each", "Fifty-eight patients underwent 83 sessions (mean, {} sessions per patient).",
     "1.6", "1.5"),
    ("each", "A total of 83 sessions were given to 58 patients, a mean of {} per patient.",
     "1.8", "1.4"),
    ("each", "In 58 patients 83 sessions were performed ({} per patient).", "1.8", "1.43"),
    ("fraction", "{} half of the patients (24 of 48) had flushing.", "More than", "About"),
    ("fraction", "{} half of the patients (18 of 48) had flushing.", "Over", "Fewer than"),
    ("fraction", "Two thirds of the patients ({} of 48) had flushing.", "29", "30"),
    ("effect", "Response was achieved by 31 of 69 patients and 12 of 69 patients (odds ratio {}).",
     "2.58", "3.87"),
    ("effect", "Biloma formed in 12 of 60 patients and in 4 of 60 (relative risk {}).",
     "3.8", "3.0"),
    ("effect", "ORR was 60% versus 33% (difference {} percentage points).", "25", "26"),
    ("effect", "Response was 60.0% and 33.3%, an absolute difference of {} percentage points.",
     "26.9", "26.7"),
    ("effect", "A difference of 20 percentage points (number needed to treat {}).", "8", "5"),
    ("quartiles", "Median stay was 6 days (range 3-15; IQR 4-{}).", "16", "15"),
    ("quartiles", "Median stay was 6 days (IQR {}-8; range 3-15).", "2", "3"),
    ("falls", "The cumulative incidence of recurrence was 41.2% at 1 year and {}% at 3 years.",
     "41.1", "41.2"),
    ("falls", "Cumulative recurrence was 41%, 52% and {}% at 1, 3 and 5 years.", "47", "52"),
    ("median_rate", "Median overall survival was 41 months. Five-year survival was {}%.",
     "51", "50"),
    ("median_rate", "Median overall survival was 61.0 months. Five-year survival was {}%.",
     "49", "50"),
    ("progression_rate",
     "Two-year progression-free survival was {}% and two-year overall survival was 77.3%.",
     "77.4", "77.3"),
    ("units", "Each cycle consisted of 7.4 GBq ({} mCi).", "210", "200"),
    ("units", "Lesions of up to 3.0 cm ({} mm) were ablated.", "32", "30"),
    ("percent", "Local control at one year was 94% (95% CI 86-{}%).", "101", "100"),
]  # fmt: skip
SILENT = [
    "Of 64 patients, 38 (Lyon) and 27 (Gent) were seen early, one in both hospitals.",
    "Forty patients in two centres (Lyon, France; Gent, Belgium) were treated.",
    "Between 1998 and 2009 nine patients (five men, four women) were transplanted.",
    "Response was achieved by 31 of 69 patients and 12 of 69 patients (adjusted odds ratio 2.1).",
    "Response was seen in 40 of 60 (67%), 20 of 30 and 20 of 30 patients (relative risk 2.2).",
    "Median overall survival was 41 months. Among these the five-year survival was 62%.",
    "Median overall survival with TACE was 41 months. Five-year survival with TAE was 62%.",
    "Of 50 patients, 31 responded and 12 did not; 7 were not evaluable.",
    "Thirty-one of 50 patients responded and 12 did not, while 7 could not be evaluated.",
    "Of 120 patients, 34 were excluded for ascites and another 12 for jaundice, leaving 74.",
    "Data of 64 patients from two centres (Lyon, 2012; Gent, 2014) were pooled.",
    "We treated 64 patients in three centres (Lyon, France; Gent, Belgium; Kiel, Germany).",
    "More than half of the liver (18 of 48 patients had over 50%) was involved.",
    "Less than half of the tumour was necrotic (18 of 48 patients).",
    "Median overall survival was 41 months. Five-year survival from diagnosis was 62%.",
    "Two-year hepatic progression-free survival was 82% and two-year overall survival was 77%.",
    "Cumulative incidences of recurrence and death were 41% and 12% at 1 and 3 years.",
    "Liver volume was 94% (95% CI 86-103%) of the predicted volume.",
    "Response was 60% and 33%, a relative reduction of 45%.",
    "Fifty-eight patients had 83 lesions (mean 1.8 per patient treated).",
    "The incidence was 21.7% (95% CI 14.8-29.5) at 1 year and 50.6% (41.0-59.4) at 3 years.",
]


@pytest.mark.parametrize(("code", "text", "wrong", "right"), PAIRS)
def test_what_does_not_fit_is_told_and_what_fits_is_not(code, text, wrong, right):
    assert code in codes(text.format(wrong))
    assert codes(text.format(right)) == []


@pytest.mark.parametrize("text", SILENT)
def test_what_may_be_is_no_finding(text):
    assert codes(text) == []
