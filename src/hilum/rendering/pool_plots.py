"""Plots of a pooled answer: each kind is one record that draws it; nothing is fitted here."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from hilum.analyses.ordering import size_of
from hilum.errors import Fault, InputError, phrased
from hilum.records import found
from hilum.rendering.forest_words import read_as
from hilum.rendering.pool import shown
from hilum.rendering.pool_forest import pool_forest
from hilum.rendering.pool_look import USUAL, Look
from hilum.synthesis.effects import SCALES, back_transform
from hilum.synthesis.effects import measure as measure_of

if TYPE_CHECKING:
    from hilum.analyses.beside import Beside
    from hilum.analyses.pool import PoolAnswered
    from hilum.language import Words


class Drawing(Protocol):
    """Draws an answer; a look is the reader's own."""

    def __call__(self, answer: PoolAnswered, words: Words, look: Look = USUAL) -> str:
        """The SVG."""
        ...


AXES: Final = {"exp": "log {measure}", "expit": "logit of the proportion"}
"""Titles of axes on scales of their own; on another the measure itself."""
FILLED: Final = "Open: studies that nobody made, supposed by trim and fill to even it out ({count})"
INFLUENCE: Final = {
    "rstudent": "residual without it (rstudent)",
    "dffits": "shift of its fitted value (DFFITS)",
    "cook": "Cook's distance (cook)",
    "covr": "ratio of covariances (covr)",
    "tau2del": "tau2 without it (tau2del)",
    "hat": "leverage (hat)",
}
"""Panels of influence: what each is, with the code that R and the tables call it by."""


@dataclass(frozen=True, slots=True)
class PlotKind:
    """One kind of plot.

    Parameters
    ----------
    draw : callable (answer, words, look) -> str
        The SVG.
    needs : tuple of str
        What must be computed beside the answer: codes of
        :data:`hilum.analyses.beside.DIAGNOSTICS`.
    """

    draw: Drawing
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


def _read_axis(answer: PoolAnswered, words: Words) -> str:
    """The title of an axis whose ticks are on the scale that people read."""
    own = SCALES[measure_of(answer.measure).scale].code != "none" and _back(answer) is None
    return answer.measure if own else read_as(answer.measure, words)


def _base(answer: PoolAnswered) -> Beside:
    assert answer.beside is not None, "the kind names what it needs"
    return answer.beside


def _known(values: tuple[float | None, ...]) -> list[float]:
    return [float("nan") if value is None else value for value in values]


def _bubble(answer: PoolAnswered, words: Words, look: Look = USUAL) -> str:
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
        moderator=look.xlab or line.moderator,
        axis=_axis(answer, words),
        title=look.title or words("Bubble plot"),
    )


def _influence(answer: PoolAnswered, words: Words, look: Look = USUAL) -> str:
    from hilum.plots import influence_svg

    base = _base(answer)
    assert base.influence is not None, "the kind names what it needs"
    panels = {
        words(said): _known(getattr(base.influence, name)) for name, said in INFLUENCE.items()
    }
    title, study = look.title or words("Influence"), look.xlab or words("study")
    return influence_svg(panels, base.labels, title=title, study=study)


def _baujat(answer: PoolAnswered, words: Words, look: Look = USUAL) -> str:
    from hilum.plots import baujat_svg

    base = _base(answer)
    assert base.baujat is not None, "the kind names what it needs"
    return baujat_svg(
        _known(base.baujat.x),
        _known(base.baujat.y),
        base.labels,
        title=look.title or words("Baujat plot"),
        x_axis=look.xlab or words("contribution to heterogeneity"),
        y_axis=words("influence on the pooled result"),
    )


def _gosh(answer: PoolAnswered, words: Words, look: Look = USUAL) -> str:
    from hilum.plots import gosh_svg

    base = _base(answer)
    assert base.gosh is not None, "the kind names what it needs"
    return gosh_svg(
        _known(base.gosh.beta),
        _known(base.gosh.I2),
        axis=look.xlab or _read_axis(answer, words),
        back=_back(answer),
        title=look.title or words("All subsets (GOSH)"),
    )


def _drapery(answer: PoolAnswered, words: Words, look: Look = USUAL) -> str:
    from hilum.plots import drapery_svg

    base = _base(answer)
    return drapery_svg(
        _known(base.yi),
        _known(base.sei),
        (base.centre, base.se),
        None if base.wide is None else (base.centre, base.wide),
        axis=look.xlab or _read_axis(answer, words),
        back=_back(answer),
        title=look.title or words("Drapery plot"),
        y_axis=words("p value"),
    )


