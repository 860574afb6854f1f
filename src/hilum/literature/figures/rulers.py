"""The axes of a page: numbers that grow evenly beside tick marks or grid lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from math import inf, log10
from typing import TYPE_CHECKING

from hilum.literature.figures.axes import Axis, from_points
from hilum.literature.figures.decades import in_full

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.literature.figures.page import Page, Point, Stroke, Word

# Labels of one axis stand on one line to within this; their middles are within this of their ticks.
# Points of the page.
ALIGNED, BESIDE = 1.5, 5.0
# A tick is between these long; a longer line is a grid.
TICK = (1.0, 14.0)
# A label's end is no further from its tick.
REACH = 22.0
# ... and of large letters in heights of a letter's box: how far beside, and how far away.
BESIDE_TALL, REACH_TALL = 0.2, 1.1
# Ticks stand no nearer to one another than so many heights of slanted labels, which end within half
# of that beside theirs.
ASLANT = 1.1
# The middle of a label is about this far from its tick, where ticks are not drawn.
LABEL_ERROR, TICK_ERROR = 0.3, 0.005
# Ticks lie on their scale to within this, those that a program rounds to whole points to within
# this, and labels to within that.
ON_SCALE, ROUNDED, LABEL_OFF = 0.12, 0.75, 2.5
ROUNDED_ERROR, LABEL_SLACK = 0.25, 4.5
# A percent sign stands behind its number by no more than this share of the height of letters.
SPACE = 0.8
# A bar thinner than this is a line.
THIN = 1.3


Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ruler:
    """One axis.

    Attributes
    ----------
    along : int
        0 for an axis across, 1 for one upwards.
    axis : Axis
        Its scale.
    first, last : float
        Places of its first and last label (from the left, or from the top).
    beside : float
        Where its labels stand: the other coordinate.
    ticked : bool
        Whether the scale comes from ticks or grid lines.
    slack : float
        How far the scale as a whole may stand off: nothing on exact ticks, half a point where a
        program rounds its ticks, some points on labels alone.
    percent : bool
        Whether its labels carry a percent sign.
    labels : tuple of (float, float)
        Value and place of each.
    """

    along: int
    axis: Axis
    first: float
    last: float
    beside: float
    ticked: bool
    slack: float
    percent: bool
    labels: tuple[tuple[float, float], ...]

    @property
    def span(self) -> float:
        """From its first to its last label."""
        return self.last - self.first


def number(text: str) -> float | None:
    """A tick label as a number: 0.5, 0,5, 0·5, 50% and 1,000."""
    plain = text.replace("·", ".").replace("−", "-").replace("–", "-").rstrip("%").strip()
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+", plain) and not plain.startswith("0,"):
        plain = plain.replace(",", "")
    plain = re.sub(r"^(-?\d*),(\d+)$", r"\1.\2", plain)
    if power := re.fullmatch(r"10\^(-?\d{1,2})", plain):
        return 10.0 ** int(power[1])
    return float(plain) if re.fullmatch(r"-?(\d+\.?\d*|\.\d+)", plain) else None


def rulers_of(page: Page) -> tuple[list[Ruler], list[Ruler]]:
    """Every axis across, and every axis upwards."""
    words = [w for w in with_signs(page.words) if number(w.text) is not None]
    thin = [(a, b) for s in page.strokes for a, b in thin_of(s)]
    across, upwards = (
        [*_rulers(words, thin, along), *_of_slanted(page.slanted, thin, along)] for along in (0, 1)
    )
    return across, upwards


def _of_slanted(places: Sequence[Word], thin: list[tuple[Point, Point]], along: int) -> list[Ruler]:
    """The axes of slanted labels: where these stand is known by their ticks alone.

    The end of a label is up to half its height beside its tick: where ticks stand nearer to one
    another than twice that, whose they are cannot be told, nor where two places of the labels have
    ticks of their own.
    """
    found: list[Ruler] = []
    for kind in (places[0::3], places[1::3], places[2::3]):
        numbers = [
            w
            for w in kind
            if number(w.text) is not None
            and not _crowded(w, _strokes_near(w, thin, along, ASLANT * _tall(w)))
        ]
        found += [r for r in _rulers(numbers, thin, along, ASLANT / 2) if r.ticked]
    return [
        one
        for one in found
        if not any(_another(one, r) and len(r.labels) >= len(one.labels) for r in found)
    ]


def _another(one: Ruler, other: Ruler) -> bool:
    """Whether two rulers say of one value that it stands in two places."""
    places = dict(other.labels)
    return any(abs(places.get(value, place) - place) > ROUNDED for value, place in one.labels)


def _crowded(word: Word, ticks: Sequence[float]) -> bool:
    return any(0.05 < b - a < ASLANT * _tall(word) for a, b in pairwise(sorted(ticks)))


def _rulers(
    words: list[Word],
    thin: list[tuple[Point, Point]],
    along: int,
    aslant: float | None = None,
) -> list[Ruler]:
    """The axes of one direction; some labels of an axis are none of their own.

    ``aslant``: ticks stand this far beside slanted labels at most, in heights of letters.
    """
    found: list[tuple[set[Place], Ruler]] = []
    for line in _lined_up(words, along):
        runs = _runs(in_full(line, [_value(w) for w in line], along), along)
        found += [
            ({(w.left, w.top) for w in run}, ruler)
            for run in runs
            if (ruler := _ruler(run, thin, along, aslant))
        ]
    return [ruler for own, ruler in found if not any(own < other for other, _ in found)]


def with_signs(words: Sequence[Word]) -> list[Word]:
    """The words, each number one with the percent sign that stands behind it by itself."""
    signs = [w for w in words if w.text == "%"]
    out: list[Word] = []
    for word in words:
        sign = next((s for s in signs if _follows(s, word)), None) if signs else None
        if sign is None or number(word.text) is None:
            out.append(word)
            continue
        left, top = min(word.left, sign.left), min(word.top, sign.top)
        right, bottom = max(word.right, sign.right), max(word.bottom, sign.bottom)
        out.append(
            replace(word, text=word.text + "%", left=left, top=top, right=right, bottom=bottom)
        )
    return out


def _follows(sign: Word, word: Word) -> bool:
    """Whether a sign stands behind a word, as it is read: to its right, or above it if turned."""
    if sign.upright != word.upright:
        return False
    if word.upright:
        gap, off, tall = sign.left - word.right, sign.centre[1] - word.centre[1], _tall(word)
    else:
        gap, off, tall = word.top - sign.bottom, sign.centre[0] - word.centre[0], _tall(word)
    return -0.1 * tall < gap < SPACE * tall and abs(off) < ALIGNED


def _tall(word: Word) -> float:
    """Height of its letters."""
    return word.bottom - word.top if word.upright else word.right - word.left


def thin_of(stroke: Stroke) -> list[tuple[Point, Point]]:
    """A straight line, or the middle of a thin bar."""
    if len(stroke.points) == 2:
        return [(stroke.points[0], stroke.points[1])]
    left, top, right, bottom = stroke.box
    if len(stroke.points) <= 5 and stroke.fill is not None and stroke.colour is None:
        if right - left < THIN < bottom - top:
            x = (left + right) / 2
            return [((x, top), (x, bottom))]
        if bottom - top < THIN < right - left:
            y = (top + bottom) / 2
            return [((left, y), (right, y))]
    return []


def _lined_up(words: Sequence[Word], along: int) -> list[list[Word]]:
    """Rows (or columns) of numbers: middles, ends or beginnings on one line."""
    ways = (
        (lambda w: w.centre[1], lambda w: w.top)
        if along == 0
        else (lambda w: w.right, lambda w: w.centre[0], lambda w: w.left)
    )
    found: dict[tuple[int, ...], list[Word]] = {}
    for way in ways:
        lines: list[list[Word]] = []
        for word in sorted(words, key=way):
            if lines and way(word) - way(lines[-1][0]) < ALIGNED:
                lines[-1].append(word)
            else:
                lines.append([word])
        for line in lines:
            if len(line) > 1:
                line.sort(key=lambda w: w.centre[along])
                found.setdefault(tuple(id(w) for w in line), line)
    return list(found.values())


def _value(word: Word) -> float:
    return number(word.text) or 0.0


def _runs(words: list[Word], along: int) -> list[list[Word]]:
    """The longest stretches whose values grow evenly to the right, or upwards."""
    if len(words) < 2:
        return []
    best: list[Word] = []
    for start in range(len(words) - 1):
        for stop in range(len(words), start + max(len(best), 1), -1):
            run = words[start:stop]
            if len(run) == 2 and len(words) > 2 and "^" not in run[0].text + run[1].text:
                break
            if _even(run, along) is not None:
                best = run
                break
    if not best:
        return []
    at = words.index(best[0])
    return [best, *_runs(words[:at], along), *_runs(words[at + len(best) :], along)]


def _even(run: list[Word], along: int) -> Axis | None:
    values = [_value(w) for w in run]
    places = [w.centre[along] for w in run]
    way = 1 if along == 0 else -1
    if any(way * (b - a) <= 0 for a, b in pairwise(values)):
        return None
    if places[-1] - places[0] < 20:
        return None
    powers = any("^" in w.text for w in run)
    ways = (True,) if powers else (False, True) if min(values) > 0 and len(run) > 2 else (False,)
    for log in ways:
        axis = from_points(places, values, 0.0, log=log)
        if max(axis.bent * (places[-1] - places[0]), axis.error) < LABEL_OFF:
            return axis
    return None


def _ruler(
    run: list[Word],
    thin: list[tuple[Point, Point]],
    along: int,
    aslant: float | None = None,
) -> Ruler | None:
    """The scale of a run of labels: from ticks or grid lines where it has them."""
    rough = _even(run, along)
    if rough is None:
        return None
    values = [_value(w) for w in run]
    near = [
        ticks_near(word, thin, along)
        if aslant is None
        else _strokes_near(word, thin, along, aslant * _tall(word))
        for word in run
    ]
    found = _on_ticks(values, near, rough)
    centres = [w.centre[along] for w in run]
    beside = sum(w.centre[1 - along] for w in run) / len(run)
    ticked = found is not None
    if found is None and len(run) < 3:
        return None
    if found is None or (found[1] and len(run) > 3):
        # Of rounded ticks and their labels, what stands more evenly is nearer to the truth.
        labelled = _through_labels(centres, values, log=rough.log)
        if found is None or labelled.bent < found[0].bent:
            found = labelled, LABEL_SLACK
    axis, slack = found
    labels = tuple((value, axis.place(value)) for value in values)
    percent = any(w.text.strip().endswith("%") for w in run)
    return Ruler(along, axis, labels[0][1], labels[-1][1], beside, ticked, slack, percent, labels)


def ticks_near(word: Word, thin: Iterable[tuple[Point, Point]], along: int) -> list[float]:
    """Places of the strokes that may be a label's tick, the nearest first."""
    return _strokes_near(word, thin, along, max(BESIDE, BESIDE_TALL * _tall(word)))


