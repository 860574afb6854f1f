"""The worth of trials by their size, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.plots import WorthCurve, WorthPanel, worth_svg
from hilum.rendering.rank import label_of, title_of

if TYPE_CHECKING:
    from hilum.analyses.rank import RankAnswered
    from hilum.analyses.rank_answer import OutcomeRanked
    from hilum.language import Words

PANEL_CURVES = 5


def rank_picture(answer: RankAnswered, top: int, words: Words) -> str:
    """A panel an outcome, a curve each of its first comparisons."""
    most = min(top, PANEL_CURVES)
    panels = [
        _panel(one, most, answer.asked.per_unit is not None, words) for one in answer.outcomes
    ]
    title, axis = words("Worth of a trial by its size"), words("patients in the trial")
    return worth_svg(panels, title=title, axis=axis)


def _panel(one: OutcomeRanked, most: int, money: bool, words: Words) -> WorthPanel:
    shown = one.candidates[:most]
    large = money and max(abs(p.net or 0.0) for c in shown for p in c.designs) >= 1e6
    scale = 1e6 if large else 1.0
    unit = words(one.unit)
    if money:
        unit = words("net benefit, millions") if large else words("net benefit")
    curves = [
        WorthCurve(
            label_of(candidate, words),
            [
                (float(p.patients), p.total if p.net is None else p.net / scale)
                for p in candidate.designs
            ],
            float(candidate.best.patients),
        )
        for candidate in shown
    ]
    return WorthPanel(title_of(one, words), unit, curves)
