"""Coverage of pooled five-year survival over kinds of reports and truths: ``make validate``.

Meta-analyses of five series under six truths, two of which no averaged family holds (a
high hazard that falls, a share cured beside a Weibull) and none of which is told to it, printed as
rates at 1, 3 and 5 years, as points of curves with numbers at risk, as medians alone (with and
without intervals), or mixed. Pooled by averaged families, with the interval of a new study held
against one more of the same world; beside them Combescure's curve where the prints allow one, and a
Weibull frailty fit on every patient, which knows the family in two truths of six and more than any
reader of the papers.
The generator is :mod:`validation.worlds`.

Variation between studies is one number for all meta-analyses of a cell, or each one's own draw
from the model's prior (``drawn``). Intervals of a posterior cover as they say over draws from
the prior; at one number they cover more where it is small beside the prior, less where it is
large, so that only ``drawn`` has a bound above.

``--repeats N`` (100; 400 with ``--full``), ``--studies 5,10``, ``--tau 0.3,drawn``,
``--kinds medians,mixed`` (of reports; all).
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from validation.claims import Claims
from validation.worlds import KINDS, WORLDS, YEARS_5, World, printed, prints, series

from hilum.errors import HilumError
from hilum.synthesis.survival import (
    Quantity,
    average_survival,
    averaged_rate,
    conditional_from_pieces,
    fit_survival,
    group,
    pooled_curve,
    rate_at,
)
from hilum.synthesis.survival.averaged import TAU_SCALE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from hilum.synthesis.survival import SurvivalArm

SEED = 20261128
LEAST, MOST = 0.93, 0.97
DRAWN = "drawn"
GRIDS = {"rates": (12.0, 36.0, 60.0), "points": (12.0, 24.0, 36.0, 48.0, 60.0)}
AVERAGED, FREE, FRAILTY = "averaged", "Combescure", "patients, Weibull"
# The interval of a new study, and whether one more of the same world lies inside.
NEW = "averaged, new study"


@dataclass(slots=True)
class Cell:
    """What one method said of one truth in one kind of print."""

    values: list[float] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    hits: int = 0
    refused: int = 0

    def add(self, value: float, low: float, high: float, truth: float) -> None:
        """One answer."""
        self.values.append(value)
        self.widths.append(high - low)
        self.hits += low <= truth <= high

    @property
    def tried(self) -> int:
        """Answers and refusals."""
        return len(self.values) + self.refused

    @property
    def coverage(self) -> float:
        """Of the answers; NaN where there is none."""
        return self.hits / len(self.values) if self.values else float("nan")


def averaged(arms: list[SurvivalArm]) -> Quantity:
    """Families averaged, hilum's default."""
    return averaged_rate(average_survival(arms), YEARS_5)


def free(arms: list[SurvivalArm], kind: str) -> Quantity:
    """Combescure's curve at five years, random effects."""
    curve = pooled_curve(conditional_from_pieces(group(arms), GRIDS[kind]))
    if len(curve.time) < len(GRIDS[kind]):
        raise HilumError("no study reaches five years")
    ends = float(curve.ci_lb[-1]), float(curve.ci_ub[-1])
    return Quantity(float(curve.survival[-1]), ends, None)


def frailty(arms: list[SurvivalArm]) -> Quantity:
    """A Weibull with a normal effect on log time, on every patient."""
    return rate_at(fit_survival(arms, family="weibull", random="location"), YEARS_5)


