"""An extraction as the workbench shows it: reports, an extractor's form, proposals, differences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import InputError, UnknownCode
from hilum.language import told
from hilum.literature.extraction.choices import choices_of, suggestions_of
from hilum.literature.extraction.columns import NOT_REPORTED, PROPOSAL, TABLES, UNSAID
from hilum.literature.fulltext.finding import KINDS
from hilum.records import found
from hilum.rendering.design_page import as_fields
from hilum.rendering.extraction_words import COLUMNS, column_words, value_words
from hilum.rendering.proposal_rows import row_of
from hilum.rendering.proposals import MEASURES, TONGUES, outcome_words, said, side_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.analyses.extraction import ExtractionAnswered, ExtractionGap
    from hilum.analyses.extraction_compared import Compared
    from hilum.analyses.extraction_own import OwnReport
    from hilum.analyses.proposals import Paper, Proposed
    from hilum.errors import Fault, HilumError
    from hilum.language import Words
    from hilum.literature.extraction.columns import Row
    from hilum.literature.extraction.compare import Aligned, Difference
    from hilum.literature.extraction.forms import Form
    from hilum.literature.extraction.resolved import Resolution

STATES: Final = {
    "nobody": "nobody has extracted it",
    "too_few": "{who} of {needed} have extracted it",
    "differ": "extractors differ",
    "settled": "settled",
    "resolved": "settled by a further word",
}
ADD: Final = {"studies": "The study", "arms": "An arm", "results": "A figure"}
KEPT: Final = {"keep": "kept", "drop": "left out"}
# What is asked first, beside what the review's form expects; the rest is one press away.
FIRST: Final = {
    "studies": ("study_id", "design", "population", "n_patients"),
    "arms": ("arm_id", "modality", "n"),
    "results": ("arm_id", "outcome", "measure", "time_months", "events", "n", "value", "ci_low",
                "ci_high", "p_value"),
}  # fmt: skip
LAST: Final = ("page", "sentence")
LONG: Final = ("title", "sentence", "notes", "description", "countries", "derived")
HIDDEN: Final = (NOT_REPORTED, PROPOSAL)
ARMS: Final = ("arm_id", "comparator_arm_id")


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {*STATES.values(), *ADD.values(), *KEPT.values()}


def reports_view(
    answer: ExtractionAnswered, titles: Mapping[str, str], who: str, words: Words
) -> list[dict[str, Any]]:
    """Each report, how far it is; what is open is counted once all have extracted it."""
    return [
        {
            "id": one.record,
            "title": titles.get(one.record, ""),
            "state": one.state,
            "said": words(found(STATES, one.state, "state"), who=len(one.extractors),
                          needed=answer.asked.extractors),
            "open": one.open if one.state == "differ" else 0,
            "mine": who in one.extractors,
            "compared": one.state in ("differ", "settled", "resolved"),
            "included": one.included,
        }
        for one in answer.reports
    ]  # fmt: skip


def gaps_view(gaps: Iterable[ExtractionGap], words: Words) -> list[dict[str, str]]:
    """What the form expects and the extractor did not find, by study and arm."""
    out: list[dict[str, str]] = []
    for one in gaps:
        table = "arms" if one.arm else "studies"
        name = (
            outcome_words(one.name, words) if one.kind == "outcome"
            else column_words(table, one.name, words)
        )  # fmt: skip
        looked = words("looked for, not in the text") if one.looked else ""
        out.append({"of": one.arm or one.study, "name": name, "looked": looked})
    return out


def faults_view(error: HilumError, words: Words) -> list[str]:
    """What is at fault in lines, each at the field that it is about, by that field's name."""
    if not isinstance(error, InputError):
        return as_fields(told(error, words)).splitlines()
    return as_fields(
        told(InputError(*(_named(one, words) for one in error.faults)), words)
    ).splitlines()


def _named(one: Fault, words: Words) -> Fault:
    table = one.file.removesuffix(".csv")
    if table not in COLUMNS:
        return one
    name = words("row") if one.column == "row" else column_words(table, one.column, words)
    return replace(one, file="", row=None, column=name)


