"""Survival: patients from printed curves."""

from hilum.synthesis.survival.fidelity import Fidelity, compare_arms, fidelity
from hilum.synthesis.survival.reconstruct import Reconstruction, reconstruct

__all__ = ["Fidelity", "Reconstruction", "compare_arms", "fidelity", "reconstruct"]
