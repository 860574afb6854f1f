"""The monthly page of a living review: searches as of when, what is new, what changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from hilum.analyses.asked import Option, check
from hilum.analyses.living import LivingAnswered, TriggerMove, moved
from hilum.analyses.living_resting import Resting, resting
from hilum.analyses.living_table import LivingTableAnswered, holds
from hilum.errors import Fault, InputError
from hilum.literature.searches.came import Item, Retractions
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.living.triggers import Trigger
    from hilum.literature.searches.came import SearchCame
    from hilum.watch import Watch

CHANGES: Final = "living"
TABLES: Final = "tables"
REPORTS: Final = "reports"
FILE: Final = "report.json"
MAX_FILE: Final = 100_000_000


@dataclass(frozen=True, kw_only=True)
class ReportAsked:
    """Which review, since when; else since its last report, and everything where there is none."""

    folder: Path
    since: Annotated[
        str | None, Option("First day of the report, such as 2026-01-31; else since the last one.")
    ] = None

    def __post_init__(self) -> None:
        """Refuse a day that is none."""
        try:
            _ = None if self.since is None else dt.date.fromisoformat(self.since)
        except ValueError:
            fault = Fault("", None, "since", str(self.since), "a day, such as 2020-01-31")
            raise InputError(fault) from None
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchState:
    """One search of the review: as of when, how often it ran since, what that brought.

    ``as_of`` is None where a service was never read to its end; ``failed`` names the services that
    the last run did not read to their end.
    """

    name: str
    title: str
    as_of: str | None
    runs: int
    new: int
    changed: int
    failed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReportAnswered:
    """What a living review has to say.

    ``as_of`` is the oldest of its searches' days. ``changed`` are records that came before and are
    not as they came; ``retracted`` those, new or changed, that say that a paper is withdrawn: they
    are in ``new`` or ``changed`` too; ``resting`` is what rests on each of these. ``digest`` is a
    hash of everything else in it: the same report has the same.
    """

    hilum_version: str
    title: str
    date: str
    since: str | None
    as_of: str | None
    searches: tuple[SearchState, ...]
    new: tuple[Item, ...]
    changes: tuple[LivingAnswered, ...]
    triggers: tuple[TriggerMove, ...]
    digest: str
    asked: ReportAsked
    tables: tuple[LivingTableAnswered, ...] = ()
    changed: tuple[Item, ...] = ()
    retracted: tuple[Item, ...] = ()
    resting: tuple[Resting, ...] = ()


def run(asked: ReportAsked, watch: Watch = SILENT) -> ReportAnswered:
    """Put together what is kept in the review's folder; nothing is asked of any service.

    Raises
    ------
    InputError
        No such folder, or a file of it that cannot be read.
    Stopped
        When the watch says so.
    """
    from hilum._version import __version__
    from hilum.answers import outcomes, treatments
    from hilum.fingerprint import fingerprint
    from hilum.literature.living.triggers import read_living

    if not asked.folder.is_dir():
        wanted = "a folder that is there"
        raise InputError(Fault(str(asked.folder), None, "folder", asked.folder.name, wanted))
    promised = read_living(asked.folder, tuple(treatments()), tuple(outcomes()))
    # What comes while the report is put together is later than it, and told by the next one.
    date = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
    window = Window.of(asked.since, None if asked.since else _last(asked.folder))
    since = window.since
    watch.stage("searching", 1)
    searches, new, altered = _searches(asked.folder, window)
    found = [time for _, time in new.values()]
    watch.done()
    changes = tuple(one for one in kept_changes(asked.folder) if window.holds_comparison(one))
    tables = tuple(one for one in kept_tables(asked.folder) if window.holds_comparison(one))
    days = [one.as_of for one in searches]
    known = [day for day in days if day is not None]
    made: dict[str, Any] = {
        "title": promised.title,
        "since": since,
        "as_of": min(known) if known and len(known) == len(days) else None,
        "searches": tuple(searches),
        "new": tuple(one for one, _ in new.values()),
        "changes": changes,
        "triggers": tuple(_trigger(one, changes, tables, found) for one in promised.triggers),
        "changed": tuple(altered),
    }
    withdrawn = retractions(made["new"], made["changed"])
    rests = resting(asked.folder, withdrawn)
    parts = (*made["searches"], *made["new"], *made["changes"], *made["triggers"], *tables,
             *altered, *rests)  # fmt: skip
    told: list[object] = [made["title"], made["since"] or "", made["as_of"] or ""]
    return ReportAnswered(
        hilum_version=__version__,
        date=date,
        digest=fingerprint([*map(asdict, parts), *told]),
        tables=tables,
        retracted=withdrawn,
        resting=rests,
        asked=asked,
        **made,
    )


def _last(folder: Path) -> ReportAnswered | None:
    reports = kept_reports(folder)
    return reports[-1] if reports else None


@dataclass(frozen=True, slots=True)
class Window:
    """Since when a report tells: a day or a time, everything where it is None.

    ``last`` is the report that ends there: what came in the same second is told unless that one
    told it.
    """

    since: str | None
    last: ReportAnswered | None = None

    @classmethod
    def of(cls, day: str | None, last: ReportAnswered | None) -> Window:
        """Since a day, else since a report, else all."""
        return cls(day or (None if last is None else last.date), last)

    def holds_run(self, one: SearchCame) -> bool:
        """Whether the run of a search is to be told."""
        told = {*self.last.new, *self.last.changed} if self.last else set[Item]()
        keys = {(item.service, item.record_id) for item in told}
        came = {(item.service, item.record_id) for item in (*one.new, *one.changed)}
        return self._holds(one.finished, came <= keys)

    def holds_comparison(self, one: LivingAnswered | LivingTableAnswered) -> bool:
        """Whether a comparison of two states of the evidence is to be told."""
        told = (*self.last.changes, *self.last.tables) if self.last else ()
        key = one.date, one.before_hash, one.after_hash
        return self._holds(
            one.date, key in {(each.date, each.before_hash, each.after_hash) for each in told}
        )

    def _holds(self, when: str, told: bool) -> bool:
        if self.since is None:
            return True
        moment, start = (_moment(each) for each in (when, self.since))
        return moment > start or (moment == start and not (self.last and told))


def _moment(text: str) -> dt.datetime:
    """A time (ISO 8601), in UTC where it names no zone; of a day its beginning."""
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def kept_reports(folder: Path) -> tuple[ReportAnswered, ...]:
    """Reports that are kept in a review, the oldest first."""
    place = folder / REPORTS
    files = sorted(place.glob(f"*/{FILE}")) if place.is_dir() else []
    return tuple(sorted((_read(one, ReportAnswered) for one in files), key=lambda one: one.date))


def _read(path: Path, form: type[Any]) -> Any:
    from pydantic import ValidationError

    from hilum.analyses.forms import from_json
    from hilum.tabular.small import small_text

    try:
        found = from_json(form, small_text(path, MAX_FILE))
        _moment(found.finished if form.__name__ == "SearchCame" else found.date)
    except (OSError, ValueError, ValidationError):
        wanted = "a file as hilum wrote it"
        place = f"{path.parent.name}/{path.name}"
        raise InputError(Fault(place, None, "file", path.name, wanted)) from None
    return found


def kept_changes(folder: Path) -> tuple[LivingAnswered, ...]:
    """Comparisons of states of the evidence that are kept in a review, the oldest first."""
    place = folder / CHANGES
    files = sorted(place.glob("*.json")) if place.is_dir() else []
    return tuple(sorted((_read(one, LivingAnswered) for one in files), key=lambda one: one.date))


def kept_tables(folder: Path) -> tuple[LivingTableAnswered, ...]:
    """Comparisons of a user's own tables that are kept in a review, the oldest first."""
    place = folder / CHANGES / TABLES
    files = sorted(place.glob("*.json")) if place.is_dir() else []
    return tuple(
        sorted((_read(one, LivingTableAnswered) for one in files), key=lambda one: one.date)
    )