def rows_view(own: OwnReport, words: Words) -> list[dict[str, Any]]:
    """The extractor's rows, table by table."""
    return [
        {
            "table": name,
            "name": words(ADD[name]),
            "rows": [
                {"mark": table.mark_of(row), "said": row_words(name, row, words),
                 "page": row["page"], "sentence": row["sentence"]}
                for row in own.tables[name]
            ],
        }
        for name, table in TABLES.items()
    ]  # fmt: skip


def row_words(table: str, row: Mapping[str, str], words: Words) -> str:
    """A row in one line: what it is, then its figure."""

    def cell(name: str) -> str:
        value = row.get(name, "")
        return value_words(name, value, words) if value and value != UNSAID.get(name) else ""

    if table == "studies":
        return " · ".join(filter(None, (cell("study_id"), cell("design"), cell("n_patients"))))
    if table == "arms":
        return " · ".join(filter(None, (cell("arm_id"), cell("modality"), cell("n"))))
    arm = cell("arm_id")
    if cell("comparator_arm_id"):
        arm = words("{arm} against {other}", arm=arm, other=cell("comparator_arm_id"))
    what = cell("outcome")
    if row.get("time_months"):
        what = words("{outcome} at {time} months", outcome=what, time=row["time_months"])
    counts = f"{row['events']}/{row['n']}" if row.get("events") and row.get("n") else ""
    limits = f"({row['ci_low']}–{row['ci_high']})" if row.get("ci_low") else ""
    figure = " ".join(filter(None, (row.get("value", ""), limits, counts)))
    parts = (arm, what, cell("measure"), cell("subgroup"), cell("criteria"), figure)
    return " · ".join(filter(None, parts))


def fields_view(
    table: str, row: Mapping[str, str], form: Form, own: OwnReport, words: Words
) -> dict[str, Any]:
    """The fields of a row's form: what is asked first, the rest, and what may be ticked."""
    expected = {"studies": form.studies, "arms": form.arms, "results": ()}[table]
    first = [*dict.fromkeys((*FIRST[table], *expected))]
    if table != "studies" and len(own.studies) > 1:
        first.insert(0, "study_id")
    head = [one for one in TABLES[table].head if one not in HIDDEN]
    more = [one for one in head if one not in (*first, *LAST)]
    if table != "studies":
        more = [one for one in more if one != "study_id"]
    looked = {"studies": form.studies, "arms": (*form.arms, *form.outcomes), "results": ()}[table]
    ticked = row.get(NOT_REPORTED, "").split()
    fields = {name: _field(table, name, row, own, words) for name in (*first, *LAST, *more)}
    return {
        "first": [fields[name] for name in first],
        "last": [fields[name] for name in LAST],
        "more": [fields[name] for name in more],
        "filled": any(row.get(name, "") not in ("", UNSAID.get(name)) for name in more),
        "looked": [
            {"code": name, "ticked": name in ticked,
             "label": outcome_words(name, words) if name in form.outcomes
             else column_words(table, name, words)}
            for name in looked
        ],
    }  # fmt: skip


def _field(
    table: str, name: str, row: Mapping[str, str], own: OwnReport, words: Words
) -> dict[str, Any]:
    value = row.get(name, "")
    codes = choices_of(table).get(name, ())
    options = [(code, value_words(name, code, words)) for code in codes]
    if table == "results" and name in ARMS:
        arms = dict.fromkeys(one["arm_id"] for one in own.tables["arms"])
        options = [(one, one) for one in arms]
    if table != "studies" and name == "study_id":
        options = [(one, one) for one in own.studies]
    if options and value and value not in dict(options):
        options.append((value, value))
    return {
        "name": name,
        "label": column_words(table, name, words),
        "value": value,
        "options": options,
        "suggested": [(code, value_words(name, code, words))
                      for code in suggestions_of(table).get(name, ())],
        "long": name in LONG,
    }  # fmt: skip


