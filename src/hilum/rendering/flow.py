"""The PRISMA 2020 flow of a review in lines, as a diagram, and the list of what was excluded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography.withdrawn import said_of
from hilum.literature.flow.counted import OTHERS, SEARCHES
from hilum.records import found
from hilum.tabular.encoding import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.flow import FlowAnswered, FlowRemark, FlowReport
    from hilum.language import Words
    from hilum.literature.flow.counted import Box, Gap, Part, Sum

BOXES: Final = {
    "identified": "Records identified",
    "removed": "Records removed before screening",
    "screened": "Records screened",
    "excluded": "Records excluded",
    "sought": "Reports sought for retrieval",
    "not_retrieved": "Reports not retrieved",
    "assessed": "Reports assessed for eligibility",
    "excluded_reports": "Reports excluded",
    "included_studies": "Studies included in review",
    "included_reports": "Reports of included studies",
    "previous_studies": "Studies included in previous version of review",
    "previous_reports": "Reports of studies included in previous version of review",
    "total_studies": "Total studies included in review",
    "total_reports": "Reports of total included studies",
    "included": "Reports of included studies",
    "reopened": "Reports left open in previous version of review, sought again",
    "rescreened": "Records not decided in previous version of review, not found again: screened",
    "identified_rescreened": "Records identified, and those not decided in previous version of "
    "review",
    "screened_reopened": "Records screened, and reports left open in previous version of review",
}
NOTED: Final = {
    "retrieved": "full text retrieved",
    "not-retrieved": "full text not retrieved",
    "sought": "full text still sought",
    "include": "include", "maybe": "maybe", "exclude": "exclude", "undo": "undo",
}  # fmt: skip
"""What is noted of a full text, as the command says it."""
NEW: Final = {
    "included_studies": "New studies included in review",
    "included_reports": "Reports of new included studies",
}
"""What the boxes of included studies are called in an update."""
GAPS: Final = {
    "not_screened": "Records not screened yet",
    "conflict": "Records on which reviewers disagree",
    "not_sought": "Reports whose full text is awaited",
    "not_assessed": "Reports not assessed yet",
    "report_conflict": "Reports on which reviewers disagree",
    "reason_conflict": "Reports excluded for different reasons",
    "awaiting": "Reports awaiting classification (maybe)",
}
VIAS: Final = {
    "database": "Databases",
    "register": "Registers",
    "website": "Websites",
    "organisation": "Organisations",
    "citation": "Citation searching",
    "other": "Other methods",
}
REMOVED: Final = {
    "duplicates": "Duplicate records removed",
    "automation": "Records marked as ineligible by automation tools",
    "carried": "Records removed for other reasons",
    "reopened": "Records left open in the previous version of the review: to their full text",
}
ALWAYS: Final = ("duplicates", "automation", "carried")
"""Lines that the box of the diagram has whether there are any or not."""
BY: Final = {"human": "by a human", "automation": "by automation tools"}
COLUMNS: Final = {
    SEARCHES: "databases and registers",
    OTHERS: "other methods",
}
FATES: Final = {**BOXES, **GAPS}
REMARKS: Final = {
    "versions": "versions before that are counted: {n}",
    "copies_never": "copies were never looked for: run hilum literature dedupe, then count again; "
    "imports: {n}",
    "copies_partly": "copies were not looked for since these imports came in: run hilum "
    "literature dedupe again, then count again; imports: {n}",
    "copies_not_noted": "when copies were last looked for is not written down: run hilum "
    "literature dedupe once more, then count again; imports: {n}",
    "unknown": "decisions on records that are not in the review (an import undone?): {n}",
    "copies": "decisions on records that are now copies of another, not counted: {n}",
    "decided_before": "decisions on records that a version before had decided, not counted (take "
    "them back with undo; where that version was wrong, correct it there): {n}",
    "titles_of_open": "title decisions on records that the previous version left open at their "
    "full text, not counted (hilum literature fulltext decides them): {n}",
    "skipped": "full texts decided of records that did not go on, not counted: {n}",
    "there_after_all": "noted as not retrieved and assessed all the same, counted as assessed: {n}",
    "further": "records decided by more people than are asked for: {n}",
    "retracted_included": "RETRACTED papers among the reports included: {n}",
    "partly_included": "papers RETRACTED IN PART among the reports included: {n}",
    "retracted_before": "RETRACTED papers among the reports included in the previous version: {n}",
    "notice_astray": "notices of a retraction whose paper is not among the records: {n}",
    "no_reason": "reports excluded without a reason: {n}",
    "file_names": "sources known by the name of their file alone (hilum literature origin): {n}",
    "unread": "records of the files that could not be read, not among those identified: {n}",
    "first_version": "previous version taken as the first one; where it is itself an update, name "
    "what it updates (hilum literature flow PREVIOUS --earlier OLD), then count again",
}
ON_A_PAGE: Final = {
    "copies_never": "copies were never looked for: look for them on the page of the imports; "
    "imports: {n}",
    "copies_partly": "copies were not looked for since these imports came in: look for them again "
    "on the page of the imports; imports: {n}",
    "copies_not_noted": "when copies were last looked for is not written down: look for them once "
    "more on the page of the imports; imports: {n}",
    "file_names": "sources known by the name of their file alone; name them below: {n}",
    "first_version": "previous version taken as the first one; where it is itself an update, say "
    "in its settings what it updates",
}
"""Remarks that a page says in its own way, as the command's names a command."""
NOT_LOOKED: Final = ("copies_never", "copies_partly")
"""Remarks after which copies may be counted as records of their own."""
NO_REASON: Final = "no reason given"
CARRIED: Final = "decided in the previous version of the review"
SHOWN: Final = 8
SOURCE: Final = (
    "Layout: PRISMA 2020 flow diagram. Page MJ, McKenzie JE, Bossuyt PM, et al. The PRISMA 2020 "
    "statement: an updated guideline for reporting systematic reviews. BMJ 2021;372:n71. "
    "doi:10.1136/bmj.n71"
)


