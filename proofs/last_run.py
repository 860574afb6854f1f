"""What an attack's last whole run found, written into its row of the threat model."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "threat-model.md"


def written(page: str, attack: str, found: str, day: datetime) -> str:
    """The page with another last cell in the row that begins with an attack."""
    lines = page.split("\n")
    rows = [place for place, line in enumerate(lines) if line.startswith(f"| `{attack}` |")]
    if len(rows) != 1:
        raise ValueError(f"{len(rows)} rows of {attack} instead of one")
    cells = lines[rows[0]].split(" | ")
    said = f"{day.day} {day:%B %Y}, hilum {version('hilum')}: {found} |"
    lines[rows[0]] = " | ".join([*cells[:-1], said])
    return "\n".join(lines)


def write(attack: str, found: str, page: Path = PAGE) -> None:
    """Put what was found today into the row of an attack."""
    text = written(page.read_text("utf-8"), attack, found, datetime.now(UTC))
    page.write_text(text, "utf-8")
