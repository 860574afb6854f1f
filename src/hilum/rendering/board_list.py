"""A board's list on a cover: a line a patient, what to ask before, what could not be read."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import phrased
from hilum.records import found
from hilum.rendering.days import day_words
from hilum.rendering.sheet.signs import sign
from hilum.sheet.verdict_words import RESECTABILITY, SIGN_OF, STATUS, VerdictWords

if TYPE_CHECKING:
    from hilum.analyses.board_list import BoardListAnswered, ListEntry, ListFault
    from hilum.language import Words

Cell = dict[str, Any]
TEMPLATE: Final = "board_list.html.j2"
STATES: Final = {
    "ready": "Ready",
    "facts_missing": "Facts missing",
    "faulty": "Not read",
}
HEADING: Final = "Board of {date}"
COLUMNS: Final = (
    *("Patient", "Tumour", "Asked", "Can it be resected?", "Open"),
    *("Missing, decides", "State"),
)
COUNTS: Final = "{count} patients: {ready} ready, {missing} with facts missing, {faulty} not read"
ASK: Final = "Ask before the board: {facts}"
TIMES: Final = "{fact} ({count})"
NONE: Final = "none"
DOUBTS: Final = "{count} to confirm"
NOT_LISTED: Final = "Not in the file named order, put last: {files}"
NOT_THERE: Final = "In the file named order, but no case: {files}"
INFORMS: Final = "Informs a tumour board, does not prescribe. Open a line for its sheet."
# What is open is named up to this many, the rest counted.
NAMED: Final = 4
MORE: Final = "{names} and {count} more"
# A file of a language beside English carries its code.
SUFFIX: Final = {"en": ""}


def messages() -> set[str]:
    """Ids that stand in the tables."""
    texts = (HEADING, COUNTS, ASK, TIMES, NONE, DOUBTS, NOT_LISTED, NOT_THERE, INFORMS, MORE)
    return {*texts, *STATES.values(), *COLUMNS}


def cover_html(answer: BoardListAnswered, words: Words, form: str = "html", title: str = "") -> str:
    """The cover as one self-contained page; its lines lead to the sheets beside it in ``form``.

    Without a form they lead nowhere: the sheets follow in the same file.
    """
    from hilum.rendering.pages import page_template

    page = _Cover(answer, words, form, title)
    cover = page_template("hilum.rendering", "", (TEMPLATE,)).render(
        language=words.language, _=words, **page.context()
    )
    return words.page(cover)


def cover_pdf(answer: BoardListAnswered, words: Words, form: str = "pdf", title: str = "") -> bytes:
    """The cover on paper, A4 across.

    Raises
    ------
    MissingExtra
        When Typst is not installed.
    """
    from hilum.rendering.press import Running, printed

    foot = Running(foot=f"hilum {answer.hilum_version}")
    page = cover_html(answer, words, form, title)
    return printed(page, "list", words, foot, answer.date)


def board_page(answer: BoardListAnswered, words: Words) -> Cell:
    """The list as a page shows it: how patients stand, what to ask, a line a patient."""
    page = _Cover(answer, words, "html")
    return {
        "day": page.heading(),
        "counts": page.counts(),
        "notes": page.notes(),
        "rows": [page.row(one) for one in answer.entries],
    }


def board_list_lines(answer: BoardListAnswered, words: Words) -> list[str]:
    """The list for a terminal: one line a patient, the faults of what could not be read."""
    page = _Cover(answer, words, "html")
    out = [page.heading(), page.counts()]
    for one in answer.entries:
        row = page.row(one)
        if one.state == "faulty":
            out.append(f"! {one.file}")
            out += [f"    {text}" for text in row["faults"]]
            continue
        parts = (row["patient"], row["word"], row["open"], row["missing"])
        out.append("  " + " · ".join(part for part in parts if part))
    return out + page.notes()


def sheet_name(file: str, words: Words, form: str) -> str:
    """The name of a case's sheet: that of its own file, never the patient's."""
    suffix = SUFFIX.get(words.language, f".{words.language}")
    return f"{PurePath(file).stem}{suffix}.{form}"


def case_row(entry: ListEntry, words: Words) -> Cell:
    """One line of a list, in a language."""
    from hilum.analyses.board_list import BoardListAnswered

    alone = BoardListAnswered(
        folder="", order="", hilum_version="", date="", entries=(entry,), ask=(), not_listed=(),
        not_there=(),
    )  # fmt: skip
    return _Cover(alone, words, "html").row(entry)


class _Cover:
    """Writes the lines of one list in one language."""

    def __init__(self, answer: BoardListAnswered, words: Words, form: str, title: str = "") -> None:
        self.answer, self.words, self.form, self.title = answer, words, form, title
        self.tongue = VerdictWords(words)

    def context(self) -> Cell:
        """Variables of the template."""
        return {
            "heading": self.heading(),
            "counts": self.counts(),
            "columns": [self.words(one) for one in COLUMNS],
            "rows": [self.row(one) for one in self.answer.entries],
            "notes": self.notes(),
            "informs": self.words(INFORMS),
            "version": self.answer.hilum_version,
        }

    def heading(self) -> str:
        """The title where the list has one, and its day."""
        day = self.words(HEADING, date=day_words(self.answer.date, self.words))
        return f"{self.title} · {day}" if self.title else day

    def counts(self) -> str:
        """How many patients, and how they stand."""
        states = [one.state for one in self.answer.entries]
        return self.words(
            COUNTS,
            count=len(states),
            ready=states.count("ready"),
            missing=states.count("facts_missing"),
            faulty=states.count("faulty"),
        )

    def notes(self) -> list[str]:
        """What to ask before the board, and where the order and the folder part."""
        words, answer, out = self.words, self.answer, list[str]()
        if answer.ask:
            facts = [
                words(TIMES, fact=self.tongue.attribute(one.fact), count=one.patients)
                for one in answer.ask
            ]
            out.append(words(ASK, facts=self.tongue.joined(facts)))
        for message, names in ((NOT_LISTED, answer.not_listed), (NOT_THERE, answer.not_there)):
            if names:
                out.append(words(message, files=self.tongue.joined(list(names))))
        return out

    def row(self, one: ListEntry) -> Cell:
        """One line of the table."""
        words = self.words
        state = words(found(STATES, one.state, "state"))
        if one.state == "faulty":
            texts = [fault_words(each, words) for each in one.faults]
            return {"file": one.file, "faults": texts, "state": state, "code": one.state}
        kind = SIGN_OF[one.resectability]
        missing = [self.tongue.attribute(each.fact) for each in one.missing]
        return {
            "file": one.file,
            "faults": [],
            "href": sheet_name(one.file, words, self.form) if self.form else "",
            "patient": " ".join(part for part in (one.name, one.id, self.person(one)) if part),
            "name": one.name,
            "id": one.id,
            "person": self.person(one),
            "tumour": self.tumour(one),
            "question": one.question,
            "sign": sign(kind),
            "kind": kind,
            "word": words(RESECTABILITY[one.resectability]),
            "open": self.open(one),
            "missing": self.tongue.joined(missing) or words(NONE),
            "doubts": words(DOUBTS, count=one.doubts) if one.doubts else "",
            "state": state,
            "code": one.state,
        }

    def person(self, one: ListEntry) -> str:
        """Age and sex."""
        shown = [
            self.tongue.value(name, one.facts[name]) for name in ("age", "sex") if name in one.facts
        ]
        return self.tongue.joined(shown)

    def tumour(self, one: ListEntry) -> str:
        """Site, grade, Ki-67."""
        names = ("primary_site", "grade", "ki67_percent")
        shown = [
            ("Ki-67 " if name == "ki67_percent" else "") + self.tongue.value(name, one.facts[name])
            for name in names
            if name in one.facts
        ]
        return self.tongue.joined(shown)

    def open(self, one: ListEntry) -> str:
        """The strongest group of open treatments by name; of each other how many there are."""
        groups = [status for status in STATUS if one.options.get(status)]
        if not groups:
            return self.words(NONE)
        names = [self.tongue.treatment(name) for name in one.options[groups[0]]]
        text = self.tongue.joined(names[:NAMED])
        if len(names) > NAMED:
            text = self.words(MORE, names=text, count=len(names) - NAMED)
        said = [text, *(str(len(one.options[status])) for status in groups[1:])]
        colon = "：" if self.tongue.chinese else ": "
        return " · ".join(
            f"{self.words(STATUS[status])}{colon}{what}"
            for status, what in zip(groups, said, strict=True)
        )


def fault_words(fault: ListFault, words: Words) -> str:
    """A fault in a language."""
    from hilum.language.telling import sentence

    facts: dict[str, object] = dict(fault.said.facts)
    if fault.expected is not None:
        facts["expected"] = phrased(fault.expected.message, **fault.expected.facts)
    return (
        sentence(phrased(fault.said.message, **facts), words)
        if facts
        else words(fault.said.message)
    )
