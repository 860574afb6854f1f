"""What the pages of the liver share: label maps by id, livers in memory, work being done."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.liver_asked import spacing_of
from hilum.errors import Fault, InputError
from hilum.patient.liver.arrived import Sent, found_in, lay, lay_ct
from hilum.patient.liver.held import HeldLiver, Shelf, hold
from hilum.patient.liver.plan import Plan
from hilum.patient.liver.stills import Still, axial, front, slice_count
from hilum.patient.liver.view import LiverView, liver_view
from hilum.sheet.kept import Store
from hilum.store.sealed_files import aside
from hilum.web.work import DONE, Work, Works

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from hilum.patient.liver.wanted import Maps
    from hilum.store.livers import KeptLiver, Livers
    from hilum.watch import Watch

READING, SEARCHING = "reading", "searching"
# Views and stills kept for whoever looks again; a view takes a few megabytes.
VIEWS, STILLS = 3, 40
# A CT takes some hundred megabytes while it is cut.
_ONE_CT: Final = Lock()
# Parts of the liver's height at which the two slices are cut until others are asked for.
HEIGHTS: Final = (2 / 3, 1 / 3)


@dataclass(frozen=True)
class LiverDesk:
    """The livers of one desk."""

    livers: Livers
    works: Works = field(default_factory=Works)
    shelf: Shelf = field(default_factory=Shelf)
    views: Store[LiverView] = field(default_factory=lambda: Store[LiverView](VIEWS))
    stills: Store[Still] = field(default_factory=lambda: Store[Still](STILLS))

    def bring(
        self, case_id: str, sent: Sent, lesions: Sent | None, preset: str, spacing: str
    ) -> KeptLiver:
        """Keep what was sent and begin to read it; what cannot be read is not kept.

        Raises
        ------
        InputError
            What was sent holds no label map, or is not to be unpacked.
        """
        with as_sent():
            spacing_of("spacing", spacing)
            kept = self.livers.add(
                case_id, lambda folder: lay(sent, folder, lesions), preset, spacing
            )
        self._begin(kept, first=True)
        return kept

    def held(self, kept: KeptLiver) -> HeldLiver | Work:
        """A liver in memory, or the work of reading it again."""
        found = self.shelf.get(kept.liver_id)
        if found is not None:
            return found
        work = self.reading(kept.case_id, kept.liver_id)
        if work is None or work.state == DONE:
            work = self._begin(kept, first=False)
        return self.shelf.get(kept.liver_id) or work

    def _begin(self, kept: KeptLiver, *, first: bool) -> Work:
        def read(watch: Watch) -> None:
            try:
                self.read(kept, watch)
            except BaseException:
                if first:
                    self.livers.remove(kept.case_id, kept.liver_id)
                raise

        return self.works.begin((READING, kept.case_id, kept.liver_id), read)

    def read(self, kept: KeptLiver, watch: Watch) -> HeldLiver:
        """A liver, read where it is not in memory.

        Raises
        ------
        InputError
            It cannot be read.
        Stopped
            When the watch says so.
        """
        found = self.shelf.get(kept.liver_id)
        if found is None:
            with as_sent(), self.livers.files(kept) as folder:
                found = hold(self._maps(kept, folder), watch)
            self.shelf.put(kept.liver_id, found)
        return found

    def _maps(self, kept: KeptLiver, folder: Path) -> Maps:
        maps = found_in(folder)
        presets = (kept.preset,) if kept.preset else ()
        return replace(maps, presets=presets, spacing=spacing_of("spacing", kept.spacing))

    def search(self, kept: KeptLiver, what: Callable[[Watch], object]) -> Work:
        """Begin a search of plans."""
        return self.works.begin((SEARCHING, kept.case_id, kept.liver_id), what)

    def reading(self, case_id: str, liver_id: str) -> Work | None:
        """How the reading of a liver goes, or ended; also of one that was not kept."""
        return self.works.of((READING, case_id, liver_id))

    def searched(self, kept: KeptLiver) -> Work | None:
        """The last search."""
        return self.works.of((SEARCHING, kept.case_id, kept.liver_id))

    def close(self) -> None:
        """Stop whatever is being read or searched."""
        self.works.close()

    def stop(self, case_id: str, liver_id: str) -> None:
        """Ask what is being done for a liver to end."""
        for what in (READING, SEARCHING):
            work = self.works.of((what, case_id, liver_id))
            if work is not None:
                work.stop()

    def view(self, kept: KeptLiver, liver: HeldLiver) -> LiverView:
        """The cut and renumbered label map of a liver."""
        return self.views.get(kept.liver_id, lambda: liver_view(liver.anatomy))

    def pictures(
        self, kept: KeptLiver, liver: HeldLiver, asked: tuple[int | None, ...] = (None, None)
    ) -> tuple[LiverView, list[Still], Still]:
        """Two slices, by their numbers where these are asked for, and the view from the front."""
        view = self.view(kept, liver)
        count = slice_count(view)
        numbers = [
            round(share * count) if number is None else number
            for number, share in zip(asked, HEIGHTS, strict=True)
        ]
        slices = [self._slice(kept, view, min(max(one, 1), count)) for one in numbers]
        seen = self.stills.get((kept.liver_id, "front"), lambda: front(view))
        return view, slices, seen

    def _slice(self, kept: KeptLiver, view: LiverView, number: int) -> Still:
        return self.stills.get((kept.liver_id, number), lambda: axial(view, number))

    def bring_ct(self, kept: KeptLiver, liver: HeldLiver, sent: Sent, watch: Watch) -> None:
        """Cut a CT to the liver and lay it beside its label maps; one at a time.

        Raises
        ------
        InputError
            It cannot be read, or is none of this liver.
        """
        from hilum.patient.liver.ct import read_ct

        with as_sent(), _ONE_CT, aside(self.livers.folder) as folder:
            found = read_ct(lay_ct(sent, folder), self.view(kept, liver), watch)
            self.livers.keep_ct(kept, found.nifti())

    def plan(self, kept: KeptLiver) -> Plan | None:
        """The plan that is being tried; none where nothing is taken out."""
        plans = self.livers.plans(kept)
        return plan_of(plans[-1]) if plans else None

    def put_away(self, case_id: str, liver_id: str) -> None:
        """Delete a liver so that it can be brought back; in memory nothing stays."""
        self._let_go(case_id, liver_id)
        self.livers.put_away(case_id, liver_id)

    def remove(self, case_id: str) -> None:
        """Let go of all livers of a case, in memory and on disk."""
        for one in self.livers.of(case_id):
            self._let_go(case_id, one.liver_id)
        self.livers.remove(case_id)

    def _let_go(self, case_id: str, liver_id: str) -> None:
        self.works.forget((READING, case_id, liver_id))
        self.works.forget((SEARCHING, case_id, liver_id))
        self.shelf.drop(liver_id)


def plan_of(said: dict[str, Any]) -> Plan | None:
    """A plan from plain values; none where nothing is taken out."""
    made = Plan(
        segments=tuple(said["segments"]),
        wedge=tuple(said["wedge"]),
        ablate=tuple(said["ablate"]),
        margin_mm=float(said["margin_mm"]),
        drawn_remnant=bool(said["drawn_remnant"]),
    )
    something = made.segments or made.wedge or made.ablate or made.drawn_remnant
    return made if something else None


def plain_plan(plan: Plan) -> dict[str, Any]:
    """A plan as plain values."""
    return {
        "segments": list(plan.segments),
        "wedge": list(plan.wedge),
        "ablate": list(plan.ablate),
        "margin_mm": plan.margin_mm,
        "drawn_remnant": plan.drawn_remnant,
    }


@contextmanager
def as_sent() -> Generator[None]:
    """Faults name a file by its name: where it is kept is nobody's concern.

    Raises
    ------
    InputError
        With the files' names alone.
    """
    try:
        yield
    except InputError as error:
        raise InputError(*(_named(one) for one in error.faults)) from None


def _named(fault: Fault) -> Fault:
    value = Path(fault.value).name if fault.value.startswith("/") else fault.value
    return replace(fault, file=Path(fault.file).name, value=value)
