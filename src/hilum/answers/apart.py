"""Printed figures of one treatment that cannot hold for the same patients.

A single study's figure stays as its paper prints it, so it may stand beside a figure of other
studies that it contradicts (a trial's median of 48 months beside 68 % alive at five years in
another series). Such a pair loses nothing, but each of the two says so.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

from hilum.answers.tables import orders
from hilum.answers.thresholds import CLEARLY_BELOW, ROUNDING
from hilum.evidence.vocabulary import Measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hilum.answers.cell import Cell

HALF = 50.0
"""Percent alive at the median."""


def apart(cells: Mapping[str, Cell]) -> list[tuple[str, str]]:
    """Pairs of outcomes whose printed figures contradict each other, each from its own studies.

    The orders of section 5, a later rate that does not clearly fall among other studies, and a
    rate on the wrong side of one half at its time before or after the median.
    """
    shown = {key: one for key, one in cells.items() if one.value is not None}
    pairs = [*_out_of_order(shown), *_beyond_the_median(shown)]
    return [(one, other) for one, other in pairs if not _same(shown[one], shown[other])]


def marked_apart(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The cells, those that contradict another one flagged ``apart`` with its key."""
    out = dict(cells)
    for pair in apart(cells):
        for one, other in permutations(pair):
            out[one] = replace(out[one], flags=(*out[one].flags, ("apart", other)))
    return out


def _out_of_order(shown: Mapping[str, Cell]) -> Iterator[tuple[str, str]]:
    for order in orders():
        if order.lower not in shown or order.higher not in shown:
            continue
        low, high = _value(shown[order.lower]), _value(shown[order.higher])
        rates = shown[order.lower].question.asked.measure is Measure.RATE_AT
        if low > high + ROUNDING or (rates and low > high - CLEARLY_BELOW):
            yield order.lower, order.higher


def _beyond_the_median(shown: Mapping[str, Cell]) -> Iterator[tuple[str, str]]:
    for key, one in shown.items():
        asked = one.question.asked
        if asked.measure is not Measure.MEDIAN_MONTHS:
            continue
        for other_key, other in shown.items():
            at = other.question.asked
            if at.measure is not Measure.RATE_AT or at.outcome != asked.outcome:
                continue
            months, rate = (at.time_months or 0.0) - _value(one), _value(other) - HALF
            after = months > ROUNDING and rate > ROUNDING
            before = months < -ROUNDING and rate < -ROUNDING
            if after or before:
                yield key, other_key


def _value(one: Cell) -> float:
    return 0.0 if one.value is None else one.value


def _same(one: Cell, other: Cell) -> bool:
    """Whether the same studies give both: one curve, or one paper, as it prints them."""
    return {study.study_id for study in one.studies} == {study.study_id for study in other.studies}
