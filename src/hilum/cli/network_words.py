"""A network in a few lines for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hilum.cli.network_data import NetworkOptions


def describe_network(out: dict[str, Any], options: NetworkOptions) -> str:
    """What was compared, each treatment against the reference, heterogeneity, inconsistency."""
    lines: list[str] = []
    if out["connected"]:
        lines += _one(out, options)
    else:
        lines.append(f"not connected: {len(out['parts'])} parts, no comparison between them")
        lines += [f"  {i}: {', '.join(part)}" for i, part in enumerate(out["parts"], start=1)]
        for part in out.get("networks", []):
            lines += ["", *_one(part, options)]
    if "additive" in out:
        lines += ["", *_additive(out["additive"])]
    for one in out.get("left_out", []):
        lines.append(f"  left out: {one['studlab']}: {one['reason']}")
    return "\n".join(lines)


def _one(out: dict[str, Any], options: NetworkOptions) -> list[str]:
    names = out["trts"]
    reference = out["reference"] or names[0]
    at = names.index(reference)
    scale = out["transformed"] or {
        "TE": out["TE_random"],
        "lower": out["lower_random"],
        "upper": out["upper_random"],
        "lower_predict": out["lower_predict"],
        "upper_predict": out["upper_predict"],
    }
    width = max(len(name) for name in names)
    lines = [
        f"{out['measure']}, random effects by {out['method']}: {out['k']} studies, "
        f"{out['n']} treatments, {out['m']} contrasts",
        f"  against {reference}{'' if out['reference'] else ' (the first; see --reference)'}; "
        f"P-score: small values {options.small_values}",
    ]
    said: dict[str, str] = {}
    for i, name in enumerate(names):
        low, high = scale["lower_predict"][i][at], scale["upper_predict"][i][at]
        new = "" if low is None else f", a new study {low:.3g} to {high:.3g}"
        ends = f"{scale['lower'][i][at]:.3g} to {scale['upper'][i][at]:.3g}"
        said[name] = "" if i == at else f"{scale['TE'][i][at]:.3g} ({ends}){new}"
    longest = max(map(len, said.values()))
    lines += [
        f"  {name:<{width}}  {said[name]:<{longest}}  P-score {out['pscore_random'][name]:.3f}"
        for name in sorted(names, key=lambda name: -out["pscore_random"][name])
    ]
    i2 = "" if out["I2"] is None else f", I2 {100 * out['I2']:.1f} %"
    lines.append(f"  tau2 {out['tau2']:.4g}{i2}")
    lines += [f"  {_q(row)}" for row in out["decomp"]["Q_decomp"]]
    wald = out["decomp"]["interaction_wald"]
    if wald["df"]:
        lines.append(
            f"  design by treatment, random effects: chi2 {wald['Q']:.2f}, df {wald['df']}, "
            f"p {wald['pval']:.3g}"
        )
    else:
        lines.append("  no closed loop: inconsistency cannot be tested")
    return lines


def _q(row: dict[str, Any]) -> str:
    p = "" if row["pval"] is None else f", p {row['pval']:.3g}"
    return f"Q {row['_row'].lower()} {row['Q']:.2f}, df {row['df']}{p}"


def _additive(out: dict[str, Any]) -> list[str]:
    width = max(len(name) for name in out["comps"])
    lines = [f"additive components: tau {out['tau']:.4g}"]
    for name, value, se in zip(out["comps"], out["Comp_random"], out["seComp_random"], strict=True):
        words = "not determined by these studies" if value is None else f"{value:.4g} (se {se:.4g})"
        lines.append(f"  {name:<{width}}  {words}")
    p = "" if out["pval_diff"] is None else f", p {out['pval_diff']:.3g}"
    lines.append(f"  Q {out['Q_additive']:.2f}, df {out['df']}")
    lines.append(f"  additivity: Q {out['Q_diff']:.2f}, df {out['df_diff']}{p}")
    return lines
