"""Tables that the tests of analyses ask about."""

from pathlib import Path

from hilum.analyses.tables import Table, read_table

EXAMPLES = Path(__file__).parents[2] / "examples"
BCG = read_table(EXAMPLES / "bcg.csv")
SMOKING = read_table(EXAMPLES / "smoking.csv")
TAE = read_table(EXAMPLES / "survival-tae.csv")


def table(header, *rows):
    """A table as a file would give it."""
    cells = tuple(tuple(str(cell) for cell in row) for row in rows)
    return Table("t.csv", tuple(header.split()), cells, tuple(range(2, len(cells) + 2)))
