"""Running a design: its synopsis, and its size at both ends of what the record is sure of."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from hilum.analyses.designs.asked import DesignAsked, fields_named
from hilum.analyses.designs.contradicted import stop
from hilum.analyses.designs.remarks import margin_of_evidence, remarked
from hilum.analyses.designs.simulated import with_simulation
from hilum.analyses.designs.source import Published, Source
from hilum.analyses.designs.suited import suited
from hilum.errors import InputError, NotEstimable
from hilum.trials.synopsis.record import Sensitivity, Synopsis

if TYPE_CHECKING:
    from hilum.analyses.designs.table import Design
    from hilum.watch import Watch

# The difference hoped for stays; a hazard ratio does so by itself.
HOPES = ("p1", "s1")


@dataclass(frozen=True)
class DesignAnswered(Synopsis):
    """A synopsis (its fields stand first), and what was asked."""

    asked: DesignAsked = field(kw_only=True)


def run_design(design: Design, asked: DesignAsked, watch: Watch) -> DesignAnswered:
    """Size a trial.

    Raises
    ------
    InputError
        Values that no such trial can have; an outcome that it cannot judge; a question that
        published evidence answers, without a reason. Faults name the fields.
    NotEstimable, NotConverged
        No such trial, or none that could be found.
    Stopped
        When the watch says so.
    """
    synopsis, source = planned(design, asked, watch)
    synopsis = with_simulation(asked, synopsis, source, watch)
    parts: dict[str, Any] = {one.name: getattr(synopsis, one.name) for one in fields(Synopsis)}
    return design.Answered(**parts, asked=asked)


def planned(design: Design, asked: DesignAsked, watch: Watch) -> tuple[Synopsis, Source]:
    """All of :func:`run_design` but the trials that are played, and what these are made from."""
    watch.stage("design", 1)
    published = Published(asked)
    source = Source(asked, published, watch)
    synopsis = _sized(design, asked, source)
    suited(asked)
    stop(asked, synopsis)
    record = None if synopsis.why is None else published.record
    synopsis = remarked(asked, synopsis, record)
    if record is not None:
        synopsis = margin_of_evidence(asked, record, synopsis)
    watch.done()
    found = _sensitivity(design, asked, source, watch)
    if found:
        synopsis = replace(synopsis, sensitivity=found)
    return synopsis, source


def _sized(design: Design, asked: DesignAsked, source: Source) -> Synopsis:
    """The synopsis, its figures all numbers; values too far out for any are refused."""
    import numpy as np

    reason = "values so extreme, or so far apart, that no such trial can be computed"
    try:
        with fields_named(), np.errstate(divide="raise", over="raise", invalid="raise"):
            synopsis = design.sized(asked, source)
    except ArithmeticError:
        raise NotEstimable(reason) from None
    if not _finite(asdict(synopsis)):
        raise NotEstimable(reason)
    return synopsis


def _finite(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_finite(one) for one in value.values())
    if isinstance(value, list | tuple):
        return all(_finite(one) for one in value)
    return not isinstance(value, float) or math.isfinite(value)


def _sensitivity(
    design: Design, asked: DesignAsked, source: Source, watch: Watch
) -> tuple[Sensitivity, ...]:
    """Sizes at the ends of the interval of what the evidence gave."""
    one = source.used
    if one is None or one.interval is None:
        return ()
    watch.stage("design_ends", len(one.interval))
    hope = next((name for name in HOPES if getattr(asked, name, None) is not None), None)
    found: list[Sensitivity] = []
    for value in one.interval:
        hoped = None if hope is None else getattr(asked, hope) + value - one.value
        try:
            changed = asked if hope is None else replace(asked, **{hope: hoped})
            part = Source(changed, source.published, watch, instead=value)
            patients = _sized(design, changed, part).patients
        except (InputError, NotEstimable):
            patients = None
        found.append(Sensitivity(one.parameter, value, hoped, patients))
        watch.done()
    return tuple(found)
