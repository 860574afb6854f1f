"""An SVG file as a page: its paths and its texts, in units of the drawing from its top left."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from hilum.errors import Fault, InputError, phrased
from hilum.literature.figures.css_colour import Unreadable, colour_of, opacity_of
from hilum.literature.figures.page import MOST_OBJECTS, Page, Stroke, Word, dash_of, grid_of
from hilum.literature.figures.slanted import of_words, stands_aslant
from hilum.literature.figures.svg_path import Matrix, Part, applied, parts_of, transform_of
from hilum.tabular.encoding import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hilum.literature.figures.page import Point

LARGEST: Final = 40_000_000
# A drawing wider or narrower than this is brought to so many units, as points of a page are.
WIDEST, NARROWEST, USUAL = 2000.0, 150.0, 600.0
# Of a letter whose font is not known, in its size: its width, and how far it stands over and under
# its line.
LETTER, ABOVE, BELOW = 0.56, 0.74, 0.02
# The same of digits and blanks in fonts whose digits are wide, and of blanks in a row in any font.
WIDE_FONTS: Final = re.compile(r"DejaVu Sans(?! Mono)|Bitstream Vera Sans(?! Mono)|Verdana", re.I)
WIDE, BLANK = (0.636, 0.318), 0.3
BLANKS: Final = re.compile(r"^\s+\S|\s{2}")
# Numbers whose thousands are parted by thin blanks.
THIN: Final = re.compile("[\u2009\u202f]")
THOUSANDS: Final = re.compile("(?<![\\d.,])[1-9]\\d{0,2}(?:[\u2009\u202f]\\d{3})+(?!\\d)")
DEEPEST, DEEPEST_USE = 200, 20
COMMENT: Final = "!"
HIDDEN: Final = {"defs", "clipPath", "symbol", "marker", "mask", "pattern", "style", "metadata"}
INHERITED: Final = (
    *("stroke", "fill", "stroke-width", "stroke-dasharray", "font-size", "text-anchor"),
    *("font-family", "dominant-baseline", "visibility", "color"),
    *("stroke-opacity", "fill-opacity"),
)
# Of an element alone; how opaque it is counts for all that is in it.
OWN: Final = ("display", "opacity")
UNSEEN: Final = ("hidden", "collapse")
# Where a text's middle stands over its line, in its size.
BASELINES: Final = {"central": 0.0, "middle": 0.0, "hanging": -0.36, "text-before-edge": -0.36}
ANCHORS: Final = {"start": 0.5, "middle": 0.0, "end": -0.5}


_Compound = tuple[str, tuple[str, ...], tuple[str, ...]]
"""Part of a selector: tag, ids, classes."""


@dataclass(frozen=True, slots=True)
class _Rule:
    path: tuple[_Compound, ...]
    sets: dict[str, str]

    def exactness(self) -> tuple[int, int, int]:
        """Ids, classes and tags: of two rules the one with more of the first that differ holds."""
        return (
            sum(len(ids) for _, ids, _ in self.path),
            sum(len(classes) for _, _, classes in self.path),
            sum(bool(tag) for tag, _, _ in self.path),
        )


@dataclass(slots=True)
class _Drawing:
    file: str = ""
    strokes: list[Stroke] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    by_id: dict[str, ElementTree.Element] = field(default_factory=dict)
    rules: list[_Rule] = field(default_factory=lambda: list[_Rule]())
    parents: dict[ElementTree.Element, ElementTree.Element] = field(
        default_factory=lambda: dict[ElementTree.Element, ElementTree.Element]()
    )


def read_svg(path: Path) -> Page:
    """The strokes and words of an SVG file.

    Matplotlib draws its letters as outlines and leaves the text in a comment, which is read.

    Raises
    ------
    InputError
        No such file, not SVG, or too large to be a figure.
    """
    if not path.is_file():
        raise InputError(Fault(path.name, None, "file", str(path), "an existing SVG"))
    size = path.stat().st_size
    if size > LARGEST:
        wanted = phrased("an SVG of at most {most:.0f} MB", most=LARGEST / 1e6)
        raise InputError(Fault(path.name, None, "file", f"{size / 1e6:.0f} MB", wanted))
    content = read_bytes(path)
    # No figure defines entities of its own; a bomb does.
    if b"<!ENTITY" in content and len(re.findall(rb"<!ENTITY", content)) > 20:
        raise InputError(Fault(path.name, None, "file", path.name, "an SVG without entities"))
    builder = ElementTree.TreeBuilder(insert_comments=True)
    try:
        root = ElementTree.fromstring(content, ElementTree.XMLParser(target=builder))
    except ElementTree.ParseError as error:
        wanted = phrased("a readable SVG ({error})", error=error)
        raise InputError(Fault(path.name, None, "file", path.name, wanted)) from None
    if _tag(root) != "svg":
        raise InputError(Fault(path.name, None, "file", path.name, "an SVG"))
    drawing = _Drawing(path.name)
    for element in root.iter():
        drawing.parents.update((child, element) for child in element)
        if _tag(element) != COMMENT:
            if "id" in element.attrib:
                drawing.by_id[element.attrib["id"]] = element
            if _tag(element) == "style":
                drawing.rules += _rules(element.text or "")
    _walk(root, _scaled(root), {"fill": "black"}, drawing, 0)
    if len(drawing.strokes) > MOST_OBJECTS:
        wanted = phrased("a figure (at most {most_objects:,} lines)", most_objects=MOST_OBJECTS)
        lines = f"{len(drawing.strokes):,} lines"
        raise InputError(Fault(path.name, None, "file", lines, wanted))
    heights = [y for s in drawing.strokes for _, y in s.points]
    words = tuple(word for word in drawing.words if not stands_aslant(word))
    slanted = tuple(of_words(drawing.words))
    return Page(path.name, 1, tuple(drawing.strokes), words, grid_of(heights), slanted)


def _tag(element: ElementTree.Element) -> str:
    # A comment's tag is a function.
    return COMMENT if callable(element.tag) else element.tag.rpartition("}")[2]


def _scaled(root: ElementTree.Element) -> Matrix:
    box = [float(v) for v in re.findall(r"-?[\d.]+(?:e-?\d+)?", root.get("viewBox", ""))]
    if len(box) != 4 or box[2] <= 0:
        return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    zoom = USUAL / box[2] if not NARROWEST <= box[2] <= WIDEST else 1.0
    return (zoom, 0.0, 0.0, zoom, -zoom * box[0], -zoom * box[1])


def _rules(sheet: str) -> list[_Rule]:
    """Selectors of tags, classes and ids, and what they set; the more exact ones last.

    What depends on more than where an element stands (attributes, states) is left out.
    """
    out: list[_Rule] = []
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", sheet)):
        for selector in selectors.split(","):
            words = selector.replace(">", " ").split()
            if words and not re.search(r"[\[:+~]", selector):
                out.append(_Rule(tuple(_compound(word) for word in words), _declared(body)))
    return sorted(out, key=_Rule.exactness)


def _compound(word: str) -> _Compound:
    """``text.major`` or ``#chart`` as tag, id and classes."""
    tag = re.match(r"[^.#]*", word)
    return (
        tag[0] if tag and tag[0] != "*" else "",
        tuple(re.findall(r"#([^.#]+)", word)),
        tuple(re.findall(r"\.([^.#]+)", word)),
    )