def _strokes_near(
    word: Word, thin: Iterable[tuple[Point, Point]], along: int, beside: float
) -> list[float]:
    """Places of strokes beside the middle of a label by so much at most, the nearest first."""
    out: list[tuple[float, float]] = []
    edges = (word.top, word.bottom) if along == 0 else (word.left, word.right)
    tall = _tall(word)
    furthest = max(REACH, REACH_TALL * tall)
    for one, other in thin:
        (a0, b0), (a1, b1) = _turned(one, along), _turned(other, along)
        gap = abs(a0 - word.centre[along])
        if abs(a0 - a1) > 0.05 or gap > beside or abs(b0 - b1) < TICK[0]:
            continue
        reach = min(abs(end - edge) for end in (b0, b1) for edge in edges)
        if reach < furthest:
            out.append((gap, a0))
    return [place for _, place in sorted(out)][:6]


def _on_ticks(
    values: list[float], near: list[list[float]], rough: Axis
) -> tuple[Axis, float] | None:
    """The scale on which most labels have a tick, and how far it may be off as a whole.

    Two ticks make a scale, the others are counted. Where all lie near one scale and not on it, the
    program rounded them.
    """
    have = [i for i, places in enumerate(near) if places]
    if len(have) < max(2, 0.6 * len(values)):
        return None
    ends = sorted({*have[:3], *have[-3:]})
    best: list[tuple[float, float]] = []
    least = 0.0
    for i, j in combinations(ends, 2):
        for p in near[i][:3]:
            for q in near[j][:3]:
                if abs(p - q) < 5:
                    continue
                tried = from_points([p, q], [values[i], values[j]], 0.0, log=rough.log)
                on: list[tuple[float, float]] = []
                off = 0.0
                for k in have:
                    wanted = tried.place(values[k])
                    place = min(near[k], key=lambda at: abs(at - wanted))
                    if abs(place - wanted) < ON_SCALE:
                        on.append((place, values[k]))
                        off += abs(rough.place(values[k]) - place)
                off /= max(len(on), 1)
                if len(on) > len(best) or (len(on) == len(best) and off < least):
                    best, least = on, off
    if len(best) < len(have) or _whole([p for p, _ in best]):
        nearest = [(near[k][0], values[k]) for k in have]
        axis = _through_rounded(nearest, log=rough.log)
        span = abs(nearest[-1][0] - nearest[0][0])
        if len(have) >= len(values) - 1 and axis.bent * span < ROUNDED:
            return axis, ROUNDED
    if len(best) < max(2, 0.6 * len(values)):
        return None
    found = from_points([p for p, _ in best], [v for _, v in best], TICK_ERROR, log=rough.log)
    return found, 0.0


