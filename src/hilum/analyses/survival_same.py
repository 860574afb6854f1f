"""What a survival table may count twice: one study by two names, one series in two studies."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from math import comb, log, pi, sqrt
from typing import TYPE_CHECKING, Final

from hilum.errors import Phrase, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.survival_rows import SurvivalRow
    from hilum.synthesis.survival import SurvivalArm

DASHES: Final = re.compile("[\u2010-\u2015\u2212\u2043\ufe58\ufe63_-]+")
CHANCE: Final = 0.05
"""Two series whose figures agree by chance less often than this, in one of all the pairs that
could, are named."""
FEW: Final = 5
"""So many patients with times of their own are no chance."""
MOST: Final = 6
"""Figures that are named."""
Z: Final = 1.959963984540054
"""Standard errors in half of a 95 % interval."""


def plain_name(name: str) -> str:
    """A name without case, width of letters, kinds of dashes and spaces.

    Spaces between two words or two numbers part them; elsewhere they do not (``Wang 2015``,
    ``王2015``).
    """
    text = DASHES.sub("-", unicodedata.normalize("NFKC", name)).casefold()
    text = " ".join(text.split())
    return re.sub(
        r"(?<=[^\W\d])\s(?=\d)|(?<=\d)\s(?=[^\W\d])|\s?(?=[^\w\s])|(?<=[^\w\s])\s", "", text
    )


def one_name_each(rows: list[SurvivalRow], said: list[Phrase]) -> list[SurvivalRow]:
    """Rows with studies, and arms of one study, under the name that stands first."""
    studies = _first_names([row.study for row in rows])
    message = "{names} are taken as one study: case, spaces and dashes tell no studies apart"
    said += [phrased(message, names=names) for names in _joined(studies)]
    rows = [replace(row, study=studies[row.study]) for row in rows]
    out: dict[int, SurvivalRow] = {}
    message = (
        "{study}: {names} are taken as one arm: case, spaces and dashes tell no arms of a study "
        "apart"
    )
    for study in dict.fromkeys(row.study for row in rows):
        own = [row for row in rows if row.study == study]
        arms = _first_names([row.arm for row in own])
        said += [phrased(message, study=study, names=names) for names in _joined(arms)]
        # A file of patients is searched for the arm as the row has it.
        out |= {row.line: row if row.path else replace(row, arm=arms[row.arm]) for row in own}
    return [out[row.line] for row in rows]


def _first_names(names: Sequence[str]) -> dict[str, str]:
    first: dict[str, str] = {}
    return {name: first.setdefault(plain_name(name), name) for name in names}


def _joined(first: dict[str, str]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for name, one in first.items():
        groups.setdefault(one, []).append(f"'{name}'")
    return [", ".join(own) for own in groups.values() if len(own) > 1]


def say_sizes(arms: Sequence[SurvivalArm], said: list[Phrase]) -> None:
    """Name arms whose rows state several numbers of patients at the start."""
    for arm in arms:
        stated = [
            (one.value if one.kind == "median" else one.time, one.n, one)
            for one in arm.reports
            if one.n is not None and (one.kind != "at_risk" or one.time == 0)
        ]
        sizes = {n for _, n, _ in stated}
        if len(sizes) < 2:
            continue
        start = [n for _, n, one in stated if one.kind == "at_risk"]
        taken = start[0] if start else max(sizes)
        ordered = sorted(stated, key=lambda one: one[0] or 0.0)
        falls = all(n2 <= n1 for (_, n1, _), (_, n2, _) in pairwise(ordered))
        rates = [one for one in ordered if one[2].kind == "rate"]
        # Of so many at the start no more can be at risk than are alive, but for rounding.
        at_risk = all(n <= taken * (one.value or 0.0) + 1 for _, n, one in rates if n != taken)
        message = (
            "{study}: n falls with time ({numbers}) as numbers at risk do; {taken} is taken for "
            "all patients at the start: write that in every row, and numbers at risk in rows of "
            "kind at_risk, which then count those who were lost"
            if falls and at_risk and rates and not start
            else "{study}: n differs between rows ({numbers}): {taken} is taken for the patients "
            "at the start"
        )
        numbers = ", ".join(f"{n:g}" for _, n, _ in ordered)
        name = f"{arm.study} {arm.arm}".strip()
        said.append(phrased(message, study=name, numbers=numbers, taken=f"{taken:g}"))


def say_twice(arms: Sequence[SurvivalArm], said: list[Phrase]) -> None:
    """Name arms of two studies that are probably one series published twice.

    Both have the same n, no figure of a time that both print differs, two or more are the same,
    and chance makes them so too seldom (:func:`chance_of`), counted once for each pair of arms of
    two studies with the same n.
    """
    pairs = [
        (one, other)
        for one, other in combinations(arms, 2)
        if one.study != other.study and _size(one) == _size(other)
    ]
    for one, other in pairs:
        same = _same(one, other)
        printed = sum(1 + len(_limits_of(figure)) for figure in same)
        if printed < 2 or chance_of(same, _size(one)) * len(pairs) >= CHANCE:
            continue
        names = [f"{arm.study} {arm.arm}".strip() for arm in (one, other)]
        said.append(
            phrased(
                "{one} and {other} print the same n and the same figures ({figures}), which chance "
                "hardly does: probably one series, published twice, and both are counted (leave "
                "out the rows of one)",
                one=names[0],
                other=names[1],
                figures=", ".join(_told(figure) for figure in same[:MOST]),
            )
        )


def _told(figure: Figure) -> str:
    return f"{100 * figure.value:g} %" if figure.kind == "rate" else f"{figure.value:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One that two arms print alike: survival (a share) or a median, or a death's time."""

    kind: str
    time: float
    value: float
    lower: float | None = None
    upper: float | None = None


