"""Texts as sparse rows of weights: words, pairs of words and parts of words (TF-IDF)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import sparse

from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hilum.watch import Watch

LOOK: Final = 500
"""Texts after which somebody may stop."""
_HAN = "\u3400-\u9fff\uf900-\ufaff"
# Words of two letters or more; a Chinese character stands alone, since no blank ends its word.
TOKEN = re.compile(f"[{_HAN}]|[^\\W_{_HAN}]{{2,}}")


@dataclass(frozen=True, slots=True)
class Weighing:
    """What is counted in a record, and how.

    Parameters
    ----------
    pairs : bool
        Pairs of neighbouring words beside the words.
    titles : float
        Share of the likeness of two records that is that of their titles alone.
    parts : float
        Share that is that of the parts of their words.
    lengths : tuple of (int, int)
        Of the parts; the blank before and after a word belongs to it.
    most : float
        Share of the records above which a thing says nothing.
    """

    pairs: bool = True
    titles: float = 0.0
    parts: float = 0.0
    lengths: tuple[int, int] = (3, 5)
    most: float = 0.95


def rows_of(
    titles: Sequence[str],
    abstracts: Sequence[str],
    weighing: Weighing,
    watch: Watch = SILENT,
) -> Any:
    """One row a record, float32, of length 1; shorter where a record lacks title or text."""
    texts = [f"{a}\n{b}" for a, b in zip(titles, abstracts, strict=True)]
    place, words, names = _words(texts, watch)
    counts = _counted(place, words, len(texts), max(len(names), 1))
    rest = 1 - weighing.titles - weighing.parts
    blocks = [(rest, _block(counts, place, words, weighing))]
    if weighing.titles:
        of_titles, title_words, known = _words(titles, watch)
        title_counts = _counted(of_titles, title_words, len(texts), max(len(known), 1))
        blocks.append((weighing.titles, _block(title_counts, of_titles, title_words, weighing)))
    watch.done(0)
    if weighing.parts:
        inside = (counts @ _parts(names, *weighing.lengths)).tocsr()
        blocks.append((weighing.parts, _unit(_weighed(inside, weighing))))
    made = [np.float32(np.sqrt(share)) * rows for share, rows in blocks]
    return sparse.hstack(made, format="csr", dtype=np.float32)


def _block(counts: Any, place: NDArray[Any], words: NDArray[Any], weighing: Weighing) -> Any:
    """Words, and pairs of words, of one sort of text."""
    blocks = [counts]
    if weighing.pairs:
        beside = place[1:] == place[:-1]
        pairs = words[:-1][beside] * counts.shape[1] + words[1:][beside]
        codes, pairs = np.unique(pairs, return_inverse=True)
        blocks.append(_counted(place[1:][beside], pairs, counts.shape[0], max(len(codes), 1)))
    return _unit(_weighed(sparse.hstack(blocks, format="csr"), weighing))


def _words(texts: Sequence[str], watch: Watch) -> tuple[NDArray[Any], NDArray[Any], list[str]]:
    """Text and word of every token, and the words."""
    known: defaultdict[str, int] = defaultdict()
    # A new word's number is how many there were before it.
    known.default_factory = known.__len__
    lengths: list[int] = []
    words: list[int] = []
    for at, text in enumerate(texts):
        if at % LOOK == 0:
            watch.done(0)
        found = TOKEN.findall(text.lower())
        lengths.append(len(found))
        words.extend(map(known.__getitem__, found))
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
    shape = max(len(names), 1), max(len(known), 1)
    return _counted(place, np.asarray(parts, dtype=np.int64), *shape)


def _weighed(counts: Any, weighing: Weighing) -> Any:
    """1 + log of the count, times the smoothed inverse document frequency."""
    n = counts.shape[0]
    standing = np.bincount(counts.indices, minlength=counts.shape[1])
    kept = (standing > 0) & (standing <= max(weighing.most * n, 1.0))
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
