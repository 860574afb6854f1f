"""A user's table of arms for the joint model; every fault with its row and column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hilum.errors import Fault, InputError, NotEstimable, phrased
from hilum.tabular import bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.analyses.tables import Table
    from hilum.synthesis.joint import Studies


DESIGN_WORDS: Final = {
    "randomised": (
        "randomised", "randomized", "RCT", "randomised trial", "randomized trial",
        "randomised controlled trial", "randomized controlled trial",
        "随机", "随机对照", "随机对照试验",
    ),
    "comparative": (
        "comparative", "non-randomised", "non-randomized", "not randomised", "not randomized",
        "comparative cohort", "non-randomised comparison", "non-randomized comparison", "非随机",
        "非随机对照",
    ),
    "single_arm": (
        "single-arm", "single-arm trial", "single-arm study", "series", "case series", "单臂",
        "单臂研究", "病例系列",
    ),
}  # fmt: skip
"""Words of a design; blanks, marks and case of their letters do not matter."""


def _design(text: str) -> str:
    """The design that a word means; the word itself where none is known."""
    return next(
        (one for one, words in DESIGN_WORDS.items() if bare(text) in map(bare, words)), text
    )


def read_studies(whole: Table, outcome: str, covariates: Sequence[str]) -> Studies:
    """Arms (event, n) or log hazards (yi, sei, comparator) of a table.

    A column ``outcome``, where there is one, is filtered by ``outcome``. ``covariates`` names
    columns of effect modifiers; ``all`` takes every numeric column that is not one of the
    table's own.

    Raises
    ------
    InputError
        Every cell that is not what its column expects.
    NotEstimable
        Rows that make no model, such as one study only.
    """
    from hilum.synthesis.joint import arms, survival

    table = _rows_of(whole, outcome)
    normal = "yi" in table.header and "event" not in table.header
    study, treatment, design = (table.text(name) for name in ("study", "treatment", "design"))
    design = [_design(one) for one in design]
    comparator = table.text("comparator") if normal and "comparator" in table.header else None
    faults = _word_faults(table, study, treatment, design, comparator)
    y, n, more = _numbers(table, normal=normal)
    faults += more
    if faults:
        raise InputError(*faults)
    favoured = table.numbers("favoured") if "favoured" in table.header else None
    if favoured is not None:
        favoured = [0.0 if value != value else value for value in favoured]
    columns = {name: np.array(table.numbers(name)) for name in _names(table, covariates)}
    try:
        if normal:
            other = [one or None for one in comparator] if comparator else [None] * len(study)
            return survival(
                study, treatment, other, design, y, n, covariates=columns, favoured=favoured
            )
        return arms(study, treatment, design, y, n, covariates=columns, favoured=favoured)
    except NotEstimable as error:
        message = phrased("{file}: {error}", file=table.file, error=error)
        raise NotEstimable(message) from None


def columns_of(whole: Table, outcome: str, facts: Iterable[str]) -> tuple[str, ...]:
    """Which facts of a patient the table has a column for that varies."""
    known = set(facts)
    return tuple(name for name in _names(_rows_of(whole, outcome), ("all",)) if name in known)


def _numbers(table: Table, *, normal: bool) -> tuple[list[float], list[float], list[Fault]]:
    """Log hazards with standard errors, or events of patients, and what is wrong with them."""
    first, second = ("yi", "sei") if normal else ("event", "n")
    if not normal and "event" not in table.header:
        wanted = phrased(
            "columns event and n, or yi (log hazards, or log hazard ratios beside a comparator) "
            "with sei; there are: {header}",
            header=", ".join(dict(table.renamed).get(one, one) for one in table.header),
        )
        raise InputError(Fault(table.file, 1, "event", "", wanted))
    y, n = table.numbers(first), table.numbers(second)
    faults: list[Fault] = []
    for line, one, of in zip(table.lines, y, n, strict=True):
        if not normal:
            faults += _count_faults(table, line, one, of)
        elif not (one == one and of > 0):
            where = (first, one) if one != one else (second, of)
            wanted = "a number" if one != one else "a standard error above 0"
            faults.append(Fault(table.file, line, where[0], _said(where[1]), wanted))
    return y, n, faults


def _rows_of(table: Table, outcome: str) -> Table:
    if "outcome" not in table.header:
        return table
    from hilum.analyses.tables import Table

    said = table.text("outcome")
    keep = [i for i, one in enumerate(said) if one == outcome]
    if not keep:
        wanted = phrased("one of the table's: {set}", set=", ".join(sorted(set(said))))
        raise InputError(Fault(table.file, None, "outcome", outcome, wanted))
    return Table(
        table.file,
        table.header,
        tuple(table.rows[i] for i in keep),
        tuple(table.lines[i] for i in keep),
    )


def _word_faults(
    table: Table,
    study: list[str],
    treatment: list[str],
    design: list[str],
    comparator: list[str] | None,
) -> list[Fault]:
    from hilum.synthesis.joint import DESIGNS

    faults: list[Fault] = []
    listed = False
    seen: dict[tuple[str, str], int] = {}
    said: dict[str, str] = {}
    for i, line in enumerate(table.lines):
        for name, value in (("study", study[i]), ("treatment", treatment[i])):
            if not value:
                faults.append(Fault(table.file, line, name, value, "a name"))
        if design[i] not in DESIGNS:
            known = ", ".join(DESIGNS)
            wanted = phrased("one of {known}", known=known)
            if not listed:
                taken = "; ".join(f"{one} ({', '.join(DESIGN_WORDS[one])})" for one in DESIGNS)
                wanted = phrased(
                    "one of {known}, or a word of one: {words}", known=known, words=taken
                )
            listed = True
            faults.append(Fault(table.file, line, "design", design[i], wanted))
        elif said.setdefault(study[i], design[i]) != design[i]:
            wanted = phrased("{said}, as in the study's other rows", said=said[study[i]])
            faults.append(Fault(table.file, line, "design", design[i], wanted))
        if comparator is None or not comparator[i]:
            key = study[i], treatment[i]
            if key in seen:
                wanted = phrased(
                    "each treatment once a study (also in line {seen})", seen=seen[key]
                )
                faults.append(Fault(table.file, line, "treatment", treatment[i], wanted))
            seen.setdefault(key, line)
        elif comparator[i] == treatment[i]:
            faults.append(Fault(table.file, line, "comparator", comparator[i], "another treatment"))
    return faults


def _count_faults(table: Table, line: int, event: float, n: float) -> list[Fault]:
    out: list[Fault] = []
    if not (n == n and n == round(n) and n > 0):
        out.append(Fault(table.file, line, "n", _said(n), "a whole number above 0"))
    if not (event == event and event == round(event) and event >= 0):
        out.append(Fault(table.file, line, "event", _said(event), "a whole number at least 0"))
    elif n == n and event > n:
        out.append(
            Fault(table.file, line, "event", _said(event), phrased("at most n ({n:g})", n=n))
        )
    return out


def _said(value: float) -> str:
    return "" if value != value else f"{value:g}"


OWN = (
    "study", "treatment", "design", "event", "n", "yi", "sei", "comparator", "outcome", "favoured",
)  # fmt: skip


def _names(table: Table, covariates: Sequence[str]) -> list[str]:
    if list(covariates) != ["all"]:
        return list(covariates)
    out: list[str] = []
    for name in table.header:
        if name in OWN:
            continue
        try:
            values = table.numbers(name)
        except InputError:
            continue
        if len({v for v in values if v == v}) > 1:
            out.append(name)
    return out
