"""Which small faults in rules, checks, selection, cells, geometry, statistics no test notices.

``python -m validation.mutation [--sample 40 | --all] [--minutes 8] [--workers 2] [--part NAME ...]
[--seed 2026] [--again] [--no-page]``

Faults are drawn with a fixed seed from all of a part's, put into a copy of the source one at a
time, and the part's tests run on the copy; a run that fails, or takes far longer than without a
fault, has noticed. The parts take turns, so that each has its share when the time is up. Survivors
stand in ``docs/mutation.md`` with the reason that ``survivors.csv`` beside this program gives:
faults that change nothing anybody could see are no faults. What each part's last run found is kept
in ``mutation.json``; ``--again`` tries its survivors once more, after tests were written for them.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from validation import forked
from validation.claims import Claims
from validation.mutants import Key, Mutant, mutants

ROOT = Path(__file__).resolve().parents[1]
SEED, SAMPLE, MINUTES, AIM = 2026, 40, 8.0, 0.95
REASONS = Path(__file__).parent / "survivors.csv"
KEPT = Path(__file__).parent / "mutation.json"
PAGE = ROOT / "docs" / "mutation.md"
# The tests without a fault may take so many seconds of a processor; with one, so many times as
# long, or it has hung.
PATIENCE, SLOWER, LEAST = 300.0, 6.0, 60.0


@dataclass(frozen=True, slots=True)
class Part:
    """What is mutated together, and the tests that must notice.

    ``tests`` import the mutated files and stand nearest to them; ``wider`` ones take longer, and
    are run on what those did not notice.
    """

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]
    wider: tuple[str, ...] = ()


PATHWAY = "patient/pathway"
PARTS: Final = (
    Part(
        "rules",
        tuple(f"{PATHWAY}/{name}.csv" for name in ("rules", "consistency", "derivations")),
        (
            "patient/test_thresholds.py",
            "patient/test_derived.py",
            "patient/test_tables.py",
            "patient/test_contradictions.py",
        ),
        ("patient/test_cases.py",),
    ),
    Part(
        "checks",
        ("evidence/check.py", "evidence/check_codes.py"),
        ("evidence/test_lines.py", "evidence/test_boundaries.py"),
        ("evidence/test_codes.py",),
    ),
    Part(
        "select",
        ("answers/candidates.py", "answers/select.py", "answers/study.py"),
        ("answers/test_lines.py", "answers/test_boundaries.py"),
        ("answers/test_metamorphic.py",),
    ),
    Part(
        "cells",
        (
            "answers/pool.py",
            "answers/thresholds.py",
            "answers/cell.py",
            "answers/survival_figures.py",
        ),
        ("answers/test_lines.py", "answers/test_boundaries.py", "answers/test_thresholds.py"),
        ("answers/test_metamorphic.py",),
    ),
    Part(
        "conditions",
        ("patient/conditions.py", "patient/compile.py", "patient/judge.py", "patient/complete.py"),
        (
            "patient/test_lines.py",
            "patient/test_boundaries.py",
            "patient/test_thresholds.py",
            "patient/test_conditions.py",
        ),
        ("patient/test_cases.py", "patient/test_reasons.py"),
    ),
    Part(
        "geometry",
        (
            "patient/liver/geometry.py",
            "patient/liver/grids.py",
            "patient/liver/plausible.py",
        ),
        (
            "liver/test_lines.py",
            "liver/test_boundaries.py",
            "liver/test_thresholds.py",
            "liver/test_plausible.py",
        ),
        ("liver/test_geometry.py",),
    ),
    Part(
        "limits",
        ("evidence/limits.csv",),
        ("evidence/test_boundaries.py", "evidence/test_codes.py"),
        ("evidence/test_check.py",),
    ),
    Part(
        "tables",
        tuple(f"tabular/{name}.py" for name in ("columns", "rows", "values", "hidden", "small")),
        ("test_tabular_lines.py", "test_tabular_boundaries.py", "test_quoting.py"),
        ("test_tabular.py", "test_revman.py"),
    ),
    Part(
        "edges",
        (
            "synthesis/effects/counts.py",
            "synthesis/effects/scales.py",
            "synthesis/exact/interval.py",
            "synthesis/heterogeneity.py",
            "synthesis/likeliest.py",
            "synthesis/pooling.py",
            "synthesis/tau2_interval.py",
        ),
        ("synthesis/test_lines.py",),
        ("synthesis/test_optima.py",),
    ),
)
"""A new part is one record."""


@dataclass(slots=True)
class Tried:
    """The mutants of a part that were drawn and tried, and those that no test noticed."""

    part: Part
    all_of_them: int
    drawn: tuple[Mutant, ...]
    bound: float
    tried: int = 0
    survivors: list[Mutant] = field(default_factory=list)

    def share(self, known: int) -> float:
        """The share of faults noticed, of those that can be seen; nan where none was tried."""
        seen = self.tried - known
        return (self.tried - len(self.survivors)) / seen if seen else float("nan")


def read_reasons() -> dict[Key, str]:
    """Why a survivor is no fault, by the mutant's key."""
    if not REASONS.exists():
        return {}
    with REASONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        (r["file"], r["line"], r["before"], r["after"], int(r["nth"])): r["reason"] for r in rows
    }


