"""Randomised, comparative and single-arm evidence in one posterior (docs/joint.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.deferred import later

if TYPE_CHECKING:
    from hilum.synthesis.joint.data import DESIGNS, Studies, arms, survival
    from hilum.synthesis.joint.diagnostics import Convergence
    from hilum.synthesis.joint.each import joint_each
    from hilum.synthesis.joint.fit import dial, joint
    from hilum.synthesis.joint.priors import Normal, Priors, Scale
    from hilum.synthesis.joint.record import Dial, JointFit

__all__ = [
    "DESIGNS",
    "Convergence",
    "Dial",
    "JointFit",
    "Normal",
    "Priors",
    "Scale",
    "Studies",
    "arms",
    "dial",
    "joint",
    "joint_each",
    "survival",
]

__getattr__ = later(
    __name__,
    {
        "DESIGNS": "hilum.synthesis.joint.data",
        "Convergence": "hilum.synthesis.joint.diagnostics",
        "Dial": "hilum.synthesis.joint.record",
        "JointFit": "hilum.synthesis.joint.record",
        "Normal": "hilum.synthesis.joint.priors",
        "Priors": "hilum.synthesis.joint.priors",
        "Scale": "hilum.synthesis.joint.priors",
        "Studies": "hilum.synthesis.joint.data",
        "arms": "hilum.synthesis.joint.data",
        "dial": "hilum.synthesis.joint.fit",
        "joint": "hilum.synthesis.joint.fit",
        "joint_each": "hilum.synthesis.joint.each",
        "survival": "hilum.synthesis.joint.data",
    },
)
