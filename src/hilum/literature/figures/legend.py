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
# The nearer side is nearer by so much.
CLEAR = 1.3
SIDES: Final = (True, False)
DARK: Final = ("#000000", None)
Box = tuple[float, float, float, float]


def names_of(lines: Sequence[Line], strokes: Sequence[Stroke], words: Sequence[Word]) -> list[str]:
    """The name of each line; empty where the page does not say, or says one name twice.

    Names stand right of their samples or left of them: on the side where all of them are nearer.
    """
    upright = [w for w in words if w.upright]
    samples = [_sample(line, strokes, upright) for line in lines]
    names = [""] * len(lines)
    if all(samples):
        sides = [[words_beside(upright, s, to_right=side) for s in samples if s] for side in SIDES]
        gaps = [max((gap for _, gap in side), default=NEAR) for side in sides]
        own = 0 if gaps[0] <= gaps[1] else 1
        if gaps[own] < NEAR and gaps[own] * CLEAR <= gaps[1 - own]:
            names = [text for text, _ in sides[own]]
    for i, line in enumerate(lines):
        alone = [other.colour for other in lines].count(line.colour) == 1
        if not names[i] and alone and line.colour not in DARK:
            names[i] = _coloured(line, upright)
    return [name if name and names.count(name) == 1 else "" for name in names]


def _sample(line: Line, strokes: Sequence[Stroke], words: Sequence[Word]) -> Box | None:
    """The one short level stroke of a line's style that has words beside it."""
    found: set[Box] = set()
    for stroke in strokes:
        left, top, right, bottom = stroke.box
        if (stroke.colour, stroke.dash) != line.style or bottom - top > FLAT:
            continue
        if not SHORT <= right - left <= LONG or _part_of(stroke, line):
            continue
        box = (round(left, 1), round(top, 1), round(right, 1), round(bottom, 1))
        if any(words_beside(words, box, to_right=side)[0] for side in SIDES):
            found.add(box)
    return found.pop() if len(found) == 1 else None


def _part_of(stroke: Stroke, line: Line) -> bool:
    ends = set(line.points)
    return stroke.points[0] in ends and stroke.points[-1] in ends


def words_beside(words: Sequence[Word], box: Box, *, to_right: bool) -> tuple[str, float]:
    """The words on a sample's line, up to a gap, and how far the nearest is; none: far away."""
    middle = (box[1] + box[3]) / 2
    row = [w for w in words if abs(w.centre[1] - middle) < SAME_LINE]
    row.sort(key=lambda w: w.left if to_right else -w.right)
    out: list[str] = []
    at, first = box[2] if to_right else box[0], NEAR
    for word in row:
        gap = word.left - at if to_right else at - word.right
        if gap < -1:
            continue
        if gap > (GAP if out else NEAR):
            break
        first = first if out else gap
        out.append(word.text)
        at = word.right if to_right else word.left
    return " ".join(out if to_right else out[::-1]), first


def _coloured(line: Line, words: Sequence[Word]) -> str:
    """The one run of words in the line's colour that is not a number."""
    own = [w for w in words if w.colour == line.colour and any(c.isalpha() for c in w.text)]
    rows: dict[int, list[Word]] = {}
    for word in own:
        rows.setdefault(round(word.centre[1] / 3), []).append(word)
    texts = {" ".join(w.text for w in sorted(r, key=lambda w: w.left)) for r in rows.values()}
    return texts.pop() if len(texts) == 1 else ""
