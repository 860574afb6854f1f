"""Pooled figures kept beside the record, found by the numbers they are made of.

A figure of the shipped evidence is read, not fitted, so that a sheet of it needs no array library;
that of any other numbers is computed when asked for, and kept for as long as the program runs. A
kept figure carries every digit it was computed with: what a sheet says does not depend on which
of the two it was.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import NotConverged
from hilum.synthesis.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

Interval = tuple[float, float]
FILE = "pools.json"
KEPT = 4096
# Fields of an estimate that are no part of what its numbers say.
LABELS: Final = "labels"
NO_MAXIMUM: Final = "no_maximum"
_collected: ContextVar[dict[str, dict[str, Any]] | None] = ContextVar("collected", default=None)


@cache
def kept() -> dict[str, dict[str, Any]]:
    """Plain data of the shipped figures: by kind, then by their numbers; read once."""
    place = files("hilum.answers").joinpath(FILE)
    if not place.is_file():
        return {kind: {} for kind in KINDS}
    found: dict[str, dict[str, Any]] = json.loads(place.read_text("utf-8"))
    return found


def shares(events: tuple[int, ...], sizes: tuple[int, ...], labels: tuple[str, ...]) -> Estimate:
    """Proportions by the binomial-normal model.

    Raises
    ------
    NotConverged
        The likelihood has no maximum.
    """
    found = _found("shares", (events, sizes))
    if found == NO_MAXIMUM:
        message = "the likelihood has no maximum"
        raise NotConverged(message)
    return _estimate(found, labels)


def medians(
    logs: tuple[float, ...], variances: tuple[float, ...], labels: tuple[str, ...]
) -> Estimate:
    """Medians by REML with Hartung-Knapp on the log scale."""
    return _estimate(_found("medians", (logs, variances)), labels)


def exact(events: int, size: int) -> Interval:
    """Clopper-Pearson interval of one proportion."""
    low, high = _found("exact", (events, size))
    return low, high


def student(df: int) -> float:
    """Two-sided 95 % quantile of Student's distribution."""
    found: float = _found("student", (df,))
    return found


def bayes_ratios(
    logs: tuple[float, ...], variances: tuple[float, ...]
) -> tuple[float, Interval, Interval, float]:
    """Median, interval and new trial's interval of log ratios, and the median of their spread."""
    centre, ci, new, tau = _found("bayes_ratios", (logs, variances))
    return centre, (ci[0], ci[1]), (new[0], new[1]), tau


def name_of(numbers: tuple[Any, ...]) -> str:
    """The numbers of a figure as the key it is kept by; floats with every digit."""
    return json.dumps(numbers, separators=(",", ":"))


@contextmanager
def collecting() -> Generator[dict[str, dict[str, Any]]]:
    """Every figure that is asked for meanwhile, computed afresh: what the file is made of."""
    out: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    before = _collected.set(out)
    try:
        yield out
    finally:
        _collected.reset(before)


def _found(kind: str, numbers: tuple[Any, ...]) -> Any:
    name, collected = name_of(numbers), _collected.get()
    if collected is not None:
        if name not in collected[kind]:
            collected[kind][name] = computed(kind, numbers)
        return collected[kind][name]
    held = kept()[kind].get(name)
    return _computed(kind, numbers) if held is None else held


@lru_cache(maxsize=KEPT)
def _computed(kind: str, numbers: tuple[Any, ...]) -> Any:
    return computed(kind, numbers)


def computed(kind: str, numbers: tuple[Any, ...]) -> Any:
    """A figure computed from its numbers, as it is kept."""
    return KINDS[kind](*numbers)


def _shares(events: tuple[int, ...], sizes: tuple[int, ...]) -> Any:
    from hilum.synthesis import binomial_normal

    try:
        return _plain(binomial_normal(events, sizes, [str(i) for i in range(len(events))]))
    except NotConverged:
        return NO_MAXIMUM


def _medians(logs: tuple[float, ...], variances: tuple[float, ...]) -> Any:
    from hilum.synthesis import random_effects

    labels = [str(i) for i in range(len(logs))]
    return _plain(random_effects(logs, variances, labels, method="REML", test="knha", back="exp"))


def _exact(events: int, size: int) -> list[float]:
    from hilum.synthesis import exact_interval

    return list(exact_interval(events, size))


def _student(df: int) -> float:
    from scipy import special

    return float(special.stdtrit(df, 0.975))


def _bayes_ratios(logs: tuple[float, ...], variances: tuple[float, ...]) -> list[Any]:
    from hilum.answers.ratio_pool import PRIOR, PRIOR_SCALE
    from hilum.synthesis.bayes import bayes

    fit = bayes(logs, variances, prior=PRIOR, scale=PRIOR_SCALE)
    return [fit.mu.median, list(fit.mu.ci), list(fit.prediction.ci), fit.tau.median]


KINDS: Final[dict[str, Callable[..., Any]]] = {
    "shares": _shares,
    "medians": _medians,
    "exact": _exact,
    "student": _student,
    "bayes_ratios": _bayes_ratios,
}


def _plain(one: Estimate) -> dict[str, Any]:
    return {key: value for key, value in asdict(one).items() if key != LABELS}


def _estimate(data: Mapping[str, Any], labels: tuple[str, ...]) -> Estimate:
    def pair(key: str) -> Any:
        return None if data[key] is None else (data[key][0], data[key][1])

    whole: dict[str, Any] = {**data, LABELS: labels}
    whole |= {key: pair(key) for key in ("ci", "prediction")}
    return Estimate(**whole)


def written(asked: Mapping[str, Mapping[str, Any]]) -> str:
    """Figures as text, one a line."""
    parts: list[str] = []
    for kind in KINDS:
        lines = (
            f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}"
            for key, value in sorted(asked.get(kind, {}).items())
        )
        parts.append(f"{json.dumps(kind)}:{{\n" + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
