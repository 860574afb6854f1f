"""Every kind of plot over random data: well formed, whole, nothing outside, nothing unescaped."""

import math
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from hilum.plots import (
    baujat_svg,
    boundaries_svg,
    drapery_svg,
    funnel_svg,
    operating_svg,
    rankogram_svg,
)
from tests.plots.drawings import DRAWINGS

SEEDS = range(25)


@pytest.mark.parametrize("kind", DRAWINGS)
def test_every_drawing_is_whole(kind):
    for seed in SEEDS:
        svg, marks, labels = DRAWINGS[kind](np.random.default_rng(seed))
        again, *_ = DRAWINGS[kind](np.random.default_rng(seed))
        assert svg == again
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img"
        assert root.find("{http://www.w3.org/2000/svg}title").text
        assert not re.search(r'"[^"]*\b(nan|inf)\b[^"]*"', svg.partition("<title>")[0])
        numbers = [
            float(value) for one in root.iter() for name in ("x", "y", "cx", "cy", "x1", "y2", "r")
            if (value := one.get(name)) and not value.endswith("%")
        ]  # fmt: skip
        assert numbers
        assert all(math.isfinite(value) for value in numbers)
        if marks:
            drawn = sum(one.tag.endswith(("circle", "rect", "line")) for one in root.iter())
            assert drawn >= min(marks, 200)
        said = " ".join(root.itertext())
        # A panel's head has room for twenty letters.
        assert all(label[:20] in said for label in labels)


@pytest.mark.parametrize("kind", DRAWINGS)
def test_nothing_is_drawn_outside(kind):
    for seed in SEEDS:
        svg, *_ = DRAWINGS[kind](np.random.default_rng(seed))
        root = ElementTree.fromstring(svg)
        _, _, width, height = map(float, root.get("viewBox").split())
        for one in root.iter():
            tag = one.tag.rpartition("}")[2]
            if tag == "circle":
                at = float(one.get("cx")), float(one.get("cy"))
            elif tag == "line":
                at = float(one.get("x2")), float(one.get("y2"))
            elif tag == "text" and not one.get("transform"):
                at = float(one.get("x")), float(one.get("y"))
            else:
                continue
            assert -1 <= at[0] <= width + 1, (seed, tag, at, width)
            assert -1 <= at[1] <= height + 1, (seed, tag, at, height)


def places(svg, kind="dot"):
    found = re.findall(rf'<circle class="{kind}" cx="([-\d.]+)" cy="([-\d.]+)"', svg)
    return np.array(found, float)


def test_a_funnel_keeps_the_order_of_effects_and_precision():
    rng = np.random.default_rng(3)
    yi, sei = rng.normal(0, 1, 12), rng.uniform(0.1, 0.9, 12)
    at = places(funnel_svg(yi, sei, 0.0, labels=[str(i) for i in range(12)]))
    assert len(at) == 12
    assert (np.argsort(at[:, 0], kind="stable") == np.argsort(yi)).all()
    # The most precise stand on top: y grows downwards with the standard error.
    assert np.corrcoef(at[:, 1], sei)[0, 1] > 0.9999
    assert np.corrcoef(at[:, 0], yi)[0, 1] > 0.9999


def test_a_baujat_plot_names_the_studies_that_stand_out():
    svg = baujat_svg([1.0, 9.0, 2.0], [0.1, 0.2, 3.0], ["quiet", "loud", "pulling"])
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", svg)
    assert "loud" in texts
    assert "pulling" in texts
    assert "quiet" not in texts
    assert "<title>quiet</title>" in svg


def points(svg, kind, tag="polyline"):
    found = re.findall(rf'<{tag} class="{kind}"[^>]*points="([^"]+)"', svg)
    return [np.array([pair.split(",") for pair in one.split()], float) for one in found]


@pytest.mark.parametrize("share", [[1.0, 0.0, 0.0], [0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
def test_a_bar_of_a_rank_is_as_high_as_its_probability(share):
    svg = rankogram_svg(["A"] * 3, [share] * 3, [0.5] * 3)
    bars = points(svg, "square", "polygon")
    assert len(bars) == 9
    heights = np.array([np.ptp(one[:, 1]) for one in bars[:3]])
    panel = float(re.search(r'<rect class="frame"[^>]*height="([\d.]+)"', svg)[1])
    assert heights == pytest.approx(panel * np.array(share), abs=0.11)
    (line, *_) = points(svg, "strong")
    assert panel - (line[:, 1] - line[-1, 1]) == pytest.approx(panel * np.cumsum(share), abs=0.11)


def test_bounds_stand_in_their_order_and_meet_at_the_end():
    svg = boundaries_svg(
        [0.5, 0.75, 1.0], (2.96, 2.36, 2.01), (-0.3, 0.9, 2.01), axis="information", side="z",
        title="Bounds", names=("efficacy", "futility"),
    )  # fmt: skip
    upper, lower = points(svg, "strong")[0], points(svg, "curve")[0]
    assert (np.diff(upper[:, 1]) > 0).all(), "efficacy falls"
    assert (np.diff(lower[:, 1]) < 0).all(), "futility rises"
    assert upper[-1] == pytest.approx(lower[-1])
    one_z = (upper[-1, 1] - upper[0, 1]) / (2.96 - 2.01)
    assert (lower[0, 1] - lower[-1, 1]) / (2.01 + 0.3) == pytest.approx(one_z, rel=0.01)
    assert "efficacy" in svg
    assert "futility" in svg


def test_success_is_drawn_in_percent_of_the_frame():
    curve = [(0.0, 0.025, 100.0), (0.5, 0.5, 120.0), (1.0, 0.9, 90.0)]
    svg = operating_svg(
        curve, [(0.0, "none")], axis="effect", success="success", size="size", title="T",
        percent=False,
    )  # fmt: skip
    (chance,) = points(svg, "strong")
    top = float(re.search(r'<rect class="frame" x="[\d.]+" y="([\d.]+)"', svg)[1])
    high = float(re.search(r'<rect class="frame"[^>]*height="([\d.]+)"', svg)[1])
    drawn = 1 - (chance[:, 1] - top) / high
    assert drawn == pytest.approx([0.025, 0.5, 0.9], abs=0.002)
    (size,) = points(svg, "curve")
    # The largest trial stands highest.
    assert np.argmin(size[:, 1]) == 1
    assert np.argmax(size[:, 1]) == 2


@pytest.mark.parametrize("se", [1e-4, 0.02, 0.5])
def test_every_p_value_of_a_drapery_reaches_1_at_its_estimate(se):
    yi = [0.1234567, -1.7, 2.0 / 3.0]
    svg = drapery_svg(yi, [se, 0.3, 1.0], (0.0777, se), None)
    frame = re.search(r'<rect class="frame" x="[\d.]+" y="([\d.]+)"', svg)
    lines = points(svg, "thin") + points(svg, "strong")
    assert len(lines) == 4
    for line in lines:
        assert line[:, 1].min() == pytest.approx(float(frame[1]), abs=0.06)
