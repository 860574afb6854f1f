"""Traffic lights and stacked bars of appraisals."""

import xml.etree.ElementTree as ET

import pytest

from hilum.plots import (
    AppraisedStudy,
    appraisal_summary_svg,
    certainty_svg,
    traffic_light_svg,
)
from hilum.plots.appraisal import LIGHTS

SVG = "{http://www.w3.org/2000/svg}"
LEGEND = [("low", "low"), ("some", "some concerns"), ("high", "high & more")]
COLUMNS = [("D1", "randomisation"), ("All", "overall")]


def test_one_light_a_study_and_column_each_with_sign_colour_and_name():
    rows = [AppraisedStudy("A <2020>", ("low", "high")), AppraisedStudy("B", ("some", "missing"))]
    root = ET.fromstring(traffic_light_svg(rows, COLUMNS, title="t", legend=LEGEND))
    circles = [one for one in root.iter(f"{SVG}circle") if one.get("r") == "9.5"]
    assert [one.get("fill") for one in circles] == [
        LIGHTS[light][0] for light in ("low", "high", "some", "missing")
    ]
    assert circles[0].find(f"{SVG}title").text == "A <2020>, randomisation: low"
    assert len({one.get("cx") for one in circles}) == 2
    assert len({one.get("cy") for one in circles}) == 2
    marks = [one.text or "" for one in root.iter(f"{SVG}text") if one.get("class") == "mark"]
    assert marks[:4] == ["+", "×", "–", ""]
    assert "D1: randomisation" in [one.text for one in root.iter(f"{SVG}text")]


def test_bars_are_as_wide_as_their_shares():
    shares = [("D1", {"low": 0.25, "some": 0.25, "high": 0.5}), ("D2", {"high": 1.0})]
    svg = appraisal_summary_svg(shares, title="t", axis="percent", legend=LEGEND)
    root = ET.fromstring(svg)
    bars = [one for one in root.iter(f"{SVG}rect") if one.get("stroke")]
    widths = [float(one.get("width")) for one in bars]
    assert widths == pytest.approx([105, 105, 210, 420])
    assert sum(widths[:3]) == pytest.approx(widths[3])
    assert bars[2].find(f"{SVG}title").text == "high & more: 50 %"


def test_nothing_to_draw_is_still_a_picture():
    for svg in (
        traffic_light_svg([], COLUMNS, title="t", legend=LEGEND),
        appraisal_summary_svg([], title="t", axis="x", legend=LEGEND),
    ):
        assert ET.fromstring(svg).tag == f"{SVG}svg"


def test_certainty_is_drawn_by_domain_without_the_start():
    rows = [
        ("⊕◯◯◯  a", {"start": "low", "imprecision": "serious", "large_effect": "none"}),
        ("⊕⊕⊕⊕  a", {"start": "high", "imprecision": "not_assessed", "large_effect": "none"}),
    ]
    names = {"imprecision": "Imprecision"}
    root = ET.fromstring(certainty_svg(rows, names, title="t", legend=[]))
    circles = [one for one in root.iter(f"{SVG}circle") if one.get("r") == "9.5"]
    assert [one.get("fill") for one in circles] == [LIGHTS["some"][0], LIGHTS["unknown"][0]]
    assert "1: Imprecision" in [one.text for one in root.iter(f"{SVG}text")]
