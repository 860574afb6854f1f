"""A trial's protocol as a Word document, with room where the team decides."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from hilum._version import __version__
from hilum.rendering.sheet.protocol_page import protocol_page
from hilum.rendering.sheet.word import add_table, new_document, running, shade

if TYPE_CHECKING:
    from hilum.analyses.protocol import ProtocolAnswered
    from hilum.language import Words

BLANKS_MM = (62.0, 62.0, 50.0)
PAIRS_MM = (50.0, 124.0)
LISTS = {"list": "List Bullet", "steps": "List Number"}


def docx(answer: ProtocolAnswered, words: Words) -> bytes:
    """Render the document.

    Raises
    ------
    MissingExtra
        When python-docx is not installed.
    """
    page = protocol_page(answer, words)
    document = new_document(
        page["title"], page=(210, 297), margins=(18, 16), size=9, language=words.language
    )
    running(
        document,
        page["subtitle"],
        words("Protocol of a trial: neuroendocrine liver metastases"),
        words,
        f"hilum {__version__}",
    )
    document.add_heading(page["title"], 0)
    document.add_paragraph(page["subtitle"])
    document.add_paragraph(words(DRAFT, count=page["blank_count"]))
    for section in page["sections"]:
        document.add_heading(section["title"], 1)
        for block in section["blocks"]:
            _block(document, block)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _block(document: Any, block: dict[str, Any]) -> None:
    if block["title"]:
        document.add_heading(block["title"], 2)
    kind = block["kind"]
    if kind == "text":
        document.add_paragraph(block["text"])
    elif kind == "against":
        document.add_paragraph().add_run(block["text"]).bold = True
    elif kind in LISTS:
        for row in block["rows"]:
            document.add_paragraph(row, style=LISTS[kind])
    elif kind == "pairs":
        add_table(document, None, block["rows"], PAIRS_MM)
    elif kind == "blanks":
        add_table(document, block["columns"], block["rows"], BLANKS_MM)
        for row in document.tables[-1].rows[1:]:
            shade(row.cells[-1])
    else:
        add_table(document, block["columns"], block["rows"])
    if block["note"]:
        document.add_paragraph(block["note"])


DRAFT = (
    "A draft made by research software from a design's numbers, tables with sources and published "
    "rules. It is no protocol until the team has decided what is marked ({count} decisions) and "
    "confirmed the rest."
)
"""What stands under the title; an id of the catalogue."""
