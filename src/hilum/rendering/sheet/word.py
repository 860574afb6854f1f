"""What every Word document of hilum shares: page, type, tables and pictures."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from hilum.errors import MissingExtra
from hilum.rendering.press.tree import letters
from hilum.rendering.sheet.pictures import pictures
from hilum.rendering.sheet.word_styles import CELL, LANGUAGES, TABLE, set_styles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.language import Words
    from hilum.rendering.sheet.pictures import Picture


GREY = "F4F6F8"
MM = 36_000
# Of a letter for each point of its size, and beside the words of a cell.
LETTER_MM, AIR_MM = 0.205, 3.0
# Letters of a word that may break, and of a line that may.
LONG_WORD, LONG_LINE = 16, 60
HEAD_MM = 7.0


def new_document(
    title: str,
    *,
    page: tuple[float, float],
    margins: tuple[float, float],
    size: float,
    language: str = "en",
) -> Any:
    """An empty document.

    Parameters
    ----------
    title : str
        For the file's properties.
    page, margins : (float, float)
        Width and height; margins at the sides, and at top and bottom. Millimetres.
    size : float
        Type size in points.
    language : str
        Of the text, for spelling and hyphens.

    Raises
    ------
    MissingExtra
        When python-docx is not installed.
    """
    try:
        from docx import Document
        from docx.enum.section import WD_ORIENT
        from docx.shared import Mm
    except ImportError as error:
        message = "DOCX needs the 'documents' extra: pip install 'hilum[documents]'"
        raise MissingExtra(message) from error
    document: Any = Document()
    section = document.sections[0]
    if page[0] > page[1]:
        section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(page[0]), Mm(page[1])
    section.left_margin = section.right_margin = Mm(margins[0])
    section.top_margin = section.bottom_margin = Mm(margins[1])
    section.header_distance = section.footer_distance = Mm(HEAD_MM)
    set_styles(document, size)
    # Every paragraph asks for its style by name, which the library looks for among all of them.
    document.part.get_style_id = cache(document.part.get_style_id)
    document.core_properties.title = f"hilum: {title}"
    document.core_properties.language = LANGUAGES[language]
    return document


def landscape(document: Any) -> None:
    """Go on across the page; head and foot stay those of the first section."""
    from docx.enum.section import WD_ORIENT

    before = document.sections[-1]
    section = document.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = before.page_height, before.page_width


def add_table(
    document: Any,
    header: Sequence[str] | None,
    rows: Iterable[Sequence[object]],
    widths_mm: Sequence[float] = (),
) -> None:
    """Add a table of a header, if any, and rows; a row of one cell is the head of those below it.

    Columns without given widths are as wide as what they hold.
    """
    body = [list(row) for row in rows]
    lines = [list(header), *body] if header else body
    if not lines:
        return
    columns = max(map(len, lines))
    table = document.add_table(rows=len(lines), cols=columns, style=TABLE)
    if not header:
        _plain_first(table)
    for place, (row, texts) in enumerate(zip(table.rows, lines, strict=True)):
        whole(row)
        cells = row.cells
        head = len(texts) == 1 < columns
        if head:
            shade(cells[0].merge(cells[-1]))
        for column, text in enumerate(texts):
            paragraph = cells[column].paragraphs[0]
            paragraph.style = CELL
            paragraph.paragraph_format.keep_with_next = head or None
            strong = bool(header and place == 0) or (not header and column == 0) or head
            paragraph.add_run(str(text)).bold = strong or None
    if header:
        repeat(table.rows[0])
    section = document.sections[-1]
    wide = (section.page_width - section.left_margin - section.right_margin) / MM
    size = document.styles[CELL].font.size.pt
    set_widths(table, widths_mm or fitting([x for x in lines if len(x) == columns], wide, size))


def fitting(lines: Sequence[Sequence[object]], wide: float, points: float) -> list[float]:
    """Widths in millimetres: every column holds its longest word, the rest goes where most is read.

    As browsers set a table: between the least and what its longest cell would take on one line.
    """
    letter = points * LETTER_MM
    least: list[float] = []
    wished: list[float] = []
    for column in zip(*lines, strict=True):
        texts = [str(one) for one in column]
        words = max(
            (letters(word) for text in texts for word in re.split("[ \n]", text)), default=0
        )
        whole_line = max(map(letters, texts))
        least.append(letter * min(words, LONG_WORD) + AIR_MM)
        wished.append(letter * min(whole_line, LONG_LINE) + AIR_MM)
    more = [one - low for one, low in zip(wished, least, strict=True)]
    room = wide - sum(least)
    if room <= 0 or not any(more):
        return [one * wide / sum(least) for one in least]
    return [low + room * one / sum(more) for low, one in zip(least, more, strict=True)]


def set_widths(table: Any, widths_mm: Sequence[float]) -> None:
    """Fixed widths of the columns and of each row's cells that are not merged."""
    from docx.shared import Mm

    table.autofit = False
    widths = [Mm(one) for one in widths_mm]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        cells = row._tr.tc_lst
        if len(cells) == len(widths):
            for cell, width in zip(cells, widths, strict=True):
                cell.width = width


