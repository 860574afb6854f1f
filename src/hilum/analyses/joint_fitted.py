"""The joint model fitted for a question, or found as an earlier one left it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hilum.analyses.columns_read import following, left_unread
from hilum.analyses.joint_read import better_of, check_named, priors_of, studies_of, target_of
from hilum.errors import NotConverged
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.analyses.joint_answer import Predictive
    from hilum.analyses.joint_asked import JointAsked
    from hilum.analyses.joint_laid import Laid
    from hilum.synthesis.joint import Dial, JointFit, Priors, Studies
    from hilum.synthesis.joint import posterior as model
    from hilum.synthesis.joint.precision import Wanted
    from hilum.synthesis.joint.weights import Weights
    from hilum.watch import Watch

ONE = "one"
"""Name of the fit where there is no dial."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fit with what it was asked for: what an answer, and an export of draws, are made of.

    ``kept``: it was made for an earlier question of the same studies. ``check``: the model against
    its own arms, where it was kept with the fit. ``unread``: columns of the table that nothing
    read.
    """

    asked: JointAsked
    data: Laid | None
    target: model.Target
    fit: JointFit
    dial: Dial | None
    kept: bool = False
    check: Predictive | None = None
    unread: tuple[str, ...] = ()


def fitted(asked: JointAsked, watch: Watch = SILENT) -> Fitted:
    """The fit itself, with its draws; errors as :func:`run`."""
    with following() as seen:
        studies, data = studies_of(asked)
        target = target_of(studies, asked)
        priors = priors_of(asked, studies)
        check_named(studies, asked)
        better_of(asked, data)
    found = _fitted(asked, studies, priors, data, target, watch)
    return found if asked.table is None else replace(found, unread=left_unread(asked.table, seen))


def _fitted(
    asked: JointAsked,
    studies: Studies,
    priors: Priors,
    data: Laid | None,
    target: model.Target,
    watch: Watch,
) -> Fitted:
    from hilum.analyses import joint_kept
    from hilum.synthesis.joint.dials import DIALS
    from hilum.synthesis.joint.weights import needed_parts

    weights = asked.weight_single, asked.weight_comparative
    if asked.dial:
        weights = DIALS[asked.on](1.0)
    parts = needed_parts(studies, weights)
    size: dict[str, Any] = {"chains": asked.chains, "seed": asked.seed}
    if asked.draws is not None:
        size["draws"] = asked.draws
    wanted = None if asked.dial else wanted_of(studies, asked, target, priors, weights)
    key = joint_kept.key_of(
        studies,
        priors,
        weights=weights,
        dial=asked.on if asked.dial else None,
        size=size,
        most=asked.most_draws,
    )
    held = None if asked.afresh else joint_kept.find(key, studies, priors)
    if held is not None and not _enough(held, asked, wanted):
        held = None
    fits = held or _fit(asked, studies, priors, weights, parts, size, wanted, watch)
    if held is None:
        joint_kept.keep(key, fits, tuple(parts))
    found = _of(asked, data, target, fits, tuple(parts), kept=held is not None)
    return replace(found, check=joint_kept.checked(key, found.fit, kept=found.kept))


def _enough(
    held: Mapping[str, JointFit | NotConverged], asked: JointAsked, wanted: Wanted | None
) -> bool:
    """Whether kept draws are as many as this question would make itself."""
    from hilum.synthesis.joint import JointFit
    from hilum.synthesis.joint.fit import DRAWS, MOST
    from hilum.synthesis.joint.precision import stands

    one = held.get(ONE)
    if wanted is None or not isinstance(one, JointFit):
        return True
    top = asked.most_draws or MOST * (asked.draws or DRAWS)
    return one.draws["sigma"].shape[1] >= top or stands(one.draws, one.studies, wanted)


def _fit(
    asked: JointAsked,
    studies: Studies,
    priors: Priors,
    weights: tuple[float, float],
    parts: dict[str, Weights],
    size: dict[str, Any],
    wanted: Wanted | None,
    watch: Watch,
) -> dict[str, JointFit | NotConverged]:
    """Every fit by name: its weight along the dial, and those of parts of the evidence."""
    from hilum.synthesis import joint

    if not asked.dial:
        one = joint.joint(
            studies, priors, weights=weights, parts=parts, wanted=wanted, most=asked.most_draws,
            watch=watch, **size,
        )  # fmt: skip
        return {ONE: replace(one, parts={})} | dict(one.parts)
    turned = joint.dial(studies, priors, on=asked.on, parts=parts, watch=watch, **size)
    last = turned.fits[-1]
    if isinstance(last, NotConverged):
        raise last
    fits = (*turned.fits[:-1], replace(last, parts={}))
    return dict(zip(map(repr, turned.weights), fits, strict=True)) | dict(last.parts)


def _of(
    asked: JointAsked,
    data: Laid | None,
    target: model.Target,
    fits: Mapping[str, JointFit | NotConverged],
    parts: tuple[str, ...],
    *,
    kept: bool,
) -> Fitted:
    from hilum.synthesis.joint import Dial, JointFit

    beside = {name: fits[name] for name in parts if name in fits}
    alone = {name: one for name, one in fits.items() if name not in beside}
    last = [*alone.values()][-1]
    assert isinstance(last, JointFit)
    fit = replace(last, parts=beside)
    dial = None
    if asked.dial:
        weights = tuple(float(name) for name in alone)
        dial = Dial(asked.on, weights, (*[*alone.values()][:-1], fit), last.seconds)
    return Fitted(asked, data, target, fit, dial, kept)


def wanted_of(
    studies: Studies,
    asked: JointAsked,
    target: model.Target,
    priors: Priors,
    weights: tuple[float, float],
) -> Wanted:
    """The levels in the target and the pairs that are printed."""
    from hilum.synthesis.joint.identification import share_of_prior
    from hilum.synthesis.joint.linear import guessed, information
    from hilum.synthesis.joint.of_prior import is_priors
    from hilum.synthesis.joint.precision import Wanted

    info = information(studies, priors, guessed(priors), weights)
    shares = share_of_prior(studies, info, target)
    levels = tuple(i for i, share in enumerate(shares) if not is_priors(share))
    places = {name: i for i, name in enumerate(studies.treatments)}
    pairs = tuple((places[a], places[b]) for a, b in pairs_of(studies, asked))
    return Wanted(target, pairs, levels)


def pairs_of(studies: Studies, asked: JointAsked) -> list[tuple[str, str]]:
    """The comparisons asked for: of one treatment, or of all, with the other."""
    other = asked.versus or reference(studies, asked.treatment)
    named = [asked.treatment] if asked.treatment else studies.treatments
    return [(name, other) for name in named if name != other]


def reference(studies: Studies, treatment: str | None = None) -> str:
    """The treatment held by most studies, the first by name among equals."""
    counts = {
        name: int((studies.treatment == i).sum()) + int((studies.contrast[:, 1:] == i).sum())
        for i, name in enumerate(studies.treatments)
        if name != treatment
    }
    names = counts or {studies.treatments[0]: 0}
    return max(names, key=lambda name: (names[name], [-ord(c) for c in name]))
