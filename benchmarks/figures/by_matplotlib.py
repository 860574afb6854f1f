"""matplotlib by hand, seaborn's themes, scikit-survival's steps, lifelines' own plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl

mpl.use("Agg")
import numpy as np
from benchmarks.figures.finish import MARK
from benchmarks.figures.look import at_risk, stair, ticks
from matplotlib import pyplot as plt

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.figures.look import Look

WORDS = "black dashes low band percent limits marks grid frame tight legend log incidence"
CAN = frozenset(WORDS.split()) | {"risk", "panels"}
DASHES = {"solid": "-", "dashed": "--", "dotted": ":"}


def draw(look: Look, path: Path, *, marked: bool) -> None:
    """A figure by plain matplotlib."""
    with plt.rc_context({"font.size": 9}):
        _draw(look, path, _plain, marked)


def draw_seaborn(look: Look, path: Path, *, marked: bool) -> None:
    """The same lines in a theme of seaborn."""
    import seaborn

    style = ("darkgrid", "whitegrid", "ticks", "white")[len(look.arms[0].time) % 4]
    with seaborn.axes_style(style), seaborn.plotting_context("paper"):
        _draw(look, path, _plain, marked)


def draw_lifelines(look: Look, path: Path, *, marked: bool) -> None:
    """KaplanMeierFitter.plot_survival_function as it comes."""
    _draw(look, path, _lifelines, marked)


def draw_sksurv(look: Look, path: Path, *, marked: bool) -> None:
    """The steps as scikit-survival's guide draws them: from the first event, with its band."""
    _draw(look, path, _sksurv, marked)


def _draw(look: Look, path: Path, lines, marked: bool) -> None:
    high = look.size[1] + (1.0 if look.risk == "under" else 0.0)
    wide = look.size[0] * look.panels
    fig, axes = plt.subplots(1, look.panels, figsize=(wide, high), squeeze=False)
    for ax in axes[0]:
        lines(look, ax)
        _axes(look, ax)
    if look.risk == "under":
        fig.subplots_adjust(bottom=0.3)
    else:
        fig.tight_layout()
    if look.legend == "outside":
        fig.subplots_adjust(top=0.86)
    if marked:
        for time, level in look.corners():
            axes[0][0].plot([time], [level], "s", color=MARK, ms=7, mew=0, clip_on=False, zorder=99)
    fig.savefig(path, dpi=look.dpi)
    plt.close(fig)


def _axes(look: Look, ax) -> None:
    pad = 0.0 if look.tight else 0.04
    if look.log_time:
        ax.set_xscale("log")
        ax.set_xlim(look.first, look.horizon)
    else:
        ax.set_xlim(-pad * look.horizon, look.horizon * (1 + pad))
    span = look.full * (1 - look.low)
    ax.set_ylim(look.low * look.full - pad * span, look.full + pad * span)
    ax.set_xlabel(f"Time ({look.unit})")
    ax.set_ylabel("Cumulative incidence" if look.incidence else "Overall survival")
    for side in ("top", "right"):
        ax.spines[side].set_visible(look.frame)
    if look.grid:
        ax.grid(visible=True, lw=0.6, color="#cccccc")
    if look.legend == "inside":
        ax.legend(loc="upper left" if look.incidence else "upper right", frameon=look.frame)
    elif look.legend == "outside":
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False)
    elif ax.get_legend():
        ax.get_legend().remove()
    if look.risk:
        columns, rows = at_risk(look)
        for i, (arm, row) in enumerate(zip(look.arms, rows, strict=True)):
            level = look.full * (0.03 + 0.06 * i) + look.low * look.full
            for column, n in zip(columns, row, strict=True):
                if look.risk == "inside":
                    ax.text(column, level, str(n), ha="center", fontsize=7, color=arm.colour)
                else:
                    ax.annotate(
                        str(n), (column, 0), (0, -42 - 12 * i), ha="center", fontsize=8,
                        xycoords=("data", "axes fraction"), textcoords="offset points",
                    )  # fmt: skip


def _plain(look: Look, ax) -> None:
    for arm in look.arms:
        x, y = stair(look, arm)
        ax.step(
            x, y, where="post", color=arm.colour, lw=look.line, ls=DASHES[arm.dash], label=arm.name
        )
        low, high = stair(look, arm, "low")[1], stair(look, arm, "high")[1]
        if look.band:
            ax.fill_between(x, low, high, step="post", color=arm.colour, alpha=0.22, lw=0)
        if look.limits:
            for limit in (low, high):
                ax.step(x, limit, where="post", color=arm.colour, lw=0.7 * look.line, ls="--")
        if look.marks:
            when, level = ticks(look, arm)
            ax.plot(when, level, look.marks, color=arm.colour, ms=5.5, mew=0.9, ls="")


def _lifelines(look: Look, ax) -> None:
    from lifelines import KaplanMeierFitter

    if look.incidence or look.percent:
        _plain(look, ax)
        return
    for arm in look.arms:
        fitted = KaplanMeierFitter(label=arm.name).fit(arm.time, arm.status)
        fitted.plot_survival_function(
            ax=ax, color=arm.colour, ci_show=not look.limits, show_censors=bool(look.marks),
            ls=DASHES[arm.dash],
        )  # fmt: skip


def _sksurv(look: Look, ax) -> None:
    from sksurv.nonparametric import kaplan_meier_estimator

    for arm in look.arms:
        event = np.asarray(arm.status, bool)
        time, level, (low, high) = kaplan_meier_estimator(
            event, np.asarray(arm.time), conf_type="log-log"
        )
        y, low, high = ((1 - v if look.incidence else v) * look.full for v in (level, low, high))
        ax.step(time, y, where="post", color=arm.colour, ls=DASHES[arm.dash], label=arm.name)
        if look.band:
            ax.fill_between(time, low, high, alpha=0.25, step="post", color=arm.colour)