def _plain_first(table: Any) -> None:
    """No line under the first row: it is no head."""
    from docx.oxml.ns import qn

    table._tbl.tblPr.find(qn("w:tblLook")).set(qn("w:firstRow"), "0")


def repeat(row: Any) -> None:
    """Repeat a row at the head of every page that its table covers."""
    _row_mark(row, "w:tblHeader")


def whole(row: Any) -> None:
    """Keep a row on one page."""
    _row_mark(row, "w:cantSplit")


def _row_mark(row: Any, name: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(name)
    element.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(element)


def drawn(document: Any, drawings: Sequence[str], words: Words) -> dict[str, Picture]:
    """The pictures of SVG texts; none, and the document says so, where they cannot be drawn."""
    unlike = list(dict.fromkeys(one for one in drawings if one))
    try:
        return dict(zip(unlike, pictures(unlike), strict=True))
    except MissingExtra:
        document.add_paragraph(
            words("Pictures are left out: the library that draws them (Typst) is not installed.")
        )
        return {}


def running(
    document: Any, left: str, title: str, words: Words, foot: str, informs: str = ""
) -> None:
    """Head and foot of every page: whose sheet, of when, which page of how many."""
    section = document.sections[0]
    head = section.header.paragraphs[0]
    _right_stop(document, head)
    head.text = f"{left}\t{title} · "
    before, middle, after = _pages(words)
    head.add_run(before)
    _field(head, "PAGE")
    head.add_run(middle)
    _field(head, "NUMPAGES")
    head.add_run(after)
    bottom = section.footer.paragraphs[0]
    _right_stop(document, bottom)
    bottom.text = f"{foot}\t{informs}".rstrip()


def _right_stop(document: Any, paragraph: Any) -> None:
    """One tab stop, at the right margin."""
    from docx.enum.text import WD_TAB_ALIGNMENT

    section = document.sections[0]
    stops = paragraph.paragraph_format.tab_stops
    for stop in paragraph.style.paragraph_format.tab_stops:
        stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
    width = section.page_width - section.left_margin - section.right_margin
    stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)


def _pages(words: Words) -> tuple[str, str, str]:
    text = words("page {page} of {pages}", page="\0", pages="\0")
    before, middle, after = text.split("\0")
    return before, middle, after


def _field(paragraph: Any, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", None, "end"):
        run = paragraph.add_run()
        if kind is None:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = code
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def shade(cell: Any) -> None:
    """A pale ground for the row of a verdict."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", GREY)):
        element.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(element)


def add_picture(
    document: Any, picture: Picture | None, most_mm: float, *, caption: bool = False
) -> None:
    """Add a picture with its title as alternative text, no wider than ``most_mm``."""
    from docx.shared import Mm

    if picture is None:
        return
    shape = document.add_picture(BytesIO(picture.png), width=Mm(min(picture.width_mm, most_mm)))
    shape._inline.docPr.set("descr", picture.title)
    if caption:
        document.add_paragraph(picture.title, style="Caption")
