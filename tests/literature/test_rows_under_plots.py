"""Rows under a plot: numbers at risk where they are said or proven to be, and why not else."""

import numpy as np
import pytest

from hilum.literature.figures.page import Word
from hilum.literature.figures.phrases import FOLLOWS, ONE_LINE, phrases
from hilum.literature.figures.printed_risk import are_percentages, beyond, excess
from hilum.literature.figures.risk_cells import BEHIND, BLANK, lines_of_cells
from hilum.literature.figures.risk_headings import kind_of, kinds_in
from hilum.literature.figures.risk_rows import RiskRow
from hilum.literature.figures.self_check import judged
from hilum.literature.figures.svg import _placed, read_svg
from hilum.literature.figures.vector import curves_of
from tests.literature.figures import trial
from tests.literature.svg_plots import NAMES, TIMES, at_risk, plot
from tests.synthesis.survival.trials import at, kaplan_meier

ARMS = trial(4)
NUMBERS = [at_risk(arm) for arm in ARMS]
EVENTS = [[int(((t >= a) & (t < a + 12) & (s == 1)).sum()) for a in TIMES] for t, s in ARMS]
DIED = [[int(((t < a) & (s == 1)).sum()) for a in TIMES] for t, s in ARMS]
PERCENT = [[round(100 * n / own[0]) for n in own] for own in NUMBERS]
HALF = [[round(0.6 * n) for n in own] for own in NUMBERS]


def read(path, rows, heading="", **more):
    plot(path / "f.svg", ARMS, rows=rows, heading=heading, **more)
    found = {one.name: one for one in curves_of(read_svg(path / "f.svg"), None, None)}
    assert set(found) == set(NAMES[:2])
    return [found[name] for name in NAMES[:2]]


def cells(own, form="{n}"):
    return list(zip(NAMES, [[form.format(n=n) for n in row] for row in own], strict=False))


def both(form, second, first=None):
    return [
        (name, [form.format(n=n, m=m) for n, m in zip(own, others, strict=True)])
        for name, own, others in zip(NAMES, first or NUMBERS, second, strict=False)
    ]


def numbers_of(one):
    return tuple(n for _, n in one.at_risk)


@pytest.mark.parametrize(
    ("rows", "heading"),
    [
        (cells(NUMBERS), "Number at risk"),
        (cells(NUMBERS), "No. at Risk"),
        (cells(NUMBERS), "Patienten unter Risiko"),
        (cells(NUMBERS), "Sujets à risque"),
        (cells(NUMBERS), "风险人数"),
        (cells(NUMBERS), ""),
        (cells(NUMBERS), "Patients"),
        (both("{n} ({m})", DIED), "Number at risk (number of events)"),
        (both("{n} ({m})", DIED), "Number at risk"),
        (both("{n}({m})", DIED), "At risk (events)"),
        (both("{n}/{m}", DIED), "At risk/events"),
        (both("{m}/{n}", DIED), "Events/at risk"),
        (both("{n} ({m})", PERCENT), "Number at risk: n (%)"),
        (both("{n} ({m}%)", PERCENT), "At risk, n (%)"),
        (both("{n} ({m})", DIED), "Patients (deaths)"),
        (both("{n} ({m})", DIED), ""),
        (both("{n}/{m}", DIED), "Number at risk"),
        (
            [(f"{n} (n={row[0]})", c) for (n, c), row in zip(cells(NUMBERS), NUMBERS, strict=True)],
            "Patients",
        ),
        ([("", c) for _, c in cells(NUMBERS)], "Patients"),
        ([*cells(EVENTS), *cells(NUMBERS)], "Events"),
        ([*cells(NUMBERS), ("Still on treatment", None), *cells(HALF)], "Number at risk"),
        ([*cells(HALF), ("Number at risk", None), *cells(NUMBERS)], "Still on treatment"),
    ],
)
def test_numbers_at_risk_that_are_said_or_proven(tmp_path, rows, heading):
    for one, own in zip(read(tmp_path, rows, heading), NUMBERS, strict=True):
        assert numbers_of(one) == own
        assert not one.risk_why
        assert {c.code: c.outcome for c in one.checks}["at_risk_steps"] == "ok"


