"""Plots of a pooled answer: each kind is one record that draws it; nothing is fitted here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.records import found
from hilum.rendering.pool_forest import pool_forest
from hilum.synthesis.effects import SCALES, back_transform
from hilum.synthesis.effects import measure as measure_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.analyses.beside import Beside
    from hilum.analyses.pool import PoolAnswered
    from hilum.language import Words

AXES: Final = {"exp": "log {measure}", "expit": "logit of the proportion"}
"""Titles of axes on scales of their own; on another the measure itself."""
INFLUENCE: Final = ("rstudent", "dffits", "cook", "covr", "tau2del", "hat")


@dataclass(frozen=True, slots=True)
class PlotKind:
    """One kind of plot.

    Parameters
    ----------
    draw : callable (answer, words) -> str
        The SVG.
    needs : tuple of str
        What must be computed beside the answer: codes of
        :data:`hilum.analyses.beside.DIAGNOSTICS`.
    """

    draw: Callable[[PoolAnswered, Words], str]
    needs: tuple[str, ...] = ()


def plot_kind(code: str) -> PlotKind:
    """The record of a kind; an unknown code lists the known ones."""
    return found(PLOT_KINDS, code, "kind")


def _back(answer: PoolAnswered) -> Callable[[float], float] | None:
    scale = SCALES[measure_of(answer.measure).scale]
    if scale.code == "none" or scale.sized:
        return None
    return lambda value: float(back_transform(value, answer.measure))


def _axis(answer: PoolAnswered, words: Words) -> str:
    """The title of an axis on the model's own scale."""
    message = AXES.get(measure_of(answer.measure).scale)
    return words(message, measure=answer.measure) if message else answer.measure


def _base(answer: PoolAnswered) -> Beside:
    assert answer.beside is not None, "the kind names what it needs"
    return answer.beside


def _known(values: tuple[float | None, ...]) -> list[float]:
    return [float("nan") if value is None else value for value in values]


def _bubble(answer: PoolAnswered, words: Words) -> str:
    from hilum.plots import bubble_svg

    base = _base(answer)
    assert base.line is not None, "the kind names what it needs"
    line = base.line
    columns = (_known(one) for one in (line.at, line.fitted, line.low, line.high))
    return bubble_svg(
        _known(line.x),
        _known(base.yi),
        _known(base.weights),
        list(zip(*columns, strict=True)),
        labels=base.labels,
        moderator=line.moderator,
        axis=_axis(answer, words),
        title=words("Bubble plot"),
    )


def _influence(answer: PoolAnswered, words: Words) -> str:
    from hilum.plots import influence_svg

    base = _base(answer)
    assert base.influence is not None, "the kind names what it needs"
    panels = {name: _known(getattr(base.influence, name)) for name in INFLUENCE}
    return influence_svg(panels, base.labels, title=words("Influence"), study=words("study"))


def _baujat(answer: PoolAnswered, words: Words) -> str:
    from hilum.plots import baujat_svg

    base = _base(answer)
    assert base.baujat is not None, "the kind names what it needs"
    return baujat_svg(
        _known(base.baujat.x),
        _known(base.baujat.y),
        base.labels,
        title=words("Baujat plot"),
        x_axis=words("contribution to heterogeneity"),
        y_axis=words("influence on the pooled result"),
    )


def _gosh(answer: PoolAnswered, words: Words) -> str:
    from hilum.plots import gosh_svg

    base = _base(answer)
    assert base.gosh is not None, "the kind names what it needs"
    return gosh_svg(
        _known(base.gosh.beta),
        _known(base.gosh.I2),
        axis=answer.measure,
        back=_back(answer),
        title=words("All subsets (GOSH)"),
    )


def _drapery(answer: PoolAnswered, words: Words) -> str:
    from hilum.plots import drapery_svg

    base = _base(answer)
    return drapery_svg(
        _known(base.yi),
        _known(base.sei),
        (base.centre, base.se),
        None if base.wide is None else (base.centre, base.wide),
        axis=answer.measure,
        back=_back(answer),
        title=words("Drapery plot"),
        y_axis=words("p value"),
    )


def _funnel(answer: PoolAnswered, words: Words) -> str:
    from hilum.plots import funnel_svg

    base = _base(answer)
    assert base.filled is not None, "the kind names what it needs"
    filled = zip(_known(base.filled.yi), _known(base.filled.sei), strict=True)
    return funnel_svg(
        _known(base.yi),
        _known(base.sei),
        base.centre,
        labels=base.labels,
        filled=list(filled),
        null=None if measure_of(answer.measure).groups == 1 else 0.0,
        axis=answer.measure,
        back=_back(answer),
        title=words("Funnel plot"),
        y_axis=words("standard error"),
    )


PLOT_KINDS: Final[dict[str, PlotKind]] = {
    "forest": PlotKind(pool_forest),
    "funnel": PlotKind(_funnel, ("filled",)),
    "baujat": PlotKind(_baujat, ("baujat",)),
    "influence": PlotKind(_influence, ("influence",)),
    "gosh": PlotKind(_gosh, ("gosh",)),
    "bubble": PlotKind(_bubble, ("line",)),
    "drapery": PlotKind(_drapery, ("effects",)),
}
"""Kinds of plot by their code; a new one is one record here."""


def messages() -> set[str]:
    """Ids that stand in tables."""
    return set(AXES.values())
