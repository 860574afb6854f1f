"""What stands over and under a forest: heads, axis, model, heterogeneity and key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.analyses.pool import Pooled
from hilum.rendering.measures import ESTIMATED, WAYS, measure_name, method_name
from hilum.rendering.observed import too_wide, too_wide_line, widest
from hilum.rendering.pool import prior_line, remark_lines, shown, tau2_ends, unprior
from hilum.rendering.pool_look import USUAL, Look
from hilum.rendering.printed_figures import chance, short
from hilum.synthesis.effects import measure as measure_of
from hilum.synthesis.effects.measures import ONE_RATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.pool import Between, PoolAnswered
    from hilum.language import Words
    from hilum.plots.forest_table import Heads, Line

HOLLOW: Final = "Open square: no event."
BEYOND: Final = "Arrow: the interval goes on beyond the axis; its ends are printed at the right."
# Measures whose figures are printed on another scale than the one they are pooled on.
READ_AS: Final = {"IRLN": "IR", "GEN": ""}
EFFECT: Final = "effect"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one column of a measure holds: its head, and whether its figures may be summed."""

    head: str
    summed: bool


CELLS: Final = {
    "x": Cell("Events", summed=True),
    "a": Cell("Events", summed=True),
    "c": Cell("Events", summed=True),
    "n": Cell("n", summed=True),
    "t": Cell("Time", summed=True),
    "m": Cell("Mean", summed=False),
    "sd": Cell("SD", summed=False),
}
"""By a column's letters: ``n1i`` and ``ni`` hold patients."""


def columns_of(code: str) -> tuple[str, ...]:
    """Columns of a measure that stand beside a study."""
    return tuple(name for name in measure_of(code).columns if _letters(name) in CELLS)


def cell_of(column: str) -> Cell:
    """What a column holds."""
    return CELLS[_letters(column)]


def _letters(column: str) -> str:
    return column.rstrip("i").rstrip("12")


def axis_code(code: str) -> str:
    """The axis that a measure's figures stand on."""
    measure = measure_of(code)
    if measure.unit != "linear" or measure.groups == 2:
        return measure.unit
    return "rate" if measure.columns == ONE_RATE else "single"


def read_as(code: str, words: Words) -> str:
    """What a measure's figures are once they are on the scale that people read."""
    unit = measure_of(code).unit
    natural = "PR" if unit == "proportion" else READ_AS.get(code, code)
    return words(measure_of(natural).name or natural) if natural else words(EFFECT)


