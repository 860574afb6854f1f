"""Signs of a verdict, the drawn remnant, and how sure we are in words."""

import re

import pytest

import hilum
from hilum.rendering.sheet.remnant import remnant_scale
from hilum.rendering.sheet.signs import COLOURS, SHAPES, sign
from hilum.sheet.rating import sureness
from hilum.sheet.sheet_verdict import CutOff, RemnantScale
from hilum.sheet.verdict_words import SIGN_OF, STATUS, VerdictWords

WORDS = hilum.words("en")


def light(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return sum(weight * x for weight, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("status", STATUS)
def test_each_verdict_has_a_sign_with_contrast_on_white_and_on_the_surface(status):
    """WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) of at least 4.5."""
    for ground in ("#ffffff", "#f4f6f8"):
        ratio = (light(ground) + 0.05) / (light(COLOURS[status]) + 0.05)
        assert ratio >= 4.5
    assert COLOURS[status] in sign(status)
    assert 'aria-hidden="true"' in sign(status)


def test_signs_differ_without_colour():
    assert len(set(SHAPES.values())) == len(STATUS) == len(SHAPES)
    assert set(SIGN_OF.values()) <= set(SHAPES)


def scale(percent, cuts):
    return RemnantScale(
        percent=percent,
        cut_offs=[
            CutOff(rule_id="r", fact="flr_percent_slv", percent=cut, authority="cohort", source="s")
            for cut in cuts
        ],
        ml=None,
        ml_needed=None,
    )


def drawn(percent, cuts, language="en"):
    tongue = VerdictWords(hilum.words(language))
    return str(remnant_scale(scale(percent, cuts), tongue, "#8f1d1d"))


def test_the_remnant_is_said_and_lies_against_its_limits():
    found = drawn({"a": 17.2, "b": 19.4}, (20.0, 26.6))
    assert 'role="img"' in found
    title = re.search("<title>(.*?)</title>", found)[1]
    assert title == "Future liver remnant, % of the liver: now 17.2–19.4, needed 20–26.6"
    bar, band = (
        [float(x) for x in re.search(pattern, found).groups()]
        for pattern in (
            r'<rect x="([\d.]+)" width="([\d.]+)" y="20.5"',
            r'<rect x="([\d.]+)" width="([\d.]+)" y="18"',
        )
    )
    # 264 px less 4 and 14 at the ends for 40 percent.
    assert bar[0] + 3 == pytest.approx(4 + 246 * 17.2 / 40, abs=0.1)
    assert bar[0] + bar[1] - 3 == pytest.approx(4 + 246 * 19.4 / 40, abs=0.1)
    assert band[0] == pytest.approx(4 + 246 * 20 / 40, abs=0.1)
    assert sum(band) == pytest.approx(4 + 246 * 26.6 / 40, abs=0.2)


@pytest.mark.parametrize(
    ("value", "end"), [(40.0, "40"), (40.1, "60"), (60.0, "60"), (80.0, "80"), (100.0, "100")]
)
def test_the_scale_ends_beyond_what_it_shows(value, end):
    found = drawn({"a": value}, (25.0,))
    assert f">{end}\u202f%</text>" in found


def test_both_names_have_room_and_one_value_is_one_number():
    found = drawn({"a": 25.0}, (25.0,))
    starts = re.findall(r'<text x="([\d.]+)" y="12"[^>]*>([^<]+)<', found)
    assert [text for _, text in starts] == ["now 25", "needed 25"]
    (first, name), (second, _) = starts
    assert float(second) >= float(first) + 6.6 * len(name)
    assert "目前" in drawn({"a": 25.0}, (25.0,), "zh-Hans")


def test_without_a_limit_nothing_is_drawn():
    assert drawn({"a": 25.0}, ()) == ""


def rated(sheet, level):
    found = next(
        one.certainty for option in sheet.options for one in option.outcomes.values()
        if one.certainty is not None
    )  # fmt: skip
    return found.model_copy(update={"level": level})


def test_how_sure_is_the_best_level_and_names_its_outcome_where_they_part(sheet):
    both = sureness({"A": rated(sheet, "low"), "B": rated(sheet, "very_low")}, True, WORDS)
    assert both.level == "low"
    assert both.short == "A"
    assert both.whole.startswith("A: ")
    one = sureness({"A": rated(sheet, "very_low"), "B": None}, True, WORDS)
    assert one.level == "very_low"
    assert not one.whole.startswith("A: ")


def test_nothing_rated_is_said_with_its_reason():
    assert sureness({"A": None}, False, WORDS).whole == "no study"
    assert sureness({"A": None}, True, WORDS).whole == "no averaged figure"
    assert sureness({}, False, WORDS).level == ""
