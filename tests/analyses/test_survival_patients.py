"""Files of patients: their range of deaths, their arms, and what is refused of both."""

import pytest

from hilum.analyses.survival import SurvivalAsked, run
from hilum.analyses.survival_patients import followed
from hilum.analyses.tables import Table
from hilum.language import words
from hilum.rendering.survival import survival_lines
from hilum.rendering.survival_plot import survival_picture
from tests.spaces import read

DEATHS = [(t, 1) for t in range(2, 42, 2)]
LEFT = [(t, 0) for t in range(20, 60, 2)]


def file(rows, header=("time", "status"), name="p.csv"):
    lines = tuple(range(2, len(rows) + 2))
    return Table(name, header, tuple(tuple(str(c) for c in row) for row in rows), lines)


def ranged(low, high):
    rows = [(*row, low, high) for row in DEATHS + LEFT]
    return file(rows, ("time", "status", "events_low", "events_high"))


def test_a_range_is_read_and_one_of_no_width_is_one():
    faults = []
    assert followed(ranged(10, 24), "t.csv", 2, "", faults).deaths == (10, 24)
    assert followed(ranged(20, 20), "t.csv", 2, "", faults).deaths == (20, 20)
    assert followed(file(DEATHS), "t.csv", 2, "", faults).deaths is None
    assert faults == []


@pytest.mark.parametrize(("low", "high"), [(21, 30), (5, 19), (5, 41), (4.5, 30), (-1, 20)])
def test_a_range_that_does_not_hold_the_deaths_is_refused(low, high):
    faults = []
    assert followed(ranged(low, high), "t.csv", 2, "", faults) is None
    assert [(one.file, one.row, one.column) for one in faults] == [("p.csv", 2, "events_low")]


def test_a_range_that_changes_within_an_arm_is_refused_at_its_row():
    rows = [(*row, 10, 24) for row in DEATHS + LEFT]
    rows[5] = (*rows[5][:2], 11, 24)
    faults = []
    table = file(rows, ("time", "status", "events_low", "events_high"))
    assert followed(table, "t.csv", 2, "", faults) is None
    assert [(one.row, one.column, one.value) for one in faults] == [(7, "events_low", "11")]


def test_of_a_file_of_two_arms_the_row_takes_its_own():
    """Ranges of arms taken together add up."""
    rows = [("a", *row, 10, 24) for row in DEATHS + LEFT] + [("b", 5, 1, 1, 2), ("b", 9, 0, 1, 2)]
    table = file(rows, ("arm", "time", "status", "events_low", "events_high"))
    faults = []
    own = followed(table, "t.csv", 2, "b", faults)
    assert (own.times, own.status, own.deaths) == ((5.0, 9.0), (1, 0), (1, 2))
    assert followed(table, "t.csv", 2, "", faults).deaths == (11, 26)
    assert faults == []
    assert followed(table, "t.csv", 4, "c", faults) is None
    assert [(one.file, one.row, one.column, one.value) for one in faults] == [
        ("t.csv", 4, "arm", "c")
    ]


FAR = ("time", "status", "far_fall", "far_start", "far_stop")


def test_points_far_apart_are_read_and_said():
    rows = [(*row, 0.197, 24, 36) for row in DEATHS + LEFT]
    faults = []
    assert followed(file(rows, FAR), "t.csv", 2, "", faults).far == (0.197, 24.0, 36.0)
    assert followed(file(DEATHS), "t.csv", 2, "", faults).far is None
    # Arms that have none, beside one that has.
    mixed = [(*row, "", "", "") for row in DEATHS] + rows
    assert followed(file(mixed, FAR), "t.csv", 2, "", faults).far == (0.197, 24.0, 36.0)
    assert faults == []
    answer = pooled(file(rows, FAR))
    assert "far_points" in answer.notes
    told = "\n".join(survival_lines(answer, words("en")))
    assert "A: between the points read at 24 and 36 its survival falls by 19.7 %" in told
    assert "far_points" not in pooled(file(DEATHS)).notes


