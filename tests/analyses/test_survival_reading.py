"""A table of survival reports as papers and people write it: cells, names, studies, scales."""

import math

import pytest
from proofs.face import called
from scipy import stats

from hilum.analyses.survival_cells import read_cell, read_people
from hilum.analyses.survival_same import Figure, chance_of, plain_name
from hilum.analyses.survival_table import COLUMNS, survival_arms
from hilum.analyses.survival_words import kind_of, unit_in_head, unit_of
from hilum.analyses.tables import table_of
from hilum.errors import InputError
from hilum.tabular import sheet_of

HEAD = "study,arm,kind,time,value,lower,upper,n\n"


def _read(rows, head=HEAD, **options):
    said = []
    table = table_of(sheet_of((head + rows).encode(), "t.csv"), COLUMNS, said.append)
    return survival_arms(table, {}, **options)


def _figures(found):
    return [
        (one.kind, one.time, one.value, one.lower, one.upper, one.n)
        for arm in found.arms
        for one in arm.reports
    ]


def _faults(rows, head=HEAD, **options):
    with pytest.raises(InputError) as caught:
        _read(rows, head, **options)
    return [f"{one.row}: {one.column}: {one.expected}" for one in caught.value.faults]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("82", (82, None, None, None, False)),
        ("82%", (82, None, None, None, True)),
        ("82 %", (82, None, None, None, True)),
        ("８２％", (82, None, None, None, True)),
        ("82,5 %", (82.5, None, None, None, True)),
        ("12 months", (12, None, None, "months", False)),
        ("24 mo", (24, None, None, "months", False)),
        ("31.5 mo.", (31.5, None, None, "months", False)),
        ("24m", (24, None, None, "months", False)),
        ("1,5 years", (1.5, None, None, "years", False)),
        ("5-year", (5, None, None, "years", False)),
        ("42个月", (42, None, None, "months", False)),
        ("3 年", (3, None, None, "years", False)),
        ("90天", (90, None, None, "days", False)),
        ("12 周", (12, None, None, "weeks", False)),
        ("82 (70–90)", (82, 70, 90, None, False)),
        ("82 (70 to 90)", (82, 70, 90, None, False)),
        ("82% (70%–90%)", (82, 70, 90, None, True)),
        ("82 [70; 90]", (82, 70, 90, None, False)),
        ("82（70～90）", (82, 70, 90, None, False)),
        ("82 (95% CI 70–90)", (82, 70, 90, None, False)),
        ("24 months (18–30)", (24, 18, 30, "months", False)),
        ("24 (18–NR)", (24, 18, None, None, False)),
        ("", (None, None, None, None, False)),
        ("NA", (None, None, None, None, False)),
    ],
)
def test_a_cell_says_its_unit_its_scale_and_its_limits(cell, expected):
    found = read_cell(cell)
    assert (found.value, found.low, found.high, found.unit, found.percent) == expected


def test_not_reached_with_a_lower_limit():
    found = read_cell("NR (31–NR)")
    assert math.isnan(found.value)
    assert (found.low, found.high, found.open) == (31, None, True)


@pytest.mark.parametrize(
    "cell",
    ["eighty", "82 (70)", "82 ± 5", "70–90", "1,200 %", "12 months 3 years",
     "82 (90% CI 70–90, 95% CI 60–95)", "12 fortnights", "82 (41/50)", "12 % months"],
)  # fmt: skip
def test_a_cell_that_may_mean_two_things_is_refused(cell):
    with pytest.raises(ValueError):  # noqa: PT011  the row names what was expected
        read_cell(cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("40", (40, False)),
        ("1,200", (1200, True)),
        ("1 200", (1200, True)),
        ("12,345,678", (12345678, True)),
        ("n=40", (40, False)),
        ("N = 1,200", (1200, True)),
        ("40例", (40, False)),
        ("40 patients", (40, False)),
        ("", (None, False)),
    ],
)
def test_patients_with_signs_between_thousands(cell, expected):
    assert read_people(cell) == expected


