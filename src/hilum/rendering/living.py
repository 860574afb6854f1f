"""What changed in the answers, in words: before, after, class of change, whose sheets."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from hilum.analyses.living_report import retractions
from hilum.answers import outcomes, treatments
from hilum.answers.printed import as_printed
from hilum.answers.words import label, labels
from hilum.evidence import labels as evidence_labels
from hilum.literature.living.feed import Entry, atom
from hilum.literature.services.table import SERVICES
from hilum.records import found
from hilum.rendering.living_names import KINDS, SSA_ALONE, WHOM, answer_name
from hilum.rendering.living_table import called_words, table_lines, table_title
from hilum.rendering.search import SHOWN, day_of, item_line, item_lines, second_of
from hilum.sheet.present import sign
from hilum.synthesis.certainty import JUDGEMENTS

if TYPE_CHECKING:
    from hilum.analyses.living import CaseMove, LivingAnswered, TriggerMove
    from hilum.analyses.living_report import ReportAnswered, SearchState
    from hilum.analyses.living_resting import Resting
    from hilum.analyses.living_table import LivingTableAnswered
    from hilum.analyses.living_units import AnswerMove, LivingShown
    from hilum.language import Words

CHANGED: Final = {
    "none": "none: only what is behind it",
    "interval": "interval",
    "certainty": "certainty",
    "verdict": "verdict",
}
"""Classes of change."""
TABLES: Final = {
    "studies": "studies",
    "arms": "arms",
    "results": "figures",
    "appraisals": "appraisals",
}
"""Tables of the evidence."""
SAYS: Final = {
    "treatment": "clearly for the first",
    "comparator": "clearly for the second",
    "undecided": "not decided",
}
"""What a comparison says."""
HOW_FAR: Final = {
    "included": "included",
    "sought": "full text sought",
    "screened": "in the screening",
}
"""How far a record of the review got."""
RETRACTED: Final = "Retracted or withdrawn, by what the records say: {count}"
PAGE: Final = (
    *("Written beforehand", "called", "not called", "Searches"),
    *("Change", "Answer", "Before", "After", "Studies"),
)
"""Words of the page."""


def living_lines(answer: LivingAnswered, words: Words, *, promised: bool = True) -> list[str]:
    """The whole comparison of two states of the evidence; what was ``promised`` last."""
    lines = [living_title(answer, words), _rows_line(answer, words), _units_line(answer, words)]
    if not answer.answers:
        lines.append(words("No answer is other than before."))
    for one in answer.answers:
        lines += ["", *(answer_lines(one, words))]
    if answer.cases:
        lines += ["", words("Sheets affected:")]
        lines += [f"  {case_line(one, words)}" for one in answer.cases]
    return lines + trigger_lines(answer.triggers if promised else (), words)


def living_title(answer: LivingAnswered, words: Words) -> str:
    """When, and the most that changed."""
    return words(
        "What changed, {day}: {change}",
        day=day_of(answer.date),
        change=words(CHANGED[answer.change]) if answer.answers else words("nothing"),
    )


def _rows_line(answer: LivingAnswered, words: Words) -> str:
    if not answer.rows:
        return words("Evidence: the same rows")
    parts: list[str] = []
    for table, name in TABLES.items():
        own = [one.kind for one in answer.rows if one.table == table]
        if own:
            parts.append(
                words(
                    "{table}: added {added}, removed {removed}, changed {changed}",
                    table=words(name),
                    added=own.count("added"),
                    removed=own.count("removed"),
                    changed=own.count("changed"),
                )
            )
    return words("Evidence: {rows}", rows=words("; ").join(parts))


def _units_line(answer: LivingAnswered, words: Words) -> str:
    return words(
        "Computed again: {count} of {all} (the others rest on rows that did not move); verdict "
        "{verdict}, certainty {certainty}, interval {interval}, none {none}",
        count=answer.recomputed,
        all=answer.units,
        **answer.changes,
    )


def answer_lines(one: AnswerMove, words: Words) -> list[str]:
    """One answer: the class of its change, before, after, which studies."""
    change = words(CHANGED[one.change])
    lines = [
        words("[{change}] {answer}", change=change, answer=answer_name(one, words)),
        "  " + words("before: {figure}", figure=figure_text(one.before, words)),
        "  " + words("after: {figure}", figure=figure_text(one.after, words)),
    ]
    if one.studies_added:
        lines.append("  " + words("studies added: {which}", which=", ".join(one.studies_added)))
    if one.studies_removed:
        lines.append("  " + words("studies gone: {which}", which=", ".join(one.studies_removed)))
    return lines


def figure_text(one: LivingShown | None, words: Words) -> str:
    """A figure with its interval, how much is behind it, and how certain it is."""
    if one is None or one.form == "none":
        return words("no figure")
    ends = one.ci if one.value is not None else one.range
    parts = [] if one.value is None else [_number(one, one.value) + _sign(one, words)]
    if ends is not None:
        span = f"{_number(one, ends[0])}–{_number(one, ends[1])}"
        parts.append(f"({span})" if parts else span + _sign(one, words))
    head = " ".join(parts)
    behind = words("k = {k}, patients not printed", k=one.k)
    if one.n is not None:
        behind = words("k = {k}, n = {n}", k=one.k, n=f"{one.n}")
    told = [head, label("form", one.form, words), behind]
    if one.level is not None:
        told.append(words("certainty {level}", level=words(JUDGEMENTS[one.level])))
    if one.says is not None:
        told.append(words(SAYS[one.says]))
    return words("; ").join(filter(None, told))


def _number(one: LivingShown, value: float) -> str:
    if one.unit == "ratio":
        return f"{value:.2f}"
    months = one.unit == "months"
    return as_printed(value if months else 100 * value, months=months, n=one.n or 0)


def _sign(one: LivingShown, words: Words) -> str:
    return "" if one.unit == "ratio" else sign(one.unit, words)


def case_line(one: CaseMove, words: Words) -> str:
    """One case: what of its sheet changed."""
    if one.faulty:
        return words("{file}: cannot be read, so nothing is known of it", file=one.file)
    if one.change == "none":
        return words("{file}: not affected", file=one.file)
    counts = ", ".join(f"{words(CHANGED[code])} {count}" for code, count in one.changes.items())
    return words("{file}: {counts}", file=one.file, counts=counts)


def trigger_lines(triggers: tuple[TriggerMove, ...], words: Words) -> list[str]:
    """What was promised beforehand, and whether it is called."""
    if not triggers:
        return []
    lines = ["", words("Written beforehand:")]
    for one in triggers:
        named = {"name": one.name, "day": one.written, "action": one.action}
        if not one.fired:
            said = words("not called: {name} (written {day})", **named)
        elif one.written_after:
            said = words(
                "CALLED, BUT WRITTEN AFTER THE CHANGE: {name} (written {day}): {action}", **named
            )
        else:
            said = words("CALLED: {name} (written {day}): {action}", **named)
        lines.append(f"  {said}")
    return lines


def report_lines(answer: ReportAnswered, words: Words) -> list[str]:
    """The monthly page as text."""
    lines = [report_title(answer, words), as_of_line(answer, words)]
    withdrawn = retracted_lines(answer, words)
    if withdrawn:
        lines += ["", words(RETRACTED, count=len(withdrawn)), *(f"  {one}" for one in withdrawn)]
    lines += ["", words("Searches:")]
    lines += [f"  {search_line(one, words)}" for one in answer.searches] or [
        "  " + words("none is saved")
    ]
    for head, some in record_lists(answer, words):
        lines += ["", head, *(f"  {one}" for one in some)]
    if not (answer.changes or answer.tables):
        lines += ["", words("The evidence was not compared with an older state in this time.")]
    for one in answer.changes:
        lines += ["", *living_lines(one, words, promised=False)]
    for one in answer.tables:
        lines += ["", *table_lines(one, words, promised=False)]
    return [*lines, *trigger_lines(answer.triggers, words)]


def report_title(answer: ReportAnswered, words: Words) -> str:
    """Of what, since when."""
    title = answer.title or words("Living review")
    if answer.since is None:
        return words("{title}: report of {day}", title=title, day=day_of(answer.date))
    return words(
        "{title}: report of {day}, since {since}",
        title=title,
        day=day_of(answer.date),
        since=second_of(answer.since),
    )


def as_of_line(answer: ReportAnswered, words: Words) -> str:
    """As of when, with the report's hash."""
    day = words("not yet") if answer.as_of is None else day_of(answer.as_of)
    return words("As of {day}; checksum {digest}", day=day, digest=answer.digest)


