"""The liver part of the Word document."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Any

from hilum.rendering.sheet.pictures import Picture
from hilum.rendering.sheet.word import add_picture, add_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.language import Words


def add_liver(document: Any, liver: dict[str, Any], words: Words) -> None:
    """Add what :class:`hilum.rendering.sheet.liver.LiverPage` says: picture, figures, tables."""
    document.add_heading(words("The liver: burden, distribution, remnant"), 1)
    document.add_paragraph(liver["source"])
    if liver["picture"]:
        _picture(document, liver, words)
    _rows(document, None, liver["facts"])
    if liver["remnant"]:
        _remnant(document, liver["remnant"], words)
    if liver["growth"]:
        document.add_paragraph(liver["growth"])
    if liver["search"]:
        _search(document, liver["search"], words)
    if liver["doses"]:
        document.add_heading(words("Radioembolisation as planned"), 2)
        _rows(document, None, liver["doses"]["rows"])
        for row in liver["doses"]["limits"]:
            document.add_paragraph(
                f"{row['text']}: {row['word']}. {row['statement']} {row['source']}",
                style="List Bullet",
            )
    _tables(document, liver, words)
    for text in (*liver["disagreements"], *liver["notices"]):
        document.add_paragraph(text)


def _picture(document: Any, liver: dict[str, Any], words: Words) -> None:
    title = words("Axial, coronal and sagittal slice, and a view from the front")
    add_picture(document, Picture(b64decode(liver["picture"]), 110.0, title), 110.0)
    paragraph = document.add_paragraph()
    for name, text in liver["legend"]:
        run = paragraph.add_run("■ ")
        run.font.color.rgb = _colour(name)
        paragraph.add_run(f"{text}   ")


def _remnant(document: Any, remnant: dict[str, Any], words: Words) -> None:
    document.add_heading(f"{words('Plan:')} {remnant['plan']}", 2)
    _rows(document, None, remnant["figures"])
    for text in remnant["lesions"]:
        document.add_paragraph(text)
    _rows(
        document,
        [
            words("Published cut-off"),
            words("This remnant"),
            words("Probability of being below"),
            words("For"),
            words("Source"),
        ],
        [
            (f"≥ {row['cutoff']}", row["value"], row["p_below"], row["population"], row["source"])
            for row in remnant["thresholds"]
        ],
    )
    document.add_paragraph(remnant["error"])


def _search(document: Any, search: dict[str, Any], words: Words) -> None:
    document.add_heading(words("Plans that treat every lesion"), 2)
    document.add_paragraph(f"{search['answer']} {search['geometry']}")
    _rows(
        document,
        [
            words("Plan"),
            words("Remnant, mL"),
            words("% of the functional liver"),
            words("% of the standard liver volume"),
            words("Lesions ablated"),
            words("Lesions left"),
        ],
        search["plans"],
    )
    for text in (*search["growth"], search["assumed"]):
        document.add_paragraph(text)


def _tables(document: Any, liver: dict[str, Any], words: Words) -> None:
    _rows(
        document,
        [
            words("Lesion"),
            "mL",
            words("Longest axial, mm"),
            words("Longest, mm"),
            words("Segments"),
            words("To veins, mm"),
        ],
        liver["lesions"],
    )
    _rows(
        document,
        [words("Segment"), "mL", words("Tumour, mL"), words("Burden, %"), words("Lesions")],
        liver["segments"],
    )


def _rows(document: Any, header: Sequence[str] | None, rows: Iterable[Sequence[str]]) -> None:
    """Add a table; nothing where there are no rows."""
    body = list(rows)
    if body:
        add_table(document, header, body)


def _colour(name: str) -> Any:
    from docx.shared import RGBColor

    from hilum.patient.liver.picture import COLOURS, GONE, KEPT, TUMOUR, VEIN

    labels = {"kept": KEPT, "gone": GONE, "tumour": TUMOUR, "vein": VEIN}
    return RGBColor(*COLOURS[labels[name]])