@pytest.mark.parametrize("cell", ["1.200", "40.000", "12,34", "1,2000", "forty"])
def test_patients_that_may_be_decimals_are_refused(cell):
    with pytest.raises(ValueError):  # noqa: PT011
        read_people(cell)


def test_a_thousand_is_said_and_refused_where_commas_are_decimal():
    found = _read('A,,rate,12,85,,,"1,200"\n')
    assert _figures(found)[0][-1] == 1200
    assert "1,200 = 1200" in found.remarks[0]
    head = HEAD.replace(",", ";")
    assert _faults("A;;rate;12;82,5;;;1,200\n", head) == [
        "2: n: a whole number of patients without a point between thousands, or empty"
    ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("rate", ("rate", "")),
        ("OS rate", ("rate", "")),
        ("survival", ("rate", "")),
        ("Survival rate", ("rate", "")),
        ("生存率", ("rate", "")),
        ("5-year survival", ("rate", "5 years")),
        ("12-month OS", ("rate", "12 months")),
        ("3年生存率", ("rate", "3 years")),
        ("三年生存率", ("rate", "三 years".replace("三", "3"))),
        ("36个月总生存率", ("rate", "36 months")),
        ("Median OS", ("median", "")),
        ("中位数", ("median", "")),
        ("中位生存期", ("median", "")),
        ("NR", ("not_reached", "")),
        ("not reached", ("not_reached", "")),
        ("未达到", ("not_reached", "")),
        ("at-risk", ("at_risk", "")),
        ("风险人数", ("at_risk", "")),
        ("PFS rate", ("PFS rate", "")),
        ("rates", ("rates", "")),
        ("OS", ("OS", "")),
    ],
)
def test_kinds_by_their_usual_names(cell, expected):
    """Progression-free survival is another outcome, and OS alone may be a median."""
    assert kind_of(cell) == expected


def test_units_by_their_usual_names():
    for unit, names in {
        "days": ("days", "d", "天", "日"),
        "weeks": ("weeks", "wk", "周"),
        "months": ("months", "Months", "mo", "月", "个月"),
        "years": ("year", "yrs", "年"),
    }.items():
        assert {unit_of(name) for name in names} == {unit}
    assert unit_of("moons") is None
    assert [unit_in_head(one) for one in ("Months", "Time (years)", "随访时间（月）", "Time")] == [
        "months", "years", "months", None,
    ]  # fmt: skip
    assert unit_in_head("Months or years") is None


def test_a_chinese_table():
    head = "研究,组,类型,时间,值,下限,上限,例数,单位\n"
    rows = "王2015,,生存率,12,85%,,,40,月\n李2017,,中位数,,42,30,未达到,33,个月\n"
    rows += "张2019,,未达到,30,,,,25,月\n赵,,中位数,,4,3,5,30,年\n"
    found = _read(rows, head)
    assert found.unit == "months"
    assert _figures(found) == [
        ("rate", 12, 0.85, None, None, 40),
        ("median", None, 42, 30, None, 33),
        ("not_reached", 30, None, None, None, 25),
        ("median", None, 48, 36, 60, 30),
    ]
    other = _read(
        "王,,1年生存率,12个月,85%,,,40\n",
        "作者,分组,指标,随访时间,数值,95%CI下限,95%CI上限,样本量\n",
    )
    assert _figures(other) == [("rate", 12, 0.85, None, None, 40)]


