"""Assumptions of a new trial from the published record: which figure, and the studies behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, NotEstimable, phrased
from hilum.evidence import Outcome
from hilum.sheet.answer import OUTCOMES
from hilum.sheet.cells_part import answers_of, of_its_time
from hilum.sheet.certainty import appraisals_of, rate
from hilum.sheet.named import named, outcome_named
from hilum.sheet.treatments import treatments
from hilum.sheet.why_compared import alike, both_held, matching, published_comparisons, registered
from hilum.trials.borrowing.effective_size import effective_size, events_worth
from hilum.trials.borrowing.em import fit_mixture
from hilum.trials.borrowing.map_prior import MapPrior, map_prior
from hilum.trials.synopsis.record import Assumption, StudyBehind
from hilum.trials.synopsis.why_record import KnownNow, WhyNow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.evidence import Evidence
    from hilum.sheet.sheet import Comparison
    from hilum.sheet.sheet_cells import Answer, StudyFigure
    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.trials.synopsis.why_record import Hoped

# Interval ends lie so many standard deviations of the log from the middle.
Z95 = 1.959963984540054
LARGEST = "largest_of_range"


def modalities_of(treatment: str) -> tuple[str, ...]:
    """Modalities of a treatment of the board.

    Raises
    ------
    InputError
        An unknown treatment; lists the known ones.
    """
    known = {one.treatment: one.modalities for one in treatments() if one.modalities}
    if treatment not in known:
        expected = phrased("one of {known}", known=", ".join(known))
        raise InputError(Fault("", None, "control_from_evidence", treatment, expected))
    return known[treatment]


def answer_for(evidence: Evidence, treatment: str, outcome: str) -> Answer:
    """What the record says of one outcome of one treatment.

    Raises
    ------
    InputError
        An unknown treatment or outcome.
    """
    modalities_of(treatment)
    if outcome not in OUTCOMES:
        expected = phrased("one of {known}", known=", ".join(OUTCOMES))
        raise InputError(Fault("", None, "outcome", outcome, expected))
    return answers_of(evidence, treatment)[outcome]


def assumption(
    found: Answer, parameter: str, treatment: str, *, prior: BetaMixture | None = None
) -> Assumption:
    """The record's figure as an assumption, with every study in it.

    It is the figure that the sheet shows. Where the sheet shows a range, it is the figure of the
    study with most patients, and the method says so.

    Parameters
    ----------
    found : Answer
    parameter : str
        Which assumption it is: ``p0``, ``p2``, ``s0``, ``control_median``.
    treatment : str
        For the message where the record has nothing.
    prior : BetaMixture, optional
        The prior whose effective size is stated; made from the studies when omitted.

    Raises
    ------
    NotEstimable
        The record has no pooled figure; or one of 0 or 1, which no design can start from.
    """
    value = start_of(found)
    if value is None:
        message = phrased(
            "{treatment}, {outcome}: no study of such patients has a figure: "
            "give the assumption itself",
            treatment=treatment,
            outcome=found.outcome,
        )
        raise NotEstimable(message)
    if found.unit == "proportion" and not 0 < value < 1:
        message = phrased(
            "{treatment}, {outcome}: the record's figure is {value:g}: no "
            "design can start from it; give the assumption itself",
            treatment=treatment,
            outcome=found.outcome,
            value=value,
        )
        raise NotEstimable(message)
    return Assumption(
        parameter,
        value,
        "months" if found.unit == "months" else "proportion",
        "evidence",
        interval=found.ci,
        prediction=found.prediction,
        effective_n=_worth(found, prior),
        population=found.population,
        method=LARGEST if found.form == "range" else found.method,
        studies=tuple(
            StudyBehind(
                one.study_id,
                one.name,
                one.events,
                one.n,
                one.value,
                one.ci,
                one.source,
                one.link,
                one.locator,
                one.subgroup,
                one.derived,
            )
            for one in behind(found)
        ),
        treatment=treatment,
    )


def start_of(found: Answer) -> float | None:
    """The figure a design starts from: the cell's own, else that of its largest study."""
    if found.value is not None:
        return found.value
    known = [one for one in behind(found) if one.value is not None]
    largest = max(known, key=lambda one: (one.n or 0, one.study_id), default=None)
    return largest.value if largest else None


def behind(found: Answer) -> list[StudyFigure]:
    """The studies of a cell, of its own measure and time.

    A design asks for no primary site: of a range the figure of a whole arm stands in place of that
    of a subgroup where the study printed both. A pooled figure keeps what was pooled.
    """
    studies = of_its_time(found)
    if found.form != "range":
        return studies
    whole = {
        one.kept: one
        for one in found.left_out
        if one.left_out == "same_arm" and one.subgroup is None and one.value is not None and one.n
    }
    return [
        whole.get(one.result_id, one) if one.subgroup and one.arms == 1 else one for one in studies
    ]


