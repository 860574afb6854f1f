"""What the record gives a new trial, and how the synopsis says it."""

import pytest

import hilum
from hilum.errors import InputError, NotEstimable
from hilum.rendering.sheet.synopsis import html
from hilum.sheet.assumptions import (
    LARGEST,
    answer_for,
    assumption,
    events_of_figure,
    predictive_prior,
    why_now,
)
from hilum.trials.synopsis.one_group import simon_synopsis
from hilum.trials.synopsis.record import Basis, Pico

OUTCOME = "objective_response"


def test_certainty_is_shown_where_it_is_known(evidence):
    why = why_now(evidence, "tare", "tace", OUTCOME, certainty={"tace": "very_low"})
    assert [one.certainty for one in why.arms] == [None, "very_low"]
    made = simon_synopsis(Basis(Pico("netlm", "tare", "fixed_rate", OUTCOME), why=why), 0.3, 0.5)
    page = html(made, hilum.words("en"))
    assert "Radioembolisation (TARE): not rated; Chemoembolisation (TACE): very low" in page
    assert "极低确定性" in html(made, hilum.words("zh-Hans"))


def test_free_words_are_printed_as_they_are_and_escaped(evidence):
    made = simon_synopsis(Basis(Pico("<b>all</b>", "drug X", "fixed_rate", "response")), 0.1, 0.3)
    page = html(made, hilum.words("en"))
    assert "&lt;b&gt;all&lt;/b&gt;" in page
    assert "drug X" in page
    assert made.why is None
    assert why_now(evidence, "drug X", None, OUTCOME) is None
    assert why_now(evidence, "tace", None, "survival of the fittest") is None


def test_the_prior_holds_every_pooled_study(evidence):
    found = answer_for(evidence, "prrt_lu177", OUTCOME)
    prior = predictive_prior(found)
    counted = [one for one in found.studies if one.n]
    assert len(counted) == found.k_with_n > 5
    assert prior.labels == tuple(one.study_id for one in counted)
    assert prior.events == tuple(events_of_figure(one) for one in counted)
    one = assumption(found, "p2", "prrt_lu177")
    assert one.effective_n > 0
    assert prior.interval[0] < found.value < prior.interval[1]


def test_a_design_starts_from_the_figure_of_the_sheet(evidence, sheet):
    """One treatment and outcome, one figure, whatever asks; a range gives its largest study."""
    found = answer_for(evidence, "tace", OUTCOME)
    assert found.form == "range"
    one = assumption(found, "p0", "tace")
    assert one.method == LARGEST
    assert one.value == found.largest.value
    option = next(one for one in sheet.options if one.treatment == "tace")
    shown = option.outcomes[OUTCOME]
    assert (shown.form, shown.range, shown.largest) == (found.form, found.range, found.largest)
    pooled = answer_for(evidence, "prrt_lu177", OUTCOME)
    assert assumption(pooled, "p0", "prrt_lu177").value == pooled.value


def test_what_the_record_cannot_give_is_refused(evidence):
    with pytest.raises(NotEstimable, match="give the assumption itself"):
        assumption(answer_for(evidence, "mwa", "objective_response"), "p0", "mwa")
    with pytest.raises(NotEstimable, match="events and patients"):
        predictive_prior(answer_for(evidence, "prrt_lu177", "progression_free_survival"))
    with pytest.raises(InputError, match="tace"):
        answer_for(evidence, "magic", OUTCOME)
    with pytest.raises(InputError, match="objective_response"):
        answer_for(evidence, "tace", "joy")


def test_the_page_fits_a_phone(tmp_path, chromium_path):
    from playwright.sync_api import sync_playwright
    from typer.testing import CliRunner

    from hilum.cli.main import app

    path = tmp_path / "x.html"
    done = CliRunner().invoke(
        app,
        ["trials", "design", "sequential", "--p1", ".45", "--p2", ".25", "--futility", "asOF",
         "--out", str(path)],
    )  # fmt: skip
    assert done.exit_code == 0, done.exception
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 390, "height": 800})
        requests = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert page.locator("figure > svg").count() == 2
        assert requests == [path.as_uri()], "the page asks nothing of the network"
        browser.close()


