"""Activity and mean doses of a radioembolisation, and the published limits on the lungs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.analyses.liver_asked import (
    BodyAsked,
    MapsAsked,
    body_faults,
    body_of,
    faults_of,
    in_fields,
    maps_faults,
    maps_of,
)
from hilum.analyses.liver_rows import Measured, measured
from hilum.errors import Fault
from hilum.patient.doses import Doses
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.watch import Watch


def products() -> tuple[str, ...]:
    """Codes of the microspheres."""
    from hilum.patient.doses import PRODUCTS

    return tuple(PRODUCTS)


@dataclass(frozen=True, kw_only=True)
class LiverDoseAsked(BodyAsked, MapsAsked):
    """Label maps, and a session of radioembolisation."""

    product: Annotated[str, Option("Microspheres.", products)] = ""
    shunt: Annotated[
        float | None, Option("Lung shunt fraction in percent.", at_least=0, below=100)
    ] = None
    dose: Annotated[float | None, Option("Wanted mean dose in Gy (glass).", unit="Gy")] = None
    activity: Annotated[float | None, Option("Activity in GBq, instead.", unit="GBq")] = None
    tn_ratio: Annotated[
        float | None, Option("Tumour-to-normal ratio, for the partition model.")
    ] = None
    target: Annotated[
        str, Option("Segments or an operation's side; the whole liver when omitted.")
    ] = ""
    lung_mass: Annotated[float | None, Option("Mass of both lungs in kg.", unit="kg")] = None

    def __post_init__(self) -> None:
        """Refuse what cannot be dosed."""
        from hilum.patient.liver.plan import parse_segments

        faults = faults_of(lambda: parse_segments(self.target, "target") if self.target else ())
        if self.shunt is None:
            expected = "the lung shunt fraction in percent"
            faults.append(Fault("", None, "shunt", "", expected))
        check(self, *maps_faults(self), *body_faults(self), *faults)


@dataclass(frozen=True, kw_only=True)
class LiverDoseAnswered(Measured):
    """The liver, and the doses."""

    doses: Doses
    asked: LiverDoseAsked


def run(asked: LiverDoseAsked, watch: Watch = SILENT) -> LiverDoseAnswered:
    """Measure, and compute activity and doses.

    Raises
    ------
    InputError
        A label map is not what was expected, or a value is missing or impossible.
    MissingExtra
        When the readers are not installed.
    Stopped
        When the watch says so.
    """
    from hilum.patient.liver.conduct import conduct
    from hilum.patient.liver.wanted import DoseFor, Wanted

    assert asked.shunt is not None
    wanted = Wanted(
        maps=maps_of(asked),
        body=body_of(asked),
        dose=DoseFor(
            product=asked.product,
            shunt_percent=asked.shunt,
            dose_gy=asked.dose,
            activity_gbq=asked.activity,
            tn_ratio=asked.tn_ratio,
            lung_mass_kg=asked.lung_mass,
            target=asked.target,
        ),
    )
    with in_fields():
        findings = conduct(wanted, watch)
    assert findings.doses is not None
    return LiverDoseAnswered(**measured(findings), doses=findings.doses, asked=asked)
