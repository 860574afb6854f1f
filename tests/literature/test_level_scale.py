"""What levels are: shares, percent or cumulative hazard; where that cannot be told it is asked."""

from math import exp, log

import numpy as np
import pytest
from typer.testing import CliRunner

from hilum.cli.main import app
from hilum.errors import InputError
from hilum.literature.figures.axes import Axis
from hilum.literature.figures.level_scale import (
    LOW_START,
    MOST_HAZARD,
    MOST_SHARE,
    TOP,
    level_scale,
)
from hilum.literature.figures.lines import Line
from hilum.literature.figures.svg import read_svg
from hilum.literature.figures.titles import scales_in
from hilum.literature.figures.vector import curves_of
from tests.literature.figures import trial
from tests.literature.svg_plots import plot
from tests.synthesis.survival.trials import at, kaplan_meier

ARMS = [(t, s) for t, s in (trial(4)[1],)]


def hazard(s):
    return -log(max(s, 0.05))


def read(path, labels, level, **more):
    said = {key: more.pop(key) for key in ("hazard", "increasing") if key in more}
    plot(path / "f.svg", ARMS, labels=labels, level=level, **more)
    return curves_of(read_svg(path / "f.svg"), None, None, **said)


def right(found, share=lambda s: s):
    times = np.linspace(0.5, 45, 60)
    t, s = np.array(found.coordinates.time), np.array(found.coordinates.survival)
    own = s[np.searchsorted(t, times, side="right") - 1]
    true = at(kaplan_meier(*ARMS[0]), times)
    return np.abs(own - share(true)).max()


@pytest.mark.parametrize(
    "title",
    [
        "Cumulative hazard", "Nelson-Aalen estimate", "H(t)", "Kumulative Hazardrate",
        "Cumulative hazard (Nelson-Aalen)", "-log(S(t))", "累积危险", "Λ(t)", "Hasard cumulé",
    ],
)  # fmt: skip
def test_a_title_of_cumulative_hazard_is_read_as_survival(tmp_path, title):
    (one,) = read(tmp_path, (0, 0.5, 1, 1.5, 2, 2.5, 3), hazard, y_title=title)
    assert one.hazard
    assert right(one, lambda s: np.maximum(s, 0.05)) < 0.001


@pytest.mark.parametrize(
    "title", ["累积风险", "Risque cumulé", "h(t)", "Hazard rate", "log(-log(S))"]
)
def test_a_title_that_may_be_either_or_is_neither_is_refused(tmp_path, title):
    with pytest.raises(InputError, match="--hazard"):
        read(tmp_path, (0, 0.25, 0.5, 0.75, 1), lambda s: 1 - s, y_title=title)
    (one,) = read(tmp_path, (0, 0.25, 0.5, 0.75, 1), lambda s: 1 - s, y_title=title, hazard=False)
    assert not one.hazard
    assert right(one) < 0.001


def test_levels_that_are_no_percent_are_never_percent_in_silence(tmp_path):
    with pytest.raises(InputError, match="up to 3"):
        read(tmp_path, (0, 1, 2, 3), hazard, y_title="Overall survival")
    (one,) = read(tmp_path, (0, 1, 2, 3), hazard, y_title="Overall survival", hazard=True)
    assert right(one, lambda s: np.maximum(s, 0.05)) < 0.001
    with pytest.raises(InputError, match="at most 1"):
        read(tmp_path, (0, 0.3, 0.6, 0.9, 1.2), lambda s: 1.2 * (1 - s) / 0.7, y_title="")


def test_incidence_stays_incidence(tmp_path):
    (one,) = read(
        tmp_path, (0, 0.25, 0.5, 0.75, 1), lambda s: 1 - s, y_title="Cumulative incidence"
    )
    assert one.increasing
    assert not one.hazard
    assert right(one) < 0.001
    percent = read(tmp_path, (0, 2, 4, 6), lambda s: 8 * (1 - s), y_title="Incidence (%)")
    assert right(percent[0], lambda s: 1 - 0.08 * (1 - s)) < 0.001


@pytest.mark.parametrize("labels", [(0, 0.25, 0.5, 0.75, 1), (0, 0.2, 0.4, 0.6)])
def test_a_title_of_percent_over_an_axis_of_shares_is_asked(tmp_path, labels):
    with pytest.raises(InputError, match="the title says percent"):
        read(tmp_path, labels, lambda s: max(labels) * (1 - s), y_title="Cumulative incidence (%)")


def test_survival_from_one_under_a_title_of_percent_is_a_share(tmp_path):
    """Its start says so: a curve in percent starts at 100."""
    (one,) = read(tmp_path, (0, 0.25, 0.5, 0.75, 1), lambda s: s, y_title="Survival (%)")
    assert right(one) < 0.001