def search_line(one: SearchState, words: Words) -> str:
    """One search of a review."""
    told = words(
        "{name}: as of {day}; runs {runs}, new {new}, changed {changed}",
        name=words(one.title) if one.title else one.name,
        day=words("not yet") if one.as_of is None else day_of(one.as_of),
        runs=one.runs,
        new=one.new,
        changed=one.changed,
    )
    if not one.failed:
        return told
    which = ", ".join(SERVICES[code].name for code in one.failed)
    return words("{told}; NOT READ TO THE END: {which}", told=told, which=which)


def retracted_lines(answer: ReportAnswered, words: Words) -> list[str]:
    """Every record that says that a paper is withdrawn, whether it is new, what rests on it."""
    new = {(one.service, one.record_id) for one in answer.new}
    rests = {(one.service, one.record_id): one for one in answer.resting}
    lines: list[str] = []
    for one in retractions(answer.new, answer.changed):
        key, record = (one.service, one.record_id), item_line(one, words)
        held = rests.get(key)
        part = [words("retracted in part")] if one.partly and not one.turned else []
        if one.about and (one.turned or (held and (held.rows or held.reports))):
            which = ", ".join(one.about)
            said = (
                words("{record}; NOW RETRACTED IN PART: {which}, which this notice names",
                      record=record, which=which)
                if one.partly
                else words("{record}; NOW RETRACTED: {which}, which this notice names",
                           record=record, which=which)
            )  # fmt: skip
        elif one.turned:
            said = words("{record}; NOW RETRACTED: it came before and did not say so",
                         record=record)  # fmt: skip
            if one.partly:
                said = words("{record}; NOW RETRACTED IN PART: it came before and did not say so",
                             record=record)  # fmt: skip
        elif key in new:
            said = words("{record}; new", record=record)
        else:
            said = words("{record}; came before, and changed", record=record)
        lines.append(words("; ").join([said, *part, *resting_parts(held, words)]))
    return lines


