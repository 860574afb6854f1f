"""Every printed comparison of two treatments, each as its study printed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hilum.answers.direction import direction
from hilum.evidence import Design, FigureKind, Measure, Outcome
from hilum.evidence.codes import Background
from hilum.evidence.vocabulary import ANALOGUES

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.evidence import Evidence
    from hilum.evidence.records import Arm, Result

ALONE = "ssa_alone"
"""A comparator arm of nothing but the analogue that both arms were given."""
CONTROLS = ("placebo", "best_supportive_care", "observation", "none", ALONE)
RATIOS = (Measure.HAZARD_RATIO, Measure.ODDS_RATIO)
Kind = Literal["randomised", "nonrandomised", "review"]
Side = Literal["treatment", "comparator"]


@dataclass(frozen=True, slots=True)
class TrialRatio:
    """One printed ratio.

    Attributes
    ----------
    name, year : str, int or None
        Of the study.
    treatment, comparator : str
        Treatments by name once an analogue given to both arms is taken off both
        (``background``); combinations joined with ``+``; :data:`ALONE` where nothing else is left.
    arm, comparator_arm : str
        The arms in the study's words.
    value, low, high, p_value : as printed, first named against second
    n : (int or None, int or None)
        Patients of the two arms.
    better : {"treatment", "comparator"} or None
        The side that the printed value favours; ``None`` at 1 or where the ratio's direction is
        not said.
    clear : bool or None
        Whether the printed interval excludes 1; ``None`` without an interval.
    left_out : str or None
        Why it is shown and not pooled: ``no_interval``, ``alternative``, ``subgroup``, ``review``,
        ``same_arm``, ``same_cohort``, ``same_treatment``, or a reason of the patient's.
    """

    result_id: str
    study_id: str
    name: str
    year: int | None
    kind: Kind
    outcome: Outcome
    measure: Measure
    time_months: float | None
    criteria: str | None
    subgroup: str | None
    treatment: str
    comparator: str
    background: bool
    arm: str
    comparator_arm: str
    arm_id: str
    comparator_arm_id: str
    value: float
    low: float | None
    high: float | None
    p_value: str | None
    n: tuple[int | None, int | None]
    better: Side | None
    clear: bool | None
    left_out: str | None = None

    @property
    def key(self) -> tuple[str, str, Outcome, Measure, float | None, Kind]:
        """What is compared with what, in which outcome, by which kind of study."""
        return (
            self.treatment,
            self.comparator,
            self.outcome,
            self.measure,
            self.time_months,
            self.kind,
        )


def kind_of(design: Design) -> Kind:
    """Randomised, not randomised, or somebody's pooling."""
    if design is Design.RCT:
        return "randomised"
    return "review" if design is Design.POOLED_ANALYSIS else "nonrandomised"


def sides(arm: Arm, other: Arm, treatment_of: Callable[[str], str | None]) -> tuple[str, str, bool]:
    """Names of two arms once an analogue that both were given is taken off both."""
    first, second = arm.modality.split("+"), other.modality.split("+")
    given = Background.SSA in (arm.background, other.background)
    both = any(one in ANALOGUES for one in first) and any(one in ANALOGUES for one in second)
    background = given or both
    if background:
        bare = [[one for one in parts if one not in ANALOGUES] for parts in (first, second)]
        if bare[0] or bare[1]:
            first, second = (parts or [ALONE] for parts in bare)
        else:
            # Two analogues against each other: nothing is background.
            background = False

    def name(parts: list[str]) -> str:
        return "+".join(sorted({treatment_of(one) or one for one in parts}))

    return name(first), name(second), background


def printed_ratios(
    evidence: Evidence,
    treatment_of: Callable[[str], str | None],
    misfit: Callable[[Result], str | None] = lambda _: None,
) -> list[TrialRatio]:
    """Every ratio of the tables between two arms, in table order.

    Parameters
    ----------
    treatment_of : callable
        The treatment of a modality, or ``None``.
    misfit : callable
        Why a row does not speak of the patient, or ``None``.
    """
    out: list[TrialRatio] = []
    for row in evidence.results:
        if row.measure not in RATIOS or row.comparator_arm_id is None or row.value is None:
            continue
        arm = evidence.arm[row.study_id, row.arm_id]
        other = evidence.arm[row.study_id, row.comparator_arm_id]
        study = evidence.study[row.study_id]
        treatment, comparator, background = sides(arm, other, treatment_of)
        out.append(
            TrialRatio(
                result_id=row.result_id,
                study_id=row.study_id,
                name=study.name,
                year=study.year,
                kind=kind_of(study.design),
                outcome=row.outcome,
                measure=row.measure,
                time_months=row.time_months,
                criteria=row.criteria,
                subgroup=row.subgroup,
                treatment=treatment,
                comparator=comparator,
                background=background,
                arm=arm.description or arm.arm_id,
                comparator_arm=other.description or other.arm_id,
                arm_id=arm.arm_id,
                comparator_arm_id=other.arm_id,
                value=row.value,
                low=row.ci_low,
                high=row.ci_high,
                p_value=row.p_value,
                n=(arm.n, other.n),
                better=better_side(row.measure, row.outcome, row.value),
                clear=excludes_one(row.ci_low, row.ci_high),
                left_out=_unfit(row, study.design, treatment == comparator) or misfit(row),
            )
        )
    return out


def better_side(measure: Measure, outcome: Outcome, value: float) -> Side | None:
    """The side that a ratio favours, whatever its interval."""
    side = direction(measure, outcome)
    if side == "not_stated" or value == 1:
        return None
    return "treatment" if (value < 1) is (side == "below") else "comparator"


def excludes_one(low: float | None, high: float | None) -> bool | None:
    """Whether an interval excludes no effect; one known end beyond 1 is not enough."""
    if low is None or high is None:
        return None
    return low > 1 or high < 1


def _unfit(row: Result, design: Design, same: bool) -> str | None:
    if design is Design.POOLED_ANALYSIS:
        return "review"
    if same:
        return "same_treatment"
    if row.figure_kind is not FigureKind.ESTIMATE:
        return str(row.figure_kind)
    if row.subgroup is not None:
        return "subgroup"
    if not (row.value and row.ci_low and row.ci_high and 0 < row.ci_low < row.ci_high):
        return "no_interval"
    return None
