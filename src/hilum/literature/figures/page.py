"""What a PDF page is made of: stroked paths, marks and words, in points from its top left."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, HilumError, InputError, MissingExtra, phrased
from hilum.tabular.encoding import read_bytes

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

# A journal page is below 10 MB and a figure below 100,000 path points; a scanned atlas or a scatter
# plot of a genome would take minutes to look through and holds no survival curve.
LARGEST_FILE = 100_000_000
LARGEST_CONTENT = 40_000_000
MOST_OBJECTS = 200_000
# The densest page of a journal holds a sixth of it.
MOST_LETTERS = 60_000

Point = tuple[float, float]

# An exponent is smaller than the number under it by at least this.
RAISED = 0.85
# Points taken of each curved part.
SAMPLES = 8


@dataclass(frozen=True, slots=True)
class Stroke:
    """One connected line; ``colour`` as #rrggbb, None where it is not stroked or not said.

    ``dash`` holds the lengths of its dashes and gaps, none for a solid line; ``fill`` is the colour
    it is filled with; ``bent`` says that it has curved parts, of which points were taken.
    """

    points: tuple[Point, ...]
    colour: str | None
    width: float
    dash: tuple[float, ...] = ()
    fill: str | None = None
    bent: bool = False

    @property
    def dashed(self) -> bool:
        """Whether it is drawn in dashes."""
        return bool(self.dash)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True, slots=True)
class Word:
    """One word; ``centre`` of its box, ``letters`` the centres of the boxes of its letters."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    upright: bool
    colour: str | None = None
    letters: tuple[Point, ...] = ()

    @property
    def centre(self) -> Point:
        """Middle of the word."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Page:
    """Strokes and words of one page; ``grid`` is the step its coordinates are rounded to.

    ``slanted`` are the places of words printed aslant: beginning, middle and end of each;
    ``sideways`` says that most digits do not stand upright.
    """

    file: str
    number: int
    strokes: tuple[Stroke, ...]
    words: tuple[Word, ...]
    grid: float
    slanted: tuple[Word, ...] = ()
    sideways: bool = False


def read_page(path: Path, number: int | None) -> Page:
    """The strokes and words of a page (the only one where ``number`` is None).

    Raises
    ------
    InputError
        No such file or page, not a PDF, one that needs a password, or one too large to be a
        figure.
    MissingExtra
        The extra ``survival`` is not installed.
    """
    from hilum.literature.figures.overprinted import in_print_order
    from hilum.literature.figures.slanted import is_aslant, of_letters

    with _readable(path), _open(path) as document:
        from hilum.literature.figures.painted import look_at

        page = _page(document, path, number)
        _refuse_huge(page, path.name)
        look_at(page)
        objects = [*page.curves, *page.lines, *page.rects]
        if len(objects) > MOST_OBJECTS:
            wanted = phrased("a figure (at most {most_objects:,} lines)", most_objects=MOST_OBJECTS)
            raise InputError(Fault(path.name, None, "page", f"{len(objects):,} lines", wanted))
        strokes: list[Stroke] = []
        for one in objects:
            if one.get("stroke") or one.get("fill"):
                strokes += _strokes(one)
        slanted = of_letters(page.chars, float(page.height))
        level = page.filter(lambda one: "matrix" not in one or not is_aslant(*one["matrix"][:2]))
        found = level.extract_words(
            char_dir_rotated="btt",
            line_dir_rotated="ltr",
            extra_attrs=["non_stroking_color"],
            return_chars=True,
        )
        printed = [one for one in level.chars if one["upright"]]
        words = [_word(w) for w in in_print_order(found, printed)]
        heights = [page.height - y for s in strokes for _, y in s.points]
        return Page(
            path.name,
            page.page_number,
            tuple(strokes),
            tuple(words),
            grid_of(heights),
            tuple(slanted),
            _lies(page.chars),
        )


def _lies(letters: Sequence[dict[str, Any]]) -> bool:
    """Whether most digits run another way than to the right; an axis' title may, its labels not."""
    ways = [one["matrix"][:2] for one in letters if "matrix" in one and one["text"].isdigit()]
    return 2 * sum(a <= abs(b) for a, b in ways) > len(ways)


