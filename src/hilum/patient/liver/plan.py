"""A plan of resection and ablation, and what it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.patient.liver.anatomy import SEGMENTS, Anatomy
from hilum.patient.liver.presets import segment_number
from hilum.patient.liver.shells import shells
from hilum.patient.liver.tally import Tally, tally
from hilum.patient.volumetry import (
    FORMULAS,
    STANDARD,
    Body,
    flr_percent_slv,
    probability_below,
    segmentation_sd_percent,
    standard_volumes,
    thresholds,
)
from hilum.patient.volumetry_shares import (
    AtThreshold,
    Denominators,
    at_thresholds,
    flr_body_weight_ratio,
)
from hilum.records import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hilum.patient.liver.outline import Outline

# The largest mean error of a segmented volume that is believed.
MAX_ERROR_PERCENT = 50.0
# The Brisbane 2000 terminology (IHPBA), by Couinaud's segments.
OPERATIONS: dict[str, tuple[int, ...]] = {
    "right": (5, 6, 7, 8),
    "extended_right": (4, 5, 6, 7, 8),
    "left": (2, 3, 4),
    "extended_left": (2, 3, 4, 5, 8),
    "left_lateral": (2, 3),
    "central": (4, 5, 8),
    "right_posterior": (6, 7),
    "right_anterior": (5, 8),
    "caudate": (1,),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is taken out: segments, wedges and ablation zones around lesions, or by a plane.

    ``margin_mm`` is the width around every wedged or ablated lesion. A wedge is resected, an
    ablation zone is not; both cost the same parenchyma.
    """

    segments: tuple[int, ...] = ()
    wedge: tuple[int, ...] = ()
    ablate: tuple[int, ...] = ()
    margin_mm: float = 0.0
    plane: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    drawn_remnant: bool = False

    @property
    def name(self) -> str:
        """The operation's name, or the segments by numeral; empty without either."""
        for name, segments in OPERATIONS.items():
            if set(segments) == set(self.segments):
                return name
        return ", ".join(SEGMENTS[number - 1] for number in sorted(self.segments))


@dataclass(frozen=True, slots=True)
class Counted:
    """A plan on a tally, in whole voxels; ``kept + removed`` is the functional liver."""

    kept: int
    removed: int
    tumour_left: int
    tumour: int
    resected: tuple[int, ...]
    ablated: tuple[int, ...]
    left: tuple[int, ...]
    margin_short: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Remnant:
    """What a plan leaves; volumes in mL.

    ``flr_ml`` is functional: without lesions left. ``flr_percent_ct`` is of the functional liver
    as measured, ``sflr_percent`` of the standard liver volume by ``formula``,
    ``flr_body_weight_ratio`` in percent of body weight. ``flr_percent_ct_p_below`` are
    probabilities that the first is truly below each value. ``lesions_margin_short`` were cleared,
    but liver within the margin stays.
    """

    plan: Plan
    flr_ml: float
    flr_ml_range: tuple[float, float]
    resected_ml: float
    functional_liver_ml: float
    remnant_with_lesions_ml: float
    flr_percent_ct: float
    flr_percent_ct_range: tuple[float, float]
    sflr_percent: float | None
    sflr_by_formula: tuple[tuple[str, float], ...]
    formula: str
    flr_body_weight_ratio: float | None
    lesions_resected: tuple[int, ...]
    lesions_ablated: tuple[int, ...]
    lesions_left: tuple[int, ...]
    lesions_margin_short: tuple[int, ...]
    tumour_resected_percent: float | None
    tumour_cleared_percent: float | None
    sd_percent: float
    flr_percent_ct_p_below: tuple[tuple[float, float], ...]
    thresholds: tuple[AtThreshold, ...]