def heads_of(
    answer: PoolAnswered,
    lines: Sequence[Line],
    foot: Sequence[str],
    words: Words,
    look: Look = USUAL,
) -> Heads:
    """Everything around the lines."""
    from hilum.plots.forest_table import Heads

    unit = measure_of(answer.measure).unit
    name = read_as(answer.measure, words)
    columns = columns_of(answer.measure)
    cells = tuple(words(cell_of(one).head) for one in columns)
    percent = f"{100 * answer.asked.level:g}"
    unit_word = "%" if unit == "proportion" else capital(name)
    axis = f"{name} (%)" if unit == "proportion" else name
    two = bool(columns) and measure_of(answer.measure).groups == 2
    named = answer.asked.table.labels
    groups = look.groups or named[:2]
    if not all(groups) or not groups:
        groups = (words("First group"), words("Second group"))
    left, right = (named[2], named[3]) if len(named) > 3 else ("", "")
    return Heads(
        title=look.title or capital(name),
        sub=" ".join(one for one in (look.whom, _sub(answer, words)) if one),
        study=words("Study"),
        cells=cells,
        beside=look.beside,
        spans=tuple((one, len(cells) // 2) for one in groups) if two else (),
        figure=words("{unit} ({percent} % interval)", unit=unit_word, percent=percent),
        weight=words("Weight, %"),
        bias=words("Bias"),
        source=words("Source"),
        axis=look.xlab or axis,
        foot=(
            *foot,
            *_cautions(answer, words, look),
            *_key(lines, axis_code(answer.measure), words),
        ),
        left=look.left or left,
        right=look.right or right,
    )


def _cautions(answer: PoolAnswered, words: Words, look: Look) -> list[str]:
    """Why the diamond is not to be read, where it is not."""
    wide = [too_wide_line(words)] if too_wide(shown(answer), answer.measure) else []
    groups = [
        name
        for name, one in answer.subgroups.items()
        if isinstance(one, Pooled) and too_wide(shown(one), one.measure)
    ]
    if groups:
        wide.append(
            words(
                "The interval of {names} spans more than {points} points: read the range of the "
                "studies.",
                names=words(", ").join(groups),
                points=widest(),
            )
        )
    told = [capital(one) for one in remark_lines(answer, words)]
    return [*wide, *told, *([look.note] if look.note else [])]


def _sub(answer: PoolAnswered, words: Words) -> str:
    patients = sum((one.n or 0) + (one.n2 or 0) for one in answer.studies)
    if answer.studies[0].n is None:
        return words("{k} studies", k=answer.k)
    return words("{k} studies, {n} patients", k=answer.k, n=patients)


def _key(lines: Sequence[Line], scale: str, words: Words) -> list[str]:
    """What signs mean, where any stands there."""
    from hilum.plots.forest_table import AXES, limits

    low, high = limits(lines, AXES[scale])
    signs = [words(HOLLOW)] if any(one.hollow for one in lines) else []
    cut = (one for one in lines if one.role in ("study", "prediction") and one.ends)
    if any(one.ends[0] < low or one.ends[1] > high for one in cut if one.ends):
        signs.append(words(BEYOND))
    return [" ".join(signs)] if signs else []


def foot_of(answer: PoolAnswered, words: Words) -> list[str]:
    """Measure and model, heterogeneity, the test between subgroups."""
    parts = [measure_name(answer.measure, words), shown_by(answer, words)]
    model = words("; ").join([*parts, *_other_ways(answer, words)])
    lines = [model, heterogeneity(answer, words), between_line(answer.between, words)]
    return [capital(greek(one)) for one in lines if one]


def _other_ways(answer: PoolAnswered, words: Words) -> list[str]:
    """How the intervals of subgroups were made that are made otherwise than that of all."""
    main = None if answer.shown is None else answer.shown.way
    found: dict[str, list[str]] = {}
    for name, one in answer.subgroups.items():
        way = one.shown.way if isinstance(one, Pooled) and one.shown is not None else None
        if way is not None and way != main and way in WAYS:
            found.setdefault(way, []).append(name)
    return [
        words("{names}: interval by {test}", names=words(", ").join(names), test=words(WAYS[way]))
        for way, names in found.items()
    ]


def heterogeneity(answer: PoolAnswered, words: Words) -> str:
    """Spread with its interval, I2 and Q with its degrees of freedom."""
    if answer.tau2 is None or answer.I2 is None:
        return ""
    named = {"tau2": short(answer.tau2), "i2": f"{answer.I2:.0f}"}
    ends = tau2_ends(answer)
    if ends is not None and ends[1] is None:
        told = words("Heterogeneity: tau2 {tau2} ({low} or more), I2 {i2} %", **named, low=ends[0])
    elif ends is not None:
        low, high = ends
        told = words("Heterogeneity: tau2 {tau2} ({low} to {high}), I2 {i2} %", **named, low=low,
                     high=high)  # fmt: skip
    else:
        told = words("Heterogeneity: tau2 {tau2}, I2 {i2} %", **named)
    if answer.QE is None or answer.QEp is None:
        return unprior(answer, told, words)
    told = unprior(answer, told, words)
    df = answer.k - (answer.p or 1)
    q = words("Q {q} (df {df}, {p})", q=f"{answer.QE:.1f}", df=df, p=chance(answer.QEp))
    return words("; ").join((told, q))


def between_line(between: Between | None, words: Words) -> str:
    """The test that subgroups are alike."""
    if between is None:
        return ""
    q, p = f"{between.QM:.1f}", chance(between.QMp)
    if between.dfs is not None:
        return words(
            "Between subgroups: F {q} (df {df} and {dfs}, {p})",
            q=q,
            df=between.df,
            dfs=between.dfs,
            p=p,
        )
    if between.ratio:
        return words("Between subgroups: likelihood ratio {q} (df {df}, {p})", q=q, df=between.df,
                     p=p)  # fmt: skip
    return words("Between subgroups: Q {q} (df {df}, {p})", q=q, df=between.df, p=p)


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


def greek(text: str) -> str:
    """Signs as a picture can have them."""
    return text.replace("tau2", "τ²").replace("I2", "I²")


def capital(name: str) -> str:
    """With a large first letter."""
    return name[:1].upper() + name[1:]


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {HOLLOW, BEYOND, EFFECT, *(one.head for one in CELLS.values())}
