"""What single studies do to the coefficients of a meta-regression, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.analyses.pool import Refused
from hilum.language.columns import padded, width_of
from hilum.language.telling import sentence

if TYPE_CHECKING:
    from hilum.analyses.sensitivity import SensitivityAnswered
    from hilum.analyses.sensitivity_answer import Influences
    from hilum.language import Words


def moved_most(answer: SensitivityAnswered, words: Words) -> str:
    """The study with the largest distance of Cook's, and the largest deleted residual."""
    one = answer.influence
    if isinstance(one, Refused):
        return words("influence: {result}", result=sentence(one.reason, words))
    cook = _largest(one.cook)
    away = _largest(tuple(None if value is None else abs(value) for value in one.rstudent))
    if cook is None or away is None:
        return words("influence: {result}", result=words("no figure is left"))
    each = words(", ").join(f"{name} {_short(moved[cook])}" for name, moved in one.dfbs.items())
    return words(
        "influence: without {name} the coefficients move most: Cook's distance {cook}, DFBETAS "
        "{each}; largest deleted residual {value} ({other})",
        name=one.slab[cook],
        cook=_short(one.cook[cook]),
        each=each,
        value=_short(one.rstudent[away]),
        other=one.slab[away],
    )


def influence_lines(answer: SensitivityAnswered, words: Words) -> list[str]:
    """Every study's diagnostics, a line each below their names."""
    one = answer.influence
    if isinstance(one, Refused):
        return []
    heads = ["rstudent", "DFFITS", words("Cook's distance"), words("hat value"), "tau2"]
    heads += [words("DFBETAS of {name}", name=name) for name in one.dfbs]
    cells = [_cells(one, place) for place in range(len(one.slab))]
    wide = max(width_of(name) for name in one.slab)
    widths = [
        max(width_of(head), *(width_of(row[i]) for row in cells)) for i, head in enumerate(heads)
    ]
    lines = ["", words("what each study moves, left out")]
    for name, row in zip(("", *one.slab), (heads, *cells), strict=True):
        told = "  ".join(padded(cell, width) for cell, width in zip(row, widths, strict=True))
        lines.append(f"  {padded(name, wide)}  {told}".rstrip())
    return lines


def _cells(one: Influences, place: int) -> list[str]:
    columns: list[Any] = [one.rstudent, one.dffits, one.cook, one.hat, one.tau2del]
    return [_short(column[place]) for column in (*columns, *one.dfbs.values())]


def _largest(values: tuple[float | None, ...]) -> int | None:
    known = [(value, -place) for place, value in enumerate(values) if value is not None]
    return -max(known)[1] if known else None


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"
