"""A review's saved searches run: every service read, what is new, and as of when."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from hilum.analyses.asked import Option, check
from hilum.errors import Fault, phrased
from hilum.literature.searches.came import SearchCame
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.literature.services.asking import Patience
    from hilum.watch import Watch

MODES: Final = ("run", "watch")


def services_known() -> tuple[str, ...]:
    """Codes of the services."""
    from hilum.literature.services.table import SERVICES

    return tuple(SERVICES)


@dataclass(frozen=True, kw_only=True)
class SearchAsked:
    """Which searches of which review; ``mode`` is ``run`` (all hits) or ``watch`` (new ones).

    Nothing is asked of any service before this is run, and nothing but the searches is sent.
    """

    folder: Path
    mode: str = "run"
    name: Annotated[
        tuple[str, ...], Option("Only the search of this name; may be given again.")
    ] = ()
    service: Annotated[
        tuple[str, ...], Option("Only this service; may be given again.", services_known)
    ] = ()
    afresh: Annotated[
        bool, Option("Begin again where a run was broken off, rather than go on with it.")
    ] = False
    address: Annotated[
        tuple[str, ...],
        Option(
            "Another address of a service, of a mirror for example: pubmed=https://…; may be given "
            "again. Else HILUM_PUBMED_URL and so on."
        ),
    ] = ()

    def __post_init__(self) -> None:
        """Refuse every unknown word at once."""
        known = services_known()
        faults = [
            Fault("", None, "address", one, phrased("SERVICE=ADDRESS, with a service of {known}",
                                                   known=", ".join(known)))
            for one in self.address
            if one.partition("=")[0] not in known or not one.partition("=")[2]
        ]  # fmt: skip
        if self.mode not in MODES:
            wanted = phrased("one of {known}", known=", ".join(MODES))
            faults.append(Fault("", None, "mode", self.mode, wanted))
        check(self, *faults)

    @property
    def addresses(self) -> dict[str, str]:
        """Other addresses by service."""
        return {name: url for name, _, url in (one.partition("=") for one in self.address)}


@dataclass(frozen=True, kw_only=True)
class SearchAnswered:
    """What every search gave.

    ``as_of``: all services of all searches run here were asked everything up to then; None while
    one of them never was. ``new`` counts records that no run of their search had brought before.
    """

    hilum_version: str
    date: str
    as_of: str | None
    complete: bool
    new: int
    changed: int
    searches: tuple[SearchCame, ...]
    asked: SearchAsked


def run(
    asked: SearchAsked, watch: Watch = SILENT, patience: Patience | None = None
) -> SearchAnswered:
    """Run the searches, one after the other.

    Raises
    ------
    InputError
        No such review or search, every fault of one, or a folder that cannot be written.
    Stopped
        When the watch says so: what had come is kept, and the next run goes on.
    """
    import datetime as dt

    from hilum._version import __version__
    from hilum.literature.searches.came import finish
    from hilum.literature.searches.running import Going, run_search
    from hilum.literature.searches.saved import saved_of
    from hilum.literature.services.asking import USUAL

    searches = saved_of(asked.folder, asked.name)
    if asked.service:
        searches = [one for one in searches if set(one.queries) & set(asked.service)]
    going = Going(
        folder=asked.folder,
        mode="watch" if asked.mode == "watch" else "run",
        services=asked.service,
        afresh=asked.afresh,
        addresses=asked.addresses,
        patience=USUAL if patience is None else patience,
        watch=watch,
    )
    found: list[SearchCame] = []
    for saved in searches:
        done, taken_up = run_search(saved, going)
        found.append(finish(asked.folder, done, taken_up=taken_up))
    days = [one.as_of for one in found]
    known = [day for day in days if day is not None]
    return SearchAnswered(
        hilum_version=__version__,
        date=dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
        as_of=min(known) if known and len(known) == len(days) else None,
        complete=all(one.complete for one in found),
        new=sum(len(one.new) for one in found),
        changed=sum(len(one.changed) for one in found),
        searches=tuple(found),
        asked=asked,
    )
