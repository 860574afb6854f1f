"""The arrays that an image is worked on as."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
"""Numbers: pixels, shares of line, levels."""
Mask = NDArray[np.bool_]
"""Which pixels, or which columns."""
Rows = NDArray[np.int64]
"""Whole numbers: rows and columns."""
