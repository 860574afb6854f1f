"""A page of HTML as data: each element its tag, classes, attributes and what it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from unicodedata import category, east_asian_width

from hilum.rendering.press.drawings import PNG, Drawings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})
INLINE = frozenset({"a", "b", "i", "em", "mark", "small", "span", "sup", "svg", "img"})
KEPT = ("id", "href", "scope", "colspan", "rowspan", "drawing")
SPACE = re.compile(r"[ \t\n\r\f]+")
# What no font may draw: control characters, halves of characters, private and unassigned ones.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufffe\uffff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# A word that a narrow column cannot hold may break after so many characters.
LONG = re.compile(r"[!-~]{32,}")
STEP = re.compile(r"(.{12})")
# Characters that a column holds on one line.
SHORT = 14
# Of a long word so much room is kept, of one that may break no more than of so many letters.
ROOM, MOST = 1.3, 14


@dataclass(frozen=True, slots=True)
class Element:
    """One element; ``data`` is what the styles read."""

    tag: str
    classes: list[str]
    attributes: dict[str, Any]
    holds: list[Element | str] = field(default_factory=list["Element | str"])

    def data(self) -> list[Any]:
        """As JSON."""
        holds = [one if isinstance(one, str) else one.data() for one in self.holds]
        return [self.tag, self.classes, self.attributes, holds]

    def text(self) -> str:
        """All its words."""
        return "".join(one if isinstance(one, str) else one.text() for one in self.holds)

    def elements(self, *tags: str) -> Iterator[Element]:
        """Elements right below it."""
        return (one for one in self.holds if not isinstance(one, str) and one.tag in tags)


class _Reader(HTMLParser):
    def __init__(self, drawings: Drawings) -> None:
        super().__init__(convert_charrefs=True)
        self.drawings = drawings
        self.root = Element("page", [], {})
        self.open = [self.root]
        self.places: set[str] = set()
        self.title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        kept: dict[str, Any] = {key: given[key] for key in KEPT if given.get(key)}
        if tag == "img":
            if not given.get("src", "").startswith(PNG):
                return
            kept["drawing"] = self.drawings.picture(given["src"], given.get("alt", ""))
        if "drawing" in kept:
            kept["drawing"] = int(kept["drawing"])
        if "id" in kept:
            self.places.add(kept["id"])
        made = Element(tag, given.get("class", "").split(), kept)
        self.open[-1].holds.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        if any(one.tag == tag for one in self.open[1:]):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.open[-1].tag == "title":
            self.title += data
        self.open[-1].holds.append(data)


def read(page: str, drawings: Drawings) -> tuple[str, Element]:
    """The title of a page and its body."""
    reader = _Reader(drawings)
    reader.feed(drawings.taken_from(printable(page)))
    reader.close()
    (html,) = reader.root.elements("html")
    (body,) = html.elements("body")
    _tidy(body, reader.places)
    return SPACE.sub(" ", reader.title).strip(), body


def printable(text: str) -> str:
    """A text with a mark where it holds what cannot be printed."""
    return UNPRINTABLE.sub(REPLACEMENT, text)


def spelled(text: str, unknown: Mapping[str, str]) -> str:
    """A text with the characters that no font has written as their numbers."""
    for character, number in unknown.items():
        text = text.replace(character, number)
    return text


def number_of(character: str) -> str:
    """A character by its number, to be printed in its place; marks without a glyph go."""
    return "" if category(character) in ("Cf", "Mn") else f"[U+{ord(character):04X}]"


def _tidy(one: Element, places: set[str]) -> None:
    """Spaces as a browser shows them, links only to what is there, widths of tables."""
    href = one.attributes.get("href", "")
    if href.startswith("#") and href[1:] not in places:
        del one.attributes["href"]
    held, outer = one.holds, one.tag not in INLINE
    kept: list[Element | str] = []
    for place, each in enumerate(held):
        if not isinstance(each, str):
            _tidy(each, places)
            kept.append(each)
            continue
        text = SPACE.sub(" ", each)
        if _ends(held, place - 1, outer=outer):
            text = text.lstrip(" ")
        if _ends(held, place + 1, outer=outer):
            text = text.rstrip(" ")
        if text:
            kept.append(LONG.sub(lambda found: STEP.sub("\\1\u200b", found[0]), text))
    one.holds[:] = kept
    if one.tag == "table":
        one.attributes["widths"] = _widths(one)


def _ends(held: list[Element | str], place: int, *, outer: bool) -> bool:
    """Whether a line ends here: no space stands at a block's edge."""
    if not 0 <= place < len(held):
        return outer
    other = held[place]
    return not isinstance(other, str) and other.tag not in INLINE


def _widths(table: Element) -> list[float]:
    """Of each column: none where its words take one short line, else its share of the width."""
    columns: dict[int, list[str]] = {}
    for part in table.elements("thead", "tbody"):
        for row in part.elements("tr"):
            place = 0
            for cell in row.elements("th", "td"):
                span = int(cell.attributes.get("colspan", "1"))
                for each in range(place, place + span):
                    columns.setdefault(each, []).append(cell.text() if span == 1 else "")
                place += span
    return [_share(columns[place]) for place in sorted(columns)]


def _share(texts: list[str]) -> float:
    sizes = [letters(one) for one in texts]
    if max(sizes) <= SHORT:
        return 0.0
    longest = max((letters(word) for one in texts for word in one.split()), default=0)
    return round(max(sum(sizes) ** 0.5, ROOM * min(longest, MOST)), 2)


def letters(text: str) -> int:
    """How wide a text is, in letters: a Chinese character takes two."""
    return sum(1 + (east_asian_width(one) in "WF") for one in text)
