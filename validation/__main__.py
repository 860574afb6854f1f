"""Every claim of the documents in one run: ``make validate`` or ``python -m validation``.

``python -m validation [--full | --minutes 28] [--only NAME ...] [--workers 2]
[--page docs/validation.md]``

Programs run beside each other, the shortest first, each for a bounded time. The page holds every
claim's figure with its bound, the date and the versions; it says what failed and what was not run
to its end. With ``--only`` the others stand on it as they ended last, each with its own date: what
each run found is kept in ``figures.json`` beside this program. The exit status is 1 where anything
failed, else 3 where anything was not run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from validation.claims import Claim, read_claims
from validation.programs import PROGRAMS, Program

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "validation.md"
KEPT = Path(__file__).parent / "figures.json"
LIBRARIES = ("numpy", "scipy", "hilum")
MINUTES = 28.0


@dataclass(frozen=True, slots=True)
class Ran:
    """How one program ended: ``status`` is None where its time was up, or it was never begun.

    ``cut``: not its own time was up but that of the whole run. ``seconds`` by the clock,
    ``processor`` those of processors, which do not depend on what else the machine did; ``day`` and
    ``versions`` are of the run.
    """

    program: Program
    status: int | None
    seconds: float
    claims: tuple[Claim, ...]
    cut: bool = False
    processor: float = 0.0
    day: str = ""
    versions: str = ""

    @property
    def passed(self) -> bool:
        """Whether it ended well, with every claim held."""
        return self.status == 0 and all(claim.passed for claim in self.claims)


def run(program: Program, folder: Path, full: bool, until: float, longer: float = 1.0) -> Ran:
    """One program in a process of its own, what it prints in a file beside its claims."""
    left = until - time.monotonic()
    if left <= 0:
        return Ran(program, None, 0.0, (), cut=True)
    bound = min(left, float("inf") if full else program.seconds * longer)
    claims, printed = folder / f"{program.name}.jsonl", folder / f"{program.name}.txt"
    arguments = program.full if full else program.arguments
    begun = time.perf_counter()
    # Libraries that take every core would only get into each other's way.
    one = {"HILUM_CLAIMS": str(claims), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with printed.open("w", encoding="utf-8") as out:
        words = [sys.executable, "-m", f"validation.{program.name}", *arguments]
        running = subprocess.Popen(
            words, cwd=ROOT, env=os.environ | one, stdout=out, stderr=subprocess.STDOUT
        )
        status, processor = waited(running, begun + bound)
    seconds = time.perf_counter() - begun
    cut = status is None and bound < program.seconds * longer
    day = datetime.now(UTC).date().isoformat()
    found = tuple(read_claims(claims))
    made = Ran(program, status, seconds, found, cut, processor, day, versions())
    print(f"{program.name:12} {seconds:6.0f} s  {ending(made)}", flush=True)
    if not made.passed:
        print(*printed.read_text("utf-8").splitlines()[-15:], sep="\n  ", flush=True)
    return made


def waited(running: subprocess.Popen[bytes], end: float) -> tuple[int | None, float]:
    """Exit status, or None where it was ended, and the seconds of processors it has used."""
    ended = False
    while True:
        child, status, used = os.wait4(running.pid, os.WNOHANG)
        if child:
            running.returncode = os.waitstatus_to_exitcode(status)
            took = used.ru_utime + used.ru_stime
            return (None if ended else running.returncode), took
        if not ended and time.perf_counter() > end:
            ended = True
            running.kill()
        time.sleep(0.05)


def versions() -> str:
    """Of what the figures rest on."""
    return f"Python {platform.python_version()}, " + ", ".join(
        f"{name} {version(name)}" for name in LIBRARIES
    )


def ending(made: Ran) -> str:
    """How it ended, in words."""
    if made.cut:
        after = f" to its end: after {made.seconds:.0f} s the time of the whole run was up"
        return f"not run{after if made.seconds else ''}"
    if made.status is None:
        return f"failed: ended after {made.seconds:.0f} s"
    failed = sum(not claim.passed for claim in made.claims)
    if failed or made.status:
        return f"failed: {failed} of {len(made.claims)} claims, exit status {made.status}"
    return f"passed: {len(made.claims)} claims" if made.claims else "passed"


def keep(made: list[Ran]) -> list[Ran]:
    """Put what was run to its end beside what was kept, and give every program's last run."""
    held: dict[str, dict[str, object]] = {}
    if KEPT.exists():
        held = json.loads(KEPT.read_text("utf-8"))
    for one in made:
        if not one.cut:
            held[one.program.name] = {**asdict(one), "program": one.program.name}
    names = {one.name: one for one in PROGRAMS}
    held = {name: held[name] for name in sorted(held) if name in names}
    KEPT.write_text(json.dumps(held, indent=1) + "\n", "utf-8")
    cut = {one.program.name: one for one in made if one.cut}
    found: list[Ran] = []
    for name, program in names.items():
        if name in cut or name not in held:
            found.append(cut.get(name, Ran(program, None, 0.0, (), cut=True)))
            continue
        claims = tuple(Claim(**claim) for claim in held[name]["claims"])
        found.append(Ran(**{**held[name], "program": program, "claims": claims}))
    return sorted(found, key=lambda one: one.program.name)


def page(all_of_them: list[Ran], full: bool) -> str:
    """The page of figures."""
    failed = [made.program.name for made in all_of_them if not made.passed and not made.cut]
    cut = [made.program.name for made in all_of_them if made.cut]
    used = sum(one.processor for one in all_of_them)
    passed = "all that was run to its end passed" if cut else "all passed"
    lines = [
        "# Figures behind the claims",
        "",
        "Made by `make validate`; do not edit. Every figure is found anew, from fixed seeds, and",
        "must lie inside its bound.",
        "",
        *sorted({f"- {one.day}, {one.versions}" for one in all_of_them if one.day}),
        f"- {'full' if full else 'bounded'} runs; {used / 60:.0f} minutes of one processor in all, "
        f"so {used / 120:.0f} on two cores that do nothing else",
        f"- {'failed: ' + ', '.join(failed) if failed else passed}",
        *([f"- not run: {', '.join(cut)}"] if cut else []),
        "",
        "| program | what it stands for | day | seconds of a processor | |",
        "|---|---|---|---|---|",
        *(
            f"| `{one.program.name}` | {one.program.about} | {one.day} | {one.processor:.0f} "
            f"| {ending(one)} |"
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
    parser.add_argument(
        "--minutes", type=float, default=MINUTES, help="for all of it, unless --full"
    )
    parser.add_argument("--only", nargs="*", default=[one.name for one in PROGRAMS])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    unknown = sorted(set(asked.only) - {one.name for one in PROGRAMS})
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    chosen = [one for one in PROGRAMS if one.name in asked.only]
    until = float("inf") if asked.full else time.monotonic() + 60 * asked.minutes
    longer = max(1.0, asked.minutes / MINUTES)
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(asked.workers) as pool:
        order = sorted(chosen, key=lambda one: one.seconds)
        made = list(pool.map(lambda one: run(one, Path(name), asked.full, until, longer), order))
    asked.page.write_text(page(keep(made), asked.full), "utf-8")
    return exit_status(made)


def exit_status(made: list[Ran]) -> int:
    """1 where anything failed, else 3 where anything was not run, else 0."""
    if any(not one.passed and not one.cut for one in made):
        return 1
    return 3 if any(one.cut for one in made) else 0


if __name__ == "__main__":
    sys.exit(main())
