"""What every pooling function returns."""

from __future__ import annotations

from dataclasses import dataclass

from hilum.errors import NotEstimable, phrased

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A pooled figure; cannot exist without the rows it came from.

    Parameters
    ----------
    value, ci, prediction : float, (low, high), (low, high) or None
        Back-transformed: a proportion from 0 to 1, months or a ratio; the model's own scale
        where nothing was transformed. ``prediction`` is the interval for a new study.
    beta, se : float or None
        The same on the model's scale (logit, log or none).
    tau2, i2 : float or None
        Between-study variance on the model's scale, and I2 in percent.
    k, n : int
        Studies and, where known, patients.
    method : str
        How it was estimated.
    labels : tuple of str
        One opaque id for each row.
    q, q_p, loglik : float or None
        Cochran's Q with its p value, and the log-likelihood of exact models.
    """

    value: float
    ci: Interval
    prediction: Interval | None
    beta: float | None
    se: float | None
    tau2: float | None
    i2: float | None
    k: int
    n: int | None
    method: str
    labels: tuple[str, ...]
    q: float | None = None
    q_p: float | None = None
    loglik: float | None = None

    def __post_init__(self) -> None:
        if not self.labels:
            message = "an estimate needs the rows it was made from"
            raise NotEstimable(message)


def coverage(level: float) -> float:
    """The coverage of intervals, between 0 and 1.

    Raises
    ------
    NotEstimable
        Another number, such as 95 for 0.95.
    """
    if not 0 < level < 1:
        message = phrased("level {level:g}: expected a number above 0 and below 1", level=level)
        raise NotEstimable(message)
    return level
