"""Which small faults in rules, checks, selection, cells and geometry no test notices.

``python -m validation.mutation [--sample 40 | --all] [--part NAME ...] [--seed 2026] [--page P]``

Faults are drawn with a fixed seed from all of a part's, put into a copy of the source one at a
time, and the part's tests run on the copy; a run that fails, or takes five times as long, has
noticed. Survivors stand in ``docs/mutation.md`` with the reason that ``survivors.csv`` beside this
program gives: faults that change nothing anybody could see are no faults.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from validation.claims import Claims
from validation.mutants import Mutant, mutants

ROOT = Path(__file__).resolve().parents[1]
SEED, SAMPLE, AIM = 2026, 40, 0.95
REASONS = Path(__file__).parent / "survivors.csv"


@dataclass(frozen=True, slots=True)
class Part:
    """What is mutated together, and the tests that must notice."""

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]


PATHWAY = "patient/pathway"
PARTS: Final = (
    Part(
        "rules",
        tuple(f"{PATHWAY}/{name}.csv" for name in ("rules", "consistency", "derivations")),
        ("patient/test_thresholds.py", "patient/test_tables.py", "patient/test_contradictions.py"),
    ),
    Part(
        "checks",
        ("evidence/check.py", "evidence/check_codes.py"),
        ("evidence/test_check.py", "evidence/test_codes.py"),
    ),
    Part("select", ("evidence/select.py",), ("evidence/test_select.py",)),
    Part(
        "cells",
        ("answers/pool.py", "answers/thresholds.py"),
        ("answers/test_thresholds.py", "answers/test_honest.py"),
    ),
    Part(
        "conditions",
        ("patient/conditions.py", "patient/compile.py", "patient/judge.py", "patient/complete.py"),
        ("patient/test_conditions.py", "patient/test_thresholds.py", "patient/test_agreement.py"),
    ),
    Part(
        "geometry",
        (
            "patient/liver/geometry.py",
            "patient/liver/grids.py",
            "patient/liver/plausible.py",
        ),
        ("liver/test_geometry.py", "liver/test_plausible.py", "liver/test_orientations.py"),
    ),
)
"""A new part is one record."""


@dataclass(frozen=True, slots=True)
class Tried:
    """The mutants of a part that were tried, and those that no test noticed."""

    part: Part
    all_of_them: int
    tried: int
    survivors: tuple[Mutant, ...]
    seconds: float


def read_reasons() -> dict[tuple[str, str, str, str], str]:
    """Why a survivor is no fault, by the mutant's key."""
    if not REASONS.exists():
        return {}
    with REASONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(r["file"], r["line"], r["before"], r["after"]): r["reason"] for r in rows}


def tested(part: Part, source: Path, seconds: float | None) -> bool:
    """Whether the part's tests pass on a copy of the source."""
    paths = [str(ROOT / "tests" / name) for name in part.tests]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *paths],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def attempt(part: Part, source: Path, sample: int | None, rng: random.Random) -> Tried:
    """Mutate a part in a copy of the source, test, and put it back."""
    made = [
        one
        for file in part.files
        for one in mutants(file, (source / "hilum" / file).read_text("utf-8"))
    ]
    chosen = made if sample is None else rng.sample(made, min(sample, len(made)))
    begun = time.perf_counter()
    if not tested(part, source, None):
        sys.exit(f"{part.name}: its tests fail without any mutation")
    bound = max(30.0, 5 * (time.perf_counter() - begun))
    survivors: list[Mutant] = []
    for one in chosen:
        target = source / "hilum" / one.file
        whole = target.read_bytes()
        target.write_text(one.text, "utf-8", newline="")
        try:
            if tested(part, source, bound):
                survivors.append(one)
                print(f"  {one.file}:{one.number}: {one.before} -> {one.after}", flush=True)
        finally:
            target.write_bytes(whole)
    seconds = time.perf_counter() - begun
    return Tried(part, len(made), len(chosen), tuple(survivors), seconds)


def page(found: list[Tried], seed: int) -> str:
    """The page of what was tried and what survived."""
    reasons = read_reasons()
    lines = [
        "# Faults that no test notices",
        "",
        "Made by `python -m validation.mutation`; do not edit. One sign, number or word of a part",
        f"is changed at a time and its tests are run; drawn with seed {seed}. A survivor with a",
        "reason changes nothing that can be seen, and does not count.",
        "",
        "| part | faults possible | tried | noticed | survivors with a reason | without |",
        "|---|---|---|---|---|---|",
    ]
    for one in found:
        known = sum(mutant.key in reasons for mutant in one.survivors)
        lines.append(
            f"| {one.part.name} | {one.all_of_them} | {one.tried} | "
            f"{one.tried - len(one.survivors)} | {known} | {len(one.survivors) - known} |"
        )
    for one in found:
        if one.survivors:
            lines += ["", f"## {one.part.name}", "", "| place | line | change | reason |"]
            lines.append("|---|---|---|---|")
        for mutant in one.survivors:
            reason = reasons.get(mutant.key, "**to be noticed by a test**")
            shown = mutant.line.strip()[:90].replace("|", "\\|")
            change = f"`{mutant.before}` to `{mutant.after}`"
            lines.append(f"| {mutant.file}:{mutant.number} | `{shown}` | {change} | {reason} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Try every part; 1 where fewer than 95 % of the faults are noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=SAMPLE, help="faults tried of each part")
    parser.add_argument("--all", action="store_true", help="every fault (many hours)")
    parser.add_argument("--part", nargs="*", default=[one.name for one in PARTS])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "mutation.md")
    asked = parser.parse_args()
    claims, reasons, found = Claims("mutation"), read_reasons(), []
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "src"
        shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
        for part in PARTS:
            if part.name not in asked.part:
                continue
            rng = random.Random(f"{asked.seed} {part.name}")
            made = attempt(part, source, None if asked.all else asked.sample, rng)
            found.append(made)
            known = sum(one.key in reasons for one in made.survivors)
            share = (made.tried - len(made.survivors)) / max(made.tried - known, 1)
            print(f"{part.name:12} {made.tried} tried, {share:.1%} noticed, {made.seconds:.0f} s")
            claims.say(f"{part.name}: share of faults noticed", share, AIM)
    asked.page.write_text(page(found, asked.seed), "utf-8")
    return claims.finish()


if __name__ == "__main__":
    sys.exit(main())