def rising(highest, high):
    y = Axis(high, -high / 100, 0.0, high, 0.1)
    points = ((0.0, 100.0), (5.0, 100.0), (5.0, y.place(highest)), (9.0, y.place(highest)))
    return y, [Line(points, True, False, "#000000", 1.0, ())]


@pytest.mark.parametrize(("high", "full"), [(1.4, 1.0), (1.5, 1.0), (1.6, 100.0)])
def test_an_axis_beyond_one_and_a_half_is_of_percent(high, full):
    assert MOST_SHARE == 1.5
    y, lines = rising(0.5, high)
    assert level_scale(y, set(), lines, sign=False, typed=False, hazard=False).full == full


@pytest.mark.parametrize(("high", "asked"), [(9.9, True), (10.0, True), (10.1, False)])
def test_an_axis_up_to_ten_may_be_a_cumulative_hazard(high, asked):
    assert MOST_HAZARD == 10.0
    assert exp(-MOST_HAZARD) < 1 / 22_000
    y, lines = rising(5.0, high)
    found = level_scale(y, set(), lines, sign=False, typed=False, hazard=None)
    assert bool(found.doubt) is asked
    assert not level_scale(y, set(), lines, sign=True, typed=False, hazard=None).doubt
    assert not level_scale(y, {"percent"}, lines, sign=False, typed=False, hazard=None).doubt


@pytest.mark.parametrize(("highest", "asked"), [(1.019, False), (1.02, False), (1.021, True)])
def test_a_share_above_one_is_none(highest, asked):
    assert TOP == 0.02
    y, lines = rising(highest, 1.25)
    found = level_scale(y, set(), lines, sign=False, typed=False, hazard=None)
    assert bool(found.doubt) is asked


@pytest.mark.parametrize(
    ("title", "scales"),
    [
        ("Cumulative incidence (%)", {"percent"}),
        ("Survival probability", set()),
        ("Cumulative hazard, %", {"percent", "cumulative_hazard"}),
        ("Cumulative hazard function", {"cumulative_hazard"}),
        ("Hazard ratio", set()),
        ("Log cumulative hazard", {"transformed"}),
    ],
)
def test_what_titles_say(title, scales):
    assert scales_in(title) == scales


def test_a_picture_asks_what_a_rising_line_is(tmp_path):
    """Drawn by matplotlib: 1 minus the levels, with a warning, unless it is said."""
    from matplotlib import pyplot as plt

    from tests.synthesis.survival.trials import corners

    fig, ax = plt.subplots(figsize=(5, 4))
    t, s = corners(*ARMS[0])
    ax.step(t, -np.log(np.maximum(s, 0.5)), where="post", color="#d62728")
    ax.set(xlim=(0, 60), ylim=(0, 1))
    fig.savefig(tmp_path / "f.png", dpi=100)
    fig.canvas.draw()
    (x0, y0), (x1, y1) = ax.transData.transform([(0, 0), (60, 1)])
    plt.close(fig)
    scale = ["--x-axis", f"{x0 - 0.5}=0,{x1 - 0.5}=60"]
    scale += ["--y-axis", f"{400 - y0 - 0.5}=0,{400 - y1 - 0.5}=1", "--unit", "months"]
    common = ["curve", "read", str(tmp_path / "f.png"), *scale, "--out", str(tmp_path / "o.csv")]
    bare = CliRunner().invoke(app, common)
    assert "--hazard" in bare.output
    said = CliRunner().invoke(app, [*common, "--increasing"])
    assert "--hazard" not in said.output
    read_so = CliRunner().invoke(app, [*common, "--hazard"])
    assert "read as exp(-level)" in read_so.output
    last = (tmp_path / "o.csv").read_text().splitlines()[-1].split(",")
    assert float(last[1]) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(("start", "read_on"), [(0.9, True), (0.8999, False), (0.8, False)])
def test_a_curve_that_starts_low_on_an_axis_that_may_count_is_asked(tmp_path, start, read_on):
    assert LOW_START == 0.9
    more = {"labels": (0, 20, 40, 60, 80), "level": lambda s: 100 * start * s, "lowest": 0.0}
    if start > 0.85:
        more["labels"] = (0, 20, 40, 60, 80, 100)
    if read_on:
        assert read(tmp_path, y_title="Patients alive", **more)
    else:
        with pytest.raises(InputError, match=r"may count patients \(--y-axis"):
            read(tmp_path, y_title="Patients alive", **more)


def test_a_low_start_on_an_axis_said_to_be_percent_is_left_to_its_check(tmp_path):
    found = read(tmp_path, (0, 20, 40, 60, 80), lambda s: 80 * s, y_title="Survival (%)")[0]
    assert {c.code: c.outcome for c in found.checks}["starts_at_one"] == "warn"
