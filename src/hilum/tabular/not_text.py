"""Files that are no text, told apart by how they begin: what a person sent instead of a table."""

from __future__ import annotations

from typing import Final

from hilum.errors import Fault, phrased

KINDS: Final = (
    (b"\x89PNG", phrased("a picture (PNG)")),
    (b"\xff\xd8\xff", phrased("a picture (JPEG)")),
    (b"GIF8", phrased("a picture (GIF)")),
    (b"BM", phrased("a picture (BMP)")),
    (b"II*\x00", phrased("a picture (TIFF)")),
    (b"MM\x00*", phrased("a picture (TIFF)")),
    (b"%PDF", phrased("a PDF")),
    (b"PK\x03\x04", phrased("a ZIP file, or a document of an office program")),
    (b"\xd0\xcf\x11\xe0", phrased("a document of an older office program (.doc, .xls)")),
    (b"\x1f\x8b", phrased("a compressed file (gzip)")),
    (b"7z\xbc\xaf", phrased("a compressed file (7z)")),
    (b"Rar!", phrased("a compressed file (RAR)")),
    (b"SQLite format", phrased("a database (SQLite)")),
)
"""How files of other kinds begin, and what they are."""
OTHER: Final = phrased("a file of another kind")


def not_text(head: bytes, file: str) -> Fault:
    """The fault of a file whose first bytes, ``head``, are no text."""
    what = next((what for begins, what in KINDS if head.startswith(begins)), OTHER)
    wanted = phrased(
        "text, such as a table or a search export (this file holds zero bytes: it is {what}; a "
        "workbook ends in .xlsx)",
        what=what,
    )
    return Fault(file, None, "file", file, wanted)