def drawn(part: Part, source: Path, sample: int | None, seed: int, only: set[Key] | None) -> Tried:
    """A part's sample, or ``only`` some faults, once its tests passed without any."""
    made = [
        one
        for file in part.files
        for one in mutants(file, (source / "hilum" / file).read_text("utf-8"))
    ]
    rng = random.Random(f"{seed} {part.name}")
    chosen = rng.sample(made, len(made) if sample is None else min(sample, len(made)))
    if only is not None:
        chosen = [one for one in made if one.key in only]
    took = 0.0
    for tests in (part.tests, part.wider):
        if not tests:
            continue
        _, status, used = os.wait4(forked.start(source, ROOT, tests, PATIENCE, keeps=True), 0)
        if not forked.passed(status):
            said = f"its tests fail, or take over {PATIENCE:g} s, without any mutation"
            sys.exit(f"{part.name}: {said}")
        took = took or used.ru_utime + used.ru_stime
    said = f"{len(made)} possible, {len(chosen)} drawn, tests {took:.0f} s"
    print(f"{part.name:12} {said}", flush=True)
    return Tried(part, len(made), tuple(chosen), max(LEAST, SLOWER * took))


def attempt(found: list[Tried], sources: list[Path], until: float) -> None:
    """Try the parts' mutants in turn, one a copy of the source at a time, until the time is up."""
    rounds = zip_longest(*([(one, mutant) for mutant in one.drawn] for one in found))
    queue = [pair for turn in rounds for pair in turn if pair is not None]
    queue.reverse()
    free = list(sources)
    running: dict[int, tuple[Tried, Mutant, Path, bytes, bool]] = {}
    while running or (queue and time.monotonic() < until):
        while free and queue and time.monotonic() < until:
            part, one = queue.pop()
            source = free.pop()
            target = source / "hilum" / one.file
            whole = target.read_bytes()
            target.write_text(one.text, "utf-8", newline="")
            child = forked.start(source, ROOT, part.part.tests, part.bound)
            running[child] = part, one, source, whole, False
        if not running:
            return
        child, status = os.wait()
        part, one, source, whole, wide = running.pop(child)
        if forked.passed(status) and part.part.wider and not wide:
            child = forked.start(source, ROOT, part.part.wider, PATIENCE)
            running[child] = part, one, source, whole, True
            continue
        (source / "hilum" / one.file).write_bytes(whole)
        free.append(source)
        part.tried += 1
        if forked.passed(status):
            part.survivors.append(one)
            print(f"  {one.file}:{one.number}: {one.before} -> {one.after}", flush=True)


@dataclass(frozen=True, slots=True)
class Survivor:
    """A fault that no test noticed, as it is kept."""

    file: str
    number: int
    line: str
    before: str
    after: str
    nth: int

    @property
    def key(self) -> Key:
        """As :attr:`Mutant.key`."""
        return self.file, self.line, self.before, self.after, self.nth


def kept() -> dict[str, dict[str, Any]]:
    """What the last run of each part found."""
    if not KEPT.exists():
        return {}
    held: dict[str, dict[str, Any]] = json.loads(KEPT.read_text("utf-8"))
    for one in held.values():
        one["survivors"] = [Survivor(**found) for found in one["survivors"]]
        # How many the first look missed is not known where they were tried again since.
        one.setdefault("missed", None if one["again"] else len(one["survivors"]))
    return held


def keep(found: list[Tried], seed: int, *, again: bool) -> dict[str, dict[str, Any]]:
    """Put what was found beside what was kept; all of it."""
    held = kept()
    day = datetime.now(UTC).date().isoformat()
    for one in found:
        left = [
            Survivor(
                mutant.file, mutant.number, mutant.line.strip(), mutant.before, mutant.after,
                mutant.nth,
            )
            for mutant in one.survivors
        ]  # fmt: skip
        if again:
            # Those that the time did not allow stay as they were; code that is gone has no faults.
            waits = {mutant.key for mutant in one.drawn[one.tried :]}
            left += [old for old in held[one.part.name]["survivors"] if old.key in waits]
            held[one.part.name] |= {"survivors": left, "again": day}
            continue
        held[one.part.name] = {
            "day": day, "seed": seed, "possible": one.all_of_them, "drawn": len(one.drawn),
            "tried": one.tried, "missed": len(left), "survivors": left, "again": "",
        }  # fmt: skip
    plain = {
        part.name: held[part.name]
        | {"survivors": [asdict(old) for old in held[part.name]["survivors"]]}
        for part in PARTS
        if part.name in held
    }
    KEPT.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return held


