"""The evidence map as a picture in either language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.answers import treatments
from hilum.plots.evidence_map import LEVELS, MapKey, MapMark, evidence_map_svg
from hilum.rendering.evidence_map import cell_line, map_title, map_whom, outcome_name, tally_line
from hilum.sheet.present import headline, patients_known
from hilum.synthesis.certainty import JUDGEMENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.analyses.evidence_map import MapAnswered, MapCell
    from hilum.language import Words

SIGNS: Final = {"randomised": "R", "compared": "C", "series": ""}
"""The letter beside a mark, by kind of evidence."""
SIZES: Final = (30, 300, 1000)
"""Patients whose marks the key shows, as far as the map has them."""


def evidence_map_picture(
    answer: MapAnswered,
    words: Words,
    *,
    bubbles: bool = False,
    href: Callable[[MapCell], str] | None = None,
    least: str = "",
) -> str:
    """The map as SVG: squares with figures, or bubbles; ``href`` says where a cell leads.

    A figure that is less certain than ``least`` is said to be, and not shown.
    """
    marks = [
        [_mark(answer.at(treatment, key), words, href, least) for key in answer.outcomes]
        for treatment in answer.treatments
    ]
    return evidence_map_svg(
        [words(treatments()[one].label) for one in answer.treatments],
        [outcome_name(one, words) for one in answer.outcomes],
        marks,
        _key(answer, words),
        shape="bubble" if bubbles else "square",
        title=map_title(answer, words),
        said=map_whom(answer, words),
    )


def below(one: MapCell, least: str) -> bool:
    """Whether a figure is less certain than ``least``, or not rated; empty: nothing is."""
    if not least:
        return False
    order = tuple(LEVELS)
    return one.level is None or order.index(one.level) < order.index(least)


def _mark(one: MapCell, words: Words, href: Callable[[MapCell], str] | None, least: str) -> MapMark:
    return MapMark(
        patients=one.patients,
        level=one.level,
        figure=headline(one.answer, words),
        counts=short_counts(one, words),
        sign="" if one.kind is None else SIGNS[one.kind],
        compared=one.compared_level,
        compared_word=words("difference"),
        empty=empty_lines(one, words)
        if one.answer.form == "none"
        else (words("less certain"),)
        if below(one, least)
        else (),
        said=words(
            "{treatment}: {cell}",
            treatment=words(treatments()[one.treatment].label),
            cell=cell_line(one, words),
        ),
        href="" if href is None else href(one),
    )


def short_counts(one: MapCell, words: Words) -> str:
    """Studies and patients, as short as a cell has room for."""
    k, n = one.answer.k, patients_known(one.answer)
    return words("k {k}, n {n}", k=k, n=f"{n}") if n else words("k {k}", k=k)


def empty_lines(one: MapCell, words: Words) -> tuple[str, ...]:
    """None, and in a word or two why."""
    if not one.searched:
        return (words("no study"),)
    if one.reported:
        return (words("none"), words("{count} not usable", count=one.reported))
    if one.outside or one.undecided:
        return (words("none"), words("{count} filtered out", count=one.outside + one.undecided))
    if one.searched == 1:
        return (words("none"), words("of 1 study"))
    return (words("none"), words("of {count} studies", count=one.searched))


def _key(answer: MapAnswered, words: Words) -> MapKey:
    most = max((one.patients for one in answer.cells), default=0)
    lines = [
        words(
            "k studies, n patients of those that could be weighted. R: with a randomised trial. C: "
            "compared without randomisation. No letter: series only."
        ),
        words(
            "Four dots: how certain the figure of the cell is. Blue dots after “difference”: how "
            "certain the best randomised comparison of this treatment in this outcome is."
        ),
        *(tally_line(one, words) for one in answer.tallies),
    ]
    return MapKey(
        levels=[(level, words(JUDGEMENTS[level])) for level in LEVELS],
        not_rated=words("not averaged, so not rated"),
        sizes=[(n, words("{n} patients", n=n)) for n in SIZES if n <= most],
        lines=lines,
    )