def _same(one: SurvivalArm, other: SurvivalArm) -> list[Figure]:
    """What both print, in order of time; nothing where a figure of both differs."""
    first, second = _figures(one), _figures(other)
    shared: list[Figure] = []
    for a, b in ((first[key], second[key]) for key in first if key in second):
        ends = [(a.lower, b.lower), (a.upper, b.upper)]
        both = [None if None in pair else pair for pair in ends]
        if a.value != b.value or any(pair and pair[0] != pair[1] for pair in both):
            return []
        low, high = (pair[0] if pair else None for pair in both)
        shared.append(replace(a, lower=low, upper=high))
    return sorted(shared, key=lambda figure: figure.time)


def _limits_of(figure: Figure) -> tuple[float, ...]:
    """The limits of a median, which are figures of their own; those of a rate follow from n."""
    ends = (figure.lower, figure.upper) if figure.kind == "median" else ()
    return tuple(end for end in ends if end is not None)


def _figures(arm: SurvivalArm) -> dict[tuple[str, float], Figure]:
    """Figures by what they are of: rates by their time, the median, patients by their place."""
    out: dict[tuple[str, float], Figure] = {}
    for one in arm.reports:
        if one.kind == "rate" and one.time is not None and one.value is not None:
            out["rate", one.time] = Figure("rate", one.time, one.value, one.lower, one.upper)
        elif one.kind == "median" and one.value is not None:
            out["median", 0.0] = Figure("median", one.value, one.value, one.lower, one.upper)
        for place, (time, died) in enumerate(sorted(zip(one.times, one.status, strict=True))):
            out[f"patient {died}", float(place)] = Figure("patient", time, time)
    return out


def chance_of(same: Sequence[Figure], n: float | None) -> float:
    """Probability that two series of ``n`` patients and one true curve print the same figures.

    As a life table without censoring: of those alive at the figure before, two binomial numbers
    are the same with the sum of the squared binomial probabilities, times how many patients the
    last printed digit holds. A median's logarithm is normal, with the standard error of a
    constant hazard; its interval's width varies as one of z sqrt(n) deaths (hilum.synthesis.
    survival.median_widths). Censoring, and studies that differ, make all this more seldom. The
    times of patients who are given agree by chance never, where they are more than a few.
    """
    patients = [figure for figure in same if figure.kind == "patient"]
    if patients:
        return 0.0 if len({figure.time for figure in patients}) >= FEW else 1.0
    size = n or _of_interval(same)
    if size is None:
        return 1.0
    chance, alive, start = 1.0, 1.0, 0.0
    for figure in same:
        left, share = size * alive, 0.5 if figure.kind == "median" else figure.value
        if alive <= 0 or left < 1 or share > alive:
            return chance
        if figure.kind == "median":
            chance *= _median_again(figure, start, left, share / alive)
        else:
            chance *= _rate_again(round(left), share / alive, left * _digit(100 * share) / 100)
        alive, start = share, figure.time
    return chance


def _rate_again(left: int, share: float, patients: float) -> float:
    """Probability that two binomial numbers are printed the same."""
    probabilities = (comb(left, i) * share**i * (1 - share) ** (left - i) for i in range(left + 1))
    return min(1.0, sum(p * p for p in probabilities) * max(1.0, patients))


def _median_again(figure: Figure, start: float, left: float, share: float) -> float:
    """Probability that two medians, and the widths of their intervals, are printed the same."""
    if share >= 1 or figure.value <= start:
        return 1.0
    se = sqrt((1 - share) / (share * left)) / -log(share)
    chance = _normal_again(_digit(figure.value), (figure.value - start) * se)
    low, high = figure.lower, figure.upper
    if start == 0 and low and high and 0 < low < high:
        spread = log(high / low) / sqrt(Z * sqrt(left))
        chance *= _normal_again(_digit(high) / high, spread)
    return chance


def _normal_again(digit: float, sd: float) -> float:
    """Probability that two normal figures fall within one digit of each other's."""
    return min(1.0, digit / (2 * sqrt(pi) * sd))


def _digit(value: float) -> float:
    """What the last printed digit of a figure stands for, at most one."""
    _, _, decimals = f"{value:.6f}".rstrip("0").partition(".")
    return 10.0 ** -len(decimals)


def _of_interval(same: Sequence[Figure]) -> float | None:
    """Patients that the first printed interval is worth, where n is not printed."""
    for one in same:
        if one.lower is None or one.upper is None or not one.lower < one.upper:
            continue
        if one.kind == "rate":
            return one.value * (1 - one.value) * (2 * Z / (one.upper - one.lower)) ** 2
        if one.lower > 0:
            return (2 * Z / (log(one.upper / one.lower) * log(2))) ** 2
    return None


def _size(arm: SurvivalArm) -> float | None:
    files = [len(one.times) for one in arm.reports if one.times]
    sizes = [one.n for one in arm.reports if one.n is not None and one.kind != "at_risk"]
    return float(files[0]) if files else max(sizes, default=None)