def resting_parts(one: Resting | None, words: Words) -> list[str]:
    """What rests on a paper: studies, answers for anybody, what this review extracted."""
    if one is None or not (one.sought or one.rows or one.reports):
        return []
    parts: list[str] = []
    if one.studies:
        parts.append(words("study of the evidence: {which}", which=", ".join(one.studies)))
        named = [answer_name(each, words) for each in one.answers]
        parts.append(
            words("answers that rest on it: {which}", which=words("; ").join(named))
            if named
            else words("no answer rests on it")
        )
    if one.rows:
        parts.append(words("extracted in this review: {which}", which=", ".join(one.rows)))
    if one.reports:
        which = (
            words("{record} ({reached})", record=each.record_id,
                  reached=words(found(HOW_FAR, each.reached, "state")))
            for each in one.reports
        )  # fmt: skip
        parts.append(
            words("among this review's records, as decided so far: {which}", which=", ".join(which))
        )
    return parts or [words("nothing of the evidence or of this review rests on it")]


def record_lists(
    answer: ReportAnswered, words: Words, most: int = SHOWN
) -> list[tuple[str, list[str]]]:
    """New records, then those that changed, by name, each list with its head."""
    new = words("New records: {count}", count=len(answer.new))
    lists = [(new, item_lines(answer.new, words, most))]
    changed = sum(one.changed for one in answer.searches)
    if answer.changed:
        head = words("Records that changed since they last came: {count}",
                     count=len(answer.changed))  # fmt: skip
        lists.append((head, item_lines(answer.changed, words, most)))
    elif changed:
        # A report kept from before names none of them.
        lists.append((words("Records that changed, not named in this report: {count}",
                            count=changed), []))  # fmt: skip
    return lists


