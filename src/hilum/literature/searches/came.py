"""What a run brought: records counted, those that are new, those that changed; as files too."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

from hilum.literature.bibliography.notices import of_services
from hilum.literature.bibliography.withdrawn import UPDATES, in_part, retracted, withdrawals
from hilum.literature.searches.changes import Moved, moved
from hilum.literature.searches.keeping import keep
from hilum.literature.searches.ris import to_ris
from hilum.literature.searches.runs import (
    Mode,
    Quoted,
    Reading,
    Run,
    State,
    keep_run,
    place_of,
    run_folder,
    runs_of,
)
from hilum.literature.searches.seen import compare, digest_of, keep_seen, read_seen
from hilum.literature.services.fault import ServiceFault
from hilum.literature.services.service import Remark
from hilum.literature.services.table import SERVICES

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.bibliography.record import Field, Record
    from hilum.literature.searches.seen import Table

NEW: Final = "new.ris"
CHANGED: Final = "changed.ris"
REPORT: Final = "report.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A record in a list: enough to know it by.

    ``retracted``: it says that a paper is withdrawn, its own or the one that it is about;
    ``turned``: it, or a record of the same paper, came before and did not say so; ``about``: DOIs
    and PMIDs of the papers that a notice of retraction names; ``partly``: all that says so speaks
    of a part of the paper; ``moved``: what is other than when it came before, where that is kept.
    """

    service: str
    record_id: str
    title: str
    year: int | None
    kind: str
    doi: str
    pmid: str
    retracted: bool = False
    turned: bool = False
    about: tuple[str, ...] = ()
    partly: bool = False
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCame:
    """What one service gave.

    ``as_of`` is when it was last read to its end, in this run or before; ``total`` the hits it
    counted; ``records`` and ``faulty`` what came, which together are all that came.
    """

    service: str
    state: State
    as_of: str | None
    since: dt.date | None
    total: int | None
    records: int
    faulty: tuple[str, ...]
    new: int
    changed: int
    pages: int
    remarks: tuple[Remark, ...]
    failed: Quoted | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchCame:
    """What one run of one search gave.

    ``as_of`` is the oldest of its services' days: everything before was asked of all of them;
    None while one has never been read to its end. ``folder`` holds the answers, ``files`` what
    was written for other programs, below the review.
    """

    name: str
    title: str
    treatment: str
    mode: Mode
    stamp: str
    begun: str
    finished: str
    taken_up: bool
    complete: bool
    as_of: str | None
    services: tuple[ServiceCame, ...]
    new: tuple[Item, ...]
    changed: tuple[Item, ...]
    folder: str
    files: tuple[str, ...]


def finish(folder: Path, run: Run, *, taken_up: bool) -> SearchCame:
    """Compare a run with what came before, write its files and the table of what was seen.

    Raises
    ------
    InputError
        The folder cannot be written, or its table cannot be read.
    """
    place = place_of(folder, run.search.name)
    records: dict[str, list[Record]] = {}
    readings: list[Reading] = []
    for reading in run.services:
        came, told = records_of(run_folder(folder, run), reading, run.search.name)
        records[reading.service] = came
        readings.append(replace(reading, remarks=(*reading.remarks, *told)))
    table, new, changed = compare(read_seen(place), records, run.stamp)
    finished = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
    run = replace(run, finished=finished)
    files: list[str] = []
    for name, some in ((NEW, new), (CHANGED, changed)):
        if some:
            path = run_folder(folder, run) / name
            keep(path, to_ris(some).encode())
            files.append(path.relative_to(folder).as_posix())
    # The table before the run's end: a run killed between them says the same once more.
    keep_seen(place, table)
    keep_run(folder, run)
    services = tuple(
        _service(one, folder, run, records[one.service], new, changed) for one in readings
    )
    days = [one.as_of for one in services]
    known = [day for day in days if day is not None]
    olds = _before(folder, run, table, changed)
    earlier = Retractions()
    for before in said_before(place, run.stamp):
        earlier.follow(before)
    came = SearchCame(
        name=run.search.name,
        title=run.search.title,
        treatment=run.search.treatment,
        mode=run.mode,
        stamp=run.stamp,
        begun=run.begun,
        finished=finished,
        taken_up=taken_up,
        complete=run.complete,
        as_of=min(known) if known and len(known) == len(days) else None,
        services=services,
        new=tuple(earlier.told(_item(*one)) for one in new),
        changed=tuple(
            replace(earlier.told(_item(service, one)), moved=moved(service, old, one))
            if (old := olds.get((service, one.record_id)))
            else earlier.told(_item(service, one))
            for service, one in changed
        ),
        folder=run_folder(folder, run).relative_to(folder).as_posix(),
        files=tuple(files),
    )
    text = json.dumps(asdict(came), ensure_ascii=False, indent=2, default=str)
    keep(run_folder(folder, run) / REPORT, f"{text}\n".encode())
    return came


def _before(
    folder: Path, run: Run, table: Table, changed: list[tuple[str, Record]]
) -> dict[tuple[str, str], Record]:
    """Records that changed as an earlier run kept them, the last one; none that is not kept."""
    wanted = {(service, one.record_id) for service, one in changed}
    out: dict[tuple[str, str], Record] = {}
    for old in reversed(runs_of(folder, run.search.name)):
        for reading in old.services if old.stamp != run.stamp and wanted else ():
            if not any(service == reading.service for service, _ in wanted):
                continue
            for one in records_of(run_folder(folder, old), reading, run.search.name)[0]:
                key = reading.service, one.record_id
                if key in wanted and digest_of(one, key[0]) == table[key].digest_before:
                    out[key] = one
                    wanted.remove(key)
    return out


