"""Round trip from patients to a printed curve and back: ``make validate``.

200 random trials of two arms are simulated, their Kaplan-Meier curves drawn by matplotlib to a
vector PDF and to PNG at 150 dpi, read back, and patients reconstructed with a table of numbers at
risk. The true patients say what should have come back. As a third way the curves are clicked 60
times with an error of 0.2 percentage points, and reconstructed also by Guyot's published algorithm.

``python -m validation.curves`` prints the table and ends with status 1 where an aim is missed by
the median trial (survival, RMST) or by more than one trial in ten (hazard ratio);
``--figures docs`` also draws the distributions for the docs.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from benchmarks.curves import guyot
from matplotlib import pyplot as plt
from validation.claims import Claims

from hilum.errors import NotEstimable
from hilum.literature.figures import read_image, read_pdf
from hilum.literature.figures.axes import from_points
from hilum.synthesis.survival import reconstruct

SEED = 20240602
TRIALS = 200
HORIZON = 60.0
DPI = 150
GRID = np.linspace(0, HORIZON, 6001)
COLOURS = (("#1f77b4", "#d62728"), ("#2ca02c", "#9467bd"), ("#e6550d", "#3182bd"))
WAYS = ("vector", "raster", "clicks", "clicks, Guyot")
# Survival RMSE, RMST error in months; hazard ratio as a share. The aims.
AIMS = {"vector": (0.003, 0.1, 0.03), "raster": (0.008, 0.1, 0.03)}


def patients(rng: np.random.Generator, n: int, scale: float, shape: float):
    """Weibull deaths, staggered entry, a few lost, nobody followed beyond the axis."""
    died = scale * rng.weibull(shape, n)
    left = np.minimum(rng.uniform(12, 84, n), rng.exponential(400, n))
    left = np.minimum(left, HORIZON)
    return np.minimum(died, left), (died <= left).astype(int)


def kaplan_meier(time, status):
    """Times of death and survival from then on, by the definition."""
    when = np.unique(time[status == 1])
    at_risk = np.array([(time >= t).sum() for t in when])
    deaths = np.array([((time == t) & (status == 1)).sum() for t in when])
    return when, np.cumprod(1 - deaths / at_risk)


def at(curve, grid):
    """Survival at times."""
    return np.r_[1.0, curve[1]][np.searchsorted(curve[0], grid, side="right")]


def log_hazard_ratio(arms) -> float:
    """Cox's model with one covariate by Newton's method (Breslow's ties)."""
    time = np.concatenate([a.time for a in arms])
    status = np.concatenate([a.status for a in arms])
    arm = np.repeat([0.0, 1.0], [len(a.time) for a in arms])
    order = np.argsort(time)
    time, status, arm = time[order], status[order], arm[order]
    dead = np.flatnonzero(status == 1)
    first = np.searchsorted(time, time[dead], side="left")
    beta = 0.0
    for _ in range(20):
        weight = np.exp(beta * arm)
        total = np.cumsum(weight[::-1])[::-1][first]
        share = np.cumsum((weight * arm)[::-1])[::-1][first] / total
        step = (arm[dead] - share).sum() / (share * (1 - share)).sum()
        beta += step
        if abs(step) < 1e-10:
            break
    return float(beta)


def draw(rng, arms, folder: Path):
    """The figure as PDF and PNG; returns the colours and the calibration points in pixels."""
    colours = COLOURS[rng.integers(len(COLOURS))]
    percent = 100.0 if rng.random() < 0.4 else 1.0
    marks = rng.choice(["|", "+", ""])
    fig, ax = plt.subplots(figsize=(rng.uniform(5, 7), rng.uniform(4, 5)))
    for (time, status), colour in zip(arms, colours, strict=True):
        when, level = kaplan_meier(time, status)
        last = level[-1] if len(level) else 1.0
        x, y = np.r_[0, when, time.max()], percent * np.r_[1, level, last]
        ax.step(x, y, where="post", color=colour, lw=rng.uniform(1, 2))
        if marks:
            ticks = np.unique(time[status == 0])
            levels = percent * at((when, level), ticks)
            ax.plot(ticks, levels, str(marks), color=colour, ms=6, mew=0.8)
    ax.set_xlim(0, HORIZON * 1.02)
    ax.set_ylim(0, 1.03 * percent)
    ax.set_xlabel("Months since treatment")
    ax.set_ylabel("Survival (%)" if percent > 1 else "Survival")
    fig.savefig(folder / "figure.pdf")
    fig.savefig(folder / "figure.png", dpi=DPI)
    height = fig.get_size_inches()[1] * DPI
    zoom = DPI / fig.dpi
    # A hand marks whole pixels; a pixel's middle is its number.
    places = [ax.transData.transform(p) * zoom for p in ((0, 0), (HORIZON, percent))]
    columns = [round(p[0] - 0.5) for p in places]
    rows = [round(height - p[1] - 0.5) for p in places]
    plt.close(fig)
    x_axis = from_points(columns, [0, HORIZON], 0.5)
    y_axis = from_points(rows, [0, percent], 0.5)
    return colours, x_axis, y_axis


def clicks(rng, time, status):
    """60 points: lower corners of steps, chosen at random, levels to 0.2 percentage points."""
    when, level = kaplan_meier(time, status)
    some = np.sort(rng.choice(len(when), min(58, len(when)), replace=False))
    t = np.r_[0, when[some], time.max()]
    s = np.r_[1, level[some], level[-1]] + rng.normal(0, 0.002, len(t))
    return t, np.minimum.accumulate(np.r_[1, np.clip(s[1:], 0, 1)])


def patients_of(curve, columns, counts):
    """Reconstructed from a figure's curve; None where the risk table contradicts what was read."""
    read = curve.coordinates
    try:
        return reconstruct(
            read.time,
            read.survival,
            columns,
            counts,
            censor_time=read.censor_time or None,
            precision=read.precision or 0.002,
        )
    except NotEstimable:
        return None


def median(curve):
    """First time at which survival is at most one half."""
    low = np.flatnonzero(curve[1] <= 0.5 + 1e-9)
    return curve[0][low[0]] if len(low) else np.nan


def trial(seed: int) -> dict[str, tuple[list, float]]:
    """Errors of each way: per arm (RMSE, RMST, median), and of the log hazard ratio."""
    rng = np.random.default_rng([SEED, seed])
    n = rng.integers(60, 300, 2)
    shape = rng.uniform(0.8, 1.4)
    scale = rng.uniform(18, 70)
    arms = [
        patients(rng, int(n[0]), scale, shape),
        patients(rng, int(n[1]), scale * rng.uniform(0.7, 2.0), shape),
    ]
    columns = np.arange(0, HORIZON, 7.5)
    found: dict[str, list] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        colours, x_axis, y_axis = draw(rng, arms, folder)
        vector = {curve.colour: curve for curve in read_pdf(folder / "figure.pdf")}
        for (time, _), colour in zip(arms, colours, strict=True):
            counts = [(time >= c).sum() for c in columns]
            image = read_image(folder / "figure.png", x_axis=x_axis, y_axis=y_axis, colour=colour)
            for way, curve in (("vector", vector[colour]), ("raster", image)):
                found[way].append(patients_of(curve, columns, counts))
    for time, status in arms:
        counts = [int((time >= c).sum()) for c in columns]
        t, s = clicks(rng, time, status)
        found["clicks"].append(reconstruct(t, s, columns, counts))
        theirs = guyot(t.tolist(), s.tolist(), columns.tolist(), counts)
        found["clicks, Guyot"].append(
            SimpleNamespace(time=np.array(theirs[0]), status=np.array(theirs[1]))
        )
    truth = log_hazard_ratio([SimpleNamespace(time=t, status=s) for t, s in arms])
    out: dict[str, tuple[list, float]] = {}
    for way, ours in found.items():
        errors = []
        if any(one is None for one in ours):
            out[way] = [], np.nan
            continue
        for one, (time, status) in zip(ours, arms, strict=True):
            true, mine = kaplan_meier(time, status), kaplan_meier(one.time, one.status)
            within = GRID[time.max() >= GRID]
            gap = at(mine, within) - at(true, within)
            missed = sum(int((one.time >= c).sum() != (time >= c).sum()) for c in columns)
            errors.append(
                (
                    float(np.sqrt(np.mean(gap**2))),
                    float(gap.mean() * within[-1]),
                    float(median(mine) - median(true)),
                    int(one.status.sum() - status.sum()),
                    missed,
                )
            )
        out[way] = errors, log_hazard_ratio(ours) - truth
    return out


def main() -> None:
    """The table; figures where asked for; exit status 1 when an aim is missed."""
    trials = int(sys.argv[sys.argv.index("--trials") + 1]) if "--trials" in sys.argv else TRIALS
    results = [trial(seed) for seed in range(trials)]
    claims = Claims("curves")
    tables: dict[str, np.ndarray] = {}
    ratios: dict[str, np.ndarray] = {}
    print(f"{trials} trials of two arms; median, 90th and 99th percentile of the absolute error")
    for way in WAYS:
        tables[way] = np.array([e for one in results for e in one[way][0]], float)
        shifts = np.array([one[way][1] for one in results])
        refused = int(np.isnan(shifts).sum())
        ratios[way] = np.abs(np.expm1(shifts[~np.isnan(shifts)]))
        table = tables[way]
        rows = (
            ("survival RMSE", np.abs(table[:, 0]), 5),
            ("RMST, months", np.abs(table[:, 1]), 3),
            ("median, months", np.abs(table[:, 2]), 3),
            ("deaths", np.abs(table[:, 3]), 0),
            ("hazard ratio, %", 100 * ratios[way], 2),
        )
        print(way)
        for words, values, digits in rows:
            parts = np.nanpercentile(values, [50, 90, 99])
            print(f"  {words:<16}" + "".join(f"{p:10.{digits}f}" for p in parts))
        print(f"  risk-table columns not met: {int(table[:, 4].sum())}; trials refused: {refused}")
        if way in AIMS:
            rmse, rmst, ratio = AIMS[way]
            inside = (
                (np.abs(table[:, 0]) < rmse).mean(),
                (np.abs(table[:, 1]) < rmst).mean(),
                (ratios[way] < ratio).mean(),
            )
            print(
                f"  within the aim: RMSE < {rmse}: {100 * inside[0]:.1f} % of curves, "
                f"RMST < {rmst}: {100 * inside[1]:.1f} %, "
                f"HR within {100 * ratio:.0f} %: {100 * inside[2]:.1f} % of trials"
            )
            fine = claims.say(f"{way}, median RMSE", np.median(table[:, 0]), None, rmse)
            middle = np.median(np.abs(table[:, 1]))
            fine &= claims.say(f"{way}, median RMST error", middle, None, rmst)
            fine &= claims.say(f"{way}, trials with HR within {ratio:.0%}", inside[2], 0.9)
            fine &= claims.say(f"{way}, risk-table columns not met", table[:, 4].sum(), None, 0)
            fine &= claims.say(f"{way}, trials refused", refused, None, 0.02 * trials)
            print("  aim reached" if fine else "  aim missed  <-")
    if "--figures" in sys.argv:
        figures(Path(sys.argv[sys.argv.index("--figures") + 1]), tables, ratios)
    sys.exit(claims.finish())


def figures(folder: Path, tables: dict, ratios: dict) -> None:
    """Cumulative distributions of the errors, aims as dashed lines."""
    fig, axes = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained")
    about = (
        ("survival RMSE", 0, (1e-6, 0.1)),
        ("RMST error (months, axis of 60)", 1, (1e-4, 3)),
        ("hazard ratio error (%)", None, (1e-2, 30)),
    )
    styles = dict(zip(WAYS, ("#1f5f8b", "#b3541e", "#3b8f5a", "#9aa5ae"), strict=True))
    for ax, (words, column, limits) in zip(axes, about, strict=True):
        for way in WAYS:
            values = 100 * ratios[way] if column is None else np.abs(tables[way][:, column])
            values = np.sort(np.maximum(values, limits[0]))
            ax.step(
                values, np.arange(1, len(values) + 1) / len(values), color=styles[way], label=way
            )
        for way, aims in AIMS.items():
            aim = 100 * aims[2] if column is None else aims[column]
            ax.axvline(aim, color=styles[way], ls="--", lw=0.8)
        ax.set(xscale="log", xlim=limits, ylim=(0, 1), xlabel=words)
        ax.grid(alpha=0.25)
    axes[0].set_ylabel("share of curves or trials")
    axes[0].legend(frameon=False, fontsize=8)
    fig.savefig(folder / "curves-round-trip.png", dpi=110)
    plt.close(fig)


if __name__ == "__main__":
    main()
