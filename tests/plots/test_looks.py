"""How a reader wants a plot: order, words, columns; and plots of refits and of precision."""

import re
from dataclasses import replace

import numpy as np
import pytest

from hilum.analyses import analysis
from hilum.analyses.ordering import places
from hilum.analyses.pool_asked import wanted_columns
from hilum.analyses.tables import Table, read_table
from hilum.errors import InputError
from hilum.language import words
from hilum.plots import labbe_svg, radial_svg
from hilum.rendering.pool_look import Look, look_of
from hilum.rendering.pool_plots import PLOT_KINDS
from hilum.rendering.printed_figures import chance, powered, printed
from hilum.rendering.sensitivity_plots import PLOT_KINDS as REFITS
from tests.conftest import ROOT
from tests.plots.overlap import boxes, troubles

ENGLISH = words("en")


@pytest.fixture(scope="module")
def table():
    return read_table(ROOT / "examples" / "bcg.csv", wanted_columns("RR"), lambda _: None)


@pytest.fixture(scope="module")
def answer(table):
    pool = analysis("pool")
    return pool.run(pool.Asked(table=table, measure="RR", beside=("effects", "common")))


@pytest.fixture(scope="module")
def shaken(table):
    one = analysis("sensitivity")
    return one.run(one.Asked(table=table, measure="RR", permutations=20, order="-year"))


def labels(svg, answer):
    known = {one.label for one in answer.studies}
    said = [told for _, told in sorted(((box[0][1], told) for box, told in boxes(svg)))]
    return [one for one in said if one in known]


@pytest.mark.parametrize(
    ("order", "key"),
    [
        ("effect", lambda one: one.value),
        ("-effect", lambda one: -one.value),
        ("weight", lambda one: one.weight),
        ("-weight", lambda one: -one.weight),
        ("label", lambda one: one.label.casefold()),
        ("year", lambda one: int(one.label[-4:])),
        ("-year", lambda one: -int(one.label[-4:])),
    ],
)
def test_the_forest_stands_in_the_order_asked_for(answer, order, key):
    drawn = PLOT_KINDS["forest"].draw(answer, ENGLISH, Look(order=order))
    wanted = [one.label for one in sorted(answer.studies, key=key)]
    assert labels(drawn, answer) == wanted
    assert troubles(drawn) == []


def test_a_column_orders_as_numbers_or_as_words_and_what_is_missing_stands_last(answer):
    rows = (("9",), ("10",), ("",), ("8.5",))
    table = Table("t.csv", ("dose",), rows, (2, 3, 4, 5))
    studies = [replace(answer.studies[0], row=row) for row in (2, 3, 4, 5)]
    assert places("dose", table, studies) == [3, 0, 1, 2]
    assert places("-dose", table, studies) == [1, 0, 3, 2]
    worded = replace(table, rows=(("b",), ("A",), ("",), ("9",)))
    assert places("dose", worded, studies) == [3, 1, 0, 2]
    with pytest.raises(InputError, match="to cumulate by"):
        places("dose", table, studies, whole=True)
    with pytest.raises(InputError, match="a column that holds"):
        places("region", table, studies)


def test_title_axis_groups_sides_and_columns_are_the_readers_own(answer):
    look = look_of(
        title="Tuberculosis", xlab="relative risk", weights=False, beside=("ablat",),
        groups="Vaccine, None", favours="vaccine better，vaccine worse",
    )  # fmt: skip
    drawn = PLOT_KINDS["forest"].draw(answer, ENGLISH, look)
    said = [told for _, told in boxes(drawn)]
    for one in ("Tuberculosis", "relative risk", "Vaccine", "None", "ablat", "← vaccine better",
                "vaccine worse →"):  # fmt: skip
        assert said.count(one) == 1, one
    assert "Weight, %" not in said
    cells = dict(zip(answer.asked.table.lines, answer.asked.table.text("ablat"), strict=True))
    assert all(cells[one.row] in said for one in answer.studies)
    assert troubles(drawn) == []


