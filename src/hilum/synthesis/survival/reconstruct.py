"""Individual patients from a printed survival curve (Guyot 2012 and its refinements)."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.arrays import Array, columns
from hilum.synthesis.survival.death_range import DeathRange, death_range
from hilum.synthesis.survival.far_points import Gap, far_points, inside, spread, widest
from hilum.synthesis.survival.risk_interval import (
    Filled,
    Interval,
    deaths_per_censored,
    expected_censored,
    fill,
    uncensored,
)
from hilum.synthesis.survival.risk_table import risk_fault, risk_table
from hilum.synthesis.survival.staircase import Staircase, staircase
from hilum.synthesis.survival.step_sizes import EXACT, FINE, fill_by_steps, tells
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from hilum.watch import Watch

NO_DEATHS = DeathRange(0, 0)
# Standard error of a clicked level: 0.2 percentage points (1 pixel of a figure 500 pixels high).
CLICK = 0.002
# Steps are asked for n where one death's height is known to a third; coarser ones say little.
TELLING = 0.1
# Falls that follow within this share of the curve's length may be clicks down one vertical.
NEAR = 0.02
# Total deaths further than this share from the curve's own are another analysis or a typing error.
TOTAL = 0.2


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """Patients whose Kaplan-Meier curve is the printed one.

    Attributes
    ----------
    time : ndarray, shape (n,)
        Follow-up of each patient, in the unit of the curve, in order.
    status : ndarray of int, shape (n,)
        1 death, 0 censored.
    curve : Staircase
        The curve as it was used.
    risk_time, risk_n : ndarray, shape (r,)
        The risk table as it was met.
    hazard_factor : float
        What the curve's hazard was multiplied by to reach the total number of deaths; 1 without.
    deaths : DeathRange
        Fewest and most deaths that the curve and its numbers allow, whatever the censoring was.
    censoring : str
        What the censored were taken from: ``numbers_at_risk``, ``total_events``, ``ticks``,
        ``steps`` (exact heights of the steps), or ``none_before_end``, where nothing shows any
        (Guyot 2012).
    far : Gap or None
        Of falls between clicks too far apart to be steps, over which deaths are spread evenly, the
        largest.
    """

    time: Array
    status: NDArray[np.int64]
    curve: Staircase
    risk_time: Array
    risk_n: NDArray[np.int64]
    hazard_factor: float = 1.0
    deaths: DeathRange = NO_DEATHS
    censoring: str = "numbers_at_risk"
    far: Gap | None = None

    @property
    def n(self) -> int:
        """Patients."""
        return len(self.time)

    @property
    def events(self) -> int:
        """Deaths."""
        return int(self.status.sum())

    def product_limit(self) -> tuple[Array, Array]:
        """Times of death and survival from then on (Kaplan & Meier 1958)."""
        dead = self.time[self.status == 1]
        time, count = np.unique(dead, return_counts=True)
        return time, np.cumprod(1 - count / self.at_risk(time))

    def gaps(self) -> tuple[Array, Array]:
        """Times of the points that were read, and survival of the patients minus theirs there."""
        time, survival = self.product_limit()
        levels = np.concatenate([[1.0], survival])
        points = self.curve.points_time
        # Of points on one vertical only the lowest is a value of the curve.
        last = np.append(points[1:] > points[:-1], True)
        ours = levels[np.searchsorted(time, points[last], side="right")]
        return points[last], ours - self.curve.points_survival[last]

    def at_risk(self, time: ArrayLike) -> NDArray[np.int64]:
        """Patients with a follow-up of at least ``time``."""
        gone = np.searchsorted(self.time, np.asarray(time, float), side="left")
        return np.asarray(self.n - gone, np.int64)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The checked input of one reconstruction."""

    curve: Staircase
    risk_time: Array
    risk_n: NDArray[np.int64]
    ticks: list[float] | None
    precision: float
    end: float
    watch: Watch
    gaps: tuple[Gap, ...] = ()


