"""A measured liver held in memory, so that a plan is answered in milliseconds.

What a command works out anew each time — reading, measuring, counting the parts — is kept here,
and the answers are the conductor's own.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from hilum.patient.liver.anatomy import Notice
from hilum.patient.liver.conduct import LiverFindings
from hilum.patient.liver.measure import LiverMeasurement, measure_liver
from hilum.patient.liver.outline import Outline, outline
from hilum.patient.liver.plan import Plan, Remnant, plan_remnant
from hilum.patient.liver.read import read_maps
from hilum.patient.liver.tally import Tally, tally
from hilum.patient.volumetry import STANDARD, Body
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Hashable

    from hilum.patient.liver.anatomy import Anatomy
    from hilum.patient.liver.wanted import Maps
    from hilum.watch import Watch

# A liver with its parts takes 20 to 80 MB.
MOST_BYTES: Final = 200_000_000
# Margins whose parts are kept at once.
TALLIES: Final = 2


@dataclass(frozen=True, slots=True)
class _Parts:
    parts: Tally
    edges: Outline


@dataclass(slots=True, eq=False)
class HeldLiver:
    """One liver, read and measured; several threads may ask it."""

    anatomy: Anatomy
    measurement: LiverMeasurement
    _tallies: OrderedDict[tuple[float, bool], _Parts] = field(
        default_factory=OrderedDict[tuple[float, bool], _Parts], repr=False
    )
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def ids(self) -> tuple[int, ...]:
        """Numbers of the lesions."""
        return tuple(one.id for one in self.measurement.lesions)

    @property
    def has_remnant(self) -> bool:
        """Whether somebody drew a remnant."""
        return self.anatomy.remnant is not None

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        one = self.anatomy
        arrays: list[Any] = [one.liver, one.segments, one.lesions, one.vessels, one.remnant]
        # Two whole numbers of eight bytes a voxel of the liver, for each tally.
        voxels = int(one.liver.sum())
        return sum(a.nbytes for a in arrays if a is not None) + TALLIES * 16 * voxels

    def parts(
        self, margin_mm: float = 0.0, *, drawn_remnant: bool = False, watch: Watch = SILENT
    ) -> tuple[Tally, Outline]:
        """The parts for one margin, counted once."""
        key = (margin_mm, drawn_remnant)
        with self._lock:
            if key not in self._tallies:
                made = tally(self.anatomy, margin_mm, drawn_remnant=drawn_remnant, watch=watch)
                self._tallies[key] = _Parts(made, outline(self.anatomy, made))
            self._tallies.move_to_end(key)
            while len(self._tallies) > TALLIES:
                self._tallies.popitem(last=False)
            found = self._tallies[key]
        return found.parts, found.edges

    def remnant(self, plan: Plan, body: Body | None = None, formula: str = STANDARD) -> Remnant:
        """What a plan leaves.

        Raises
        ------
        InputError
            A plan that names what is not there, or with a plane.
        """
        parts, edges = self.parts(plan.margin_mm, drawn_remnant=plan.drawn_remnant)
        return plan_remnant(
            self.anatomy, plan, body=body, formula=formula, parts=parts, edges=edges
        )

    def findings(self, remnant: Remnant | None = None) -> LiverFindings:
        """What the conductor finds, asked for this plan alone."""
        more = () if remnant is None or remnant.sflr_percent is not None else (_NO_SIZE,)
        return LiverFindings(
            measurement=self.measurement,
            remnant=remnant,
            search=None,
            growth=None,
            doses=None,
            notices=(*self.measurement.notices, *more),
            has_veins=self.anatomy.vessels is not None,
            picture=None,
        )


_NO_SIZE: Final = Notice("no_body_size")


def hold(maps: Maps, watch: Watch = SILENT) -> HeldLiver:
    """Read and measure label maps, and count their parts.

    Raises
    ------
    InputError
        A label map is not what was expected.
    MissingExtra
        When the readers are not installed.
    Stopped
        When the watch says so.
    """
    anatomy = read_maps(maps, watch)
    made = HeldLiver(anatomy, measure_liver(anatomy, watch=watch))
    made.parts(watch=watch)
    return made


class Shelf:
    """The livers that were asked for last, as many as the memory given to them holds."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._lock = most_bytes, Lock()
        self._held: OrderedDict[Hashable, HeldLiver] = OrderedDict()

    def get(self, key: Hashable) -> HeldLiver | None:
        """A liver that is held."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: Hashable, liver: HeldLiver) -> None:
        """Hold a liver; those that were not asked for longest make room.

        The last one is held however large it is: the readers bound it.
        """
        with self._lock:
            self._held[key] = liver
            self._held.move_to_end(key)
            while len(self._held) > 1 and self.size > self._most:
                self._held.popitem(last=False)

    def drop(self, key: Hashable) -> None:
        """Let go of a liver."""
        with self._lock:
            self._held.pop(key, None)

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return sum(one.size for one in self._held.values())

    def __len__(self) -> int:
        return len(self._held)
