"""Layouts of tables of numbers at risk as programs draw them: in SVG and PDF the same numbers."""

import matplotlib as mpl
import numpy as np
import pytest

from hilum.literature.figures.page import read_page
from hilum.literature.figures.svg import read_svg
from hilum.literature.figures.vector import curves_of
from tests.synthesis.survival.trials import corners, patients

mpl.use("Agg")
from matplotlib import pyplot as plt

NAMES = ("Embolisation", "Surgery", "Watching", "Chemotherapy")
INKS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7")
MEDIANS = (22.0, 34.0, 15.0, 48.0)
YEARLY = (0, 12, 24, 36, 48, 60)
# Row numbers stand so far below the axis, and so far from one another, in points.
FIRST, DOWN = -60.0, 14.0


def arms(many=2, scale=1):
    rng = np.random.default_rng(31)
    sizes = (140, 120, 90, 75)
    return [patients(rng, scale * sizes[i], MEDIANS[i], 1.1) for i in range(many)]


def at_risk(arm, times):
    return [int((arm[0] >= t).sum()) for t in times]


def put(ax, text, across, down, *, ha="center", time=True, size=8, **more):
    """Words at a time (or so many points from the axis' left end), points below the axis."""
    place = (across, 0) if time else (0, 0)
    ax.annotate(
        str(text), place, xycoords=("data" if time else "axes fraction", "axes fraction"),
        xytext=(0 if time else across, down), textcoords="offset points", ha=ha, va="center",
        fontsize=size, annotation_clip=False, **more,
    )  # fmt: skip


def rows(ax, own, times=YEARLY, *, heading="Number at risk", form="{}", shift=0.0, names=NAMES):
    if heading:
        put(ax, heading, -110, FIRST + 15, ha="left", time=False)
    for i, arm in enumerate(own):
        put(ax, names[i], -24, FIRST - DOWN * i, ha="right", time=False)
        for t, n in zip(times, at_risk(arm, times), strict=True):
            put(ax, form.format(n), t + shift, FIRST - DOWN * i)


def plain(ax, own):
    rows(ax, own)


def moved(ax, own):
    """All of it ten points left of its ticks."""
    rows(ax, own, shift=-1.66)


def label_above(ax, own):
    put(ax, "No. at risk", -110, FIRST + 15, ha="left", time=False)
    for i, arm in enumerate(own):
        put(ax, NAMES[i], -110, FIRST - 26 * i, ha="left", time=False)
        for t, n in zip(YEARLY, at_risk(arm, YEARLY), strict=True):
            put(ax, n, t, FIRST - 12 - 26 * i)


def coloured(ax, own):
    """No words before the numbers, which are in their curve's colour."""
    put(ax, "At risk", -110, FIRST + 15, ha="left", time=False)
    for i, arm in enumerate(own):
        for t, n in zip(YEARLY, at_risk(arm, YEARLY), strict=True):
            put(ax, n, t, FIRST - DOWN * i, color=INKS[i])


def censored(ax, own):
    put(ax, "Number at risk (number censored)", -110, FIRST + 15, ha="left", time=False)
    for i, arm in enumerate(own):
        put(ax, NAMES[i], -30, FIRST - DOWN * i, ha="right", time=False)
        for t, n in zip(YEARLY, at_risk(arm, YEARLY), strict=True):
            left = int(((arm[0] < t) & (arm[1] == 0)).sum())
            put(ax, f"{n} ({left})", t, FIRST - DOWN * i)


def three_rows_an_arm(ax, own):
    at = FIRST
    for i, (time, status) in enumerate(own):
        put(ax, NAMES[i], -110, at, ha="left", time=False)
        for what, count in (
            ("At risk", lambda t, x=time: (x >= t).sum()),
            ("Censored", lambda t, x=time, s=status: ((x < t) & (s == 0)).sum()),
            ("Events", lambda t, x=time, s=status: ((x < t) & (s == 1)).sum()),
        ):
            at -= 12
            put(ax, what, -24, at, ha="right", time=False)
            for t in YEARLY:
                put(ax, int(count(t)), t, at)
        at -= 12