def _through_labels(centres: list[float], values: list[float], *, log: bool) -> Axis:
    """Through the middles of the labels; the first and the last may be set inwards."""
    if len(centres) < 5:
        return from_points(centres, values, LABEL_ERROR, log=log)
    inner = from_points(centres[1:-1], values[1:-1], LABEL_ERROR, log=log)
    every = list(zip(centres, values, strict=True))
    kept = [(p, v) for p, v in every if abs(inner.place(v) - p) < ALIGNED / 3]
    if len(kept) < len(centres) - 2:
        kept = every
    return from_points([p for p, _ in kept], [v for _, v in kept], LABEL_ERROR, log=log)


def _through_rounded(ticks: list[tuple[float, float]], *, log: bool) -> Axis:
    """The scale from which the furthest tick is nearest: rounding is even, not normal.

    The narrowest strip that holds all of them has two on one edge.
    """
    values = [log10(v) if log else v for _, v in ticks]
    places = [p for p, _ in ticks]
    best = (inf, 0.0, 0.0)
    for i, j in combinations(range(len(ticks)), 2):
        slope = (places[j] - places[i]) / (values[j] - values[i])
        off = [p - slope * v for p, v in zip(places, values, strict=True)]
        best = min(best, (max(off) - min(off), slope, (max(off) + min(off)) / 2))
    strip, slope, start = best
    ends = [start + slope * v for v in values]
    found = from_points(ends, [v for _, v in ticks], ROUNDED_ERROR, log=log)
    return replace(found, bent=strip / 2 / abs(places[-1] - places[0]))


def _whole(places: list[float]) -> bool:
    """Whether places stand whole points apart, as a program leaves them that rounds."""
    return len(places) > 2 and all(abs((p - places[0] + 0.5) % 1 - 0.5) < 1e-3 for p in places)


def _turned(point: Point, along: int) -> Point:
    return (point[0], point[1]) if along == 0 else (point[1], point[0])
