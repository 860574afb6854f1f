"""How well reconstructed patients return the curve they came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import MissingExtra
from hilum.synthesis.arrays import Array

if TYPE_CHECKING:
    from hilum.synthesis.survival.reconstruct import Reconstruction


@dataclass(frozen=True, slots=True)
class Fidelity:
    """Distances between a printed curve and that of the patients; survival as a share.

    Attributes
    ----------
    rmse : float
        Root mean squared difference at the points that were read.
    largest_gap, largest_gap_time : float
        Largest difference at those points, and where.
    ks, ks_p : float
        Largest difference at any time (Kolmogorov-Smirnov distance) and its asymptotic p value
        for as many patients, which Liu 2021 reports.
    median, curve_median : float or None
        Of the patients and of the curve; None where survival stays above one half.
    """

    rmse: float
    largest_gap: float
    largest_gap_time: float
    ks: float
    ks_p: float
    median: float | None
    curve_median: float | None


@dataclass(frozen=True, slots=True)
class ArmComparison:
    """The second arm against the first.

    Attributes
    ----------
    hazard_ratio, lower, upper, p : float
        Cox model (Efron's ties), 95 % interval, Wald p value.
    logrank_p : float
        P value of the log-rank test.
    """

    hazard_ratio: float
    lower: float
    upper: float
    p: float
    logrank_p: float


def fidelity(found: Reconstruction) -> Fidelity:
    """Distances between the curve that was read and the patients' own.

    Returns
    -------
    Fidelity
    """
    time, survival = found.product_limit()
    points, gap = found.gaps()
    worst = int(np.abs(gap).argmax())
    every = np.union1d(time, found.curve.time)
    levels = np.concatenate([[1.0], survival])
    apart = levels[np.searchsorted(time, every, side="right")] - found.curve.at(every)
    ks = float(np.abs(apart).max(initial=0.0))
    return Fidelity(
        rmse=float(np.sqrt(np.mean(gap**2))),
        largest_gap=float(np.abs(gap[worst])),
        largest_gap_time=float(points[worst]),
        ks=ks,
        ks_p=float(special.kolmogorov(ks * found.n**0.5)),
        median=first_half(time, survival),
        curve_median=first_half(found.curve.time, found.curve.survival),
    )


def first_half(time: Array, survival: Array) -> float | None:
    """The median of a curve; None where it stays above one half."""
    # Half a death short of one half is rounding of the product, not survival above it.
    low = np.flatnonzero(survival <= 0.5 + 1e-9)
    return float(time[low[0]]) if len(low) else None


def compare_arms(first: Reconstruction, second: Reconstruction) -> ArmComparison:
    """Hazard ratio of the second arm against the first, and the log-rank test, by lifelines.

    Raises
    ------
    MissingExtra
        The extra ``survival`` is not installed.
    """
    return compare_patients((first.time, first.status), (second.time, second.status))


def compare_patients(first: tuple[Array, Array], second: tuple[Array, Array]) -> ArmComparison:
    """The same of patients, (time, status) an arm.

    Raises
    ------
    MissingExtra
        The extra ``survival`` is not installed.
    """
    try:
        from lifelines import CoxPHFitter
        from lifelines.statistics import logrank_test
    except ImportError:
        message = "comparing arms needs the extra survival: pip install 'hilum[survival]'"
        raise MissingExtra(message) from None
    import pandas as pd

    # Survival is 0 at time 0 for nobody, and Cox's partial likelihood uses only the order.
    frame = pd.DataFrame(
        {
            "time": np.concatenate([first[0], second[0]]),
            "status": np.concatenate([first[1], second[1]]),
            "arm": np.repeat([0.0, 1.0], [len(first[0]), len(second[0])]),
        }
    )
    cox = CoxPHFitter().fit(frame, "time", "status")
    low, high = cox.confidence_intervals_.loc["arm"]
    test = logrank_test(first[0], second[0], first[1], second[1])
    return ArmComparison(
        hazard_ratio=float(np.exp(cox.params_["arm"])),
        lower=float(np.exp(low)),
        upper=float(np.exp(high)),
        p=float(cox.summary.loc["arm", "p"]),
        logrank_p=float(test.p_value),
    )
