"""Figures of a design that the record of their treatment does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from hilum.answers import outcomes
from hilum.evidence import Measure
from hilum.trials.synopsis.why_record import OffRecord, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.analyses.designs.asked import DesignAsked
    from hilum.evidence import Evidence
    from hilum.sheet.sheet import Answer

# Fields of a design that say what a group does: whose figure, and its unit.
FIGURES: Final[tuple[tuple[str, Literal["treatment", "control"], Unit], ...]] = (
    ("p0", "control", "proportion"),
    ("p1", "treatment", "proportion"),
    ("p2", "control", "proportion"),
    ("s0", "control", "proportion"),
    ("s1", "treatment", "proportion"),
    ("control_median", "control", "months"),
)
Basis = Literal["prediction", "range", "study"]


def held_by(found: Answer) -> tuple[Basis, tuple[float, float]] | None:
    """Where the record puts the figure of a new study of a treatment; None where it says nothing.

    The 95 % prediction interval where there is one; of a single study its 95 % interval; else from
    the lowest to the highest figure of the studies, widened to the interval of the pooled figure.
    """
    from hilum.sheet.cells_part import of_its_time

    if found.prediction is not None:
        return "prediction", found.prediction
    values = [one.value for one in of_its_time(found) if one.value is not None]
    if len(values) > 1:
        ends = [*values, *(found.ci or ())]
        return "range", (min(ends), max(ends))
    return None if found.ci is None else ("study", found.ci)


def off_record(asked: DesignAsked, record: Evidence, outcome: str) -> tuple[OffRecord, ...]:
    """Every figure of the design below or above what the record of its treatment holds."""
    from hilum.sheet.assumptions import answer_for
    from hilum.sheet.named import named

    found: list[OffRecord] = []
    for parameter, name, value, unit in _figures(asked):
        one = named(name, record)
        key = _key_of(outcome, unit, getattr(asked, "time", None))
        if one is None or one.treatment is None or key is None:
            continue
        answer = answer_for(record, one.treatment, key)
        held = held_by(answer)
        if held is None or answer.unit != unit:
            continue
        basis, (low, high) = held
        if not low <= value <= high:
            found.append(
                OffRecord(
                    parameter, value, unit, one.treatment, key, basis, (low, high),
                    answer.value if answer.form != "range" else None, answer.k, answer.n,
                )
            )  # fmt: skip
    return tuple(found)


def _figures(asked: DesignAsked) -> Iterator[tuple[str, str, float, Unit]]:
    """Parameter, whose it is, value and unit of each figure that the designers gave."""
    control = asked.control or asked.control_from_evidence or asked.treatment
    names = {"treatment": asked.treatment, "control": control}
    for parameter, side, unit in FIGURES:
        value, name = getattr(asked, parameter, None), names[side]
        if name is not None and isinstance(value, float | int):
            yield parameter, name, float(value), unit
    median, ratio = getattr(asked, "control_median", None), getattr(asked, "hazard_ratio", None)
    if asked.treatment and isinstance(median, float | int) and isinstance(ratio, float | int):
        # Exponential times: the median of the treatment that the ratio means.
        yield "treatment_median", asked.treatment, median / ratio, "months"


def _key_of(outcome: str, unit: Unit, time: float | None) -> str | None:
    """The outcome of the record that a figure is of: a share at its month, a median."""
    known = outcomes()[outcome]
    measures = {
        "proportion": Measure.RATE_AT if time is not None else known.measure,
        "months": Measure.MEDIAN_MONTHS,
    }
    wanted = measures[unit]
    if (known.measure, known.time_months) == (wanted, known.time_months if time is None else time):
        return outcome
    return next(
        (one.key for one in outcomes().values()
         if (one.outcome, one.measure) == (known.outcome, wanted)
         and (wanted is not Measure.RATE_AT or one.time_months == time)),
        None,
    )  # fmt: skip