def test_a_chinese_table_of_hazard_ratios(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("研究,风险比,下限,上限\n王,0.62,0.41,0.93\n李,0.85,0.60,1.20\n", "utf-8")
    done = called("survival", "hazard-ratio", path)
    assert done.returncode == 0, done.stderr
    assert "王: 0.620" in done.stdout


def test_ratios_with_their_intervals_in_one_cell(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("study,hazard_ratio\nA,0.62 (0.41–0.93)\nB,0.85 (0.60-1.20)\n", "utf-8")
    done = called("survival", "hazard-ratio", path)
    assert "column hazard_ratio is read as hazard_ratio, lower, upper" in done.stderr
    assert "A: 0.620 (0.412 to 0.934)" in done.stdout
    path.write_text("study,hazard_ratio\nA,0.62 (0.41–0.93)\nB,0.85\n", "utf-8")
    assert called("survival", "hazard-ratio", path).returncode == 1


def test_heads_that_say_the_unit_and_the_scale():
    head = "Author,Treatment,Type,Months,Survival (%),LCL,UCL,Patients\n"
    found = _read("A,TACE,rate,12,85,,,40\nA,TACE,rate,36,0.5,,,40\n", head)
    assert found.unit == "months"
    assert [one[2] for one in _figures(found)] == [0.85, 0.005]
    assert "percent, as the column is named" in _faults("A,,rate,12,0.85,,,40\n", head)[0]
    shares = _read("A,,rate,12,0.85,,,40\n", head, rates="share")
    assert _figures(shares)[0][2] == 0.85
    assert (
        "the unit of the table's own column"
        in _faults("A,,rate,12,85,,,9\n", head, unit="years")[0]
    )


def test_units_in_cells_agree_with_the_table_or_are_converted():
    same = _read("A,,rate,12 months,82%,,,50\nA,,rate,36,55%,,,50\n", unit="months")
    assert not same.converted
    other = _read("A,,rate,1 year,82%,,,50\nA,,rate,36,55%,,,50\n", unit="months")
    assert other.converted
    assert [one[1] for one in _figures(other)] == [12, 36]
    units = HEAD.replace("n\n", "n,unit\n")
    told = _read("A,,rate,1 year,82,,,50,months\nA,,rate,36,55,,,50,months\n", units)
    assert [one[1] for one in _figures(told)] == [12, 36]
    assert "rows 2: the unit in their cells counts" in told.remarks[0]
    assert _faults("A,,rate,1 year,82,,,50\nA,,rate,36 months,55,,,50\nB,,rate,9,70,,,9\n") == [
        "4: unit: the unit of this row, since the others state several (years, months)"
    ]
    assert "in one unit" in _faults("A,,median,,2 years,18 months,30 months,40\n")[0]


def test_a_percent_sign_settles_its_cell_and_no_other():
    """Beside shares, 55 % is 0.55; a limit without the sign beside one with it is refused."""
    mixed = _read("A,,rate,12,0.82,,,50\nB,,rate,12,55%,,,50\n")
    assert [one[2] for one in _figures(mixed)] == [0.82, 0.55]
    low = _read("A,,rate,12,82,,,50\nB,,rate,12,0.5%,,,50\n")
    assert [one[2] for one in _figures(low)] == [0.82, 0.005]
    limits = _read("A,,rate,12,82%,70,90%,\n")
    assert _figures(limits)[0][2:5] == (0.82, 0.7, 0.9)
    assert "a sign of percent here too" in _faults("A,,rate,12,82%,0.7,,50\n")[0]
    assert "a time, with or without its unit" in _faults("A,,median,,30%,,,50\n")[0]
    assert "a number, with or without its unit" in _faults("A,,rate,12,30 months,,,50\n")[0]


def test_limits_in_the_cell_and_in_their_columns_must_be_one():
    assert _figures(_read("A,,rate,12,82 (70–90),70,90,\n"))[0][2:5] == (0.82, 0.7, 0.9)
    assert "the limit in the cell of the value, 70" in _faults("A,,rate,12,82 (70–90),71,90,\n")[0]


def test_a_kind_that_names_its_time():
    found = _read("A,,5-year survival,,60,,,40\nB,,3-year OS,36,70,,,40\n", unit="months")
    assert [one[1] for one in _figures(found)] == [60, 36]
    wrong = _faults("A,,5-year survival,36,60,,,40\n", unit="months")
    assert wrong == ["2: time: the time that the kind of the row names (5 years), or empty"]
    assert "the unit of times" in _faults("A,,5-year survival,36,60,,,40\n")[0]


def test_n_of_a_row_at_time_0_is_of_the_arm():
    found = _read("A,,curve,0,100,,,50\nA,,curve,12,85,,,\nA,,curve,36,60,,,\n")
    assert _figures(found) == [
        ("rate", 12, 0.85, None, None, 50), ("rate", 36, 0.6, None, None, None),
    ]  # fmt: skip
    rates = _read("A,,rate,0,100%,,,50\nA,,rate,12,85,,,\n")
    assert _figures(rates) == [("rate", 12, 0.85, None, None, 50)]
    assert "a time above 0" in _faults("A,,rate,0,98,,,50\nA,,rate,12,85,,,\n")[0]
    low = _read("A,,curve,0,98,,,50\nA,,curve,12,85,,,\n")
    assert "rows 2: survival below 100 % at time 0 is left unread" in low.remarks[0]
    one = _read("A,,curve,0,1,,,50\nA,,curve,12,85,,,\nB,,curve,0,100,,,9\n")
    assert len(_figures(one)) == 1
    assert "B: nothing but survival at time 0" in one.remarks[0]
    differs = _read("A,,curve,0,100,,,50\nA,,curve,12,85,,,40\n")
    assert "A: n differs between rows (50, 40): 50 is taken" in differs.remarks[0]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Smith 2001", "smith 2001", True),
        ("Smith 2001", "Smith  2001", True),
        ("Smith 2001", "Ｓｍｉｔｈ ２００１", True),
        ("Smith-Jones 2001", "Smith–Jones 2001", True),
        ("Smith-Jones", "Smith - Jones", True),
        ("王 2015", "王2015", True),
        ("Smith 2001", "Smith 2001a", False),
        ("Smith 2001", "Smith 2010", False),
        ("Trial 1 1", "Trial 11", False),
        ("van Berg", "vanBerg", False),
        ("A+", "A", False),
    ],
)
def test_names_that_differ_in_writing_alone(one, other, same):
    assert (plain_name(one) == plain_name(other)) is same


