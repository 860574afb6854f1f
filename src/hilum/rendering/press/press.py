"""The press: a page and a style become a PDF that is archived and read aloud."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

from hilum.errors import MissingExtra
from hilum.rendering.press.drawings import Drawings
from hilum.rendering.press.tree import number_of, printable, read, spelled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hilum.language import Words

# Archived (PDF/A-2, tagged) and accessible (PDF/UA) at once.
STANDARDS = ["a-2a", "ua-1"]
# Language, region and script as the typesetter names them.
TONGUES = {"en": ("en", "GB"), "zh-Hans": ("zh", "CN")}
NO_GLYPH = re.compile(r'text `"(.*?)"` could not be displayed', re.DOTALL)
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
MAIN = "main.typ"
# Different characters without a glyph, before it is said that a font is lacking.
MOST_UNKNOWN = 60


@dataclass(frozen=True, slots=True)
class Running:
    """Head and foot of every page, without its number."""

    left: str = ""
    title: str = ""
    foot: str = ""
    informs: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something begins: its page from 1, and how far down, from 0 to 1."""

    page: int
    down: float


class Press:
    """Prints pages of one style; a context, since it works in an empty folder of its own."""

    def __init__(
        self, style: str, words: Words, running: Running | None = None, day: str = ""
    ) -> None:
        self._folder = TemporaryDirectory(prefix="hilum-")
        self._root = Path(self._folder.name)
        (self._root / MAIN).write_text(_source(style), "utf-8")
        lang, region = TONGUES[words.language]
        page = words("page {page} of {pages}", page="\0", pages="\1")
        self._frame: dict[str, Any] = {
            "lang": lang,
            "region": region,
            "date": _date(day),
            "running": {key: printable(text) for key, text in asdict(running or Running()).items()},
            "page": page.replace("\1", "\0").split("\0"),
        }
        self._unknown: dict[str, str] = {}
        self.warnings: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def places(self, page: str) -> tuple[int, dict[str, Place]]:
        """How many pages it takes, and where on them each named place stands."""
        found = json.loads(self._read(page).query("<places>", field="value", one=True))
        return found["pages"], {name: Place(at, down) for name, at, down in found["places"]}

    def pdf(self, page: str) -> bytes:
        """The page as PDF.

        Raises
        ------
        MissingExtra
            When no font on the machine has the characters of the page.
        """
        while True:
            try:
                made, told = self._read(page).compile_with_warnings(
                    format="pdf", pdf_standards=STANDARDS
                )
            except typesetter().TypstError as error:
                if not self._learned(str(error)):
                    raise
                continue
            # A font of the list that a machine lacks is nothing to say.
            self.warnings = [one.message for one in told if "font family" not in one.message]
            return bytes(made)

    def _read(self, page: str) -> Any:
        drawings = Drawings()
        title, body = read(page, drawings)
        for name, content in drawings.files.items():
            (self._root / name).write_bytes(content)
        given = self._frame | {
            "title": title or "hilum",
            "drawings": drawings.data,
            "body": body.data(),
        }
        return compiler(self._root, spelled(json.dumps(given, ensure_ascii=False), self._unknown))

    def _learned(self, message: str) -> bool:
        """Whether a character without a glyph is new: it is then printed as its number."""
        found = NO_GLYPH.search(message)
        if found is None:
            return False
        shown = ESCAPED.sub(lambda one: chr(int(one[1], 16)), found[1])
        fresh = {one: number_of(one) for one in shown if not one.isascii()}
        known = len(self._unknown)
        self._unknown |= fresh
        if len(self._unknown) > MOST_UNKNOWN:
            message = "no font here has the characters of the page: install Noto Sans CJK"
            raise MissingExtra(message)
        return len(self._unknown) > known


def printed(
    page: str, style: str, words: Words, running: Running | None = None, day: str = ""
) -> bytes:
    """Print a self-contained page of HTML by the rules of a style.

    Raises
    ------
    MissingExtra
        When Typst is not installed.
    """
    with Press(style, words, running, day) as press:
        return press.pdf(page)


def images(drawings: Sequence[Mapping[str, Any]], dots_per_inch: int) -> list[bytes]:
    """Drawings as PNG, all of them in one go.

    Raises
    ------
    MissingExtra
        When Typst is not installed.
    """
    with TemporaryDirectory(prefix="hilum-") as folder:
        (Path(folder) / MAIN).write_text(style_of("picture"), "utf-8")
        made_by = compiler(Path(folder), json.dumps({"drawings": list(drawings)}))
        made = made_by.compile(format="png", ppi=dots_per_inch)
    return made if isinstance(made, list) else [made]


def compiler(root: Path, given: str) -> Any:
    """A compiler that sees its own folder alone, and fetches no package from anywhere."""
    return typesetter().Compiler(
        root / MAIN,
        root=root,
        font_paths=fonts(),
        sys_inputs={"page": given},
        package_path=root,
        package_cache_path=root,
    )


def _date(text: str) -> dict[str, int]:
    """Year, month and day of a document, which an archive asks for: today where it has none."""
    day = date.fromisoformat(text) if text else date.today()
    return {"year": day.year, "month": day.month, "day": day.day}


def _source(style: str) -> str:
    return "\n".join((style_of("base"), style_of(style), "#put(rules, given.body)", "#told", ""))


def style_of(name: str) -> str:
    """The rules of a style, as Typst reads them."""
    return (files("hilum.rendering.press") / f"{name}.typ").read_text("utf-8")


def typesetter() -> Any:
    """The library.

    Raises
    ------
    MissingExtra
        When it is not installed.
    """
    try:
        import typst
    except ImportError as error:
        message = "PDF and pictures need the 'documents' extra: pip install 'hilum[documents]'"
        raise MissingExtra(message) from error
    return typst


@cache
def fonts() -> Any:
    """The fonts of the machine, which are looked for once."""
    return typesetter().Fonts()
