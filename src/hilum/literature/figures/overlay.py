"""What was read, laid over the figure it was read from."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hilum.literature.figures.page import picture_of
from hilum.literature.figures.svg import read_svg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.page import Page, Point

# Colours that printed curves seldom have, one a curve.
INKS = ((255, 0, 200), (0, 170, 90), (255, 140, 0), (120, 60, 255))
RESOLUTION = 200
MARGIN = 60
LARGEST = 6000
# Height of a line under the picture, and its ink.
LINE, WARNING = 26, (200, 0, 0)


@dataclass(frozen=True, slots=True)
class Laid:
    """Where a curve lies: points of a page or pixels, its ticks, its axes, its page."""

    places: tuple[Point, ...]
    ticks: tuple[Point, ...]
    x: Axis
    y: Axis
    page: int = 1


def overlay_png(path: Path, curves: Sequence[Laid], notes: Sequence[str] = ()) -> bytes:
    """The figure, faded, with the curves, their censoring ticks and the calibration on it.

    Parameters
    ----------
    path : Path
        The PDF or image.
    curves : sequence of Laid
        As read from it; at least one.
    notes : sequence of str
        Lines to write under it: what the self-check warns of.

    Returns
    -------
    bytes
        A PNG.
    """
    from PIL import Image, ImageDraw

    if path.suffix.lower() == ".pdf":
        picture: Any = picture_of(path, curves[0].page, RESOLUTION).convert("RGB")
        zoom, shift = RESOLUTION / 72, 0.0
    elif path.suffix.lower() == ".svg":
        zoom, shift = RESOLUTION / 72, 0.0
        picture = _drawn(read_svg(path), zoom)
    else:
        with Image.open(path) as image:
            rgba = image.convert("RGBA")
        picture = Image.new("RGB", rgba.size, "white")
        picture.paste(rgba, mask=rgba.getchannel("A"))
        # Twice the size, so that the line read is thinner than the line printed; a place is the
        # middle of a pixel.
        picture = picture.resize((2 * picture.width, 2 * picture.height), Image.Resampling.NEAREST)
        zoom, shift = 2.0, 0.5
    picture = Image.blend(picture, Image.new("RGB", picture.size, "white"), 0.45)
    draw = ImageDraw.Draw(picture)

    def at(x: float, y: float) -> tuple[float, float]:
        return (x + shift) * zoom, (y + shift) * zoom

    for curve, ink in zip(curves, INKS * len(curves), strict=False):
        steps: list[tuple[float, float]] = [at(*curve.places[0])]
        for place in curve.places[1:]:
            x, y = at(*place)
            steps += [(x, steps[-1][1]), (x, y)]
        draw.line(steps, fill=ink, width=2)
        for tick in curve.ticks:
            x, y = at(*tick)
            draw.ellipse((x - 4, y - 4, x + 4, y + 4), outline=ink, width=2)
        top = 100.0 if curve.y.high > 1.5 else 1.0
        for time, level in ((0.0, 0.0), (curve.x.high, 0.0), (0.0, top)):
            x, y = at(curve.x.place(time), curve.y.place(level))
            draw.line((x - 9, y, x + 9, y), fill=(0, 90, 255), width=1)
            draw.line((x, y - 9, x, y + 9), fill=(0, 90, 255), width=1)
    every = [place for curve in curves for place in curve.places]
    left = at(min(min(c.x.place(0.0), c.places[0][0]) for c in curves), 0)[0]
    right = at(max(x for x, _ in every), 0)[0]
    levels = [y for _, y in every] + [c.y.place(0.0) for c in curves]
    top, bottom = at(0, min(levels))[1], at(0, max(levels))[1]
    box = (
        max(int(left) - 2 * MARGIN, 0),
        max(int(top) - MARGIN, 0),
        min(int(right) + MARGIN, picture.width),
        min(int(bottom) + 2 * MARGIN, picture.height),
    )
    out = io.BytesIO()
    _noted(picture.crop(box), notes).save(out, "PNG", optimize=True)
    return out.getvalue()


def _drawn(page: Page, zoom: float) -> Any:
    """The lines and words of a page as a picture, thin and plain."""
    from PIL import Image, ImageDraw

    right = max((s.box[2] for s in page.strokes), default=100.0)
    bottom = max((s.box[3] for s in page.strokes), default=100.0)
    size = (min(int(zoom * right) + MARGIN, LARGEST), min(int(zoom * bottom) + MARGIN, LARGEST))
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for stroke in page.strokes:
        if stroke.colour is not None:
            places = [(x * zoom, y * zoom) for x, y in stroke.points]
            draw.line(places, fill=stroke.colour, width=max(round(stroke.width * zoom), 1))
    for word in page.words:
        text = word.text.encode("latin-1", "replace").decode("latin-1")
        draw.text((word.left * zoom, word.top * zoom), text, fill="black", font_size=9 * zoom)
    return picture


def _noted(picture: Any, notes: Sequence[str]) -> Any:
    """The picture with lines of text under it, in red."""
    from PIL import Image, ImageDraw

    if not notes:
        return picture
    high = LINE * len(notes) + LINE // 2
    out = Image.new("RGB", (picture.width, picture.height + high), "white")
    out.paste(picture, (0, 0))
    draw = ImageDraw.Draw(out)
    for i, note in enumerate(notes):
        draw.text((8, picture.height + 4 + LINE * i), note, fill=WARNING, font_size=LINE * 0.7)
    return out