def _fits(compound: _Compound, element: ElementTree.Element) -> bool:
    tag, ids, classes = compound
    own = element.get("class", "").split()
    return (
        tag in ("", _tag(element))
        and all(one == element.get("id") for one in ids)
        and all(one in own for one in classes)
    )


def _declared(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in text.split(";"))
    return {
        name.strip(): re.sub(r"\s*!important$", "", value.strip())
        for name, colon, value in pairs
        if colon
    }


def _within(path: tuple[_Compound, ...], element: ElementTree.Element, drawing: _Drawing) -> bool:
    """Whether what a selector names before its last part stands above an element, in its order."""
    left = list(path)
    above = drawing.parents.get(element)
    while left and above is not None:
        if _fits(left[-1], above):
            left.pop()
        above = drawing.parents.get(above)
    return not left


def _style(
    element: ElementTree.Element, above: Mapping[str, str], drawing: _Drawing
) -> dict[str, str]:
    known = (*INHERITED, *OWN)
    own = {n: v for n, v in element.attrib.items() if n in known}
    for rule in drawing.rules:
        if _fits(rule.path[-1], element) and _within(rule.path[:-1], element, drawing):
            own.update({n: v for n, v in rule.sets.items() if n in known})
    own.update({n: v for n, v in _declared(element.get("style", "")).items() if n in known})
    style = {name: above[name] for name in INHERITED if name in above}
    style.update({n: v for n, v in own.items() if v != "inherit"})
    whole = opacity_of(above.get("opacity")) * opacity_of(own.get("opacity"))
    return {**style, "opacity": f"{whole:.6f}"}


