"""Units of time in the titles of axes, in seven languages."""

import pytest

from hilum.errors import InputError
from hilum.literature.figures import checked
from hilum.literature.figures.coordinates import Coordinates
from hilum.literature.figures.page import Word
from hilum.literature.figures.titles import time_unit
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


def said(title, *, top=110.0, left=200.0, second=""):
    words = []
    for line, down in ((title, top), (second, top + 12)):
        at = left
        for text in line.split():
            words.append(Word(text, at, down, at + 5 * len(text), down + 10, True))
            at += 5 * len(text) + 3
    return time_unit(words, 100.0, 500.0, 100.0)


def test_a_caption_is_no_title():
    """More than eight words that end in no brackets, or words aside of the middle further below."""
    assert said("Time since the last of all these infusions months") is None
    assert said("Time since the last of all infusions, months") == "months"
    assert said("Time since the last of all these many infusions (months)") == "months"
    assert said("survival in days", top=139.9) == "days"
    assert said("survival in days", top=140.0, left=100.0) is None
    assert said("survival in days", top=140.0, left=180.0) is None
    assert said("survival in days", top=140.0, left=185.0) == "days"
    assert said("survival in days", top=240.1, left=260.0) is None


def test_lines_of_a_title_that_contradict_each_other_say_none():
    assert said("Follow-up in months", second="(landmark)") == "months"
    assert said("Follow-up in months", second="(days)") is None


def test_a_missing_unit_names_its_option():
    read = Coordinates("f.svg", "", (0.0, 1.0), (1.0, 0.5), (0, 0))
    with pytest.raises(InputError, match=r"days, weeks, months, years: .*--unit"):
        checked(read, None)


@pytest.mark.parametrize(
    "title",
    ["Months (x 10)", "Months (×10)", "Days × 10^3", "Days (10³)", "Months/10", "Months (X 100)",
     "Time in tens of months", "Follow-up, hundreds of days"],
)  # fmt: skip
def test_numbers_that_are_multiplied_have_no_unit(title):
    assert unit_in(title) is None


@pytest.mark.parametrize(
    ("title", "unit"),
    [("Months", "months"), ("Time since Rx (months)", "months"), ("Time to next Tx, days", "days"),
     ("PFS x OS, months", "months")],
)  # fmt: skip
def test_other_signs_leave_the_unit(title, unit):
    assert unit_in(title) == unit
