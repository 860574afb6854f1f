"""A joint model as the object ``--json`` prints, as lines for a terminal, and as a plot."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from hilum.answers.joint_evidence import JointEvidence
    from hilum.synthesis.joint import Dial, JointFit
    from hilum.synthesis.joint.posterior import Difference, Target

BASIS = {
    "randomisation": "randomised comparisons",
    "non_randomised_comparison": "comparisons, not all randomised",
    "exchangeable_baselines": "no comparison: exchangeable baselines only",
    "prior": "nothing but the prior at this weight",
}
FLAGS = {
    "outside_all": "outside every study",
    "outside_treatment": "outside this treatment's studies",
    "not_reported": "not reported by this treatment's studies",
}


def as_object(
    fit: JointFit,
    data: JointEvidence | None,
    target: Target,
    treatment: str | None,
    versus: str | None,
    margin: float,
    turned: Dial | None,
) -> dict[str, Any]:
    """Everything the command says."""
    from hilum.synthesis.joint.identification import (
        components,
        identification,
        level_share_of_prior,
        linearised,
    )
    from hilum.synthesis.joint.posterior import absolute, differences, ranks
    from hilum.synthesis.joint.predictive import posterior_predictive, prior_predictive

    studies = fit.studies
    info = linearised(fit)
    names = fit.treatments
    other = versus or reference(fit, treatment)
    pairs = [(name, other) for name in ([treatment] if treatment else names) if name != other]
    reports = {pair: identification(fit, *pair, info) for pair in pairs}
    every = differences(fit, target, margin=margin)
    shares = {
        name: _mean([identification(fit, name, one, info).percent for one in names if one != name])
        for name in names
    }
    designs = ("randomised", "comparative", "single_arm")
    prior = level_share_of_prior(fit, info)
    out: dict[str, Any] = {
        "model": "joint",
        "kind": studies.kind,
        "outcome": None if data is None else str(data.outcome),
        "population": None if data is None else str(data.population),
        "studies": {d: int((studies.design == i).sum()) for i, d in enumerate(designs)},
        "treatments": list(names),
        "components": [list(group) for group in components(studies)],
        "weights": {"single_arm": fit.weights[0], "comparative": fit.weights[1]},
        "priors": fit.priors.as_mapping(),
        "covariates": list(studies.covariates),
        "target": {"values": dict(target.values), "anchor": target.anchor},
        "absolute": [
            asdict(one) | {"prior_percent": share}
            for one, share in zip(absolute(fit, target), prior, strict=True)
        ],
        "reference": other,
        "differences": [
            asdict(_oriented(every, *pair)) | {"conclusion": _oriented(every, *pair).conclusion}
            for pair in pairs
        ],
        "identification": [asdict(reports[pair]) for pair in pairs],
        "ranks": [
            asdict(one) | {"information": shares[one.treatment]} for one in ranks(fit, target)
        ],
        "heterogeneity": {
            name: _summary(fit, name)
            for name in ("sigma", "tau", "kappa_single", "kappa_comparative", "bias_single",
                         "bias_comparative")
        },
        "prior_predictive": asdict(prior_predictive(studies, fit.priors, seed=fit.seed)),
        "convergence": asdict(fit.convergence)
        | {
            "chains": int(fit.draws["sigma"].shape[0]),
            "seconds": round(fit.seconds, 2),
            "ess_per_second": round(fit.convergence.ess_bulk / fit.seconds, 1),
        },
    }  # fmt: skip
    if len(studies.y):
        check = posterior_predictive(fit, seed=fit.seed)
        out["posterior_predictive"] = {
            "p": check.p,
            "outside": [asdict(one) for one in check.outside],
        }
    if data is not None:
        out["rows"] = [row.label for row in data.rows]
        out["merged"] = [list(one) for one in data.merged]
        out["left_out"] = [
            {"row": item.result.label, "reason": item.reason, "kept": item.kept}
            for item in data.left_out
        ]
    if turned is not None:
        out["dial"] = _dial(turned, target, pairs, margin)
    return _plain(out)


def _plain(value: Any) -> Any:
    """Plain values for JSON; what is not finite becomes null."""
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value)
        return {str(key): _plain(one) for key, one in items.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in cast("list[Any]", value)]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def reference(fit: JointFit, treatment: str | None = None) -> str:
    """The treatment held by most studies, the first by name among equals."""
    studies = fit.studies
    counts = {
        name: int((studies.treatment == i).sum()) + int((studies.contrast[:, 1:] == i).sum())
        for i, name in enumerate(fit.treatments)
        if name != treatment
    }
    return max(counts, key=lambda name: (counts[name], [-ord(c) for c in name]))


def _oriented(every: tuple[Difference, ...], a: str, b: str) -> Difference:
    from dataclasses import replace

    for one in every:
        if (one.treatment, one.comparator) == (a, b):
            return one
        if (one.treatment, one.comparator) == (b, a):
            return replace(
                one, treatment=a, comparator=b, difference=-one.difference,
                difference_ci=(-one.difference_ci[1], -one.difference_ci[0]),
                ratio=1 / one.ratio, ratio_ci=(1 / one.ratio_ci[1], 1 / one.ratio_ci[0]),
                log_ratio=-one.log_ratio, p_higher=1 - one.p_higher,
                p_relevant=one.p_relevant_lower, p_relevant_lower=one.p_relevant,
            )  # fmt: skip
    raise KeyError((a, b))


def _mean(parts: list[dict[str, float]]) -> dict[str, float]:
    return {key: sum(one[key] for one in parts) / len(parts) for key in parts[0]} if parts else {}


def _summary(fit: JointFit, name: str) -> dict[str, Any]:
    import numpy as np

    low, middle, high = np.percentile(fit.flat(name), [2.5, 50, 97.5])
    return {"median": float(middle), "ci": [float(low), float(high)]}


def _dial(
    turned: Dial, target: Target, pairs: list[tuple[str, str]], margin: float
) -> dict[str, Any]:
    from hilum.synthesis.joint import JointFit
    from hilum.synthesis.joint.posterior import absolute, change_points, difference

    fits = {
        weight: fit
        for weight, fit in zip(turned.weights, turned.fits, strict=True)
        if isinstance(fit, JointFit)
    }
    refused = {
        weight: str(fit)
        for weight, fit in zip(turned.weights, turned.fits, strict=True)
        if not isinstance(fit, JointFit)
    }
    curves: list[dict[str, Any]] = []
    for pair in pairs:
        curve = {w: difference(fit, *pair, target, margin=margin) for w, fit in fits.items()}
        curves.append(
            {
                "treatment": pair[0],
                "comparator": pair[1],
                "curve": [
                    {"weight": w} | asdict(one) | {"conclusion": one.conclusion}
                    for w, one in curve.items()
                ],
                "changes": [
                    {"weight": at, "below": below, "above": above}
                    for at, below, above in change_points(curve)
                ],
            }
        )
    return {
        "on": turned.on,
        "weights": list(turned.weights),
        "refused": {f"{w:g}": text for w, text in refused.items()},
        "seconds": round(turned.seconds, 2),
        "differences": curves,
        "absolute": [
            {"weight": w, "treatments": [asdict(one) for one in absolute(fit, target)]}
            for w, fit in fits.items()
        ],
    }


def draw(out: dict[str, Any]) -> bytes:
    """The dial's curves where there is one, else the forest of absolute outcomes."""
    from hilum.plots.joint import Curve, absolute_svg, dial_svg

    percent = out["kind"] == "binomial"
    if "dial" in out:
        curves = [
            Curve(
                f"{one['treatment']} v. {one['comparator']}",
                tuple((p["weight"], p["log_ratio"], p["se"]) for p in one["curve"]),
                tuple((p["weight"], f"{p['below']} → {p['above']}") for p in one["changes"]),
            )
            for one in out["dial"]["differences"]
        ]
        title = "log odds ratio" if percent else "log hazard ratio"
        what = {"both": "single-arm and non-randomised", "single": "single-arm"}
        on = what.get(out["dial"]["on"], "non-randomised comparative")
        return dial_svg(curves, axis=f"weight of {on} evidence", effect=title).encode()
    rows = [
        (
            one["treatment"], one["value"], tuple(one["ci"]), tuple(one["prediction"]),
            one["studies"], one["prior_percent"],
        )
        for one in out["absolute"]
    ]  # fmt: skip
    title = out["outcome"] or "Absolute outcome"
    return absolute_svg(rows, title=title.replace("_", " "), percent=percent).encode()


