"""Readers and writers of the workbench at once, as locust plays them.

locust stands in an environment of its own (``.venv-locust``, from ``locust.lock`` with hashes): it
replaces the sockets of the whole process, and brings a web server that nothing else needs.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.web import Served

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OWN = ROOT / ".venv-locust"
READERS, WRITERS = 50, 10
# Seconds that each crowd stays.
STAYS = 10


@dataclass(frozen=True, slots=True)
class Crowd:
    """How a crowd fared: milliseconds of the 95th percentile, requests in all, those that failed.

    ``confirmed`` are the writes that were said to be kept: the number of the state and its name.
    """

    p95: float
    asked: int
    failed: int
    confirmed: tuple[tuple[int, str], ...] = ()


def locust() -> Path:
    """The program, installed where it is not there yet."""
    found = OWN / "bin" / "locust"
    if not found.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        for words in (
            ("venv", "--quiet", "--python", sys.executable, str(OWN)),
            ("pip", "install", "--quiet", "--require-hashes", "--python", str(OWN / "bin/python"),
             "-r", str(HERE / "locust.lock")),
        ):  # fmt: skip
            subprocess.run([uv, *words], check=True)
    return found


def readers(served: Served, paths: tuple[str, ...], pause: float) -> Crowd:
    """Fifty readers of pages, each of whom waits so long between two."""
    return _played(served, "Reader", READERS, {"PATHS": "\n".join(paths), "PAUSE": str(pause)})


def writers(served: Served, case: str) -> Crowd:
    """Ten writers who keep states of one case, all at once: most are told that one came before."""
    return _played(served, "Writer", WRITERS, {"PATHS": case, "PAUSE": "0"})


def _played(served: Served, who: str, count: int, said: dict[str, str]) -> Crowd:
    home = f"http://127.0.0.1:{served.port}"
    with tempfile.TemporaryDirectory(prefix="hilum-crowd-") as folder:
        kept = Path(folder) / "kept.jsonl"
        told = {"COOKIE": served.cookie, "CSRF": served.csrf, "KEPT": str(kept), **said}
        environment = {**os.environ, **{f"HILUM_CROWD_{name}": one for name, one in told.items()}}
        made = subprocess.run(
            [str(locust()), "-f", str(HERE / "locustfile.py"), who, "--headless", "--users",
             str(count), "--spawn-rate", str(count), "--run-time", f"{STAYS}s", "--stop-timeout",
             "10", "--host", home, "--csv", str(Path(folder) / "found"), "--only-summary",
             "--loglevel", "ERROR", "--exit-code-on-error", "0"],
            check=False, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        if made.returncode:
            raise SystemExit(f"locust: {made.stderr[-2000:]}")
        with (Path(folder) / "found_stats.csv").open(encoding="utf-8", newline="") as file:
            whole = next(row for row in csv.DictReader(file) if row["Name"] == "Aggregated")
        lines = kept.read_text("utf-8").splitlines() if kept.exists() else []
        confirmed = tuple((number, name) for number, name in map(json.loads, lines))
    if whole["95%"] == "N/A":
        raise SystemExit(f"locust: nobody was answered within {STAYS} s")
    asked, failed = int(whole["Request Count"]), int(whole["Failure Count"])
    return Crowd(float(whole["95%"]), asked, failed, confirmed)