def report_html(answer: ReportAnswered, words: Words) -> str:
    """The monthly page, self-contained."""
    from hilum.rendering.pages import page_template

    page = page_template("hilum.rendering", "", ("living_report.html.j2",)).render(
        _=words,
        language=words.language,
        heading=report_title(answer, words),
        as_of=as_of_line(answer, words),
        informs=words("informs a tumour board; it does not prescribe"),
        version=answer.hilum_version,
        searches=[(one, search_line(one, words)) for one in answer.searches],
        retracted=retracted_lines(answer, words),
        records=record_lists(answer, words, len(answer.new) + len(answer.changed)),
        few=SHOWN,
        changes=[
            {
                "title": living_title(one, words),
                "rows": _rows_line(one, words),
                "units": _units_line(one, words),
                "answers": [
                    {
                        "code": each.change,
                        "change": words(CHANGED[each.change]),
                        "name": answer_name(each, words),
                        "before": figure_text(each.before, words),
                        "after": figure_text(each.after, words),
                        "studies": [*each.studies_added, *(f"−{x}" for x in each.studies_removed)],
                    }
                    for each in one.answers
                ],
                "cases": [case_line(case, words) for case in one.cases],
            }
            for one in answer.changes
        ],
        tables=[table_lines(one, words, promised=False) for one in answer.tables],
        triggers=[(one, called_words(one, words)) for one in answer.triggers],
    )
    return words.page(page)


def feed_of(
    name: str, changes: tuple[LivingAnswered, ...], reports: tuple[ReportAnswered, ...],
    words: Words, updated: str, tables: tuple[LivingTableAnswered, ...] = (), title: str = "",
) -> bytes:  # fmt: skip
    """Every comparison and report of a review as an Atom feed, under its title, else its name."""
    entries = [
        Entry(
            entry_id=_urn("changes", one.date, one.before_hash, one.after_hash),
            updated=one.date,
            title=living_title(one, words),
            text="\n".join(living_lines(one, words)),
        )
        for one in changes
    ]
    entries += [
        Entry(
            entry_id=_urn("tables", one.date, one.before_hash, one.after_hash),
            updated=one.date,
            title=table_title(one, words),
            text="\n".join(table_lines(one, words)),
        )
        for one in tables
    ]
    entries += [
        Entry(
            entry_id=_urn("report", one.date, one.digest),
            updated=one.date,
            title=report_title(one, words),
            text="\n".join(report_lines(one, words)),
        )
        for one in reports
    ]
    return atom(_urn("review", name), title or name, entries, updated)


def _urn(*parts: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, "hilum:" + ":".join(parts)).urn


def messages() -> set[str]:
    """Ids that stand in tables."""
    kinds = (*WHOM, "form")
    return {
        *CHANGED.values(),
        *TABLES.values(),
        *SAYS.values(),
        *KINDS.values(),
        *HOW_FAR.values(),
        SSA_ALONE,
        *PAGE,
        RETRACTED,
        *(one.label for one in (*treatments().values(), *outcomes().values())),
        *(JUDGEMENTS[one] for one in ("very_low", "low", "moderate", "high")),
        *(said for (kind, _), said in labels().items() if kind in kinds),
        *(said for (kind, _), said in evidence_labels().items() if kind in ("modality", "outcome")),
    }