def messages() -> set[str]:
    """Ids that stand in tables."""
    tables = (BOXES, NOTED, NEW, GAPS, VIAS, REMOVED, BY, COLUMNS, REMARKS, ON_A_PAGE)
    return {said for table in tables for said in table.values()} | {NO_REASON, CARRIED, SOURCE}


def count_of(label: str, n: int, words: Words) -> str:
    """A label and how many."""
    return words("{label} (n = {n})", label=label, n=n)


def name_of(code: str, answer: FlowAnswered, words: Words) -> str:
    """What a box is called; in an update the included ones are new."""
    update = any(one.code == "previous_studies" for one in answer.boxes)
    if update and code in NEW:
        return words(NEW[code])
    return words(found(FATES, code, "box"))


def reason_words(part: Part, answer: FlowAnswered, words: Words) -> str:
    """A reason in words; a code that the review's table no longer holds as it stands."""
    if not part.code:
        return words(NO_REASON)
    return visible(words(answer.reasons.get(part.code, part.code)))


def flow_lines(answer: FlowAnswered, words: Words, *, page: bool = False) -> list[str]:
    """Every box with its parts, the gaps, the sums, what does not fit; ``page`` as of a remark."""
    lines: list[str] = []
    columns = dict.fromkeys(one.column for one in answer.boxes)
    several = OTHERS in columns
    for column in columns:
        if several and column in COLUMNS:
            lines += ["", words("Through {method}:", method=words(COLUMNS[column]))]
        elif column == "all" and several:
            lines.append("")
        for box in (one for one in answer.boxes if one.column == column):
            lines.append(count_of(name_of(box.code, answer, words), box.n, words))
            lines += [f"  {text}" for text in part_lines(box, answer, words)]
            lines += [f"  ! {gap_line(one, words)}" for one in answer.gaps
                      if (one.column, one.after) == (column, box.code)]  # fmt: skip
    lines += ["", *(sum_line(one, answer, words) for one in answer.sums)]
    lines.append(verdict_line(answer, words))
    return [*lines, *(remark_line(one, words, page=page) for one in answer.remarks)]


def part_lines(box: Box, answer: FlowAnswered, words: Words) -> list[str]:
    """The parts of a box that are worth a line."""
    out: list[str] = []
    for part in box.parts:
        label = part_label(box, part, answer, words)
        if label:
            out.append(count_of(label, len(part.records), words))
    return out


