"""The styles of a Word document of hilum, which a clinic can change to its own."""

from __future__ import annotations

from typing import Any

FONT, CHINESE_FONT = "Noto Sans", "Noto Sans CJK SC"
LANGUAGES = {"en": "en-GB", "zh-Hans": "zh-CN"}
TABLE, CELL, NOTE = "Hilum table", "Hilum cell", "Hilum note"
EDGE, HAIR = "76818C", "D6DCE2"


def set_styles(document: Any, size: float) -> None:
    """Type, languages, headings, tables and notes, for a type size in points."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), CHINESE_FONT)
    _language(document)
    _named_styles(document, size)


def _language(document: Any) -> None:
    """The language of every run that names no other, and of its East Asian signs."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for found in document.styles.element.iter(qn("w:lang")):
        found.getparent().remove(found)
    element = OxmlElement("w:lang")
    # Words in Latin letters are English in a Chinese document too: they do not break anywhere.
    element.set(qn("w:val"), LANGUAGES["en"])
    element.set(qn("w:eastAsia"), LANGUAGES["zh-Hans"])
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
    _plain_title(document.styles["Title"])
    _table_style(document)
    normal = document.styles["Normal"].paragraph_format
    normal.space_after, normal.line_spacing = Pt(2), 1.0
    note = document.styles.add_style(NOTE, WD_STYLE_TYPE.PARAGRAPH)
    cell = document.styles.add_style(CELL, WD_STYLE_TYPE.PARAGRAPH)
    for style, points in ((note, size - 0.75), (cell, size - 0.25)):
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(points)
        style.paragraph_format.space_after = Pt(0 if style is cell else 2)
    note.font.color.rgb = RGBColor(0x46, 0x52, 0x5E)
    missing = document.styles.add_style("Hilum missing", WD_STYLE_TYPE.CHARACTER)
    missing.font.bold = True


def _plain_title(style: Any) -> None:
    """Bold and without the line and the wide letters of the template."""
    from docx.oxml.ns import qn

    style.font.bold = True
    for part, names in (
        (style.element.pPr, ("w:pBdr",)),
        (style.element.rPr, ("w:spacing", "w:kern")),
    ):
        for name in names:
            if (found := part.find(qn(name))) is not None:
                part.remove(found)


def _table_style(document: Any) -> None:
    """Hair lines between rows, a stronger one under the head and at the end; no vertical ones."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    style = document.styles.add_style(TABLE, WD_STYLE_TYPE.TABLE)
    style.base_style = document.styles["Normal Table"]

    def line(name: str, colour: str) -> str:
        return f'<w:{name} w:val="single" w:sz="4" w:space="0" w:color="{colour}"/>'

    borders = line("top", EDGE) + line("bottom", EDGE) + line("insideH", HAIR)
    margins = '<w:left w:w="0" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>'
    style.element.append(
        parse_xml(
            f"<w:tblPr {nsdecls('w')}><w:tblBorders>{borders}</w:tblBorders>"
            f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        )
    )
    head = f"<w:tcPr><w:tcBorders>{line('bottom', EDGE)}</w:tcBorders></w:tcPr>"
    style.element.append(
        parse_xml(f'<w:tblStylePr {nsdecls("w")} w:type="firstRow">{head}</w:tblStylePr>')
    )