@pytest.mark.parametrize(
    ("rows", "heading", "why"),
    [
        (cells(PERCENT), "Percentage at risk", "percent"),
        (cells(PERCENT), "At risk, %", "percent"),
        (cells(PERCENT), "Anteil unter Risiko (%)", "percent"),
        (cells(PERCENT, "{n}%"), "At risk", "percent"),
        (cells(PERCENT, "{n} %"), "", "percent"),
        (cells(PERCENT), "Number at risk", "hundred"),
        (cells(PERCENT), "", "contradicted"),
        (cells(HALF), "Still on treatment", "contradicted"),
        (cells(HALF), "", "contradicted"),
        (cells([sorted(row, reverse=True) for row in EVENTS]), "Events in interval", "events"),
        (cells([sorted(row, reverse=True) for row in EVENTS]), "Todesfälle", "events"),
        (cells(HALF), "Number censored", "censored"),
        (both("{n} ({m})", DIED, HALF), "", "two_numbers"),
        (both("{n} ({m})", DIED, HALF), "Patients", "two_numbers"),
        (both("{n}/{m}", DIED, HALF), "Number at risk", "two_numbers"),
    ],
)
def test_rows_of_something_else_are_refused_with_the_reason(tmp_path, rows, heading, why):
    for one, name in zip(read(tmp_path, rows, heading), NAMES, strict=False):
        assert one.at_risk == ()
        assert one.risk_why == why
        assert one.risk_refused == name


@pytest.mark.parametrize("heading", ["", "Number at risk"])
@pytest.mark.parametrize("patients", [50, 97, 99])
def test_percentages_of_few_patients_are_no_patients(tmp_path, heading, patients):
    """Twice the numbers of 50, and hardly other ones than those of 97 or 99."""
    arms = [(time[:patients], status[:patients]) for time, status in ARMS]
    rows = [[round(100 * n / patients) for n in at_risk(arm)] for arm in arms]
    path = plot(tmp_path / "f.svg", arms, rows=cells(rows), heading=heading)
    for one in curves_of(read_svg(path), None, None):
        assert one.at_risk == ()
        assert one.risk_why == ("hundred" if heading else one.risk_why)


@pytest.mark.parametrize("form", ["{n} [{m}]", "{n} [{m}%]", "{n}[{m}]"])
def test_what_stands_in_square_brackets_is_a_second_number(tmp_path, form):
    found = read(tmp_path, both(form, DIED), "Number at risk [number of events]")
    assert [numbers_of(one) for one in found] == NUMBERS


@pytest.mark.parametrize("blank", ["\u202f", "\u2009"])
def test_thousands_parted_by_thin_blanks_are_one_number(blank):
    words = list(_placed(f"12{blank}350", 0.0, 0.0, (1.0, 0, 0, 1.0, 0, 0), {}))
    assert [w.text for w in words] == ["12,350"]
    assert [w.text for w in _placed(f"12{blank}35", 0.0, 0.0, (1.0, 0, 0, 1.0, 0, 0), {})] == [
        "12",
        "35",
    ]


def test_blanks_before_a_row_hold_its_place():
    """As lifelines writes its table: the right end of the number is its column's (86.2)."""
    style = {"font-size": "10px", "font-family": "'DejaVu Sans', sans-serif"}
    words = list(_placed("   At risk   80", 22.7, 0.0, (1.0, 0, 0, 1.0, 0, 0), style))
    assert words[-1].text == "80"
    assert words[-1].left < 86.2 < words[-1].right + 1


def uncensored(patients):
    """Arms without any censoring until their last death: percentages of n patients are whole."""
    return [(time[:patients], np.ones(patients, int)) for time, _ in ARMS]


def shares(arms):
    """Whole per cent of the Kaplan-Meier levels of arms without censoring: patients left."""
    return [[round(100 * n / own[0]) for n in own] for own in map(at_risk, arms)]


HEADINGS = ["", "Still alive", "Surviving", "Patients alive"]


@pytest.mark.parametrize("heading", HEADINGS)
@pytest.mark.parametrize("patients", [20, 25, 50, 99, 101])
def test_survival_in_per_cent_is_no_row_of_patients(tmp_path, heading, patients):
    arms = uncensored(patients)
    path = plot(tmp_path / "f.svg", arms, rows=cells(shares(arms)), heading=heading)
    for one in curves_of(read_svg(path), None, None):
        assert one.at_risk == ()
        assert one.risk_why == "shares"


