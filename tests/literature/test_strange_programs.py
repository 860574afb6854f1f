"""Figures as programs draw them that nothing was made for: each drawn here by hand."""

import math
from itertools import pairwise

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.literature.figures.axes import parse_axis
from hilum.literature.figures.css_colour import Unreadable, alpha_of, colour_of
from hilum.literature.figures.lines import lines_of
from hilum.literature.figures.outlines import outlined
from hilum.literature.figures.page import Stroke, read_page
from hilum.literature.figures.raster import read_image
from hilum.literature.figures.stroked import squared
from hilum.literature.figures.svg import read_svg
from hilum.literature.figures.vector import curves_of

LEFT, TOP, WIDE, HIGH = 100.0, 40.0, 300.0, 200.0
FOOT = TOP + HIGH
DEATHS = [(4.0, 0.9), (9.0, 0.8), (15.0, 0.7), (22.0, 0.6), (33.0, 0.5), (51.0, 0.4)]


def evenly(time):
    return LEFT + WIDE * time / 60


def broken(time):
    """Half as far for a month after 24 as before it."""
    return LEFT + WIDE * (time if time <= 24 else 24 + (time - 24) / 2) / 42


def stair(across=evenly, deaths=DEATHS, end=60.0):
    out, level = [(across(0), TOP)], 1.0
    for time, after in deaths:
        out += [(across(time), FOOT - HIGH * level), (across(time), FOOT - HIGH * after)]
        level = after
    return [*out, (across(end), FOOT - HIGH * level)]


def text(said, x, y, anchor="middle", size=10):
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}">{said}</text>'


def way(points, style):
    places = " ".join(f"{x:.3f},{y:.3f}" for x, y in points)
    return f'<polyline points="{places}" fill="none" {style}/>'


def figure(tmp_path, *drawn, times=(0, 12, 24, 36, 48, 60), across=evenly, levels=(0, 0.5, 1)):
    black, top = 'stroke="black"', max(levels)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 320">', *drawn]
    out.append(way([(LEFT, TOP), (LEFT, FOOT), (LEFT + WIDE, FOOT)], black))
    for time in times:
        x = across(time)
        out += [way([(x, FOOT), (x, FOOT + 4)], black), text(time, x, FOOT + 16)]
    for level in levels:
        y = FOOT - HIGH * level / top
        out += [way([(LEFT - 4, y), (LEFT, y)], black), text(level, LEFT - 8, y + 3.6, "end")]
    out += [text("Months", LEFT + WIDE / 2, FOOT + 32), "</svg>"]
    path = tmp_path / "f.svg"
    path.write_text("\n".join(out))
    return path


def curves(path, x=None, y=None):
    page = read_svg(path) if path.suffix == ".svg" else read_page(path, None)
    given = [None if one is None else parse_axis(one, "axis", 0.1) for one in (x, y)]
    return curves_of(page, *given)


def code(curve, name):
    return next((one for one in curve.checks if one.code == name), None)


RED = 'stroke="#c8102e" stroke-width="1.5"'
BROKEN = (0, 6, 12, 18, 24, 36, 48, 60)
LEVELS = f"{FOOT}=0,{TOP}=1"


@pytest.mark.parametrize("typed", [(None, None), (f"{LEFT}=0,{LEFT + WIDE}=60", LEVELS)])
def test_a_broken_axis_is_named_with_and_without_points_typed(tmp_path, typed):
    path = figure(tmp_path, way(stair(broken), RED), times=BROKEN, across=broken)
    with pytest.raises(InputError, match="broken between its labels 24 and 36"):
        curves(path, *typed)


def test_a_line_that_ends_before_the_break_is_read(tmp_path):
    line = stair(broken, DEATHS[:4], 23.5)
    path = figure(tmp_path, way(line, RED), times=BROKEN, across=broken)
    (curve,) = curves(path)
    times = [time for time in curve.coordinates.time if time > 0.01]
    np.testing.assert_allclose(times[:4], [4, 9, 15, 22], atol=1e-3)


def test_one_label_after_the_break_tells_it_as_well(tmp_path):
    line = stair(broken, DEATHS[:5], 36)
    path = figure(tmp_path, way(line, RED), times=BROKEN[:6], across=broken)
    with pytest.raises(InputError, match="broken between its labels 24 and 36"):
        curves(path)