def _walk(
    element: ElementTree.Element,
    matrix: Matrix,
    above: Mapping[str, str],
    drawing: _Drawing,
    depth: int,
) -> None:
    tag = _tag(element)
    if tag in HIDDEN or tag == COMMENT or depth > DEEPEST:
        return
    style = _style(element, above, drawing)
    if style.get("display") == "none":
        return
    matrix = applied(matrix, transform_of(element.get("transform", "")))
    if tag == "use":
        _used(element, matrix, style, drawing, depth)
        return
    if tag == "text":
        if style.get("visibility") not in UNSEEN and opacity_of(style.get("opacity")) > 0:
            drawing.words += _words(element, matrix, style, drawing)
        return
    for part in parts_of(tag, element.attrib):
        drawing.strokes.append(_stroke(part, matrix, style, drawing.file))
    said = ""
    for child in element:
        if _tag(child) == COMMENT:
            # Blanks of its own hold a place; one stands at either side of every comment.
            said = re.sub("^ | $", "", child.text or "")
            continue
        if said and _tag(child) == "g" and "transform" in child.attrib:
            drawing.words += _outlined(said, child, matrix, style)
            said = ""
            continue
        _walk(child, matrix, style, drawing, depth + 1)


def _used(
    element: ElementTree.Element,
    matrix: Matrix,
    style: Mapping[str, str],
    drawing: _Drawing,
    depth: int,
) -> None:
    name = next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == "href"), "")
    target = drawing.by_id.get(name.removeprefix("#"))
    if target is None or depth > DEEPEST_USE:
        return
    shift = (1.0, 0.0, 0.0, 1.0, _length(element.get("x")), _length(element.get("y")))
    inner = applied(matrix, shift)
    if _tag(target) == "symbol":
        for child in target:
            _walk(child, inner, style, drawing, depth + 1)
    else:
        _walk(target, inner, style, drawing, depth + 1)


def _length(text: str | None, usual: float = 0.0) -> float:
    found = re.match(r"\s*(-?[\d.]+(?:e-?\d+)?)", text or "", re.I)
    return float(found[1]) if found else usual


def _stroke(part: Part, matrix: Matrix, style: Mapping[str, str], file: str) -> Stroke:
    a, b, c, d, e, f = matrix
    points = tuple((a * x + c * y + e, b * x + d * y + f) for x, y in part.points)
    zoom = math.sqrt(abs(a * d - b * c))
    dashes = [float(v) for v in re.findall(r"[\d.]+", style.get("stroke-dasharray", ""))]
    return Stroke(
        points,
        _paint(style, "stroke", "none", file),
        zoom * _length(style.get("stroke-width"), 1.0),
        dash_of([zoom * v for v in dashes]),
        _paint(style, "fill", "black", file),
        part.bent,
    )


def _paint(style: Mapping[str, str], kind: str, usual: str, file: str) -> str | None:
    """What ``stroke`` or ``fill`` paints, as #rrggbb; None where nothing is seen of it."""
    seen = opacity_of(style.get("opacity")) * opacity_of(style.get(f"{kind}-opacity"))
    if seen == 0 or style.get("visibility") in UNSEEN:
        return None
    try:
        return colour_of(style.get(kind, usual), style.get("color", "black"))
    except Unreadable as colour:
        wanted = (
            "a colour of a style sheet: a name, #rrggbb, rgb(), rgba(), hsl(), hsla() or hwb() "
            "(write the figure with one of these)"
        )
        raise InputError(Fault(file, None, kind, str(colour), wanted)) from None


def _words(
    element: ElementTree.Element, matrix: Matrix, style: Mapping[str, str], drawing: _Drawing
) -> Iterator[Word]:
    """A text, and the parts of it that stand elsewhere."""
    x, y = _length(element.get("x")), _length(element.get("y"))
    size = _size(style)
    said = _bare(element.text or "")
    dy = _shift(element.get("dy"), size)
    x += _shift(element.get("dx"), size)
    spans: list[tuple[str, float, float, Mapping[str, str]]] = []
    if said:
        spans.append((said, x, y + dy, style))
    for child in element:
        if _tag(child) != "tspan":
            continue
        own = _style(child, style, drawing)
        cx = _length(child.get("x"), x)
        cy = _length(child.get("y"), y + dy) + _shift(child.get("dy"), _size(own))
        if text := "".join(child.itertext()).strip():
            spans.append((text, cx, cy, own))
    # The width that a program states is that of all of the text.
    stated = _length(element.get("textLength")) if len(spans) == 1 else 0.0
    for text, cx, cy, own in spans:
        yield from _placed(text, cx, cy, matrix, own, stated / len(text))


