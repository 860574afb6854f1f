"""Pictures for documents that take no SVG: each as PNG, all drawn in one go."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from hilum.rendering.press import drawing, images

if TYPE_CHECKING:
    from collections.abc import Sequence

DOTS_PER_INCH = 180
MM_PER_PIXEL = 25.4 / 96


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
        When Typst is not installed.
    """
    if not drawings:
        return []
    made = [drawing(one) for one in drawings]
    return [
        Picture(_few_colours(png), one["width"] * MM_PER_PIXEL, one["said"] or "")
        for png, one in zip(images(made, DOTS_PER_INCH), made, strict=True)
    ]


def _few_colours(png: bytes) -> bytes:
    """A third of the bytes."""
    from PIL import Image

    out = BytesIO()
    with Image.open(BytesIO(png)) as image:
        image.convert("RGB").quantize(64, method=Image.Quantize.FASTOCTREE).save(out, "PNG")
    return out.getvalue()
