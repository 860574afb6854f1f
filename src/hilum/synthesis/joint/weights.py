"""How much of each kind of evidence counts, and what each kind would say alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from hilum.synthesis.joint.data import COMPARATIVE, RANDOMISED, SINGLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.joint.data import Studies


class Weights(NamedTuple):
    """Powers from 0 to 1 of the likelihood by design, and of exchangeable baselines.

    ``exchange`` is the same assumption as series rest on, for studies that compare: at 0 their
    baselines are free and only contrasts within them count.
    """

    single: float
    comparative: float
    randomised: float
    exchange: float


def whole(weights: Sequence[float]) -> Weights:
    """All four from the two that are turned: (single-arm, comparative), trials at 1."""
    if len(weights) == 4:
        return Weights(*(float(one) for one in weights))
    single, comparative = (float(one) for one in weights)
    return Weights(single, comparative, 1.0, single)


ALONE: Final[dict[str, Weights]] = {
    "randomised": Weights(0.0, 0.0, 1.0, 0.0),
    "comparative": Weights(0.0, 1.0, 0.0, 0.0),
    "single_arm": Weights(1.0, 0.0, 0.0, 1.0),
    "randomised_arms": Weights(0.0, 0.0, 1.0, 1.0),
    "comparative_arms": Weights(0.0, 1.0, 0.0, 1.0),
}
"""One kind of evidence alone: its contrasts within studies, or the levels of its arms."""
WITHIN: Final = "within"
"""Everything asked for but exchangeable baselines."""


def needed_parts(studies: Studies, weights: Sequence[float]) -> dict[str, Weights]:
    """Refits from which the report on assumptions and conflicts is made, by name.

    Without comparisons there is nothing to take apart; each kind alone is needed only where a
    treatment has evidence of two kinds.
    """
    given = whole(weights)
    designs = {int(one) for one in studies.design}
    if designs == {SINGLE}:
        return {}
    within = Weights(0.0, given.comparative, given.randomised, 0.0)
    # Where one kind compares alone, all that compares is that kind.
    out = {"randomised": ALONE["randomised"]} if RANDOMISED in designs else {}
    if COMPARATIVE in designs:
        alone = RANDOMISED not in designs and within == Weights(0.0, 1.0, 1.0, 0.0)
        out |= {"comparative": ALONE["comparative"]} if alone else {WITHIN: within}
    held = {kind: _held(studies, kind) for kind in designs}
    arms = {kind: _held(studies, kind, arms=True) for kind in designs}
    names = {RANDOMISED: "randomised", COMPARATIVE: "comparative"}
    for kind in designs - {SINGLE}:
        if any(len(held[kind] & held[other]) > 1 for other in designs - {kind}):
            out.setdefault(names[kind], ALONE[names[kind]])
        if any(arms[kind] & arms[other] for other in designs - {kind}):
            out[f"{names[kind]}_arms"] = ALONE[f"{names[kind]}_arms"]
    if any(held.get(SINGLE, set()) & held[other] for other in designs - {SINGLE}):
        out["single_arm"] = ALONE["single_arm"]
    return out


def without_baselines(studies: Studies) -> str:
    """Name of the refit that holds every comparison and no exchangeable baseline."""
    designs = {int(one) for one in studies.design}
    return WITHIN if COMPARATIVE in designs else "randomised"


def _held(studies: Studies, design: int, *, arms: bool = False) -> set[int]:
    """Treatments that studies of a design hold; with ``arms`` in an arm, not in a contrast."""
    own = [s for s in range(studies.count) if studies.design[s] == design]
    out = {int(t) for s in own for t in studies.treatment[studies.study == s]}
    if not arms:
        out |= {int(t) for row in studies.contrast if int(row[0]) in own for t in row[1:]}
    return out
