"""The protocol of a trial: from a design's answer, the tables of protocols, and published rules."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from hilum.analyses.asked import Option, check
from hilum.analyses.designs.asked import fault
from hilum.analyses.protocol_again import same_as_asked
from hilum.analyses.protocol_parts import (
    accrual_of,
    conflicts_of,
    criteria_of,
    primary_of,
    read_names,
    recruitment_of,
)
from hilum.errors import Fault, InputError, phrased
from hilum.tabular.small import small_text
from hilum.trials.protocol.record import (
    Administrative,
    Assessment,
    AtBound,
    Blank,
    Censored,
    Conflict,
    Criterion,
    Endpoint,
    Estimand,
    Item,
    Recruitment,
    Statement,
)
from hilum.trials.synopsis.record import Synopsis
from hilum.watch import SILENT

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.watch import Watch


@dataclass(frozen=True, slots=True)
class DesignText:
    """A design's answer as ``hilum trials design ... --json`` prints it."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ProtocolAsked:
    """A design's answer, and what a protocol says of itself and of its centres."""

    file: DesignText
    acronym: Annotated[str | None, Option("Short name of the trial.")] = None
    version: Annotated[str, Option("Version of the protocol.")] = "0.1"
    date: Annotated[
        str | None, Option("Date of the version, YYYY-MM-DD; today where not given.")
    ] = None
    accrual: Annotated[
        float | None,
        Option("Months of accrual, where the design does not say.", above=0, unit="months"),
    ] = None
    centres: Annotated[int | None, Option("Centres that recruit.", at_least=1)] = None
    eligible: Annotated[
        float | None,
        Option("Patients a year who could be asked at these centres (needs --source).", above=0),
    ] = None
    source: Annotated[
        str | None, Option("Where that number is from; it stands in the document.")
    ] = None
    evidence: Annotated[
        str | None, Option("Folder of evidence tables instead of the shipped ones.")
    ] = None

    def __post_init__(self) -> None:
        """Refuse what does not go together, all at once."""
        faults: list[Fault] = []
        if self.date is not None and not _is_date(self.date):
            faults.append(fault("date", self.date, "a date such as 2026-11-28"))
        if self.eligible is not None and not (self.source or "").strip():
            faults.append(fault("source", "", "where the number of patients is from"))
        if not self.version.strip():
            faults.append(fault("version", "", "a version such as 0.1"))
        check(self, *faults)


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


@dataclass(frozen=True, kw_only=True)
class ProtocolAnswered:
    """Everything a protocol shows, as codes and numbers; the synopsis whole.

    ``read_as`` are names of the design that are words, and the treatments they stand for.
    """

    administrative: Administrative
    synopsis: Synopsis
    estimand: Estimand
    populations: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    censoring: tuple[Censored, ...]
    criteria: tuple[Criterion, ...]
    without_rules: tuple[str, ...]
    schedule: tuple[Assessment, ...]
    recruitment: Recruitment
    at_bounds: tuple[AtBound, ...]
    statements: tuple[Statement, ...]
    blanks: tuple[Blank, ...]
    items: tuple[Item, ...]
    conflicts: tuple[Conflict, ...] = ()
    read_as: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read_design(path: Path) -> DesignText:
    """A design's answer from a file.

    Raises
    ------
    InputError
        Not there, too large, or no text.
    """
    try:
        return DesignText(path.name, small_text(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8"
        wanted = phrased("a file that can be read ({strerror})", strerror=reason)
        raise InputError(Fault(path.name, None, "file", str(path), wanted)) from None


def synopsis_of(file: DesignText) -> Synopsis:
    """The synopsis in a design's answer.

    Raises
    ------
    InputError
        Another file; the sentence says how to make one.
    """
    from pydantic import ValidationError

    from hilum.analyses.designs import DESIGNS
    from hilum.analyses.forms import from_json

    wanted = "what hilum trials design ... --json prints, or --out NAME.json writes"
    try:
        kind = json.loads(file.text)["kind"]
        if kind not in DESIGNS:
            raise InputError(Fault(file.name, None, "kind", str(kind), wanted))
        return from_json(Synopsis, file.text)
    except (ValueError, TypeError, KeyError, ValidationError):
        raise InputError(Fault(file.name, None, "file", file.name, wanted)) from None


def run(asked: ProtocolAsked, watch: Watch = SILENT) -> ProtocolAnswered:
    """Make a protocol of a design's answer.

    Raises
    ------
    InputError
        The file is no design's answer.
    Stopped
        When the watch says so.
    """
    synopsis = synopsis_of(asked.file)
    seen = same_as_asked(asked.file.name, asked.file.text, synopsis, asked.evidence, watch)
    known = accrual_of(synopsis)
    if asked.accrual is not None and known is not None and asked.accrual != known:
        wanted = phrased("none, or the {months:g} months of the design", months=known)
        raise InputError(fault("accrual", f"{asked.accrual:g}", wanted))
    return protocol_of(synopsis, asked, watch, unplayed=not seen)


def protocol_of(
    synopsis: Synopsis, asked: ProtocolAsked, watch: Watch = SILENT, *, unplayed: bool = False
) -> ProtocolAnswered:
    """The same, of a synopsis that is there already.

    ``unplayed`` says that its simulated figures were not played again.
    """
    from hilum.trials.protocol import compose
    from hilum.trials.protocol.tables import kind_of

    watch.stage("protocol", 3)
    kind = kind_of(synopsis.kind)
    endpoint, months = primary_of(synopsis)
    variable = compose.judged_as(synopsis, endpoint)
    interim = compose.interim_of(synopsis, kind)
    names = read_names(synopsis, asked.evidence)
    criteria, without, classes = criteria_of(names)
    conflicts = conflicts_of(names)
    facts = (
        interim
        | ({"unplayed"} if unplayed else set())
        | compose.facts_of(synopsis, endpoint, conflict=bool(conflicts))
    )
    blanks = compose.blanks_of(kind.groups, variable, facts)
    watch.done()
    recruitment = recruitment_of(
        synopsis,
        names,
        asked.evidence,
        accrual=asked.accrual,
        centres=asked.centres,
        eligible=asked.eligible,
        source=asked.source,
    )
    watch.done()
    endpoints = compose.endpoints_of(endpoint, months, classes)
    answer: dict[str, Any] = {
        "administrative": Administrative(
            asked.acronym, asked.version, asked.date or datetime.now(UTC).date().isoformat()
        ),
        "synopsis": _plain(synopsis),
        "estimand": Estimand(
            variable,
            endpoint,
            kind.groups,
            compose.intercurrent_of(variable, endpoint, kind.groups),
        ),
        "populations": compose.populations_of(kind.groups, synopsis.hypothesis),
        "endpoints": endpoints,
        "censoring": compose.censored_of(endpoints),
        "criteria": criteria,
        "without_rules": without,
        "schedule": compose.schedule_of(kind.groups),
        "recruitment": recruitment,
        "at_bounds": compose.at_bounds(synopsis),
        "statements": compose.statements_of(synopsis.kind, kind.groups, variable, facts),
        "blanks": blanks,
        "items": compose.items_of(
            kind.groups, why=synopsis.why is not None, interim="any" in interim, blanks=blanks
        ),
        "conflicts": conflicts,
        "read_as": tuple((name, ids) for name, ids in names.items() if ids != (name,)),
    }
    watch.done()
    return ProtocolAnswered(**answer)


def _plain(synopsis: Synopsis) -> Synopsis:
    """The synopsis alone, without what was asked for."""
    from dataclasses import fields

    return Synopsis(**{one.name: getattr(synopsis, one.name) for one in fields(Synopsis)})
