"""How groups are scored: copies removed of those there are, works kept of those there are."""

from __future__ import annotations

import csv
import lzma
from collections import Counter
from pathlib import Path

DATA = Path(__file__).parent / "data"


def unpacked(name: str, folder: Path) -> Path:
    """A packed set as a file."""
    made = folder / name
    made.write_bytes(lzma.decompress((DATA / f"{name}.xz").read_bytes()))
    return made


def truth(name: str) -> dict[str, str]:
    """The work of each record: its group, or itself."""
    with (DATA / f"{name}.groups.csv").open(encoding="utf-8") as file:
        return {
            row["rec_number"]: row["group"] or f"alone {row['rec_number']}"
            for row in csv.DictReader(file)
        }


def scored(groups: list[list[str]], works: dict[str, str]) -> tuple[float, float]:
    """Sensitivity and specificity; of each group the first record of its commonest work stays."""
    copies = len(works) - len(set(works.values()))
    removed = 0
    kept = set(works.values())
    alone = set(works) - {one for group in groups for one in group}
    stay = {works[one] for one in alone}
    for group in groups:
        counts = Counter(works[one] for one in group)
        removed += sum(count - 1 for count in counts.values())
        stay.add(max(counts, key=lambda work: counts[work]))
    return (removed / copies if copies else 1.0), len(kept & stay) / len(kept)
