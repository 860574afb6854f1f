"""What is asked of one liver: label maps, plan, what beside it; no voxel is read yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from hilum.patient.liver.plan import Plan, parse_segments
from hilum.patient.volumetry import STANDARD, Body

if TYPE_CHECKING:
    from pathlib import Path

Lesions = tuple[int, ...] | Literal["all"]
Plane = tuple[tuple[float, ...], tuple[float, ...]]
# Margin of a search where none is named; the answer says which was used.
SEARCH_MARGIN_MM = 5.0


@dataclass(frozen=True, slots=True)
class Maps:
    """Label maps of one time, and how they are read (see :func:`hilum.patient.liver.read_liver`).

    ``spacing`` is the size of a voxel in mm, where headers do not state it.
    """

    labels: tuple[Path, ...]
    presets: tuple[str, ...] = ()
    mapping: Path | None = None
    lesions: Path | None = None
    series: Path | None = None
    outside: str = "drop"
    spacing: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """Label maps before embolisation or the first stage, and the weeks between."""

    maps: Maps
    weeks: float | None


@dataclass(frozen=True, slots=True)
class Operation:
    """What is to be taken out or destroyed, before the lesions are known by number."""

    resect: str = ""
    wedge: Lesions = ()
    ablate: Lesions = ()
    margin_mm: float = 0.0
    plane: Plane | None = None
    drawn_remnant: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing is taken out."""
        return not (self.resect or self.wedge or self.ablate or self.plane or self.drawn_remnant)

    def plan(self, ids: tuple[int, ...]) -> Plan:
        """The plan for a liver whose lesions have these numbers."""
        return Plan(
            segments=parse_segments(self.resect) if self.resect else (),
            wedge=ids if self.wedge == "all" else self.wedge,
            ablate=ids if self.ablate == "all" else self.ablate,
            margin_mm=self.margin_mm,
            plane=self.plane,
            drawn_remnant=self.drawn_remnant,
        )


@dataclass(frozen=True, slots=True)
class SearchFor:
    """A search of plans; ``needed`` makes a liver without segments or lesions an error."""

    margin_mm: float = SEARCH_MARGIN_MM
    ablate_up_to_mm: float | None = None
    condition: str | None = None
    needed: bool = False


@dataclass(frozen=True, slots=True)
class DoseFor:
    """A radioembolisation: ``target`` names segments, all of the liver when empty."""

    product: str
    shunt_percent: float
    dose_gy: float | None = None
    activity_gbq: float | None = None
    tn_ratio: float | None = None
    lung_mass_kg: float | None = None
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Everything asked of one liver, by whatever face.

    Parameters
    ----------
    maps : Maps
    body : Body
        Height and weight, for standardised volumes.
    operation : Operation, optional
    formula : str
        Standard liver volume that the plan's remnant is a share of.
    error_percent : float, optional
        Mean error of a segmented volume; the published one when omitted.
    earlier : Earlier, optional
        For growth of the remnant that the operation leaves.
    search : SearchFor, optional
    dose : DoseFor, optional
    picture : bool
        Whether to draw the liver, with the plan or, without one, the last plan of a needed search.
    """

    maps: Maps
    body: Body = field(default_factory=Body)
    operation: Operation | None = None
    formula: str = STANDARD
    error_percent: float | None = None
    earlier: Earlier | None = None
    search: SearchFor | None = None
    dose: DoseFor | None = None
    picture: bool = False
