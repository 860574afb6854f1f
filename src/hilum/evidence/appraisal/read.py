"""Reading a table of appraisals; every fault is collected before any is raised."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.evidence.appraisal.form import ASKS, COLUMNS, OPTIONAL, by_arm, near, suits
from hilum.evidence.appraisal.judge import (
    Appraisal,
    domain_judgement,
    overall_judgement,
)
from hilum.evidence.appraisal.tools import ARM, OVERALL, Tool, tools
from hilum.tabular.quoting import csv_faults
from hilum.tabular.small import small_text

if TYPE_CHECKING:
    from hilum.evidence.records import Evidence

CONSENSUS = "consensus"
# Order in which a study's appraisals speak when several tools were used: most specific first.
PREFERENCE = ("rob2", "robins_i", "minors", "jbi_cohort", "jbi_case_series")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    line: int
    study: str
    tool: str
    outcome: str
    question: str
    answer: str
    judgement: str
    reason: str
    rater: str

    @property
    def key(self) -> tuple[str, str, str]:
        """The appraisal the line belongs to."""
        return self.study, self.tool, self.outcome


@dataclass(frozen=True)
class Appraisals:
    """All appraisals of an evidence base."""

    all: tuple[Appraisal, ...] = ()

    def of(self, study: str, outcome: str | None = None) -> Appraisal | None:
        """The appraisal that speaks for a study's result: of this outcome, else of every outcome.

        Among several tools the one made for the design speaks (RoB 2, ROBINS-I, MINORS, JBI).
        """
        found = [one for one in self.all if one.study == study and one.outcome in (outcome, None)]
        found.sort(key=lambda one: (PREFERENCE.index(one.tool), one.outcome is None))
        return found[0] if found else None


def read_appraisals(path: str | Path, evidence: Evidence) -> Appraisals:
    """Read and check a table of appraisals.

    Parameters
    ----------
    path : path
        CSV with the columns study, tool, question, answer, judgement, reason, rater, and
        outcome where an appraisal counts for one outcome only.
    evidence : Evidence
        The studies that may be appraised.

    Raises
    ------
    InputError
        With every fault: line, column, value and what was expected.
    """
    rows, faults = _rows(Path(path))
    faults += _check(rows, Path(path).name, evidence)
    if faults:
        raise InputError(*faults)
    return Appraisals(_appraisals(rows, evidence))


def check_appraisals(path: str | Path, evidence: Evidence) -> list[Fault]:
    """Every fault of a table of appraisals; empty when sound."""
    rows, faults = _rows(Path(path))
    return faults + _check(rows, Path(path).name, evidence)


def _rows(path: Path) -> tuple[list[Row], list[Fault]]:
    name = path.name
    try:
        text = small_text(path)
    except OSError as error:
        problem = phrased(
            "a table of appraisals that can be read ({strerror})", strerror=error.strerror
        )
        return [], [Fault(name, None, "file", str(path), problem)]
    except UnicodeDecodeError:
        return [], [Fault(name, None, "file", name, "UTF-8 text")]
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    try:
        header = list(reader.fieldnames or [])
    except csv.Error as error:
        return [], csv_faults(text, name, reader.line_num, error)
    faults = [
        Fault(name, 1, column, "", "this column in the header")
        for column in COLUMNS
        if column not in header
    ]
    faults += [
        Fault(name, 1, column or "", column or "", near(column or "", (*COLUMNS, *OPTIONAL)))
        for column in header
        if column not in (*COLUMNS, *OPTIONAL, ASKS)
    ]
    if faults:
        return [], faults
    rows: list[Row] = []
    try:
        for cells in reader:
            line = reader.line_num
            if None in cells or any(cell is None for cell in cells.values()):
                faults.append(
                    Fault(
                        name,
                        line,
                        "row",
                        "",
                        phrased("{number} cells as in the header", number=len(header)),
                    )
                )
                continue
            clean = {column: cells.get(column, "").strip() for column in (*COLUMNS, *OPTIONAL)}
            if clean["answer"] or clean["judgement"] or clean["reason"] or clean["rater"]:
                rows.append(Row(line, **clean))
    except csv.Error as error:
        faults += csv_faults(text, name, reader.line_num, error)
    return rows, faults


def _check(rows: list[Row], name: str, evidence: Evidence) -> list[Fault]:
    faults: list[Fault] = []
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        found = list(_cells(row, evidence))
        faults += [Fault(name, row.line, *fault) for fault in found]
        key = (*row.key, row.question, row.rater)
        if key in seen:
            expected = phrased("one line a question and rater (line {seen} has it)", seen=seen[key])
            faults.append(Fault(name, row.line, "question", row.question, expected))
        seen.setdefault(key, row.line)
    if not faults:
        faults += _without_arm(rows, name, evidence)
        faults += _departures(rows, name)
    return faults


def _cells(row: Row, evidence: Evidence) -> Iterable[tuple[str, str, str]]:
    """(column, value, expected) of each cell that is not understood."""
    from hilum.evidence.vocabulary import Outcome

    study = evidence.study.get(row.study)
    if study is None and (row.study, "") not in evidence.unread:
        yield "study", row.study, near(row.study, evidence.study, "an id of studies.csv")
    if row.outcome and row.outcome not in list(Outcome):
        yield "outcome", row.outcome, near(row.outcome, list(Outcome), "an outcome, or empty")
    if not row.rater:
        yield "rater", "", "who answered"
    tool = tools().get(row.tool)
    if tool is None:
        yield "tool", row.tool, near(row.tool, tools())
        return
    arm = study is not None and by_arm(tool, row.study, evidence)
    if study is not None and not arm and not suits(tool, row.study, evidence):
        yield "tool", row.tool, phrased("a tool made for the design {design}", design=study.design)
        return
    if row.question == ARM and arm:
        known = evidence.arms_of.get(row.study, ())
        if row.answer not in known:
            yield "answer", row.answer, phrased("one of {known}", known=", ".join(known) or "-")
        if row.judgement:
            yield "judgement", row.judgement, "nothing: a question has an answer"
        return
    item = tool.items.get(row.question)
    if item is not None:
        if study is not None and item not in tool.asked_of(study.design):
            yield (
                "question",
                row.question,
                phrased("a question {name} asks of {design}", name=tool.name, design=study.design),
            )
        if row.answer not in item.answers:
            yield "answer", row.answer, phrased("one of {known}", known=", ".join(item.answers))
        if row.judgement:
            yield "judgement", row.judgement, "nothing: a question has an answer"
        return
    wholes = [*(tool.domain if tool.judged_by_domain else ()), OVERALL]
    if row.question not in wholes:
        yield "question", row.question, near(row.question, [*tool.items, *wholes])
        return
    if row.answer:
        yield "answer", row.answer, "nothing: a domain or the whole has a judgement"
    if row.judgement not in tool.judgements:
        yield (
            "judgement",
            row.judgement,
            phrased("one of {known}", known=", ".join(tool.judgements)),
        )
    elif not row.reason and not _has_rule(tool, row.question):
        yield (
            "reason",
            "",
            phrased(
                "why {question} is judged {judgement}",
                question=row.question,
                judgement=row.judgement,
            ),
        )


def _without_arm(rows: list[Row], name: str, evidence: Evidence) -> list[Fault]:
    """Appraisals of a trial or comparison by a tool for series that name no arm, by rater."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row.study in evidence.study and by_arm(tools()[row.tool], row.study, evidence):
            groups[*row.key, row.rater].append(row)
    return [
        Fault(
            name,
            group[0].line,
            "tool",
            group[0].tool,
            phrased(
                "a tool made for the design {design}; or a line with the question arm, whose "
                "answer names the arm that is taken as a series: one of {known}",
                design=evidence.study[group[0].study].design,
                known=", ".join(evidence.arms_of.get(group[0].study, ())) or "-",
            ),
        )
        for group in groups.values()
        if not any(row.question == ARM for row in group)
    ]