def predictive_prior(found: Answer, *, tau_scale: float = 1.0) -> MapPrior:
    """Meta-analytic-predictive prior of a rate from the studies of an answer.

    Raises
    ------
    NotEstimable
        An outcome that is no proportion of patients, or no study with counts.
    """
    counted = [one for one in behind(found) if one.value is not None and one.n]
    if found.unit != "proportion" or found.measure != "proportion" or not counted:
        message = phrased(
            "{outcome}: a prior of a rate needs studies with events and patients",
            outcome=found.outcome,
        )
        raise NotEstimable(message)
    return map_prior(
        [events_of_figure(one) for one in counted],
        [one.n or 1 for one in counted],
        [one.study_id for one in counted],
        tau_scale=tau_scale,
    )


def events_of_figure(one: StudyFigure) -> int:
    """Patients with the event: as printed, else those that the share and the patients imply."""
    return round((one.value or 0.0) * (one.n or 0)) if one.events is None else one.events


def why_now(
    evidence: Evidence,
    intervention: str | None,
    comparator: str | None,
    outcome: str,
    *,
    certainty: Mapping[str, str] | None = None,
    hoped: Hoped | None = None,
) -> WhyNow | None:
    """What is known of both arms, and each comparison of them; None where nothing applies.

    Arms are ids of the board, modalities of the record or words for either. ``certainty`` gives
    the GRADE level of a treatment's pooled figure, by treatment; ``hoped`` is the hazard or odds
    ratio that the design hopes for, intervention over comparator.
    """
    levels = certainty or {}
    asked = outcome_named(outcome)
    said = [name for name in (intervention, comparator) if name]
    found = {name: one for name in said if (one := named(name, evidence)) is not None}
    if asked is None or not found:
        return None
    first, *others = found.values()
    arms = tuple(dict.fromkeys(one.treatment for one in found.values() if one.treatment))
    why = WhyNow(
        tuple(_known(answer_for(evidence, name, asked), name, asked, levels.get(name))
              for name in arms),
        None, None,
        outcome=asked,
        hoped=hoped,
        unknown=tuple(name for name in said if name not in found),
        read_as=tuple((name, one.code) for name, one in found.items() if not one.as_written),
    )  # fmt: skip
    if others and others[0].code != first.code:
        rows = matching(evidence, first, others[0])
        compared = published_comparisons(evidence, rows, first, others[0], asked, hoped)
        named_there = {one.study for one in compared}
        why = replace(
            why,
            randomised=_studies(rows, "randomised"),
            nonrandomised=_studies(rows, "nonrandomised"),
            compared=compared,
            both=both_held(evidence, first, others[0], asked, named_there),
            registered=registered(first, others[0]),
        )
    elif others:
        why = replace(why, alike=alike(evidence, (said[0], said[1]), first, asked))
    return why if why.arms or why.compared or why.both or why.alike else None


def certainty_levels(evidence: Evidence, names: Iterable[str], outcome: str) -> dict[str, str]:
    """GRADE's drafted level of each treatment's pooled figure; nothing where none is pooled.

    Where somebody appraised the studies, the record holds the appraisals.
    """
    if outcome not in OUTCOMES:
        return {}
    known = {one.treatment for one in treatments() if one.modalities}
    answers = {
        name: {outcome: answer_for(evidence, name, outcome)} for name in names if name in known
    }
    rated, _ = rate(answers, (), evidence, appraisals_of(evidence))
    return {
        name: found.level
        for name, one in rated.items()
        if (found := one[outcome].certainty) is not None
    }


def _known(found: Answer, treatment: str, outcome: str, certainty: str | None) -> KnownNow:
    return KnownNow(
        treatment,
        outcome,
        found.population,
        found.k,
        found.n,
        found.value if found.form != "range" else None,
        "months" if found.unit == "months" else "proportion",
        found.ci,
        found.prediction,
        tuple(found.designs),
        certainty,
        found.range if found.form == "range" else None,
    )


def _studies(rows: Iterable[Comparison], kind: str) -> int:
    """Studies of one kind with a usable ratio of the two on survival."""
    wanted = (Outcome("overall_survival"), Outcome("progression_free_survival"))
    return len(
        {
            figure.study_id
            for row in rows
            if row.kind == kind and row.outcome in wanted
            for figure in row.studies
        }
    )


def _worth(found: Answer, prior: BetaMixture | None) -> float | None:
    """Patients (events, of a median) that a prior of the next study's figure is worth."""
    if found.unit == "months":
        if found.prediction is None or found.prediction[0] <= 0:
            return None
        import math

        width = math.log(found.prediction[1] / found.prediction[0])
        return events_worth(width / (2 * Z95))
    if prior is None:
        try:
            made = predictive_prior(found)
        except NotEstimable:
            return None
        prior = fit_mixture(made.rates, made.mass).mixture
    try:
        return effective_size(prior)
    except NotEstimable:
        return None