def cells(
    world: World, place: int, k: int, tau: str, repeats: int, kinds: Collection[str] = KINDS
) -> dict[tuple[str, str], Cell]:
    """Every method in every kind of print asked for, the same series for all."""
    out: dict[tuple[str, str], Cell] = {}

    def add(kind: str, method: str, found: Quantity | None, another: float | None = None) -> None:
        cell = out.setdefault((kind, method), Cell())
        if found is None:
            cell.refused += 1
            return
        cell.add(found.value, *found.ci, world.truth)
        if another is not None and found.prediction is not None:
            new = out.setdefault((kind, NEW), Cell())
            new.add(found.value, *found.prediction, another)

    for repeat in range(repeats):
        known = None if tau == DRAWN else float(tau)
        rng = np.random.default_rng(
            [SEED, place, k, 0 if known is None else round(100 * known), repeat]
        )
        own = TAU_SCALE * abs(rng.normal()) if known is None else known
        studies = series(rng, world, k, own)
        away = np.random.default_rng([SEED, place, k, repeat]).normal()
        another = float(world.survival(np.array([YEARS_5 / np.exp(own * away)]))[0])
        for kind in KINDS:
            # Printed whether asked for or not: the next kind's draws follow.
            arms = prints(rng, studies, kind)
            if kind not in kinds:
                continue
            add(kind, AVERAGED, _tried(lambda a=arms: averaged(a)), another)
            if kind in GRIDS:
                add(kind, FREE, _tried(lambda a=arms, b=kind: free(a, b)))
        if set(KINDS) <= set(kinds):
            whole = [printed(one, "patients", interval=False) for one in studies]
            add("patients", FRAILTY, _tried(lambda a=whole: frailty(a)))
    return out


def _tried(job: Callable[[], Quantity]) -> Quantity | None:
    try:
        return job()
    except HilumError:
        return None


def main() -> None:
    """Print every cell; exit status 1 where a claim fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--repeats", type=int)
    parser.add_argument("--studies", default="5")
    parser.add_argument("--tau", default=f"0.3,{DRAWN}")
    parser.add_argument("--kinds", default=",".join(KINDS))
    asked = parser.parse_args()
    repeats = asked.repeats or (400 if asked.full else 100)
    claims, start = Claims("pooled"), time.perf_counter()
    error = (0.95 * 0.05 / repeats) ** 0.5
    print(f"{repeats} meta-analyses a cell, Monte-Carlo error of coverage {100 * error:.1f} %")
    print("| studies | tau | truth | reports | method | bias | coverage | width | refused |")
    print("|---|---|---|---|---|---|---|---|---|")
    for k in map(int, asked.studies.split(",")):
        for tau in asked.tau.split(","):
            _block(k, tau, repeats, claims, error, asked.kinds.split(","))
    print(f"{time.perf_counter() - start:.0f} s")
    sys.exit(claims.finish())


def _block(
    k: int, tau: str, repeats: int, claims: Claims, error: float, kinds: Collection[str]
) -> None:
    """All truths and kinds of print at one number of studies and one variation."""
    most = MOST if tau == DRAWN else 1.0
    whole: dict[tuple[str, str], list[Cell]] = {}
    for place, world in enumerate(WORLDS.values()):
        for (kind, method), cell in cells(world, place, k, tau, repeats, kinds).items():
            _line(k, tau, world.name, kind, method, cell, world.truth)
            whole.setdefault((kind, method), []).append(cell)
            if method not in (AVERAGED, NEW):
                continue
            what = f"{k} studies, tau {tau}, {world.name}, {kind}, {method}"
            # Three Monte-Carlo errors: of 24 cells one beyond two is expected.
            claims.say(
                f"{what}, coverage", cell.coverage, LEAST - 3 * error, min(most + 3 * error, 1)
            )
            claims.say(f"{what}, refused", cell.refused / cell.tried, None, 0.01)
    for (kind, method), some in whole.items():
        hits, answers = sum(one.hits for one in some), sum(len(one.values) for one in some)
        if method in (AVERAGED, NEW):
            what = f"{k} studies, tau {tau}, all truths, {kind}, {method}, coverage"
            claims.say(what, hits / answers, LEAST - error, min(most + error, 1))
        print(
            f"| {k} | {tau} | all | {kind} | {method} | | {100 * hits / max(answers, 1):.1f} % "
            f"| | {sum(one.refused for one in some)} |",
            flush=True,
        )


def _line(k: int, tau: str, name: str, kind: str, method: str, cell: Cell, truth: float) -> None:
    bias = float(np.mean(cell.values)) - truth if cell.values else float("nan")
    width = float(np.mean(cell.widths)) if cell.widths else float("nan")
    print(
        f"| {k} | {tau} | {name} | {kind} | {method} | {bias:+.3f} | {100 * cell.coverage:.1f} % "
        f"| {width:.3f} | {cell.refused} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