def _bare(text: str) -> str:
    """A text without the blanks around it; those before it on its own line hold a place."""
    return text.strip() if "\n" in text else text.rstrip()


def _shift(text: str | None, size: float) -> float:
    value = _length(text)
    return value * size if (text or "").strip().endswith("em") else value


def _size(style: Mapping[str, str]) -> float:
    return _length(style.get("font-size"), 12.0)


def _placed(
    text: str, x: float, y: float, matrix: Matrix, style: Mapping[str, str], letter: float = 0.0
) -> Iterator[Word]:
    """The words of one line of text, each about as wide as its letters (``letter`` each)."""
    size = _size(style)
    text = THOUSANDS.sub(lambda found: THIN.sub(",", found[0]), text)
    known = WIDE_FONTS.match(style.get("font-family", "").lstrip("'\" "))
    digit, blank = WIDE if known else (LETTER, LETTER)
    if BLANKS.search(text):
        blank = BLANK
    widths = [
        letter or size * (digit if c.isdecimal() else blank if c.isspace() else LETTER)
        for c in text
    ]
    ends = [0.0, *accumulate(widths)]
    whole = ends[-1]
    middle = x + whole * ANCHORS.get(style.get("text-anchor", "start"), 0.5)
    height = y - size * BASELINES.get(style.get("dominant-baseline", ""), (ABOVE - BELOW) / 2)
    try:
        colour = colour_of(style.get("fill", "black"), style.get("color", "black"))
    except Unreadable:
        colour = None
    for found in re.finditer(r"\S+", text):
        first, last = ends[found.start()], ends[found.end()]
        place = middle + (first + last - whole) / 2, height
        step = (last - first) / len(found[0])
        yield _word(found[0], place, (step, size), matrix, colour)


def _word(
    text: str, place: Point, letter: tuple[float, float], matrix: Matrix, colour: str | None
) -> Word:
    """A word around a place; its letters so wide and high."""
    (x, y), (step, size) = place, letter
    a, b, c, d, e, f = matrix

    def at(across: float, down: float) -> Point:
        return a * across + c * down + e, b * across + d * down + f

    half, tall = step * len(text) / 2, (ABOVE + BELOW) * size / 2
    corners = [at(x + i * half, y + j * tall) for i in (-1, 1) for j in (-1, 1)]
    xs, ys = [p[0] for p in corners], [p[1] for p in corners]
    letters = tuple(at(x - half + (i + 0.5) * step, y) for i in range(len(text)))
    upright = abs(b) <= abs(a)
    return Word(text, min(xs), min(ys), max(xs), max(ys), upright, colour, letters)


def _outlined(
    said: str, group: ElementTree.Element, matrix: Matrix, style: Mapping[str, str]
) -> Iterator[Word]:
    """A text of Matplotlib: letters of 100 units from the left end of their line."""
    inner = applied(matrix, transform_of(group.get("transform", "")))
    plain = re.sub(r"\$|\\mathdefault|[{}]", "", said)
    # Its letters go upwards.
    flipped = applied(inner, (1.0, 0.0, 0.0, -1.0, 0.0, 0.0))
    ink = _declared(group.get("style", "")).get("fill", "black")
    copies = [one for one in group if _tag(one) == "use"]
    if len(copies) != len(plain):
        own = {**style, "font-size": "100", "fill": ink}
        yield from _placed(plain.strip(), 0.0, 0.0, flipped, own)
        return
    # Each letter is a copy that stands where the one before it ends; the last one is as wide as a
    # digit.
    lefts = [transform_of(one.get("transform", ""))[4] for one in copies]
    ends = [*lefts, lefts[-1] + 100 * WIDE[0]]
    plain = THOUSANDS.sub(lambda found: THIN.sub(",", found[0]), plain)
    for found in re.finditer(r"\S+", plain):
        first, last = ends[found.start()], ends[found.end()]
        place = (first + last) / 2, -100 * (ABOVE - BELOW) / 2
        letter = (last - first) / len(found[0]), 100.0
        yield _word(found[0], place, letter, flipped, colour_of(ink))
