"""CINeMA's draft for every comparison of a network, from the fit and columns of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hilum.analyses.tables import Table
    from hilum.cli.network_data import NetworkOptions
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


def certainty_object(
    fit: NetworkFit,
    options: NetworkOptions,
    table: Table,
    *,
    bias: str | None = None,
    indirectness: str | None = None,
    important: float | None = None,
    changes: Path | None = None,
) -> dict[str, Any]:
    """Level, domains and reasons of each comparison (Nikolakopoulou 2020).

    ``bias`` and ``indirectness`` name columns of the table, one judgement a study; a study
    without one counts as not appraised. ``important`` is the smallest effect that matters, a
    ratio or a difference. ``changes`` is a file of a person's changes with their reasons.

    Raises
    ------
    InputError
        A word that is no judgement, two judgements of one study, a difference without
        ``important``, or a faulty file of changes.
    NotEstimable
        A network without contributions (a multi-arm study whose variances allow none).
    """
    from hilum.board.overrides import read_overrides
    from hilum.synthesis.certainty import Thresholds, apply_overrides, rate_network
    from hilum.synthesis.effects import measure
    from hilum.synthesis.network import (
        contributions,
        decompose,
        direct_indirect,
        hat_matrix,
        study_contributions,
    )

    ratio = measure(options.measure or "GEN").scale == "exp"
    limits = Thresholds()
    if important is not None:
        limits = (
            Thresholds(important_ratio=important)
            if ratio
            else Thresholds(important_difference=important)
        )
    elif not ratio:
        wanted = f"the smallest difference that matters, on the scale of {options.measure}"
        raise InputError(Fault("--important", None, "important", "", wanted))
    hat = hat_matrix(fit)
    shares = study_contributions(hat, contributions(hat))
    names = fit.treatments
    labels = [f"{names[a]}:{names[b]}" for a, b in hat.pairs.tolist()]
    split = direct_indirect(fit)
    interaction = decompose(fit).wald
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
        bias=_judged(table, options, bias, RISKS),
        indirectness=_judged(table, options, indirectness, INDIRECT),
        thresholds=limits,
    )
    final = apply_overrides(drafts, read_overrides(changes))
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
    table: Table, options: NetworkOptions, column: str | None, known: Mapping[str, str]
) -> dict[str, str] | None:
    """A study's judgement from its rows, which must agree."""
    if column is None:
        return None
    out: dict[str, str] = {}
    faults: list[Fault] = []
    studies = table.text(options.columns["studlab"])
    for line, study, cell in zip(table.lines, studies, table.text(column), strict=True):
        word = known.get(cell.lower())
        if not cell:
            continue
        if word is None:
            faults.append(Fault(table.file, line, column, cell, f"one of {', '.join(known)}"))
        elif out.setdefault(study, word) != word:
            wanted = f"'{out[study]}' as in the other rows of {study}"
            faults.append(Fault(table.file, line, column, cell, wanted))
    if faults:
        raise InputError(*faults)
    return out


def _plain(one: Certainty) -> dict[str, Any]:
    return {
        "level": one.level,
        "domains": {
            name: {
                "judgement": found.judgement,
                "steps": found.steps,
                "reason": found.reason,
                "source": found.source,
                "changed_by": None if found.edit is None else found.edit.who,
            }
            for name, found in one.domains.items()
        },
        "changed_by": None if one.edit is None else one.edit.who,
    }


def describe_certainty(found: Mapping[str, Any]) -> str:
    """One line a comparison: its level and the domains with concerns."""
    from hilum.synthesis.certainty import circles

    width = max(len(name) for name in found)
    lines = ["confidence (CINeMA, draft)"]
    for name, one in found.items():
        why = [
            f"{domain.replace('_', ' ')}: {part['judgement'].replace('_', ' ')}"
            for domain, part in one["domains"].items()
            if part["judgement"] in ("some_concerns", "major_concerns", "not_assessed")
        ]
        words = f"  {name:<{width}}  {circles(one['level'])} {one['level'].replace('_', ' ')}"
        lines.append(f"{words}{'; ' if why else ''}{'; '.join(why)}")
    return "\n".join(lines)