def picture_of(path: Path, number: int, resolution: int) -> Any:
    """The page as an image (Pillow), ``resolution`` pixels an inch."""
    with _readable(path), _open(path) as document:
        return document.pages[number - 1].to_image(resolution=resolution).original


def _open(path: Path) -> Any:
    try:
        import pdfplumber
        from pdfminer.pdfdocument import PDFPasswordIncorrect
        from pdfplumber.utils.exceptions import PdfminerException
    except ImportError:
        message = "reading a PDF needs the extra survival: pip install 'hilum[survival]'"
        raise MissingExtra(message) from None
    # What is odd in a font is nothing that a user could act on; what matters is raised.
    for library in ("pdfminer", "pdfplumber"):
        logging.getLogger(library).setLevel(logging.ERROR)
    if not path.is_file():
        raise InputError(Fault(path.name, None, "file", str(path), "an existing PDF"))
    size = path.stat().st_size
    if size > LARGEST_FILE:
        wanted = phrased(
            "a PDF of at most {largest_file:.0f} MB (cut out the page of the figure)",
            largest_file=LARGEST_FILE / 1000000.0,
        )
        raise InputError(Fault(path.name, None, "file", f"{size / 1e6:.0f} MB", wanted))
    try:
        # From memory: on a damaged file the reader leaves its own handle open.
        return pdfplumber.open(BytesIO(read_bytes(path)))
    except PdfminerException as error:
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in error.args):
            wanted = "a PDF without password (save an unlocked copy)"
            raise InputError(Fault(path.name, None, "file", "encrypted", wanted)) from None
        wanted = phrased("a readable PDF ({error})", error=error)
        raise InputError(Fault(path.name, None, "file", path.name, wanted)) from None


@contextmanager
def _readable(path: Path) -> Generator[None]:
    """Whatever the reader lets out on a damaged file becomes a message that names the file."""
    try:
        yield
    except (HilumError, MemoryError):
        raise
    except Exception as error:
        wanted = phrased(
            "a readable PDF (a part of it is damaged: {name})", name=type(error).__name__
        )
        raise InputError(Fault(path.name, None, "file", path.name, wanted)) from None


def _page(document: Any, path: Path, number: int | None) -> Any:
    try:
        pages = document.pages
    except Exception as error:  # the reader lets every kind of error out
        wanted = phrased("a readable PDF ({name})", name=type(error).__name__)
        raise InputError(Fault(path.name, None, "file", path.name, wanted)) from None
    if number is None and len(pages) == 1:
        return pages[0]
    if number is None or not 1 <= number <= len(pages):
        wanted = phrased("a number from 1 to {number}", number=len(pages))
        raise InputError(
            Fault(path.name, None, "page", "" if number is None else str(number), wanted)
        )
    return pages[number - 1]


def _refuse_huge(page: Any, file: str) -> None:
    """Streams are unpacked only as far as a figure may reach (a small file can hold gigabytes)."""
    total = 0
    for stream in page.page_obj.contents:
        resolved = stream.resolve() if hasattr(stream, "resolve") else stream
        raw = resolved.get_rawdata() or b""
        total += len(raw)
        if any("Flate" in str(name) or str(name) == "/'Fl'" for name, _ in resolved.get_filters()):
            unpacker = zlib.decompressobj()
            try:
                total += len(unpacker.decompress(raw, LARGEST_CONTENT + 1))
            except zlib.error:
                continue
        if total > LARGEST_CONTENT:
            wanted = phrased(
                "a page of at most {largest_content:.0f} MB of drawing",
                largest_content=LARGEST_CONTENT / 1000000.0,
            )
            raise InputError(Fault(file, None, "page", "too large", wanted))


def _word(w: dict[str, Any]) -> Word:
    letters = tuple(
        ((c["x0"] + c["x1"]) / 2, (c["top"] + c["bottom"]) / 2) for c in w.get("chars") or ()
    )
    colour = _colour(w.get("non_stroking_color"))
    box = (w["x0"], w["top"], w["x1"], w["bottom"])
    return Word(_raised(w), *box, bool(w["upright"]), colour, letters)


def _raised(w: dict[str, Any]) -> str:
    """The text of a word, with ^ before a raised end in smaller letters: 10^2 is not 102."""
    text, chars = str(w["text"]), list(w.get("chars") or ())
    if len(chars) != len(text) or not text[:1].isdigit() or not w["upright"]:
        return text
    large = chars[0]["size"]
    at = next((i for i, c in enumerate(chars) if c["size"] < RAISED * large), None)
    return text if at is None else f"{text[:at]}^{text[at:]}"


