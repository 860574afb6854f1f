"""An extraction in lines: who agrees, what is open, what nobody found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.errors import InputError
from hilum.language import told
from hilum.records import found
from hilum.tabular.encoding import visible

if TYPE_CHECKING:
    from hilum.analyses.extraction import ExtractionAnswered, ExtractionGap, TableAgreement
    from hilum.language import Words
    from hilum.literature.extraction.compare import Difference

TABLES: Final = {"studies": "studies", "arms": "arms", "results": "results"}
GAPS: Final = {
    "report": "included report without a study: {name}",
    "column": "{study}: {name}",
    "outcome": "{study}: no figure of {name}",
}
SHOWN: Final = 40


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {*TABLES.values(), *GAPS.values()}


def extraction_lines(answer: ExtractionAnswered, words: Words) -> list[str]:
    """Counts, agreement, what is open, what nobody found, what the checks say."""
    if not answer.extractors:
        return [words("nobody has extracted anything yet")]
    lines = [
        words(
            "extracted by {who}; accepted: {studies} studies, {arms} arms, {results} results",
            who=", ".join(answer.extractors),
            studies=answer.studies,
            arms=answer.arms,
            results=answer.results,
        )
    ]
    lines += [agreement_line(one, words) for one in answer.agreement if one.rows]
    lines += _listed(
        words("cells on which extractors differ: {n}", n=len(answer.differences)),
        [line for one in answer.differences for line in difference_lines(one, words)],
        words,
    )
    lines += _listed(
        words("rows that too few extractors have: {n}", n=len(answer.alone)),
        [f"{visible(one.key)} ({', '.join(one.extractors)})" for one in answer.alone],
        words,
    )
    if answer.resolved:
        lines.append(words("resolved: {n}", n=answer.resolved))
    for looked, said in (
        (False, words("expected, and nobody found it")),
        (True, words("expected, looked for and not reported")),
    ):
        mine = [gap_line(one, words) for one in answer.gaps if one.looked == looked]
        lines += _listed(f"{said}: {len(mine)}", mine, words)
    if answer.faults:
        lines.append(words("faults of the accepted rows: {n}", n=len(answer.faults)))
        lines.append(visible(told(InputError(*answer.faults[:SHOWN]), words)))
    return lines


def _listed(head: str, lines: list[str], words: Words) -> list[str]:
    if not lines:
        return []
    more = len(lines) - SHOWN
    rest = [f"  {words('and {count} more', count=more)}"] if more > 0 else []
    return [head, *(f"  {one}" for one in lines[:SHOWN]), *rest]


def agreement_line(one: TableAgreement, words: Words) -> str:
    """How much of a table is alike."""
    table = words(found(TABLES, one.table, "table"))
    if one.share is None or one.low is None or one.high is None:
        return words("{table}: {rows} rows of two or more extractors, no cell filled",
                     table=table, rows=one.rows)  # fmt: skip
    return words(
        "{table}: {alike} of {cells} cells alike in {rows} rows ({share:.0%}, {low:.0%} to "
        "{high:.0%})",
        table=table,
        alike=one.alike,
        cells=one.cells,
        rows=one.rows,
        share=one.share,
        low=one.low,
        high=one.high,
    )


def difference_lines(one: Difference, words: Words) -> list[str]:
    """A cell, what each says and where they read it."""
    out = [f"{visible(one.key)}  {one.column}"]
    for who, said in one.said.items():
        page, sentence = one.places[who]
        value = visible(said) or words("nothing")
        out.append(f"    {who}: {value}  [{visible(page)}: {visible(sentence)[:160]}]")
    return out


def gap_line(one: ExtractionGap, words: Words) -> str:
    """What is missing of what."""
    study = f"{one.study}/{one.arm}" if one.arm else one.study
    return words(found(GAPS, one.kind, "gap"), study=study, name=visible(one.name))