@pytest.mark.parametrize(("off", "outcome"), [(0.0, "ok"), (0.0099, "ok"), (0.0101, "warn")])
def test_points_typed_are_held_against_the_labels(tmp_path, off, outcome):
    """The last label stands a share of the axis beside where the points given put it."""
    path = figure(tmp_path, way(stair(), RED))
    end = LEFT + WIDE * (1 + off)
    (curve,) = curves(path, f"{LEFT}=0,{end}=60", LEVELS)
    check = code(curve, "times_as_labelled")
    assert check.outcome == outcome
    assert check.figure == pytest.approx(off, abs=1e-6)
    assert code(curve, "levels_as_labelled").outcome == "ok"


def test_a_contradiction_names_both_values(tmp_path):
    (curve,) = curves(figure(tmp_path, way(stair(), RED)), f"{LEFT}=0,{LEFT + WIDE}=72", LEVELS)
    assert code(curve, "times_as_labelled").span == pytest.approx((60, 72))


def test_levels_may_be_typed_as_shares_of_percent(tmp_path):
    path = figure(tmp_path, way(stair(), RED), levels=(0, 50, 100))
    (curve,) = curves(path, f"{LEFT}=0,{LEFT + WIDE}=60", LEVELS)
    assert code(curve, "levels_as_labelled").outcome == "ok"
    (curve,) = curves(path, f"{LEFT}=0,{LEFT + WIDE}=60", f"{FOOT}=0.2,{TOP}=1")
    assert code(curve, "levels_as_labelled").outcome == "warn"


def test_nothing_is_said_of_labels_where_no_points_are_typed(tmp_path):
    (curve,) = curves(figure(tmp_path, way(stair(), RED)))
    assert code(curve, "times_as_labelled") is None


@pytest.mark.parametrize(
    ("written", "colour"),
    [
        # CSS Color 4: shares are rounded to the nearest of 255.
        ("rgb(0%,27.45098%,54.509804%)", "#00468b"),
        ("rgb(0 70 139)", "#00468b"),
        ("rgb(0 70 139 / 50%)", "#00468b"),
        ("rgba(0,70,139,.5)", "#00468b"),
        ("rgb(0.4, 70.2, 138.6)", "#00468b"),
        ("hsl(120, 100%, 25%)", "#008000"),
        ("hsl(0.5turn 100% 50%)", "#00ffff"),
        ("hsla(-120deg,100%,50%,1)", "#0000ff"),
        ("hwb(0 0% 0%)", "#ff0000"),
        ("hwb(90 60% 60%)", "#808080"),
        ("#0F8", "#00ff88"),
        ("#00468bff", "#00468b"),
        ("SteelBlue", "#4682b4"),
        ("currentColor", "#123456"),
        ("rgba(0,70,139,0)", None),
        ("#00468b00", None),
        ("none", None),
        ("url(#g)", None),
    ],
)
def test_colours_of_style_sheets(written, colour):
    assert colour_of(written, "#123456") == colour


@pytest.mark.parametrize(
    "written", ["bleu", "rgb(1,2)", "oklch(0.7 0.1 20)", "#12345", "rgb(a,b,c)"]
)
def test_a_colour_that_cannot_be_read_is_named(tmp_path, written):
    with pytest.raises(Unreadable, match=r"."):
        colour_of(written)
    path = figure(tmp_path, way(stair(), f'stroke="{written}"'))
    with pytest.raises(InputError, match=r"stroke.*a colour of a style sheet") as told:
        curves(path)
    assert written in str(told.value)


def test_alpha_is_told():
    assert alpha_of("rgb(1 2 3 / 25%)") == 0.25
    assert alpha_of("#1234") == pytest.approx(0x44 / 255)
    assert alpha_of("red") == 1


def test_two_colours_in_fractions_are_two(tmp_path):
    low = stair(deaths=[(t, s - 0.1) for t, s in DEATHS])
    path = figure(
        tmp_path,
        way(stair(), 'style="stroke:rgb(0%,27.45098%,54.509804%)"'),
        way(low, 'style="stroke:rgb(92.941176%,0%,0%)"'),
    )
    assert {one.colour for one in curves(path)} == {"#00468b", "#ed0000"}


