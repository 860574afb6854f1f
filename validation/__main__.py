"""Every claim of the documents in one run: ``make validate`` or ``python -m validation``.

``python -m validation [--full] [--only NAME ...] [--workers 2] [--page docs/validation.md]``

Programs run beside each other, each for a bounded time. The page holds every claim's figure with
its bound, the date and the versions; it says what failed, and so does the exit status.
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
    """How one program ended; ``status`` is None where its time was up."""

    program: Program
    status: int | None
    seconds: float
    claims: tuple[Claim, ...]

    @property
    def passed(self) -> bool:
        """Whether it ended well, with every claim held."""
        return self.status == 0 and all(claim.passed for claim in self.claims)


def run(program: Program, folder: Path, full: bool) -> Ran:
    """One program in a process of its own, what it prints in a file beside its claims."""
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
                timeout=None if full else program.seconds,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            status = None
    seconds = time.perf_counter() - begun
    made = Ran(program, status, seconds, tuple(read_claims(claims)))
    print(f"{program.name:12} {seconds:6.0f} s  {ending(made)}", flush=True)
    if not made.passed:
        print(*printed.read_text("utf-8").splitlines()[-15:], sep="\n  ", flush=True)
    return made


def ending(made: Ran) -> str:
    """How it ended, in words."""
    if made.status is None:
        return f"ended after {made.program.seconds} s"
    failed = sum(not claim.passed for claim in made.claims)
    if failed or made.status:
        return f"failed: {failed} of {len(made.claims)} claims, exit status {made.status}"
    return f"passed: {len(made.claims)} claims" if made.claims else "passed"


def page(all_of_them: list[Ran], full: bool, seconds: float) -> str:
    """The page of figures."""
    day = datetime.now(UTC).date().isoformat()
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    failed = [made.program.name for made in all_of_them if not made.passed]
    lines = [
        "# Figures behind the claims",
        "",
        "Made by `make validate`; do not edit. Every figure is found anew, from fixed seeds, and",
        "must lie inside its bound.",
        "",
        f"- {day}, Python {platform.python_version()}, {versions}",
        f"- {'full run' if full else 'run of half an hour'}, {seconds / 60:.0f} minutes",
        f"- {'failed: ' + ', '.join(failed) if failed else 'all passed'}",
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
    """Run what was asked for; 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="without bounds of time or samples")
    parser.add_argument("--only", nargs="*", default=[one.name for one in PROGRAMS])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    unknown = sorted(set(asked.only) - {one.name for one in PROGRAMS})
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    chosen = [one for one in PROGRAMS if one.name in asked.only]
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(asked.workers) as pool:
        made = list(pool.map(lambda one: run(one, Path(name), asked.full), chosen))
    if len(chosen) == len(PROGRAMS) or asked.page != PAGE:
        asked.page.write_text(page(made, asked.full, time.perf_counter() - begun), "utf-8")
    return int(not all(one.passed for one in made))


if __name__ == "__main__":
    sys.exit(main())
