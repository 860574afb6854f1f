"""The joint model's figures for patients like one: kept, found by content, and never alone."""

import sys
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from scipy import special

from hilum.answers import Question, index, treatments
from hilum.answers.joint_fit import (
    GRADES,
    LINES,
    LIVER,
    SITES,
    ForPatient,
    OutcomePosterior,
    _patients,  # pyright: ignore[reportPrivateUsage]
    fit_outcome,
    profile,
    profiles,
)
from hilum.answers.joint_rows import COVARIATES, JOINT_OUTCOMES, joint_rows
from hilum.answers.posterior import FILE, kept, like_this, posterior_of, read, written
from hilum.evidence import read_evidence
from hilum.synthesis.joint import arms
from hilum.synthesis.joint.diagnostics import DIVERGENT_SHARE, ESS, R_HAT
from tests.made_fit import made_fit

EVIDENCE = read_evidence()
OR, PFS = "objective_response", "progression_free_survival"


def made(**changes: object) -> OutcomePosterior:
    figure = ForPatient(0.3, (0.2, 0.4), (0.1, 0.6), ("pct_pancreatic",))
    return replace(
        OutcomePosterior(
            OR, "x", {"tace": 4}, {"tace": 20.0}, {"tace": {key: figure for key, _ in profiles()}},
            COVARIATES, 1.0, 2000.0, 0, 4000, 1,
        ),
        **changes,
    )  # fmt: skip


def test_the_shipped_posteriors_are_of_the_shipped_evidence_and_converged() -> None:
    for outcome in JOINT_OUTCOMES:
        one = posterior_of(EVIDENCE, outcome)
        assert one is not None, f"{outcome}: make posterior"
        assert one.r_hat <= R_HAT
        assert one.ess >= ESS
        assert one.divergences <= DIVERGENT_SHARE * one.draws
        assert set(one.patients) <= set(treatments())
        # Each treatment with evidence of two kinds has what each says alone.
        kinds: dict[str, set[str]] = {}
        for row in joint_rows(EVIDENCE, outcome).rows:
            kinds.setdefault(row.treatment, set()).add(row.design)
        assert one.apart is not None, f"{outcome}: make posterior"
        assert set(one.apart) == {name for name, own in kinds.items() if len(own) > 1}
        for name, sides in one.apart.items():
            assert {kind for side in sides for kind in (side.first, side.second)} == kinds[name]
            assert all(side.gross == (abs(side.z) >= 2) for side in sides)
        for figures in one.patients.values():
            assert set(figures) == {key for key, _ in profiles()}
    assert files("hilum.answers").joinpath(FILE).stat().st_size < 3_000_000  # type: ignore[attr-defined]


def test_a_record_with_other_rows_has_none() -> None:
    first = joint_rows(EVIDENCE, OR).rows[0]
    row = next(
        one
        for one in EVIDENCE.results
        if (one.study_id, one.outcome) == (first.study, OR) and one.events == first.y
    )
    other = replace(
        EVIDENCE,
        results=tuple(
            one.model_copy(update={"events": (one.events or 0) - 1})
            if one.result_id == row.result_id
            else one
            for one in EVIDENCE.results
        ),
    )
    assert joint_rows(other, OR).content != joint_rows(EVIDENCE, OR).content
    assert posterior_of(other, OR) is None
    shuffled = replace(EVIDENCE, results=tuple(reversed(EVIDENCE.results)))
    assert joint_rows(shuffled, OR).content == joint_rows(EVIDENCE, OR).content
    assert posterior_of(EVIDENCE, "mortality_30d") is None


