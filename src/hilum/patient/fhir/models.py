"""FHIR's data types as records really hold them: the wrong kind is left out, not refused.

A strict reader refuses a whole bundle for one wrong element. These models keep what they
understand, allow everything else, and never raise; what was not understood is named by the reader.
"""
# ruff: noqa: N815 (the names are FHIR's own)

from __future__ import annotations

import math
from typing import Annotated, Any, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from hilum.patient.spoken import printable


def _text(raw: object) -> str | None:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    return printable(str(raw)).strip() or None


def _number(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    try:
        value = float(raw)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def _truth(raw: object) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _objects(raw: object) -> list[object]:
    """A list of objects, also where one object stands alone."""
    given = cast("list[object]", raw) if isinstance(raw, list) else [raw]
    return [one for one in given if isinstance(one, dict)]


def _texts(raw: object) -> list[str]:
    given = cast("list[object]", raw) if isinstance(raw, list) else [raw]
    return [one for one in given if isinstance(one, str)]


def _object(raw: object) -> object:
    return raw if isinstance(raw, dict) else None


Text = Annotated[str | None, BeforeValidator(_text)]
Number = Annotated[float | None, BeforeValidator(_number)]
Truth = Annotated[bool | None, BeforeValidator(_truth)]
Texts = Annotated[list[str], BeforeValidator(_texts)]


class Element(BaseModel):
    """Anything of a resource; elements that are not named here are allowed."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Coding(Element):
    """One code of one system."""

    system: Text = None
    code: Text = None
    display: Text = None


class Concept(Element):
    """A CodeableConcept: the same thing in several code systems, and in words."""

    coding: Annotated[list[Coding], BeforeValidator(_objects)] = Field(default_factory=list[Coding])
    text: Text = None

    @property
    def names(self) -> list[str]:
        """What it is called, the record's own words first."""
        said = [self.text, *(one.display for one in self.coding)]
        return list(dict.fromkeys(one for one in said if one))

    @property
    def called(self) -> str:
        """One name, or the code where there is none."""
        return next(iter((*self.names, *(one.code for one in self.coding if one.code))), "")


class Quantity(Element):
    """A measured amount; ``code`` is the UCUM unit where the system says so."""

    value: Number = None
    comparator: Text = None
    unit: Text = None
    system: Text = None
    code: Text = None


class Bounds(Element):
    """A Range: two quantities, either may be missing."""

    low: Annotated[Quantity | None, BeforeValidator(_object)] = None
    high: Annotated[Quantity | None, BeforeValidator(_object)] = None


class Ratio(Element):
    """A Ratio of two quantities."""

    numerator: Annotated[Quantity | None, BeforeValidator(_object)] = None
    denominator: Annotated[Quantity | None, BeforeValidator(_object)] = None


class Reference(Element):
    """A reference, by address or by an identifier alone."""

    reference: Text = None
    type: Text = None
    display: Text = None


class Period(Element):
    """From and to."""

    start: Text = None
    end: Text = None


Concepts = Annotated[list[Concept], BeforeValidator(_objects)]
OneConcept = Annotated[Concept | None, BeforeValidator(_object)]
OneReference = Annotated[Reference | None, BeforeValidator(_object)]
OnePeriod = Annotated[Period | None, BeforeValidator(_object)]


class Valued(Element):
    """What an observation or a component of one holds."""

    code: OneConcept = None
    valueQuantity: Annotated[Quantity | None, BeforeValidator(_object)] = None
    valueRange: Annotated[Bounds | None, BeforeValidator(_object)] = None
    valueRatio: Annotated[Ratio | None, BeforeValidator(_object)] = None
    valueCodeableConcept: OneConcept = None
    valueString: Text = None
    valueInteger: Number = None
    valueDecimal: Number = None
    valueBoolean: Truth = None
    dataAbsentReason: OneConcept = None


class Meta(Element):
    """The profiles that a resource claims."""

    profile: Texts = Field(default_factory=list[str])


class Stage(Element):
    """A stage of a condition."""

    summary: OneConcept = None


class Reaction(Element):
    """A reaction of an allergy."""

    substance: OneConcept = None


class HumanName(Element):
    """A name in parts."""

    text: Text = None
    family: Text = None
    given: Texts = Field(default_factory=list[str])
    use: Text = None


class Identifier(Element):
    """A number of somebody or something."""

    value: Text = None
    system: Text = None


class Resource(Valued):
    """Any resource; the elements that hilum reads, of whichever type."""

    resourceType: Text = None
    id: Text = None
    meta: Annotated[Meta | None, BeforeValidator(_object)] = None
    status: Text = None
    intent: Text = None
    clinicalStatus: OneConcept = None
    verificationStatus: OneConcept = None
    subject: OneReference = None
    patient: OneReference = None
    focus: Annotated[list[Reference], BeforeValidator(_objects)] = Field(
        default_factory=list[Reference]
    )
    effectiveDateTime: Text = None
    effectiveInstant: Text = None
    effectivePeriod: OnePeriod = None
    onsetDateTime: Text = None
    recordedDate: Text = None
    authoredOn: Text = None
    performedDateTime: Text = None
    performedPeriod: OnePeriod = None
    occurrenceDateTime: Text = None
    occurrencePeriod: OnePeriod = None
    bodySite: Concepts = Field(default_factory=list[Concept])
    severity: OneConcept = None
    stage: Annotated[list[Stage], BeforeValidator(_objects)] = Field(default_factory=list[Stage])
    component: Annotated[list[Valued], BeforeValidator(_objects)] = Field(
        default_factory=list[Valued]
    )
    medicationCodeableConcept: OneConcept = None
    medicationReference: OneReference = None
    doNotPerform: Truth = None
    statusReason: Concepts = Field(default_factory=list[Concept])
    reaction: Annotated[list[Reaction], BeforeValidator(_objects)] = Field(
        default_factory=list[Reaction]
    )
    gender: Text = None
    birthDate: Text = None
    deceasedBoolean: Truth = None
    deceasedDateTime: Text = None
    name: Annotated[list[HumanName], BeforeValidator(_objects)] = Field(
        default_factory=list[HumanName]
    )
    identifier: Annotated[list[Identifier], BeforeValidator(_objects)] = Field(
        default_factory=list[Identifier]
    )

    @property
    def profiles(self) -> list[str]:
        """The last parts of the profiles' addresses, without their version."""
        found = self.meta.profile if self.meta else []
        return [one.split("|")[0].rstrip("/").rsplit("/", 1)[-1] for one in found]


def resource_of(raw: dict[str, Any]) -> Resource:
    """A resource from its JSON."""
    return Resource.model_validate(raw)
