"""The picture of pooled survival: the curve, its bands, and what the studies printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.records import found
from hilum.rendering.survival import kinds_in_words, model_name

if TYPE_CHECKING:
    from hilum.analyses.survival import SurvivalAnswered
    from hilum.analyses.survival_answer import ArmRow
    from hilum.language import Words
    from hilum.plots import CurvePoint, ReportMark


# What is drawn of the studies, by the kinds of report that are there.
DRAWN: Final = {
    "rate": "Filled dots: rates.",
    "median": "Open dots: medians.",
    "curve": "Thin steps: patients.",
    "rate+median": "Filled dots: rates; open dots: medians.",
    "rate+curve": "Filled dots: rates; thin steps: patients.",
    "median+curve": "Open dots: medians; thin steps: patients.",
    "rate+median+curve": "Filled dots: rates; open dots: medians; thin steps: patients.",
}


def survival_picture(answer: SurvivalAnswered, words: Words) -> str:
    """The curve as an SVG document."""
    from hilum.plots import CurveWords, survival_svg, time_ticks
    from hilum.plots.canvas import ticks as round_ticks

    points = _points(answer)
    end = points[-1].time
    ticks = time_ticks(end) if answer.unit == "months" else round_ticks(0.0, end)
    beyond = end > answer.last + 1e-9
    level = f"{100 * answer.level:g}"
    band = "Bands: {level} % interval."
    if answer.curve.pi_lb is not None:
        band = "Bands: {level} % interval, and (lighter) that of a new study."
    if beyond and answer.curve.pi_lb is not None:
        band = (
            "Bands: {level} % interval, and (lighter) that of a new study. Dashed: beyond every "
            "report."
        )
    elif beyond:
        band = "Bands: {level} % interval. Dashed: beyond every report."
    return survival_svg(
        points,
        marks=_marks(answer),
        steps=[list(one.steps) for one in answer.studies if one.steps],
        supported=answer.last,
        ticks=ticks,
        counts=_rows(answer, ticks),
        title=words(
            "Pooled survival, {k} studies ({model})", k=answer.k, model=model_name(answer, words)
        ),
        caption=(
            words("Went in: {reports}.", reports=kinds_in_words(answer.reports, words)),
            *_drawn(answer, words),
            words("Under the axis: studies that report so far, and their patients at the start."),
            *_at_risk_of(answer, words),
            words(band, level=level),
        ),
        words=CurveWords(
            x=words.within("time", answer.unit) if answer.unit else words("time (unit not stated)"),
            y=words("survival, %"),
            under=_under(answer, words),
        ),
    )


def _drawn(answer: SurvivalAnswered, words: Words) -> list[str]:
    """What the dots and steps of the studies are, of those that are there."""
    kinds = {mark.kind for one in answer.studies for mark in one.marks}
    kinds |= {"curve" for one in answer.studies if one.steps}
    told = "+".join(kind for kind in ("rate", "median", "curve") if kind in kinds)
    return [words(found(DRAWN, told, "kinds"))] if told else []


def _points(answer: SurvivalAnswered) -> list[CurvePoint]:
    from hilum.plots import CurvePoint

    curve = answer.curve
    known = [None] * len(curve.time)
    columns = zip(
        *(curve.time, curve.survival, curve.ci_lb, curve.ci_ub),
        *(curve.pi_lb or known, curve.pi_ub or known),
        strict=True,
    )
    points = [
        CurvePoint(*(float("nan") if value is None else value for value in row[:4]), *row[4:])
        for row in columns
    ]
    if points[0].time > 0:
        points.insert(0, CurvePoint(0.0, 1.0, 1.0, 1.0))
    return points


def _marks(answer: SurvivalAnswered) -> list[ReportMark]:
    from hilum.plots import ReportMark

    return [
        ReportMark(
            mark.time,
            mark.survival,
            one.n,
            f"{one.study} {one.arm or ''}".strip(),
            median=mark.kind == "median",
        )
        for one in answer.studies
        for mark in one.marks
    ]


def _under(answer: SurvivalAnswered, words: Words) -> tuple[str, ...]:
    """What the rows of numbers are: not patients at risk, unless some are known."""
    names = (words("studies this far"), words("their patients"))
    return (*names, words("at risk")) if _with_numbers(answer) else names


def _with_numbers(answer: SurvivalAnswered) -> list[ArmRow]:
    """Arms whose numbers at risk are known: their patients are given, or the paper prints them."""
    return [one for one in answer.studies if one.followed or one.at_risk]


def _at_risk_of(answer: SurvivalAnswered, words: Words) -> list[str]:
    known = len(_with_numbers(answer))
    if not known:
        return []
    return [
        words(
            "At risk: arms whose patients or printed numbers are given, {known} of {all}; "
            "≥: printed for a later time.",
            known=known,
            all=len(answer.studies),
        )
    ]


def _rows(answer: SurvivalAnswered, ticks: list[float]) -> tuple[list[str], ...]:
    """Studies and patients on which each time rests; those at risk where patients are given."""
    reach = _counts(answer, ticks)
    known = _with_numbers(answer)
    if not known:
        return reach
    return (*reach, [_at_risk(known, tick) for tick in ticks])


def _at_risk(known: list[ArmRow], tick: float) -> str:
    """Patients at risk at a time; ``≥`` where an arm prints its number for a later time alone."""
    counts = [_of_arm(one, tick) for one in known]
    total = sum(count for count, _ in counts)
    return f"{total}" if all(exact for _, exact in counts) else f"≥{total}"


def _of_arm(one: ArmRow, tick: float) -> tuple[int, bool]:
    """Patients of an arm at risk, or the fewest there can be, and whether it is their number."""
    if one.followed:
        return sum(time >= tick - 1e-9 for time in one.followed), True
    printed = [(0.0, round(one.n)), *one.at_risk] if one.n is not None else one.at_risk
    here = [count for time, count in printed if abs(time - tick) < 1e-9]
    if here:
        return here[-1], True
    gone = any(count == 0 for time, count in printed if time < tick)
    later = [count for time, count in printed if time > tick]
    return (later[0] if later else 0), gone


def _counts(answer: SurvivalAnswered, ticks: list[float]) -> tuple[list[str], list[str]]:
    """Studies that reach each tick, and their patients at the start as far as they are known."""
    lasts: dict[str, float] = {}
    sizes: dict[str, float] = {}
    unknown: set[str] = set()
    for one in answer.studies:
        lasts[one.study] = max(lasts.get(one.study, 0.0), one.last)
        sizes[one.study] = sizes.get(one.study, 0.0) + (one.n or 0.0)
        unknown |= {one.study} if one.n is None else set()
    reach = [[name for name, last in lasts.items() if last >= tick - 1e-9] for tick in ticks]
    return [str(len(names)) for names in reach], [_patients(one, sizes, unknown) for one in reach]


def _patients(names: list[str], sizes: dict[str, float], unknown: set[str]) -> str:
    """All their patients; at least those who are stated, where an arm states none."""
    total = f"{sum(sizes[name] for name in names):.0f}"
    if not unknown.intersection(names):
        return total
    return f"≥{total}" if total != "0" else "–"


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {
        *DRAWN.values(),
        "Bands: {level} % interval.",
        "Bands: {level} % interval, and (lighter) that of a new study.",
        "Bands: {level} % interval, and (lighter) that of a new study. Dashed: beyond every "
        "report.",
        "Bands: {level} % interval. Dashed: beyond every report.",
    }
