"""What has been published: treatments by outcomes, each cell as the sheet prints it.

Amounts of evidence, not effects: figures of two cells come from other patients.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from hilum.analyses.asked import Option, check
from hilum.analyses.summary import FOLDER
from hilum.errors import Fault, phrased
from hilum.sheet.asked import UNKNOWN
from hilum.sheet.rating import AppraisalSummary
from hilum.sheet.sheet_cells import Answer, AskedPart
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.evidence.filtering import StudyFilter
    from hilum.watch import Watch

UNREPORTED: Final = ("apart", "with")
"""What becomes of studies that a filter cannot decide: counted apart, or kept and counted."""


def unreported_known() -> tuple[str, ...]:
    """What may become of studies that a filter cannot decide."""
    return UNREPORTED


def sites() -> tuple[str, ...]:
    """Primary sites that can be asked for."""
    from hilum.answers import SITES

    return SITES


def grades() -> tuple[str, ...]:
    """Grades that can be asked for."""
    from hilum.answers import GRADES

    return GRADES


def lines() -> tuple[str, ...]:
    """Lines of treatment that can be asked for."""
    from hilum.answers import LINES

    return LINES


def designs() -> tuple[str, ...]:
    """Designs of studies."""
    from hilum.evidence import Design

    return tuple(str(one) for one in Design)


def treatments_known() -> tuple[str, ...]:
    """Treatments that have cells."""
    from hilum.answers import treatments

    return tuple(treatments())


def outcomes_known() -> tuple[str, ...]:
    """Outcomes that have cells."""
    from hilum.answers import outcomes

    return tuple(outcomes())


def outcomes_shown() -> tuple[str, ...]:
    """The columns of the map where nobody chose others."""
    from hilum.answers import outcomes

    shown = [one for one in outcomes().values() if one.map]
    return tuple(one.key for one in sorted(shown, key=lambda one: one.map))


@dataclass(frozen=True, kw_only=True)
class MapAsked:
    """Whose evidence, of which studies, and which rows and columns.

    Site, grade and line are the patient's, as in a cell: each cell answers them by its own rules.
    Design, years and burden leave studies out before any cell is made. ``not_known`` names those
    of site, grade and line that a case leaves open.
    """

    site: Annotated[str, Option("Primary site of the patient.", sites)] = UNKNOWN["site"]
    grade: Annotated[str, Option("Grade of the patient.", grades)] = UNKNOWN["grade"]
    line: Annotated[str, Option("Line of treatment now asked about.", lines)] = UNKNOWN["line"]
    design: Annotated[
        tuple[str, ...], Option("Only studies of this design; may be given again.", designs)
    ] = ()
    year_from: Annotated[
        int | None, Option("Only studies published in this year or later.", at_least=1900)
    ] = None
    year_to: Annotated[
        int | None, Option("Only studies published in this year or before.", at_least=1900)
    ] = None
    burden_from: Annotated[
        float | None,
        Option(
            "Least percent of an arm's patients with tumour in more than half of the liver.",
            at_least=0,
            at_most=100,
        ),
    ] = None
    burden_to: Annotated[
        float | None,
        Option(
            "Greatest percent of an arm's patients with tumour in more than half of the liver.",
            at_least=0,
            at_most=100,
        ),
    ] = None
    unreported: Annotated[
        str,
        Option(
            "Studies that do not report year or burden: counted apart, or with the others.",
            unreported_known,
        ),
    ] = "apart"
    treatment: Annotated[
        tuple[str, ...], Option("Only this treatment; may be given again.", treatments_known)
    ] = ()
    outcome: Annotated[
        tuple[str, ...],
        Option("This outcome instead of the usual ones; may be given again.", outcomes_known),
    ] = ()
    all_outcomes: Annotated[bool, Option("Every outcome that has cells.")] = False
    with_left_out: Annotated[
        bool, Option("With every figure left out of a cell, not only their number (JSON).")
    ] = False
    evidence: Annotated[Path | None, Option(FOLDER)] = None
    appraisals: Annotated[
        Path | None,
        Option("Appraisals (CSV); else appraisals.csv of the --evidence folder."),
    ] = None
    not_known: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse every unknown word and every empty span at once."""
        spans = (("year", self.year_from, self.year_to), ("burden", *self._burden))
        empty = [
            Fault(
                "",
                None,
                f"{name}_to",
                f"{high:g}",
                phrased("a number, {low:g} or more", low=low),
            )
            for name, low, high in spans
            if low is not None and high is not None and low > high
        ]
        chosen = [Fault("", None, "outcome", ", ".join(self.outcome), NOT_BOTH)]
        check(self, *empty, *(chosen if self.outcome and self.all_outcomes else ()))

    @property
    def _burden(self) -> tuple[float | None, float | None]:
        return self.burden_from, self.burden_to

    @property
    def rows(self) -> tuple[str, ...]:
        """Treatments, in the order of the sheet."""
        return tuple(
            one for one in treatments_known() if not self.treatment or one in self.treatment
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """Outcomes: those chosen in the order given, else the usual ones, or all."""
        if self.all_outcomes:
            return outcomes_known()
        return tuple(dict.fromkeys(self.outcome)) or outcomes_shown()

    @property
    def studies(self) -> StudyFilter:
        """The studies that are asked for."""
        from hilum.evidence.filtering import StudyFilter

        return StudyFilter(
            tuple(sorted(set(self.design))),
            self.year_from,
            self.year_to,
            *self._burden,
            self.unreported == "with",
        )


NOT_BOTH = "nothing beside --all-outcomes"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyTally:
    """How many studies a filter lets through, keeps out, and cannot decide.

    Of ``design``, ``years`` and ``burden`` over all studies of the record. Of ``site``, ``grade``
    and ``line``, which the cells themselves decide: ``fits`` are studies in a cell shown that state
    what is asked, ``mixed`` those of several kinds of patients together, ``not_reported`` those
    that do not say, ``other`` those of another kind that the cell's rules let in (a local treatment
    is not asked by primary site); ``outside`` are studies left out of a cell shown for it.
    ``kept``: what is not reported is in the cells.
    """

    filter: str
    fits: int
    mixed: int
    other: int
    outside: int
    not_reported: int
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MapComparison:
    """Two treatments compared by a ratio, as on the sheet; ``level`` is its certainty, if rated."""

    id: str
    treatment: str
    comparator: str
    outcome: str
    measure: str
    time_months: float | None
    kind: str
    value: float | None
    ci: tuple[float, float] | None
    k: int
    n: int | None
    better: str | None
    clear: bool | None
    level: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapCell:
    """One treatment in one outcome.

    Attributes
    ----------
    answer : Answer
        The figure as the sheet holds it, with its certainty; ``left_out`` is empty unless it was
        asked for: its reasons are counted below.
    kind : str or None
        The strongest kind among its studies: ``randomised``, ``compared`` or ``series``; ``kinds``
        counts the studies of each.
    stated : dict
        For each of site, grade and line that is asked for: how many of its studies state it
        (``stated``), are of the neighbouring site (``near``), of several (``mixed``), do not say
        (``not_stated``) or are of another (``other``).
    comparisons : tuple of str
        Ids of the comparisons of this treatment in this outcome, whatever their measure.
    compared_level : str or None
        The best certainty among the randomised of them: of a difference, not of the figure.
    left_out : dict
        Figures that touch the cell and are not in it, by reason (``special:milan`` with its
        detail).
    reported : int
        Studies that print such a figure and of which none is in the cell.
    searched : int
        Studies with an arm of the treatment that were looked at.
    outside, undecided : int
        Studies with such a figure that a filter of studies keeps out, or cannot decide.
    """

    treatment: str
    outcome: str
    answer: Answer
    kind: str | None
    kinds: dict[str, int]
    stated: dict[str, dict[str, int]]
    comparisons: tuple[str, ...]
    compared_level: str | None
    left_out: dict[str, int]
    reported: int
    searched: int
    outside: int
    undecided: int

    @property
    def level(self) -> str | None:
        """How certain the figure is; None where nothing was rated."""
        return None if self.answer.certainty is None else self.answer.certainty.level

    @property
    def patients(self) -> int:
        """Patients of the studies that could be weighted."""
        return self.answer.n or 0


@dataclass(frozen=True, kw_only=True)
class MapAnswered:
    """The map, one cell a treatment and outcome, rows first; ``names`` of the studies by id.

    ``studies`` of ``of_studies`` of the record fit the filters; ``newest`` is the year of the
    latest.
    """

    treatments: tuple[str, ...]
    outcomes: tuple[str, ...]
    patient: AskedPart
    cells: tuple[MapCell, ...]
    comparisons: tuple[MapComparison, ...]
    studies: int
    of_studies: int
    newest: int | None
    tallies: tuple[StudyTally, ...]
    names: dict[str, str]
    appraisals: AppraisalSummary
    evidence_hash: str
    asked: MapAsked

    def at(self, treatment: str, outcome: str) -> MapCell:
        """The cell of a row and a column."""
        place = self.treatments.index(treatment) * len(self.outcomes)
        return self.cells[place + self.outcomes.index(outcome)]


def run(asked: MapAsked, watch: Watch = SILENT) -> MapAnswered:
    """Make the map.

    Raises
    ------
    InputError
        With every fault of the tables.
    Stopped
        When the watch says so.
    """
    from hilum.analyses.evidence_map_cells import made_map
    from hilum.evidence import read_evidence

    watch.stage("evidence", 1)
    record = read_evidence(asked.evidence)
    watch.done()
    return made_map(record, asked, watch)
