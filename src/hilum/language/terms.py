"""The list of terms: one Chinese term for each concept of the field, and what is not to be said."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Term:
    """A concept, its English names, its Chinese term, variants not to be used, the source.

    Parameters
    ----------
    concept : str
        Code of the concept.
    english : tuple of str
        Names in English; the first is the usual one.
    chinese : str
        What each translation of a sentence with one of these names holds.
    avoided : tuple of str
        Chinese variants that stand nowhere.
    source : str
        Where the term is from.
    """

    concept: str
    english: tuple[str, ...]
    chinese: str
    avoided: tuple[str, ...]
    source: str

    def named_in(self, text: str) -> bool:
        """Whether an English sentence speaks of the concept, as whole words, one or several."""
        names = "|".join(re.escape(one) for one in self.english)
        return re.search(rf"(?<![\w-])(?:{names})s?(?![\w-])", text, re.IGNORECASE) is not None


@cache
def terms() -> tuple[Term, ...]:
    """Every term of the list."""
    text = files("hilum.language").joinpath("terms.csv").read_text("utf-8")
    return tuple(
        Term(
            row["concept"],
            tuple(row["english"].split("|")),
            row["chinese"],
            tuple(one for one in row["not"].split("|") if one),
            row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )
