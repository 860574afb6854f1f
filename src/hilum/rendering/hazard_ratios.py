"""Pooled hazard ratios in a few lines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from hilum.language.telling import sentence
from hilum.records import found
from hilum.rendering.pool_models import prior_line
from hilum.rendering.printed_figures import probable

if TYPE_CHECKING:
    from hilum.analyses.hazard_ratios import Ends, Figure, HazardRatiosAnswered, RatioRow
    from hilum.language import Words

NOTES: Final = {
    "one_study": "one study: its own hazard ratio, which says nothing of other studies",
    "few": "no interval of a new study: fewer than 4 studies",
    "far": "far off the other studies, which chance and the usual spread do not explain, look at "
    "it: {far}",
    "own_unit": "restricted means are in the unit of time of the patients' files",
    "not_proportional": "studies with ? have hazards that are not proportional: their one ratio "
    "hides a change over time, read the difference of restricted means",
}
DERIVED: Final = {
    "interval": "its interval",
    "log-rank table": "its log-rank table",
    "log hazard ratio": "its log hazard ratio",
    "p value": "its p value",
    "events of both arms": "the events of both arms",
    "p value and events": "its p value and events",
    "patients": "its patients",
}


def hazard_ratio_lines(answer: HazardRatiosAnswered, words: Words) -> list[str]:
    """The pooled figure, its spread, and one line a study."""
    value = f"{answer.hazard_ratio:.3f} ({_interval(answer.ci, words)})"
    lines = [words("hazard ratio {value}: studies {k}", value=value, k=answer.k)]
    if answer.prior is not None:
        lines.append(f"  {prior_line(answer.prior, words)}")
    if answer.tau is not None:
        tau, low, high = (f"{one:.3g}" for one in answer.tau)
        said = words("tau {tau} ({low} to {high}) with its prior", tau=tau, low=low, high=high)
        lines.append(f"  {said}")
    if answer.common is not None:
        lines.append(f"  {words('common effect: {figure}', figure=_figure(answer.common, words))}")
    if answer.adhoc is not None:
        said = words("Hartung-Knapp, modified: {figure}", figure=_figure(answer.adhoc, words))
        lines.append(f"  {said}")
    if answer.prediction is not None:
        lines.append(
            "  " + words("a new study {interval}", interval=_interval(answer.prediction, words))
        )
    if answer.tau2 is not None and answer.Q is not None:
        lines.append(
            "  "
            + words(
                "between studies (REML): tau {tau}, I2 {i2} %, Q {q} (p {p})",
                tau=f"{math.sqrt(answer.tau2):.3f}",
                i2="-" if answer.I2 is None else f"{answer.I2:.1f}",
                q=f"{answer.Q:.2f}",
                p=probable(answer.Qp),
            )
        )
    lines += [f"    {_row(one, words)}" for one in answer.studies]
    lines.append("  " + words("below 1: fewer events in the arm that is compared"))
    far = words(", ").join(answer.far)
    lines += [f"  {words(found(NOTES, code, 'note'), far=far)}" for code in answer.notes]
    return [*lines, *(f"  {sentence(one, words)}" for one in answer.remarks)]


def _row(one: RatioRow, words: Words) -> str:
    named = {
        "study": one.study,
        "value": f"{one.hazard_ratio:.3f}",
        "interval": _interval(one.ci, words),
        "source": words(found(DERIVED, one.derived_from, "source")),
        "mark": "?" if one.proportional is False else "",
    }
    if one.rmst_difference is None or one.rmst_ci is None:
        return words("{study}: {value}{mark} ({interval}), from {source}", **named)
    return words(
        "{study}: {value}{mark} ({interval}), from {source}: {n}, {events} events; proportional "
        "hazards p {p}; restricted mean to {horizon} differs by {mean} ({mean_interval})",
        **named,
        n=one.n,
        events=one.events,
        p=probable(one.zph_p),
        horizon=f"{one.horizon:.4g}",
        mean=f"{one.rmst_difference:.2f}",
        mean_interval=_interval(one.rmst_ci, words),
    )


def _figure(one: Figure, words: Words) -> str:
    return f"{one[0]:.3f} ({_interval(one[1:], words)})"


def _interval(ends: Ends, words: Words) -> str:
    low, high = ("-" if end is None else f"{end:.3f}" for end in ends)
    return words("{low} to {high}", low=low, high=high)


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {*NOTES.values(), *DERIVED.values()}
