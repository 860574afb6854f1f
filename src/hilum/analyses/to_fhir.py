"""A FHIR bundle out of a case, and what of it other systems will not know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from hilum.analyses.asked import Option, check
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.watch import Watch

IMAGING = "imaging"


@dataclass(frozen=True, kw_only=True)
class ToFhirAsked:
    """A case in the shape of a case file."""

    case: dict[str, Any]
    anonymous: Annotated[bool, Option("Leave out the name and the number of the patient.")] = False

    def __post_init__(self) -> None:
        """Check the options."""
        check(self)


@dataclass(frozen=True, kw_only=True)
class ToFhirAnswered:
    """The bundle; ``coded`` facts have a published code, ``own`` hilum's alone.

    ``left_out`` are keys of the case that could not be read or have no place in a bundle.
    """

    bundle: dict[str, Any]
    coded: tuple[str, ...]
    own: tuple[str, ...]
    left_out: tuple[str, ...]


def run(asked: ToFhirAsked, watch: Watch = SILENT) -> ToFhirAnswered:
    """Write a case as a bundle of FHIR R4 with mCODE's profiles.

    Raises
    ------
    InputError
        When the case holds no facts at all.
    """
    from hilum.patient.case import read_case
    from hilum.patient.fhir.write import write_bundle

    watch.done()
    # Label maps have no place in a bundle, and need not be there to be left out.
    given = {name: value for name, value in asked.case.items() if name != IMAGING}
    case = read_case(given)
    if asked.anonymous:
        case = replace(case, name="", id="")
    elif not given.get("name"):
        case = replace(case, name="")
    found = write_bundle(case)
    more = (IMAGING,) if IMAGING in asked.case else ()
    return ToFhirAnswered(
        bundle=found.bundle, coded=found.coded, own=found.own, left_out=(*found.left_out, *more)
    )
