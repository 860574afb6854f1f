"""The test between subgroups in words, or why there is none, and which rows are in none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.analyses.row_remarks import listed
from hilum.records import found
from hilum.rendering.printed_figures import probable

if TYPE_CHECKING:
    from hilum.analyses.pool import Between, PoolAnswered
    from hilum.language import Words

NAME: Final = re.compile(r"[^\W\d]\w*")
BY_F: Final = (
    "by chi-squared, which is too sure with few studies: --same-tau2 with --test knha (or t) tests "
    "by F"
)
BY_CLUSTERS: Final = (
    'by chi-squared, which is too sure with few studies: --mods "{formula}" with --robust CR2, and '
    "no --by, tests by F"
)
BY_RATIO: Final = (
    "by chi-squared of two likelihoods: --same-tau2 tests by the ratio of one, which an estimate "
    "at an end does not spoil"
)
PLAIN: Final = "by chi-squared, which is too sure with few studies"
UNTESTED: Final = {
    "dependent": "no test between subgroups: {names} stand in more than one of them, so that these "
    'are not independent; --mods "{formula}" with --robust CR2, and no --by, tests them',
    "intercepts": "no test between subgroups: with moderators beside, their first coefficients are "
    'means where every moderator is 0; --mods "{crossed}", and no --by, tests whether the '
    "subgroups differ in them",
    "ends": "no test between subgroups: {names} (one study, or studies at an end of their range) "
    "without an estimate that has an error; --same-tau2 tests by likelihood ratio",
    "few": "no test between subgroups: {names} without an estimate that has an error",
}


def between_lines(answer: PoolAnswered, words: Words) -> list[str]:
    """The test with what is said of it, or why there is none; then rows without a subgroup."""
    lines: list[str] = []
    if answer.between is not None:
        told = _test(answer.between, words)
        advice = _advice(answer)
        if advice is not None:
            told = words("{line}; {more}", line=told, more=words(advice, formula=_formula(answer)))
        if answer.between.without:
            more = words("without {names}", names=listed(answer.between.without))
            told = words("{line}; {more}", line=told, more=more)
        lines.append(told)
    if answer.untested is not None:
        named = {"formula": _formula(answer), "crossed": _crossed(answer)}
        told = found(UNTESTED, answer.untested.reason, "reason")
        lines.append(words(told, names=listed(answer.untested.names), **named))
    if answer.ungrouped:
        labels = {one.row: one.label for one in answer.studies}
        names = [
            f"{row} ({labels[row]})" if row in labels else f"{row}" for row in answer.ungrouped
        ]
        lines.append(
            words(
                "in no subgroup, as {column} is empty there: rows {rows}; they stand in the "
                "average of all alone",
                column=answer.by or "",
                rows=listed(names),
            )
        )
    return lines


def _test(between: Between, words: Words) -> str:
    named = {"q": f"{between.QM:.2f}", "df": between.df, "p": probable(between.QMp)}
    if between.ratio:
        return words("between subgroups: likelihood ratio {q}, df {df}, p {p}", **named)
    if between.dfs is not None:
        return words("between subgroups: F {q}, df {df} and {dfs}, p {p}", **named, dfs=between.dfs)
    return words("between subgroups: Q {q}, df {df}, p {p}", **named)


def _advice(answer: PoolAnswered) -> str | None:
    """What to ask instead of chi-squared: of what is accepted beside the rest that was asked."""
    from hilum.synthesis.models import pooler

    asked, between = answer.asked, answer.between
    if between is None or between.ratio or between.dfs is not None or not by_chance_alone(answer):
        return None
    way = pooler(asked.way)
    if asked.multilevel or asked.robust:
        return BY_CLUSTERS
    if way.exact:
        return BY_RATIO
    return BY_F if way.moderators and way.weighted and way.tests and not asked.bayes else PLAIN


def by_chance_alone(answer: PoolAnswered) -> bool:
    """Whether the pool's interval allows for few studies, and the test between subgroups does not.

    R's metafor, too, compares separate fits by chi-squared, whatever test they were made with.
    """
    seen = answer.shown
    return (seen is not None and seen.way not in ("asked", "z")) or answer.test not in (None, "z")


def _name(column: str) -> str:
    return column if NAME.fullmatch(column) else f"`{column}`"


def _mods(answer: PoolAnswered) -> str:
    return (answer.asked.mods or "").strip().removeprefix("~").strip()


def _formula(answer: PoolAnswered) -> str:
    """Subgroups as a moderator, beside those that are there."""
    own = _mods(answer)
    return f"~ {own} + {_name(answer.by or '')}" if own else f"~ {_name(answer.by or '')}"


def _crossed(answer: PoolAnswered) -> str:
    own = _mods(answer)
    return f"~ {own if NAME.fullmatch(own) else f'({own})'}*{_name(answer.by or '')}"


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {BY_F, BY_CLUSTERS, BY_RATIO, PLAIN, *UNTESTED.values()}
