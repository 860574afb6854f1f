"""Every claim of the documents in one run: ``make validate`` or ``python -m validation``.

``python -m validation [--full | --minutes 28] [--only NAME ...] [--workers 2]
[--page docs/validation.md]``

Programs run beside each other, the shortest first, each for a bounded time. The page holds every
claim's figure with its bound, the date and the versions; it says what failed and what was not run
to its end. The exit status is 1 where anything failed, else 3 where anything was not run.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from validation.claims import Claim, read_claims
from validation.programs import PROGRAMS, Program

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "validation.md"
LIBRARIES = ("numpy", "scipy", "hilum")


@dataclass(frozen=True, slots=True)
class Ran:
    """How one program ended: ``status`` is None where its time was up, or it was never begun.

    ``cut``: not its own time was up but that of the whole run.
    """

    program: Program
    status: int | None
    seconds: float
    claims: tuple[Claim, ...]
    cut: bool = False

    @property
    def passed(self) -> bool:
        """Whether it ended well, with every claim held."""
        return self.status == 0 and all(claim.passed for claim in self.claims)


def run(program: Program, folder: Path, full: bool, until: float) -> Ran:
    """One program in a process of its own, what it prints in a file beside its claims."""
    left = until - time.monotonic()
    if left <= 0:
        return Ran(program, None, 0.0, (), cut=True)
    bound = min(left, float("inf") if full else program.seconds)
    claims, printed = folder / f"{program.name}.jsonl", folder / f"{program.name}.txt"
    arguments = program.full if full else program.arguments
    begun = time.perf_counter()
    # Libraries that take every core would only get into each other's way.
    one = {"HILUM_CLAIMS": str(claims), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with printed.open("w", encoding="utf-8") as out:
        try:
            status: int | None = subprocess.run(
                [sys.executable, "-m", f"validation.{program.name}", *arguments],
                cwd=ROOT,
                env=os.environ | one,
                stdout=out,
                stderr=subprocess.STDOUT,
                timeout=None if bound == float("inf") else bound,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            status = None
    seconds = time.perf_counter() - begun
    cut = status is None and bound < program.seconds
    made = Ran(program, status, seconds, tuple(read_claims(claims)), cut)
    print(f"{program.name:12} {seconds:6.0f} s  {ending(made)}", flush=True)
    if not made.passed:
        print(*printed.read_text("utf-8").splitlines()[-15:], sep="\n  ", flush=True)
    return made


def ending(made: Ran) -> str:
    """How it ended, in words."""
    if made.cut:
        if not made.seconds:
            return "not run"
        return f"not run to its end: after {made.seconds:.0f} s the time of the whole run was up"
    if made.status is None:
        return f"failed: ended after {made.program.seconds} s"
    failed = sum(not claim.passed for claim in made.claims)
    if failed or made.status:
        return f"failed: {failed} of {len(made.claims)} claims, exit status {made.status}"
    return f"passed: {len(made.claims)} claims" if made.claims else "passed"


def page(all_of_them: list[Ran], full: bool, seconds: float) -> str:
    """The page of figures."""
    day = datetime.now(UTC).date().isoformat()
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    failed = [made.program.name for made in all_of_them if not made.passed and not made.cut]
    cut = [made.program.name for made in all_of_them if made.cut]
    passed = "all that was run to its end passed" if cut else "all passed"
    lines = [
        "# Figures behind the claims",
        "",
        "Made by `make validate`; do not edit. Every figure is found anew, from fixed seeds, and",
        "must lie inside its bound.",
        "",
        f"- {day}, Python {platform.python_version()}, {versions}",
        f"- {'full run' if full else 'bounded run'}, {seconds / 60:.0f} minutes",
        f"- {'failed: ' + ', '.join(failed) if failed else passed}",
        *([f"- not run: {', '.join(cut)}"] if cut else []),
        "",
        "| program | what it stands for | seconds | |",
        "|---|---|---|---|",
        *(
            f"| `{one.program.name}` | {one.program.about} | {one.seconds:.0f} | {ending(one)} |"
            for one in all_of_them
        ),
    ]
    for made in all_of_them:
        if made.claims:
            lines += ["", f"## {made.program.name}", "", "| claim | found | bound | |"]
            lines += ["|---|---|---|---|", *(_row(claim) for claim in made.claims)]
    return "\n".join(lines) + "\n"


def _row(claim: Claim) -> str:
    ends = [("at least", claim.low), ("at most", claim.high)]
    bound = ", ".join(f"{word} {end:.4g}" for word, end in ends if end is not None)
    held = "" if claim.passed else "**failed**"
    return f"| {claim.name.replace('|', '/')} | {claim.figure:.4g} | {bound or 'shown'} | {held} |"


def main() -> int:
    """Run what was asked for; 1 where anything failed, else 3 where anything was not run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="without bounds of time or samples")
    parser.add_argument("--minutes", type=float, default=28.0, help="for all of it, unless --full")
    parser.add_argument("--only", nargs="*", default=[one.name for one in PROGRAMS])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    unknown = sorted(set(asked.only) - {one.name for one in PROGRAMS})
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    chosen = [one for one in PROGRAMS if one.name in asked.only]
    begun = time.monotonic()
    until = float("inf") if asked.full else begun + 60 * asked.minutes
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(asked.workers) as pool:
        order = sorted(chosen, key=lambda one: one.seconds)
        made = list(pool.map(lambda one: run(one, Path(name), asked.full, until), order))
    if len(chosen) == len(PROGRAMS) or asked.page != PAGE:
        left_out = [Ran(one, None, 0.0, (), cut=True) for one in PROGRAMS if one not in chosen]
        both = sorted([*made, *left_out], key=lambda one: one.program.name)
        asked.page.write_text(page(both, asked.full, time.monotonic() - begun), "utf-8")
    return exit_status(made)


def exit_status(made: list[Ran]) -> int:
    """1 where anything failed, else 3 where anything was not run, else 0."""
    if any(not one.passed and not one.cut for one in made):
        return 1
    return 3 if any(one.cut for one in made) else 0


if __name__ == "__main__":
    sys.exit(main())
