"""Survival curves kept beside the record, found by the hash of their reports.

A curve of the shipped evidence is read, not fitted; that of any other reports is fitted when asked
for, and kept for as long as the program runs.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from hilum.answers.survival_fit import CurveRead, FittedCurve

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "curves.json"
DIGITS = 6


@cache
def kept_curves() -> dict[str, Any]:
    """Plain data of the shipped curves by the hash of their reports; read once."""
    place = files("hilum.answers").joinpath(FILE)
    if not place.is_file():
        return {}
    found: dict[str, Any] = json.loads(place.read_text("utf-8"))
    return found


def written(curves: Mapping[str, FittedCurve | None]) -> str:
    """Curves as text, one a line, numbers to six digits."""
    lines = [
        f"{json.dumps(key)}:{json.dumps(_plain(one), separators=(',', ':'))}"
        for key, one in sorted(curves.items())
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _plain(one: FittedCurve | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "k": one.k,
        "n": one.n,
        "family": one.family,
        "shape_assumed": one.shape_assumed,
        "shape_varies": one.shape_varies,
        "tau": _short(one.tau),
        "support": _short(one.support_months),
        "median": None if one.median is None else _reading(one.median),
        "rates": [_reading(read) for read in one.rates],
        "line": [_reading(read) for read in one.line],
        "used": list(one.used),
        "unused": [list(pair) for pair in one.unused],
    }


def read_curve(data: dict[str, Any] | None) -> FittedCurve | None:
    """A curve from its plain data."""
    if data is None:
        return None
    return FittedCurve(
        k=data["k"],
        n=data["n"],
        family=data["family"],
        shape_assumed=data["shape_assumed"],
        shape_varies=data["shape_varies"],
        tau=data["tau"],
        support_months=data["support"],
        median=None if data["median"] is None else _read(data["median"]),
        rates=tuple(map(_read, data["rates"])),
        line=tuple(map(_read, data["line"])),
        used=tuple(data["used"]),
        unused=tuple((name, why) for name, why in data["unused"]),
    )


def _reading(one: CurveRead) -> list[float | None]:
    new = one.prediction or (None, None)
    numbers = (one.time_months, one.survival, *one.ci, *new)
    return [*(None if x is None else _short(x) for x in numbers), one.near, one.reach, one.n]


def _read(row: list[Any]) -> CurveRead:
    time, survival, low, high, new_low, new_high, near, reach, n = row
    new = None if new_low is None or new_high is None else (new_low, new_high)
    return CurveRead(time, survival, (low, high), new, near, reach, n)


def _short(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")
