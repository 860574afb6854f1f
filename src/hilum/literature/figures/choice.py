"""Which of the lines of one colour was asked for: by its dash, limits and frames left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.literature.figures.exchanged import begins_whole
from hilum.literature.figures.limits import heaviest, without_limits
from hilum.literature.figures.raster_start import no_line

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array
    from hilum.literature.figures.plot_part import Plot
    from hilum.literature.figures.way import Way

# A solid line is seen in nearly all of its columns.
NO_GAPS = 0.985
# Rows by which a level line may waver, and by which two lines are apart.
ROW, APART = 3, 4


def chosen(
    plot: Plot, ways: list[Way], share: Array, style: str, colour: str
) -> tuple[Way, list[Way]]:
    """The line asked for, and those that are its confidence limits.

    Parameters
    ----------
    plot : Plot
        Where the lines are.
    ways : list of Way
        All lines of the colour.
    share : array
        Of line, of each pixel.
    style : str
        solid, dashed or dotted; empty where none was asked for.
    colour : str
        #rrggbb, for a refusal.

    Raises
    ------
    InputError
        None, or several that the dash does not tell apart.
    """
    if not ways:
        raise no_line(plot)
    ways = _without_frame(ways, plot.level_row(plot.full))
    main, limits = without_limits(ways, share)
    if style:
        main = _of_style(main, ways, share, style)
        if not main:
            known = ", ".join(f"{colour} {own}" for own in dict.fromkeys(w.style for w in ways))
            wanted = phrased(
                "one of {known} (no other line of this colour can be followed from the start of "
                "the axis: click it)",
                known=known,
            )
            raise InputError(Fault(plot.file, None, "colour", f"{colour} {style}", wanted))
    if len(main) == 1:
        return main[0], limits
    styles = list(dict.fromkeys(w.style for w in main))
    if len(styles) > 1:
        wanted = phrased("one of {known}", known=", ".join(f"{colour} {s}" for s in styles))
        raise InputError(Fault(plot.file, None, "colour", colour, wanted))
    place = f"column {_parting(main[0], main[1]) + plot.left}"
    wanted = "one curve of this colour (two are seen from there on; a box can part them)"
    raise InputError(Fault(plot.file, None, "colour", place, wanted))


def _without_frame(ways: list[Way], top: float) -> list[Way]:
    """Without what is left of a frame along the top, where there are other lines."""
    falling = [w for w in ways if w.fall > ROW or abs(w.row[0] - top) > 2 * ROW]
    return falling or ways


def _of_style(main: list[Way], ways: list[Way], share: Array, style: str) -> list[Way]:
    """The lines of a dash; of broken ones of one dash the thick ones, limits being thinner."""
    first = _begun_whole(main)
    if style == "solid" and first:
        return first
    if first and len(main) == 2:
        return [w for w in main if w not in first]
    if style == "solid":
        found = [w for w in main if w.style == style] or [w for w in ways if w.style == style]
        most = max((w.coverage for w in found), default=0.0)
        return [w for w in found if w.coverage >= min(NO_GAPS, most)] if len(found) > 1 else found
    broken = [w for w in main if w.style != "solid"] or [w for w in ways if w.style != "solid"]
    found = [w for w in broken if w.style == style]
    if len(found) != 1:
        # What is a dash and what a dot is a matter of words where only one line is broken.
        thick = heaviest(broken, share)
        found = [w for w in thick if w.style == style] or (thick if len(thick) == 1 else found)
    return found or _by_cover(ways)


def _begun_whole(ways: list[Way]) -> list[Way]:
    """Of broken lines the only one that began without gaps: it went on as another's dashes."""
    if len(ways) < 2 or any(w.style == "solid" for w in ways):
        return []
    return [w for w in ways if all(o is w or begins_whole(w, o) for o in ways)]


def _by_cover(ways: list[Way]) -> list[Way]:
    """The broken line whose gaps its many marks hide: the only one that has any."""
    broken = [w for w in ways if w.coverage < NO_GAPS]
    return broken if len(broken) == 1 else []


def _parting(a: Way, b: Way) -> int:
    """First column in which two lines are apart."""
    first, last = max(a.first, b.first), min(a.last, b.last)
    gap = a.row[first - a.first : last + 1 - a.first] - b.row[first - b.first : last + 1 - b.first]
    apart = np.flatnonzero(np.abs(gap) > APART)
    return first + int(apart[0]) if len(apart) else first
