"""A finished picture with one more line above it."""

from __future__ import annotations

import re
from html import escape
from typing import Final

HEAD: Final = re.compile(r'<svg\b[^>]*?viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"[^>]*>')
NAME: Final = re.compile(r"<title>(.*?)</title>", re.S)
ROOM: Final = 26
LETTER: Final = 6.6
"""Width of a letter of 12 px, on the safe side."""


def headed(svg: str, line: str) -> str:
    """A drawing moved down by lines that say of what it is, which its name says too."""
    head = HEAD.match(svg)
    if head is None:
        message = "a drawing without a viewBox from 0 0"
        raise ValueError(message)
    width, height = float(head["width"]), float(head["height"])
    lines = _folded(line, max(int((width - 20) / LETTER), 20))
    room = ROOM + 16 * (len(lines) - 1)
    outer = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height + room:g}" '
        f'role="img">'
    )
    name = NAME.search(svg)
    told = f"{escape(line)} {name[1] if name else ''}".strip()
    rows = "".join(
        f'<text x="10" y="{17 + 16 * i}" font-size="12" font-family="sans-serif" '
        f'fill="#17202a">{escape(one)}</text>'
        for i, one in enumerate(lines)
    )
    whole = f'<rect width="{width:g}" height="{height + room:g}" fill="#fff"/>'
    inside = svg[head.end() :]
    inner = (
        f'<svg y="{room}" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}">'
    )
    return f"{outer}<title>{told}</title>{whole}{rows}{inner}{inside}</svg>"


def _folded(line: str, most: int) -> list[str]:
    """Lines of at most so many letters, of which a Chinese one counts for two."""
    out, now, width = list[str](), "", 0
    for piece in re.findall(r"\S+\s*|\s+", line):
        parts = [piece] if piece.isascii() else list(piece)
        for part in parts:
            wide = sum(2 if ord(one) > 0x2E80 else 1 for one in part)
            if now and width + wide > most:
                out.append(now.rstrip())
                now, width = "", 0
            now, width = now + part, width + wide
    return [*out, now.rstrip()] if now.strip() else out
