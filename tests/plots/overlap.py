"""Where the words of a drawing stand: what overlaps, and what is cut at its edge."""

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from hilum.plots.text_size import width

SVG = "{http://www.w3.org/2000/svg}"
FONTS = Path("/usr/share/fonts/truetype/noto")
BOLD = {"heading", "head", "strong-text", "title", "mark", "sign"}
# Of the type's size: what letters reach above their line and below it.
RISE, FALL = 0.72, 0.2
# Words may touch by so much: sizes of glyphs are those of one font of the stack.
SLACK = 1.5


@cache
def _font(bold):
    from PIL import ImageFont

    path = FONTS / ("NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf")
    return ImageFont.truetype(str(path), 100) if path.exists() else None


def _wide(text, size, bold):
    font = _font(bold)
    if font is None:
        return width(text, 1.08 if bold else 1.0) * size / 12
    plain = "".join(one for one in text if ord(one) < 0x2E80)
    return size * (font.getlength(plain) / 100 + (len(text) - len(plain)))


def _sizes(svg):
    """Sizes of type by class, from the drawing's own styles."""
    found = re.findall(r"\.([\w-]+)\{[^}]*?font-size:([\d.]+)px", svg)
    return {name: float(size) for name, size in found}


def boxes(svg):
    """The corners of every text, with what it says."""
    root, sizes = ElementTree.fromstring(svg), _sizes(svg)
    out = []
    for one in root.iter(f"{SVG}text"):
        title = one.find(f"{SVG}title")
        said = "".join(one.itertext()).removeprefix("" if title is None else title.text).strip()
        if not said:
            continue
        kinds = (one.get("class") or "").split()
        size = float(one.get("font-size") or next((sizes[k] for k in kinds if k in sizes), 12.0))
        wide = _wide(said, size, bool(BOLD & set(kinds)) or one.get("font-weight") == "600")
        left = {"start": 0.0, "middle": -wide / 2, "end": -wide}[one.get("text-anchor", "start")]
        corners = np.array([(left, -RISE * size), (left + wide, -RISE * size),
                            (left + wide, FALL * size), (left, FALL * size)])  # fmt: skip
        turned = re.match(
            r"(?:translate\(([-\d.]+)[ ,]([-\d.]+)\))? ?(?:rotate\(([-\d.]+))?",
            one.get("transform") or "",
        )
        across, down, angle = (float(part or 0) for part in turned.groups())
        at = np.radians(angle)
        turn = np.array([[np.cos(at), np.sin(at)], [-np.sin(at), np.cos(at)]])
        corners += (float(one.get("x", 0)), float(one.get("y", 0)))
        out.append((corners @ turn + (across, down), said))
    return out


def _apart(first, second):
    """Whether some line separates two rectangles, with the slack (separating axes)."""
    for shape in (first, second):
        for n in (0, 1):
            axis = shape[n + 1] - shape[n]
            axis = axis / (np.linalg.norm(axis) or 1.0)
            a, b = first @ axis, second @ axis
            if a.max() < b.min() + SLACK or b.max() < a.min() + SLACK:
                return True
    return False


def troubles(svg):
    """Each overlap and each cut, in words."""
    placed = boxes(svg)
    _, _, wide, tall = map(float, ElementTree.fromstring(svg).get("viewBox").split())
    out = [
        f"cut: {said!r}"
        for box, said in placed
        if box.min() < -SLACK or box[:, 0].max() > wide + SLACK or box[:, 1].max() > tall + SLACK
    ]
    low = np.array([box.min(axis=0) for box, _ in placed]).reshape(-1, 2)
    high = np.array([box.max(axis=0) for box, _ in placed]).reshape(-1, 2)
    # Upright boxes around them first: few pairs need the closer look.
    near = ((low[:, None] < high[None]) & (low[None] < high[:, None])).all(axis=2)
    for n, other in zip(*np.nonzero(np.triu(near, 1)), strict=True):
        (first, said), (second, told) = placed[n], placed[other]
        if not _apart(first, second):
            out.append(f"overlap: {said!r} and {told!r}")
    return out