@pytest.mark.parametrize(
    ("treatment", "control", "hoped", "said"),
    [
        # COMPETE: hazard ratio 0.67 (0.48 to 0.95) of PRRT over everolimus.
        ("everolimus", "prrt_lu177", 0.65, "points against the effect hoped for (HR 0.65)"),
        ("prrt_lu177", "everolimus", 0.65, "The question may be answered"),
        ("prrt_lu177", "ssa", 0.65, "The question may be answered"),
    ],
)
def test_a_published_comparison_stands_with_its_direction(treatment, control, hoped, said):
    from hilum.analyses import analysis
    from hilum.rendering.sheet.synopsis import text

    record = analysis("design-survival")
    question = {
        "hazard_ratio": hoped, "control_from_evidence": control, "treatment": treatment,
        "outcome": "progression_free_survival", "accrual": 36, "follow_up": 18,
    }  # fmt: skip
    with pytest.raises(InputError, match=r"despite_evidence.*a reason for the trial"):
        record.run(record.Asked(**question))
    answer = record.run(record.Asked(**question, despite_evidence="Another grade."))
    assert answer.why.despite == "Another grade."
    lines = text(answer, hilum.words("en")).splitlines()
    assert lines[1].startswith("! ")
    assert said in lines[1]
    on_it = [one for one in answer.why.compared if one.outcome == "progression_free_survival"]
    assert on_it == list(answer.why.compared[: len(on_it)])
    if {treatment, control} == {"everolimus", "prrt_lu177"}:
        one = on_it[0]
        assert (one.value, one.interval, one.n) == (0.67, (0.48, 0.95), 309)
        assert one.favours == "prrt_lu177"
        assert one.against is (treatment == "everolimus")
        assert one.excludes is (treatment == "everolimus")
    page = html(answer, hilum.words("en"))
    assert page.count("Published comparisons of the two") == 1
    assert said in page.replace("&#39;", "'")
    assert "reason for the trial despite this evidence: Another grade." in page


def test_an_outcome_nobody_compared_is_named():
    from hilum.analyses import analysis
    from hilum.rendering.sheet.synopsis import text

    record = analysis("design-two-proportions")
    asked = record.Asked(
        p1=0.8, control_from_evidence="tace", treatment="tare", outcome="objective_response"
    )
    said = text(record.run(asked), hilum.words("en"))
    compared = "odds_ratio" in {one.measure for one in record.run(asked).why.compared
                                if one.outcome == "objective_response"}  # fmt: skip
    assert ("No published comparison of" in said) is not compared
    assert "on survival" not in said


@pytest.mark.parametrize(("p0", "p1", "answered"), [(0.1, 0.3, True), (0.3, 0.5, False)])
def test_a_single_arm_whose_question_the_record_has_answered_says_so(p0, p1, answered):
    """The record of temozolomide: responses in 34 % (23 to 46)."""
    from hilum.analyses import analysis
    from hilum.language import words
    from hilum.rendering.sheet.synopsis_page import SynopsisPage

    record = analysis("design-simon")
    asked = {"treatment": "chemo_temozolomide", "outcome": "objective_response"}
    if answered:
        with pytest.raises(InputError, match="exclude the value that would be uninteresting"):
            record.run(record.Asked(p0=p0, p1=p1, **asked))
    made = record.run(record.Asked(p0=p0, p1=p1, despite_evidence="Another line.", **asked))
    warnings = SynopsisPage(made, words("en")).context()["why"]["warnings"]
    assert (
        any("exclude the value that would be uninteresting" in one for one in warnings) == answered
    )


def test_a_treatment_is_not_compared_with_itself():
    from hilum.analyses import analysis
    from hilum.errors import InputError

    asked = analysis("design-means").Asked
    with pytest.raises(InputError, match="another treatment than the one under study"):
        asked(difference=3.0, sd=8.0, treatment="ssa", control=" SSA")
    assert asked(difference=3.0, sd=8.0, treatment="ssa", control="tace").control == "tace"