def test_reading_a_kept_posterior_loads_no_sampler() -> None:
    import subprocess

    code = (
        "import sys; from hilum.evidence import read_evidence; "
        "from hilum.answers.posterior import posterior_of; "
        "assert posterior_of(read_evidence(), 'objective_response'); "
        "assert 'jax' not in sys.modules, 'jax'; assert 'numpyro' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_rows_are_the_cells_own_with_who_the_patients_were() -> None:
    rows = joint_rows(EVIDENCE, OR)
    assert not rows.months
    places = [(one.study, one.treatment) for one in rows.rows]
    assert len(places) == len(set(places))
    by_place = {(one.study, one.treatment): one for one in rows.rows}
    # RADIANT-1: everolimus after chemotherapy in pancreatic tumours of low or intermediate grade.
    assert by_place["yao2010radiant1", "everolimus"].x == (100.0, 0.0, 100.0, 0.0)
    # Patients of several lines say nothing of how many were of each.
    several = {(one.study, one.treatment): one for one in joint_rows(EVIDENCE, PFS).rows}
    assert np.isnan(several["yao2011", "everolimus"].x[COVARIATES.index("pct_later_line")])
    assert all(0 <= one.y <= one.n for one in rows.rows)
    months = joint_rows(EVIDENCE, "overall_survival")
    assert months.months
    study = next(one for one in months.rows if one.study == "strosberg2017")
    # NETTER-1: median 48.0 months (Strosberg 2021, as in the tables).
    assert study.y == pytest.approx(np.log(np.log(2) / 48.0))


def test_a_profile_names_every_kind_of_patient() -> None:
    assert len(profiles()) == len(SITES) * len(GRADES) * len(LINES) * len(LIVER)
    assert profile("pancreas", "G1-2", "first", "only") == "pancreas/G1-2/first/only"
    assert profile("small_bowel", "G3_NET", "any") == "elsewhere/G3_NET/any/any"
    assert profile("any", "NEC", "any") is None


@pytest.mark.parametrize(
    ("plain", "touches"),
    [((0.1, 0.2), True), ((0.1, 0.19), False), ((0.4, 0.9), True), ((0.41, 0.9), False),
     (None, None)],
)  # fmt: skip
def test_it_stands_beside_where_the_intervals_touch(
    plain: tuple[float, float] | None, touches: bool | None
) -> None:
    said = like_this(made(), Question("tace", OR, "pancreas"), plain)
    assert (said.value, said.ci, said.k, said.touches) == (0.3, (0.2, 0.4), 4, touches)
    assert said.reason is None


def test_what_keeps_it_from_being_shown() -> None:
    ask = Question("tace", OR, "pancreas")
    assert like_this(None, ask, None).reason == "not_fitted"
    assert like_this(made(), Question("tace", OR, grade="NEC"), None).reason == "not_this_patient"
    assert like_this(made(), Question("tae", OR), None).reason == "no_study"
    assert like_this(made(prior_share={"tace": 50.0}), ask, None).reason is None
    said = like_this(made(prior_share={"tace": 50.1}), ask, None)
    assert (said.reason, said.detail) == ("prior", "50 %")
    still = ForPatient(0.3, (0.2, 0.4), (0.1, 0.6), ())
    unmoved = made(patients={"tace": {key: still for key, _ in profiles()}})
    assert like_this(unmoved, ask, None).reason == "not_moved"


def test_writing_and_reading_keep_four_digits() -> None:
    one = made(r_hat=1.00123456)
    again = read(written(one))
    assert again == replace(one, r_hat=1.001)
    assert kept()[OR].seed == read(written(kept()[OR])).seed


def test_a_figure_is_the_level_and_the_slopes_to_the_patient() -> None:
    """By hand from draws made beforehand: covariates out of the studies' reach stay at their mean.

    Three series of 0, 50 and 100 percent pancreatic patients, none of grade 3; a second treatment
    of which all studies are pancreatic.
    """
    nan = float("nan")
    studies = arms(
        ["a", "b", "c", "d", "e", "f"],
        ["tace"] * 3 + ["everolimus"] * 3,
        ["single_arm"] * 6,
        [30, 40, 50, 10, 12, 14],
        [100] * 6,
        covariates={
            "pct_pancreatic": [0.0, 50.0, 100.0, 100.0, 100.0, 100.0],
            "pct_grade3": [0.0, 0.0, nan, 0.0, 30.0, nan],
        },
    )
    fit = made_fit(studies)
    rng = np.random.default_rng(5)
    slope = 0.3 * rng.normal(size=(*fit.draws["sigma"].shape, 2, 2)) + 0.5
    fit.draws["slope"] = slope
    place = fit.treatments.index("tace")
    found = _patients(fit, place)
    mean, sd = np.nanmean(studies.x, 0), np.nanstd(studies.x, 0)

    def by_hand(pancreatic: float, grade3: float) -> list[float]:
        eta = fit.flat("alpha")[:, place]
        eta = eta + fit.flat("slope")[:, place, 0] * (pancreatic - mean[0]) / sd[0]
        eta = eta + fit.flat("slope")[:, place, 1] * (grade3 - mean[1]) / sd[1]
        return [float(x) for x in np.percentile(special.expit(eta), [50, 2.5, 97.5])]

    for key, at, moved in (
        ("pancreas/G1-2/any/any", (100.0, 0.0), ("pct_pancreatic", "pct_grade3")),
        ("elsewhere/G1-2/first/only", (0.0, 0.0), ("pct_pancreatic", "pct_grade3")),
        ("any/G1-2/any/any", (50.0, 0.0), ("pct_grade3",)),
        # No study of it had grade 3: its patients stay at the mean of its own studies.
        ("pancreas/G3_NET/any/any", (100.0, 0.0), ("pct_pancreatic",)),
    ):
        one = found[key]
        assert [one.value, *one.ci] == pytest.approx(by_hand(*at)), key
        assert one.moved == moved, key
        assert one.prediction[0] < one.ci[0] < one.ci[1] < one.prediction[1]
    # Everolimus of pancreatic series only says nothing of other sites.
    other = _patients(fit, fit.treatments.index("everolimus"))
    assert "pct_pancreatic" not in other["elsewhere/G1-2/any/any"].moved
    assert other["elsewhere/G1-2/any/any"].value == other["any/G1-2/any/any"].value


def test_a_fit_is_summed_up_for_every_treatment_and_patient(monkeypatch) -> None:
    from hilum.synthesis import joint as room
    from hilum.synthesis.joint import identification

    monkeypatch.setattr(room, "joint", lambda studies, **_: made_fit(studies, slopes=True))
    monkeypatch.setattr(
        identification, "level_share_of_prior", lambda fit: [10.0] * len(fit.treatments)
    )
    rows = joint_rows(EVIDENCE, OR)
    found = fit_outcome(rows)
    assert found.content == rows.content
    assert set(found.studies) == {one.treatment for one in rows.rows}
    assert found.studies["everolimus"] == sum(one.treatment == "everolimus" for one in rows.rows)
    assert set(found.covariates) <= set(COVARIATES)
    assert len(found.patients["everolimus"]) == len(profiles())
    months = fit_outcome(joint_rows(EVIDENCE, PFS))
    assert months.patients["everolimus"]["any/G1-2/any/any"].value > 1


def test_a_kept_figure_lies_where_the_plain_one_does_for_anybody() -> None:
    """No covariate moved: the model's level and the cell's line are two readings of the same."""
    from hilum.answers import cell

    found, seen = index(EVIDENCE), 0
    for outcome in JOINT_OUTCOMES:
        one = posterior_of(found, outcome)
        assert one is not None
        for name in one.patients:
            plain = cell(Question(name, outcome), found)
            if plain.form != "pooled" or plain.ci is None or one.prior_share[name] > 50:
                continue
            scale = 1.0 if plain.months else 0.01
            ends = (scale * plain.ci[0], scale * plain.ci[1])
            said = like_this(one, Question(name, outcome), ends)
            assert said.touches, (name, outcome, said.ci, ends)
            seen += 1
    assert seen >= 12
