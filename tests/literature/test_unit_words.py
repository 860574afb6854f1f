"""Units of time in the titles of axes, in seven languages."""

import pytest

from hilum.errors import InputError
from hilum.literature.figures import checked
from hilum.literature.figures.coordinates import Coordinates
from hilum.literature.figures.unit_words import unit_in

TITLES = {
    "months": [
        "Months", "(mo)", "Monate", "(Monaten)", "mois", "meses", "Meses", "(mesi)", "月",
        "生存时间（月）", "术后时间(个月)", "期間（か月）", "ヶ月", "months)", "time/mo",
    ],
    "years": ["years", "(yr)", "Jahre", "Jahren", "années", "ans", "(años)", "anni", "年",
              "時間（年）"],
    "days": ["Days", "Tage", "jours", "(días)", "giorni", "天", "术后天数",
             "(日)", "日数", "観察日数"],
    "weeks": ["weeks", "wks", "Wochen", "semaines", "semanas", "settimane", "周", "（週）", "星期"],
}  # fmt: skip


@pytest.mark.parametrize(("unit", "title"), [(u, t) for u, own in TITLES.items() for t in own])
def test_units_of_seven_languages(unit, title):
    assert unit_in(title) == unit


@pytest.mark.parametrize(
    "word",
    ["Time", "mean", "plan", "model", "Zeit", "temps", "Tagebuch", "yearning", "時間", "1", ""],
)
def test_other_words_name_none(word):
    assert unit_in(word) is None


def test_a_bracket_holds_before_what_stands_outside():
    """A rate of five years over months; two units side by side are none."""
    assert unit_in("5年生存(月)") == "months"
    assert unit_in("年月") is None


ENDS = {
    "months": [
        "Time from first day of treatment (months)", "Time since 90-day landmark (months)",
        "Time from 12-week scan (months)", "Time from 30 days after resection [months]",
        "Months (landmark at 6 months)", "Months since first day of treatment", "Follow-up, mths",
        "Months after surgery", "Months (1 month = 30.4 days)", "Zeit in Monaten ab Tag 1",
        "Temps depuis le premier jour (mois)", "随访时间/月", "自第1天起（月）", "第一天起的月数",
        "Time in months since randomisation", "Time since day 0 (months)",
        "Tiempo desde el primer dia (meses)", "Time since 90‑day landmark (months)",
    ],
    "years": ["Years after the 6-month landmark", "Time (y)", "Time since surgery, y",
              "Follow-up in y", "Years from the day of surgery", "Time [y]"],
    "days": ["Time in d", "Follow-up, d", "Time (d)", "Days since day 0"],
    "weeks": ["Time (w)", "Weeks on treatment, week 1 is the first"],
    None: ["Cycles (28 days)", "Cycles of 21 days", "治疗周期(28天)", "Days since surgery (months)",
           "Days, months", "Time (days or months)", "Time from first day of treatment",
           "Day of surgery", "d", "(d)", "y", "Day 30 landmark"],
}  # fmt: skip


@pytest.mark.parametrize(("unit", "title"), [(u, t) for u, own in ENDS.items() for t in own])
def test_what_a_title_ends_with_is_its_unit(unit, title):
    """Times that a title names are none, and words that contradict the end leave none."""
    assert unit_in(title) == unit


def test_a_missing_unit_names_its_option():
    read = Coordinates("f.svg", "", (0.0, 1.0), (1.0, 0.5), (0, 0))
    with pytest.raises(InputError, match=r"days, weeks, months, years: .*--unit"):
        checked(read, None)
