"""The answer of ``hilum survival pool``: its JSON object, its words and its picture."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hilum.cli.survival_table import MONTHS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.cli.survival_table import SurvivalTable
    from hilum.synthesis.survival import PooledCurve, Quantity, SurvivalCurve
    from hilum.synthesis.survival.reports import Grouped

    Tell = Callable[[str, float | None], None]

YEARS = (1, 3, 5, 10)
REASONS = {
    "patients_given": "the arm's patients are given",
    "same_time": "a rate at the same time is used",
    "median_reached_later": "the arm's rates reach the median before",
    "contradicts": "the arm's own rates contradict it",
    "no_n": "neither an interval nor a number of patients",
    "at_risk_alone": "numbers at risk say nothing of deaths without a rate or a median",
    "not_on_grid": "no survival at two neighbouring times of the grid",
    "no_information": "adds nothing to the arm's other figures",
}
WORDS = {
    "rate": ("rate", "rates"),
    "median": ("median", "medians"),
    "not_reached": ("median not reached", "medians not reached"),
    "at_risk": ("number at risk", "numbers at risk"),
    "curve": ("arm's patients", "arms' patients"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command."""

    family: str
    method: str
    random: str
    times: tuple[float, ...] | None
    horizon: float | None
    level: float
    seed: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the picture needs."""

    curve: SurvivalCurve | PooledCurve
    arms: tuple[Grouped, ...]
    unit: str | None
    last: float
    out: dict[str, Any]


def answer(table: SurvivalTable, asked: Asked, tell: Tell) -> tuple[dict[str, Any], Drawing]:
    """Fit, and everything that is printed of it.

    Raises
    ------
    NotEstimable, NotConverged
        From the models.
    """
    from hilum.synthesis.survival import group

    arms = group(table.arms, level=asked.level)
    used = [arm for arm in arms if arm.used]
    last = max(arm.last for arm in used)
    base: dict[str, Any] = {
        "file": table.file,
        "unit": table.unit,
        "method": asked.method,
        "level": asked.level,
        "rates_read_as": "percent" if table.percent else "share",
    }
    if asked.method.startswith("combescure"):
        return _free(base, arms, asked, table.unit, last)
    return _joint(base, table, asked, tell, last)


def _joint(
    base: dict[str, Any], table: SurvivalTable, asked: Asked, tell: Tell, last: float
) -> tuple[dict[str, Any], Drawing]:
    import numpy as np

    from hilum.synthesis import survival as s
    from hilum.synthesis.survival.joint import between_study_test

    random: Any = asked.random
    if asked.method == "bayes" and random == "auto":
        random = "location" if len({arm.study for arm in table.arms}) > 1 else "none"
    fit = s.fit_survival(
        table.arms,
        family=asked.family,
        random=random,
        level=asked.level,
        progress=lambda name: tell(f"fitting {name}", None),
    )
    times = asked.times or reported_times(table.unit, fit.arms)
    horizon = asked.horizon or last
    # Little further than the reports: a long dashed tail would draw the eye to a guess.
    grid = np.linspace(0, 1.15 * last, 116)
    if asked.method == "bayes":
        draws = 2000
        sample = s.posterior(
            fit,
            draws=draws,
            seed=asked.seed,
            progress=lambda done: tell("weighing draws", done / draws),
        )
        curve, at = s.posterior_curve(sample, grid), s.posterior_curve(sample, times)
        median, rmst = s.posterior_median(sample), s.posterior_restricted_mean(sample, horizon)
        extra: dict[str, Any] = {
            "draws": draws,
            "effective_draws": sample.effective,
            "priors": {
                "location_sd": sample.priors.location,
                "others_sd": sample.priors.others,
                "tau_half_normal": sample.priors.tau,
            },
            "tau": [float(q) for q in np.quantile(sample.tau, (0.5, 0.025, 0.975))],
        }
    else:
        curve, at = s.pooled_survival(fit, grid), s.pooled_survival(fit, times)
        median, rmst = s.median_survival(fit), s.restricted_mean(fit, horizon)
        found = between_study_test(fit)
        extra = {"heterogeneity": None if found is None else {"lr": found[0], "p": found[1]}}
    out = base | {
        "family": fit.family.name,
        "parameters": dict(zip(fit.family.parameters, map(float, fit.beta), strict=True)),
        "time_unit_of_parameters": fit.data.unit,
        "random": ["location", "shape"][: len(fit.random)],
        "tau2": fit.tau2 if fit.random else None,
        "G": fit.G.tolist() if len(fit.random) > 1 else None,
        "loglik": fit.loglik,
        "aic": fit.aic,
        **extra,
        "k": fit.k,
        "n": fit.n,
        "rates": [
            {
                "time": float(t),
                "survival": float(at.survival[i]),
                "ci": [float(at.ci_lb[i]), float(at.ci_ub[i])],
                "prediction": None
                if at.pi_lb is None or at.pi_ub is None
                else [float(at.pi_lb[i]), float(at.pi_ub[i])],
                "k": int(at.k[i]),
                "n": int(at.n[i]),
                "extrapolated": int(at.k[i]) == 0,
            }
            for i, t in enumerate(times)
        ],
        "median": _quantity(median),
        "rmst": {"horizon": horizon, **(_quantity(rmst) or {})},
        "curve": {
            "time": curve.time.tolist(),
            "survival": curve.survival.tolist(),
            "ci_lb": curve.ci_lb.tolist(),
            "ci_ub": curve.ci_ub.tolist(),
            "pi_lb": None if curve.pi_lb is None else curve.pi_lb.tolist(),
            "pi_ub": None if curve.pi_ub is None else curve.pi_ub.tolist(),
        },
        "families": [
            {
                "family": one.family,
                "random": one.random,
                "parameters": one.parameters,
                "loglik": one.loglik,
                "aic": one.aic,
                "reason": one.reason or None,
            }
            for one in fit.candidates
        ],
        **_inputs(fit.arms),
    }
    out["notes"] = _notes(table.unit, out, shape_assumed=fit.shape_assumed)
    return out, Drawing(curve, fit.arms, table.unit, last, out)


def _free(
    base: dict[str, Any],
    arms: tuple[Grouped, ...],
    asked: Asked,
    unit: str | None,
    last: float,
) -> tuple[dict[str, Any], Drawing]:
    import numpy as np

    from hilum.synthesis import survival as s

    data = s.conditional_from_pieces(arms, asked.times)
    arms = tuple(
        arm if f"{arm.study} {arm.arm}".strip() in data.studies else _off_grid(arm) for arm in arms
    )
    curve = s.pooled_curve(
        data,
        method="fixed" if asked.method.endswith("fixed") else "random",
        level=asked.level,
        seed=asked.seed,
    )
    out = base | {
        "k": len(data.studies),
        "n": _total(arms),
        "rates": [
            {
                "time": float(t),
                "survival": float(curve.survival[i]),
                "ci": [float(curve.ci_lb[i]), float(curve.ci_ub[i])],
                "prediction": None,
                "k": int(curve.k[i]),
                "n": None,
                "extrapolated": False,
            }
            for i, t in enumerate(curve.time)
        ],
        "median": None
        if curve.median is None
        else {"value": curve.median, "ci": list(curve.median_ci), "prediction": None},
        "Q": curve.q,
        "df": curve.df,
        "Qp": None if not curve.df else curve.q_p,
        "H2": None if not curve.df else curve.h2,
        "I2": curve.i2,
        "tau2": np.diagonal(curve.tau2).tolist(),
        **_inputs(arms),
    }
    out["notes"] = _notes(unit, out, shape_assumed=False)
    return out, Drawing(curve, arms, unit, last, out)


def _off_grid(arm: Grouped) -> Grouped:
    """An arm that tells of no interval of the grid: none of its reports is in the answer."""
    from dataclasses import replace

    from hilum.synthesis.survival import Unused

    left = tuple(Unused(arm.study, arm.arm, report, "not_on_grid") for report in arm.used)
    return replace(arm, used=(), unused=arm.unused + left)


def reported_times(unit: str | None, arms: Sequence[Grouped]) -> tuple[float, ...]:
    """1, 3, 5 and 10 years in the table's unit; the reported times where no unit is stated."""
    if unit is not None:
        return tuple(12 * year / MONTHS[unit] for year in YEARS)
    ends = sorted({piece.end for arm in arms for piece in arm.pieces if piece.kind != "floor"})
    if not ends:
        last = max(arm.last for arm in arms if arm.used)
        return tuple(last * share for share in (0.25, 0.5, 0.75, 1.0))
    step = max(1, len(ends) // 8)
    return tuple(ends[::-1][::step][::-1])


def _quantity(one: Quantity | None) -> dict[str, Any] | None:
    if one is None:
        return None

    def ends(pair: tuple[float, float] | None) -> list[float | None] | None:
        return None if pair is None else [x if math.isfinite(x) else None for x in pair]

    return {"value": one.value, "ci": ends(one.ci), "prediction": ends(one.prediction)}


def _total(arms: Sequence[Grouped]) -> int | None:
    sizes = [arm.n for arm in arms if arm.used]
    if any(n is None for n in sizes):
        return None
    return round(sum(n for n in sizes if n is not None))


def _inputs(arms: Sequence[Grouped]) -> dict[str, Any]:
    kinds = Counter(report.kind for arm in arms for report in arm.used)
    return {
        "reports": dict(kinds),
        "studies": [
            {
                "study": arm.study,
                "arm": arm.arm or None,
                "n": arm.n,
                "last": arm.last,
                "kinds": dict(Counter(report.kind for report in arm.used)),
            }
            for arm in arms
            if arm.used
        ],
        "left_out": [
            {
                "study": left.study,
                "arm": left.arm or None,
                "row": left.report.label.removeprefix("row ") or None,
                "kind": left.report.kind,
                "reason": left.reason,
                "words": REASONS[left.reason],
            }
            for arm in arms
            for left in arm.unused
        ],
    }


def _notes(unit: str | None, out: dict[str, Any], *, shape_assumed: bool) -> list[str]:
    notes: list[str] = []
    if unit is None:
        notes.append(
            "no unit of time is stated: figures are in the file's own, and rates at the reported "
            "times (state --unit months or a column unit for 1, 3, 5 and 10 years)"
        )
    if out["k"] == 1:
        notes.append("one study: its own curve, which says nothing of other studies")
    if shape_assumed:
        notes.append(
            "no arm reports two times: the curve is exponential by assumption, and can be relied "
            "on near the reported times only"
        )
    if any(one["extrapolated"] for one in out["rates"]):
        notes.append("rates marked * lie beyond every study's last report: the family's guess")
    return notes


def describe(out: dict[str, Any]) -> str:
    """The answer in a few lines."""
    unit = out["unit"] or "units"
    model = out.get("family", "distribution-free")
    what = {"joint": "maximum likelihood", "bayes": "posterior"}.get(out["method"], out["method"])
    patients = "" if out["n"] is None else f", {out['n']:g} patients"
    studies = "1 study" if out["k"] == 1 else f"{out['k']} studies"
    lines = [f"Survival, {model} by {what}: {studies}{patients}"]
    lines.append(f"  from {kinds_in_words(out['reports'])}")
    for one in out["rates"]:
        mark = "*" if one["extrapolated"] else ""
        text = f"  alive at {one['time']:.4g} {unit}{mark}: {_percent(one['survival'])} "
        text += f"({_percent(one['ci'][0])} to {_percent(one['ci'][1])})"
        if one["prediction"]:
            low, high = one["prediction"]
            text += f", a new study {_percent(low)} to {_percent(high)}"
        reach = "study reaches" if one["k"] == 1 else "studies reach"
        lines.append(f"{text}; {one['k']} {reach} it")
    if out["median"] is None:
        lines.append("  median not reached")
    else:
        lines.append(f"  median {_time(out['median'], unit)}")
    if "rmst" in out:
        lines.append(f"  mean to {out['rmst']['horizon']:.4g} {unit}: {_time(out['rmst'], unit)}")
    if out.get("heterogeneity"):
        tau = math.sqrt(out["tau2"])
        lines.append(
            f"  between studies: tau {tau:.3f}, no variation has p {out['heterogeneity']['p']:.3g}"
        )
    if "tau" in out:
        middle, low, high = out["tau"]
        lines.append(f"  between studies: tau {middle:.3f} ({low:.3f} to {high:.3f})")
    if out.get("H2") is not None:
        lines.append(
            f"  Q {out['Q']:.2f} (df {out['df']}, p {out['Qp']:.3g}), I2 {out['I2']:.1f} %, "
            f"H2 {out['H2']:.2f}"
        )
    families = out.get("families", [])
    if len(families) > 1:
        lines.append("  family            varies          AIC")
        for one in families:
            figure = f"{one['aic']:.1f}" if one["aic"] is not None else one["reason"]
            lines.append(f"    {one['family']:<14}  {one['random']:<14}  {figure}")
    if out["left_out"]:
        lines.append(f"  left out: {len(out['left_out'])}")
        lines += [
            f"    row {one['row']} ({one['study']}, {one['kind']}): {one['words']}"
            for one in out["left_out"][:10]
        ]
    lines += [f"  {note}" for note in out["notes"]]
    return "\n".join(lines)


def kinds_in_words(kinds: dict[str, int]) -> str:
    """For example ``12 rates, 1 median``."""
    return ", ".join(f"{n} {WORDS[kind][n != 1]}" for kind, n in kinds.items())


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _time(one: dict[str, Any], unit: str) -> str:
    def said(x: float | None) -> str:
        return "not reached" if x is None else f"{x:.1f}"

    low, high = one["ci"]
    text = f"{said(one['value'])} {unit} ({said(low)} to {said(high)})"
    if one.get("prediction"):
        low, high = one["prediction"]
        text += f", a new study {said(low)} to {said(high)}"
    return text