@pytest.mark.parametrize("heading", HEADINGS)
def test_percentages_of_a_hundred_patients_without_censoring_are_their_numbers(tmp_path, heading):
    arms = uncensored(100)
    path = plot(tmp_path / "f.svg", arms, rows=cells(shares(arms)), heading=heading)
    for one in curves_of(read_svg(path), None, None):
        assert numbers_of(one) == at_risk(arms[NAMES.index(one.name)])
        assert not one.risk_why


def test_one_of_a_hundred_censored_early_makes_their_levels_percentages_again(tmp_path):
    """Levels are then no whole numbers of patients, and numbers at risk not those of the levels."""
    arms = uncensored(100)
    for time, status in arms:
        status[np.argsort(time)[10]] = 0
    rows = [
        [round(100 * float(at(kaplan_meier(*arm), np.array([t - 1e-9]))[0])) for t in TIMES]
        for arm in arms
    ]
    path = plot(tmp_path / "f.svg", arms, rows=cells(rows), heading="Surviving")
    for one in curves_of(read_svg(path), None, None):
        assert (one.at_risk, one.risk_why) == ((), "shares")


def test_percentages_of_one_arm_leave_the_other_arms_numbers(tmp_path):
    """50 patients without censoring in per cent beside 140 patients as numbers."""
    arms = [ARMS[0], uncensored(50)[1]]
    rows = [at_risk(arms[0]), shares(arms)[1]]
    path = plot(tmp_path / "f.svg", arms, rows=cells(rows), heading="Surviving")
    found = {one.name: one for one in curves_of(read_svg(path), None, None)}
    assert numbers_of(found[NAMES[0]]) == rows[0]
    assert not found[NAMES[0]].risk_why
    other = found[NAMES[1]]
    assert (other.at_risk, other.risk_why, other.risk_refused) == ((), "shares", NAMES[1])


@pytest.mark.parametrize("form", ["{n}", "{n}%"])
def test_a_row_of_percentages_among_numbers_at_risk_is_left_out_alone(tmp_path, form):
    rows = [cells(NUMBERS)[0], (NAMES[1], [form.format(n=n) for n in PERCENT[1]])]
    first, second = read(tmp_path, rows, "Number at risk")
    assert numbers_of(first) == NUMBERS[0]
    assert (second.at_risk, second.risk_refused) == ((), NAMES[1])
    assert second.risk_why == ("hundred" if form == "{n}" else "percent")


@pytest.mark.parametrize("heading", ["Survival rate", "Überlebensrate", "生存率"])
def test_a_rate_of_survival_is_per_cent(tmp_path, heading):
    arms = uncensored(100)
    path = plot(tmp_path / "f.svg", arms, rows=cells(shares(arms)), heading=heading)
    for one in curves_of(read_svg(path), None, None):
        assert (one.at_risk, one.risk_why) == ((), "percent")


@pytest.mark.parametrize(("n", "are"), [(50, True), (51, False), (49, False)])
def test_levels_in_per_cent_are_within_half_of_one(n, are):
    row = RiskRow((0.0, 12.0, 24.0), (100, n, 20), "A", None)
    assert are_percentages(row, (0.0, 6.0, 18.0), (1.0, 0.5, 0.2)) is are


@pytest.mark.parametrize(("level", "are"), [(0.505, True), (0.4951, True), (0.5055, False)])
def test_a_level_is_rounded_by_half_a_per_cent(level, are):
    row = RiskRow((0.0, 12.0), (100, 50), "A", None)
    assert are_percentages(row, (0.0, 6.0), (1.0, level)) is are


@pytest.mark.parametrize(("first", "are"), [(100, True), (99, False)])
def test_percentages_start_at_a_hundred(first, are):
    row = RiskRow((0.0, 12.0), (first, 50), "A", None)
    assert are_percentages(row, (0.0, 6.0), (1.0, 0.5)) is are


def test_arms_of_a_hundred_patients_are_read(tmp_path):
    arms = [(time[:100], status[:100]) for time, status in ARMS]
    path = plot(tmp_path / "f.svg", arms, rows=cells([at_risk(a) for a in arms]),
                heading="Number at risk")  # fmt: skip
    for one in curves_of(read_svg(path), None, None):
        assert one.at_risk[0] == (0.0, 100)


@pytest.mark.parametrize(("share", "outcome"), [(0.0, "ok"), (0.05, "ok"), (0.06, "warn")])
def test_patients_at_risk_after_the_end_of_a_curve_are_told(share, outcome):
    after = beyond((0.0, 20.0), (0.0, 12.0, 24.0), (100, 70, round(100 * share)))
    assert judged("at_risk_beyond", after).outcome == outcome