def two_blocks(ax, own):
    rows(ax, own, heading="Number at risk")
    at = FIRST - DOWN * len(own) - 4
    put(ax, "Cumulative events", -110, at, ha="left", time=False)
    for i, (time, status) in enumerate(own):
        put(ax, NAMES[i], -24, at - DOWN * (i + 1), ha="right", time=False)
        for t in YEARLY:
            died = int(((time < t) & (status == 1)).sum())
            put(ax, died, t, at - DOWN * (i + 1))


def thousands(sign):
    def drawn(ax, own):
        put(ax, "Number at risk", -110, FIRST + 15, ha="left", time=False)
        for i, arm in enumerate(own):
            put(ax, NAMES[i], -34, FIRST - DOWN * i, ha="right", time=False)
            for t, n in zip(YEARLY, at_risk(arm, YEARLY), strict=True):
                put(ax, f"{n:,}".replace(",", sign), t, FIRST - DOWN * i)

    return drawn


OWN = (0, 6, 18, 30, 42, 54)


def own_times(ax, own):
    """Times of its own over its columns, which stand at no tick."""
    put(ax, "Months", -24, FIRST + 15, ha="right", time=False)
    for t in OWN:
        put(ax, t, t, FIRST + 15)
    put(ax, "No. at risk", -110, FIRST + 27, ha="left", time=False)
    rows(ax, own, OWN, heading="")


def own_places(ax, own):
    """The same without any times printed: its columns stand at them."""
    rows(ax, own, OWN)


HALF = tuple(range(0, 61, 6))


def denser(ax, own):
    rows(ax, own, HALF)


def boxed(ax, own):
    """Matplotlib's own table, of columns that are wider than the ticks are apart."""
    put(ax, "Number at risk", -110, -40, ha="left", time=False)
    ax.table(
        cellText=[at_risk(arm, YEARLY) for arm in own], rowLabels=NAMES[: len(own)],
        colLabels=list(map(str, YEARLY)), bbox=[-0.1, -0.55, 1.2, 0.28], cellLoc="center",
    )  # fmt: skip


def with_a_column_of_medians(ax, own):
    rows(ax, own)
    put(ax, "Median", 70, FIRST + 15)
    for i in range(len(own)):
        put(ax, f"{MEDIANS[i]:.1f}", 70, FIRST - DOWN * i)


def with_names_behind(ax, own):
    put(ax, "Number at risk", -110, FIRST + 15, ha="left", time=False)
    for i, arm in enumerate(own):
        put(ax, NAMES[i], 65, FIRST - DOWN * i, ha="left")
        for t, n in zip(YEARLY, at_risk(arm, YEARLY), strict=True):
            put(ax, n, t, FIRST - DOWN * i)


def extension_below(ax, own):
    """Rows that go on in an extension, under a heading of their own."""
    rows(ax, own)
    at = FIRST - DOWN * len(own) - 4
    put(ax, "Open-label extension", -110, at, ha="left", time=False)
    for i, arm in enumerate(own):
        put(ax, NAMES[i], -24, at - DOWN * (i + 1), ha="right", time=False)
        for t, n in zip(YEARLY, at_risk(arm, YEARLY), strict=True):
            put(ax, int(0.6 * n), t, at - DOWN * (i + 1))


def extension_rows(ax, own):
    """Rows of those who go on from two years, under the heading of all."""
    rows(ax, own)
    for i, arm in enumerate(own):
        at = FIRST - DOWN * (len(own) + i)
        put(ax, f"{NAMES[i]}, extension", -24, at, ha="right", time=False)
        for t, n in zip(YEARLY[2:], at_risk(arm, YEARLY[2:]), strict=True):
            put(ax, int(0.6 * n), t, at)


def extension_over_columns(ax, own):
    rows(ax, own)
    put(ax, "Open-label extension", 48, FIRST + 15)


