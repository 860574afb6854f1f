"""A pooled answer as a page shows it: what was asked, the figure, every study, the plots."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.pool_asked import measures, methods, tests
from hilum.analyses.pooled import Limits
from hilum.analyses.studies import as_shown
from hilum.language.telling import sentence
from hilum.rendering.forest_words import read_as
from hilum.rendering.measures import measure_name, method_name, test_name
from hilum.rendering.observed import observed, too_wide, too_wide_line
from hilum.rendering.pool import figure, pool_lines, shown
from hilum.rendering.pool_look import USUAL, Look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.pool import PoolAnswered, StudyRow
    from hilum.analyses.without_one import Without
    from hilum.language import Words
    from hilum.rendering.whence import Whence

DRAWN: Final = {
    "forest": "Forest plot",
    "funnel": "Funnel plot",
    "baujat": "Baujat plot",
    "influence": "Influence",
    "drapery": "Drapery plot",
}
"""Kinds of plot that a page offers; the others need moderators, or minutes."""
OPTION: Final = re.compile(r"--([a-z][a-z0-9-]*)")
"""A field as the command line writes it; a page has no command line."""
FEWEST: Final = 3
"""Studies from which on a plot of small studies or of influence says anything."""
Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One study in a table: ``without`` is the pooled figure when it is left out."""

    row: int
    label: str
    counts: str
    figure: str
    weight: str
    without: str
    i2: str


def pool_choices(words: Words) -> dict[str, Choices]:
    """What a form lets one choose: codes with their names."""
    return {
        "measure": [(code, measure_name(code, words)) for code in measures()],
        "method": [("", words("as usual for the measure"))]
        + [(code, method_name(code, words)) for code in methods()],
        "test": [("", words("as usual for the number of studies"))]
        + [(code, test_name(code, words)) for code in tests()],
    }


def look_from(answer: PoolAnswered, whence: Whence | None, kind: str, words: Words) -> Look:
    """A plot of a cell's studies says of what and of whom it is; the usual words of others."""
    if whence is None:
        return USUAL
    measure = read_as(answer.measure, words)
    name = measure if kind == "forest" else f"{measure}, {words(DRAWN[kind])}"
    return Look(title=whence.title(name, words), whom=whence.whom, note=whence.warning)


def pool_page(
    answer: PoolAnswered, left: Sequence[Without], words: Words, whence: Whence | None = None
) -> dict[str, Any]:
    """Variables of the page of an answer; ``whence`` where its table came from."""
    limits = shown(answer)
    wide = too_wide(limits, answer.measure)
    head, *lines = pool_lines(answer, words)
    without = {one.row: one for one in left}
    name = measure_name(answer.measure, words)
    return {
        "head": name if whence is None else whence.title(name, words),
        "whence": whence,
        "range": observed(answer, words) if wide else "",
        "too_wide": too_wide_line(words) if wide else "",
        "way": method_name(answer.asked.way, words),
        "codes": head,
        "figure": "" if limits is None else figure(limits, answer.measure, words),
        "lines": [OPTION.sub(r"\1", line.strip()) for line in lines[1 if wide else 0 :]],
        "k": answer.k,
        "rows": [
            _line(one, answer, without.get(one.row), words) for one in as_shown(answer).studies
        ],
        "kinds": drawn_kinds(answer, words),
        "exact": answer.exact is not None,
        "counted": any(one.n is not None for one in answer.studies),
        "weighed": any(one.weight is not None for one in answer.studies),
    }


def drawn_kinds(answer: PoolAnswered, words: Words) -> Choices:
    """The kinds of plot that say something of an answer."""
    if answer.k < FEWEST or answer.asked.mods:
        return [("forest", words(DRAWN["forest"]))]
    return [(code, words(name)) for code, name in DRAWN.items()]


def _line(one: StudyRow, answer: PoolAnswered, left: Without | None, words: Words) -> Line:
    code = answer.measure
    own = words("no information")
    if one.value is not None and one.low is not None and one.high is not None:
        own = figure(Limits(pred=one.value, ci_lb=one.low, ci_ub=one.high), code, words)
    without = ""
    if left is not None and left.figure is not None:
        without = figure(replace(left.figure, pi_lb=None, pi_ub=None), code, words)
        if too_wide(left.figure, code):
            seen = observed(answer, words, but=one.row)
            without = words("{range} as seen; pooled {figure}", range=seen, figure=without)
    elif left is not None and left.reason:
        without = sentence(left.reason, words)
    return Line(
        row=one.row,
        label=one.label,
        counts=_counts(one),
        figure=own,
        weight="" if one.weight is None else f"{one.weight:.1f} %",
        without=without,
        i2="" if left is None or left.I2 is None else f"{left.I2:.0f} %",
    )


def _counts(one: StudyRow) -> str:
    if one.n is None:
        return ""
    second = "" if one.n2 is None else f" · {one.events2}/{one.n2}"
    return f"{one.events}/{one.n}{second}"


def messages() -> set[str]:
    """Ids that stand in tables."""
    return set(DRAWN.values())
