"""Which arms of the record the words for an arm of a trial stand for."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from hilum.answers import outcomes
from hilum.answers.contrasts import ALONE
from hilum.evidence.vocabulary import ANALOGUES, MODALITIES, OUTCOMES
from hilum.patient.spoken import clean, key, treatment_words
from hilum.patient.tables import read_tables
from hilum.sheet.treatments import treatment_of, treatments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.evidence import Evidence

ANALOGUE: Final = treatment_of(min(ANALOGUES)) or ""
# Words shorter than this stand in too many descriptions of arms to mean one treatment.
LEAST = 5
JOINTS = re.compile(r"\s*(?:\+|/|,|;|&|\b(?:plus|and|with|und|mit)\b|联合|加)\s*", re.IGNORECASE)
DENIED = re.compile(r"\b(?:no|not|non|without|ohne|versus|vs)\b|不|无", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """What an arm of a trial is called in the record.

    Parameters
    ----------
    ids : tuple of str
        Treatments of the board, or modalities that belong to none, sorted; of a combination all.
    sides : frozenset of str
        Names under which comparisons hold such an arm.
    inactive : bool
        Whether the arm is given nothing that acts on the tumour.
    as_written : bool
        Whether the words were the id itself.
    described : str
        What the description of an arm has to hold, where the words were found there alone.
    """

    ids: tuple[str, ...]
    sides: frozenset[str]
    inactive: bool
    as_written: bool
    described: str = ""

    @property
    def treatment(self) -> str | None:
        """The treatment of the board whose figures speak of this arm; None of a combination."""
        if self.described:
            return None
        known = {one.treatment for one in treatments() if one.modalities}
        acting = [one for one in self.ids if one not in inactive_words().values()] or [*self.ids]
        return acting[0] if len(acting) == 1 and acting[0] in known else None

    @property
    def code(self) -> str:
        """All ids joined, as comparisons join them."""
        return "+".join(self.ids)


def named(text: str, evidence: Evidence | None = None) -> Named | None:
    """The arms that words stand for; None where the record has none.

    Looked for in this order: an id, a name or a word of letters of a treatment; a modality; the
    parts of a combination; a known word within the text; the descriptions of the record's arms.
    """
    found = _ids(text)
    if found is not None:
        return _named(found, text)
    found = None if evidence is None else _described(text, evidence)
    if found is None:
        return None
    made = _named(found, text)
    # A word that stands for one treatment of the board is that; a modality of several drugs is not.
    return made if made.treatment else replace(made, described=key(text))


def _named(found: set[str], text: str) -> Named:
    ids = tuple(sorted(found))
    idle = set(inactive_words().values())
    inactive = all(one in idle for one in ids)
    acting = [one for one in ids if one not in idle]
    sides = {"+".join(acting)} if acting else {*idle, ALONE}
    if ANALOGUE in acting:
        # An analogue that both arms are given is taken off both.
        bare = "+".join(one for one in acting if one != ANALOGUE)
        sides.add(bare or ALONE)
    return Named(ids, frozenset(sides), inactive, "+".join(ids) == text)


@cache
def inactive_words() -> Mapping[str, str]:
    """Words of arms that get nothing against the tumour, and their name in the record."""
    return {key(row["word"]): row["name"] for row in table("inactive_words")}


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a table of this folder."""
    text = files("hilum.sheet").joinpath(f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def _words() -> Mapping[str, str]:
    """Every word of a single arm, as it is searched for."""
    known = {word: one.treatment for word, one in treatment_words(read_tables()).items()}
    found = {word: one for word, one in known.items() if one}
    for one in MODALITIES.values():
        name = treatment_of(one.modality) or one.modality
        for word in (one.modality, one.label):
            found.setdefault(key(word), name)
    found.pop(key("none"), None)
    own = {key(one.treatment): one.treatment for one in treatments()}
    return {**found, **own, **inactive_words()}


def _ids(text: str) -> set[str] | None:
    words = _words()
    whole = words.get(key(text))
    if whole is not None:
        return {whole}
    parts = [part for part in JOINTS.split(clean(text)) if part]
    if len(parts) > 1:
        each = [words.get(key(part)) or _within(part) for part in parts]
        if all(each):
            return {one for one in each if one}
    within = _within(text)
    return {within} if within else None


def _within(text: str) -> str | None:
    """The one treatment that is named by whole words within a text; None of several or none."""
    said = clean(text).casefold()
    if DENIED.search(said):
        return None
    tokens = re.findall(r"[\w']+", said.replace("-", " ").replace("_", " "))
    found: set[str] = set()
    for size in range(len(tokens), 0, -1):
        for start in range(len(tokens) - size + 1):
            meant = _words().get(key("".join(tokens[start : start + size])))
            if meant is not None:
                found.add(meant)
        if found:
            break
    return found.pop() if len(found) == 1 else None


def _described(text: str, evidence: Evidence) -> set[str] | None:
    """The treatment of every arm whose description holds the words; None of several or none."""
    wanted = key(text)
    if len(wanted) < LEAST:
        return None
    found = {
        frozenset(treatment_of(part) or part for part in arm.modality.split("+"))
        for arm in evidence.arms
        if arm.description and wanted in key(arm.description)
    }
    return set(found.pop()) if len(found) == 1 else None


@cache
def _outcome_words() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for one in outcomes().values():
        for word in (one.key, one.label):
            found.setdefault(key(word), one.key)
    # An outcome without a time is the first of its keys: the median of a time to an event.
    for one in outcomes().values():
        for word in (str(one.outcome), OUTCOMES[one.outcome].label):
            found.setdefault(key(word), one.key)
    return found


def outcome_named(text: str) -> str | None:
    """The outcome of the board that words stand for, by its key; None where it has none."""
    return _outcome_words().get(key(text))
