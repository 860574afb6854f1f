"""The forest of a pooled answer: nothing is cut in silence, columns never meet."""

import itertools
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from hilum.errors import UnknownCode
from hilum.plots.forest_table import AXES, Heads, Line, forest_table_svg, limits

HEADS = Heads(
    title="T", sub="s", study="Study", cells=("Events", "n"), figure="% (95 % interval)",
    weight="Weight, %", bias="Bias", source="Source", axis="a",
)  # fmt: skip


def study(value, low, high, **more):
    text = f"{value:.2f} ({low:.2f}–{high:.2f})"
    return Line(
        label="A 2001", cells=("3", "20"), value=value, ends=(low, high), figure=text, **more
    )


def pooled(value, low, high):
    return Line(label="All", value=value, ends=(low, high), figure="x", role="pooled", overall=True)


def drawn(lines, scale="ratio", heads=HEADS):
    return forest_table_svg(lines, heads, scale=scale)


def texts(svg):
    root = ElementTree.fromstring(svg)
    return [one for one in root.iter() if one.tag.endswith("text")]


def test_a_whisker_beyond_the_axis_ends_in_an_arrow_and_its_figures_are_printed():
    lines = [study(1.0, 0.5, 2.0) for _ in range(10)] + [study(1.1, 0.001, 900.0)]
    svg = drawn([*lines, pooled(1.0, 0.8, 1.2)])
    assert svg.count("whisker beyond") == 2
    assert "(0.00–900.00)" in svg
    assert drawn([*lines[:10], pooled(1.0, 0.8, 1.2)]).count("whisker beyond") == 0


@pytest.mark.parametrize("scale", sorted(AXES))
def test_estimates_and_pooled_intervals_lie_on_the_axis(scale):
    rng = np.random.default_rng(7)
    for _ in range(40):
        value = rng.uniform(0.02, 0.9, 8)
        lines = [study(v, v * rng.uniform(0, 1), v + rng.uniform(0, 0.1)) for v in value]
        whole = pooled(float(value.mean()), float(value.min()), float(value.max()))
        low, high = limits([*lines, whole], AXES[scale])
        assert low <= min(value.min(), whole.ends[0])
        assert high >= max(value.max(), whole.ends[1])


def test_rare_events_fill_the_axis():
    """Series of some percent are not squeezed into a tenth of an axis to 100 %."""
    lines = [study(v, 0.0, v + 0.05) for v in (0.0, 0.01, 0.02, 0.03)]
    low, high = limits([*lines, pooled(0.01, 0.005, 0.02)], AXES["proportion"])
    assert (low, high < 0.12) == (0.0, True)


@pytest.mark.parametrize(("low", "expected"), [(0.001, 0.0), (0.8, 0.7)])
def test_a_share_starts_at_0_where_it_is_near(low, expected):
    lines = [study(0.9, low, 0.95), study(0.85, low, 0.95)]
    assert limits(lines, AXES["proportion"])[0] == pytest.approx(expected, abs=0.1)


def test_a_ratio_without_events_is_drawn():
    svg = drawn([study(0.5, 0.0, 3.0), study(0.4, 0.1, 2.0), pooled(0.45, 0.2, 1.1)])
    assert "nan" not in svg
    assert "inf" not in svg


def test_columns_never_meet():
    rng = np.random.default_rng(11)
    for _ in range(60):
        long = "Müller und 研究 " * int(rng.integers(1, 12))
        value = float(rng.uniform(0.01, 40))
        size = str(int(10 ** rng.uniform(1, 7)))
        lines = [
            Line(
                label=long, cells=(size, size), value=value, ends=(value / 2, value * 2),
                figure=f"{value:.2f} ({value / 2:.2f}–{value * 2:.2f})", weight="12.3",
                bias="low", source="Table 2, page 14",
            ),
            pooled(value, value / 1.2, value * 1.2),
        ]  # fmt: skip
        rows = {}
        for one in texts(drawn(lines)):
            said = "".join(one.itertext())
            title = one.find("{http://www.w3.org/2000/svg}title")
            said = said.removeprefix(title.text) if title is not None else said
            wide = sum(12.0 if ord(letter) > 0x2E80 else 6.4 for letter in said)
            at, anchor = float(one.get("x")), one.get("text-anchor", "start")
            left = {"start": at, "middle": at - wide / 2, "end": at - wide}[anchor]
            rows.setdefault(round(float(one.get("y"))), []).append((left, left + wide, said))
        for row in rows.values():
            row.sort()
            for (_, right, first), (left, _, second) in itertools.pairwise(row):
                assert right <= left + 3, (first, second)


@pytest.mark.parametrize("role", ["study", "pooled"])
@pytest.mark.parametrize(
    "name",
    [
        "A study with a name that goes on and on, and on",
        "A study with a name that goes on " * 9,
        "研究组" * 20,
        "NETTER-" * 30,
        "Unbroken" * 30,
    ],
)
def test_a_name_of_some_lines_is_written_whole(name, role):
    line = Line(label=name, cells=("1", "2"), value=1.0, ends=(0.5, 2.0), figure="1", role=role)
    svg = drawn([line])
    said = [one.text for one in texts(svg) if one.get("x") == "4.0"]
    assert "…" not in svg
    assert name.replace(" ", "") in "".join(said).replace(" ", "")


def test_an_open_square_and_the_signs_of_bias():
    svg = drawn([study(1.0, 0.5, 2.0, hollow=True, bias="high"), study(1.0, 0.5, 2.0, bias="low")])
    assert svg.count('class="hollow"') == 1
    assert re.findall(r'class="judged (\w+)"', svg) == ["high", "low"]


@pytest.mark.parametrize(
    ("low", "high", "few", "many"),
    [(0.5, 2.0, 2, 8), (0.01, 100.0, 2, 8), (1e-6, 1e6, 2, 8), (0.9, 1.1, 1, 8)],
)
def test_a_ratio_has_some_ticks_and_not_too_many(low, high, few, many):
    ticks = AXES["ratio"].scaled(low, high)
    assert few <= len(ticks) <= many
    assert all(low * 0.999 <= tick <= high * 1.001 for tick in ticks)


def test_an_unknown_axis_is_refused():
    with pytest.raises(UnknownCode):
        drawn([study(1.0, 0.5, 2.0)], scale="years")


@pytest.mark.parametrize(("source", "heads"), [("", 0), ("p 4", 1)])
def test_a_long_foot_brings_no_head_over_a_column_that_is_not_there(source, heads):
    long = replace(HEADS, foot=("a foot much wider than the table itself " * 8,))
    svg = drawn([study(1.0, 0.5, 2.0, source=source)], heads=long)
    assert svg.count(">Source<") == heads
