"""The joint models of a ranking: as they were kept, else all of them fitted now and kept.

A fit does not depend on what is asked of the trials, so a second ranking of the same evidence
fits nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.errors import HilumError, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.sheet.comparable import Group
    from hilum.sheet.worth import Fitting
    from hilum.synthesis.joint import JointFit, Priors, Studies
    from hilum.watch import Watch

RANKED: Final = "ranked"
"""Name of the one fit that is kept of a group."""


def ranked_fits(
    groups: Sequence[Group],
    kind: str,
    seed: int,
    watch: Watch,
    start: Callable[[Group, Fitting], None],
) -> None:
    """Fit the model of each group, and start the group as soon as its fit is there.

    Parameters
    ----------
    groups : sequence of Group
    kind : {"joint", "pooled"}
        Which draws are wanted; nothing is fitted for pooled ones.
    seed : int
        Of each fit.
    start : callable
        Given each group once, with what gives the fit of its studies or raises why there is none.
        May be called in another thread; must not wait for the ranking.

    Raises
    ------
    Stopped
        When the watch says so; fits that were complete by then are kept.
    """
    from hilum.analyses import joint_kept
    from hilum.synthesis import joint as model

    fits: dict[str, JointFit | HilumError] = {}
    due: dict[str, Studies] = {}
    waiting: dict[str, list[Group]] = {}

    def fitting(studies: Studies, seed: int, watch: Watch) -> JointFit:
        found = fits[_key(studies, seed)]
        watch.done(0)
        if isinstance(found, HilumError):
            raise found
        return found

    def begin(key: str) -> None:
        for group in waiting.pop(key, ()):
            start(group, fitting)

    for group in groups:
        if kind != "joint" or group.data is None or len(group.joint) < 2:
            start(group, fitting)
            continue
        studies = group.data.studies
        key = _key(studies, seed)
        waiting.setdefault(key, []).append(group)
        held = (joint_kept.find(key, studies, _priors(studies)) or {}).get(RANKED)
        watch.done(0)
        if isinstance(held, model.JointFit):
            fits[key] = held
            begin(key)
        else:
            due[key] = studies
    keys = list(due)

    def ready(place: int, fit: JointFit) -> None:
        fits[keys[place]] = fit
        joint_kept.keep(keys[place], {RANKED: fit}, ())
        begin(keys[place])

    try:
        made = model.joint_each(tuple(due.values()), seed=seed, ready=ready, watch=watch)
        fits |= zip(keys, made, strict=True)
    except Stopped:
        raise
    except HilumError as error:
        fits |= dict.fromkeys((key for key in keys if key not in fits), error)
    for key in keys:
        begin(key)


def _key(studies: Studies, seed: int) -> str:
    from hilum.analyses import joint_kept

    return joint_kept.key_of(studies, _priors(studies), ranked=True, seed=seed)


def _priors(studies: Studies) -> Priors:
    from hilum.synthesis.joint import Priors

    return Priors() if studies.kind == "binomial" else Priors.log_hazard()
