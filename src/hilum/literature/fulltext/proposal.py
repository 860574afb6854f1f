"""One figure that a paper seems to print, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A figure as printed; empty or None where it is not printed beside it.

    Parameters
    ----------
    measure : str
        proportion, rate_at, median, mean, follow_up, hazard_ratio, odds_ratio or risk_ratio.
    outcome : str
        Code of the outcome; ``other`` for one that the evidence tables do not know.
    events, n : int or None
        Counts of a proportion.
    arm_n : int or None
        Patients that the head of the column gives.
    value : str
        As printed: percent of shares and rates, time in ``unit`` of medians and means; ``not
        reached`` of a median.
    low, high : str
        Limits of ``interval`` (ci, range, iqr, or empty where the text does not say which).
    level : float or None
        Percent of a confidence interval.
    time_months : float or None
        Of a rate.
    side : str
        Which of several figures side by side it is ("1/2"), where the sentence names no arms.
    page : int
    sentence : str
        As printed.
    span : tuple of int
        Where in the sentence the figure stands.
    row : bool
        A line of a table.
    doubt : str
        Why it is seen but not proposed (code of ``doubts.REASONS``); empty where it is proposed.
    """

    measure: str
    outcome: str
    events: int | None = None
    n: int | None = None
    arm_n: int | None = None
    value: str = ""
    low: str = ""
    high: str = ""
    interval: str = ""
    level: float | None = None
    unit: str = ""
    time_months: float | None = None
    p: str = ""
    criteria: str = ""
    group: str = ""
    side: str = ""
    page: int
    sentence: str
    span: tuple[int, int]
    row: bool = False
    doubt: str = ""

    @property
    def figure(self) -> tuple[object, ...]:
        """What makes two proposals one figure printed twice."""
        return (
            self.measure, self.outcome, self.events, self.n, self.value, self.unit,
            self.time_months,
        )  # fmt: skip
