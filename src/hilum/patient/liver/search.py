"""Searching plans: anatomical resections with wedges and ablation, by what they leave.

Geometry, not operability: vessels, bile ducts, function and the patient are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable
from hilum.patient.limits import Limit as RuleLimit
from hilum.patient.limits import limits_on
from hilum.patient.liver.plan import Counted, Plan, count
from hilum.patient.liver.tally import Tally, tally
from hilum.patient.records import AGAINST
from hilum.patient.tables import read_tables
from hilum.patient.volumetry import Body, Needed, Threshold, needed, standard_volumes, thresholds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.patient.liver.anatomy import Anatomy
    from hilum.patient.liver.lesions import Lesion
    from hilum.patient.tables import Tables

ABLATIONS = ("rfa", "mwa")


@dataclass(frozen=True, slots=True)
class Limit:
    """A published size up to which a lesion may be ablated."""

    mm: float
    rule_id: str
    source: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One plan that no other beats: ``enough`` names the thresholds that its remnant reaches."""

    plan: Plan
    flr_ml: float
    flr_percent: float
    sflr_percent: float | None
    lesions_resected: tuple[int, ...]
    lesions_wedged: tuple[int, ...]
    lesions_ablated: tuple[int, ...]
    lesions_left: tuple[int, ...]
    lesions_margin_short: tuple[int, ...]
    enough: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found.

    ``one_stage`` says whether some plan treats every lesion and leaves a remnant above the lowest
    threshold for the liver's condition. ``growth`` is what the largest such remnant lacks.
    """

    candidates: tuple[Candidate, ...]
    tried: int
    margin_mm: float
    limit: Limit
    preferred: Limit | None
    untreatable: tuple[int, ...]
    condition: str | None
    one_stage: bool | None
    growth: tuple[Needed, ...]


def ablation_limits(tables: Tables | None = None) -> tuple[Limit, Limit | None]:
    """The size above which thermal ablation is advised against, and that of the first caution.

    Raises
    ------
    NotEstimable
        When the rules hold no such limit.
    """
    tables = tables or read_tables()
    rules = {rule.rule_id: rule for name in ABLATIONS for rule in tables.rules_of.get(name, ())}
    found = [
        one
        for one in limits_on("lesion_max_mm", rules.values(), AGAINST)
        if not one.rule.region and one.sign in (">", ">=")
    ]
    firm = min((one for one in found if one.rule.decisive), key=lambda o: o.value, default=None)
    if firm is None:
        raise NotEstimable("the rules hold no size limit for ablation")
    soft = min(
        (one for one in found if not one.rule.decisive), key=lambda one: one.value, default=None
    )
    return _limit(firm), None if soft is None else _limit(soft)


def _limit(one: RuleLimit) -> Limit:
    return Limit(one.value, one.rule.rule_id, one.rule.source)


def search_plans(
    anatomy: Anatomy,
    lesions: Sequence[Lesion],
    *,
    margin_mm: float = 5.0,
    body: Body | None = None,
    condition: str | None = None,
    ablate_up_to_mm: float | None = None,
    parts: Tally | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Search:
    """Every union of segments, completed by wedges and ablation; the plans that none beats.

    A lesion that the segments leave is wedged where its margin reaches the liver's surface,
    ablated where it does not and its longest axial diameter is within the published limit, and
    left otherwise. Of the plans that leave fewest lesions, those stay which no other beats on
    both the remnant and the number of lesions ablated.

    Parameters
    ----------
    anatomy : Anatomy
        With segments.
    lesions : sequence of Lesion
        As measured.
    margin_mm : float
        Width around every wedged or ablated lesion.
    body : Body, optional
    condition : str, optional
        The liver's condition, which selects thresholds; normal where it is not given.
    ablate_up_to_mm : float, optional
        Instead of the published limit.
    progress : callable, optional
        Called with plans tried and plans in all.

    Raises
    ------
    NotEstimable
        Without segments or lesions there is nothing to search.
    """
    if anatomy.segments is None:
        raise NotEstimable("a search needs label maps with Couinaud's segments")
    if not lesions:
        raise NotEstimable("a search needs lesions: none lies in the liver")
    parts = tally(anatomy, margin_mm) if parts is None else parts
    limit, preferred = ablation_limits()
    if ablate_up_to_mm is not None:
        limit = Limit(ablate_up_to_mm, "", "given")
    reach = margin_mm + min(anatomy.grid.spacing)
    wedgeable = {one.id for one in lesions if one.surface_mm <= reach}
    small = {one.id for one in lesions if one.longest_axial_mm <= limit.mm}
    present = [n for n in range(1, 9) if (parts.segment == n).any()]
    subsets = [chosen for size in range(len(present) + 1) for chosen in combinations(present, size)]
    tried: dict[Plan, Counted] = {}
    for number, chosen in enumerate(subsets):
        left = count(parts, Plan(chosen)).left
        wedge = tuple(one for one in left if one in wedgeable)
        ablate = tuple(one for one in left if one not in wedgeable and one in small)
        for completed in ((), ablate):
            plan = Plan(chosen, wedge, completed, margin_mm)
            if plan not in tried:
                tried[plan] = count(parts, plan)
        if progress is not None and number % 16 == 15:
            progress(number + 1, len(subsets))
    possible = {plan: found for plan, found in tried.items() if found.kept}
    least = min(len(found.left) for found in possible.values())
    best = [(plan, found) for plan, found in possible.items() if len(found.left) == least]
    front = _front(best)
    relevant = [one for one in thresholds() if (condition or "normal") in one.conditions]
    total = int(parts.functional.sum())
    standard = standard_volumes(body or Body()).get("vauthey")
    surface = None if body is None else body.surface_m2
    candidates = tuple(
        _candidate(plan, found, parts, total, standard, surface, relevant) for plan, found in front
    )
    widest = max((found.kept for _, found in front), default=0) * parts.voxel_ml
    lacking: list[Needed] = []
    for one in relevant:
        denominator = _denominator(one, total * parts.voxel_ml, standard)
        lack = None if denominator is None else needed(widest, denominator, one)
        if lack is not None:
            lacking.append(lack)
    everything = least == 0
    one_stage = None
    if not everything:
        one_stage = False
    elif any(one.enough for one in candidates):
        one_stage = True
    elif lacking:
        one_stage = False
    return Search(
        candidates=candidates,
        tried=len(tried),
        margin_mm=margin_mm,
        limit=limit,
        preferred=preferred,
        untreatable=tuple(
            sorted(set.intersection(*(set(found.left) for _, found in best))) if best else ()
        ),
        condition=condition,
        one_stage=one_stage,
        growth=tuple(lacking) if one_stage is False else (),
    )


def _front(found: Sequence[tuple[Plan, Counted]]) -> list[tuple[Plan, Counted]]:
    """Plans that none beats on remnant and number ablated; of equals, the smallest."""
    ordered = sorted(
        found,
        key=lambda one: (
            len(one[1].ablated),
            -one[1].kept,
            len(one[0].segments) + len(one[0].wedge),
            one[0].segments,
        ),
    )
    front: list[tuple[Plan, Counted]] = []
    best = -1
    for plan, counted in ordered:
        if counted.kept > best:
            best = counted.kept
            front.append((plan, counted))
    return front


def _denominator(one: Threshold, functional_ml: float, standard_ml: float | None) -> float | None:
    return {"slv": standard_ml, "ct_non_tumour": functional_ml, "bsa": None}[one.denominator]


def _candidate(
    plan: Plan,
    found: Counted,
    parts: Tally,
    total: int,
    standard_ml: float | None,
    surface_m2: float | None,
    relevant: Sequence[Threshold],
) -> Candidate:
    flr_ml = found.kept * parts.voxel_ml
    enough: list[str] = []
    for one in relevant:
        denominator = _denominator(one, total * parts.voxel_ml, standard_ml)
        if denominator is not None:
            value = 100 * flr_ml / denominator
        elif one.denominator == "bsa" and surface_m2 is not None:
            value = flr_ml / surface_m2
        else:
            continue
        if value >= one.value:
            enough.append(one.name)
    wedged = set(plan.wedge)
    return Candidate(
        plan=plan,
        flr_ml=flr_ml,
        flr_percent=100 * found.kept / total,
        sflr_percent=None if standard_ml is None else 100 * flr_ml / standard_ml,
        lesions_resected=tuple(one for one in found.resected if one not in wedged),
        lesions_wedged=plan.wedge,
        lesions_ablated=found.ablated,
        lesions_left=found.left,
        lesions_margin_short=found.margin_short,
        enough=tuple(dict.fromkeys(enough)),
    )


def random_plans(parts: Tally, number: int, seed: int) -> list[Plan]:
    """Plans of random segments, wedges and ablations, for timing and for tests."""
    rng = np.random.default_rng(seed)
    found: list[Plan] = []
    for _ in range(number):
        segments = np.flatnonzero(rng.random(8) < 0.4) + 1
        chosen = rng.integers(0, 3, len(parts.ids))
        wedge = [one for one, kind in zip(parts.ids, chosen, strict=True) if kind == 1]
        ablate = [one for one, kind in zip(parts.ids, chosen, strict=True) if kind == 2]
        found.append(
            Plan(tuple(int(n) for n in segments), tuple(wedge), tuple(ablate), parts.margin_mm)
        )
    return found