def records_of(
    place: Path, reading: Reading, source: str
) -> tuple[list[Record], tuple[Remark, ...]]:
    """Records of the answers that a run kept; answers that are not as they came are left out."""
    out: list[Record] = []
    told: list[Remark] = []
    again = SERVICES[reading.service].again
    for page in reading.pages:
        try:
            body = (place / page.file).read_bytes()
            same = hashlib.sha256(body).hexdigest() == page.sha256
            found = again(body, source, page.before) if same else None
        except (OSError, ServiceFault):
            found = None
        if found is None:
            told.append(Remark("answer_spoilt", {"file": page.file}))
            continue
        last = page.before + page.items
        out += [
            replace(one, place=replace(one.place, digest=page.sha256))
            for one in found
            if one.place.position <= last
        ]
    return out, tuple(told)


def _service(
    reading: Reading,
    folder: Path,
    run: Run,
    records: list[Record],
    new: list[tuple[str, Record]],
    changed: list[tuple[str, Record]],
) -> ServiceCame:
    return ServiceCame(
        service=reading.service,
        state=reading.state,
        as_of=as_of(folder, run, reading),
        since=reading.since,
        total=reading.total,
        records=len(records),
        faulty=tuple(one for page in reading.pages for one in page.faulty),
        new=sum(service == reading.service for service, _ in new),
        changed=sum(service == reading.service for service, _ in changed),
        pages=len(reading.pages),
        remarks=reading.remarks,
        failed=reading.failed,
    )


def as_of(folder: Path, run: Run, reading: Reading) -> str | None:
    """When a service was last asked everything of this search, and answered."""
    if reading.state == "complete":
        return run.begun
    for before in reversed(runs_of(folder, run.search.name)):
        if before.search.queries.get(reading.service) == run.search.queries[
            reading.service
        ] and any(
            one.service == reading.service and one.state == "complete" for one in before.services
        ):
            return before.begun
    return None


def _item(service: str, one: Record) -> Item:
    told = [one.value for one in one.fields if _withdraws(one)]
    return Item(
        service=service,
        record_id=one.record_id,
        title=one.title,
        year=one.year,
        kind=one.kind,
        doi=one.identifier("doi"),
        pmid=one.identifier("pmid"),
        retracted=retracted(one.title, one.kind) or bool(told),
        about=tuple(number for _, number in of_services(one.fields)),
        partly=in_part(one.title, one.kind, told),
    )


class Retractions:
    """What records said so far of their being withdrawn, by their service's id, DOI and PMID."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], bool] = {}

    def told(self, one: Item) -> Item:
        """A record, marked where it is withdrawn and a record of the paper came without it."""
        said = [self._said[key] for key in _told_of(one) if key in self._said]
        turned = is_retracted(one) and bool(said) and not any(said)
        return replace(one, turned=turned) if turned != one.turned else one

    def follow(self, one: Item) -> None:
        """Remember what a record says."""
        for key in _keys(one):
            self._said[key] = self._said.get(key, False) or is_retracted(one)
        for key in named_by(one):
            self._said[key] = True


def _told_of(one: Item) -> list[tuple[str, str]]:
    """The paper that a record speaks of: a notice of those that it names."""
    return named_by(one) or _keys(one)


def named_by(one: Item) -> list[tuple[str, str]]:
    """The papers that a notice of retraction names, by DOI and PMID."""
    return [("doi" if "/" in each else "pmid", each) for each in one.about]


def withdrawn_in(folder: Path) -> dict[tuple[str, str], bool]:
    """DOIs and PMIDs of papers that searches say are withdrawn; whether in part alone."""
    told = [
        one for place in sorted((folder / "searches").glob("*")) for one in said_before(place, "")
    ]
    found: dict[tuple[str, str], bool] = {}
    for one in filter(is_retracted, told):
        for key in _told_of(one):
            found[key] = one.partly and found.get(key, True)
    return found


def _keys(one: Item) -> list[tuple[str, str]]:
    pairs = ((one.service, one.record_id), ("doi", one.doi.lower()), ("pmid", one.pmid))
    return [pair for pair in pairs if pair[1]]


def said_before(place: Path, stamp: str) -> list[Item]:
    """Records of the reports that other runs of a search left; none of a spoilt one."""
    names = {one.name for one in fields(Item)}
    found: list[Item] = []
    for path in sorted((place / "runs").glob(f"*/{REPORT}")):
        if path.parent.name == stamp:
            continue
        try:
            told = json.loads(path.read_text("utf-8"))
            found += [_kept(one, names) for one in (*told["new"], *told["changed"])]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return found


def _kept(told: dict[str, Any], names: set[str]) -> Item:
    """A record as a report has it."""
    given: dict[str, Any] = {name: value for name, value in told.items() if name in names}
    given["moved"] = tuple(Moved(**one) for one in given.get("moved", ()))
    given["about"] = tuple(given.get("about", ()))
    return Item(**given)


def _withdraws(field: Field) -> bool:
    """Whether a field of OpenAlex or Crossref says that a paper is withdrawn."""
    if field.tag == "is_retracted":
        return field.value == "true"
    return field.tag in UPDATES and bool(withdrawals([field.value]))


def is_retracted(one: Item) -> bool:
    """Whether a record says that a paper is withdrawn, of a run from before that was noted too."""
    return one.retracted or retracted(one.title, one.kind)
