"""Plots of what shaking a pooled answer showed: forests of refits, and those of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from hilum.analyses.ordering import places
from hilum.analyses.pool import Refused
from hilum.analyses.shown import MOST_PRIOR, RATIOS
from hilum.errors import Fault, InputError
from hilum.language.telling import sentence
from hilum.rendering.forest_words import (
    axis_code,
    capital,
    foot_of,
    greek,
    heads_of,
    read_as,
)
from hilum.rendering.pool import shown
from hilum.rendering.pool_look import USUAL, Look
from hilum.rendering.pool_plots import PLOT_KINDS as POOL_KINDS
from hilum.rendering.printed_figures import printed
from hilum.synthesis.effects import measure as measure_of

if TYPE_CHECKING:
    from hilum.analyses.sensitivity import SensitivityAnswered
    from hilum.analyses.sensitivity_answer import Refits
    from hilum.language import Words
    from hilum.plots.forest_table import Line


class Drawing(Protocol):
    """Draws an answer; a look is the reader's own."""

    def __call__(self, answer: SensitivityAnswered, words: Words, look: Look = USUAL) -> str:
        """The SVG."""
        ...


@dataclass(frozen=True, slots=True)
class SensitivityPlot:
    """One kind of plot, and what must be computed beside the answer."""

    draw: Drawing
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refitted:
    """A forest of refits: the answer's field, its title, and what a row is."""

    field: str
    title: str
    study: str
    row: str


FEW: Final = "rows of 2 to {most} studies: by a prior of tau, as hilum pool shows so few"
LEFT_OUT: Final = Refitted(
    "leave1out", "{measure}: without one study", "Left out", "without {name}"
)
GROWN: Final = Refitted("cumul", "{measure}: study by study", "Added", "+ {name}")


def _forest(which: Refitted) -> Drawing:
    def draw(answer: SensitivityAnswered, words: Words, look: Look = USUAL) -> str:
        return refit_forest(answer, which, words, look)

    return draw


def refit_forest(
    answer: SensitivityAnswered, which: Refitted, words: Words, look: Look = USUAL
) -> str:
    """One row a refit, with the spread that is left; the answer of all studies below.

    Raises
    ------
    InputError
        A model without such refits.
    """
    from dataclasses import replace

    from hilum.plots.forest_table import forest_table_svg

    refits: Refits | Refused = getattr(answer, which.field)
    if isinstance(refits, Refused):
        raise InputError(Fault("", None, "kind", which.field, refits.reason))
    lines = _lines(answer, refits, which, words)
    name = capital(read_as(answer.measure, words))
    asked = answer.pool.asked
    fewest = 2 if which is GROWN else answer.pool.k - 1
    by_prior = asked.method is None and asked.measure in RATIOS and fewest <= MOST_PRIOR
    few = [capital(words(FEW, most=MOST_PRIOR))] if by_prior else []
    heads = replace(
        heads_of(answer.pool, lines, [*foot_of(answer.pool, words), *few], words, look),
        title=look.title or words(which.title, measure=name),
        study=words(which.study),
        cells=(greek("tau2"), greek("I2, %")),
        beside=(),
        spans=(),
    )
    return forest_table_svg(lines, heads, scale=axis_code(answer.measure))


def _lines(
    answer: SensitivityAnswered, refits: Refits, which: Refitted, words: Words
) -> list[Line]:
    from hilum.plots.forest_table import Line

    ends = [
        one.ci_ub - one.ci_lb
        for one in refits.figure
        if one is not None and one.ci_lb is not None and one.ci_ub is not None
    ]
    figures, out = printed(measure_of(answer.measure).unit, ends, words), list[Line]()
    order = None if which is GROWN else answer.asked.order
    for place in (
        range(len(refits.slab))
        if order is None
        else places(order, answer.asked.table, answer.pool.studies)
    ):
        name = refits.slab[place]
        limits = refits.figure[place]
        first = which is GROWN and place == 0
        label = name if first else words(which.row, name=name)
        spread = _spread(refits.tau2[place], refits.I2[place])
        if limits is None or None in (limits.pred, limits.ci_lb, limits.ci_ub):
            said = sentence(refits.reason[place], words) if refits.reason else ""
            out.append(Line(label=label, cells=spread, figure=said))
            continue
        value, low, high = limits.pred or 0.0, limits.ci_lb or 0.0, limits.ci_ub or 0.0
        said = figures.said(value, low, high)
        out.append(Line(label=label, cells=spread, value=value, ends=(low, high), figure=said))
    whole, pool = shown(answer.pool), answer.pool
    if whole and whole.pred is not None and whole.ci_lb is not None and whole.ci_ub is not None:
        both = whole.ci_lb, whole.ci_ub
        out.append(
            Line(
                label=words("All studies ({k})", k=pool.k),
                cells=_spread(pool.tau2, pool.I2),
                value=whole.pred,
                ends=both,
                figure=figures.said(whole.pred, *both),
                role="pooled",
                overall=True,
            )
        )
    return out


def _spread(tau2: float | None, i2: float | None) -> tuple[str, ...]:
    from hilum.rendering.printed_figures import short

    return ("" if tau2 is None else short(tau2), "" if i2 is None else f"{i2:.0f}")


def _of_pool(code: str) -> SensitivityPlot:
    kind = POOL_KINDS[code]

    def draw(answer: SensitivityAnswered, words: Words, look: Look = USUAL) -> str:
        return kind.draw(answer.pool, words, look)

    return SensitivityPlot(draw, kind.needs)


PLOT_KINDS: Final[dict[str, SensitivityPlot]] = {
    "leave1out": SensitivityPlot(_forest(LEFT_OUT)),
    "cumul": SensitivityPlot(_forest(GROWN)),
    **{code: _of_pool(code) for code in POOL_KINDS},
}
"""Kinds of plot by their code: those of refits, and every one of the pooled answer."""


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {FEW, *(text for one in (LEFT_OUT, GROWN) for text in (one.title, one.study, one.row))}