def describe(out: dict[str, Any]) -> str:
    """The model, each treatment, each comparison with what carries it, and the checks."""
    percent = out["kind"] == "binomial"
    counted = out["studies"]
    head = " ".join(filter(None, (out["outcome"], out["population"])))
    lines = [
        f"joint model{': ' + head if head else ''}: {counted['randomised']} randomised, "
        f"{counted['comparative']} comparative and {counted['single_arm']} single-arm studies, "
        f"{len(out['components'])} unlinked groups of treatments"
    ]
    if out["target"]["values"]:
        said = ", ".join(f"{name} {value:g}" for name, value in out["target"]["values"].items())
        lines.append(f"  for patients with {said}")
    width = max(len(name) for name in out["treatments"])
    lines.append(f"  {'':<{width}}  outcome (95 % interval; a new study)")
    ranks = {one["treatment"]: one for one in out["ranks"]}
    for one in out["absolute"]:
        name = one["treatment"]
        rank = ranks[name]
        lines.append(
            f"  {name:<{width}}  {_value(one['value'], percent)} "
            f"({_ends(one['ci'], percent)}; {_ends(one['prediction'], percent)}), "
            f"k={one['studies']}, rank {rank['mean']:.1f} ({rank['ci'][0]} to {rank['ci'][1]})"
            f"{_doubt(one)}"
        )
    unit = "points" if percent else "months"
    for one, report in zip(out["differences"], out["identification"], strict=True):
        scale = 100 if percent else 1
        low, high = (scale * end for end in one["difference_ci"])
        lines.append(
            f"  {one['treatment']} v. {one['comparator']}: {scale * one['difference']:+.1f} {unit} "
            f"({low:+.1f} to {high:+.1f}), {'odds' if percent else 'hazard'} ratio "
            f"{one['ratio']:.2f} ({one['ratio_ci'][0]:.2f} to {one['ratio_ci'][1]:.2f}); "
            f"P(above {scale * one['margin']:g} {unit}) {one['p_relevant']:.2f}, "
            f"P(below -{scale * one['margin']:g}) {one['p_relevant_lower']:.2f}"
        )
        lines.append(f"    {_carried(report)}")
    lines += _turned(out) + _checks(out)
    return "\n".join(lines)