def _has_rule(tool: Tool, question: str) -> bool:
    return question == OVERALL or bool(tool.domain[question].rules)


def _departures(rows: list[Row], name: str) -> list[Fault]:
    """Judgements of a person that differ from the rule's and give no reason."""
    faults: list[Fault] = []
    by_rater: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        by_rater[*row.key, row.rater].append(row)
    for (study, key, *_), group in by_rater.items():
        tool = tools()[key]
        answers = {row.question: row.answer for row in group if row.question in tool.items}
        for row in group:
            if row.question in (*tool.items, ARM, OVERALL) or row.reason:
                continue
            computed = domain_judgement(tool.domain[row.question], answers)
            if computed != row.judgement:
                expected = phrased(
                    "why {study} is {judgement} where the answers give {computed}",
                    study=study,
                    judgement=row.judgement,
                    computed=computed,
                )
                faults.append(Fault(name, row.line, "reason", "", expected))
        faults += [
            Fault(
                name,
                row.line,
                "reason",
                "",
                phrased(
                    "why {study} is judged {judgement} overall",
                    study=study,
                    judgement=row.judgement,
                ),
            )
            for row in group
            if row.question == OVERALL and not row.reason
        ]
    return faults


def _appraisals(rows: list[Row], evidence: Evidence) -> tuple[Appraisal, ...]:
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.key].append(row)
    return tuple(
        _agreed(key, group, evidence.study[key[0]].design) for key, group in groups.items()
    )


