"""XML exports cut into one piece a record, each read on its own: a broken one spoils no other.

No DTD is read and no entity is declared: a file that declares one is refused before anything of
it is expanded.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, ParseError, fromstring

from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.literature.bibliography.lines import Text

# Longest record that is looked for: a record that is never closed does not swallow the file.
LONGEST: Final = 2**24
_NAMED: Final = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_OWN: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
_BARE: Final = re.compile(r"&(?!#\d{1,7};|#x[0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
# The prefix of an element's name; "xml:" of an attribute is declared everywhere.
_PREFIX: Final = re.compile(
    r"""(</?|\s)(?!xml(?:ns)?:)[A-Za-z_][\w.-]*:(?=[\w.-]+(?:[\s/>]|=["']))"""
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*[0-8bcefBCEF]|[0-8]);")
ENTITY: Final = re.compile(r"<!(?:ENTITY|ELEMENT|ATTLIST)", re.IGNORECASE)
DEEP: Final = 60
INLINE: Final = frozenset(
    {"style", "i", "b", "u", "em", "strong", "sup", "sub", "font", "math", "italic", "bold"}
)
"""Elements that say how a part of a text is printed: the text is that of what holds them."""


def pieces(text: Text, names: tuple[str, ...]) -> Iterator[tuple[int, str, bool]]:
    """Line, text and whether it is closed, of each element of the ``names``, not nested.

    Raises
    ------
    InputError
        A file that declares entities.
    """
    begin = re.compile(rf"<((?:[\w.-]{{1,30}}:)?(?:{'|'.join(names)}))(?=[\s>/])")
    rest, line = "", 1
    for block in text.blocks():
        rest += block
        if ENTITY.search(rest):
            expected = "XML without declarations of its own (<!ENTITY>): they are never read"
            raise InputError(Fault(text.path.name, line, "file", "<!ENTITY", expected))
        at = 0
        while (found := begin.search(rest, at)) is not None:
            end = _end(rest, found)
            again = begin.search(rest, found.end())
            if again is not None and (end < 0 or again.start() < end):
                piece, closed, after = rest[found.start() : again.start()], False, again.start()
            elif end < 0:
                break
            else:
                piece, closed, after = rest[found.start() : end], True, end
            line += rest.count("\n", at, found.start())
            yield line, text.decoded(piece), closed
            line += rest.count("\n", found.start(), after)
            at = after
        # A name cut in two by the block's end is kept.
        cut = at if found is not None else max(at, len(rest) - 64)
        line += rest.count("\n", at, cut)
        rest = rest[cut:]
    found = begin.search(rest)
    if found is not None:
        yield line + rest.count("\n", 0, found.start()), text.decoded(rest[found.start() :]), False


def _end(text: str, found: re.Match[str]) -> int:
    close = f"</{found[1]}>"
    at = text.find(close, found.end())
    return -1 if at < 0 else at + len(close)


def parsed(piece: str) -> Element | None:
    """A piece as an element, without namespaces; None where it is no XML.

    Before it is none, its entities and bare "&" are told, and prefixes that were declared around
    it are left out.
    """
    try:
        return bared(fromstring(piece))
    except ParseError:
        pass
    mended = _BARE.sub("&amp;", _NAMED.sub(_told, _CONTROL.sub("", piece)))
    for one in (mended, _PREFIX.sub(r"\1", mended)):
        try:
            return bared(fromstring(one))
        except ParseError:
            continue
    return None


def bared(root: Element) -> Element:
    """The same element; names in it lose their namespace."""
    for one in root.iter():
        if one.tag.startswith("{"):
            one.tag = one.tag.partition("}")[2]
    return root


def _told(found: re.Match[str]) -> str:
    if found[1] in _OWN:
        return found[0]
    said = html.unescape(found[0])
    return "&amp;" + found[0][1:] if said == found[0] else said


def words(element: Element | None) -> str:
    """All text in an element, markup left out."""
    return "" if element is None else "".join(element.itertext())


def leaves(element: Element, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Path and text of everything that holds text, and attributes as ``path@name``."""
    for name, value in element.attrib.items():
        yield f"{path}@{name}", value
    children = list(element)
    mixed = bool((element.text or "").strip()) or any(
        (one.tail or "").strip() or one.tag in INLINE for one in children
    )
    if mixed or not children or depth > DEEP:
        value = words(element)
        if value.strip() and path:
            yield path, value
        return
    for child in children:
        yield from leaves(child, f"{path}/{child.tag}" if path else child.tag, depth + 1)
