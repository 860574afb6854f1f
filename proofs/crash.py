"""``make crash``: writers killed at any moment, and what else can befall a file.

Each kill ends a process of its own, at a chosen step of its work on files (opened, half written,
renamed, removed) or after a chosen time. Then the file has to be the old one or the new one, whole;
and after the next run nothing but the new one lies there. A fault is a file torn, lost, or left
behind; the exit status says whether there was one.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from proofs import last_run
from proofs.disasters import DISASTERS, befall
from proofs.killing import Stage, kill_once
from proofs.writers import WRITERS

KILLS, SEED = 1000, 21
STOPPED: list[int] = []  # filled by a signal: what was done is told


def shares(kills: int) -> dict[str, int]:
    """Kills of each writer, at least one."""
    whole = sum(one.share for one in WRITERS)
    return {one.name: max(1, round(kills * one.share / whole)) for one in WRITERS}


def begin() -> None:
    """The joint model's fit is made already: what is killed is the writing of it."""
    from tests.made_fit import made_fit

    from hilum.synthesis import joint

    def made(studies: Any, *_: object, **__: object) -> Any:
        fit = made_fit(studies)
        fit.draws.pop("slope")  # of no covariate
        return fit

    joint.joint = made


def crash(kills: int, seed: int, only: str | None = None) -> tuple[Counter[str], list[str]]:
    """Counts of what was done, and every fault."""
    counts: Counter[str] = Counter()
    faults: list[str] = []
    rng = random.Random(seed)
    for writer in WRITERS:
        if STOPPED or (only is not None and only not in writer.name):
            continue
        stage = Stage(writer, Path(mkdtemp(prefix="crash-")))
        wanted, done = shares(kills)[writer.name], 0
        for _ in range(4 * wanted):
            if done == wanted or STOPPED:
                break
            killed, found = kill_once(stage, rng)
            done += killed
            faults += [f"{writer.name}: {one}" for one in found]
        counts["kills"] += done
        counts[f"  {writer.name}"] += done
        for disaster in DISASTERS:
            counts[disaster] += 1
            faults += [f"{writer.name}: {one}" for one in befall(stage, disaster)]
        stage.clear()
    return counts, faults


def main() -> None:
    """Read the options, kill, say what fell."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--kills", type=int, default=KILLS)
    ask.add_argument("--seed", type=int, default=SEED)
    ask.add_argument("--only", help="writers whose name holds this")
    said = ask.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: STOPPED.append(1))
    begin()
    begun = time.monotonic()
    counts, faults = crash(said.kills, said.seed, said.only)
    for name, count in counts.items():
        print(f"{name:20} {count:5}")
    for one in dict.fromkeys(faults):
        print(f"! {one}")
    kinds = Counter(one.split(": ")[1] for one in faults)
    what = ", ".join(f"{kind} {kinds[kind]}" for kind in ("torn", "lost", "left behind"))
    other = sum(kinds.values()) - sum(kinds[one] for one in ("torn", "lost", "left behind"))
    seconds = time.monotonic() - begun
    whole = f"{counts['kills']:,} kills: {what}; other faults {other}"
    print(f"{whole}; {seconds:.0f} s")
    if said.kills >= KILLS and said.only is None and not STOPPED:
        last_run.write("make crash", f"{whole}; over {len(WRITERS)} writers")
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    try:
        main()
    except SystemExit as ended:
        # Threads of a library that were there when this process forked cannot be joined by it: what
        # was found is said, and nothing else is left to do.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended.code if isinstance(ended.code, int) else 1)
