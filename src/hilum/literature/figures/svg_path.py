"""Shapes of SVG as points, and its transformations."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.literature.figures.page import bend

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.literature.figures.page import Point

Matrix = tuple[float, float, float, float, float, float]
NUMBER: Final = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
# Numbers each command of a path takes.
TAKES: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
AFTER_MOVE: Final = {"M": "L", "m": "l"}
AROUND: Final = 12


@dataclass(frozen=True, slots=True)
class Part:
    """One connected line."""

    points: list[Point]
    bent: bool = False


def applied(outer: Matrix, inner: Matrix) -> Matrix:
    """The inner one first, then the outer."""
    a, b, c, d, e, f = outer
    p, q, r, s, t, u = inner
    return (
        a * p + c * q,
        b * p + d * q,
        a * r + c * s,
        b * r + d * s,
        a * t + c * u + e,
        b * t + d * u + f,
    )


def transform_of(text: str) -> Matrix:
    """A list of transformations as one."""
    found: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    for name, inside in re.findall(r"(\w+)\s*\(([^)]*)\)", text):
        values = [float(v) for v in re.findall(NUMBER, inside)]
        made = _one(name, values)
        if made is not None:
            found = applied(found, made)
    return found


def _one(name: str, v: list[float]) -> Matrix | None:
    if name == "matrix" and len(v) == 6:
        return (v[0], v[1], v[2], v[3], v[4], v[5])
    if name == "translate" and v:
        return (1.0, 0.0, 0.0, 1.0, v[0], v[1] if len(v) > 1 else 0.0)
    if name == "scale" and v:
        return (v[0], 0.0, 0.0, v[1] if len(v) > 1 else v[0], 0.0, 0.0)
    if name == "rotate" and v:
        angle = math.radians(v[0])
        turn: Matrix = (
            *(math.cos(angle), math.sin(angle)),
            *(-math.sin(angle), math.cos(angle)),
            *(0.0, 0.0),
        )
        if len(v) == 3:
            there: Matrix = (1.0, 0.0, 0.0, 1.0, v[1], v[2])
            back: Matrix = (1.0, 0.0, 0.0, 1.0, -v[1], -v[2])
            return applied(applied(there, turn), back)
        return turn
    return None


def parts_of(tag: str, given: Mapping[str, str]) -> list[Part]:
    """The lines of a shape; none of what is no shape."""
    shape = SHAPES.get(tag)
    return [] if shape is None else [p for p in shape(given) if len(p.points) > 1]


def _at(given: Mapping[str, str], name: str) -> float:
    found = re.match(NUMBER, given.get(name, "").strip())
    return float(found[0]) if found else 0.0


def _line(given: Mapping[str, str]) -> list[Part]:
    return [Part([(_at(given, "x1"), _at(given, "y1")), (_at(given, "x2"), _at(given, "y2"))])]


def _points(given: Mapping[str, str]) -> list[Point]:
    values = [float(v) for v in re.findall(NUMBER, given.get("points", ""))]
    return list(zip(values[::2], values[1::2], strict=False))


def _polyline(given: Mapping[str, str]) -> list[Part]:
    return [Part(_points(given))]


def _polygon(given: Mapping[str, str]) -> list[Part]:
    points = _points(given)
    return [Part([*points, *points[:1]])]


def _rect(given: Mapping[str, str]) -> list[Part]:
    x, y = _at(given, "x"), _at(given, "y")
    right, bottom = x + _at(given, "width"), y + _at(given, "height")
    if "%" in given.get("width", "") + given.get("height", ""):
        return []
    return [Part([(x, y), (right, y), (right, bottom), (x, bottom), (x, y)])]


def _ellipse(given: Mapping[str, str]) -> list[Part]:
    x, y = _at(given, "cx"), _at(given, "cy")
    rx = _at(given, "rx") or _at(given, "r")
    ry = _at(given, "ry") or _at(given, "r")
    turns = [2 * math.pi * i / AROUND for i in range(AROUND + 1)]
    return [Part([(x + rx * math.cos(t), y + ry * math.sin(t)) for t in turns], bent=True)]


def _path(given: Mapping[str, str]) -> list[Part]:
    parts: list[Part] = []
    at: Point = (0.0, 0.0)
    handle: Point | None = None
    for letter, v in _commands(given.get("d", "")):
        upper, (ox, oy) = letter.upper(), (at if letter.islower() else (0.0, 0.0))
        if upper == "M":
            at = (ox + v[0], oy + v[1])
            parts.append(Part([at]))
            continue
        if not parts:
            parts.append(Part([at]))
        points, handle_now = parts[-1].points, None
        if upper == "Z":
            at = points[0]
            points.append(at)
            parts.append(Part([at]))
        elif upper == "L":
            points.append((ox + v[0], oy + v[1]))
        elif upper == "H":
            points.append((ox + v[0], at[1]))
        elif upper == "V":
            points.append((at[0], oy + v[0]))
        elif upper == "A":
            points.append((ox + v[5], oy + v[6]))
        else:
            bends, handle_now = _bent(upper, [(ox + a, oy + b) for a, b in _pairs(v)], at, handle)
            points += bend(at, bends)
            parts[-1] = Part(points, bent=True)
        at, handle = points[-1], handle_now
    return parts


def _pairs(v: list[float]) -> list[Point]:
    return list(zip(v[::2], v[1::2], strict=True))


def _bent(upper: str, v: list[Point], at: Point, handle: Point | None) -> tuple[list[Point], Point]:
    """Both handles and the end of a curved part, and the handle the next one mirrors."""
    mirrored = at if handle is None else (2 * at[0] - handle[0], 2 * at[1] - handle[1])
    if upper == "C":
        return v, v[1]
    if upper == "S":
        return [mirrored, *v], v[0]
    control, end = (v[0], v[1]) if upper == "Q" else (mirrored, v[0])

    def toward(a: Point) -> Point:
        return a[0] + 2 / 3 * (control[0] - a[0]), a[1] + 2 / 3 * (control[1] - a[1])

    return [toward(at), toward(end), end], control


def _commands(text: str) -> list[tuple[str, list[float]]]:
    out: list[tuple[str, list[float]]] = []
    for letter, inside in re.findall(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)", text):
        takes = TAKES[letter.upper()]
        values = [float(v) for v in re.findall(NUMBER, inside)]
        if not takes:
            out.append((letter, []))
            continue
        for i in range(0, len(values) - takes + 1, takes):
            # After a move, further pairs are lines.
            name = str(AFTER_MOVE.get(letter, letter)) if i else str(letter)
            out.append((name, values[i : i + takes]))
    return out


SHAPES: Final = {
    "line": _line,
    "polyline": _polyline,
    "polygon": _polygon,
    "rect": _rect,
    "circle": _ellipse,
    "ellipse": _ellipse,
    "path": _path,
}