HIDDEN = {
    "stroke-opacity": lambda line: way(line, 'stroke="blue" stroke-opacity="0"'),
    "opacity": lambda line: way(line, 'stroke="blue" style="opacity:0%"'),
    "group": lambda line: f'<g opacity="0">{way(line, "stroke=" + chr(34) + "blue" + chr(34))}</g>',
    "visibility": lambda line: way(line, 'stroke="blue" visibility="hidden"'),
    "collapse": lambda line: way(line, 'stroke="blue" visibility="collapse"'),
    "display": lambda line: way(line, 'stroke="blue" display="none"'),
    "alpha": lambda line: way(line, 'stroke="rgba(0,0,255,0)"'),
    "white": lambda line: way(line, 'stroke="white"'),
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_what_is_not_seen_is_no_curve(tmp_path, kind):
    other = stair(deaths=[(t, s - 0.1) for t, s in DEATHS])
    (curve,) = curves(figure(tmp_path, way(stair(), RED), HIDDEN[kind](other)))
    assert curve.colour == "#c8102e"


def test_what_is_seen_in_what_is_hidden_and_white_on_a_colour(tmp_path):
    shown = way(stair(), 'stroke="blue" visibility="visible"')
    (curve,) = curves(figure(tmp_path, f'<g visibility="hidden">{shown}</g>'))
    assert curve.colour == "#0000ff"
    dark = f'<rect x="{LEFT}" y="{TOP}" width="{WIDE}" height="{HIGH}" fill="#223344"/>'
    (curve,) = curves(figure(tmp_path, dark, way(stair(), 'stroke="white"')))
    assert curve.colour == "#ffffff"


def pdf(path, drawn, states=""):
    """A page of 500 by 320 points; ``drawn`` is what it paints from its lower left."""
    body = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 500 320] /Contents 4 0 R /Resources << "
        f"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> {states} >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
    ]
    out, places = b"%PDF-1.4\n", []
    for i, one in enumerate(body, start=1):
        places.append(len(out))
        out += f"{i} 0 obj\n{one}\nendobj\n".encode()
    table = "".join(f"{at:010d} 00000 n \n" for at in places)
    path.write_bytes(
        out
        + f"xref\n0 5\n0000000000 65535 f \n{table}trailer\n<< /Size 5 /Root 1 0 R >>\n"
        f"startxref\n{len(out)}\n%%EOF\n".encode()
    )
    return path


def painted(points, colour, how="S"):
    (x, y), *rest = [(a, 320 - b) for a, b in points]
    return (
        f"{colour} {x:.3f} {y:.3f} m " + " ".join(f"{a:.3f} {b:.3f} l" for a, b in rest) + f" {how}"
    )


def axes():
    out = [painted([(LEFT, TOP), (LEFT, FOOT), (LEFT + WIDE, FOOT)], "0 0 0 RG")]
    for time in (0, 12, 24, 36, 48, 60):
        x = evenly(time)
        out.append(painted([(x, FOOT), (x, FOOT + 4)], "0 0 0 RG"))
        out.append(f"BT /F 9 Tf {x - 2.5 * len(str(time)):.2f} {320 - FOOT - 16} Td ({time}) Tj ET")
    for level in (0, 0.5, 1):
        y = FOOT - HIGH * level
        out.append(painted([(LEFT - 4, y), (LEFT, y)], "0 0 0 RG"))
        out.append(f"BT /F 9 Tf {LEFT - 26} {320 - y - 3.2:.2f} Td ({level:.1f}) Tj ET")
    out.append("BT /F 9 Tf 220 50 Td (Months) Tj ET")
    return "\n".join(out)


@pytest.mark.parametrize(
    ("before", "many"),
    [
        ("", 2),
        ("/Half gs", 2),
        ("/None gs", 1),
        ("/Filled gs", 2),
        ("0 300 20 20 re W n", 1),
        ("90 70 320 230 re W n", 2),
        ("90 70 320 230 re W n 0 0 20 20 re W n", 1),
    ],
)
def test_transparent_and_clipped_strokes_of_a_pdf_are_no_curves(tmp_path, before, many):
    """PDF 32000-1, 8.4.5 (CA of strokes, ca of fills) and 8.5.4 (clipping, restored by Q)."""
    states = "/ExtGState << /None << /CA 0 >> /Half << /CA .5 >> /Filled << /ca 0 >> >>"
    other = stair(deaths=[(t, s - 0.1) for t, s in DEATHS])
    drawn = f"{axes()}\nq {before}\n{painted(other, '0 0 1 RG')}\nQ\n{painted(stair(), '1 0 0 RG')}"
    found = curves(pdf(tmp_path / "f.pdf", drawn, states))
    assert len(found) == many
    assert "#ff0000" in {one.colour for one in found}