def _funnel(answer: PoolAnswered, words: Words, look: Look = USUAL) -> str:
    from hilum.plots import funnel_svg

    base = _base(answer)
    assert base.filled is not None, "the kind names what it needs"
    filled = list(zip(_known(base.filled.yi), _known(base.filled.sei), strict=True))
    return funnel_svg(
        _known(base.yi),
        _known(base.sei),
        base.centre,
        labels=base.labels,
        filled=filled,
        key=words(FILLED, count=len(filled)),
        null=None if measure_of(answer.measure).groups == 1 else 0.0,
        axis=look.xlab or _read_axis(answer, words),
        back=_back(answer),
        title=look.title or words("Funnel plot"),
        y_axis=words("standard error"),
    )


def _radial(answer: PoolAnswered, words: Words, look: Look = USUAL) -> str:
    """With the spread between studies, around the pooled effect."""
    base = _base(answer)
    between = 0.0 if base.wide is None else base.wide**2 - base.se**2
    return _by_precision(answer, between, base.centre, words("Radial plot"), words, look)


def _galbraith(answer: PoolAnswered, words: Words, look: Look = USUAL) -> str:
    """With the studies' own errors alone, around the common effect."""
    common = _base(answer).common
    assert common is not None, "the kind names what it needs"
    return _by_precision(answer, 0.0, common, words("Galbraith plot"), words, look)


def _by_precision(
    answer: PoolAnswered, between: float, centre: float, title: str, words: Words, look: Look
) -> str:
    from hilum.plots import radial_svg

    base = _base(answer)
    return radial_svg(
        _known(base.yi),
        [(one**2 + between) ** 0.5 for one in _known(base.sei)],
        centre,
        labels=base.labels,
        back=_back(answer),
        effect=_read_axis(answer, words),
        x_axis=look.xlab or words("precision (1 / standard error)"),
        y_axis=words("effect / standard error"),
        title=look.title or title,
    )


def _labbe(answer: PoolAnswered, words: Words, look: Look = USUAL) -> str:
    from hilum.plots import labbe_svg

    curve, limits = CURVES.get(answer.measure), shown(answer)
    if curve is None:
        wanted = phrased("one of {known} as measure", known=", ".join(CURVES))
        raise InputError(Fault("", None, "kind", "labbe", wanted))
    if limits is None or limits.pred is None:
        wanted = "a model without moderators: its one figure is the plot's line"
        raise InputError(Fault("", None, "kind", "labbe", wanted))
    known = [one for one in answer.studies if one.n and one.n2]
    names = look.groups or (words("First group"), words("Second group"))
    return labbe_svg(
        [(one.events or 0) / one.n for one in known if one.n],
        [(one.events2 or 0) / one.n2 for one in known if one.n2],
        [size_of(one) for one in known],
        [(at / 400, curve(at / 400, limits.pred)) for at in range(401)],
        labels=[one.label for one in known],
        x_axis=look.xlab or words("{group}: events of 100", group=names[1]),
        y_axis=words("{group}: events of 100", group=names[0]),
        title=look.title or words("L'Abbé plot"),
    )


def _by_odds(risk: float, ratio: float) -> float:
    return ratio * risk / (1 - risk + ratio * risk)


def _by_arcsines(risk: float, shift: float) -> float:
    angle = math.asin(math.sqrt(risk)) + shift
    return math.sin(min(max(angle, 0.0), math.pi / 2)) ** 2


CURVES: Final[dict[str, Callable[[float, float], float]]] = {
    "OR": _by_odds,
    "PETO": _by_odds,
    "RR": lambda risk, ratio: ratio * risk,
    "RD": lambda risk, difference: risk + difference,
    "AS": _by_arcsines,
}
"""The risk of the first group that an effect makes of the second's, by the measure."""


PLOT_KINDS: Final[dict[str, PlotKind]] = {
    "forest": PlotKind(pool_forest),
    "funnel": PlotKind(_funnel, ("filled",)),
    "baujat": PlotKind(_baujat, ("baujat",)),
    "influence": PlotKind(_influence, ("influence",)),
    "gosh": PlotKind(_gosh, ("gosh",)),
    "bubble": PlotKind(_bubble, ("line",)),
    "drapery": PlotKind(_drapery, ("effects",)),
    "radial": PlotKind(_radial, ("effects",)),
    "galbraith": PlotKind(_galbraith, ("common",)),
    "labbe": PlotKind(_labbe),
}
"""Kinds of plot by their code; a new one is one record here."""


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {*AXES.values(), *INFLUENCE.values(), FILLED}