def retractions(new: Sequence[Item], changed: Sequence[Item]) -> tuple[Item, ...]:
    """Records that say that a paper is withdrawn, each once, as it came last."""
    from hilum.literature.searches.came import is_retracted

    found = {(one.service, one.record_id): one for one in (*new, *changed) if is_retracted(one)}
    return tuple(found.values())


Key = tuple[str, str]


def _searches(
    folder: Path, window: Window
) -> tuple[list[SearchState], dict[Key, tuple[Item, str]], list[Item]]:
    """Each search; new records with the time when they were found; those that changed."""
    from hilum.literature.searches.saved import FOLDER, saved_of

    if not any((folder / FOLDER).glob("*.toml")):
        return [], {}, []
    states: list[SearchState] = []
    runs: list[SearchCame] = []
    every: list[SearchCame] = []
    for saved in saved_of(folder):
        came = _came(folder, saved.name)
        own = [one for one in came if window.holds_run(one)]
        last = came[-1] if came else None
        runs += own
        every += came
        states.append(
            SearchState(
                name=saved.name,
                title=saved.title,
                as_of=None if last is None else last.as_of,
                runs=len(own),
                new=sum(len(one.new) for one in own),
                changed=sum(len(one.changed) for one in own),
                failed=()
                if last is None
                else tuple(one.service for one in last.services if one.state != "complete"),
            )
        )
    return states, *_listed(every, runs)


def _listed(
    every: list[SearchCame], runs: list[SearchCame]
) -> tuple[dict[Key, tuple[Item, str]], list[Item]]:
    """Records that are new in some runs, with when they were found, and those that changed.

    ``every`` are all runs: what a record said before, it may have said before these.
    """
    new: dict[Key, tuple[Item, str]] = {}
    changed: dict[Key, Item] = {}
    known = Retractions()
    for one in sorted(every, key=lambda run: run.finished):
        mine = one in runs
        for item in (known.told(each) for each in one.new if mine):
            key = item.service, item.record_id
            new[key] = item, new[key][1] if key in new else one.finished
        for item in (known.told(each) for each in one.changed if mine):
            key = item.service, item.record_id
            changed[key] = item
            if key in new:
                new[key] = item, new[key][1]
        for item in (*one.new, *one.changed):
            known.follow(item)
    return new, [*changed.values()]


def _came(folder: Path, name: str) -> list[SearchCame]:
    """Reports of the runs of a search, the oldest first."""
    from hilum.literature.searches.came import REPORT, SearchCame
    from hilum.literature.searches.runs import place_of

    files = sorted((place_of(folder, name) / "runs").glob(f"*/{REPORT}"))
    return sorted((_read(one, SearchCame) for one in files), key=lambda one: one.begun)


def _trigger(
    one: Trigger,
    changes: tuple[LivingAnswered, ...],
    tables: tuple[LivingTableAnswered, ...],
    found: Sequence[str],
) -> TriggerMove:
    calls = [
        answered.date
        for answered in changes
        for each in answered.answers
        if one.holds(each.change, each.treatments, each.outcome)
    ]
    calls += [answered.date for answered in tables for each in answered.answers if holds(one, each)]
    return moved(one, calls, found)
