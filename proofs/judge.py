"""What one call must not do, whatever it was given."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from hilum.errors import HilumError, InputError
from hilum.tabular.encoding import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from proofs.face import Done

# Bounds of figures in an answer by the last part of their key.
BOUNDS: tuple[tuple[re.Pattern[str], float, float], ...] = (
    (re.compile(r"p|p_value|pval|\w+_p(_value)?"), 0, 1),
    (re.compile(r"i2|I2"), 0, 100),
    (re.compile(r"h2|H2"), 0, math.inf),
    (re.compile(r"tau2|tau|se|sd|mcse|n|k|events|count|patients|studies"), 0, math.inf),
    (re.compile(r"\w*((?<!loglik)_ml|_volume|_gy|_gbq)"), 0, math.inf),
    (re.compile(r"survival|power|share|fraction|type_1_error"), 0, 1),
    (re.compile(r"\w+_percent"), 0, 100),
)
PAIRS = (("low", "high"), ("lower", "upper"), ("ci_low", "ci_high"), ("ci_lb", "ci_ub"))


def faults(done: Done, errors: list[HilumError], words: tuple[str, ...], folder: Path) -> list[str]:
    """Every fault of a call, each beginning with its kind."""
    found: list[str] = []
    if done.returncode == 70:
        kind = "memory" if "not enough memory" in done.stderr else "unforeseen"
        found.append(f"{kind}: {done.stderr.strip()[:300]}")
    elif done.returncode not in (0, 1, 2):
        found.append(f"status: {done.returncode}: {done.stderr.strip()[:300]}")
    if "fits in memory" in done.stderr:
        found.append(f"memory: {done.stderr.strip()[:300]}")
    if "Traceback (most recent call last)" in done.stdout + done.stderr:
        found.append(f"traceback: {done.stderr.strip()[-300:]}")
    if "Warning: " in done.stderr:
        found.append(f"warning: {done.stderr.strip()[:300]}")
    if done.returncode and not done.stderr.strip() + done.stdout.strip():
        found.append("place: nothing was said")
    found += [f"place: {error}" for error in errors if not _has_place(error)]
    acts = [one for one in HIDDEN.findall(done.stdout + done.stderr) if one not in "\n\t"]
    # A sound CSV on standard output ends its lines as CSV does.
    acts = [one for one in acts if one != "\r"]
    if acts and "--json" not in words:
        found.append(f"terminal: {acts[:5]!r}")
    if any(one.name.endswith(".part") for one in folder.iterdir()):
        found.append("left behind: a part of a file")
    if done.returncode == 0 and "--json" in words:
        found += [f"impossible: {one}" for one in _impossible(done.stdout)]
    return found


def _has_place(error: HilumError) -> bool:
    """Whether every fault of an input names a file, a column or an option."""
    if not isinstance(error, InputError):
        return bool(str(error).strip())
    return bool(error.faults) and all(
        (one.file or one.column) and one.expected for one in error.faults
    )


def _impossible(text: str) -> list[str]:
    found: list[str] = []

    def constant(name: str) -> float:
        found.append(f"{name} is no JSON")
        return math.nan

    try:
        answer = json.loads(text, parse_constant=constant)
    except ValueError as error:
        return [f"no JSON ({error})"]
    return [*found[:3], *_walk(answer, "")]


def _walk(value: Any, path: str) -> Generator[str]:
    if isinstance(value, list):
        for number, one in enumerate(value[:2000]):
            yield from _walk(one, f"{path}[{number}]")
    if not isinstance(value, dict):
        return
    for key, one in value.items():
        if isinstance(one, (int, float)) and not isinstance(one, bool):
            for pattern, low, high in BOUNDS:
                if pattern.fullmatch(key) and not low - 1e-9 <= one <= high + 1e-9:
                    yield f"{path}.{key} is {one}"
        # Kendall's tau is from -1 to 1.
        if key != "ranktest":
            yield from _walk(one, f"{path}.{key}")
    for low, high in PAIRS:
        a, b = value.get(low), value.get(high)
        if isinstance(a, (int, float)) and isinstance(b, (int, float)) and a > b:
            yield f"{path}: {low} {a} is over {high} {b}"
