"""Does what was read look like what was drawn? Each check a record, each result a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Iterable

Outcome = Literal["ok", "warn", "not_possible"]


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """One check of a curve.

    Attributes
    ----------
    code : str
        Which check: a key of :data:`CHECKS`.
    outcome : str
        ``ok``, ``warn`` (look at the overlay before going on), or ``not_possible`` where the figure
        does not hold what the check needs.
    figure, bound : float or None
        What was measured and the most (or least) that is ok.
    span : (float, float) or None
        From when to when on the axis of time, where the check tells of a part of it; a printed
        label and what stands there by the scale given by hand.
    """

    code: str
    outcome: Outcome
    figure: float | None
    bound: float
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class CheckKind:
    """A check: its bound, and whether a figure above or below it is a warning."""

    bound: float
    most: bool = True


CHECKS: Final = {
    # Share of the drawn line that what was read lies on.
    "covers_ink": CheckKind(0.97, most=False),
    # Root mean square of survival that may be wrong where something else hides the line: what it
    # falls there, times the root of that share of the axis. More makes a reading wrong.
    "line_seen": CheckKind(0.02),
    # Share of the whole fall that was drawn as a slope, or taken back upwards.
    "steps_only_down": CheckKind(0.05),
    # Distance of the first drawn level from 1, where the line is drawn from time 0.
    "starts_at_one": CheckKind(0.01),
    # Root mean square of survival that may be lost before the first drawn time: the fall until then
    # times the root of that share of the axis.
    "starts_at_zero": CheckKind(0.01),
    # Survival that may be lost at the end of the line, where a last fall to 0 cannot be told from
    # the frame, the axis or a mark there.
    "end_told": CheckKind(0.01),
    # Whether nobody and nothing says what the levels of a rising line are: 0 no, 1 yes.
    "levels_told": CheckKind(0.0),
    # Largest distance of a calibration point from the scale, as a share of the axis.
    "axis_straight": CheckKind(0.005),
    # Distance of a printed label from the scale given by hand, as a share of the axis.
    "times_as_labelled": CheckKind(0.01),
    "levels_as_labelled": CheckKind(0.01),
    # Other lines of the same colour and dash in the same plot, which this one may be mixed with.
    "line_alone": CheckKind(0.0),
    # Images: censoring marks, where what rises above the line is no family of them.
    "marks_told": CheckKind(0.0),
    # Root mean square of the reconstructed patients' curve minus the printed one; a reading so far
    # off is counted as wrong.
    "patients_have_curve": CheckKind(0.02),
    # Patients whom the curve makes die in a stretch beyond those who left it in the table.
    "at_risk_fits": CheckKind(1.0),
    # Share of the steps that no whole number of deaths among the numbers at risk makes.
    "at_risk_steps": CheckKind(0.1),
    # Share of the patients that are at risk after the curve ends, which may be cut off there.
    "at_risk_beyond": CheckKind(0.05),
    # Share of the curve's time that the numbers at risk reach: less where they are in another unit
    # (a week is 0.23 months, a month 0.08 years).
    "at_risk_reaches": CheckKind(0.25, most=False),
    # Median of the curve against the printed one, as a share of the printed one.
    "median_agrees": CheckKind(0.03),
    # Logarithm of the hazard ratio over the printed one.
    "hazard_ratio_agrees": CheckKind(0.10),
}
"""The checks of a reading, by code, in the order in which they are told."""


def judged(code: str, figure: float | None, span: tuple[float, float] | None = None) -> SelfCheck:
    """The result of a check; ``figure`` is None where the figure does not hold what it needs.

    ``span`` is kept where the check warns.
    """
    kind = found(CHECKS, code, "check")
    if figure is None:
        return SelfCheck(code, "not_possible", None, kind.bound)
    fine = figure <= kind.bound if kind.most else figure >= kind.bound
    return SelfCheck(
        code, "ok" if fine else "warn", float(figure), kind.bound, None if fine else span
    )


def in_order(checks: Iterable[SelfCheck]) -> tuple[SelfCheck, ...]:
    """One result a code, the last one given, in the order of the records."""
    by_code = {one.code: one for one in checks}
    return tuple(by_code[code] for code in CHECKS if code in by_code)


def warned(checks: Iterable[SelfCheck]) -> tuple[SelfCheck, ...]:
    """The checks that warn."""
    return tuple(one for one in checks if one.outcome == "warn")