def test_one_study_by_several_names_is_joined_and_said():
    rows = (
        "Smith 2001,,rate,12,85,,,40\nsmith 2001,,rate,36,60,,,40\nSmith  2001,x,rate,60,40,,,40\n"
    )
    found = _read(rows + "B,,rate,12,80,,,50\n")
    assert [(one.study, one.arm) for one in found.arms] == [
        ("Smith 2001", ""), ("Smith 2001", "x"), ("B", ""),
    ]  # fmt: skip
    assert "'Smith 2001', 'smith 2001', 'Smith  2001' are taken as one study" in found.remarks[0]
    arms = _read("A,TACE,rate,12,85,,,40\nA,tace,rate,36,60,,,40\n")
    assert len(arms.arms) == 1
    assert "A: 'TACE', 'tace' are taken as one arm" in arms.remarks[0]
    twice = _faults("A,,rate,12,85,,,40\na,,rate,12,80,,,50\n")
    assert "row 2 is another" in twice[0]
    assert "name another study otherwise than A" in twice[0]


def _twice(rows):
    return [one for one in _read(rows).remarks if "published twice" in one]


def test_one_series_in_two_studies_is_named():
    first = "Smith 2001,,rate,12,85,,,47\nSmith 2001,,rate,36,61.7,,,47\n"
    again = first.replace("2001", "2004")
    assert "Smith 2001 and Smith 2004 print the same n" in _twice(first + again)[0]
    assert len(_read(first + again).arms) == 2
    # One figure more is a later follow-up; one that differs, or another n, is another series.
    assert _twice(first + again + "Smith 2004,,rate,60,45,,,47\n")
    assert not _twice(first + again.replace("61.7", "59.6"))
    assert not _twice(first + again.replace("47", "48"))
    assert not _twice(first + "Smith 2004,,rate,12,85,,,47\n")
    # Arms of one study are not compared.
    assert not _twice(first + first.replace("2001,,", "2001,b,"))
    medians = "A,,median,,42,30,60,33\nB,,median,,42,30,60,33\n"
    assert _twice(medians)
    assert not _twice(medians.replace("B,,median,,42,30,60", "B,,median,,42,,"))
    intervals = "A,,rate,12,85,75,92,\nA,,rate,36,60,48,71,\n"
    assert _twice(intervals + intervals.replace("A", "B"))


