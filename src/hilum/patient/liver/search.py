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
from hilum.patient.volumetry import (
    Body,
    Needed,
    Threshold,
    needed,
    standard_volume,
    thresholds,
)
from hilum.patient.volumetry_shares import Denominators
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.patient.liver.anatomy import Anatomy
    from hilum.patient.liver.lesions import Lesion
    from hilum.patient.tables import Tables
    from hilum.watch import Watch

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
    flr_percent_ct: float
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
    watch: Watch = SILENT,
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
    watch : Watch
        Told of every union of segments.

    Raises
    ------
    NotEstimable
        Without segments or lesions there is nothing to search.
    """
    if anatomy.segments is None:
        raise NotEstimable("a search needs label maps with Couinaud's segments")
    if not lesions:
        raise NotEstimable("a search needs lesions: none lies in the liver")
    parts = tally(anatomy, margin_mm, watch=watch) if parts is None else parts
    limit, preferred = ablation_limits()
    if ablate_up_to_mm is not None:
        limit = Limit(ablate_up_to_mm, "", "given")
    reach = margin_mm + min(anatomy.grid.spacing)
    wedgeable = {one.id for one in lesions if one.surface_mm <= reach}
    small = {one.id for one in lesions if one.longest_axial_mm <= limit.mm}
    tried = _tried(parts, wedgeable, small - wedgeable, margin_mm, watch)
    best, least = _fewest_left(tried)
    front = _front(best)
    size = body or Body()
    total_ml = int(parts.functional.sum()) * parts.voxel_ml
    by = Denominators(total_ml, standard_volume(size), size.surface_m2)
    relevant = [one for one in thresholds() if (condition or "normal") in one.conditions]
    candidates = tuple(_candidate(plan, found, parts, by, relevant) for plan, found in front)
    widest = max((one.flr_ml for one in candidates), default=0.0)
    lacking = _lacking(widest, by, relevant)
    one_stage = _one_stage(least, candidates, lacking)
    return Search(
        candidates=candidates,
        tried=len(tried),
        margin_mm=margin_mm,
        limit=limit,
        preferred=preferred,
        untreatable=_untreatable(best),
        condition=condition,
        one_stage=one_stage,
        growth=lacking if one_stage is False else (),
    )


def _tried(
    parts: Tally, wedgeable: set[int], ablatable: set[int], margin_mm: float, watch: Watch
) -> dict[Plan, Counted]:
    """Every union of segments, completed by wedges, and by wedges and ablations."""
    present = [n for n in range(1, 9) if (parts.segment == n).any()]
    subsets = [chosen for size in range(len(present) + 1) for chosen in combinations(present, size)]
    tried: dict[Plan, Counted] = {}
    watch.stage("plans", len(subsets))
    for chosen in subsets:
        left = count(parts, Plan(chosen)).left
        wedge = tuple(one for one in left if one in wedgeable)
        ablate = tuple(one for one in left if one in ablatable)
        for completed in ((), ablate):
            plan = Plan(chosen, wedge, completed, margin_mm)
            if plan not in tried:
                tried[plan] = count(parts, plan)
        watch.done()
    return tried


def _fewest_left(tried: dict[Plan, Counted]) -> tuple[list[tuple[Plan, Counted]], int]:
    """The plans that leave some liver and fewest lesions, and how many they leave."""
    possible = [(plan, found) for plan, found in tried.items() if found.kept]
    least = min(len(found.left) for _, found in possible)
    return [(plan, found) for plan, found in possible if len(found.left) == least], least


def _lacking(
    widest_ml: float, by: Denominators, relevant: Sequence[Threshold]
) -> tuple[Needed, ...]:
    """What the widest remnant lacks of each threshold whose denominator is known."""
    found = [
        needed(widest_ml, known, one)
        for one in relevant
        if (known := by.of(one.denominator)) is not None
    ]
    return tuple(one for one in found if one is not None)


def _one_stage(
    left: int, candidates: Sequence[Candidate], lacking: Sequence[Needed]
) -> bool | None:
    """Whether some plan treats all and leaves enough; ``None`` where no threshold can be judged."""
    if left:
        return False
    if any(one.enough for one in candidates):
        return True
    return False if lacking else None


def _untreatable(best: Sequence[tuple[Plan, Counted]]) -> tuple[int, ...]:
    """Lesions that every one of these plans leaves."""
    if not best:
        return ()
    return tuple(sorted(set.intersection(*(set(found.left) for _, found in best))))


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


def _candidate(
    plan: Plan, found: Counted, parts: Tally, by: Denominators, relevant: Sequence[Threshold]
) -> Candidate:
    flr_ml = found.kept * parts.voxel_ml
    reached = [
        one.name
        for one in relevant
        if (value := by.share(flr_ml, one.denominator)) is not None and value >= one.value
    ]
    wedged = set(plan.wedge)
    return Candidate(
        plan=plan,
        flr_ml=flr_ml,
        flr_percent_ct=by.share(flr_ml, "ct_non_tumour") or 0.0,
        sflr_percent=by.share(flr_ml, "slv"),
        lesions_resected=tuple(one for one in found.resected if one not in wedged),
        lesions_wedged=plan.wedge,
        lesions_ablated=found.ablated,
        lesions_left=found.left,
        lesions_margin_short=found.margin_short,
        enough=tuple(dict.fromkeys(reached)),
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
