"""A pooled answer as the table and plot that a journal prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.analyses.pool import Pooled
from hilum.rendering.measures import ESTIMATED, WAYS, measure_name, method_name
from hilum.rendering.pool import pool_notes, prior_line, shown
from hilum.synthesis.effects import measure as measure_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.pool import Limits, PoolAnswered, StudyRow
    from hilum.analyses.without_one import Without
    from hilum.language import Words
    from hilum.plots.forest_table import Heads, Line

# Beyond these two decimals say too little, or too much.
SMALL: Final = 0.01
LARGE: Final = 1000
HOLLOW: Final = "Open square: no event."
BEYOND: Final = "Arrow: the interval goes on beyond the axis; its ends are printed at the right."


def pool_forest(answer: PoolAnswered, words: Words) -> str:
    """The forest plot: counts, figures and weights of every study, model and spread below."""
    from hilum.plots.forest_table import forest_table_svg

    unit = measure_of(answer.measure).unit
    lines = _lines(answer, unit, words)
    return forest_table_svg(lines, _heads(answer, lines, unit, words), scale=unit)


def forest_without(answer: PoolAnswered, left: Without | None, words: Words) -> str:
    """The same with a last line for all studies but one; the line is empty where none is left out.

    Its place is always there, so that nothing moves when another study is left out.
    """
    from hilum.plots.forest_table import Line, forest_table_svg

    unit = measure_of(answer.measure).unit
    lines = _lines(answer, unit, words)
    heads = _heads(answer, lines, unit, words)
    limits = None if left is None else left.figure
    said, value, ends = "", None, None
    if limits and limits.pred is not None and limits.ci_lb is not None and limits.ci_ub is not None:
        value, ends = limits.pred, (limits.ci_lb, limits.ci_ub)
        said = _said(unit, value, *ends)
    name = words("without the study in focus")
    if left is not None and heads.cells:
        name = words("without {name}", name=left.label)
    last = Line(label=name, value=value, ends=ends, figure=said, role="without")
    return forest_table_svg([*lines, last], heads, scale=unit)


def _lines(answer: PoolAnswered, unit: str, words: Words) -> list[Line]:
    from hilum.plots.forest_table import Line

    lines: list[Line] = []
    if answer.by is None:
        lines += [_study(one, unit, words) for one in answer.studies]
    else:
        for name in dict.fromkeys(one.group for one in answer.studies):
            own = [one for one in answer.studies if one.group == name]
            title = name or words("(none)")
            lines.append(Line(label=title, role="heading"))
            lines += [_study(one, unit, words) for one in own]
            group = answer.subgroups.get(name)
            if isinstance(group, Pooled):
                said = words("{name}: pooled", name=name)
                lines += _pooled(shown(group), own, unit, said, words)
    title = words("All studies ({k})", k=len(answer.studies))
    return [*lines, *_pooled(shown(answer), answer.studies, unit, title, words, overall=True)]


def _heads(answer: PoolAnswered, lines: Sequence[Line], unit: str, words: Words) -> Heads:
    from hilum.plots.forest_table import AXES, Heads, limits

    code = "PR" if unit == "proportion" else answer.measure
    name = words(measure_of(code).name or code)
    first = answer.studies[0]
    two, counted = first.n2 is not None, first.n is not None
    cells = (words("Events"), "n") if counted else ()
    percent = f"{100 * answer.asked.level:g}"
    unit_word = "%" if unit == "proportion" else _first(name)
    axis = f"{name} (%)" if unit == "proportion" else name
    patients = sum((one.n or 0) + (one.n2 or 0) for one in answer.studies)
    sub = words("{k} studies", k=answer.k)
    if counted:
        sub = words("{k} studies, {n} patients", k=answer.k, n=patients)
    model = [shown_by(answer, words), *pool_notes(answer, words)]
    foot = [measure_name(answer.measure, words), words("; ").join(model)]
    low, high = limits(lines, AXES[unit])
    signs = [words(HOLLOW)] if any(one.hollow for one in lines) else []
    if any(one.role == "study" and one.ends and (one.ends[0] < low or one.ends[1] > high)
           for one in lines):  # fmt: skip
        signs.append(words(BEYOND))
    return Heads(
        title=_first(name),
        sub=sub,
        study=words("Study"),
        cells=cells * 2 if two else cells,
        spans=((words("First group"), 2), (words("Second group"), 2)) if two else (),
        figure=words("{unit} ({percent} % interval)", unit=unit_word, percent=percent),
        weight=words("Weight, %"),
        bias=words("Bias"),
        source=words("Source"),
        axis=axis,
        foot=(*foot, *([" ".join(signs)] if signs else [])),
    )


def shown_by(answer: PoolAnswered, words: Words) -> str:
    """The model of the pooled line, and what its interval is by."""
    seen = answer.shown
    way = None if seen is None else WAYS.get(seen.way)
    if seen is None or way is None:
        return method_name(answer.asked.way, words)
    if seen.prior is not None:
        return f"{words(ESTIMATED)}, {prior_line(seen.prior, words)}"
    return words(
        "{model}, interval by {test}",
        model=method_name(answer.asked.way, words),
        test=words(way),
    )


def _study(one: StudyRow, unit: str, words: Words) -> Line:
    from hilum.plots.forest_table import Line

    cells = _counts((one,))
    if one.value is None or one.low is None or one.high is None:
        return Line(label=one.label, cells=cells, figure=words("no information"))
    size = 1.0
    if one.weight is not None:
        size = one.weight
    elif one.n is not None:
        size = float(one.n + (one.n2 or 0))
    elif one.vi:
        size = 1 / one.vi
    return Line(
        label=one.label,
        cells=cells,
        value=one.value,
        ends=(one.low, one.high),
        figure=_said(unit, one.value, one.low, one.high),
        weight="" if one.weight is None else f"{one.weight:.1f}",
        size=size,
        hollow=one.events == 0 and one.n2 is None,
        bias=one.bias or None,  # pyright: ignore[reportArgumentType]
        source=one.source,
        href=_link(one.source),
    )


def _counts(studies: Sequence[StudyRow]) -> tuple[str, ...]:
    first = studies[0]
    if first.n is None:
        return ()
    pairs = [("events", "n"), *([("events2", "n2")] if first.n2 is not None else [])]
    return tuple(
        str(sum(getattr(one, name) or 0 for one in studies)) for pair in pairs for name in pair
    )


def _pooled(
    limits: Limits | None,
    studies: Sequence[StudyRow],
    unit: str,
    name: str,
    words: Words,
    *,
    overall: bool = False,
) -> list[Line]:
    from hilum.plots.forest_table import Line

    if limits is None or limits.pred is None or limits.ci_lb is None or limits.ci_ub is None:
        return []
    ends = limits.ci_lb, limits.ci_ub
    weighed = overall and studies[0].weight is not None
    lines = [
        Line(
            label=name,
            cells=_counts(studies),
            value=limits.pred,
            ends=ends,
            figure=_said(unit, limits.pred, *ends),
            weight="100" if weighed else "",
            role="pooled",
            overall=overall,
        )
    ]
    if limits.pi_lb is not None and limits.pi_ub is not None:
        wide = limits.pi_lb, limits.pi_ub
        lines.append(
            Line(
                label=words("a new study"),
                ends=wide,
                figure=_between(unit, *wide),
                role="prediction",
                overall=overall,
            )
        )
    return lines


def _said(unit: str, value: float, low: float, high: float) -> str:
    return f"{_figure(unit, value)} {_between(unit, low, high)}"


def _between(unit: str, low: float, high: float) -> str:
    low_said, high_said = _figure(unit, low), _figure(unit, high)
    between = " to " if "-" in (low_said[:1], high_said[:1]) else "–"
    return f"({low_said}{between}{high_said})"


def _figure(unit: str, value: float) -> str:
    """Percent with one decimal, others with two; very small and large ones with three digits."""
    if unit == "proportion":
        return f"{100 * value:.1f}"
    if value != 0 and not SMALL <= abs(value) < LARGE:
        return f"{value:.3g}"
    return f"{value:.2f}"


def _link(source: str) -> str | None:
    if source.startswith(("https://", "http://")):
        return source
    return f"https://doi.org/{source}" if source.startswith("10.") and "/" in source else None


def _first(name: str) -> str:
    """With a large first letter."""
    return name[:1].upper() + name[1:]


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {HOLLOW, BEYOND}
