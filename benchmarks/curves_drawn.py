"""Read back curves that other programs drew.

``python -m benchmarks.curves_drawn --figures N --seed S`` draws every figure anew
(``benchmarks.figures``), or takes them from a folder (``--drawn``; an interpreter with more
libraries may have drawn it). Calibration points are set on whole pixels, as a hand sets them;
colours, dashes and the unit are given as a reader of the figure would. For every kind of figure:
arms read, the error of survival against the true patients, arms wrong in silence (off by more than
0.02 without a warning), and arms refused. ``--vectors`` reads the vector files of a folder too,
``--picture docs/curves-errors.png`` draws the distributions.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from benchmarks.figures.drawn import LIBRARIES, draw_figures
from benchmarks.figures.look import at, kaplan_meier

from hilum.analyses.read_curves import ReadAsked, ReadCurve, run
from hilum.errors import HilumError

WRONG = 0.02
"""Root mean square error of survival from which a reading is wrong."""


@dataclass(frozen=True)
class Score:
    """One arm: its error (None where refused), what was warned of, and why it was refused."""

    figure: str
    arm: str
    kinds: tuple[str, ...]
    error: float | None
    warned: tuple[str, ...]
    refused: str = ""

    @property
    def silent(self) -> bool:
        """Wrong and without a word."""
        return self.error is not None and self.error > WRONG and not self.warned


def truths(folder: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Patients of each arm."""
    out = defaultdict(list)
    with (folder / "truth.csv").open() as file:
        for row in csv.DictReader(file):
            out[row["arm"]].append((float(row["time"]), int(row["status"])))
    return {arm: tuple(np.array(rows).T) for arm, rows in out.items()}


def score(folder: Path) -> list[Score]:
    """Every arm of one figure."""
    look = json.loads((folder / "figure.json").read_text())
    patients = truths(folder)
    seen: set[tuple[str, str]] = set()
    out = []
    for arm, colour in zip(look["arms"], look["colours"], strict=True):
        alike = sum(_near(c, colour) for c in look["colours"]) > 1
        which = f"{colour} {arm['dash']}" if alike else colour
        kinds = (f"library {look['library']}", *look["kinds"], f"suffix {look['suffix']}")
        if (colour, arm["dash"]) in seen:
            kinds = (*kinds, "twins")
        seen.add((colour, arm["dash"]))
        log = "log:" if look["log_time"] else ""
        x = ",".join(f"{round(p)}={v:g}" for p, v in look["x_axis"])
        y = ",".join(f"{round(p)}={v:g}" for p, v in look["y_axis"])
        asked = ReadAsked(
            figure=str(folder / f"figure.{look['suffix']}"), curve=(f"{which}={arm['name']}",),
            unit=look["unit"], x_axis=log + x, y_axis=y,
        )  # fmt: skip
        curve, refused = _read(asked)
        if "expected one of" in refused and not alike:
            # The refusal lists colour and dash of what is there: a reader takes the arm's.
            again = replace(asked, curve=(f"{colour} {arm['dash']}={arm['name']}",))
            curve, refused = _read(again)
            kinds = (*kinds, "asked twice")
        if curve is None:
            out.append(Score(folder.name, arm["name"], kinds, None, (), refused))
            continue
        warned = tuple(c.code for c in curve.checks if c.outcome == "warn")
        off = gap(look, patients[arm["name"]], curve.time, curve.survival)
        kinds = (*kinds, *_last_fall(look, patients[arm["name"]], curve, warned))
        out.append(Score(folder.name, arm["name"], kinds, off, warned))
    return out


def _last_fall(look: dict, patients, curve: ReadCurve, warned) -> tuple[str, ...]:
    """Whether a curve whose last patient died was read down to 0, which no error above shows."""
    time, status = patients
    if look["low"] or status[np.argmax(time)] == 0 or kaplan_meier(*patients)[1][-1] > 0:
        return ()
    if curve.survival[-1] < WRONG:
        return ("falls to 0: read",)
    return ("falls to 0: warned" if "end_told" in warned else "falls to 0: missed",)


