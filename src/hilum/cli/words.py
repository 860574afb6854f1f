"""A pooled answer in a few lines for the terminal."""

from __future__ import annotations

from typing import Any

from hilum.synthesis.effects import measure as measure_of


def describe(out: dict[str, Any]) -> str:
    """What was pooled, the answer with its intervals, heterogeneity, what was left out."""
    measure = out["measure"]
    method, exact = out["method"], out.get("model", "")
    model = f"{method} ({exact.removeprefix(measure + ', ')})" if exact else method
    test = f", {out['test']}" if "test" in out else ""
    lines = [f"{measure} by {model}{test}: {out['k']} studies"]
    if "coef_names" in out:
        columns = zip(
            *(out[key] for key in ("coef_names", "beta", "se", "pval", "ci_lb", "ci_ub")),
            strict=True,
        )
        width = max(len(name) for name in out["coef_names"])
        lines += [
            f"  {name:<{width}}  {beta:.4f} (se {se:.4f}, p {pval:.3g}; {low:.4f} to {high:.4f})"
            for name, beta, se, pval, low, high in columns
        ]
        if out.get("R2") is not None:
            lines.append(f"  R2 {out['R2']:.1f} %")
    if "transformed" in out:
        lines.append(f"  {_figure(out['transformed'], measure)}")
    lines += _spread(out)
    for name, one in out.get("subgroups", {}).items():
        if "error" in one:
            lines.append(f"  {name}: {one['error']}")
        elif "transformed" in one:
            lines.append(f"  {name} (k {one['k']}): {_figure(one['transformed'], measure)}")
    if out.get("between"):
        test_between = out["between"]
        lines.append(
            f"  between subgroups: Q {test_between['QM']:.2f}, df {test_between['df']}, "
            f"p {test_between['QMp']:.3g}"
        )
    if "note" in out:
        lines.append(f"  {out['note']}")
    left = out.get("left_out", [])
    if left:
        lines.append(f"  left out: {len(left)}")
        lines += [f"    row {one['row']}: {one['reason']}" for one in left[:10]]
    return "\n".join(lines)


def _figure(values: dict[str, Any], measure: str) -> str:
    def said(value: float) -> str:
        return (
            f"{100 * value:.1f} %" if measure_of(measure).unit == "proportion" else f"{value:.4g}"
        )

    words = f"{said(values['pred'])} ({said(values['ci_lb'])} to {said(values['ci_ub'])})"
    if values.get("pi_lb") is not None:
        words += f", a new study {said(values['pi_lb'])} to {said(values['pi_ub'])}"
    return words


def _spread(out: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    if out.get("tau2") is not None:
        words = f"  tau2 {out['tau2']:.4g}"
        if "confint" in out:
            _, low, high = out["confint"]["tau2"]
            words += f" ({low:.4g} to {high:.4g})"
        lines.append(f"{words}, I2 {out['I2']:.1f} %")
    if "QE" in out:
        lines.append(f"  Q {out['QE']:.2f}, p {out['QEp']:.3g}")
    return lines