def test_few_patients_agree_by_chance():
    """Five patients print the same two rates often; 100 % twice says nothing whatever n is."""
    rows = "A,,rate,12,80,,,5\nA,,rate,36,60,,,5\n"
    assert not _twice(rows + rows.replace("A", "B"))
    whole = "A,,rate,12,100,,,400\nA,,rate,36,100,,,400\n"
    assert not _twice(whole + whole.replace("A", "B"))
    many = rows.replace(",5\n", ",60\n")
    assert _twice(many + many.replace("A", "B"))
    # The more pairs could agree, the more do by chance.
    others = "".join(f"S{i},,rate,{i + 1},{90 - i},,,60\n" for i in range(20))
    assert not _twice(many + many.replace("A", "B") + others)


@pytest.mark.parametrize(("n", "s1", "s2"), [(40, 0.85, 0.6), (20, 0.75, 0.6), (10, 0.8, 0.6)])
def test_chance_of_the_same_figures_is_that_of_two_binomial_numbers(n, s1, s2):
    """Against scipy's binomial, summed over all pairs of numbers that are the same."""
    left = round(n * s1)
    expected = 1.0
    for size, share in ((n, s1), (left, s2 / s1)):
        pmf = stats.binom.pmf(range(size + 1), size, share)
        expected *= float((pmf**2).sum())
    same = [Figure("rate", 12, s1), Figure("rate", 36, s2)]
    assert chance_of(same, n) == pytest.approx(expected, rel=1e-9)


def test_patients_given_twice(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("time,status\n" + "".join(f"{t},1\n" for t in (3, 5, 8, 9, 14)), "utf-8")
    table = tmp_path / "t.csv"
    table.write_text(HEAD + "A,,curve,,p.csv,,,\nB,,curve,,p.csv,,,\n", "utf-8")
    done = called("survival", "pool", table, "--unit", "months")
    assert "A and B print the same n" in done.stdout
    path.write_text("time,status\n3,1\n5,1\n8,1\n9,1\n", "utf-8")
    assert "A and B print" not in called("survival", "pool", table, "--unit", "months").stdout


def test_n_that_changes_from_row_to_row_is_named():
    falling = _read("A,,rate,12,85,,,40\nA,,rate,36,60,,,22\nA,,rate,60,40,,,9\n").remarks
    assert "A: n falls with time (40, 22, 9) as numbers at risk do; 40 is taken" in falling[0]
    # More than can be alive is no number at risk: 60 % of 40 and one patient of rounding.
    at_most = _read("A,,rate,12,85,,,40\nA,,rate,36,60,,,25\n").remarks
    assert "as numbers at risk do" in at_most[0]
    above = _read("A,,rate,12,85,,,40\nA,,rate,36,60,,,26\n").remarks
    assert "A: n differs between rows (40, 26): 40 is taken" in above[0]
    assert not _read("A,,rate,12,85,,,40\nA,,rate,36,60,,,40\nA,,rate,60,40,,,\n").remarks
    known = _read("A,,rate,12,85,,,40\nA,,at_risk,0,,,,45\nA,,at_risk,12,,,,30\n").remarks
    assert "n differs between rows (45, 40): 45 is taken" in known[0]


def test_what_was_read_is_said_in_chinese(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(HEAD + "A,,rate,12,85,,,40\na,,rate,36,60,,,40\nB,,rate,24,50,,,30\n", "utf-8")
    done = called("survival", "pool", path, "--unit", "months", "--language", "zh")
    assert "视为同一项研究" in done.stdout
    path.write_text(HEAD + "A,,rate,12,90,0,100,\nB,,at_risk,12,,,,30\n", "utf-8")
    done = called("survival", "pool", path, "--unit", "months", "--language", "zh")
    assert done.returncode == 1
    assert "没有患者数" in done.stderr
    assert "no_n" not in done.stderr