def _read(asked: ReadAsked) -> tuple[ReadCurve | None, str]:
    """The curve, or why there is none."""
    try:
        return run(asked).curves[0], ""
    except HilumError as error:
        return None, str(error)


def vector_score(folder: Path) -> list[Score]:
    """Every arm of a figure's vector file, by its colour, or its name where arms share one."""
    look = json.loads((folder / "figure.json").read_text())
    file = next((f for f in map(folder.joinpath, ("figure.pdf", "figure.svg")) if f.exists()), None)
    if file is None:
        return []
    patients = truths(folder)
    colours = [arm["colour"].lower() for arm in look["arms"]]
    kinds = (f"library {look['library']}", *look["kinds"], f"suffix {file.suffix[1:]}")
    out = []
    listed: dict[str, dict[str, Score]] = {}
    for arm, colour in zip(look["arms"], colours, strict=True):
        named = colour if colours.count(colour) == 1 else arm["name"]
        first = _one(look, file, named, colour, arm["name"], kinds, patients[arm["name"]])
        out.append(first)
        if first.error is None:
            # Where neither says which, the list that the refusal gives is gone through, as a
            # reader does who looks at the overlay.
            tried = {
                which: _one(look, file, which, colour, arm["name"], kinds, patients[arm["name"]])
                for which in ("1", "2", "3")
            }
            listed[arm["name"]] = {k: v for k, v in tried.items() if v.error is not None}
    pairs = sorted(
        ((one.error or 0.0, arm, which) for arm, own in listed.items()
         for which, one in own.items())
    )  # fmt: skip
    for _, arm, which in pairs:
        # A curve of the list is one arm's.
        if which in listed.get(arm, {}):
            best = listed.pop(arm)[which]
            for own in listed.values():
                own.pop(which, None)
            out = [best if one.arm == arm else one for one in out]
    return out


def _one(look: dict, file: Path, which: str, colour: str, arm: str, kinds, patients) -> Score:
    asked = ReadAsked(
        figure=str(file), curve=(f"{which}={arm}",), unit=look["unit"],
        panel=1 if look["panels"] > 1 else None,
    )  # fmt: skip
    try:
        curve = run(asked).curves[0]
    except HilumError as error:
        return Score(file.parent.name, arm, kinds, None, (), str(error))
    if which.isdecimal() and not _near(curve.colour or colour, colour):
        return Score(file.parent.name, arm, kinds, None, (), f"number {which} is another colour")
    warned = tuple(c.code for c in curve.checks if c.outcome == "warn")
    off = gap(look, patients, curve.time, curve.survival)
    return Score(file.parent.name, arm, kinds, off, warned)


