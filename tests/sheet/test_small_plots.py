"""Small plots: where a figure lies, what is drawn for its form, what a reader is told."""

import re

import pytest

import hilum
from hilum.rendering.sheet.small_plots import (
    EDGE,
    RATIO_EDGE,
    RATIO_WIDTH,
    WIDE,
    WIDTH,
    Axis,
    axis_head,
    axis_of,
    dots,
    level_dots,
    ratio_head,
    ratio_plot,
    small_plot,
)
from hilum.sheet.rating import Sureness

WORDS = hilum.words("en")
SHARE = Axis(1.0, ("0", "50", "100"))


def answer(sheet, treatment, outcome):
    option = next(one for one in sheet.options if one.treatment == treatment)
    return option.outcomes[outcome]


@pytest.mark.parametrize(
    ("value", "x"),
    [(0.0, EDGE), (0.5, WIDTH / 2), (1.0, WIDTH - EDGE), (-0.1, EDGE), (1.2, WIDTH - EDGE)],
)
def test_a_value_lies_at_its_share_of_the_axis(value, x):
    assert SHARE.x(value) == x


def test_a_wide_axis_is_the_same_axis():
    wide = Axis(36.0, ("0", "18", "36"), WIDE)
    assert (wide.x(0), wide.x(18), wide.x(36)) == (EDGE, WIDE / 2, WIDE - EDGE)
    assert f'viewBox="0 0 {WIDE} 12"' in axis_head(wide)


@pytest.mark.parametrize(
    ("longest", "end"), [(12.0, 12), (12.1, 24), (36.0, 36), (36.1, 48), (119.0, 120), (500.0, 120)]
)
def test_an_axis_of_months_ends_where_the_longest_figure_lies(sheet, longest, end):
    one = answer(sheet, "tae", "progression_free_survival")
    option = next(o for o in sheet.options if o.treatment == "tae").model_copy(
        update={
            "outcomes": {
                "progression_free_survival": one.model_copy(
                    update={"range": (1.0, longest), "value": None}
                )
            }
        }
    )
    axis = axis_of("progression_free_survival", [option])
    assert axis is not None
    assert axis.end == end
    assert axis.shown == ("0", f"{end / 2:g}", str(end))


def test_harm_has_no_axis(sheet):
    assert axis_of("mortality_30d", sheet.options) is None
    assert small_plot(answer(sheet, "tae", "mortality_30d"), None, WORDS) == ""
    assert axis_head(None) == ""


def test_a_pooled_figure_is_a_diamond_with_its_interval(sheet):
    one = answer(sheet, "tae", "symptom_response")
    assert one.form == "pooled"
    drawn = str(small_plot(one, SHARE, WORDS))
    assert f'd="M{SHARE.x(one.value)} 1.5' in drawn
    assert f'x1="{SHARE.x(one.ci[0])}" x2="{SHARE.x(one.ci[1])}"' in drawn
    assert "<circle" not in drawn
    assert re.search(r"<title>88\u202f% \(72–95\), on an axis from 0 to 100</title>", drawn)
    assert 'role="img"' in drawn


def test_one_study_is_a_ring_and_a_range_a_band_with_a_dot_a_study(sheet):
    single = answer(sheet, "tare", "objective_response")
    assert single.form == "single"
    drawn = str(small_plot(single, SHARE, WORDS))
    assert drawn.count('fill="#fff"') == 1
    assert "1.5L" not in drawn
    ranged = answer(sheet, "tace", "objective_response")
    assert ranged.form == "range"
    drawn = str(small_plot(ranged, SHARE, WORDS))
    assert drawn.count("<circle") == ranged.k
    low, high = (SHARE.x(end) for end in ranged.range)
    assert f'<rect x="{low - 3:.1f}" y="3" width="{high - low + 6:.1f}"' in drawn


def test_what_lies_beyond_the_axis_ends_in_an_arrow(sheet):
    one = answer(sheet, "tae", "symptom_response")
    beyond = one.model_copy(update={"ci": (0.5, 1.01)})
    arrow = f"L{WIDTH - 1} 6"
    assert arrow in small_plot(beyond, SHARE, WORDS)
    assert arrow not in small_plot(one.model_copy(update={"ci": (0.5, 1.0)}), SHARE, WORDS)


def test_nothing_is_drawn_where_there_is_no_figure(sheet):
    one = answer(sheet, "tae", "symptom_response")
    assert small_plot(one.model_copy(update={"form": "none"}), SHARE, WORDS) == ""


@pytest.mark.parametrize(
    ("value", "x"),
    [
        (1.0, RATIO_WIDTH / 2), (0.1, RATIO_EDGE), (10.0, RATIO_WIDTH - RATIO_EDGE),
        (0.01, RATIO_EDGE), (100.0, RATIO_WIDTH - RATIO_EDGE),
    ],
)  # fmt: skip
def test_a_ratio_lies_on_a_logarithmic_axis(value, x):
    drawn = str(ratio_plot(value, None, "said"))
    assert f'<rect x="{x - 3:.1f}"' in drawn
    assert "<title>said</title>" in drawn


def test_a_ratio_and_its_inverse_lie_as_far_from_one():
    places = [
        float(re.search(r'<rect x="([\d.]+)"', str(ratio_plot(value, None, "")))[1]) + 3
        for value in (0.4, 2.5)
    ]
    assert sum(places) == pytest.approx(RATIO_WIDTH, abs=0.2)


def test_an_interval_of_a_ratio_beyond_the_axis_has_an_arrow():
    assert str(ratio_plot(0.5, (0.2, 1.1), "s")).count("<path") == 1
    assert str(ratio_plot(0.5, (0.05, 11.0), "s")).count("<path") == 3
    assert ratio_plot(None, None, "s") == ""
    assert ratio_plot(0.0, None, "s") == ""
    assert str(ratio_head()).count("<text") == 3


@pytest.mark.parametrize(
    ("level", "filled"), [("very_low", 1), ("low", 2), ("moderate", 3), ("high", 4)]
)
def test_a_level_fills_its_dots_from_the_left(level, filled):
    drawn = str(level_dots(level))
    fills = re.findall(r'<circle[^>]*fill="([^"]+)"', drawn)
    assert len(fills) == 4
    assert [one != "none" for one in fills] == [True] * filled + [False] * (4 - filled)
    assert dots(Sureness(level, "", "", "")) == level_dots(level)


def test_what_was_not_rated_has_no_dots():
    assert level_dots("") == ""