def _agreed(key: tuple[str, str, str], rows: list[Row], design: str) -> Appraisal:
    """One appraisal of several raters: their consensus where given, else the worse judgement."""
    raters = tuple(dict.fromkeys(row.rater for row in rows))
    each = [_of_rater(key, [row for row in rows if row.rater == rater], design) for rater in raters]
    if CONSENSUS in raters:
        found = each[raters.index(CONSENSUS)]
    else:
        found = max(each, key=lambda one: _severity(one.judgement))
    differ = tuple(
        question
        for question in tools()[key[1]].items
        if len({one.answers[question] for one in each if question in one.answers}) > 1
    )
    return replace(found, raters=raters, disagreements=differ if len(raters) > 1 else ())


def _severity(judgement: str | None) -> int:
    from hilum.evidence.appraisal.judge import ORDER

    return -1 if judgement is None else ORDER.get(judgement, 0)


def _of_rater(key: tuple[str, str, str], rows: list[Row], design: str) -> Appraisal:
    study, name, outcome = key
    tool = tools()[name]
    answers = {row.question: row.answer for row in rows if row.question in (*tool.items, ARM)}
    given = {row.question: row for row in rows if row.question not in answers}
    domains: dict[str, str | None] = {}
    by: dict[str, str] = {}
    if tool.judged_by_domain:
        for domain in tool.domains:
            row = given.get(domain.id)
            domains[domain.id] = row.judgement if row else domain_judgement(domain, answers)
            if domains[domain.id] is not None:
                by[domain.id] = row.rater if row else "rule"
    whole = given.get(OVERALL)
    judgement = whole.judgement if whole else overall_judgement(tool, design, answers, domains)
    if judgement is not None:
        by[OVERALL] = whole.rater if whole else "rule"
    open_domains = [name for name, one in domains.items() if one is None]
    missing = (
        [item.id for name in open_domains for item in tool.domain[name].items]
        if tool.judged_by_domain
        else [item.id for item in tool.asked_of(design)]
    )
    return Appraisal(
        study=study,
        tool=name,
        outcome=outcome or None,
        answers=answers,
        domains=domains,
        judgement=judgement,
        by=by,
        reasons={row.question: row.reason for row in rows if row.reason},
        raters=(rows[0].rater,),
        missing=tuple(one for one in missing if one not in answers),
    )
