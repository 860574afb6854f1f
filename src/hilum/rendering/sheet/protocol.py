"""A trial's protocol as one self-contained HTML page, a Word document, PDF or JSON."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from hilum._version import __version__
from hilum.analyses.forms import to_json
from hilum.records import found
from hilum.rendering.pages import page_template
from hilum.rendering.sheet.protocol_page import protocol_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.analyses.protocol import ProtocolAnswered
    from hilum.language import Words


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a protocol: its code is the ending of the file."""

    code: str
    render: Callable[[ProtocolAnswered, Words], bytes]


def render_protocol(answer: ProtocolAnswered, form: str, words: Words) -> bytes:
    """Render in one of :data:`FORMATS`.

    Raises
    ------
    UnknownCode
        Another format; lists the known ones.
    MissingExtra
        When DOCX or PDF is asked for and its library is not installed.
    """
    return found(FORMATS, form, "format").render(answer, words)


def html(answer: ProtocolAnswered, words: Words) -> str:
    """Render the page."""
    folder = files("hilum.rendering.sheet") / "templates"
    page = page_template("hilum.rendering.sheet", "templates", ("protocol.html.j2",)).render(
        language=words.language,
        _=words,
        css=(folder / "synopsis.css").read_text("utf-8"),
        **protocol_page(answer, words),
    )
    return words.page(page)


def _html(answer: ProtocolAnswered, words: Words) -> bytes:
    return html(answer, words).encode()


def _docx(answer: ProtocolAnswered, words: Words) -> bytes:
    from hilum.rendering.sheet.protocol_docx import docx

    return docx(answer, words)


def _pdf(answer: ProtocolAnswered, words: Words) -> bytes:
    from hilum.rendering.press import Running, printed

    return printed(html(answer, words), "synopsis", words, Running(foot=f"hilum {__version__}"))


def _json(answer: ProtocolAnswered, words: Words) -> bytes:
    del words
    return (to_json(answer) + "\n").encode()


FORMATS: Final = {
    one.code: one
    for one in (
        Format("html", _html),
        Format("docx", _docx),
        Format("pdf", _pdf),
        Format("json", _json),
    )
}
"""Formats of a protocol by their code; a new one is a record here."""


def protocol_text(answer: ProtocolAnswered, words: Words) -> str:
    """The protocol in lines for a terminal."""
    page = protocol_page(answer, words)
    lines = [page["title"], page["subtitle"]]
    for section in page["sections"]:
        lines += ["", section["title"]]
        for block in section["blocks"]:
            if block["title"]:
                lines.append(f"  {block['title']}")
            if block["kind"] in ("text", "against"):
                lines.append(f"  {block['text']}")
                continue
            for row in block["rows"]:
                cells = [row] if isinstance(row, str) else [cell for cell in row if cell]
                lines.append("  – " + " | ".join(cells))
            if block["note"]:
                lines.append(f"  {block['note']}")
    return "\n".join(lines)