def expanded(points, width):
    """A stroke as its outline: offsets of both sides, corners cut outside, through them inside."""
    half = width / 2
    clean = [p for i, p in enumerate(points) if not i or math.dist(p, points[i - 1]) > 1e-9]

    def side(line):
        out = []
        for (x0, y0), (x1, y1) in pairwise(line):
            long = math.hypot(x1 - x0, y1 - y0)
            nx, ny = half * (y1 - y0) / long, -half * (x1 - x0) / long
            if out and math.hypot(x0 + nx - out[-1][0], y0 + ny - out[-1][1]) > 1e-9:
                out.append((x0, y0))
            out += [(x0 + nx, y0 + ny), (x1 + nx, y1 + ny)]
        return out

    ring = [*side(clean), *side(clean[::-1])]
    return (*ring, ring[0])


def cut(points, on, off):
    pieces, piece, left, inked = [], [points[0]], on, True
    for (x0, y0), (x1, y1) in pairwise(points):
        gone, long = 0.0, math.dist((x0, y0), (x1, y1))
        while long - gone > left:
            gone += left
            spot = (x0 + (x1 - x0) * gone / long, y0 + (y1 - y0) * gone / long)
            if inked:
                pieces.append([*piece, spot])
            piece, inked, left = [spot], not inked, off if inked else on
        left -= long - gone
        if inked:
            piece.append((x1, y1))
    return [*pieces, piece] if inked and len(piece) > 1 else pieces


def test_dashes_written_as_outlines_with_cut_corners_are_one_line():
    """Every other fall is drawn aslant, as a program does that thins its points."""
    line = stair()
    slanted = [p for i, p in enumerate(line) if i % 4 != 1 or p == line[-1]]
    shapes = [
        Stroke(expanded(piece, 1.5), None, 0.0, fill="#c8102e") for piece in cut(slanted, 8, 4)
    ]
    (found,) = outlined(shapes)
    assert found.dash
    assert found.width == pytest.approx(1.5, abs=1e-6)
    assert found.points[0] == pytest.approx(line[0])
    assert found.points[-1] == pytest.approx(line[-1], abs=4)
    for x, y in found.points:
        gaps = [
            abs((x - a[0]) * (b[1] - a[1]) - (y - a[1]) * (b[0] - a[0])) / math.dist(a, b)
            for a, b in pairwise(slanted)
            if min(a[0], b[0]) - 4 <= x <= max(a[0], b[0]) + 4
        ]
        assert min(gaps) < 2


@pytest.mark.parametrize("rising", [False, True])
def test_an_outline_with_slanted_ends_is_a_line(rising):
    """The upper edge is the line moved right and up, the lower one the line moved left and down."""
    line = [(x, 300 - y) for x, y in stair()] if rising else stair()
    way_ = -1 if rising else 1
    upper = [(x + 0.5, y - way_ * 0.5) for x, y in line]
    lower = [(x - 0.5, y + way_ * 0.5) for x, y in line]
    shape = Stroke((*upper, *lower[::-1], upper[0]), None, 0.0, fill="#c8102e")
    (found,) = lines_of([shape])
    np.testing.assert_allclose(found.points, line, atol=0.03)


def test_a_long_slope_is_no_slanted_end():
    shape = ((0.0, 0.0), (50.0, 0.0), (70.0, 30.0), (0.0, 30.0), (0.0, 0.0))
    assert squared(shape) == shape


def test_steps_rounded_one_by_one_join(tmp_path):
    """Each stroke has its ends to a hundredth, off by one from its neighbour's at most."""
    drawn = []
    for i, (a, b) in enumerate(pairwise(stair())):
        off = 0.01 * (i % 2)
        drawn.append(way([(a[0] - off, a[1]), (b[0] - off, b[1])], RED))
    (curve,) = curves(figure(tmp_path, *drawn))
    np.testing.assert_allclose(curve.coordinates.time[:7], [0, *(t for t, _ in DEATHS)], atol=0.003)
    np.testing.assert_allclose(
        curve.coordinates.survival[:7], [1, *(s for _, s in DEATHS)], atol=1e-3
    )
    assert not curve.ticks


def levels(points):
    return [way([a, b], RED) for a, b in pairwise(points) if a[1] == b[1]]


