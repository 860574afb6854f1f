"""Users' tables from bytes to rows of text: one reader for CSV and XLSX, every fault named.

Nothing is guessed: what a cell shows and what a file stores must be one.
"""

from hilum.tabular.columns import bare, given_names, renamed
from hilum.tabular.encoding import UTF8, decode, read_text, visible
from hilum.tabular.hidden import column_name
from hilum.tabular.intervals import limits_in, names_intervals, part_intervals
from hilum.tabular.levels import REPORTED, limits_read, plain_level, stated_level
from hilum.tabular.rows import (
    Row,
    Sheet,
    read_sheet,
    sheet_of,
    studies_at,
    study_doubts,
    study_faults,
)
from hilum.tabular.values import MISSING, count_faults, number

__all__ = [
    "MISSING",
    "REPORTED",
    "UTF8",
    "Row",
    "Sheet",
    "bare",
    "column_name",
    "count_faults",
    "decode",
    "given_names",
    "limits_in",
    "limits_read",
    "names_intervals",
    "number",
    "part_intervals",
    "plain_level",
    "read_sheet",
    "read_text",
    "renamed",
    "sheet_of",
    "stated_level",
    "studies_at",
    "study_doubts",
    "study_faults",
    "visible",
]