@pytest.mark.parametrize("field", ["groups", "favours"])
def test_one_name_where_two_are_needed_is_refused(field):
    with pytest.raises(InputError, match="two names"):
        look_of(**{field: "alone"})


def test_a_forest_of_refits_has_a_row_a_refit_and_the_answers_figures(shaken):
    for code, refits in (("leave1out", shaken.leave1out), ("cumul", shaken.cumul)):
        drawn = REFITS[code].draw(shaken, ENGLISH)
        said = [told for _, told in boxes(drawn)]
        assert troubles(drawn) == []
        for limits in refits.figure:
            ends = f"{limits.pred:.2f} ({limits.ci_lb:.2f}–{limits.ci_ub:.2f})"
            assert ends in said
        assert len(re.findall(r'<rect class="square"', drawn)) == len(refits.slab)
    assert any(told.startswith("without ") for _, told in boxes(
        REFITS["leave1out"].draw(shaken, ENGLISH)
    ))  # fmt: skip
    years = [int(name[-4:]) for name in shaken.cumul.slab]
    assert years == sorted(years, reverse=True)


def points(svg, kind):
    found = re.findall(rf'<circle class="{kind}" cx="([\d.]+)" cy="([\d.]+)"', svg)
    return np.array(found, float)


@pytest.mark.parametrize("kind", ["radial", "galbraith"])
def test_a_study_stands_at_its_precision(answer, kind):
    """As metafor's radial(): x is 1 / sqrt(vi + tau2), y is yi times that; without tau2."""
    at = points(PLOT_KINDS[kind].draw(answer, ENGLISH), "dot")
    yi = np.array([one.yi for one in answer.studies])
    vi = np.array([one.vi for one in answer.studies])
    x = (vi + (answer.tau2 if kind == "radial" else 0.0)) ** -0.5
    for drawn, true, sign in ((at[:, 0], x, 1), (at[:, 1], yi * x, -1)):
        slope, shift = np.polyfit(true, drawn, 1)
        assert np.sign(slope) == sign
        assert drawn == pytest.approx(slope * true + shift, abs=0.06)


def test_effects_are_read_where_a_line_meets_the_scale():
    """The scale at the right has each effect where a line from the origin of that slope ends."""
    svg = radial_svg([0.5, -0.2, 0.1], [0.5, 0.4, 0.3], 0.1, effect="effect")
    frame = re.search(r'<rect class="frame" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" '
                      r'height="([\d.]+)"', svg)  # fmt: skip
    left, top, wide, tall = map(float, frame.groups())
    right = left + wide
    said = {
        text: float(y) for y, text in
        re.findall(rf'<text class="tick" x="{right + 7}" y="([\d.]+)">([-\d.]+)</text>', svg)
    }  # fmt: skip
    heights = np.array([said[one] - 4 for one in sorted(said, key=float)])
    values = np.array(sorted(map(float, said)))
    assert len(values) > 2
    slope, shift = np.polyfit(values, heights, 1)
    assert heights == pytest.approx(slope * values + shift, abs=0.11)
    # No effect lies at the height of the middle line.
    (middle,) = re.findall(r'<polyline class="middle"[^>]*points="[\d.]+,([\d.]+)', svg)
    assert shift == pytest.approx(float(middle), abs=0.11)
    assert top < shift < top + tall


def test_labbe_draws_both_risks_on_one_scale(answer):
    drawn = PLOT_KINDS["labbe"].draw(answer, ENGLISH)
    at = points(drawn, "disc")
    order = sorted(answer.studies, key=lambda one: -one.weight)
    risks = np.array([(one.events2 / one.n2, one.events / one.n) for one in order])
    for column in (0, 1):
        slope, shift = np.polyfit(risks[:, column], at[:, column], 1)
        assert at[:, column] == pytest.approx(slope * risks[:, column] + shift, abs=0.06)
    assert troubles(drawn) == []


