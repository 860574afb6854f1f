"""Processor time of ``hilum board`` on the example patient in every form: ``make bench``.

User and system time of the whole process with its children, the interpreter's start included, so
that it depends little on what else the machine does: the middle of three runs, one of the appendix.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples" / "midgut-multifocal.toml"
FORMS = (
    ("html", (), 3),
    ("docx", (), 3),
    ("pdf", (), 3),
    ("pdf", ("--full",), 1),
)


def seconds(form: str, more: tuple[str, ...], folder: Path) -> float:
    """Seconds of processor of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "hilum", "board", str(EXAMPLE), "--format", form, *more]
    command += ["--out", str(folder / f"sheet.{form}")]
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print seconds by form."""
    with tempfile.TemporaryDirectory() as folder:
        for form, more, runs in FORMS:
            found = [seconds(form, more, Path(folder)) for _ in range(runs)]
            print(f"{' '.join((form, *more)):12} {statistics.median(found):6.2f} s of processor")


if __name__ == "__main__":
    main()
