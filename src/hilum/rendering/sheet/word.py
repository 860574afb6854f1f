"""What every Word document of hilum shares: page, type, tables and pictures."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

from hilum.errors import MissingExtra
from hilum.rendering.sheet.pictures import pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.language import Words
    from hilum.rendering.sheet.pictures import Picture


def new_document(
    title: str, *, page: tuple[float, float], margins: tuple[float, float], size: float
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

    Raises
    ------
    MissingExtra
        When python-docx is not installed.
    """
    try:
        from docx import Document
        from docx.enum.section import WD_ORIENT
        from docx.oxml.ns import qn
        from docx.shared import Mm, Pt
    except ImportError as error:
        message = "DOCX needs the 'documents' extra: pip install 'hilum[documents]'"
        raise MissingExtra(message) from error
    document = Document()
    section = document.sections[0]
    if page[0] > page[1]:
        section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(page[0]), Mm(page[1])
    section.left_margin = section.right_margin = Mm(margins[0])
    section.top_margin = section.bottom_margin = Mm(margins[1])
    style = cast("Any", document.styles["Normal"])
    style.font.name, style.font.size = "Noto Sans", Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Sans CJK SC")
    document.core_properties.title = f"hilum: {title}"
    return document


def landscape(document: Any) -> None:
    """Go on across the page; head and foot stay those of the first section."""
    from docx.enum.section import WD_ORIENT

    before = document.sections[-1]
    section = document.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = before.page_height, before.page_width


def add_table(
    document: Any, header: Sequence[str] | None, rows: Iterable[Sequence[object]]
) -> None:
    """Add a table of a header, if any, and rows of as many cells."""
    body = [list(row) for row in rows]
    lines = [list(header), *body] if header else body
    table = document.add_table(rows=len(lines), cols=len(lines[0]), style="Light Grid Accent 1")
    for row, texts in zip(table.rows, lines, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = str(text)


def drawn(document: Any, drawings: Sequence[str], words: Words) -> dict[str, Picture]:
    """The pictures of SVG texts; none, and the document says so, where they cannot be drawn."""
    unlike = list(dict.fromkeys(one for one in drawings if one))
    try:
        return dict(zip(unlike, pictures(unlike), strict=True))
    except MissingExtra:
        document.add_paragraph(
            words("Pictures are left out: the library that draws them (Pango) is not installed.")
        )
        return {}


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