def reconstruct(
    curve_time: ArrayLike,
    curve_survival: ArrayLike,
    risk_time: ArrayLike | None = None,
    risk_n: ArrayLike | None = None,
    total_events: int | None = None,
    censor_time: ArrayLike | None = None,
    *,
    patients: int | None = None,
    precision: float = CLICK,
    watch: Watch = SILENT,
) -> Reconstruction:
    """Patients of a printed survival curve.

    Follows Guyot 2012 (BMC Med Res Methodol 12:9) interval by interval of the risk table, with
    these differences: the censored number has a closed form; counts are whole and meet the table
    exactly; deaths stand only where the curve falls, between clicks too far apart to be steps
    evenly; where the reading is fine enough, numbers at
    risk are taken from the heights of the steps; censored patients stand on ticks where these are
    known (Rogula 2022, MDM Policy Pract 7:1); without a table, a tick, a total and an exact
    reading, nobody is censored before the end, as there; rises within the error of clicking are
    levelled (after Liu 2021, BMC Med Res Methodol 21:111).

    Parameters
    ----------
    curve_time, curve_survival : array_like, shape (m,)
        Points of the curve; survival as a share, from 1.
    risk_time, risk_n : array_like, shape (r,), optional
        Numbers at risk: those with a follow-up of at least ``risk_time``.
    total_events : int, optional
        Deaths among all patients.
    censor_time : array_like, shape (c,), optional
        Censoring ticks.
    patients : int, optional
        All patients, where the risk table does not begin at time 0 or there is none.
    precision : float
        Standard error of a level: 0.002 for clicks, about 0.0001 for vector paths.
    watch : Watch
        Looked at in every interval, and for every step whose size is used.

    Raises
    ------
    NotEstimable
        A point that cannot belong to a survival curve, a risk table that rises or holds fewer
        departures than the curve has deaths, total deaths that the curve cannot have, or no number
        of patients.
    Stopped
        When the watch says so.
    """
    curve = staircase(curve_time, curve_survival)
    if not precision > 0:
        message = phrased("precision {precision:g}: expected a number above 0", precision=precision)
        raise NotEstimable(message)
    times, counts = risk_table(risk_time, risk_n, patients)
    fault = risk_fault(curve, times, counts)
    if fault is not None:
        message = phrased(
            "risk table, column {fault}: {fault_2}", fault=fault[0] + 1, fault_2=fault[1]
        )
        raise NotEstimable(message)
    ticks = None
    if censor_time is not None:
        (ticks_array,) = columns(censor_time=censor_time)
        ticks = sorted(float(t) for t in ticks_array if t >= 0)
    end = max(curve.end, float(times[-1]), ticks[-1] if ticks else 0.0)
    # Readings of lines and pixels say where each step is; a hand clicks what it likes.
    by_hand = precision > FINE
    gaps = far_points(curve, times, counts, near=NEAR * curve.end) if by_hand else ()
    used = spread(curve, gaps, precision)
    asked = _Asked(used, times, counts, ticks, precision, end, watch, gaps)
    found = _with_total(asked, total_events)
    deaths = death_range(
        curve.time.tolist(), curve.survival.tolist(), times.tolist(), counts.tolist(), ticks,
        precision,
    )  # fmt: skip
    if total_events is not None:
        deaths = DeathRange(found.events, found.events)
    deaths = DeathRange(min(deaths.fewest, found.events), max(deaths.most, found.events))
    censoring = _censoring(asked, total_events)
    return replace(found, deaths=deaths, censoring=censoring, far=widest(gaps))


def _censoring(asked: _Asked, total: int | None) -> str:
    """What says who was censored when."""
    if len(asked.risk_n) > 1:
        return "numbers_at_risk"
    if total is not None:
        return "total_events"
    if asked.ticks is not None:
        return "ticks"
    return "steps" if _steps_tell(asked) else "none_before_end"


