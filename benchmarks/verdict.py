"""Time one patient's verdicts beside the reference on the same patients: ``make bench``.

The reference (``tests/reference/pathway``) is the executable specification in plain Python. Medians
over patients, start-up left out; answers are compared by the tests. The last block times the whole
process of ``hilum verdict``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.pooling import median_ms
from tests.patient.reference import given_cases, modules, ours, reference_tables

from hilum.patient.complete import complete
from hilum.patient.tables import read_tables
from hilum.patient.verdict import verdicts
from hilum.patient.worlds import Worlds

EXAMPLES = Path(__file__).parents[1] / "examples"
# What a referral letter says: the first of these facts that a case states.
SPARSE = ("primary_site", "grade", "lesion_count", "functioning", "age", "sex")


def patients() -> dict[str, list[dict[str, Any]]]:
    """Facts of every given case: whole, the few of a letter, and none at all."""
    whole = list(given_cases().values())
    sparse = [{name: one[name] for name in SPARSE if name in one} for one in whole]
    return {"fully described": whole, "six facts": sparse, "nothing known": [{}]}


def over(one: Callable[[Any], object], made: Iterable[Any], repeats: int) -> tuple[float, float]:
    """Median and largest milliseconds over patients."""
    times = [median_ms(lambda given=given: one(given), repeats) for given in made]
    return statistics.median(times), max(times)


def main() -> None:
    """Print milliseconds and the ratio of the medians."""
    tables, theirs = read_tables(), reference_tables()
    evaluate = modules()[0]
    print(f"{'one patient, ms':44} {'hilum':>8} {'largest':>8} {'reference':>10} {'ratio':>7}")
    for name, made in patients().items():
        given = [ours(one) for one in made]
        alone = over(lambda one: Worlds.of(complete(one, tables), tables), given, 9)
        print(f"{name + ': the verdicts alone':44} {alone[0]:8.2f} {alone[1]:8.2f}")
        mine = over(lambda one: verdicts(one, tables), given, 5)
        other = over(lambda one: evaluate.options(one, theirs), made[:10], 1)
        ratio = other[0] / mine[0]
        what = f"{name}: with what would change them"
        print(f"{what:44} {mine[0]:8.2f} {mine[1]:8.2f} {other[0]:10.1f} {ratio:6.1f}x")
    for name in ("midgut-multifocal", "sparse"):
        command = [sys.executable, "-m", "hilum", "verdict", str(EXAMPLES / f"{name}.toml")]
        times = []
        for _ in range(7):
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            times.append(time.perf_counter() - start)
        print(f"hilum verdict {name}.toml, whole process {1000 * statistics.median(times):8.0f}")


if __name__ == "__main__":
    main()