def footnotes(ax, own):
    put(ax, "Number at risk", -110, FIRST + 15, ha="left", time=False)
    for i, arm in enumerate(own):
        put(ax, NAMES[i], -24, FIRST - DOWN * i, ha="right", time=False)
        for t, n in zip(YEARLY, at_risk(arm, YEARLY), strict=True):
            put(ax, f"{n}*" if t == 48 else n, t, FIRST - DOWN * i)


def capitals(ax, own):
    rows(ax, own, heading="NO. AT RISK", names=[name.upper() for name in NAMES])


LAYOUTS = [
    (plain, 2, 1, YEARLY), (plain, 3, 1, YEARLY), (plain, 4, 1, YEARLY), (moved, 2, 1, YEARLY),
    (label_above, 2, 1, YEARLY), (coloured, 3, 1, YEARLY), (censored, 2, 1, YEARLY),
    (three_rows_an_arm, 2, 1, YEARLY), (two_blocks, 2, 1, YEARLY),
    (thousands(","), 2, 20, YEARLY), (thousands("."), 2, 20, YEARLY),
    (thousands("'"), 2, 20, YEARLY), (thousands("’"), 2, 20, YEARLY),
    (thousands("\u202f"), 2, 20, YEARLY), (own_times, 2, 1, OWN), (own_places, 2, 1, OWN),
    (denser, 2, 1, HALF), (boxed, 2, 1, YEARLY), (with_a_column_of_medians, 2, 1, YEARLY),
    (with_names_behind, 2, 1, YEARLY), (extension_below, 2, 1, YEARLY),
    (extension_rows, 2, 1, YEARLY), (extension_over_columns, 2, 1, YEARLY),
    (footnotes, 2, 1, YEARLY), (capitals, 2, 1, YEARLY),
]  # fmt: skip


def figure(draw, many, scale, path, letters, ticks=YEARLY):
    own = arms(many, scale)
    with mpl.rc_context({"svg.fonttype": letters, "pdf.fonttype": 42}):
        fig, ax = plt.subplots(figsize=(8, 6))
        fig.subplots_adjust(left=0.25, bottom=0.42)
        for arm, ink, name in zip(own, INKS, NAMES, strict=False):
            x, y = corners(*arm)
            ax.step(x, y, where="post", color=ink, lw=1.3, label=name)
        ax.set(xlim=(0, 62), ylim=(0, 1.03), xticks=ticks, xlabel="Months", ylabel="Survival")
        ax.legend(loc="upper right", frameon=False, fontsize=8)
        draw(ax, own)
        fig.savefig(path)
        plt.close(fig)
    page = read_svg(path) if path.suffix == ".svg" else read_page(path, None)
    return own, curves_of(page, None, None)


@pytest.mark.parametrize(
    ("name", "letters"), [("f.pdf", "none"), ("f.svg", "none"), ("f.svg", "path")]
)
@pytest.mark.parametrize(("draw", "many", "scale", "times"), LAYOUTS)
def test_every_layout_gives_the_numbers_of_every_arm(
    tmp_path, draw, many, scale, times, name, letters
):
    own, found = figure(draw, many, scale, tmp_path / name, letters)
    assert {one.name for one in found} == set(NAMES[:many])
    for one in found:
        arm = own[NAMES.index(one.name)]
        told = list(zip(map(float, times), at_risk(arm, times), strict=True))
        assert list(one.at_risk) == told
        assert not one.risk_why


def rising(ax, own):
    put(ax, "Number at risk", -110, FIRST + 15, ha="left", time=False)
    for i, arm in enumerate(own):
        put(ax, NAMES[i], -24, FIRST - DOWN * i, ha="right", time=False)
        numbers = at_risk(arm, YEARLY)
        for t, n in zip(YEARLY, [numbers[0], numbers[0] + 9, *numbers[2:]], strict=True):
            put(ax, n, t, FIRST - DOWN * i)


def late(ax, own):
    rows(ax, own, YEARLY[1:])


