"""The shipped searches: one for each treatment of the evidence, from a table of text words.

Words of titles and abstracts only, no subject headings: a heading that does not exist, or does not
mean what one thinks, loses records in silence. Each search joins the treatment's words, words of
neuroendocrine tumours, and of the spread to the liver: for treatments of the liver both liver and
spread, for drugs either.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from hilum.literature.searches.saved import Saved

if TYPE_CHECKING:
    from collections.abc import Callable

    _Said = Callable[["Word"], tuple[str, ...]]

SET: Final = "netlm"
TUMOUR: Final = "tumour"
PLACES: Final = {"local": ("liver", "spread"), "drug": ("advanced",)}
"""Blocks of the spread by the kind of a treatment."""


@dataclass(frozen=True, slots=True)
class Word:
    """A text word: as it is, with ``*`` for every ending; ``forms`` are those endings in full."""

    block: str
    treatment: str
    word: str
    forms: tuple[str, ...]

    @property
    def whole(self) -> tuple[str, ...]:
        """Without truncation: for services that know none."""
        return self.forms or (self.word,)


@cache
def words_of_searches() -> tuple[Word, ...]:
    """The table of words."""
    text = files("hilum.literature.searches").joinpath("netlm_words.csv").read_text("utf-8")
    return tuple(
        Word(row["block"], row["treatment"], row["word"], tuple(row["forms"].split()))
        for row in csv.DictReader(text.splitlines())
    )


def block(name: str, treatment: str = "") -> tuple[Word, ...]:
    """Words of a block; of a treatment's own."""
    return tuple(
        one for one in words_of_searches() if one.block == name and one.treatment == treatment
    )


def treatments() -> tuple[str, ...]:
    """Treatments that have a search."""
    return tuple(dict.fromkeys(one.treatment for one in words_of_searches() if one.treatment))


def blocks_of(treatment: str, kind: str) -> tuple[tuple[Word, ...], ...]:
    """Blocks that a record must meet, each by one word."""
    return (
        block(TUMOUR),
        *(block(place) for place in PLACES[kind]),
        block("treatment", treatment),
    )


def netlm(treatment: str, label: str, kind: str) -> Saved:
    """The shipped search of a treatment.

    Parameters
    ----------
    treatment, label : str
        Its id and its name.
    kind : {"local", "drug"}
        What it is given to.
    """
    blocks = blocks_of(treatment, kind)
    own = block("treatment", treatment)
    return Saved(
        name=treatment,
        title=label,
        treatment=treatment,
        queries={
            "pubmed": {"query": _and(blocks, _pubmed)},
            "europepmc": {"query": _and(blocks, _europepmc)},
            # A register is small: tumour and treatment are enough.
            "ctgov": {"cond": _or(block(TUMOUR), _quoted), "intr": _or(own, _quoted)},
            "openalex": {"query": _and(blocks, _quoted)},
        },
    )


def meets(text: str, words: tuple[Word, ...]) -> bool:
    """Whether a text holds a word of a block."""
    return any(_in(text, one) for one in words)


def _in(text: str, one: Word) -> bool:
    stem = re.escape(one.word.rstrip("*")).replace(r"\ ", r"[\s-]").replace(r"\-", r"[\s-]")
    end = r"\w*" if one.word.endswith("*") else ""
    return re.search(rf"(?<!\w){stem}{end}(?!\w)", text, re.IGNORECASE) is not None


def _and(blocks: tuple[tuple[Word, ...], ...], said: _Said) -> str:
    return " AND ".join(f"({_or(words, said)})" for words in blocks)


def _or(words: tuple[Word, ...], said: _Said) -> str:
    return " OR ".join(dict.fromkeys(text for one in words for text in said(one)))


def _pubmed(one: Word) -> tuple[str, ...]:
    if one.word.endswith("*") or one.word.isalnum():
        return (f"{one.word}[tiab]",)
    return (f'"{one.word}"[tiab]',)


def _europepmc(one: Word) -> tuple[str, ...]:
    return tuple(f'TITLE_ABS:"{text}"' for text in one.whole)


def _quoted(one: Word) -> tuple[str, ...]:
    return tuple(text if text.isalnum() else f'"{text}"' for text in one.whole)