def test_labbe_of_what_has_no_two_risks_is_refused(answer):
    other = replace(answer, measure="HR")
    with pytest.raises(InputError, match="OR, PETO, RR, RD, AS as measure"):
        PLOT_KINDS["labbe"].draw(other, ENGLISH)


def test_labbe_of_a_model_with_moderators_says_so(table):
    pool = analysis("pool")
    other = pool.run(pool.Asked(table=table, measure="RR", mods="~ ablat"))
    with pytest.raises(InputError, match="a model without moderators"):
        PLOT_KINDS["labbe"].draw(other, ENGLISH)


def test_the_curve_of_an_odds_ratio_is_that_of_its_odds():
    from hilum.rendering.pool_plots import CURVES

    for risk in (0.0, 0.1, 0.6, 1.0):
        other = CURVES["OR"](risk, 3.0)
        assert other * (1 - risk) == pytest.approx(3 * risk * (1 - other))
        assert CURVES["RD"](risk, 0.1) == pytest.approx(risk + 0.1)
        assert CURVES["AS"](risk, 0.0) == pytest.approx(risk)
    assert labbe_svg([0.1], [0.2], [1], [(0.0, 0.0), (1.0, 0.5)]).count("disc") >= 1


@pytest.mark.parametrize(
    ("unit", "widths", "value", "said"),
    [
        ("linear", [0.2, 0.3, 8.0], -1.234, "−1.23"),
        ("linear", [2000, 2600], 12033.4, "12033"),
        ("linear", [0.002], -0.00004, "0.0000"),
        ("proportion", [0.1], 0.0834, "8.3"),
        ("ratio", [], 0.4894, "0.49"),
        ("ratio", [], 0.0023456, "0.0023"),
        ("ratio", [], 17530.0, "17500"),
        ("ratio", [], 0.0000047, "4.7·10⁻⁶"),
        ("ratio", [], 2.5e10, "2.5·10¹⁰"),
    ],
)
def test_figures_have_the_decimals_that_their_column_carries(unit, widths, value, said):
    assert printed(unit, widths).figure(value) == said


@pytest.mark.parametrize("value", [9.96e-5, 9.999e5, 0.00999, 999.6, 9.99e9])
def test_a_rounded_power_keeps_its_size(value):
    said = powered(value).translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    number, _, power = said.partition("·10")
    assert float(number) * 10 ** int(power or 0) == pytest.approx(value, rel=0.05)
    assert "e" not in said


@pytest.mark.parametrize(
    ("p", "said"), [(0.2, "p 0.20"), (0.01, "p 0.01"), (0.0099, "p 0.010"), (0.0009, "p < 0.001")]
)
def test_p_values(p, said):
    assert chance(p) == said


@pytest.mark.parametrize(
    ("code", "method", "told"),
    [("cumul", None, True), ("cumul", "REML", False), ("leave1out", None, False)],
)
def test_rows_of_few_studies_say_that_their_spread_has_a_prior(table, code, method, told):
    record = analysis("sensitivity")
    answer = record.run(record.Asked(table=table, measure="RR", method=method))
    assert ("2 to 4 studies" in REFITS[code].draw(answer, ENGLISH)) is told


def test_a_study_that_nobody_made_is_said_to_be_none():
    from hilum.plots import funnel_svg

    given = {"labels": ["A", "B"], "key": "Open: supposed (1)"}
    plain = funnel_svg([0.1, 0.4], [0.1, 0.3], 0.2, **given)
    filled = funnel_svg([0.1, 0.4], [0.1, 0.3], 0.2, filled=[(-0.2, 0.3)], **given)
    assert "supposed" not in plain
    assert filled.count("Open: supposed (1)") == 1
    assert filled.count('class="open"') == 2  # the mark and its key
