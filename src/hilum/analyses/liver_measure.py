"""The liver measured: volumes, segments, lesions, burden, distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.analyses.asked import check
from hilum.analyses.liver_asked import MapsAsked, PictureAsked, in_fields, maps_faults, maps_of
from hilum.analyses.liver_rows import Measured, measured
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.watch import Watch


@dataclass(frozen=True, kw_only=True)
class LiverMeasureAsked(PictureAsked, MapsAsked):
    """Label maps to measure."""

    def __post_init__(self) -> None:
        """Refuse what cannot be read as asked."""
        check(self, *maps_faults(self))


@dataclass(frozen=True, kw_only=True)
class LiverMeasureAnswered(Measured):
    """The liver, and what was asked."""

    asked: LiverMeasureAsked


def run(asked: LiverMeasureAsked, watch: Watch = SILENT) -> LiverMeasureAnswered:
    """Read and measure label maps.

    Raises
    ------
    InputError
        A label map is not what was expected.
    MissingExtra
        When the readers are not installed.
    Stopped
        When the watch says so.
    """
    from hilum.patient.liver.conduct import conduct
    from hilum.patient.liver.wanted import Wanted

    with in_fields():
        findings = conduct(Wanted(maps=maps_of(asked), picture=asked.picture), watch)
    return LiverMeasureAnswered(**measured(findings), asked=asked)
