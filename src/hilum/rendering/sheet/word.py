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


FONT, CHINESE_FONT = "Noto Sans", "Noto Sans CJK SC"
LANGUAGES = {"en": "en-GB", "zh-Hans": "zh-CN"}


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
    style.font.name, style.font.size = FONT, Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), CHINESE_FONT)
    _language(document, LANGUAGES[language])
    _named_styles(document, size)
    document.core_properties.title = f"hilum: {title}"
    document.core_properties.language = LANGUAGES[language]
    return document


def _language(document: Any, code: str) -> None:
    """The language of every run that names no other, and of its East Asian signs."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for found in document.styles.element.iter(qn("w:lang")):
        found.getparent().remove(found)
    element = OxmlElement("w:lang")
    element.set(qn("w:val"), code)
    element.set(qn("w:eastAsia"), "zh-CN")
    document.styles["Normal"].element.get_or_add_rPr().append(element)


def _named_styles(document: Any, size: float) -> None:
    """Headings in black and small, and the styles of hilum that a clinic can change."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    heads = {"Title": size + 4, "Heading 1": size + 2, "Heading 2": size + 0.75}
    for name, points in heads.items():
        style = document.styles[name]
        style.font.size, style.font.name = Pt(points), FONT
        style.font.color.rgb = RGBColor(0x17, 0x20, 0x2A)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{kind}"), None)
        fonts.set(qn("w:eastAsia"), CHINESE_FONT)
        style.paragraph_format.space_before = Pt(0 if name == "Title" else 6)
        style.paragraph_format.space_after = Pt(2)
    normal = document.styles["Normal"].paragraph_format
    normal.space_after, normal.line_spacing = Pt(2), 1.0
    note = document.styles.add_style("Hilum note", WD_STYLE_TYPE.PARAGRAPH)
    cell = document.styles.add_style("Hilum cell", WD_STYLE_TYPE.PARAGRAPH)
    for style, points in ((note, size - 0.75), (cell, size - 0.25)):
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(points)
        style.paragraph_format.space_after = Pt(0 if style is cell else 2)
    note.font.color.rgb = RGBColor(0x46, 0x52, 0x5E)
    missing = document.styles.add_style("Hilum missing", WD_STYLE_TYPE.CHARACTER)
    missing.font.bold = True


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
    """Add a table of a header, if any, and rows of as many cells; columns of equal width, else."""
    from docx.shared import Mm

    body = [list(row) for row in rows]
    lines = [list(header), *body] if header else body
    if not lines:
        return
    table = document.add_table(rows=len(lines), cols=len(lines[0]), style="Table Grid")
    cell_style = document.styles["Hilum cell"]
    table.autofit = not widths_mm
    for column, width in zip(table.columns, widths_mm, strict=False):
        column.width = Mm(width)
    for place, (row, texts) in enumerate(zip(table.rows, lines, strict=True)):
        whole(row)
        for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            if widths_mm:
                cell.width = Mm(widths_mm[column])
            paragraph = cell.paragraphs[0]
            paragraph.style = cell_style
            strong = bool(header and place == 0) or (not header and column == 0)
            paragraph.add_run(str(text)).bold = strong or None
    if header:
        repeat(table.rows[0])


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
