"""Randomised, comparative and single-arm evidence in one posterior (docs/joint.md)."""

from hilum.synthesis.joint.data import DESIGNS, Studies, arms, survival
from hilum.synthesis.joint.diagnostics import Convergence
from hilum.synthesis.joint.each import joint_each
from hilum.synthesis.joint.fit import Dial, JointFit, dial, joint
from hilum.synthesis.joint.priors import Normal, Priors, Scale

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
