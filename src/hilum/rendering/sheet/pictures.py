"""Pictures for documents that take no SVG: each as PNG, all drawn in one go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING, Any

from hilum.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Sequence

DOTS_PER_INCH = 180
MM_PER_PIXEL = 25.4 / 96
VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture: its PNG, its width as designed (mm) and what it shows, in words."""

    png: bytes
    width_mm: float
    title: str


def pictures(drawings: Sequence[str]) -> list[Picture]:
    """Draw SVG texts that bring their own style and a ``viewBox`` from 0.

    Raises
    ------
    MissingExtra
        When WeasyPrint, Pango or pypdfium2 is not installed.
    """
    if not drawings:
        return []
    try:
        from pypdfium2 import PdfDocument
        from weasyprint import HTML  # pyright: ignore[reportUnknownVariableType]
    except (ImportError, OSError) as error:
        message = "pictures need the 'documents' extra and Pango: pip install 'hilum[documents]'"
        raise MissingExtra(message) from error
    sizes = [_size(one) for one in drawings]
    kinds = {size: f"p{number}" for number, size in enumerate(dict.fromkeys(sizes))}
    pages = "".join(f"@page {name}{{size:{w}px {h}px}}" for (w, h), name in kinds.items())
    body = "".join(
        f'<div style="page:{kinds[size]};width:{size[0]}px">{drawing}</div>'
        for size, drawing in zip(sizes, drawings, strict=True)
    )
    style = f"@page{{margin:0}}{pages}body{{margin:0}}div{{break-before:page}}svg{{display:block}}"
    page: Any = HTML(string=f"<style>{style}</style>{body}")
    printed = PdfDocument(page.write_pdf())
    return [
        Picture(_png(printed[number]), size[0] * MM_PER_PIXEL, _title(drawing))
        for number, (size, drawing) in enumerate(zip(sizes, drawings, strict=True))
    ]


def _size(drawing: str) -> tuple[float, float]:
    found = VIEW.search(drawing)
    assert found is not None
    return float(found[1]), float(found[2])


def _title(drawing: str) -> str:
    found = TITLE.search(drawing)
    return unescape(found[1]) if found else ""


def _png(page: Any) -> bytes:
    from PIL.Image import Quantize

    image: Any = page.render(scale=DOTS_PER_INCH / 72).to_pil()
    out = BytesIO()
    # Few colours: a third of the bytes.
    image.quantize(64, method=Quantize.FASTOCTREE).save(out, "PNG")
    return out.getvalue()
