"""The picture of ``hilum survival pool``: the fitted curve as an SVG document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.cli.survival_answer import kinds_in_words

if TYPE_CHECKING:
    from hilum.cli.survival_answer import Drawing


def picture(drawing: Drawing) -> str:
    """The curve as an SVG document."""
    import numpy as np

    from hilum.plots import CurvePoint, CurveWords, ReportMark, survival_svg, time_ticks
    from hilum.synthesis.survival import PooledCurve

    curve, out = drawing.curve, drawing.out
    new = (None, None) if isinstance(curve, PooledCurve) else (curve.pi_lb, curve.pi_ub)
    points = [
        CurvePoint(
            float(t),
            float(curve.survival[i]),
            float(curve.ci_lb[i]),
            float(curve.ci_ub[i]),
            None if new[0] is None else float(new[0][i]),
            None if new[1] is None else float(new[1][i]),
        )
        for i, t in enumerate(curve.time)
    ]
    if points[0].time > 0:
        points.insert(0, CurvePoint(0.0, 1.0, 1.0, 1.0))
    marks: list[ReportMark] = []
    steps: list[list[tuple[float, float]]] = []
    used = [arm for arm in drawing.arms if arm.used]
    for arm in used:
        name = f"{arm.study} {arm.arm}".strip()
        for report in arm.used:
            if report.kind == "rate":
                marks.append(ReportMark(report.time or 0.0, report.value or 0.0, arm.n, name))
            elif report.kind == "median":
                marks.append(ReportMark(report.value or 0.0, 0.5, arm.n, name, median=True))
            elif report.kind == "curve":
                from hilum.synthesis.survival import kaplan_meier

                one = kaplan_meier(arm.times, arm.status)
                steps.append(list(zip(one.time.tolist(), one.survival.tolist(), strict=True)))
    end = points[-1].time
    ticks = time_ticks(end) if drawing.unit == "months" else _round_ticks(end)
    lasts: dict[str, float] = {}
    sizes: dict[str, float] = {}
    for arm in used:
        lasts[arm.study] = max(lasts.get(arm.study, 0.0), arm.last)
        sizes[arm.study] = sizes.get(arm.study, 0.0) + (np.nan if arm.n is None else arm.n)
    reach = [[name for name, last in lasts.items() if last >= tick - 1e-9] for tick in ticks]
    model = out.get("family", "distribution-free")
    return survival_svg(
        points,
        marks=marks,
        steps=steps,
        supported=drawing.last,
        ticks=ticks,
        counts=(
            [str(len(names)) for names in reach],
            [f"{np.nansum([sizes[name] for name in names]):.0f}" for names in reach],
        ),
        title=f"Pooled survival, {out['k']} studies ({model})",
        caption=(
            f"Went in: {kinds_in_words(out['reports'])}.",
            "Filled dots: rates; open dots: medians; thin steps: patients.",
            f"Bands: {100 * out['level']:g} % interval"
            + (", and (lighter) that of a new study." if new[0] is not None else ".")
            + (" Dashed: beyond every report." if end > drawing.last + 1e-9 else ""),
        ),
        words=CurveWords(x=drawing.unit or "time (unit not stated)", under=("studies", "patients")),
    )


def _round_ticks(end: float) -> list[float]:
    from hilum.plots.canvas import ticks

    return ticks(0.0, end)
