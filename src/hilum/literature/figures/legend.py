"""The names of the curves of a plot, from its legend or from words in their colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.figures.lines import Line
    from hilum.literature.figures.page import Stroke, Word

# A sample of the legend is so long and no higher; its words begin so close to its right.
SHORT, LONG, FLAT = 5.0, 70.0, 0.6
NEAR, GAP = 34.0, 9.0
SAME_LINE = 5.0
DARK: Final = ("#000000", None)


def names_of(
    lines: Sequence[Line], strokes: Sequence[Stroke], words: Sequence[Word]
) -> list[str]:
    """The name of each line; empty where the page does not say, or says one name twice."""
    upright = [w for w in words if w.upright]
    names = [_beside_sample(line, strokes, upright) for line in lines]
    for i, line in enumerate(lines):
        alone = [other.colour for other in lines].count(line.colour) == 1
        if not names[i] and alone and line.colour not in DARK:
            names[i] = _coloured(line, upright)
    return [name if name and names.count(name) == 1 else "" for name in names]


def _beside_sample(line: Line, strokes: Sequence[Stroke], words: Sequence[Word]) -> str:
    found: set[str] = set()
    for stroke in strokes:
        left, top, right, bottom = stroke.box
        if (stroke.colour, stroke.dash) != line.style or bottom - top > FLAT:
            continue
        if not SHORT <= right - left <= LONG or _part_of(stroke, line):
            continue
        text = following(words, right, (top + bottom) / 2, NEAR)
        if text:
            found.add(text)
    return found.pop() if len(found) == 1 else ""


def _part_of(stroke: Stroke, line: Line) -> bool:
    ends = set(line.points)
    return stroke.points[0] in ends and stroke.points[-1] in ends


def following(words: Sequence[Word], right: float, y: float, near: float) -> str:
    """The words right of a place, on its line, up to a gap."""
    row = sorted(
        (w for w in words if abs(w.centre[1] - y) < SAME_LINE and w.left > right - 1),
        key=lambda w: w.left,
    )
    out: list[str] = []
    at, allowed = right, near
    for word in row:
        if word.left - at > allowed:
            break
        out.append(word.text)
        at, allowed = word.right, GAP
    return " ".join(out)


def _coloured(line: Line, words: Sequence[Word]) -> str:
    """The one run of words in the line's colour that is not a number."""
    own = [w for w in words if w.colour == line.colour and any(c.isalpha() for c in w.text)]
    rows: dict[int, list[Word]] = {}
    for word in own:
        rows.setdefault(round(word.centre[1] / 3), []).append(word)
    texts = {" ".join(w.text for w in sorted(r, key=lambda w: w.left)) for r in rows.values()}
    return texts.pop() if len(texts) == 1 else ""
