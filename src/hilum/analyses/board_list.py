"""A board's whole list: a folder of cases asked, one line a patient answered.

A case that cannot be read stands on the list with its faults and never stops the others.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from hilum.analyses.asked import Option, check
from hilum.errors import Fault, HilumError, InputError, Phrase, Stopped
from hilum.tabular.small import small_text
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.sheet import Sheet
    from hilum.sheet.sheet_verdict import Value
    from hilum.watch import Watch

CASES: Final = (".toml", ".json")
# A file of this name in the folder, one case a line, gives the order.
LISTED: Final = "order"
ORDERS: Final = (LISTED, "name")
STAGE: Final = "cases"
# Facts that the line of a patient shows, and how many of the deciding ones it names.
SHOWN: Final = ("age", "sex", "primary_site", "grade", "ki67_percent")
DECIDING: Final = 3
OPEN: Final = ("supported", "possible", "conditional", "undecided")

State = Literal["ready", "facts_missing", "faulty"]
Shown = bool | int | float | str | list[float] | list[str] | None


def orders() -> tuple[str, ...]:
    """How a list can be ordered."""
    return ORDERS


@dataclass(frozen=True, kw_only=True)
class BoardListAsked:
    """A folder of cases, and what their sheets are made from."""

    folder: Path
    order: Annotated[
        str,
        Option(
            "Order of a folder's cases: as its file named order lists them, or by name.", orders
        ),
    ] = LISTED
    evidence: Annotated[
        Path | None, Option("Folder of evidence tables instead of the shipped ones.")
    ] = None
    without_derived: Annotated[
        bool, Option("Leave out events computed from a printed percentage.")
    ] = False
    rules: Annotated[
        Path | None, Option("Folder of a hospital's own rows, laid over the shipped rules.")
    ] = None
    settings: Annotated[
        Path | None,
        Option("The board's own order of treatments and outcomes (TOML); else the user's own."),
    ] = None

    def __post_init__(self) -> None:
        """Refuse an order that there is not."""
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A sentence of an error: its id and its facts, to be said in a language."""

    message: str
    facts: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFault:
    """One fault of a case; ``expected`` is the sentence that it quotes."""

    said: Quoted
    expected: Quoted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A fact that is not known, and how many treatments it decides."""

    fact: str
    decides: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """One case: who, what is asked, what the rules answer, what decides; or its faults.

    ``options`` are the treatments that are open, by verdict; ``doubts`` counts contradictions and
    remarks on the case.
    """

    file: str
    state: State
    name: str = ""
    id: str = ""
    date: str = ""
    question: str = ""
    facts: dict[str, Shown] = field(default_factory=dict[str, Shown])
    resectability: str = ""
    options: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    missing: tuple[Missing, ...] = ()
    doubts: int = 0
    faults: tuple[ListFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A fact to ask for before the board, and for how many patients."""

    fact: str
    patients: int


@dataclass(frozen=True, kw_only=True)
class BoardListAnswered:
    """The list in its order; ``ask`` are deciding facts that are missing, the commonest first.

    ``folder`` is the folder's own name.
    """

    folder: str
    order: str
    hilum_version: str
    date: str
    entries: tuple[ListEntry, ...]
    ask: tuple[Asked, ...]
    not_listed: tuple[str, ...]
    not_there: tuple[str, ...]

    @property
    def faulty(self) -> tuple[ListEntry, ...]:
        """Cases that could not be read."""
        return tuple(one for one in self.entries if one.state == "faulty")


def run(
    asked: BoardListAsked,
    watch: Watch = SILENT,
    each: Callable[[Path, Sheet], None] | None = None,
) -> BoardListAnswered:
    """Judge every case of the folder.

    Parameters
    ----------
    each : callable, optional
        Given every file with its sheet as it is made, so that no more than one is held.

    Raises
    ------
    InputError
        The folder cannot be read or holds no case, the record or the rules are at fault.
    Stopped
        When the watch says so.
    """
    import datetime as dt

    from hilum._version import __version__
    from hilum.evidence import read_evidence
    from hilum.patient.tables import read_tables

    found = cases_of(asked.folder)
    files, not_listed, not_there = ordered(found, asked.folder, asked.order)
    record = read_evidence(asked.evidence)
    read_tables(asked.rules)
    watch.stage(STAGE, len(files))
    entries: list[ListEntry] = []
    for file in files:
        entries.append(_entry(file, asked, record, watch, each))
        watch.done()
    return BoardListAnswered(
        folder=asked.folder.resolve().name,
        order=asked.order,
        hilum_version=__version__,
        date=dt.datetime.now(tz=dt.UTC).astimezone().date().isoformat(),
        entries=tuple(entries),
        ask=to_ask(entries),
        not_listed=not_listed,
        not_there=not_there,
    )