def _steps_tell(asked: _Asked) -> bool:
    """Whether steps are read so exactly that their heights are numbers at risk."""
    exact = asked.precision <= EXACT
    return exact and 1.5 * asked.precision * float(asked.risk_n[0]) < TELLING


def _with_total(asked: _Asked, total: int | None) -> Reconstruction:
    """The patients; where they have not ``total`` deaths, changed until they do.

    First the censored of the last interval, which no column of the table holds, then the hazard
    of the whole curve by one factor, then single deaths.
    """
    found = _patients(asked, _expected_last(asked, total))
    if total is None or found.events == total:
        return found
    counts = asked.risk_n
    if not 0 <= total <= counts[0]:
        message = phrased("{total} deaths among {counts} patients", total=total, counts=counts[0])
        raise NotEstimable(message)
    if len(counts) > 1 and abs(found.events - total) > max(2.0, TOTAL * found.events):
        message = phrased(
            "{total} deaths in all, but the curve and the risk table have {events}",
            total=total,
            events=found.events,
        )
        raise NotEstimable(message)
    found = _closest(
        found, total, lambda censored: _patients(asked, censored), float(counts[-1]), 0.0
    )
    curve = asked.curve

    def bent(factor: float) -> Reconstruction:
        other = replace(asked, curve=replace(curve, survival=curve.survival**factor))
        tried = _patients(other, _expected_last(other, total))
        return replace(tried, curve=curve, hazard_factor=factor)

    scaled = _closest(found, total, bent, 1 - 1.5 * TOTAL, 1 + 1.5 * TOTAL)
    ways = [way for way in (_moved(scaled, total), _moved(found, total)) if way is not None]
    if not ways:
        message = phrased(
            "{total} deaths in all cannot be placed on the steps of this curve", total=total
        )
        raise NotEstimable(message)
    return min(ways, key=lambda way: float(np.square(way.gaps()[1]).sum()))


def _closest(
    found: Reconstruction,
    total: int,
    make: Callable[[float], Reconstruction],
    few: float,
    many: float,
) -> Reconstruction:
    """Bisection between a value that makes few deaths and one that makes many."""
    for _ in range(12):
        if found.events == total:
            break
        middle = (few + many) / 2
        tried = make(middle)
        if abs(tried.events - total) < abs(found.events - total):
            found = tried
        few, many = (middle, many) if tried.events < total else (few, middle)
    return found


def _moved(found: Reconstruction, total: int) -> Reconstruction | None:
    """Deaths added to or taken from the steps where one changes the curve least, the earliest.

    None where too few can be: a death needs a step, and a risk table's intervals keep their
    patients.
    """
    while (missing := total - found.events) != 0:
        time, status = found.time.copy(), found.status.copy()
        if missing > 0:
            column = np.searchsorted(found.risk_time, time, side="right")
            steps = np.unique(time[status == 1])
            first = dict(
                zip(
                    np.searchsorted(found.risk_time, steps, side="right")[::-1].tolist(),
                    steps[::-1].tolist(),
                    strict=True,
                )
            )
            able = [i for i in np.flatnonzero(status == 0).tolist() if int(column[i]) in first]
            if not able:
                return None
            # A censored patient of the same interval dies at its first step instead.
            time[able[0]], status[able[0]] = first[int(column[able[0]])], 1
        else:
            # Where several died at one step, one fewer leaves the step in place.
            dying = np.flatnonzero(status == 1)
            if not len(dying):
                return None
            same = dying[1:][time[dying][1:] == time[dying][:-1]]
            status[int((same if len(same) else dying)[0])] = 0
        order = np.lexsort((1 - status, time))
        found = replace(found, time=time[order], status=status[order])
    return found


