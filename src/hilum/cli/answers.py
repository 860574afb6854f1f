"""A table's answer to the options: of all its rows, and of each subgroup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.errors import NotEstimable

if TYPE_CHECKING:
    from hilum.cli.model import Data, Options
    from hilum.cli.table import Table


def answer(
    table: Table, options: Options, rows: set[int] | None = None
) -> tuple[Data, dict[str, Any]]:
    """The rows used and the JSON object of their model."""
    from hilum.cli.model import load, run
    from hilum.cli.results import as_object, degenerate

    data = load(table, options, rows)
    try:
        out = as_object(run(data, options), data, options)
    except NotEstimable:
        found = degenerate(data, options) if options.method == "GLMM" else None
        if found is None:
            raise
        out = found
    if data.left_out:
        out["left_out"] = [{"row": line, "reason": reason} for line, reason in data.left_out]
    return data, out


def subgroups(table: Table, options: Options, by: str, same_tau2: bool) -> dict[str, Any]:
    """One answer a subgroup, and the test between them."""
    import numpy as np
    from scipy import special

    from hilum.cli.model import load, plain, run
    from hilum.cli.results import transformed

    names = table.text(by)
    order = list(dict.fromkeys(name for name in names if name))
    lines = {
        name: {line for line, own in zip(table.lines, names, strict=True) if own == name}
        for name in order
    }
    found: dict[str, Any] = {}
    if same_tau2:
        whole = load(table, options)
        member = [names[table.lines.index(line)] for line in whole.lines]
        keep = np.array([bool(name) for name in member])
        known = [name for name in order if name in member]
        design = np.array([[own == name for name in known] for own in member], float)[keep]
        part = load(
            table, options, {line for line, kept in zip(whole.lines, keep, strict=True) if kept}
        )
        fit = run(_with_design(part, design, tuple(known)), options)
        beta, vb = np.asarray(fit.beta), fit.vb  # pyright: ignore[reportAttributeAccessIssue]
        about = fit.predict(np.eye(len(known)))  # pyright: ignore[reportAttributeAccessIssue]
        for i, name in enumerate(known):
            limits = {
                key: getattr(about, key)[i] for key in ("pred", "ci_lb", "ci_ub", "pi_lb", "pi_ub")
            }
            found[name] = plain(
                {
                    "k": int(design[:, i].sum()),
                    "beta": beta[i],
                    "se": np.sqrt(vb[i, i]),
                    "tau2": fit.tau2,  # pyright: ignore[reportAttributeAccessIssue]
                    "predict": limits,
                    "transformed": transformed(limits, part, options),
                }
            )
    else:
        for name in order:
            try:
                found[name] = answer(table, options, lines[name])[1]
            except NotEstimable as error:
                found[name] = {"error": str(error)}
    usable = [one for one in found.values() if one.get("se")]
    between: dict[str, Any] = {}
    if len(usable) > 1:
        beta = np.array([one["beta"] for one in usable])
        w = np.array([one["se"] ** -2 for one in usable])
        if same_tau2:
            contrast = np.eye(len(usable))[1:] - np.eye(len(usable))[0]
            shift = contrast @ beta
            q = float(shift @ np.linalg.solve(contrast @ vb @ contrast.T, shift))  # pyright: ignore[reportPossiblyUnboundVariable]
        else:
            q = float((w * (beta - (w @ beta) / w.sum()) ** 2).sum())
        df = len(usable) - 1
        between = {"QM": q, "df": df, "QMp": float(special.chdtrc(df, q))}
    return {"by": by, "same_tau2": same_tau2, "subgroups": found, "between": between}


def _with_design(data: Data, design: Any, names: tuple[str, ...]) -> Data:
    from dataclasses import replace

    return replace(data, design=design, names=names)
