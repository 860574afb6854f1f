"""A short hash of content: the same rows have the same, however their files are laid out."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# 16 hexadecimal digits: 1 in 10 million that two of a million contents share one.
DIGITS = 16


def fingerprint(rows: Iterable[object]) -> str:
    """Hash of rows (plain data) whatever their order: the first 16 hex digits of SHA-256."""
    plain = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str)
    texts = sorted(map(plain.encode, rows))
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:DIGITS]
