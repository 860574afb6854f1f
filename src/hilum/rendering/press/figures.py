"""A plot as a file that a journal takes: SVG, PDF, PNG, TIFF or EPS, its fonts inside."""

from __future__ import annotations

import json
import shutil
import subprocess
from io import BytesIO
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from hilum.errors import MissingExtra
from hilum.rendering.press.drawings import drawing
from hilum.rendering.press.press import MAIN, compiler, images, style_of

if TYPE_CHECKING:
    from collections.abc import Callable

# What puts a PDF into EPS: a part of Poppler, which most systems have.
TO_EPS: Final = "pdftops"
# Seconds that it may take.
PATIENCE: Final = 60
# Dots an inch from which on digits are whole.
FINE: Final = 240


def figure(svg: str, ending: str, dots_per_inch: int = 300) -> bytes:
    """A drawing in the format of a file's ending.

    Parameters
    ----------
    ending : str
        One of :data:`FORMATS`, with its point.
    dots_per_inch : int
        Of PNG and TIFF; the others have none.

    Raises
    ------
    MissingExtra
        The extra ``documents`` is not installed; or, for EPS, Poppler.
    """
    return FORMATS[ending](svg, dots_per_inch)


def _svg(svg: str, dots_per_inch: int) -> bytes:
    del dots_per_inch
    return svg.encode()


def _pdf(svg: str, dots_per_inch: int) -> bytes:
    del dots_per_inch
    with TemporaryDirectory(prefix="hilum-") as folder:
        (Path(folder) / MAIN).write_text(style_of("picture"), "utf-8")
        given = json.dumps({"drawings": [drawing(svg)]})
        return bytes(compiler(Path(folder), given).compile(format="pdf"))


def _png(svg: str, dots_per_inch: int) -> bytes:
    """With its density, so that it has its size on paper."""
    return _dots(svg, dots_per_inch, "PNG")


def _tiff(svg: str, dots_per_inch: int) -> bytes:
    return _dots(svg, dots_per_inch, "TIFF", compression="tiff_lzw")


def _dots(svg: str, dots_per_inch: int, kind: str, **more: str) -> bytes:
    from PIL import Image

    out = BytesIO()
    # Few dots cut the edges of digits: they are drawn of many, and these averaged.
    finer = max(1, ceil(FINE / dots_per_inch))
    with Image.open(BytesIO(images([drawing(svg)], finer * dots_per_inch)[0])) as made:
        # Journals take no transparency: paper is white.
        paper = Image.new("RGB", made.size, "white")
        paper.paste(made, mask=made.getchannel("A") if "A" in made.getbands() else None)
        paper = paper.reduce(finer)
        paper.save(out, kind, dpi=(dots_per_inch, dots_per_inch), **more)
    return out.getvalue()


def _eps(svg: str, dots_per_inch: int) -> bytes:
    program = shutil.which(TO_EPS)
    if program is None:
        message = "EPS needs pdftops (Poppler, the package poppler-utils): or take PDF"
        raise MissingExtra(message)
    with TemporaryDirectory(prefix="hilum-") as folder:
        source, target = Path(folder) / "figure.pdf", Path(folder) / "figure.eps"
        source.write_bytes(_pdf(svg, dots_per_inch))
        subprocess.run(
            [program, "-eps", "-level3", source, target],
            check=True, capture_output=True, timeout=PATIENCE,
        )  # fmt: skip
        return target.read_bytes()


FORMATS: Final[dict[str, Callable[[str, int], bytes]]] = {
    ".svg": _svg,
    ".pdf": _pdf,
    ".png": _png,
    ".tif": _tiff,
    ".tiff": _tiff,
    ".eps": _eps,
}
"""What writes a drawing, by the ending of the file's name."""
