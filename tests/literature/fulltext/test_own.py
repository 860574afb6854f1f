"""Whose figures a text holds: this study's, or those that it tells of."""

import pytest

from hilum.literature.fulltext.doubts import ANOTHER
from hilum.literature.fulltext.own import own_names
from hilum.literature.fulltext.pages import Page
from hilum.literature.fulltext.propose import left_out, once, proposals


def told(text):
    found = proposals([Page(1, text)])
    return [one.value for one in once(found)], [one.value for one in left_out(found)]


OWN = "Objective response was seen in 31% of patients."
# Each of them tells of another study, in words of its own.
OTHERS = (
    "An earlier Austrian registry of 64 patients found an objective response of 6%.",
    "The NORDIC NEC registry, as will be remembered, gave an objective response of 6%.",
    "Compared with the ELTR report (objective response 6%) our early loss is similar.",
    "An earlier communication from Boston reported an objective response of 6%.",
    "By contrast, Mazzanti obtained an objective response of 6%.",
    "In Mazzaferro's transplant arm: objective response of 6%.",
    "Adult series speak of an objective response of 6%.",
    "In the first (n = 41), an objective response was noted in 6%.",
    "A second trial (BETTER) had an objective response of 6%.",
    "We attribute this to the exclusion of patients, in whom an objective response of 6% has been "
    "described.",
    "Events resembled those of the parent trial, where the objective response was 6%.",
    "The largest cohort of the single studies had an objective response of 6%.",
)


@pytest.mark.parametrize("sentence", OTHERS)
def test_anothers_figure_is_left_to_the_reader(sentence):
    taken, left = told(f"{OWN} {sentence}")
    assert taken == ["31"]
    assert "6" in left


REVIEWS = (
    "We searched three databases and found 41 studies.",
    "This systematic review and meta-analysis covers 41 studies.",
    "A meta-analytic remark: six cohorts were pooled.",
    "PRISMA was followed; random-effects models were used.",
)


@pytest.mark.parametrize("first", REVIEWS)
def test_a_review_has_no_figures_of_its_own(first):
    taken, left = told(f"{first} {OWN}")
    assert (taken, left) == ([], ["31"])
    table = (
        f"{first}\n\nOutcome    TACE (n = 58)    TAE (n = 60)\nObjective response, %    22    35\n"
    )
    assert told(table)[0] == []


@pytest.mark.parametrize(
    "first", ["We searched our database.", "Two randomised trials are open.", "41 studies exist."]
)
def test_one_word_of_a_review_does_not_make_one(first):
    assert told(f"{first} {OWN}")[0] == ["31"]


CITE = "Previous series reported fewer events."


@pytest.mark.parametrize(("cites", "taken"), [(2, ["31"]), (3, []), (4, [])])
def test_a_text_that_cites_again_and_again_is_a_discussion(cites, taken):
    assert told(f"{OWN} {' '.join([CITE] * cites)}")[0] == taken
    ours = f"In our patients an objective response was seen in 31%. {' '.join([CITE] * cites)}"
    assert told(ours)[0] == ["31"]


def test_the_name_of_the_own_trial_is_not_anothers():
    own = "The OLNET trial enrolled 80 patients. Objective response in OLNET study arm A was 31%."
    assert own_names([own]) == {"OLNET"}
    assert (
        own_names(["The NORDIC registry gave 31%.", "In the TACE group it was 6%."]) == frozenset()
    )


def test_of_a_table_of_published_series_only_this_one_is_taken():
    table = (
        "Author\tYear\tTechnique\tORR, %\tOS, months\n"
        "Hartigan\t2008\tTAE\t48\t36\n"
        "Present series\t2022\tTACE\t53\t47\n"
    )
    found = proposals([Page(1, table)])
    assert {one.value for one in once(found)} == {"53"}
    assert "48" in {one.value for one in left_out(found) if one.doubt == ANOTHER}


def test_points_of_a_list_are_told_apart():
    listed = (
        "Given: surufatinib (n = 88) vs placebo (n = 44)\n"
        "Objective response: 11 (12.5%) vs 1 (2.3%)\n"
        "Disease control: 74 (84.1%) vs 30 (68.2%)\nFigures: surufatinib vs placebo\n"
    )
    found = once(proposals([Page(1, listed)]))
    by = {(one.outcome, one.value) for one in found}
    assert {("objective_response", "12.5"), ("disease_control", "84.1")} <= by
    assert ("disease_control", "2.3") not in by
    # A line that is broken in running text is not.
    broken = "Ki-67 was associated with shorter\nOS (HR: 2.84; 95% CI: 1.37-5.89; P = 0.005)."
    assert len(proposals([Page(1, broken)])) == 1
    assert "shorter" in proposals([Page(1, broken)])[0].sentence


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Mortality at 30 days: 3.1% and 0.8%; at 90 days: 6.3% and 1.6%.", ["3.1", "0.8"]),
        ("Of 52 patients, PD was seen in 15 (28.8%); not evaluable in 2 (3.8%) and 2 (3.8%).",
         ["28.8"]),
        ("Overall survival was 75% after one year, 41% after three and 29% after five.", ["75"]),
        ("The liver was the first site in 41 of 66 recurrences (62.1%).", []),
        ("One death, from hepatic failure in a man with 80% liver replacement, was seen.", []),
        ("Adverse events of any grade occurred in all 41 patients, of grade 3 or higher in 28 "
         "(68.3%).", []),
        ("The 3-year survival of biochemical responders was 76.5%.", []),
        ("Diarrhoea: of 44, 23 better (52.3%).", []),
    ],
)  # fmt: skip
def test_a_figure_that_turns_to_something_else_is_not_carried_on(text, taken):
    assert [one for one in told(text)[0] if one] == taken


OPINION = (
    "We sent a questionnaire to 60 surgeons. Most surgeons would resect. "
    "Most surgeons expect a cure."
)
MODEL = (
    "A Markov model with a lifetime horizon was built. The incremental cost was 40,000 per QALY."
)


@pytest.mark.parametrize(
    "text", [f"{MODEL} {OWN}", f"{OPINION} {OWN}", f"{OWN} {MODEL}", f"{OWN} {OPINION}"]
)
def test_a_model_or_a_survey_of_opinions_has_no_figures_of_its_own(text):
    taken, left = told(text)
    assert (taken, "31" in left) == ([], True)


@pytest.mark.parametrize(
    "text",
    [
        "We sent a questionnaire to all surgeons.",
        "A Markov model was fitted to transitions between grades.",
        "Costs were measured; the treatment was cost-effective.",
    ],
)
def test_one_word_of_a_model_or_a_survey_does_not_make_one(text):
    assert told(f"{OWN} {text}")[0] == ["31"]


@pytest.mark.parametrize(
    "sentence",
    [
        "In the base case the median survival was 62 months.",
        "Most respondents (58%) believe that the objective response is 45%.",
        "Morbidity in our series was lower than the 14% of the Mayo Clinic.",
        "Response in our patients was higher than the 22% from Rotterdam.",
    ],
)
def test_a_sentence_of_a_model_an_opinion_or_another_house_is_left(sentence):
    assert told(f"{OWN} {sentence}")[0] == ["31"]


def test_a_table_of_reasons_holds_no_outcomes():
    rows = "PRRT (n = 50)    TACE (n = 40)\nProgressive disease    10 (20)    12 (30)\n"
    kept = proposals([Page(1, f"Table 2. Outcome\n\nOutcome    {rows}")])
    assert len(once(kept)) == 2
    why = proposals([Page(1, f"Table 2. Reasons for discontinuation\n\nEvent    {rows}")])
    assert once(why) == []
