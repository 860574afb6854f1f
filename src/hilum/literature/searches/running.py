"""A saved search run: each service read to its end, or as far as it let itself be read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from hilum._version import __version__
from hilum.errors import HilumError, InputError, Stopped
from hilum.literature.searches.keeping import keep
from hilum.literature.searches.runs import (
    Mode,
    Page,
    Quoted,
    Reading,
    Run,
    keep_run,
    new_stamp,
    place_of,
    run_folder,
    runs_of,
)
from hilum.literature.services.asking import USUAL, Asker, address_of
from hilum.literature.services.fault import Refusal, ServiceFault
from hilum.literature.services.service import Remark
from hilum.literature.services.table import SERVICES
from hilum.records import found
from hilum.watch import SILENT

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.searches.saved import Saved
    from hilum.literature.services.asking import Patience, Raw
    from hilum.literature.services.service import Step
    from hilum.watch import Watch

OVERLAP: Final = dt.timedelta(days=7)
"""Days asked for again: services take in a record some days before it can be found."""
STAGE: Final = "searching"


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """How searches are run.

    Parameters
    ----------
    folder : Path
        Of the review.
    mode : {"run", "watch"}
        All hits, or those since the last complete run, where the service can say so.
    services : tuple of str
        Only these; none for all that the search names.
    afresh : bool
        Begin again where a run was broken off, rather than go on.
    addresses : dict of str to str
        Other addresses of services.
    patience, watch
        See :class:`hilum.literature.services.asking.Asker`.
    """

    folder: Path
    mode: Mode = "run"
    services: tuple[str, ...] = ()
    afresh: bool = False
    addresses: dict[str, str]
    patience: Patience = USUAL
    watch: Watch = SILENT


def run_search(saved: Saved, going: Going) -> tuple[Run, bool]:
    """Read every service of a search; whether an earlier run was taken up again.

    Every answer is kept before the next is asked for. A service that fails leaves the others be.

    Raises
    ------
    InputError
        The folder cannot be written, or holds a state that cannot be read.
    Stopped
        When the watch says so; what had come is kept.
    """
    before = runs_of(going.folder, saved.name)
    chosen = [one for one in saved.queries if not going.services or one in going.services]
    last = before[-1] if before else None
    open_ = last is not None and not last.complete and not going.afresh
    same = (
        last is not None
        and last.search == saved
        and last.mode == going.mode
        and [one.service for one in last.services] == chosen
    )
    taken_up = open_ and same
    run = _taken_up(last) if last is not None and taken_up else _begun(saved, chosen, before, going)
    keep_run(going.folder, run)
    for place, reading in enumerate(run.services):
        if reading.state == "complete":
            continue
        run = _read_service(run, place, going, taken_up=taken_up and bool(reading.pages))
    return run, taken_up


def _taken_up(run: Run) -> Run:
    """A run to go on with: what failed waits again."""
    waiting = [
        one if one.state == "complete" else replace(one, state="waiting", failed=None)
        for one in run.services
    ]
    return replace(run, finished=None, services=tuple(waiting))


def _begun(saved: Saved, chosen: list[str], before: list[Run], going: Going) -> Run:
    now = dt.datetime.now(tz=dt.UTC)
    return Run(
        hilum_version=__version__,
        stamp=new_stamp(going.folder, saved.name, now),
        mode=going.mode,
        begun=now.isoformat(timespec="seconds"),
        search=saved,
        services=tuple(
            Reading(
                service=code,
                address=going.addresses.get(code, ""),
                since=since(code, saved, before) if going.mode == "watch" else None,
            )
            for code in chosen
        ),
    )


def since(code: str, saved: Saved, before: list[Run]) -> dt.date | None:
    """The day from which on a service is asked: before its last complete reading of this query."""
    if not SERVICES[code].sinces:
        return None
    for run in reversed(before):
        same = run.search.queries.get(code) == saved.queries[code]
        same = same and _limits(run.search) == _limits(saved)
        if same and any(one.service == code and one.state == "complete" for one in run.services):
            return dt.datetime.fromisoformat(run.begun).date() - OVERLAP
    return None


def _limits(saved: Saved) -> tuple[object, ...]:
    return saved.languages, saved.published_from, saved.published_to


def _read_service(run: Run, place: int, going: Going, *, taken_up: bool) -> Run:
    """Read one service; its state and answers are kept at each step."""
    reading = run.services[place]
    service = found(SERVICES, reading.service, "service")
    try:
        address = address_of(service, going.addresses.get(service.code))
    except InputError as error:
        return _kept(run, place, _failed(reading, error), going)
    asker = Asker(service, address, going.patience, going.watch)
    name = run.search.name
    query = run.search.query(service.code, reading.since)
    going.watch.stage(STAGE, 0)
    try:
        while reading.state == "waiting":
            state = reading.place or service.begin(query)
            try:
                request = service.request(state, query)

                def read(body: bytes, state: dict[str, object] = state) -> Step:
                    return service.read(state, query, body, name)

                raw, step = asker.ask(request, read)
            except Refusal as refusal:
                # Its mark of the place is no longer known: from the beginning, once.
                if not (taken_up and refusal.place and state.get("mark")):
                    raise
                taken_up = False
                more = Remark("begun_again", {})
                remarks = (*reading.remarks, more)
                reading = replace(reading, place=None, pages=(), remarks=remarks)
                continue
            taken_up = False
            reading = _grown(run, reading, raw, step, request.form, going)
            run = _kept(run, place, reading, going)
            going.watch.done(len(step.records))
    except Stopped:
        raise
    except ServiceFault as fault:
        run = _kept(run, place, _failed(reading, fault), going)
    finally:
        asker.close()
    return run


def _failed(reading: Reading, fault: HilumError) -> Reading:
    return replace(reading, state="failed", failed=Quoted.of(fault.sentence))


def _grown(run: Run, reading: Reading, raw: Raw, step: Step, form: str, going: Going) -> Reading:
    """A reading with one more answer, which lies in the run's folder by then."""
    name = f"{reading.service}-{len(reading.pages) + 1:04d}.{form}"
    keep(run_folder(going.folder, run) / name, raw.body)
    page = Page(
        file=name,
        date=raw.date,
        sha256=raw.sha256,
        url=raw.url,
        before=reading.items,
        items=len(step.records) + len(step.faulty),
        faulty=step.faulty,
    )
    remarks = (*reading.remarks, *(one for one in step.remarks if one not in reading.remarks))
    total = step.total if step.total is not None else reading.total
    grown = replace(
        reading,
        state="waiting" if step.then else "complete",
        place=step.then,
        total=total,
        pages=(*reading.pages, page),
        remarks=remarks,
    )
    told = any(one.code in ("fewer_than_said", "day_too_full") for one in remarks)
    if grown.state == "complete" and total is not None and grown.items < total and not told:
        short = {"came": str(grown.items), "count": str(total)}
        grown = replace(grown, remarks=(*remarks, Remark("fewer_than_said", short)))
    return grown


def _kept(run: Run, place: int, reading: Reading, going: Going) -> Run:
    services = list(run.services)
    services[place] = reading
    run = replace(run, services=tuple(services))
    keep_run(going.folder, run)
    return run


__all__ = ["Going", "place_of", "run_search", "since"]