def page(held: dict[str, dict[str, Any]]) -> str:
    """The page of what was tried and what survived."""
    reasons = read_reasons()
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pytest", "hilum"))
    lines = [
        "# Faults that no test notices",
        "",
        "Made by `python -m validation.mutation`; do not edit. One sign, number or word of a part",
        "is changed at a time and its tests are run: the nearest, then wider ones. A survivor with",
        "a reason changes nothing that can be seen and does not count. Parts are run by themselves",
        "(`--part`), whole (`--all`) or by a sample drawn with a seed; survivors are tried again",
        "once tests were written for them: how many the first look missed stays on the page.",
        "",
        f"- Python {platform.python_version()}, {versions}",
        "",
        "| part | day | faults possible | seed | tried | missed at first | noticed | share "
        "| with a reason | without | survivors tried again |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for part in PARTS:
        if part.name not in held:
            lines.append(f"| {part.name} | | | | not tried | | | | | | |")
            continue
        one = held[part.name]
        known = sum(old.key in reasons for old in one["survivors"])
        left, tried = len(one["survivors"]), one["tried"]
        share = f"{(tried - left) / (tried - known):.1%}" if tried > known else ""
        seed = "all" if one["drawn"] == one["possible"] else one["seed"]
        missed = "" if one["missed"] is None else one["missed"]
        lines.append(
            f"| {part.name} | {one['day']} | {one['possible']} | {seed} | {tried} | {missed} | "
            f"{tried - left} | {share} | {known} | {left - known} | {one['again']} |"
        )
    for part in PARTS:
        survivors = held.get(part.name, {}).get("survivors", [])
        if survivors:
            lines += ["", f"## {part.name}", "", "| place | line | change | reason |"]
            lines.append("|---|---|---|---|")
        for old in survivors:
            reason = reasons.get(old.key, "**to be noticed by a test**")
            shown = old.line[:90].replace("|", "\\|")
            change = f"`{old.before}` to `{old.after}`" + (
                f", no. {old.nth}" if old.nth > 1 else ""
            )
            lines.append(f"| {old.file}:{old.number} | `{shown}` | {change} | {reason} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Try every part; 1 where fewer than 95 % of the faults are noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=SAMPLE, help="faults tried of each part")
    parser.add_argument("--all", action="store_true", help="every fault, however long (hours)")
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--part", nargs="*", default=[one.name for one in PARTS])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--again", action="store_true", help="only the survivors that were kept")
    parser.add_argument("--no-page", action="store_true", help="keep nothing, only claim")
    asked = parser.parse_args()
    unknown = sorted(set(asked.part) - {one.name for one in PARTS})
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    before = kept()
    parts = [part for part in PARTS if part.name in asked.part]
    if asked.again:
        parts = [part for part in parts if before.get(part.name, {}).get("survivors")]
    begun = time.monotonic()
    until = float("inf") if asked.all else begun + 60 * asked.minutes
    forked.load()
    with tempfile.TemporaryDirectory() as name:
        sources = [Path(name) / str(number) for number in range(max(1, asked.workers))]
        shutil.copytree(ROOT / "src", sources[0], ignore=shutil.ignore_patterns("__pycache__"))
        sample = None if asked.all else asked.sample
        found = [
            drawn(
                part,
                sources[0],
                sample,
                asked.seed,
                {old.key for old in before[part.name]["survivors"]} if asked.again else None,
            )
            for part in parts
        ]
        # With what was compiled while nothing was at fault.
        for source in sources[1:]:
            shutil.copytree(sources[0], source)
        attempt(found, sources, until)
    claims, reasons = Claims("mutation"), read_reasons()
    for one in found:
        known = sum(mutant.key in reasons for mutant in one.survivors)
        if one.tried == known:
            # Each has its reason: nothing is left of which a share could be noticed.
            print(f"{one.part.name:12} {one.tried} tried, each with its reason")
            continue
        print(f"{one.part.name:12} {one.tried} tried, {one.share(known):.1%} noticed")
        claims.say(f"{one.part.name}: share of faults noticed", one.share(known), AIM)
    if not asked.no_page:
        PAGE.write_text(page(keep(found, asked.seed, again=asked.again)), "utf-8")
    return claims.finish()


if __name__ == "__main__":
    sys.exit(main())
