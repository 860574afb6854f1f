"""The names of the curves of a plot, from its legend or from words in their colour."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.figures.lines import Line
    from hilum.literature.figures.page import Stroke, Word

# A sample of the legend is so long and no higher; its words begin so close to its right.
SHORT, LONG, FLAT = 5.0, 70.0, 0.6
NEAR, GAP = 34.0, 9.0
SAME_LINE = 5.0
# ... or a blank of large letters, in their height.
BLANK = 0.9
# A dot or square of a legend is so high at most and so wide at least; what is this near to a line
# lies on it; widths and places that are the same.
SPOT, SPOT_LEAST, NEXT, AS_WIDE, SAME = 16.0, 3.0, 1.0, 0.01, 0.02
# The nearer side is so many times as near; before the samples of a line, where a title may stand
# and widths are guessed, nearer by so much.
CLEAR, TITLED = 1.3, 12.0
SIDES: Final = (True, False)
DARK: Final = ("#000000", None)
Box = tuple[float, float, float, float]


def names_of(lines: Sequence[Line], strokes: Sequence[Stroke], words: Sequence[Word]) -> list[str]:
    """The name of each line; empty where the page does not say, or says one name twice.

    Names stand right of their samples or left of them; the title of a legend is none.
    """
    upright = [w for w in words if w.upright]
    samples = [
        _sample(line, strokes, upright) or _spot(line, lines, strokes, upright) for line in lines
    ]
    boxes = [box for box in samples if box is not None]
    names = [""] * len(lines)
    if len(boxes) == len(lines):
        names = _beside(lines, boxes, upright) or names
    for i, line in enumerate(lines):
        alone = [other.colour for other in lines].count(line.colour) == 1
        if not names[i] and alone and line.colour not in DARK:
            names[i] = _coloured(line, upright)
    return [name if name and names.count(name) == 1 else "" for name in names]


def _beside(
    lines: Sequence[Line], samples: Sequence[Box], words: Sequence[Word]
) -> list[str] | None:
    """The words of all samples on the side where they must stand; None where neither must.

    That is the side where all of them are nearer. Where samples and words take turns on one line
    the words behind are the names: what stands before the first sample is the legend's title, and
    nothing stands behind the last where names come before.
    """
    sides = [[words_beside(words, s, to_right=side) for s in samples] for side in SIDES]
    names = [[text for text, _ in side] for side in sides]
    gaps = [max(gap for _, gap in side) for side in sides]
    fits = [i for i, gap in enumerate(gaps) if gap < NEAR]
    if len(fits) == 2:
        titled = _on_one_line(samples)
        if gaps[1] + TITLED <= gaps[0] if titled else gaps[1] * CLEAR <= gaps[0]:
            fits = [1]
        elif titled or gaps[0] * CLEAR <= gaps[1]:
            fits = [0]
        else:
            fits = [i for i in fits if not _another_colour(lines, names[i], words)]
    return names[fits[0]] if len(fits) == 1 else None


def _on_one_line(samples: Sequence[Box]) -> bool:
    return max(s[1] for s in samples) - min(s[1] for s in samples) < SAME_LINE


def _another_colour(lines: Sequence[Line], names: Sequence[str], words: Sequence[Word]) -> bool:
    """Whether a name stands somewhere in the colour of another line than its own."""
    colours = [line.colour for line in lines]
    if len(set(colours)) < len(colours):
        return False
    by_name = dict(zip(names, colours, strict=True))
    inks = set(colours) - set(DARK)
    return any(w.colour in inks and by_name.get(w.text, w.colour) != w.colour for w in words)


def _sample(line: Line, strokes: Sequence[Stroke], words: Sequence[Word]) -> Box | None:
    """The one short level stroke of a line's style that has words beside it."""
    found: dict[Box, bool] = {}
    for stroke in strokes:
        left, top, right, bottom = stroke.box
        if (stroke.colour, stroke.dash) != line.style or bottom - top > FLAT:
            continue
        if not SHORT <= right - left <= LONG or _part_of(stroke, line):
            continue
        box = (round(left, 1), round(top, 1), round(right, 1), round(bottom, 1))
        if any(words_beside(words, box, to_right=side)[0] for side in SIDES):
            found[box] = found.get(box, False) or abs(stroke.width - line.width) < AS_WIDE
    # Ticks of an axis are as level, and may be of the same colour: not as wide.
    alike = [box for box, wide in found.items() if wide] or list(found)
    return alike[0] if len(alike) == 1 else None


def _spot(
    line: Line, lines: Sequence[Line], strokes: Sequence[Stroke], words: Sequence[Word]
) -> Box | None:
    """The one small thing, or row of small things, in a line's colour with a name beside it.

    Dots and squares stand for lines so, and dashes that a program wrote as outlines.
    """
    if [other.colour for other in lines].count(line.colour) > 1 or line.colour in DARK:
        return None
    rows: dict[int, list[Box]] = {}
    for stroke in strokes:
        left, top, right, bottom = box = stroke.box
        small = right - left <= LONG and bottom - top <= SPOT
        if stroke.fill != line.colour or not small or _on(box, line):
            continue
        rows.setdefault(round((top + bottom) / 2), []).append(box)
    found: list[Box] = []
    for own in rows.values():
        box = (
            min(b[0] for b in own),
            min(b[1] for b in own),
            max(b[2] for b in own),
            max(b[3] for b in own),
        )
        beside = [words_beside(words, box, to_right=side)[0] for side in SIDES]
        if SPOT_LEAST <= box[2] - box[0] <= LONG and any(
            c.isalpha() for text in beside for c in text
        ):
            found.append(box)
    return found[0] if len(found) == 1 else None


def _on(box: Box, line: Line) -> bool:
    """Whether something lies on a line: a mark, or a part of it."""
    left, top, right, bottom = box
    return any(
        min(a[0], b[0]) - NEXT <= right
        and max(a[0], b[0]) + NEXT >= left
        and min(a[1], b[1]) - NEXT <= bottom
        and max(a[1], b[1]) + NEXT >= top
        for a, b in pairwise(line.points)
    )


def _part_of(stroke: Stroke, line: Line) -> bool:
    return all(
        any(abs(x - a) < SAME and abs(y - b) < SAME for a, b in line.points)
        for x, y in (stroke.points[0], stroke.points[-1])
    )


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
        if gap > (max(GAP, BLANK * (word.bottom - word.top)) if out else NEAR):
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