def test_level_pieces_alone_are_a_curve(tmp_path):
    (curve,) = curves(figure(tmp_path, *levels(stair())))
    np.testing.assert_allclose(curve.coordinates.time[:7], [0, *(t for t, _ in DEATHS)], atol=1e-3)
    np.testing.assert_allclose(
        curve.coordinates.survival[:7], [1, *(s for _, s in DEATHS)], atol=1e-5
    )


def test_level_pieces_that_two_may_follow_are_not_guessed(tmp_path):
    """Two curves of one style that fall at the same time."""
    other = stair(deaths=[(t, s - 0.05) for t, s in DEATHS])
    with pytest.raises(InputError, match=r"goes right and only down|starts at 1"):
        curves(figure(tmp_path, *levels(stair()), *levels(other)[1:]))


def two_arms():
    return (
        way(stair(), 'stroke="#bc3c29"'),
        way(stair(deaths=[(t, s - 0.2) for t, s in DEATHS]), 'stroke="#0072b5"'),
    )


def test_names_stand_beside_dots(tmp_path):
    legend = []
    for i, (name, ink) in enumerate((("Surgery", "#bc3c29"), ("Embolisation", "#0072b5"))):
        y = 20 - 12 * i
        legend += [
            f'<circle cx="300" cy="{y}" r="4" fill="{ink}"/>',
            text(name, 310, y + 3.6, "start"),
        ]
    found = curves(figure(tmp_path, *two_arms(), *legend))
    assert {one.colour: one.name for one in found} == {
        "#bc3c29": "Surgery", "#0072b5": "Embolisation"}  # fmt: skip


def test_a_dot_on_the_curve_is_no_sample(tmp_path):
    x, y = evenly(12), FOOT - HIGH * 0.8
    dot = f'<circle cx="{x}" cy="{y}" r="4" fill="#bc3c29"/>'
    found = curves(figure(tmp_path, *two_arms(), dot, text("median", x + 8, y + 3.6, "start")))
    assert [one.name for one in found] == ["", ""]


def test_black_samples_are_told_from_ticks_and_names_have_blanks_of_their_size(tmp_path):
    legend = []
    for i, (name, dash) in enumerate((("Arm A", ""), ("Arm B", ' stroke-dasharray="9 4"'))):
        y = 60 + 22 * i
        style = f'stroke="black" stroke-width="2"{dash}'
        legend += [way([(260, y), (300, y)], style), text(name, 310, y + 6, "start", 18)]
    low = stair(deaths=[(t, s - 0.2) for t, s in DEATHS])
    drawn = (
        way(stair(), 'stroke="black" stroke-width="2"'),
        way(low, 'stroke="black" stroke-width="2" stroke-dasharray="9 4"'),
    )
    found = curves(figure(tmp_path, *drawn, *legend))
    assert [one.name for one in found] == ["Arm A", "Arm B"]


@pytest.mark.parametrize("top", [TOP, TOP + 60])
def test_a_line_above_the_top_of_the_axis_is_said_to_be_there(tmp_path, top):
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (500, 320), "white")
    pen = ImageDraw.Draw(picture)
    pen.line([(LEFT, TOP), (LEFT, FOOT), (LEFT + WIDE, FOOT)], fill="black")
    for a, b in pairwise(stair()):
        pen.line([a, b], fill="#0072b5", width=2)
    picture.save(tmp_path / "f.png")
    x, y = (
        parse_axis(f"{LEFT}=0,{LEFT + WIDE}=60", "x", 0.5),
        parse_axis(f"{FOOT}=0,{top}=1", "y", 0.5),
    )
    if top == TOP:
        assert read_image(tmp_path / "f.png", x_axis=x, y_axis=y, colour="#0072b5").coordinates
        return
    with pytest.raises(InputError, match="runs above that from the start"):
        read_image(tmp_path / "f.png", x_axis=x, y_axis=y, colour="#0072b5")


@pytest.mark.parametrize(("turn", "words"), [("", None), ("/Rotate 90", "lie sideways")])
def test_a_page_that_lies_sideways_is_said_to(tmp_path, turn, words):
    path = pdf(tmp_path / "f.pdf", f"{axes()}\n{painted(stair(), '1 0 0 RG')}")
    path.write_bytes(
        path.read_bytes().replace(b"/Type /Page /Parent", f"/Type /Page {turn} /Parent".encode())
    )
    if words is None:
        assert len(curves(path)) == 1
        return
    with pytest.raises(InputError, match=words):
        curves(path)
