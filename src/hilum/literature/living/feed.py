"""What a living review tells, as an Atom feed (RFC 4287) for any reader of feeds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

ATOM = "http://www.w3.org/2005/Atom"
# Characters that XML cannot hold.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing told: its id (kept for ever), when, the headline, the whole text."""

    entry_id: str
    updated: str
    title: str
    text: str


def atom(feed_id: str, title: str, entries: Sequence[Entry], updated: str) -> bytes:
    """The feed, the newest first.

    Parameters
    ----------
    feed_id, title : str
    entries : sequence of Entry
    updated : str
        When the feed was last written, for one without entries (ISO 8601 with a zone).
    """
    Tree.register_namespace("", ATOM)
    root = Tree.Element(f"{{{ATOM}}}feed")
    ordered = sorted(entries, key=lambda one: (one.updated, one.entry_id), reverse=True)

    def add(parent: Tree.Element, name: str, text: str, **attributes: str) -> None:
        Tree.SubElement(parent, f"{{{ATOM}}}{name}", attributes).text = _NOT_XML.sub("", text)

    add(root, "id", feed_id)
    add(root, "title", title)
    add(root, "updated", ordered[0].updated if ordered else updated)
    author = Tree.SubElement(root, f"{{{ATOM}}}author")
    add(author, "name", "hilum")
    for one in ordered:
        entry = Tree.SubElement(root, f"{{{ATOM}}}entry")
        add(entry, "id", one.entry_id)
        add(entry, "title", one.title)
        add(entry, "updated", one.updated)
        add(entry, "content", one.text, type="text")
    return Tree.tostring(root, encoding="utf-8", xml_declaration=True)
