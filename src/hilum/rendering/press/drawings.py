"""The drawings of a page: taken out of its HTML, each told by its own title."""

from __future__ import annotations

import re
from base64 import b64decode
from html import unescape
from typing import Any

SVG = re.compile(r"<svg\b|</svg>")
VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
CLASS = re.compile(r'class="([^"]*)"')
NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
# Of Chinese words the font is named: another one's glyphs are those of Japan.
CHINESE = re.compile("<text\\b([^>]*)>(?=[^<]*[\u2e80-\uffef])")
NAMED = r'<text\1 style="font-family:Noto Sans CJK SC">'
PNG = "data:image/png;base64,"


class Drawings:
    """What is drawn on a page, each once; pictures of dots are files of their own."""

    def __init__(self) -> None:
        self.data: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self._known: dict[str, int] = {}

    def taken_from(self, page: str) -> str:
        """The page with an element of its number and class where each drawing stood."""
        out: list[str] = []
        depth = start = end = 0
        for found in SVG.finditer(page):
            if found[0] == "</svg>":
                depth -= 1
                if depth == 0:
                    out.append(self._stand_in(page[start : found.end()]))
                    end = found.end()
            else:
                if depth == 0:
                    start = found.start()
                    out.append(page[end:start])
                depth += 1
        return "".join(out) + page[end:]

    def _stand_in(self, svg: str) -> str:
        number = self._known.setdefault(svg, len(self.data))
        if number == len(self.data):
            self.data.append(drawing(svg))
        head = svg[: svg.index(">")]
        classes = found[1] if (found := CLASS.search(head)) else ""
        return f'<svg class="{classes}" drawing="{number}"></svg>'

    def picture(self, source: str, said: str) -> int:
        """The number of a picture of dots."""
        content = b64decode(source.removeprefix(PNG))
        name = f"p{len(self.data)}.png"
        width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
        self.files[name] = content
        self.data.append(
            {"file": name, "format": "png", "width": width, "height": height, "said": said or None}
        )
        return len(self.data) - 1


def drawing(svg: str) -> dict[str, Any]:
    """A drawing that brings its own style, with its size and what it shows in words."""
    view = VIEW.search(svg)
    assert view is not None
    title = TITLE.search(svg)
    head, rest = CHINESE.sub(NAMED, svg).split(">", 1)
    named = head if NAMESPACE in head else f"{head} {NAMESPACE}"
    return {
        "svg": f"{named}>{rest}",
        "format": "svg",
        "width": float(view[1]),
        "height": float(view[2]),
        "said": None if 'aria-hidden="true"' in head or title is None else unescape(title[1]),
    }