@pytest.mark.parametrize(
    ("far", "refused"),
    [
        ((0.0, 24, 36), True),
        ((0.001, 24, 36), False),
        ((1.0, 0, 36), False),
        ((1.01, 24, 36), True),
        ((0.2, -1, 36), True),
        ((0.2, 36, 36), True),
        ((0.2, 24, ""), True),
    ],
)
def test_points_far_apart_that_cannot_be(far, refused):
    faults = []
    followed(file([(*row, *far) for row in DEATHS], FAR), "t.csv", 2, "", faults)
    assert [(one.row, one.column) for one in faults] == (
        [(2, "far_fall, far_start, far_stop")] if refused else []
    )


HEADER = ("study", "arm", "kind", "time", "value", "lower", "upper", "n", "file")


def pooled(patients, *rows):
    table = file([("A", "", "curve", "", "", "", "", "", "p.csv"), *rows], HEADER, "t.csv")
    return run(
        SurvivalAsked(
            table=table, patients={"p.csv": patients}, unit="months", family="exponential",
            times=(24.0,),
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def answers():
    printed = [
        ("B", "", "rate", "24", "0.5", "", "", "40", ""),
        *(("B", "", "at_risk", str(t), "", "", "", str(n), "") for t, n in ((0, 40), (30, 12))),
    ]
    return pooled(file(DEATHS + LEFT), *printed), pooled(ranged(5, 20), *printed)


def test_the_pool_is_wider_and_says_so_in_both_languages(answers):
    known, open_ = answers
    alone = [pooled(one).rates[0].ci for one in (file(DEATHS + LEFT), ranged(5, 20))]
    assert alone[1][1] - alone[1][0] > 1.3 * (alone[0][1] - alone[0][0])
    # (1/5 + 1/20) / 2 = 1/8, of 20 deaths.
    assert (open_.studies[0].deaths, open_.studies[0].information) == ((5, 20), pytest.approx(0.4))
    assert (known.studies[0].deaths, known.studies[0].information) == (None, 1.0)
    assert "deaths_in_range" in open_.notes
    assert "deaths_in_range" not in known.notes
    english = read("\n".join(survival_lines(open_, words("en"))))
    assert "A: 5 to 20 deaths fit its printed curve; its patients count 40 %" in english
    assert "Rubin" in english
    assert "Rubin" not in "\n".join(survival_lines(known, words("en")))


def test_numbers_under_the_plot_are_patients_and_printed_numbers(answers):
    """40 followed at 0 and 40 printed; at 24 months 26 followed, 12 printed for 30 months."""
    picture = survival_picture(answers[0], words("en"))
    at_risk = picture[picture.index(">at risk<") :]
    assert ">80<" in at_risk
    followed_at_24 = sum(t >= 24 for t, _ in DEATHS + LEFT)
    assert f">≥{followed_at_24 + 12}<" in at_risk
    assert "printed numbers are given, 2 of 2" in read(picture)


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [(("40", "30"), ">70<"), (("40", ""), ">≥40<"), (("", ""), ">–<")],
)
def test_patients_under_the_plot_are_at_least_those_stated(sizes, shown):
    """A study that states no n has patients all the same."""
    rows = [
        (name, "", "median", "", "30", "20", "45", n, "")
        for name, n in zip("AB", sizes, strict=True)
    ]
    table = file(rows, HEADER, "t.csv")
    picture = survival_picture(run(SurvivalAsked(table=table, unit="months")), words("en"))
    assert shown in picture[picture.index(">their patients<") :]


@pytest.mark.parametrize(("arms", "named"), [(("a", "b"), True), (("a", "a"), False)])
def test_arms_of_a_file_that_count_as_one_series_are_said(arms, named):
    """A row without an arm takes every patient of its file."""
    rows = [(str(t), str(d), arms[i % 2]) for i, (t, d) in enumerate(DEATHS + LEFT)]
    answer = pooled(file(rows, ("time", "status", "arm"), "p.csv"))
    assert answer.together == (("p.csv",) if named else ())
    told = "\n".join(survival_lines(answer, words("en")))
    assert ("all arms of p.csv count as one series" in told) is named