def parse_segments(text: str, parameter: str = "resect") -> tuple[int, ...]:
    """Segments of an operation, by name, numerals or numbers, joined by commas or plus signs.

    Raises
    ------
    InputError
        With the known operations.
    """
    found: set[int] = set()
    for part in text.replace("+", ",").split(","):
        word = part.strip()
        name = word.lower().replace("-", "_").replace(" ", "_").removesuffix("_hepatectomy")
        if name in OPERATIONS:
            found.update(OPERATIONS[name])
            continue
        try:
            found.add(segment_number(word))
        except ValueError as error:
            hint = nearest(name, OPERATIONS, 1)
            expected = phrased(
                "segments I to VIII, or one of {operations}{hint}",
                operations=", ".join(OPERATIONS),
                hint=hint,
            )
            raise InputError(Fault("", None, parameter, word, expected)) from error
    return tuple(sorted(found))


def check_plan(anatomy: Anatomy, ids: Sequence[int], plan: Plan) -> None:
    """Refuse a plan that names what is not there.

    Raises
    ------
    InputError
        Segments without segment labels, or a lesion that does not exist.
    """
    if plan.segments and anatomy.segments is None:
        shown = ", ".join(SEGMENTS[number - 1] for number in plan.segments)
        expected = "label maps with Couinaud's segments, a cutting plane or a remnant label"
        raise InputError(Fault("", None, "resect", shown, expected))
    for option, wanted in (("wedge", plan.wedge), ("ablate", plan.ablate)):
        for number in wanted:
            if number not in ids:
                known = ", ".join(str(one) for one in ids) or "none"
                expected = phrased("a lesion's number ({known})", known=known)
                raise InputError(Fault("", None, option, str(number), expected))
    both = set(plan.wedge) & set(plan.ablate)
    if both:
        expected = "each lesion either wedged or ablated"
        raise InputError(Fault("", None, "ablate", str(min(both)), expected))


def removed_parts(parts: Tally, plan: Plan) -> NDArray[np.bool_]:
    """Which parts a plan removes or destroys, shape (parts,)."""
    gone = np.zeros(9, bool)
    gone[list(plan.segments)] = True
    removed = gone[parts.segment]
    if plan.plane is not None or plan.drawn_remnant:
        removed = removed | parts.beyond
    columns = [parts.ids.index(number) for number in (*plan.wedge, *plan.ablate)]
    if columns:
        removed = removed | parts.zone[:, columns].any(axis=1)
    return removed


def count(parts: Tally, plan: Plan, removed: NDArray[np.bool_] | None = None) -> Counted:
    """A plan's outcome from the tally alone."""
    removed = removed_parts(parts, plan) if removed is None else removed
    total = int(parts.functional.sum())
    gone = int(parts.functional[removed].sum())
    remaining = parts.tumour[~removed].sum(axis=0)
    cleared = remaining == 0
    short = parts.zone[~removed].any(axis=0) & cleared
    ablated = set(plan.ablate)
    return Counted(
        kept=total - gone,
        removed=gone,
        tumour_left=int(remaining.sum()),
        tumour=int(parts.tumour.sum()),
        resected=tuple(
            n for n, ok in zip(parts.ids, cleared, strict=True) if ok and n not in ablated
        ),
        ablated=tuple(n for n in parts.ids if n in ablated),
        left=tuple(n for n, ok in zip(parts.ids, cleared, strict=True) if not ok),
        margin_short=tuple(n for n, bad in zip(parts.ids, short, strict=True) if bad),
    )