def paper_view(paper: Paper, own: OwnReport, words: Words) -> dict[str, Any]:
    """What a full text seems to print, each figure with its sentence; what cannot fit."""
    taken = {row[PROPOSAL] for row in own.tables["results"] if row[PROPOSAL]}
    return {
        "pages": paper.pages,
        "tongue": words(TONGUES[paper.tongue]) if paper.tongue in TONGUES else "",
        "bare": ", ".join(map(str, paper.pages_without_text)),
        "figures": [
            {
                "number": number,
                "what": _what(one, words),
                "said": said(one, words),
                "p": one.p,
                "criteria": one.criteria,
                "page": one.page,
                "sentence": parted(one.sentence, one.words),
                "row": row_of(one, "") is not None,
                "taken": f"{paper.file}#{number}" in taken,
            }
            for number, one in enumerate(paper.figures, 1)
        ],
        "doubts": [
            {"said": words(found(KINDS, one.code, "finding")), "printed": " | ".join(one.printed),
             "page": one.page, "sentence": parted(one.sentence, one.printed[0])}
            for one in paper.doubts
        ],
    }  # fmt: skip


def _what(one: Proposed, words: Words) -> str:
    measure = words(found(MEASURES, one.measure, "measure"))
    if one.measure == "follow_up":
        return measure
    what = outcome_words(one.outcome, words)
    if one.time_months is not None:
        what = words("{outcome} at {time} months", outcome=what, time=f"{one.time_months:g}")
    group = one.group or (side_words(one.side, words) if one.side else "")
    return " · ".join(filter(None, (what, group, measure)))


def parted(sentence: str, figure: str) -> list[tuple[str, bool]]:
    """A sentence in parts, the figure marked."""
    at = sentence.find(figure) if figure else -1
    if at < 0:
        return [(sentence, False)]
    end = at + len(figure)
    parts = [(sentence[:at], False), (figure, True), (sentence[end:], False)]
    return [one for one in parts if one[0]]


def taken(paper: Paper, number: int, own: OwnReport) -> Row:
    """The row that a proposal would be; its arm only where the extractor has such a one.

    Raises
    ------
    UnknownCode
        There is no such proposal, or no row for it.
    """
    figure = paper.figures[number - 1] if 1 <= number <= len(paper.figures) else None
    study = own.studies[0] if own.studies else ""
    row = row_of(figure, study) if figure is not None else None
    if row is None:
        raise UnknownCode("proposal", str(number), ())
    arms = [one["arm_id"] for one in own.tables["arms"]]
    if row["arm_id"] not in arms:
        row["arm_id"] = arms[0] if len(arms) == 1 and not row["arm_id"] else ""
    return row | {PROPOSAL: f"{paper.file}#{number}"}


def compared_view(answer: Compared, words: Words) -> dict[str, Any]:
    """What extractors differ on, what was settled, each with where it was read."""
    return {
        "extractors": answer.extractors,
        "open": [_cell(one, None, words) for one in answer.open],
        "alone": [_row(one, None, words) for one in answer.alone],
        "ruled": [
            *(_cell(one, word, words) for one, word in answer.ruled),
            *(_row(one, word, words) for one, word in answer.kept),
        ],
        "alike": answer.alike,
    }


def _cell(one: Difference, word: Resolution | None, words: Words) -> dict[str, Any]:
    table = one.key.partition("/")[0]
    return {
        "key": one.key,
        "column": one.column,
        "of": column_words(table, one.column, words),
        "said": [
            {"who": who, "value": value_words(one.column, value, words) or words("nothing"),
             "page": one.places[who][0], "sentence": one.places[who][1]}
            for who, value in one.said.items()
        ],
        "options": [(code, value_words(one.column, code, words))
                    for code in choices_of(table).get(one.column, ())],
        "told": _told(word, value_words(one.column, word.value, words), words) if word else None,
    }  # fmt: skip


def _row(one: Aligned, word: Resolution | None, words: Words) -> dict[str, Any]:
    first = next(iter(one.rows.values()))
    return {
        "key": one.key,
        "column": "",
        "of": row_words(one.table, first, words),
        "said": [
            {"who": who, "value": row_words(one.table, row, words), "page": row["page"],
             "sentence": row["sentence"]}
            for who, row in one.rows.items()
        ],
        "options": [],
        "told": _told(word, words(KEPT.get(word.value, word.value)), words) if word else None,
    }  # fmt: skip


def _told(one: Resolution, value: str, words: Words) -> dict[str, str]:
    return {"value": value or words("nothing"), "by": one.by, "when": one.when[:10],
            "note": one.note}  # fmt: skip
