"""Where an import came from: the name of its source and what kind of source that is.

The kinds are those of the PRISMA 2020 flow diagram (Page 2021, BMJ 372:n71): databases and
registers stand in one column, everything else (websites, organisations, citation searching) in
another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.bibliography.columns import named_columns
from hilum.literature.bibliography.reading import databases_of
from hilum.watch import SILENT

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.bibliography.kept import Reading
    from hilum.literature.review.state import Imported
    from hilum.watch import Watch

SEARCHED: Final = ("database", "register")
"""Kinds of the first column of the diagram."""
VIAS: Final = (*SEARCHED, "website", "organisation", "citation", "other")
FORMATS: Final = {
    "field_rows": ("Embase", "database"),
    "nbib": ("PubMed", "database"),
    "pubmed_xml": ("PubMed", "database"),
    "wos": ("Web of Science", "database"),
    "central": ("CENTRAL", "database"),
    "trials_json": ("ClinicalTrials.gov", "register"),
}
"""Formats that only one source writes."""
REGISTERS: Final = ("clinicaltrials.gov", "ictrp", "isrctn", "ctis", "euctr", "chictr", "drks")
"""Words, in small letters, of names that are registers wherever a record names its source."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A source: its name, its kind, and whether the name is only that of the file."""

    name: str
    via: str
    guessed: bool = False


def origin_of(one: Imported) -> Origin:
    """What was said of an import; else what its format says; else its file's name."""
    name, via = FORMATS.get(one.format, ("", ""))
    told = one.origin or name
    usual = "register" if is_register(told) else via or "database"
    return Origin(told or one.file, one.via or usual, not told)


def must_be_via(via: str) -> None:
    """Refuse a kind of source that there is none of; none said is none.

    Raises
    ------
    InputError
    """
    if via and via not in VIAS:
        wanted = phrased("one of {known}", known=", ".join(VIAS))
        raise InputError(Fault("", None, "via", via, wanted))


def must_be_source(name: str, via: str) -> None:
    """Refuse a source of which nothing is said, or of another kind.

    Raises
    ------
    InputError
    """
    must_be_via(via)
    if not (name or via):
        raise InputError(Fault("", None, "from", "", "the name of a source, its kind, or both"))


def origins_in(one: Imported, source: Path, watch: Watch = SILENT) -> dict[str, Origin]:
    """By record of an import that holds several databases: where it came from.

    ``source`` are its raw bytes. Empty where one word holds for all of them: a person's, the
    format's, that of the one database that all records name.
    """
    if one.origin or one.format in FORMATS or not source.is_file():
        return {}
    whole = origin_of(one)
    return {
        record: Origin(name, one.via or ("register" if is_register(name) else "database"))
        if name
        else whole
        for record, name in databases_of(source, watch, named_columns(one.columns)).items()
    }


def is_register(name: str) -> bool:
    """Whether a source's name is that of a register of trials."""
    said = name.lower()
    return any(re.search(rf"(?<![a-z]){re.escape(one)}(?![a-z])", said) for one in REGISTERS)


def shared_database(reading: Reading) -> str:
    """The database that every record of a file names; empty where they name none or several."""
    return reading.databases[0] if len(reading.databases) == 1 else ""
