"""Duplicates: scores on labelled sets, time and memory on made exports.

``python -m benchmarks.duplicates [--records 2000 10000 100000]``. Each size runs in a process of
its own, from the file to the groups, so that processor seconds and the peak of memory are its own.
What other programs reach stands in docs/literature.md.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.exports import export, ris

SEED = 26


def labelled() -> None:
    """Scores on the two labelled sets."""
    from tests.literature.scores import scored, truth, unpacked

    from hilum.analyses.dedupe import DedupeAsked, run

    with tempfile.TemporaryDirectory() as folder:
        for name in ("respiratory", "tafenoquine"):
            file = unpacked(f"{name}.endnote.xml", Path(folder))
            begun = time.process_time()
            answer = run(DedupeAsked(files=(str(file),)))
            seconds = time.process_time() - begun
            found = scored([list(one) for one in answer.groups], truth(name))
            print(f"{name:12} {answer.records:7,} records: sensitivity {found[0]:.4f}, "
                  f"specificity {found[1]:.5f}, {seconds:.2f} processor s")  # fmt: skip


def one(file: Path) -> None:
    """Groups of a file; time and memory of this process."""
    from hilum.analyses.dedupe import DedupeAsked, run

    begun, clock = time.process_time(), time.monotonic()
    answer = run(DedupeAsked(files=(str(file),)))
    said = {
        "groups": [list(group) for group in answer.groups],
        "processor": time.process_time() - begun,
        "wall": time.monotonic() - clock,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(said))


def made(count: int) -> None:
    """A made export of a size."""
    from tests.literature.scores import scored

    records = export(count, SEED)
    works = {str(record.number): str(record.work) for record in records}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made.ris"
        file.write_text(ris(records), "utf-8")
        del records
        words = [sys.executable, "-m", "benchmarks.duplicates", "--file", str(file)]
        said = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    found = scored(said["groups"], works)
    print(
        f"made         {count:7,} records: sensitivity {found[0]:.4f}, "
        f"specificity {found[1]:.5f}, {said['processor']:.1f} processor s, "
        f"{said['wall']:.1f} s, {said['peak']:.0f} MB"
    )


def main() -> None:
    """Run what is asked for."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--records", type=int, nargs="*", default=[2000, 10_000, 100_000])
    ask.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = ask.parse_args()
    if given.file is not None:
        one(given.file)
        return
    labelled()
    for count in given.records:
        made(count)


if __name__ == "__main__":
    main()
