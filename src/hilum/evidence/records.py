"""Frozen records of the published evidence: one study, one arm, one figure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from hilum.errors import phrased
from hilum.evidence.codes import (
    KNOWN_CODES,
    Background,
    CohortBasis,
    CriteriaClass,
    GradeScope,
    Line,
    NFrom,
    Nuclide,
    Origin,
    ReferenceArm,
    Scope,
    SelectionCode,
    Severity,
    Site,
    UnitOfN,
    selections,
)
from hilum.evidence.vocabulary import (
    MODALITIES,
    Design,
    FigureKind,
    Measure,
    Outcome,
    Population,
    ReadFrom,
)
from hilum.fingerprint import fingerprint

if TYPE_CHECKING:
    from hilum.evidence.appraisal.read import Appraisals

# A paper may carry next year's date; nothing later can have been read.
FIRST_YEAR, LAST_YEAR = 1900, date.today().year + 1


def _blank_is_missing(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _plain_digits(value: object) -> object:
    """Refuse 1_041, which Python takes for a number."""
    if isinstance(value, str) and "_" in value:
        message = "a number without signs between thousands"
        raise ValueError(message)
    return _blank_is_missing(value)


def _known_modality(value: str) -> str:
    parts = value.split("+")
    unknown = [part for part in parts if part not in MODALITIES]
    if unknown:
        message = phrased("a known modality, not {unknown!r}", unknown=unknown[0])
        raise ValueError(message)
    if parts != sorted(parts):
        message = phrased(
            "the partners in alphabetical order: {parts}", parts="+".join(sorted(parts))
        )
        raise ValueError(message)
    return value


def _known_selection(value: str) -> str:
    if value not in selections():
        message = phrased("a known selection, not {value!r}", value=value)
        raise ValueError(message)
    return value


def _known_codes(value: str | None) -> str | None:
    words = (value or "").split()
    if any(word not in KNOWN_CODES for word in words) or len(set(words)) != len(words):
        message = phrased("words of {known_codes}, each once", known_codes=", ".join(KNOWN_CODES))
        raise ValueError(message)
    return value


_Blank = BeforeValidator(_blank_is_missing)
_Figure = BeforeValidator(_plain_digits)
Text = Annotated[str | None, _Blank]
Count = Annotated[Annotated[int, Field(ge=0)] | None, _Figure]
Positive = Annotated[Annotated[int, Field(gt=0)] | None, _Figure]
Number = Annotated[Annotated[float, Field(allow_inf_nan=False)] | None, _Figure]
Time = Annotated[Annotated[float, Field(gt=0, allow_inf_nan=False)] | None, _Figure]
Age = Annotated[Annotated[float, Field(ge=0, le=120)] | None, _Figure]
Share = Annotated[Annotated[float, Field(ge=0, le=100)] | None, _Figure]
Year = Annotated[Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] | None, _Figure]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]


class _Record(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True
    )

    row: int = Field(ge=2, description="line of the table, the header being line 1")


class Study(_Record):
    """One published study (a row of ``studies.csv``)."""

    study_id: Slug
    first_author: Text
    year: Year
    title: Text
    journal: Text
    pmid: Text
    pmcid: Text
    doi: Text
    design: Design
    countries: Text
    centres: Positive
    enrol_start: Year
    enrol_end: Year
    n_patients: Positive
    population: Population
    read_from: ReadFrom
    source: str = Field(min_length=1)
    cohort_of: Text
    verify: Text
    notes: Text
    cohort_basis: Annotated[CohortBasis | None, _Blank] = None

    @property
    def name(self) -> str:
        """Short citation, for example ``Gupta 2005``; the id where the author is not known."""
        if self.first_author is None:
            return self.study_id
        return f"{self.first_author} {self.year}" if self.year else self.first_author

    @property
    def link(self) -> str | None:
        """Address of the publication, or ``None`` where only a description is known."""
        return source_link(self.source) or (
            f"https://doi.org/{self.doi}" if self.doi else source_link(f"PMID {self.pmid}")
        )


class Arm(_Record):
    """One treatment arm (a row of ``arms.csv``); a single-arm series has one."""

    study_id: Slug
    arm_id: Slug
    modality: Annotated[str, AfterValidator(_known_modality)]
    description: Text
    n: Positive
    age_median: Age
    pct_male: Share
    pct_pancreatic: Share
    pct_small_bowel: Share
    pct_functioning: Share
    pct_grade1: Share
    pct_grade2: Share
    pct_grade3: Share
    pct_extrahepatic: Share
    pct_burden_over_50: Share
    pct_prior_liver_therapy: Share
    notes: Text
    line: Line = Line.NOT_STATED
    background: Annotated[Background | None, _Blank] = None
    nuclide: Annotated[Nuclide | None, _Blank] = None
    scope: Scope | None = None
    site: Site = Site.NOT_STATED
    grade_scope: GradeScope = GradeScope.NOT_STATED
    reference_arm: Annotated[ReferenceArm | None, _Blank] = None
    selection: Annotated[str, AfterValidator(_known_selection)] = "not_stated"
    part_of: Text = None
    codes_known: Annotated[Text, AfterValidator(_known_codes)] = None

    @property
    def chosen(self) -> SelectionCode:
        """How its patients were chosen."""
        return selections()[self.selection]


class Result(_Record):
    """One reported figure (a row of ``results.csv``), with where it was read.

    ``value`` is percent for a proportion or a rate, months, or a ratio. ``result_id`` is made
    once and stays when rows move; ``origin`` is the column ``from``.
    """

    study_id: Slug
    arm_id: Slug
    comparator_arm_id: Text
    subgroup: Text
    outcome: Outcome
    criteria: Text
    measure: Measure
    figure_kind: FigureKind
    time_months: Time
    events: Count
    n: Positive
    value: Number
    ci_low: Number
    ci_high: Number
    p_value: Text
    locator: Text
    source: str = Field(min_length=1)
    derived: Text
    notes: Text
    criteria_class: Annotated[CriteriaClass | None, _Blank] = None
    unit_of_n: UnitOfN = UnitOfN.PATIENTS
    n_from: NFrom = NFrom.NONE
    origin: Annotated[Origin | None, _Blank] = Field(default=None, alias="from")
    severity: Annotated[Severity | None, _Blank] = None
    result_id: Annotated[str, Field(pattern=r"^[a-z0-9_]+-[0-9]{3,}$")]

    @property
    def label(self) -> str:
        """Opaque, unique id of the figure: study, arm and table line."""
        return f"{self.study_id}/{self.arm_id}/{self.row}"


@dataclass(frozen=True, eq=False)
class Evidence:
    """The whole published record, in table order; ``version`` 1 has no codes.

    Two are the same only where they are one: what was computed from one is kept by identity.
    ``unread`` names the studies (with an empty arm) and arms whose rows have a fault of their
    own: what refers to them is not at fault too. ``appraisals`` are those of its folder.
    """

    studies: tuple[Study, ...]
    arms: tuple[Arm, ...]
    results: tuple[Result, ...]
    version: int = 2
    unread: frozenset[tuple[str, str]] = frozenset()
    appraisals: Appraisals | None = None

    @cached_property
    def content_hash(self) -> str:
        """Hash of every cell and appraisal; it stays when rows move or files are laid out anew."""
        tables = {"study": self.studies, "arm": self.arms, "result": self.results}
        rows: list[object] = [
            (name, one.model_dump(mode="json", exclude={"row"}))
            for name, records in tables.items()
            for one in records
        ]
        judged = self.appraisals.all if self.appraisals else ()
        return fingerprint(rows + [("appraisal", asdict(one)) for one in judged])

    @cached_property
    def study(self) -> dict[str, Study]:
        """Studies by id."""
        return {study.study_id: study for study in self.studies}

    @cached_property
    def arm(self) -> dict[tuple[str, str], Arm]:
        """Arms by (study id, arm id)."""
        return {(arm.study_id, arm.arm_id): arm for arm in self.arms}

    @cached_property
    def arms_of(self) -> dict[str, tuple[str, ...]]:
        """Ids of arms by study."""
        groups: dict[str, list[str]] = {}
        for study, arm in self.arm:
            groups.setdefault(study, []).append(arm)
        return {study: tuple(arms) for study, arms in groups.items()}

    @cached_property
    def by_outcome(self) -> dict[Outcome, tuple[Result, ...]]:
        """Results by outcome, in table order."""
        groups: dict[Outcome, list[Result]] = {}
        for result in self.results:
            groups.setdefault(result.outcome, []).append(result)
        return {outcome: tuple(rows) for outcome, rows in groups.items()}


def source_link(source: str) -> str | None:
    """Address of a public id (PMC, PMID, DOI or URL), or ``None``."""
    text = source.strip()
    if text.startswith(("https://", "http://")):
        return text
    if text.upper().startswith("PMC") and text[3:].isdigit():
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{text}/"
    lowered = text.lower()
    if lowered.startswith("pmid") and text[4:].strip(" :").isdigit():
        return f"https://pubmed.ncbi.nlm.nih.gov/{text[4:].strip(' :')}/"
    bare = text[4:].strip() if lowered.startswith("doi:") else text.removeprefix("DOI ").strip()
    return f"https://doi.org/{bare}" if bare.startswith("10.") else None
