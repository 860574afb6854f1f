"""Sizes to which the studies of several questions are filled up, so that one program fits all.

A sampler is compiled for its shapes: treatments, studies, arms. What fills a frame up changes no
posterior: a study with nobody in it has the likelihood 1, and a parameter that no study holds is
standard normal, independent of all others. Draws of the parameters that are there are those of the
same distribution, by other random numbers than without a frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hilum.records import found
from hilum.synthesis.joint.data import SINGLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.data import Studies
    from hilum.synthesis.joint.priors import Priors


@dataclass(frozen=True, slots=True)
class Frame:
    """Most treatments, series, studies of several arms (of most ``arms``) and contrasts."""

    treatments: int
    single: int
    several: int
    arms: int
    contrast: int

    @property
    def studies(self) -> int:
        """Most studies."""
        return self.single + self.several + self.contrast

    def holds(self, studies: Studies) -> bool:
        """Whether the studies fit in."""
        own = frame_of_own(studies)
        return all(
            getattr(own, name) <= getattr(self, name)
            for name in ("treatments", "single", "several", "arms", "contrast")
        )


FRAMES: Final[dict[str, tuple[Frame, ...]]] = {
    "binomial": (Frame(12, 24, 3, 2, 0), Frame(24, 80, 6, 3, 0)),
    "normal": (Frame(24, 64, 20, 3, 4),),
}
"""By likelihood, the smaller first: what a transition costs grows with the arms of the frame."""


def frame_of_own(studies: Studies) -> Frame:
    """The frame that the studies fill up themselves."""
    arms = [len(studies.arms_of(s)) for s in range(studies.count) if studies.design[s] != SINGLE]
    arms = [one for one in arms if one]
    single = int((studies.design == SINGLE).sum())
    size = len(studies.treatments), single, len(arms), max(arms, default=0), len(studies.contrast)
    return Frame(*size)


def frame_for(studies: Studies) -> Frame | None:
    """The smallest frame that holds the studies; None where none does, or with covariates."""
    if studies.covariates:
        return None
    known = found(FRAMES, studies.kind, "likelihood")
    return next((one for one in known if one.holds(studies)), None)


def filled(named: Mapping[str, Any], treatments: int, frame: Frame) -> dict[str, Any]:
    """Arrays of :func:`hilum.synthesis.joint.density.arrays` filled up to a frame.

    Parameters
    ----------
    named : mapping of str to dict or ndarray
        ``single``, ``several``, ``contrast``, ``x``, ``known``, ``centre``, ``transform``,
        ``shift``.
    treatments : int
        Those that are there.

    Returns
    -------
    dict
        The same, and ``held``: 1 for a treatment that is there. ``single`` and ``contrast`` have
        a column ``held`` of their own.
    """
    out: dict[str, Any] = {
        name: _block(named[name], size, frame.arms)
        for name, size in (
            ("single", frame.single), ("several", frame.several), ("contrast", frame.contrast),
        )
    }  # fmt: skip
    # A contrast that is not there has an error all the same: its variance is divided by.
    out["contrast"]["se"] = np.where(out["contrast"]["held"] > 0, out["contrast"]["se"], 1.0)
    for name in ("x", "known"):
        out[name] = _up_to(named[name], (frame.studies, 0))
    more = frame.treatments - treatments
    out["centre"] = np.concatenate([named["centre"], np.zeros(more)])
    out["shift"] = np.concatenate([named["shift"], np.zeros((more, 2))])
    out["transform"] = np.eye(frame.treatments)
    out["transform"][:treatments, :treatments] = named["transform"]
    out["held"] = np.concatenate([np.ones(treatments), np.zeros(more)])
    return out


def _block(columns: Mapping[str, Array], size: int, arms: int) -> dict[str, Array]:
    out = {name: _up_to(values, (size, arms)[: values.ndim]) for name, values in columns.items()}
    return out | {"held": _up_to(np.ones(len(columns["study"])), (size,))}


def _up_to(values: Array, shape: tuple[int, ...]) -> Array:
    """The array with zeros after it: nobody, of the first treatment, in the first study."""
    return np.pad(values, [(0, size - own) for size, own in zip(shape, values.shape, strict=True)])


def own_draws(
    draws: Mapping[str, Array], studies: Studies, priors: Priors, there: tuple[str, ...]
) -> dict[str, Array]:
    """Draws of what is there; what no study holds at the value it has without a frame.

    ``there`` are the scales and biases that the studies call for.
    """
    t = len(studies.treatments)
    absent = {
        "kappa_single": _fixed(priors.kappa_single),
        "kappa_comparative": _fixed(priors.kappa_comparative),
        "bias_single": priors.bias_single.mean,
        "bias_comparative": priors.bias_comparative.mean,
    }
    out: dict[str, Array] = {}
    for name, values in draws.items():
        if name in ("alpha", "slope"):
            out[name] = values[:, :, :t]
        elif name in absent and name not in there:
            out[name] = np.full_like(values, absent[name])
        else:
            out[name] = values
    return out


def _fixed(scale: Any) -> float:
    return scale.value if scale.fixed else 0.0