@pytest.mark.parametrize(("at", "asked"), [(12.0, 0.0), (11.977, 0.0), (11.97, 15.5)])
def test_a_fall_at_the_time_of_a_column_may_be_read_on_its_other_side(at, asked):
    """60 are left after a fall to one half within 0.2 % of 12 months: they need no 120."""
    found = excess((0.0, at, 30.0), (1.0, 0.52, 0.52), (0.0, 12.0), (100, 60))
    assert found == pytest.approx(asked, abs=0.2)


def test_rows_that_are_named_and_contradict_the_steps_are_warned_of(tmp_path):
    """The heading says so, so they are taken; that no death is whole among them is a warning."""
    for one, own in zip(read(tmp_path, cells(HALF), "Number at risk"), HALF, strict=True):
        assert numbers_of(one) == tuple(own)
        assert {c.code: c.outcome for c in one.checks}["at_risk_steps"] == "warn"


def test_the_same_rows_under_two_headings_are_read_under_the_right_one(tmp_path):
    rows = [("At risk", NUMBERS[0]), ("Events", DIED[0][::-1]), (NAMES[1], None)]
    rows += [("At risk", NUMBERS[1]), ("Censored", DIED[1][::-1])]
    for one, own in zip(read(tmp_path, rows, NAMES[0]), NUMBERS, strict=True):
        assert numbers_of(one) == own


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Number at risk (number censored)", ["at_risk", "censored"]),
        ("% at risk", ["percent"]),
        ("Number event-free", []),
        ("Events among those at risk", ["unsaid"]),
        ("Deaths; at risk", ["events", "at_risk"]),
        ("No. of patients", []),
        ("リスク集合の大きさ", ["at_risk"]),
    ],
)
def test_what_headings_say(text, kinds):
    assert kinds_in(text) == kinds


def test_one_number_under_a_heading_of_two_is_not_known_to_be_either():
    assert kind_of("At risk (events)", 1) == ("unsaid", 0)
    assert kind_of("At risk (events)", 2) == ("at_risk", 0)
    assert kind_of("At risk (%)", 1) == ("percent", 0)


def word(text, left, right=None, top=100.0):
    return Word(text, left, top, left + 6 * len(text) if right is None else right, top + 10, True)


@pytest.mark.parametrize(("gap", "cell"), [(4.9, "12500"), (5.0, "12500"), (5.1, None)])
def test_a_blank_of_half_a_letters_height_may_be_a_sign_of_thousands(gap, cell):
    assert BLANK == 0.5
    ways = lines_of_cells([word("12", 50, 62), word("500", 62 + gap, 80 + gap)], 0)[0]
    assert [c.numbers for c in ways[0]] == [("12",), ("500",)]
    merged = [c.numbers for c in ways[1]] if len(ways) > 1 else None
    assert merged == (None if cell is None else [(cell,)])


@pytest.mark.parametrize(("gap", "read_so"), [(9.9, True), (10.0, True), (10.1, False)])
def test_brackets_stand_within_a_letters_height_of_their_number(gap, read_so):
    assert BEHIND == 1.0
    found = lines_of_cells([word("12", 50, 62), word("(5)", 62 + gap)], 0)
    assert bool(found) is read_so
    if read_so:
        assert found[0][0][0].numbers == ("12", "5")


@pytest.mark.parametrize(("left", "many"), [(52.9, 2), (53.0, 1), (53.1, 1)])
def test_a_cell_begins_where_the_axis_does(left, many):
    """The first cell has its middle at 53: a number of the words before it when it is further."""
    assert len(lines_of_cells([word("1", 50), word("2", 90)], left)[0][0]) == many


@pytest.mark.parametrize(("gap", "many"), [(10.9, 1), (11.0, 1), (11.1, 2)])
def test_words_of_a_phrase_follow_one_another(gap, many):
    assert FOLLOWS == 1.1
    assert len(phrases([word("at", 0, 12), word("risk", 12 + gap)])) == many


@pytest.mark.parametrize(("down", "many"), [(2.4, 1), (2.5, 2), (2.6, 2)])
def test_words_of_a_phrase_stand_on_one_line(down, many):
    assert ONE_LINE == 2.5
    assert len(phrases([word("at", 0, 12), word("risk", 15, top=100 + down)])) == many
