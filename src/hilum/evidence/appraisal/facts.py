"""Facts that texts state of their own conduct, and the answers of a tool that they settle.

A fact is no judgement: it drafts an answer, which counts only once a person has put a name to it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.records import nearest
from hilum.tabular.quoting import csv_faults
from hilum.tabular.small import small_text

if TYPE_CHECKING:
    from hilum.evidence.records import Evidence

TABLE = "appraisal_facts.csv"
SAYS = ("yes", "no", "not_stated")
FACTS = (
    "consecutive",
    "prospective",
    "inclusion_criteria_clear",
    "follow_up_complete",
    "randomised",
    "blinded",
    "allocation_concealed",
    "outcome_assessor_blinded",
    "adjusted_analysis",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the texts of one study say of its conduct: ``yes``, ``no`` or ``not_stated`` each.

    ``basis`` holds the words or cells that the answers rest on; ``published_judgement`` what a
    published review judged of the study, with its source.
    """

    study_id: str
    consecutive: str
    prospective: str
    inclusion_criteria_clear: str
    follow_up_complete: str
    randomised: str
    blinded: str
    allocation_concealed: str
    outcome_assessor_blinded: str
    adjusted_analysis: str
    basis: str
    facts_source: str
    read_in: str
    published_judgement: str
    judgement_source: str

    def says(self, fact: str) -> str:
        """One fact."""
        value: str = getattr(self, fact)
        return value

    @property
    def stated(self) -> dict[str, str]:
        """The facts that some text states."""
        return {fact: said for fact in FACTS if (said := self.says(fact)) != "not_stated"}


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that a fact settles."""

    question: str
    answer: str
    fact: str
    says: str

    @property
    def reason(self) -> str:
        """Why, marked as a draft."""
        return f"draft from the texts: {self.fact} {self.says}"


def read_facts(evidence: Evidence, folder: str | Path | None = None) -> dict[str, Facts]:
    """The facts of a folder by study, of the shipped tables when omitted; none without a table.

    Raises
    ------
    InputError
        With every fault of the table.
    """
    found, faults = _read(evidence, folder)
    if faults:
        raise InputError(*faults)
    return found


def check_facts(evidence: Evidence, folder: str | Path | None = None) -> list[Fault]:
    """Every fault of the table of facts; empty when sound, or when there is none."""
    return _read(evidence, folder)[1]


def _read(evidence: Evidence, folder: str | Path | None) -> tuple[dict[str, Facts], list[Fault]]:
    root = files("hilum.evidence").joinpath("netlm") if folder is None else Path(folder)
    try:
        text = small_text(root.joinpath(TABLE))
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError) as error:
        return {}, [
            Fault(
                TABLE,
                None,
                "file",
                str(root),
                phrased("readable UTF-8 text ({error})", error=error),
            )
        ]
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    columns = [one.name for one in fields(Facts)]
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        return {}, csv_faults(text, TABLE, reader.line_num, error)
    header = list(reader.fieldnames or [])
    faults = [
        Fault(TABLE, 1, column, "", "this column in the header")
        for column in columns
        if column not in header
    ]
    if faults:
        return {}, faults
    found: dict[str, Facts] = {}
    for line, row in rows:
        study = row["study_id"] or ""
        if study not in evidence.study and (study, "") not in evidence.unread:
            hint = nearest(study, evidence.study, 1)
            faults.append(
                Fault(
                    TABLE, line, "study_id", study, phrased("an id of studies.csv{hint}", hint=hint)
                )
            )
        if study in found:
            faults.append(Fault(TABLE, line, "study_id", study, "a study not described before"))
        faults += [
            Fault(
                TABLE, line, fact, row[fact] or "", phrased("one of {known}", known=", ".join(SAYS))
            )
            for fact in FACTS
            if row[fact] not in SAYS
        ]
        found[study] = Facts(**{column: row[column] or "" for column in columns})
    return found, faults


@cache
def _settled() -> dict[tuple[str, str, str], tuple[str, str]]:
    """Question and answer by (tool and question, fact, what it says)."""
    text = files("hilum.evidence.appraisal").joinpath("drafts.csv").read_text("utf-8")
    return {
        (f"{row['tool']}/{row['question']}", row["fact"], row["says"]): (
            row["question"],
            row["answer"],
        )
        for row in csv.DictReader(text.splitlines())
    }


def drafts(tool: str, facts: Facts | None) -> dict[str, Draft]:
    """The answers of a tool that a study's facts settle, by question."""
    if facts is None:
        return {}
    return {
        question: Draft(question, answer, fact, says)
        for (place, fact, says), (question, answer) in _settled().items()
        if place == f"{tool}/{question}" and facts.says(fact) == says
    }