def _strokes(one: dict[str, Any]) -> list[Stroke]:
    """The connected parts of one object; a rectangle is its outline."""
    colour = _colour(one.get("stroking_color") if one.get("stroke") else None)
    fill = _colour(one.get("non_stroking_color") if one.get("fill") else None)
    dash = one.get("dash")
    pattern: Any = dash[0] if isinstance(dash, (list, tuple)) and dash else dash
    dashes = tuple(float(d) for d in pattern) if isinstance(pattern, (list, tuple)) else ()
    width = float(one.get("linewidth") or 0.0)
    parts: list[list[Point]] = []
    bent = False
    for step in one.get("path") or []:
        if step[0] == "m":
            parts.append([_point(step[-1])])
        elif step[0] in BENDS and parts:
            bent, start = True, parts[-1][-1]
            parts[-1] += bend(start, BENDS[step[0]](start, [_point(p) for p in step[1:]]))
        elif step[0] == "l" and parts:
            parts[-1].append(_point(step[-1]))
        elif step[0] == "h" and parts:
            parts[-1].append(parts[-1][0])
    if not parts:
        parts = [[_point(place) for place in one["pts"]]]
    return [
        Stroke(tuple(part), colour, width, dash_of(dashes), fill, bent)
        for part in parts
        if len(part) > 1
    ]


def dash_of(lengths: Sequence[float]) -> tuple[float, ...]:
    """Lengths of dashes and gaps; none where there are no gaps."""
    gaps = lengths[1::2] if len(lengths) > 1 else lengths
    return tuple(round(v, 4) for v in lengths) if any(gaps) else ()


def bend(start: Point, rest: Sequence[Point]) -> list[Point]:
    """Points along a cubic Bezier curve from ``start`` with two handles and an end."""
    (x0, y0), ((x1, y1), (x2, y2), (x3, y3)) = start, rest
    out: list[Point] = []
    for i in range(1, SAMPLES + 1):
        t = i / SAMPLES
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        out.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return out


# The handles and the end of a curved part: both handles given, the first one at its start, the
# second one at its end.
BENDS: Final[dict[str, Callable[[Point, list[Point]], list[Point]]]] = {
    "c": lambda _, points: points,
    "v": lambda start, points: [start, *points],
    "y": lambda _, points: [points[0], points[1], points[1]],
}


def _point(place: Any) -> Point:
    return float(place[0]), float(place[1])


def _colour(value: Any) -> str | None:
    """Grey, RGB or CMYK shares as #rrggbb."""
    if value is None:
        return None
    shares = list(value) if isinstance(value, (list, tuple)) else [value]
    try:
        shares = [min(max(float(share), 0.0), 1.0) for share in shares]
    except (TypeError, ValueError):
        return None
    if len(shares) == 1:
        shares *= 3
    elif len(shares) == 4:
        c, m, y, k = shares
        shares = [(1 - c) * (1 - k), (1 - m) * (1 - k), (1 - y) * (1 - k)]
    if len(shares) != 3:
        return None
    return "#" + "".join(f"{round(255 * share):02x}" for share in shares)


def grid_of(values: list[float]) -> float:
    """The coarsest power of ten all coordinates are multiples of."""
    some = values[:2000]
    for step in (1.0, 0.1, 0.01, 0.001):
        if some and all(abs(value / step - round(value / step)) < 1e-4 for value in some):
            return step
    return 1e-4


def words_of_pages(path: Path) -> Generator[tuple[float, list[Word]]]:
    """The width and the words of every page, in the reader's order.

    Raises
    ------
    InputError
        As :func:`read_page`.
    MissingExtra
        The extra ``survival`` is not installed.
    """
    with _readable(path), _open(path) as document:
        for page in document.pages:
            _refuse_huge(page, path.name)
            if len(page.chars) > MOST_LETTERS:
                wanted = phrased("a page of at most {most:,} letters", most=MOST_LETTERS)
                found = f"{len(page.chars):,} letters"
                raise InputError(Fault(path.name, None, "page", found, wanted))
            yield float(page.width), [_word(w) for w in page.extract_words()]
            page.close()
