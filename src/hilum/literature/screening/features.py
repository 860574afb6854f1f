"""Texts as sparse rows of weights: words, pairs of words and parts of words (TF-IDF)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_HAN = "\u3400-\u9fff\uf900-\ufaff"
# Words of two letters or more; a Chinese character stands alone, since no blank ends its word.
TOKEN = re.compile(f"[{_HAN}]|[^\\W_{_HAN}]{{2,}}")


@dataclass(frozen=True, slots=True)
class Weighing:
    """What is counted in a text, and how.

    Parameters
    ----------
    pairs : bool
        Pairs of neighbouring words beside the words.
    parts : tuple of (int, int) or None
        Lengths of the parts of words, the blank before and after a word belonging to it; None
        counts none.
    share : float
        Length of the rows of parts beside that of the rows of words.
    least : int
        Texts in which a thing has to stand at least.
    most : float
        Share of the texts above which it says nothing.
    """

    pairs: bool = True
    parts: tuple[int, int] | None = (3, 5)
    share: float = 1.0
    least: int = 1
    most: float = 0.95


def rows_of(texts: Sequence[str], weighing: Weighing) -> Any:
    """One row a text, float32, of length 1 (0 for a text without words)."""
    place, words, names = _words(texts)
    n, known = len(texts), max(len(names), 1)
    counts = _counted(place, words, n, known)
    blocks = [counts]
    if weighing.pairs:
        beside = place[1:] == place[:-1]
        pairs = words[:-1][beside].astype(np.int64) * known + words[1:][beside]
        codes, pairs = np.unique(pairs, return_inverse=True)
        blocks.append(_counted(place[1:][beside], pairs, n, max(len(codes), 1)))
    whole = _unit(_weighed(sparse.hstack(blocks, format="csr"), weighing))
    if weighing.parts is not None and weighing.share:
        inside = counts @ _parts(names, *weighing.parts)
        parts = _unit(_weighed(inside.tocsr(), weighing)) * np.float32(weighing.share)
        whole = _unit(sparse.hstack([whole, parts], format="csr"))
    return whole


def _words(texts: Sequence[str]) -> tuple[NDArray[Any], NDArray[Any], list[str]]:
    """Text and word of every token, and the words."""
    known: dict[str, int] = {}
    lengths: list[int] = []
    words: list[int] = []
    for text in texts:
        found = TOKEN.findall(text.lower())
        lengths.append(len(found))
        words += [known.setdefault(word, len(known)) for word in found]
    place = np.repeat(np.arange(len(texts)), lengths)
    return place, np.asarray(words, dtype=np.int64), list(known)


def _counted(place: NDArray[Any], what: NDArray[Any], rows: int, columns: int) -> Any:
    ones = np.ones(len(what), dtype=np.float32)
    return sparse.coo_matrix((ones, (place, what)), shape=(rows, columns)).tocsr()


def _parts(names: list[str], low: int, high: int) -> Any:
    """How often each part stands in each word."""
    known: dict[str, int] = {}
    lengths: list[int] = []
    parts: list[int] = []
    for name in names:
        word = f" {name} "
        found = [
            known.setdefault(word[at : at + size], len(known))
            for size in range(low, min(high, len(word)) + 1)
            for at in range(len(word) - size + 1)
        ]
        lengths.append(len(found))
        parts += found
    place = np.repeat(np.arange(len(names)), lengths)
    return _counted(place, np.asarray(parts, dtype=np.int64), len(names), max(len(known), 1))


def _weighed(counts: Any, weighing: Weighing) -> Any:
    """1 + log of the count, times the smoothed inverse document frequency."""
    n = counts.shape[0]
    standing = np.bincount(counts.indices, minlength=counts.shape[1])
    kept = (standing >= weighing.least) & (standing <= max(weighing.most * n, 1.0))
    counts = counts[:, np.flatnonzero(kept)]
    inverse = np.log((1 + n) / (1 + standing[kept])) + 1
    data = (1 + np.log(counts.data)) * inverse[counts.indices]
    return sparse.csr_matrix(
        (data.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape
    )


def _unit(rows: Any) -> Any:
    """Rows of length 1."""
    squares = np.add.reduceat(np.append(rows.data**2, 0), rows.indptr[:-1])
    squares[np.diff(rows.indptr) == 0] = 0
    length = np.sqrt(squares)
    scale = np.divide(1, length, out=np.zeros_like(length), where=length > 0)
    data = rows.data * np.repeat(scale, np.diff(rows.indptr))
    return sparse.csr_matrix((data.astype(np.float32), rows.indices, rows.indptr), shape=rows.shape)