def plan_remnant(
    anatomy: Anatomy,
    plan: Plan,
    *,
    body: Body | None = None,
    formula: str = STANDARD,
    mean_error_percent: float | None = None,
    parts: Tally | None = None,
    edges: Outline | None = None,
) -> Remnant:
    """What a plan leaves, with the range and the probability of being below each threshold.

    Parameters
    ----------
    anatomy : Anatomy
    plan : Plan
    body : Body, optional
        Height and weight, for standardised remnants.
    formula : str
        Standard liver volume: vauthey, urata, feng, korean or chan.
    mean_error_percent : float, optional
        Mean absolute error of a segmented volume; the published one when omitted.
    parts : Tally, optional
        A tally of this anatomy with the plan's margin and plane, to use again.
    edges : Outline, optional
        Of that tally: the range then takes no look at a voxel.

    Raises
    ------
    InputError
        A plan that names what is not there, an unknown formula, an impossible error.
    """
    check_options(formula, mean_error_percent)
    if parts is None:
        parts = tally(anatomy, plan.margin_mm, plane=plan.plane, drawn_remnant=plan.drawn_remnant)
    check_plan(anatomy, parts.ids, plan)
    removed = removed_parts(parts, plan)
    found = count(parts, plan, removed)
    lost, gained = _outline(anatomy, parts, removed) if edges is None else edges.moved(removed)
    ml, total = parts.voxel_ml, found.kept + found.removed
    flr_ml, ends = found.kept * ml, ((found.kept - lost) * ml, (found.kept + gained) * ml)
    size = body or Body()
    known = standard_volumes(size)
    by = Denominators(total * ml, known.get(STANDARD), size.surface_m2)
    share = by.share(flr_ml, "ct_non_tumour") or 0.0
    sd = segmentation_sd_percent(mean_error_percent)
    return Remnant(
        plan=plan,
        flr_ml=flr_ml,
        flr_ml_range=ends,
        resected_ml=found.removed * ml,
        functional_liver_ml=total * ml,
        remnant_with_lesions_ml=(found.kept + found.tumour_left) * ml,
        flr_percent_ct=share,
        flr_percent_ct_range=_share_range(ends, by),
        sflr_percent=flr_percent_slv(flr_ml, known[formula]) if formula in known else None,
        sflr_by_formula=tuple((name, flr_percent_slv(flr_ml, slv)) for name, slv in known.items()),
        formula=formula,
        flr_body_weight_ratio=None
        if size.weight_kg is None
        else flr_body_weight_ratio(flr_ml, size.weight_kg),
        lesions_resected=found.resected,
        lesions_ablated=found.ablated,
        lesions_left=found.left,
        lesions_margin_short=found.margin_short,
        tumour_resected_percent=_of_tumour(found, _voxels_of(parts, found.ablated)),
        tumour_cleared_percent=_of_tumour(found, 0),
        sd_percent=sd,
        flr_percent_ct_p_below=tuple(
            (value, probability_below(share, value, sd))
            for value in sorted({one.value for one in thresholds() if one.denominator != "bsa"})
        ),
        thresholds=at_thresholds(flr_ml, by, sd),
    )


def check_options(formula: str, mean_error_percent: float | None) -> None:
    """Refuse an unknown formula or an impossible error.

    Raises
    ------
    InputError
        With the known formulas, or the range.
    """
    if formula not in FORMULAS:
        expected = phrased("one of {known}", known=", ".join(FORMULAS))
        raise InputError(Fault("", None, "formula", formula, expected))
    if mean_error_percent is not None and not 0 <= mean_error_percent <= MAX_ERROR_PERCENT:
        expected = phrased("a mean error from 0 to {most:g} percent", most=MAX_ERROR_PERCENT)
        raise InputError(Fault("", None, "error", str(mean_error_percent), expected))


def _outline(anatomy: Anatomy, parts: Tally, removed: NDArray[np.bool_]) -> tuple[int, int]:
    """Voxels that the remnant loses and gains when its outline moves by one voxel."""
    kept = np.zeros(anatomy.liver.size, bool)
    kept[parts.index[~removed[parts.part]]] = True
    return shells(kept.reshape(anatomy.grid.shape) & (anatomy.lesions == 0))


def _share_range(ends: tuple[float, float], by: Denominators) -> tuple[float, float]:
    """Both ends in percent of the functional liver, of which there is no more than all."""
    low, high = (by.share(one, "ct_non_tumour") or 0.0 for one in ends)
    return low, min(100.0, high)


def _of_tumour(found: Counted, but: int) -> float | None:
    """Percent of the tumour that is gone, ``but`` so many voxels; ``None`` without tumour."""
    if not found.tumour:
        return None
    return 100 * (found.tumour - found.tumour_left - but) / found.tumour


def _voxels_of(parts: Tally, numbers: Sequence[int]) -> int:
    columns = [parts.ids.index(number) for number in numbers]
    return int(parts.tumour[:, columns].sum()) if columns else 0
