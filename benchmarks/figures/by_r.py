"""R: survival's base plot, survminer's ggsurvplot and ggplot2 by hand."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures.finish import MARK
from benchmarks.figures.look import stair, ticks

if TYPE_CHECKING:
    from benchmarks.figures.look import Look

BASE = frozenset(
    [
        "black",
        "dashes",
        "low",
        "percent",
        "limits",
        "marks",
        "frame",
        "tight",
        "legend",
        "log",
        "incidence",
    ]
)
SURVMINER = frozenset(["dashes", "band", "marks", "percent", "legend", "risk"])
GGPLOT = frozenset(
    ["black", "dashes", "band", "percent", "limits", "marks", "grid", "legend", "incidence"]
)
WORDS = "black dashes band legend risk zero near thin"
RMS = frozenset(WORDS.split())
PRODLIM = RMS | {"percent", "marks", "grid", "incidence"}
PROGRAM = Path(__file__).with_name("draw.R")


def draw_base(look: Look, path: Path, *, marked: bool) -> None:
    """plot(survfit(...))."""
    _run("base", look, path, marked)


def draw_survminer(look: Look, path: Path, *, marked: bool) -> None:
    """ggsurvplot, its confidence band and table of numbers at risk."""
    _run("survminer", look, path, marked)


def draw_ggplot(look: Look, path: Path, *, marked: bool) -> None:
    """geom_step and geom_ribbon."""
    _run("ggplot2", look, path, marked)


def draw_prodlim(look: Look, path: Path, *, marked: bool) -> None:
    """plot(prodlim(...)), its shaded band and numbers at risk."""
    _run("prodlim", look, path, marked)


def draw_rms(look: Look, path: Path, *, marked: bool) -> None:
    """survplot(npsurv(...))."""
    _run("rms", look, path, marked)


def _run(which: str, look: Look, path: Path, marked: bool) -> None:
    if shutil.which("Rscript") is None:
        raise ImportError("R")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        plain = look.plain() | {"which": which, "marked": marked, "out": str(path), "mark": MARK,
                                "full": look.full, "corners": look.corners()}  # fmt: skip
        (folder / "look.json").write_text(json.dumps(_flat(plain)))
        with (folder / "patients.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["time", "status", "arm"])
            for arm in look.arms:
                rows.writerows((t, s, arm.name) for t, s in zip(arm.time, arm.status, strict=True))
        with (folder / "lines.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["arm", "kind", "x", "y", "low", "high"])
            for arm in look.arms:
                x, y = stair(look, arm)
                low, high = stair(look, arm, "low")[1], stair(look, arm, "high")[1]
                rows.writerows((arm.name, "line", *v) for v in zip(x, y, low, high, strict=True))
                rows.writerows(
                    (arm.name, "tick", a, b, b, b) for a, b in zip(*ticks(look, arm), strict=True)
                )
        done = subprocess.run(
            ["Rscript", "--vanilla", str(PROGRAM), str(folder)],
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        if "there is no package called" in done.stderr:
            raise ImportError(done.stderr.strip().splitlines()[0])
        if done.returncode:
            raise RuntimeError(done.stderr[-600:])


def _flat(plain: dict) -> dict:
    """Names and values as R's own reader of one value a line takes them."""
    arms = plain.pop("arms")
    plain["colours"] = [a["colour"] for a in arms]
    plain["dashes"] = [a["dash"] for a in arms]
    plain["names"] = [a["name"] for a in arms]
    plain["corners"] = [v for corner in plain["corners"] for v in corner]
    return {k: v for k, v in plain.items() if k != "kinds"}
