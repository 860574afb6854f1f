"""Figures of simulated trials, drawn by matplotlib."""

from dataclasses import dataclass

import matplotlib as mpl
import numpy as np

from tests.synthesis.survival.trials import at, corners, kaplan_meier, patients

mpl.use("Agg")
from matplotlib import pyplot as plt

COLOURS = ("#1f77b4", "#d62728")
DPI = 150


@dataclass
class Drawn:
    """Where two values of each axis stand: in points of the PDF, and in pixels of the PNG."""

    points: tuple
    pixels: tuple


def trial(seed):
    rng = np.random.default_rng([77, seed])
    return [patients(rng, 140, 22.0, 1.1), patients(rng, 120, 34.0, 1.1)]


def draw(arms, path, *, mark="|", percent=False, colours=COLOURS, labels=True, also=None):
    """The curves of the arms as the suffix of ``path`` says, and once more to ``also``."""
    full = 100.0 if percent else 1.0
    fig, ax = plt.subplots(figsize=(6, 4.5))
    for (time, status), colour in zip(arms, colours, strict=False):
        x, y = corners(time, status)
        ax.step(x, full * y, where="post", color=colour, lw=1.5)
        if mark:
            ticks = np.unique(time[status == 0])
            level = full * at(kaplan_meier(time, status), ticks)
            ax.plot(ticks, level, mark, color=colour, ms=6, mew=0.8)
    ax.set(xlim=(0, 62), ylim=(0, 1.03 * full), xlabel="Months", ylabel="Survival")
    if not labels:
        ax.set(xticklabels=[], yticklabels=[], xlabel="")
    for name in (path, also):
        if name is not None:
            fig.savefig(name, dpi=DPI)
    width, height = fig.get_size_inches()
    del width
    corner = ax.transData.transform([(0, 0), (60, full)]) / fig.dpi
    plt.close(fig)

    def places(unit, shift):
        columns = [v * unit - shift for v in corner[:, 0]]
        rows = [(height - v) * unit - shift for v in corner[:, 1]]
        return (columns, [0, 60]), (rows, [0, full])

    return Drawn(places(72, 0.0), places(DPI, 0.5))
