"""How long one cell of a CSV may be: one bound for every reader, whatever was read before."""

import csv
from typing import Final

LONGEST: Final = 2**24
"""Characters of a cell that any reader takes: an abstract or a full text in one cell has less."""

LONGEST_FIGURE: Final = 2**17
"""Characters of a cell of a table of figures: what is longer lacks a closing quotation mark."""

# The library keeps one bound for the whole process. Raised where long texts are read, it would let
# what a table may hold rest on what this process had read before.
csv.field_size_limit(LONGEST)