def drawn_errors(images: list[Score], vectors: list[Score], path: Path) -> None:
    """The picture of the docs: share of arms within each error, a line a program."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt
    from matplotlib.ticker import NullFormatter

    both = [("images", images, 0.01), ("vectors", vectors, 0.002)]
    both = [one for one in both if one[1]]
    fig, axes = plt.subplots(1, len(both), figsize=(5.2 * len(both), 5.4), squeeze=False)
    inks = plt.get_cmap("tab20")
    for ax, (title, scores, aim) in zip(axes[0], both, strict=True):
        programs = sorted({k for s in scores for k in s.kinds if k.startswith("library ")})
        for at_, program in enumerate(["", *programs]):
            own = [s for s in scores if not program or program in s.kinds]
            errors = np.sort([s.error for s in own if s.error is not None])
            share = np.arange(1, len(errors) + 1) / len(own)
            style = {"color": "#1d2b36", "lw": 2.4} if not program else {
                "color": inks(at_ % 20), "lw": 0.9, "ls": "-" if at_ < 20 else "--", "zorder": 1
            }  # fmt: skip
            name = program.removeprefix("library ") or "all"
            ax.step(errors, 100 * share, where="post", label=f"{name} ({len(own)})", **style)
        ax.axvline(aim, color="#888888", ls=":", lw=1)
        ax.set_xscale("log")
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.set_ylim(0, 101)
        ax.set_title(title, fontsize=10)
        ax.set_xlabel("error of survival (RMSE)")
        ax.set_ylabel("arms within it, % (refused count as beyond)", fontsize=8)
        ax.legend(fontsize=6.5, frameon=False, ncols=5, loc="upper center",
                  bbox_to_anchor=(0.5, -0.16))  # fmt: skip
    fig.tight_layout()
    fig.savefig(path, dpi=110)


def _near(one: str, other: str) -> bool:
    """Whether a reader of the figure would call two colours the same."""
    a, b = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in (one, other))
    return float(np.linalg.norm(a - b)) < 40


def gap(look: dict, patients, time, survival) -> float:
    """Root mean square difference of survival over the printed stretch of the curve."""
    first = look["horizon"] / 100 if look["log_time"] else 0.0
    true = kaplan_meier(*patients)
    grid = np.linspace(first, min(patients[0].max(), look["horizon"]), 4001)
    level = at(true, grid)
    shown = level > look["low"] + 0.01
    read = np.asarray(survival)[np.maximum(np.searchsorted(time, grid, side="right") - 1, 0)]
    return float(np.sqrt(np.mean((read - level)[shown] ** 2))) if shown.any() else 0.0


def told(scores: list[Score]) -> None:
    """A line a kind, then each arm that is wrong or refused."""
    kinds = sorted({k for s in scores for k in s.kinds})
    print(f"{'kind':24} arms  read  median    90 %   max  >0.02  silent  warned  refused")
    for kind in [*kinds, "all"]:
        own = [s for s in scores if kind == "all" or kind in s.kinds]
        errors = np.array([s.error for s in own if s.error is not None])
        wrong = sum(s.silent for s in own)
        middle, most, top = np.quantile(errors, [0.5, 0.9, 1]) if len(errors) else (np.nan,) * 3
        print(
            f"{kind:24} {len(own):4} {100 * len(errors) / len(own):4.0f}%  {middle:.4f}  "
            f"{most:.4f} {top:.3f} {(errors > WRONG).sum():5} {wrong:6} "
            f"{sum(bool(s.warned) for s in own):7} {sum(s.error is None for s in own):8}"
        )
    for s in scores:
        if s.error is None or s.error > WRONG or s.warned:
            said = s.refused[:150] if s.error is None else f"{s.error:.4f} {','.join(s.warned)}"
            mark = "SILENT " if s.silent else ""
            print(f"  {mark}{s.figure} {s.arm}: {said}")


def main() -> None:
    """Draw or take, read, and say how well."""
    given = argparse.ArgumentParser(prog="python -m benchmarks.curves_drawn")
    given.add_argument("--figures", type=int, default=40)
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--libraries", default=",".join(LIBRARIES))
    given.add_argument("--drawn", type=Path, help="A folder drawn by python -m benchmarks.figures.")
    given.add_argument("--vectors", type=Path, help="A folder whose vector files are read too.")
    given.add_argument("--picture", type=Path, help="Write the distribution of the errors (PNG).")
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = asked.drawn or Path(place)
        if asked.drawn is None:
            named = asked.libraries.split(",")
            draw_figures(folder, asked.figures, asked.seed, named, vector=False)
        scores: list[Score] = []
        for file in sorted(folder.glob("*/figure.json")):
            scores += score(file.parent)
            print(f"{file.parent.name}: {len(scores)} arms", file=sys.stderr, flush=True)
        told(scores)
        vectors: list[Score] = []
        for file in sorted(asked.vectors.glob("*/figure.json")) if asked.vectors else ():
            vectors += vector_score(file.parent)
        if vectors:
            told(vectors)
        if asked.picture:
            drawn_errors(scores, vectors, asked.picture)


if __name__ == "__main__":
    main()
