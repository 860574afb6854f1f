"""What changed in the answers when rows of the evidence changed: how much, and for whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.analyses.living_units import AnswerMove, Change
from hilum.literature.living.rows import RowMove
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.analyses.living_units import State
    from hilum.literature.living.triggers import Trigger
    from hilum.sheet.sheet_cells import AskedPart
    from hilum.watch import Watch


@dataclass(frozen=True, kw_only=True)
class LivingAsked:
    """Two states of the evidence; ``after`` is the shipped record where it is not said."""

    before: Path
    after: Path | None = None
    cases: Annotated[
        Path | None,
        Option("Folder of cases, such as a board's list: whose sheets are affected."),
    ] = None
    review: Annotated[
        Path | None,
        Option("Folder of the review, whose living.toml says which change calls for what."),
    ] = None

    def __post_init__(self) -> None:
        """Checked when it runs."""
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMove:
    """One case: how many answers of its sheet changed, by class, and the most of them.

    ``faulty``: the case cannot be read, so that nothing is known of it.
    """

    file: str
    faulty: bool
    site: str = ""
    grade: str = ""
    line: str = ""
    changes: dict[str, int]
    change: Change = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerMove:
    """A promise of the review: whether it is called, by how many answers, and the step.

    ``written_after``: it was written on a later day than everything that calls it.
    """

    name: str
    written: str
    action: str
    fired: bool
    answers: int
    written_after: bool = False


@dataclass(frozen=True, kw_only=True)
class LivingAnswered:
    """Every row and answer that moved.

    ``answers`` are those with anything not as before, ``changes`` counts them by class (``none``:
    only what is behind them). ``recomputed`` of ``units`` (each treatment, and the comparisons, for
    each kind of patient) rest on rows that moved; the others cannot have changed.
    """

    hilum_version: str
    date: str
    before_hash: str
    after_hash: str
    rows: tuple[RowMove, ...]
    units: int
    recomputed: int
    changes: dict[str, int]
    answers: tuple[AnswerMove, ...]
    cases: tuple[CaseMove, ...]
    triggers: tuple[TriggerMove, ...]
    title: str
    asked: LivingAsked

    @property
    def change(self) -> Change:
        """The most that changed."""
        return most(one.change for one in self.answers)


def most(changes: Iterable[Change]) -> Change:
    """The greatest class of change; ``none`` of nothing."""
    from hilum.literature.living.triggers import CHANGES

    found: Change = "none"
    for one in changes:
        found = one if CHANGES.index(one) > CHANGES.index(found) else found
    return found


def run(asked: LivingAsked, watch: Watch = SILENT) -> LivingAnswered:
    """Compare two states of the evidence.

    Raises
    ------
    InputError
        With every fault of the tables or of the review's file; a folder of cases that holds none.
    Stopped
        When the watch says so.
    """
    import datetime as dt

    from hilum._version import __version__
    from hilum.analyses.living_units import State
    from hilum.answers import outcomes, treatments
    from hilum.evidence import read_evidence
    from hilum.literature.living.rows import moves
    from hilum.literature.living.triggers import Living, read_living
    from hilum.sheet.cells_part import ANYBODY

    promised = Living()
    if asked.review is not None:
        promised = read_living(asked.review, tuple(treatments()), tuple(outcomes()))
    watch.stage("evidence", 2)
    before = State(read_evidence(asked.before))
    watch.done()
    after = State(read_evidence(asked.after))
    watch.done()
    read = {} if asked.cases is None else _cases(asked.cases)
    patients = _distinct([ANYBODY, *(one for one in read.values() if one is not None)])
    units, recomputed, answers, counted = _answers(before, after, patients, watch)
    date = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
    return LivingAnswered(
        hilum_version=__version__,
        date=date,
        before_hash=before.record.content_hash,
        after_hash=after.record.content_hash,
        rows=moves(before.rows, after.rows),
        units=units,
        recomputed=recomputed,
        changes=counted,
        answers=tuple(answers),
        cases=tuple(_case(file, part, answers) for file, part in read.items()),
        triggers=tuple(_fired(one, answers, date) for one in promised.triggers if one.change),
        title=promised.title,
        asked=asked,
    )


Patient = tuple[str, str, str]


def _whom(one: AskedPart | AnswerMove) -> Patient:
    return one.site, one.grade, one.line


def _distinct(parts: list[AskedPart]) -> list[AskedPart]:
    return [*{_whom(one): one for one in parts}.values()]


def _answers(
    before: State, after: State, patients: list[AskedPart], watch: Watch
) -> tuple[int, int, list[AnswerMove], dict[str, int]]:
    """How many units, how many computed again, what moved, and all answers by class."""
    from hilum.analyses.living_units import moved_comparisons, moved_figures
    from hilum.answers import treatments
    from hilum.literature.living.triggers import CHANGES

    names = [name for name in treatments() if before.of_treatment(name) != after.of_treatment(name)]
    compared = before.of_comparisons != after.of_comparisons
    units = len(patients) * (len(treatments()) + 1)
    recomputed = len(patients) * (len(names) + compared)
    watch.stage("cells", max(recomputed, 1))
    out: list[AnswerMove] = []
    for asked in patients:
        if compared:
            out += moved_comparisons(before, after, asked)
            watch.done()
        for name in names:
            out += moved_figures(before, after, name, asked)
            watch.done()
    tally = Counter(str(one.change) for one in out)
    counted = {name: tally[name] for name in CHANGES}
    order = {name: place for place, name in enumerate(reversed(CHANGES))}
    return units, recomputed, sorted(out, key=lambda one: order[one.change]), counted


def _cases(folder: Path) -> dict[str, AskedPart | None]:
    """What each case of a folder asks; None of one that cannot be read."""
    from hilum.analyses.board_list import cases_of
    from hilum.errors import Fault, InputError
    from hilum.patient import read_case
    from hilum.patient.tables import read_tables
    from hilum.sheet.asked import asked_of

    if not folder.is_dir():
        wanted = "a folder with case files (TOML or JSON)"
        raise InputError(Fault(str(folder), None, "folder", folder.name, wanted))
    tables = read_tables()
    found: dict[str, AskedPart | None] = {}
    for file in cases_of(folder):
        try:
            found[file.name] = asked_of(read_case(file, tables=tables), tables)
        except InputError:
            found[file.name] = None
    return found


def _case(file: str, part: AskedPart | None, answers: list[AnswerMove]) -> CaseMove:
    if part is None:
        return CaseMove(file=file, faulty=True, changes={})
    own = [one for one in answers if _whom(one) == _whom(part) and one.change != "none"]
    return CaseMove(
        file=file,
        faulty=False,
        site=part.site,
        grade=part.grade,
        line=part.line,
        changes=dict(Counter(one.change for one in own)),
        change=most(one.change for one in own),
    )


def _fired(one: Trigger, answers: list[AnswerMove], date: str) -> TriggerMove:
    calls = [each for each in answers if one.holds(each.change, each.treatments, each.outcome)]
    return moved(one, [date] * len(calls))


def moved(one: Trigger, calls: Sequence[str], new: Sequence[str] = ()) -> TriggerMove:
    """Whether a promise is called: by changes of answers, or by enough ``new`` records.

    Both are times (ISO 8601): when the evidence was compared, when a record was found.
    """
    due, after = _days(calls, one), _days(new, one)
    least = len(new) + 1 if one.new_records is None else one.new_records
    fired = bool(calls) or len(new) >= least
    return TriggerMove(
        name=one.name,
        written=one.written.isoformat(),
        action=one.action,
        fired=fired,
        answers=len(calls),
        written_after=fired and not due and after < least,
    )


def _days(times: Sequence[str], one: Trigger) -> int:
    """How many of some times are of the day when it was written, or later."""
    import datetime as dt

    from hilum.literature.living.triggers import day_of

    return sum(day_of(dt.datetime.fromisoformat(each)) >= one.written for each in times)