def at_no_time(ax, own):
    """Drawn wider than the plot, in columns of 12.4 months by its axis."""
    put(ax, "Number at risk", -110, FIRST + 15, ha="left", time=False)
    for i, arm in enumerate(own):
        put(ax, NAMES[i], -24, FIRST - DOWN * i, ha="right", time=False)
        for j, n in enumerate(at_risk(arm, YEARLY[:-1])):
            put(ax, n, 13.4 * j, FIRST - DOWN * i)


def a_heading_alone(ax, own):
    del own
    put(ax, "Number at risk", -110, FIRST + 15, ha="left", time=False)


@pytest.mark.parametrize("suffix", ["svg", "pdf"])
@pytest.mark.parametrize(
    ("draw", "why", "named"),
    [(rising, "rises", True), (late, "late", True), (at_no_time, "no_time", True),
     (a_heading_alone, "no_row", False)],
)  # fmt: skip
def test_what_is_said_to_be_at_risk_and_cannot_be_is_named(tmp_path, draw, why, named, suffix):
    _, found = figure(draw, 2, 1, tmp_path / f"f.{suffix}", "none")
    for one in found:
        assert one.at_risk == ()
        assert one.risk_why == why
        assert one.risk_refused == (one.name if named else "")
        assert one.risk_heading == "Number at risk"


@pytest.mark.parametrize("words", [8, 9])
def test_a_heading_has_eight_words_and_a_caption_more(tmp_path, words):
    told = " ".join(["Number at risk", *"and what a caption goes on to".split()][: words - 2])

    def caption(ax, own):
        del own
        put(ax, told, -110, FIRST, ha="left", time=False)

    assert len(told.split()) == words
    _, found = figure(caption, 2, 1, tmp_path / "f.svg", "none")
    assert {one.risk_why for one in found} == ({"no_row"} if words == 8 else {""})


def test_columns_behind_the_last_label_are_the_rows_own(tmp_path):
    """Patients who are followed on in an extension, behind the axis' last number."""
    own, found = figure(plain, 2, 1, tmp_path / "f.pdf", "none", ticks=YEARLY[:-1])
    for one in found:
        arm = own[NAMES.index(one.name)]
        assert [n for _, n in one.at_risk] == at_risk(arm, YEARLY)
        assert one.at_risk[-1][0] == 60.0


@pytest.mark.parametrize("gap", [0.3, 0.5])
def test_a_table_of_the_next_plot_is_none_of_this_ones(tmp_path, gap):
    fig, both = plt.subplots(1, 2, figsize=(11, 6))
    fig.subplots_adjust(left=0.14, bottom=0.42, wspace=gap)
    rng = np.random.default_rng(8)
    trials = [[patients(rng, n, m, 1.1) for n, m in ((140, 22), (120, 34))] for _ in both]
    for ax, own in zip(both, trials, strict=True):
        for arm, ink, name in zip(own, INKS, NAMES, strict=False):
            x, y = corners(*arm)
            ax.step(x, y, where="post", color=ink, label=name)
        ax.set(xlim=(0, 62), ylim=(0, 1.03), xticks=YEARLY, xlabel="Months", ylabel="Survival")
        ax.legend(loc="upper right", fontsize=7)
        put(ax, "Number at risk", -75, FIRST + 15, ha="left", time=False, size=7)
        for i, arm in enumerate(own):
            put(ax, NAMES[i], -14, FIRST - DOWN * i, ha="right", time=False, size=7)
            for t, n in zip(YEARLY, at_risk(arm, YEARLY), strict=True):
                put(ax, n, t, FIRST - DOWN * i, size=7)
    fig.savefig(tmp_path / "f.pdf")
    plt.close(fig)
    found = curves_of(read_page(tmp_path / "f.pdf", None), None, None)
    assert len(found) == 4
    for one in found:
        arm = trials[one.panel - 1][NAMES.index(one.name)]
        assert [n for _, n in one.at_risk] == at_risk(arm, YEARLY)
