"""Printed figures of other programs whose patients are known, each of a kind once misread."""

import csv
from pathlib import Path

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.literature.figures import checked, read_pdf
from hilum.literature.figures.read import read_figure
from hilum.literature.figures.self_check import warned
from hilum.watch import SILENT
from tests.synthesis.survival.trials import at, kaplan_meier

PRINTED = Path(__file__).parent / "printed"


def arms(name):
    """Times and states of the patients of each arm."""
    out = {}
    with (PRINTED / f"{name}.csv").open() as file:
        for row in csv.DictReader(file):
            out.setdefault(row["arm"], []).append((float(row["time"]), int(row["status"])))
    return {arm: tuple(np.array(v) for v in zip(*rows, strict=True)) for arm, rows in out.items()}


def rmse(curve, patients):
    """Against the patients' own curve, away from where one step is a hair beside the other."""
    read = curve.coordinates
    grid = np.linspace(0, read.time[-1], 20001)
    ours = at((np.array(read.time[1:]), np.array(read.survival[1:])), grid)
    return np.sqrt(np.mean((ours - at(kaplan_meier(*patients), grid)) ** 2))


def first_panel(name):
    return [curve for curve in read_pdf(PRINTED / f"{name}.pdf") if curve.panel == 1]


ORDER = {
    "bar_ticks": ("1", "2"),
    "numbers_inside": ("B", "A"),
    "percent_to_zero": ("1", "2"),
    "starts_at_first_death": ("0", "1"),
    "two_panels": ("A", "B"),
}


@pytest.mark.parametrize("name", ORDER)
def test_every_level_is_that_of_the_patients(name):
    patients = arms(name)
    curves = first_panel(name)
    assert len(curves) == len(ORDER[name])
    for curve, arm in zip(curves, ORDER[name], strict=True):
        assert rmse(curve, patients[arm]) < 0.001
        survival = np.array(checked(curve.coordinates, curve.coordinates.unit).survival)
        assert survival[0] == 1
        assert (np.diff(survival) <= 0).all()
        late = name == "starts_at_first_death"
        assert [c.code for c in warned(curve.checks)] == (["starts_at_one"] if late else [])


def test_a_line_that_starts_at_its_first_death_is_not_lifted():
    """Survival 0.9855 at day 1 (R's survfit of the patients), not 1."""
    curve = first_panel("starts_at_first_death")[0]
    read = curve.coordinates
    assert (read.time[0], read.survival[0]) == (0.0, 1.0)
    assert read.time[1] == pytest.approx(1.0, abs=0.1)
    assert read.survival[1] == pytest.approx(0.9855, abs=1e-4)
    (start,) = (c for c in curve.checks if c.code == "starts_at_one")
    assert start.figure == pytest.approx(0.0145, abs=1e-4)


def test_letters_that_touch_are_each_a_tick():
    """R's mark '|', of which pdfplumber makes words; 92 places of 93 censored patients each."""
    assert [len(curve.ticks) for curve in first_panel("bar_ticks")] == [92, 92]


def test_numbers_at_risk_inside_the_plot_are_no_axis():
    patients = arms("numbers_inside")
    for curve in first_panel("numbers_inside"):
        assert (curve.x.low, curve.x.high) == (0, 60)
        time = patients[curve.name][0]
        assert [n for _, n in curve.at_risk] == [(time >= t).sum() for t, _ in curve.at_risk]
        assert [t for t, _ in curve.at_risk] == [0, 12, 24, 36, 48]


def test_of_two_panels_one_is_asked_for():
    def asked(**more):
        path = str(PRINTED / "two_panels.pdf")
        given = {"page": None, "x_axis": None, "y_axis": None, "box": None}
        return read_figure(SILENT, path=path, wanted=more.pop("wanted", ()), **given, **more)

    with pytest.raises(InputError, match=r"panel: '2 panels': expected one of 1 \(0 to 60.*; 2"):
        asked(wanted=[("1", "A")])
    (_, left), (_, right) = (asked(wanted=[("1", "A")], panel=n)[0] for n in (1, 2))
    assert left.places[0][0] < 200 < right.places[0][0]
    assert left.colour == right.colour == "#0072b5"
    with pytest.raises(InputError, match="a number from 1 to 2"):
        asked(panel=3)


def test_one_curve_is_not_read_for_two_arms():
    with pytest.raises(InputError, match="each curve once"):
        read_figure(
            SILENT,
            path=str(PRINTED / "bar_ticks.pdf"),
            wanted=[("1", "a"), ("#0000ff", "b")],
            page=None,
            x_axis=None,
            y_axis=None,
            box=None,
        )