def _doubt(one: dict[str, Any]) -> str:
    parts = [f"{flag['covariate']} {FLAGS[flag['flag']]}" for flag in one["extrapolated"]]
    if one["prior_percent"] > 50:
        parts.insert(0, f"{one['prior_percent']:.0f} % of the information is the prior's")
    return f"  [{'; '.join(parts)}]" if parts else ""


def _carried(report: dict[str, Any]) -> str:
    kinds = [
        ("randomised", "randomised"), ("comparative", "comparative"),
        ("single_arm", "single-arm"), ("baselines", "levels between studies"), ("prior", "prior"),
    ]  # fmt: skip
    parts = [
        f"{report['percent'][key]:.0f} % {word}"
        for key, word in kinds
        if report["percent"][key] >= 0.5
    ]
    by = ", ".join(f"{one['study']} {one['percent']:.0f} %" for one in report["shares"][:3])
    left = report["without"][0]
    rest = (
        "nothing is left"
        if left["silent"]
        else f"the standard error grows {left['ratio']:.1f}-fold"
    )
    by = f" ({by})" if by else ""
    return (
        f"carried by {BASIS[report['basis']]}: {', '.join(parts)}{by}; "
        f"without exchangeable baselines {rest}"
    )


def _turned(out: dict[str, Any]) -> list[str]:
    if "dial" not in out:
        return []
    found = out["dial"]
    lines = [f"  dial on {found['on']}, {len(found['weights'])} weights"]
    for one in found["differences"]:
        name = f"{one['treatment']} v. {one['comparator']}"
        changes = "; ".join(
            f"{c['below']} to {c['above']} at weight {c['weight']:.2f}" for c in one["changes"]
        )
        last = one["curve"][-1]["conclusion"]
        lines.append(f"    {name}: {changes or f'{last} at every weight'}")
    lines += [f"    weight {w} refused: {text}" for w, text in found["refused"].items()]
    return lines


def _checks(out: dict[str, Any]) -> list[str]:
    found = out["convergence"]
    lines = [
        f"  R-hat {found['r_hat']:.3f}, effective draws {found['ess_bulk']:.0f} bulk, "
        f"{found['ess_tail']:.0f} tail, {found['divergences']} divergences; "
        f"{found['seconds']:.1f} s"
    ]
    if "posterior_predictive" in out:
        check = out["posterior_predictive"]
        outside = ", ".join(f"{a['study']} {a['treatment']}" for a in check["outside"])
        lines.append(
            f"  posterior predictive p {check['p']:.2f}; arms outside their 95 % interval: "
            f"{outside or 'none'}"
        )
    if out.get("left_out"):
        lines.append(f"  left out: {len(out['left_out'])} figures (--json lists them)")
    return lines


def _value(value: float, percent: bool) -> str:
    return f"{100 * value:.0f} %" if percent else f"{value:.1f} months"


def _ends(ends: list[float], percent: bool) -> str:
    low, high = (100 * end if percent else end for end in ends)
    return f"{low:.0f} to {high:.0f}"
