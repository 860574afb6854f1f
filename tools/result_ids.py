"""Give an id to the figures of an evidence folder that lack one; ids that exist stay.

python -m tools.result_ids [folder]
"""

import csv
import sys
from io import StringIO
from pathlib import Path

from hilum.evidence.ids import COLUMN, with_ids

SHIPPED = Path(__file__).parents[1] / "src" / "hilum" / "evidence" / "netlm"


def give_ids(folder: Path) -> int:
    """Write the column into ``results.csv``; returns how many ids are new."""
    path = folder / "results.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    old = [row.get(COLUMN) or "" for row in rows]
    new = with_ids([row["study_id"] for row in rows], old)
    out = StringIO()
    header = [name for name in rows[0] if name != COLUMN]
    writer = csv.DictWriter(out, [*header, COLUMN], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, COLUMN: one} for row, one in zip(rows, new, strict=True))
    path.write_text(out.getvalue(), encoding="utf-8")
    return sum(not one for one in old)


if __name__ == "__main__":
    print(f"{give_ids(Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED)} new id(s)")
