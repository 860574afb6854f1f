"""Comparisons of treatments as the sheet holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.answers.comparisons import ComparedTreatments, comparisons
from hilum.answers.misfit import misfit_of
from hilum.evidence import Population
from hilum.evidence.vocabulary import OUTCOMES
from hilum.sheet.answer import figures
from hilum.sheet.sheet import Comparison, PrintedRatio
from hilum.sheet.treatments import treatment_of

if TYPE_CHECKING:
    from hilum.answers.contrasts import Side, TrialRatio
    from hilum.evidence import Evidence
    from hilum.sheet.sheet_cells import AskedPart


def compared_by_ratio(evidence: Evidence, asked: AskedPart | None = None) -> list[Comparison]:
    """Every comparison by a ratio, randomised first; for patients as asked, else for anybody.

    A trial of other patients is shown as printed and does not enter the pooled line.
    """
    misfit = (
        misfit_of(evidence, asked.site, asked.grade, asked.line)
        if asked is not None
        else lambda _: None
    )
    rows = {row.result_id: row for row in evidence.results}
    out: list[Comparison] = []
    for one in comparisons(evidence, treatment_of, misfit):
        if not OUTCOMES[one.outcome].compared:
            continue
        used = [rows[trial.result_id] for trial in one.used]
        out.append(
            Comparison(
                treatment=one.treatment,
                comparator=one.comparator,
                outcome=one.outcome,
                measure=one.measure,
                time_months=one.time_months,
                kind=one.kind,
                population=_population(evidence, one),
                unit="ratio",
                form=one.form,
                value=one.value,
                ci=one.ci,
                prediction=one.prediction,
                tau2=None if one.tau is None else one.tau**2,
                i2=one.i2,
                k=one.k,
                n=one.n,
                method=one.method,
                prior=one.prior,
                sampling_ci=one.sampling_ci,
                better=one.better,
                clear=one.clear,
                trials=[_printed(trial, one) for trial in one.trials],
                studies=figures(evidence, used),
            )
        )
    return out


def _printed(trial: TrialRatio, one: ComparedTreatments) -> PrintedRatio:
    turned = trial.treatment != one.treatment
    return PrintedRatio(
        result_id=trial.result_id,
        study_id=trial.study_id,
        name=trial.name,
        year=trial.year,
        treatment=trial.treatment,
        comparator=trial.comparator,
        background=trial.background,
        arm=trial.arm,
        comparator_arm=trial.comparator_arm,
        value=trial.value,
        ci=None if trial.low is None and trial.high is None else (trial.low, trial.high),
        p_value=trial.p_value,
        n=trial.n,
        better=_side(trial.better, turned=turned),
        clear=trial.clear,
        left_out=trial.left_out,
    )


def _side(side: Side | None, *, turned: bool) -> Side | None:
    if side is None or not turned:
        return side
    return "comparator" if side == "treatment" else "treatment"


def _population(evidence: Evidence, one: ComparedTreatments) -> str:
    """NET liver metastases where every study is of them, else the widest."""
    found = {evidence.study[trial.study_id].population for trial in one.used or one.trials}
    for population in (Population.MIXED_LIVER_METASTASES, Population.MIXED_NET):
        if population in found:
            return population
    return Population.NETLM
