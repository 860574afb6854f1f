"""Which programs are run, with what, and for how long at most: one record each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Program:
    """One program of this folder.

    Parameters
    ----------
    name : str
        Its module.
    about : str
        What it stands for, and the page that promises it.
    seconds : int
        It is ended after so long, and has failed; longer where the whole run has longer.
    arguments, full : tuple of str
        In the run of half an hour, and in the full one.
    """

    name: str
    about: str
    seconds: int = 900
    arguments: tuple[str, ...] = ()
    full: tuple[str, ...] = ()


PROGRAMS: Final = tuple(
    sorted(
        (
            Program("adaptive", "family-wise error of adaptive trials (trials.md)"),
            Program("arms", "simulated trials of several arms against quadrature (trials.md)"),
            Program("coverage", "coverage of pooled intervals (pooling.md)", seconds=600),
            Program("curves", "patients read back from printed curves (curves.md)"),
            Program("few", "coverage of what is shown of few studies (pooling.md)", seconds=600),
            Program(
                "joint",
                "calibration and recovery of the joint model (joint.md)",
                full=("--full",),
            ),
            Program("network", "levels and coverage in networks (network.md)"),
            Program(
                "pooled",
                "coverage of pooled survival over reports and truths (survival.md)",
                full=("--full",),
            ),
            Program("rows", "rules noticed by a patient of the table (case.md)", seconds=300),
            Program(
                "simulation", "simulated trials against closed forms (simulation.md)", seconds=300
            ),
            Program(
                "survival",
                "bias and coverage of pooled survival (survival.md)",
                full=("--full",),
            ),
            Program("trials", "level and power of designs (trials.md)", seconds=300),
            Program(
                "verdict",
                "verdicts beside the reference's on random patients (verdict.md)",
                arguments=("1000", "2026"),
                full=("20000", "2026"),
            ),
            Program("worth", "value of information by regression and nested (worth.md)"),
            Program(
                "mutation",
                "mutated source and rules that the tests notice (mutation.md)",
                arguments=("--sample", "30", "--minutes", "12", "--workers", "1", "--no-page"),
                full=("--all", "--no-page"),
            ),
        ),
        key=lambda one: one.name,
    )
)
"""A new program is one file here and one record."""
