"""What changed since an older sheet, in the Word document."""

from __future__ import annotations

from typing import Any


def add_changes(document: Any, changes: dict[str, Any]) -> None:
    """Add the heading, the warnings and every section as a list."""
    document.add_heading(changes["heading"], 1)
    for text in changes["warnings"]:
        document.add_paragraph(text)
    for section in changes["sections"]:
        document.add_heading(section["title"], 2)
        for line in section["lines"]:
            document.add_paragraph(line, style="List Bullet")