def _patients(asked: _Asked, last_censored: float | None) -> Reconstruction:
    curve, ticks, precision = asked.curve, asked.ticks, asked.precision
    step_time: list[float] = curve.time.tolist()
    step_level: list[float] = curve.survival.tolist()
    halfway = _halfway(curve) if precision > FINE else [False] * len(step_time)
    starts: list[float] = asked.risk_time.tolist()
    counts: list[int] = asked.risk_n.tolist()
    survival, events = 1.0, 0
    rate: float | None = None
    death_time: list[float] = []
    death_count: list[int] = []
    censored: list[float] = []
    for j, start in enumerate(starts):
        asked.watch.done(0)
        last = j == len(starts) - 1
        stop = asked.end if last else starts[j + 1]
        low = bisect_left(step_time, start)
        high = len(step_time) if last else bisect_left(step_time, stop)
        interval = Interval(
            start,
            stop,
            counts[j],
            None if last else counts[j + 1],
            step_time[low:high],
            step_level[low:high],
            None if ticks is None else _between(ticks, start, stop, last=last),
            halfway[low:high],
        )
        filled = _fill(interval, survival, last_censored if last else None, rate, asked)
        rate = _rate(interval, len(filled.censored))
        death_time += interval.times
        death_count += filled.deaths
        events += sum(filled.deaths)
        censored += filled.censored
        survival = filled.survival
    time = np.concatenate([np.repeat(death_time, death_count), censored])
    status = np.zeros(len(time), np.int64)
    status[:events] = 1
    # At one time deaths come before the censored, as in the product-limit estimate.
    order = np.lexsort((1 - status, time))
    return Reconstruction(time[order], status[order], curve, asked.risk_time, asked.risk_n)


def _halfway(curve: Staircase) -> list[bool]:
    """Falls that with the next one alone, close by, part two levels that are held."""
    wait = np.diff(curve.time, prepend=0.0, append=np.inf) > NEAR * curve.end
    held_before, held_after = wait[:-1], wait[1:]
    foot = np.append(~held_before[1:] & held_after[1:], False)
    return (held_before & ~held_after & foot).tolist()


def _fill(
    interval: Interval,
    survival: float,
    expected: float | None,
    rate: float | None,
    asked: _Asked,
) -> Filled:
    precision = asked.precision
    last = interval.n_stop is None
    told = precision <= FINE or tells(interval, survival, precision, TELLING)
    # Steps that were put between two points have no height of their own.
    if not last and (not told or inside(asked.gaps, interval.start, interval.stop)):
        return fill(interval, survival, precision)
    alone = len(asked.risk_n) == 1 and interval.ticks is None and expected is None
    if last and alone and not _steps_tell(asked):
        return uncensored(interval, survival)
    if expected is None:
        expected = expected_censored(interval, survival)
        if last and interval.ticks is not None:
            expected = float(len(interval.ticks))
        elif last and rate is not None:
            # No column says how many are followed to the end: censoring goes on as it was, but
            # no faster than leaves nobody.
            expected = min(expected, rate * interval.n_start * (interval.stop - interval.start))
    found = fill_by_steps(interval, survival, precision, expected, asked.watch)
    return fill(interval, survival, precision) if found is None else found


def _rate(interval: Interval, censored: int) -> float | None:
    """Censored patients a unit of time at risk."""
    followed = (interval.n_start + (interval.n_stop or 0)) / 2 * (interval.stop - interval.start)
    return censored / followed if followed > 0 else None


def _expected_last(asked: _Asked, total: int | None) -> float | None:
    """Censored patients of an only interval, from how many of its patients die."""
    if total is None or len(asked.risk_n) > 1:
        return None
    curve, n = asked.curve, int(asked.risk_n[0])
    times, levels = curve.time.tolist(), curve.survival.tolist()
    whole = Interval(float(asked.risk_time[0]), asked.end, n, None, times, levels, None, [])
    deaths, slope = deaths_per_censored(whole, 1.0)
    return min(max((deaths - total) / slope, 0.0), float(n)) if slope > 0 else None


def _between(ticks: list[float], start: float, stop: float, *, last: bool) -> list[float]:
    low = bisect_left(ticks, start)
    return ticks[low:] if last else ticks[low : bisect_left(ticks, stop)]