def to_ask(entries: Sequence[ListEntry]) -> tuple[Asked, ...]:
    """Deciding facts that are missing, the commonest first."""
    counted = Counter(one.fact for entry in entries for one in entry.missing)
    return tuple(Asked(fact=fact, patients=count) for fact, count in counted.most_common())


def cases_of(folder: Path) -> list[Path]:
    """The case files of a folder, by name.

    Raises
    ------
    InputError
        When there is none.
    """
    found = [
        one
        for one in sorted(folder.iterdir(), key=lambda one: one.name.casefold())
        if one.suffix.lower() in CASES and one.is_file() and not one.name.startswith(".")
    ]
    if not found:
        wanted = "a folder with case files (TOML or JSON)"
        raise InputError(Fault(str(folder), None, "folder", folder.name, wanted))
    return found


def ordered(
    files: Sequence[Path], folder: Path, order: str
) -> tuple[list[Path], tuple[str, ...], tuple[str, ...]]:
    """The files in order; which the list does not name, and which of its names are not there."""
    listed = folder / LISTED
    if order != LISTED or not listed.is_file():
        return list(files), (), ()
    try:
        lines = [line.strip() for line in small_text(listed).splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        wanted = "a text file, the name of one case a line"
        raise InputError(Fault(str(listed), None, "file", LISTED, wanted)) from error
    wanted_names = [line for line in lines if line and not line.startswith("#")]
    known = {name: one for one in files for name in (one.stem, one.name)}
    first = list(dict.fromkeys(known[name] for name in wanted_names if name in known))
    rest = [one for one in files if one not in first]
    not_there = tuple(name for name in wanted_names if name not in known)
    return [*first, *rest], tuple(one.name for one in rest), not_there


class _Within:
    """The watch of one sheet: it may stop the work, its stages are not shown."""

    def __init__(self, outer: Watch) -> None:
        self.outer = outer

    def stage(self, code: str, total: int) -> None:
        """The list's own stage stays."""
        del code, total

    def done(self, n: int = 1) -> None:
        """Look whether to stop; the list moves a case at a time."""
        del n
        self.outer.done(0)


def _entry(
    file: Path,
    asked: BoardListAsked,
    record: object,
    watch: Watch,
    each: Callable[[Path, Sheet], None] | None,
) -> ListEntry:
    from hilum.sheet import board

    try:
        sheet = board(
            file,
            record,  # pyright: ignore[reportArgumentType]
            include_derived=not asked.without_derived,
            rules=asked.rules,
            settings=asked.settings,
            watch=_Within(watch),
        )
    except Stopped:
        raise
    except HilumError as error:
        faults = tuple(_fault(one) for one in error.phrases)
        return ListEntry(file=file.name, state="faulty", faults=faults)
    if each is not None:
        each(file, sheet)
    return entry_of(file.name, sheet)


def entry_of(file: str, sheet: Sheet) -> ListEntry:
    """The line of one sheet."""
    known: dict[str, Value] = {one.name: one.value for one in sheet.facts}
    known |= {one.fact: one.value for one in sheet.derived if one.fact not in known}
    options: dict[str, list[str]] = {}
    for one in sheet.options:
        if one.status in OPEN:
            options.setdefault(one.status, []).append(one.treatment)
    missing = tuple(
        Missing(fact=one.fact, decides=one.decides) for one in sheet.would_change[:DECIDING]
    )
    return ListEntry(
        file=file,
        state="facts_missing" if missing else "ready",
        name=sheet.case.name,
        id=sheet.case.id or "",
        date=sheet.case.date or "",
        question=sheet.case.question or "",
        facts={name: known[name] for name in SHOWN if name in known},
        resectability=sheet.resectability.verdict,
        options=options,
        missing=missing,
        doubts=len(sheet.contradictions) + len(sheet.not_used) + len(sheet.to_confirm),
    )


def _fault(said: str) -> ListFault:
    if not isinstance(said, Phrase):
        return ListFault(said=Quoted(message=said))
    expected = said.facts.get("expected")
    facts = {name: str(fact) for name, fact in said.facts.items()}
    if not isinstance(expected, Phrase):
        return ListFault(said=Quoted(message=said.message, facts=facts))
    del facts["expected"]
    inner = {name: str(fact) for name, fact in expected.facts.items()}
    return ListFault(
        said=Quoted(message=said.message, facts=facts),
        expected=Quoted(message=expected.message, facts=inner),
    )