def part_label(box: Box, part: Part, answer: FlowAnswered, words: Words) -> str:
    """What a part is called; nothing where it goes without saying."""
    if box.code == "identified":
        return f"{words(found(VIAS, part.kind, 'kind of source'))}: {visible(part.code)}"
    if box.code == "removed":
        return (
            words(found(REMOVED, part.code, "part")) if part.code != "carried" else words(CARRIED)
        )
    if box.code == "excluded":
        alone = len(box.parts) == 1 and part.code == "human"
        return "" if alone else words(found(BY, part.code, "part"))
    if box.code == "excluded_reports":
        return reason_words(part, answer, words)
    if box.code == "reopened":
        return words(found(FATES, part.code, "box"))
    return ""


def gap_line(gap: Gap, words: Words) -> str:
    """A gap and some of its records."""
    said = count_of(words(found(GAPS, gap.code, "gap")), len(gap.records), words)
    return f"{said}: {some_of(gap.records, words)}"


def some_of(records: Sequence[str], words: Words) -> str:
    """Some of a list by name, and how many more there are."""
    some = ", ".join(visible(one) for one in records[:SHOWN])
    more = len(records) - SHOWN
    return some if more <= 0 else words("{some} and {more} more", some=some, more=more)


def sum_line(one: Sum, answer: FlowAnswered, words: Words) -> str:
    """A box and what it comes apart into."""
    parts = " + ".join(f"{name_of(code, answer, words)} {n}" for code, n in one.parts) or "0"
    sign = "=" if one.holds else "≠"
    return f"{name_of(one.whole, answer, words)} {one.n} {sign} {parts}"


def verdict_line(answer: FlowAnswered, words: Words) -> str:
    """Whether the counts add up, and whether anything is open."""
    if not answer.adds_up:
        return words("The counts do NOT add up.")
    open_ = sum(len(one.records) for one in answer.gaps)
    if any(one.code in NOT_LOOKED for one in answer.remarks):
        return words(
            "The counts add up, but copies were not looked for in every import; records still "
            "open: {n}.",
            n=open_,
        )
    if answer.gaps:
        return words("The counts add up; records still open: {n}.", n=open_)
    return words("The counts add up, and nothing is open.")


def remark_line(one: FlowRemark, words: Words, *, page: bool = False) -> str:
    """What does not fit, with some of the records; ``page``: where sources can be named."""
    own = ON_A_PAGE.get(one.code, "") if page else ""
    said = words(own or found(REMARKS, one.code, "remark"), n=one.n)
    return f"{said} ({some_of(one.records, words)})" if one.records else said


EXCLUDED_HEAD: Final = (
    "record_id", "title", "authors", "year", "journal", "doi", "state", "reason", "said",
    "reviewers", "notes",
)  # fmt: skip


def excluded_rows(answer: FlowAnswered, words: Words) -> list[list[str]]:
    """Full texts that were not retrieved or were excluded, with the reason; below a head.

    Where reviewers gave different reasons and nobody settled it, each stands with who gave it.
    """
    out = [[*EXCLUDED_HEAD]]
    for one in answer.reports:
        if one.fate in ("excluded_reports", "not_retrieved", "reason_conflict"):
            out.append([
                one.record_id, one.title, one.authors, one.year, one.journal, one.doi, one.fate,
                one.reason or "; ".join(one.reasons), reason_said(one, words),
                "; ".join(one.reviewers),
                "; ".join(notes_said(one, words)),
            ])  # fmt: skip
    return out


def notes_said(one: FlowReport, words: Words) -> list[str]:
    """The notes of the reviewers, behind it that the paper is withdrawn."""
    return [*one.notes, *([words(said_of(partly=one.partly))] if one.retracted else [])]


def reason_said(one: FlowReport, words: Words) -> str:
    """The reason in words."""
    if one.fate == "not_retrieved" and not one.reason:
        return words(BOXES["not_retrieved"])
    if one.fate == "reason_conflict":
        return words(GAPS["reason_conflict"])
    return words(one.said) if one.said else one.reason or words(NO_REASON)
