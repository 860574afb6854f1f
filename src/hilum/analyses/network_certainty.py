"""CINeMA's draft for every comparison of a network, from the fit and columns of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.analyses.network import NetworkAsked
    from hilum.synthesis.arrays import Array, Indices
    from hilum.synthesis.certainty import Certainty
    from hilum.synthesis.network import NetworkFit

RISKS = {
    "low": "low",
    "moderate": "moderate",
    "some": "some_concerns",
    "some concerns": "some_concerns",
    "high": "high",
    "serious": "serious",
    "critical": "critical",
}
INDIRECT = {word: word for word in ("low", "some", "high")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """One domain's judgement with its reason and that one's code, and who changed it."""

    judgement: str
    steps: int
    reason: str
    source: str
    changed_by: str | None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """A comparison's level and domains."""

    level: str
    domains: dict[str, Domain]
    changed_by: str | None


def confidence(fit: NetworkFit, asked: NetworkAsked, measure: str) -> dict[str, Confidence]:
    """Level, domains and reasons of each comparison (Nikolakopoulou 2020).

    ``bias`` and ``indirectness`` name columns of the table, one judgement a study; a study
    without one counts as not appraised. ``important`` is the smallest effect that matters, a
    ratio or a difference. ``changes`` are a person's, with their reasons.

    Raises
    ------
    InputError
        A word that is no judgement, two judgements of one study, a difference without
        ``important``, or a faulty file of changes.
    NotEstimable
        A network without contributions (a multi-arm study whose variances allow none).
    """
    from hilum.synthesis.certainty import Thresholds, apply_overrides, rate_network
    from hilum.synthesis.effects import measure as measure_of
    from hilum.synthesis.network import (
        contributions,
        decompose,
        direct_indirect,
        hat_matrix,
        study_contributions,
    )

    ratio = measure_of(measure).scale == "exp"
    important = asked.important
    limits = Thresholds()
    if important is not None:
        limits = (
            Thresholds(important_ratio=important)
            if ratio
            else Thresholds(important_difference=important)
        )
    elif not ratio:
        wanted = phrased(
            "the smallest difference that matters, on the scale of {measure}", measure=measure
        )
        raise InputError(Fault("", None, "important", "", wanted))
    hat = hat_matrix(fit)
    shares = study_contributions(hat, contributions(hat))
    names = fit.treatments
    labels = [f"{names[a]}:{names[b]}" for a, b in hat.pairs.tolist()]
    split = direct_indirect(fit)
    parts = decompose(fit)
    interaction = parts.wald
    ends = _intervals(fit, hat.pairs, split, ratio)
    drafts = rate_network(
        labels,
        list(fit.contrasts.studies),
        scale="ratio" if ratio else "difference",
        ci=ends["ci"],
        contributions=shares,
        prediction=ends["prediction"],
        direct=ends["direct"],
        indirect=ends["indirect"],
        side_p=ends["p"][:, 0],
        interaction_p=interaction.pval if interaction.df else None,
        interaction_common=not parts.within.df,
        bias=_judged(asked, asked.bias, RISKS),
        indirectness=_judged(asked, asked.indirectness, INDIRECT),
        thresholds=limits,
    )
    final = apply_overrides(drafts, asked.changes)
    return {name: _plain(one) for name, one in final.items()}


def _intervals(fit: NetworkFit, pairs: Indices, split: Any, ratio: bool) -> dict[str, Array]:
    """Ends of the intervals of every pair, natural where ``ratio``; NaN where there is none."""
    import numpy as np

    first, second = pairs[:, 0], pairs[:, 1]
    low, high = fit.prediction
    out = {
        "ci": np.stack([fit.random.lower[first, second], fit.random.upper[first, second]], 1),
        "prediction": np.stack([low[first, second], high[first, second]], 1),
    }
    place = {pair: i for i, pair in enumerate(map(tuple, pairs.tolist()))}
    for name in ("direct", "indirect"):
        out[name] = np.full((len(pairs), 2), np.nan)
    out["p"] = np.full((len(pairs), 1), np.nan)
    for i, pair in enumerate(zip(split.treat1, split.treat2, strict=True)):
        a, b = (int(one) for one in pair)
        sign, at = (1, place[a, b]) if (a, b) in place else (-1, place[b, a])
        for name in ("direct", "indirect"):
            part = getattr(split, name)
            out[name][at] = sorted([sign * part.lower[i], sign * part.upper[i]])
        out["p"][at] = split.compare.p[i]
    if ratio:
        out |= {name: np.exp(out[name]) for name in out if name != "p"}
    return out


def _judged(
    asked: NetworkAsked, column: str | None, known: Mapping[str, str]
) -> dict[str, str] | None:
    """A study's judgement from its rows, which must agree."""
    if column is None:
        return None
    table = asked.table
    out: dict[str, str] = {}
    faults: list[Fault] = []
    studies = table.text(asked.columns.get("studlab", "studlab"))
    for line, study, cell in zip(table.lines, studies, table.text(column), strict=True):
        word = known.get(cell.lower())
        if not cell:
            continue
        if word is None:
            faults.append(
                Fault(
                    table.file,
                    line,
                    column,
                    cell,
                    phrased("one of {known}", known=", ".join(known)),
                )
            )
        elif out.setdefault(study, word) != word:
            wanted = phrased("'{out}' as in the other rows of {study}", out=out[study], study=study)
            faults.append(Fault(table.file, line, column, cell, wanted))
    if faults:
        raise InputError(*faults)
    return out


def _plain(one: Certainty) -> Confidence:
    return Confidence(
        level=one.level,
        domains={
            name: Domain(
                judgement=found.judgement,
                steps=found.steps,
                reason=found.reason,
                source=found.source,
                changed_by=None if found.edit is None else found.edit.who,
                code=found.code if found.edit is None else "",
            )
            for name, found in one.domains.items()
        },
        changed_by=None if one.edit is None else one.edit.who,
    )
