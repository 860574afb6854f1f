"""Plots of ``hilum pool`` and ``hilum sensitivity``: from a fit to an SVG file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.cli.writing import write
from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hilum.cli.model import Data, Options
    from hilum.cli.table import Table
    from hilum.plots import ForestRow

KINDS = ("forest", "funnel", "baujat", "influence", "gosh", "bubble", "drapery")
SEED = 20240101


def draw(
    path: Path,
    kind: str,
    table: Table,
    options: Options,
    data: Data,
    *,
    by: str | None = None,
    bias: str | None = None,
    source: str | None = None,
) -> None:
    """Write the plot, or leave an existing file as it was.

    Raises
    ------
    InputError
        Another kind of plot, another kind of file, or a plot this model does not have.
    """
    if kind not in KINDS:
        raise InputError(Fault("--kind", None, "kind", kind, f"one of {', '.join(KINDS)}"))
    must_be_svg(path)
    if kind == "forest":
        picture = _forest(table, options, data, by, bias, source)
    else:
        picture = _of_fit(kind, options, data)
    write_svg(path, picture)


def must_be_svg(path: Path) -> None:
    """Refuse another kind of file."""
    if path.suffix.lower() != ".svg":
        raise InputError(Fault("--plot", None, "plot", path.name, "a file name that ends in .svg"))


def write_svg(path: Path, picture: str) -> None:
    """Write the whole picture, or leave an existing file as it was."""
    must_be_svg(path)
    write(picture.encode(), path)


def _back(options: Options) -> Callable[[float], float] | None:
    from hilum.synthesis.effects import SCALES, back_transform, measure

    scale = measure(options.measure).scale
    if scale == "none" or SCALES[scale].sized:
        return None
    return lambda value: float(back_transform(value, options.measure))


def _of_fit(kind: str, options: Options, data: Data) -> str:
    import numpy as np

    from hilum import plots
    from hilum.cli.model import run
    from hilum.synthesis import Fit, fit
    from hilum.synthesis import sensitivity as s
    from hilum.synthesis.effects import measure
    from hilum.synthesis.models import pooler

    model = run(data, options) if pooler(options.method).weighted else None
    if not isinstance(model, Fit):
        # These plots show the two-stage effects whatever model the answer came from.
        usable = np.isfinite(data.yi)
        model = fit(data.yi[usable], data.vi[usable])
        labels = tuple(n for n, keep in zip(data.labels, usable, strict=True) if keep)
    else:
        labels = data.labels
    back, sei = _back(options), list(np.sqrt(model.vi))
    axis = options.measure
    scale = measure(axis).scale
    own = {"exp": f"log {axis}", "expit": "logit of the proportion"}.get(scale, axis)
    if kind == "bubble":
        if model.p != 2 or model.names[0] != "intrcpt":
            wanted = "a model with one numeric moderator (--mods '~ year')"
            raise InputError(Fault("--kind", None, "kind", kind, wanted))
        x = model.design[:, 1]
        grid = np.linspace(x.min(), x.max(), 80)
        about = model.predict(np.column_stack([np.ones(80), grid]))
        line = list(zip(grid, about.pred, about.ci_lb, about.ci_ub, strict=True))
        return plots.bubble_svg(
            list(x), list(model.yi), list(model.weights), line,
            labels=labels, moderator=model.names[1], axis=own,
        )  # fmt: skip
    if kind == "influence":
        found = s.influence(model)
        names = ("rstudent", "dffits", "cook", "covr", "tau2del", "hat")
        return plots.influence_svg({name: list(getattr(found, name)) for name in names}, labels)
    if kind == "baujat":
        share, pull = s.baujat(model)
        return plots.baujat_svg(list(share), list(pull), labels)
    if model.p > 1:
        raise InputError(Fault("--kind", None, "kind", kind, "a model without moderators"))
    centre = float(model.beta[0])
    if kind == "gosh":
        found = s.gosh(model, seed=SEED)
        return plots.gosh_svg(list(found.beta[:]), list(found.I2), axis=axis, back=back)
    if kind == "drapery":
        wide = float(np.sqrt(model.se[0] ** 2 + model.tau2))
        new = None if not model.random else (centre, wide)
        return plots.drapery_svg(
            list(model.yi), sei, (centre, float(model.se[0])), new, axis=axis, back=back
        )
    single = measure(options.measure).groups == 1
    filled = s.trim_and_fill(model) if model.k >= 3 else None
    added = (
        []
        if filled is None
        else list(zip(filled.filled, np.sqrt(filled.fit.vi[model.k :]), strict=True))
    )
    return plots.funnel_svg(
        list(model.yi), sei, centre,
        labels=labels, filled=added, null=None if single else 0.0, axis=axis, back=back,
    )  # fmt: skip


def _forest(
    table: Table,
    options: Options,
    data: Data,
    by: str | None,
    bias: str | None,
    source: str | None,
) -> str:
    import numpy as np
    from scipy import special

    from hilum.cli.answers import answer
    from hilum.plots import ForestRow, forest_svg
    from hilum.synthesis import exact_interval
    from hilum.synthesis.effects import back_transform, measure

    unit = measure(options.measure).unit
    z = float(special.ndtri(0.5 + options.level / 2))
    percent = unit == "proportion"
    judged = _judged(table, bias)
    read_from = dict(zip(table.lines, table.text(source), strict=True)) if source else {}

    def said(value: float, low: float, high: float) -> str:
        if percent:
            return f"{100 * value:.0f} % ({100 * low:.0f} to {100 * high:.0f})"
        return f"{value:.2f} ({low:.2f} to {high:.2f})"

    def study(i: int) -> ForestRow:
        text, weight = "", 1.0
        if percent and "xi" in data.values:
            x, n = int(data.values["xi"][i]), int(data.values["ni"][i])
            value, (low, high) = x / n, exact_interval(x, n, options.level)
            text, weight = f"{x}/{n}  ", float(n)
        elif not np.isfinite(data.yi[i]):
            return ForestRow(data.labels[i], None, None, "no information")
        else:
            se = float(np.sqrt(data.vi[i]))
            ends = [data.yi[i], data.yi[i] - z * se, data.yi[i] + z * se]
            value, low, high = (float(v) for v in back_transform(ends, options.measure))
            weight = 1 / float(data.vi[i])
        text += said(value, low, high)
        risk: Any = judged.get(data.lines[i])
        where = read_from.get(data.lines[i], "")
        return ForestRow(
            data.labels[i], value, (low, high), text, weight,
            href=_link(where), bias=risk, source=where,
        )  # fmt: skip

    def pooled(lines: set[int] | None, name: str) -> list[ForestRow]:
        found = answer(table, options, lines)[1]
        figures = found.get("transformed")
        if figures is None:
            return []
        ends = figures["ci_lb"], figures["ci_ub"]
        rows = [ForestRow(name, figures["pred"], ends, said(figures["pred"], *ends), role="pooled")]
        if figures.get("pi_lb") is not None:
            wide = figures["pi_lb"], figures["pi_ub"]
            words = said(figures["pred"], *wide).partition(" (")[2].rstrip(")")
            rows.append(ForestRow("  a new study", None, wide, words, role="prediction"))
        return rows

    rows: list[ForestRow] = []
    places = range(len(data.lines))
    if by is None:
        rows += [study(i) for i in places]
    else:
        names = dict(zip(table.lines, table.text(by), strict=True))
        for name in dict.fromkeys(names[line] for line in data.lines):
            inside = [i for i in places if names[data.lines[i]] == name]
            rows.append(ForestRow(name or "(none)", None, None, "", role="heading"))
            rows += [study(i) for i in inside]
            rows += pooled({data.lines[i] for i in inside}, f"{name}: pooled")
    rows += pooled(None, f"All studies ({len(data.lines)})")
    return forest_svg(
        tuple(rows),
        title=f"{options.measure}, {options.method}",
        axis=f"{options.measure}{' (%)' if percent else ''}",
        scale=unit,
        standalone=True,
    )


def _link(source: str) -> str | None:
    if source.startswith(("https://", "http://")):
        return source
    return f"https://doi.org/{source}" if source.startswith("10.") and "/" in source else None


def _judged(table: Table, column: str | None) -> dict[int, str]:
    if column is None:
        return {}
    known = {"low": "low", "some": "some", "some concerns": "some", "moderate": "some"}
    known |= {"high": "high", "serious": "high", "critical": "high", "": ""}
    faults: list[Fault] = []
    out: dict[int, str] = {}
    for line, cell in zip(table.lines, table.text(column), strict=True):
        if cell.lower() not in known:
            faults.append(Fault(table.file, line, column, cell, "low, some or high, or empty"))
        elif cell:
            out[line] = known[cell.lower()]
    if faults:
        raise InputError(*faults)
    return out
