"""Forms to fill in: which studies a tool is made for, and of which it may appraise one arm."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.evidence.appraisal.facts import drafts
from hilum.evidence.appraisal.tools import ARM, Tool, tools
from hilum.records import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from hilum.evidence.appraisal.facts import Facts
    from hilum.evidence.records import Evidence

COLUMNS = ("study", "tool", "question", "answer", "judgement", "reason", "rater")
OPTIONAL = ("outcome",)
ASKS = "asks"
"""Column of a form with the question in hilum's own words; of a table it is not read."""
ASKS_ARM = "arm of the trial that is taken as a series: its id"


def template(
    evidence: Evidence,
    tool: str,
    studies: Iterable[str] = (),
    facts: Mapping[str, Facts] | None = None,
    say: Callable[[str], str] = str,
) -> str:
    """A table to fill in: one line a question of the tool for every study it is made for.

    Of a trial or a comparison that is named, a tool for series asks too which arm is meant. The
    column ``asks`` holds each question in hilum's own words, which ``say`` puts in a language.

    Where ``facts`` are given, answers that they settle are drafted, with the fact as the reason
    and without a rater: the table reads only once a person has put a name to each.

    Raises
    ------
    InputError
        An unknown tool or study, a study of a design the tool is not made for, or none that it is
        made for.
    """
    if tool not in tools():
        raise InputError(Fault("", None, "tool", tool, near(tool, tools())))
    form = tools()[tool]
    wanted = list(studies)
    faults = [
        Fault("", None, "study", study, near(study, evidence.study))
        for study in wanted
        if study not in evidence.study
    ] or [
        Fault(
            "",
            None,
            "study",
            study,
            phrased("a study of a design {name} is made for", name=form.name),
        )
        for study in wanted
        if not (suits(form, study, evidence) or by_arm(form, study, evidence))
    ]
    if faults:
        raise InputError(*faults)
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*COLUMNS, *OPTIONAL, ASKS))
    chosen = wanted or [
        one.study_id for one in evidence.studies if suits(form, one.study_id, evidence)
    ]
    if not chosen:
        raise InputError(_none_of_its_kind(form, evidence))
    for study in chosen:
        design = evidence.study[study].design
        if by_arm(form, study, evidence):
            writer.writerow((study, tool, ARM, "", "", "", "", "", say(ASKS_ARM)))
        drafted = drafts(tool, (facts or {}).get(study))
        for item in form.asked_of(design):
            draft = drafted.get(item.id)
            answer, reason = (draft.answer, draft.reason) if draft else ("", "")
            writer.writerow((study, tool, item.id, answer, "", reason, "", "", say(item.text)))
        if form.judged_by_domain:
            for domain in form.domains:
                cells = ("", "", "", "", "", say(domain.name))
                writer.writerow((study, tool, domain.id, *cells))
    return out.getvalue()


def suits(form: Tool, study: str, evidence: Evidence) -> bool:
    """Whether a tool is made for a study."""
    return form.suits(evidence.study[study].design, len(evidence.arms_of.get(study, ())))


def by_arm(form: Tool, study: str, evidence: Evidence) -> bool:
    """Whether a tool may appraise one arm of a study, taken as a series."""
    return not suits(form, study, evidence) and evidence.study[study].design in form.arms_of


def _none_of_its_kind(form: Tool, evidence: Evidence) -> Fault:
    """That no study is of a design that a tool is made for; which designs and tools there are."""
    here = Counter(one.design for one in evidence.studies)
    fitting = [
        key
        for key, one in tools().items()
        if any(suits(one, each.study_id, evidence) for each in evidence.studies)
    ]
    facts = {
        "name": form.name,
        "designs": ", ".join((*form.designs, *form.compared)),
        "here": ", ".join(f"{design} {count}" for design, count in here.items()) or "-",
        "fitting": ", ".join(fitting) or "-",
    }
    if any(by_arm(form, one.study_id, evidence) for one in evidence.studies):
        expected = phrased(
            "a study of a design that {name} is made for ({designs}): no study of that kind is "
            "there; there are: {here}; tools made for these: {fitting}. One arm of a trial or "
            "comparison may be taken as a series: name the study with --study, and its arm in the "
            "line arm of the form",
            **facts,
        )
    else:
        expected = phrased(
            "a study of a design that {name} is made for ({designs}): no study of that kind is "
            "there; there are: {here}; tools made for these: {fitting}",
            **facts,
        )
    return Fault("", None, "tool", form.key, expected)


def near(value: str, known: Iterable[str], what: str = "") -> str:
    """What was expected, with the known name that is nearest."""
    names = [str(one) for one in known]
    said = what or phrased("one of {known}", known=", ".join(names))
    return phrased("{expected}{hint}", expected=said, hint=nearest(value, names))
