"""What changed since an older sheet, in words: verdicts first, each with its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.records import found
from hilum.rendering.days import day_words
from hilum.sheet.present import OUTCOME_LABELS, interval, number, sign
from hilum.sheet.verdict_words import RESECTABILITY, STATUS, VerdictWords

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.changes_part import ChangesPart, FigureMove, RuleMove, Shown, VerdictMove
    from hilum.sheet.sheet import Sheet

Section = dict[str, object]
ARROW: Final = " → "
CAUSES: Final = {
    "facts": "because of: {facts}",
    "rules": "because the rules changed: {rules}",
    "both": "because of {facts}, and because the rules changed: {rules}",
    "unknown": "the older sheet does not say enough to name the cause",
}
BARE: Final = {
    "facts": "because the facts changed",
    "rules": "because the rules changed",
    "both": "because facts and rules changed",
}
FIGURE_CAUSES: Final = {
    "evidence": "The record changed.",
    "question": "The patient now asks otherwise: {asked}.",
    "both": "The record changed, and the patient now asks otherwise: {asked}.",
    "unknown": "Neither the record nor the question is known to have changed.",
}
RULE_KINDS: Final = {
    "changed": "changed in the table",
    "added": "new in the table, or changed so that it speaks of this patient",
    "removed": "no longer in the table",
    "fires": "now speaks of this patient",
    "silent": "no longer speaks of this patient",
}
GAPS: Final = {
    "stamp": "the hashes of record and rules: whether these changed is read from their content",
    "facts": "the patient's facts: no cause can be named",
    "rules": "the rules that spoke of the patient",
    "figures": "the figures",
    "verdicts": "the verdicts",
    "resectability": "the answer on resection",
    "question": "what the record was asked",
}
ASKED: Final = {"site": "primary site", "grade": "grade", "line": "line of treatment"}
HEADING: Final = "Changed since the sheet of {date}"
UNDATED: Final = "Changed since the older sheet"
OTHER: Final = (
    "The older sheet bears another name, number or sex: make sure that it is the same patient."
)
NOTHING: Final = "No verdict moved."
MISSING: Final = "The older sheet does not hold {gap}."
UNKNOWN: Final = "Facts of the older sheet that hilum no longer knows: {facts}"
ON_SHEET: Final = "{title}: {count} lines on the sheet"
TITLES: Final = ("Verdicts", "Facts", "Rules", "Figures", "Studies")


def messages() -> set[str]:
    """Ids that stand in the tables."""
    texts = (ON_SHEET, HEADING, UNDATED, OTHER, NOTHING, MISSING, UNKNOWN, *TITLES)
    tables = (CAUSES, BARE, FIGURE_CAUSES, RULE_KINDS, GAPS, ASKED)
    return {*texts, *(text for table in tables for text in table.values())}


def changes_context(sheet: Sheet, words: Words) -> Section | None:
    """Heading, warnings and sections of lines; nothing where no older sheet was given."""
    part = sheet.changes
    if part is None:
        return None
    page = _Changes(sheet, part, words)
    date = part.older.date
    heading = words(HEADING, date=day_words(date, words)) if date else words(UNDATED)
    sections = [
        (TITLES[0], page.verdicts()),
        (TITLES[1], page.facts()),
        (TITLES[2], [page.rule(one) for one in part.rules]),
        (TITLES[3], page.figures()),
        (TITLES[4], page.studies()),
    ]
    return {
        "heading": heading,
        "another": "" if part.same_patient else words(OTHER),
        "warnings": page.warnings(),
        "sections": [{"title": words(title), "lines": lines} for title, lines in sections if lines],
    }


def changes_lines(sheet: Sheet, words: Words) -> list[str]:
    """The same for a terminal: verdicts and facts; how many of the rest stand on the sheet."""
    page = changes_context(sheet, words)
    if page is None:
        return []
    out = [f"! {page['another']}"] if page["another"] else []
    out += [
        str(page["heading"]),
        *(f"! {one}" for one in _texts(page["warnings"]) if one != page["another"]),
    ]
    sections = page["sections"]
    for section in sections if isinstance(sections, list) else []:
        lines = _texts(section["lines"])
        if section["title"] in {words(title) for title in TITLES[:2]}:
            out += [str(section["title"]), *(f"  {one}" for one in lines)]
        else:
            out.append(words(ON_SHEET, title=section["title"], count=len(lines)))
    return out


def _texts(raw: object) -> list[str]:
    return [str(one) for one in raw] if isinstance(raw, list) else []


class _Changes:
    """Writes the moves of one sheet in one language."""

    def __init__(self, sheet: Sheet, part: ChangesPart, words: Words) -> None:
        self.part, self.words = part, words
        self.tongue = VerdictWords(words)
        self.colon = "：" if self.tongue.chinese else ": "
        self.joint = "；" if self.tongue.chinese else "; "
        self.names = {
            one.treatment: one.label_zh if self.tongue.chinese else one.label
            for one in sheet.options
        }

    def warnings(self) -> list[str]:
        """What must be known before anything is compared."""
        words, part = self.words, self.part
        out = [] if part.same_patient else [words(OTHER)]
        out += [words(MISSING, gap=words(found(GAPS, gap, "gap"))) for gap in part.not_compared]
        if part.unknown_facts:
            out.append(words(UNKNOWN, facts=self.tongue.joined(part.unknown_facts)))
        return out

    def verdicts(self) -> list[str]:
        """Resection first, then each treatment whose verdict moved."""
        words, part = self.words, self.part
        out: list[str] = []
        if part.resectability is not None:
            one = part.resectability
            both = ARROW.join(words(RESECTABILITY[each]) for each in (one.before, one.after))
            cause = self.cause(one.cause, one.facts, [])
            out.append(f"{words('Can it be resected?')} {both}{self.joint}{cause}")
        out += [self.verdict(one) for one in part.verdicts]
        if not out and "verdicts" not in part.not_compared:
            out.append(words(NOTHING))
        return out

    def verdict(self, one: VerdictMove) -> str:
        """One treatment: both verdicts, the cause, the strongest reason now."""
        both = ARROW.join(
            self.status(status, best)
            for status, best in ((one.before, one.before_best), (one.after, one.after_best))
        )
        name = self.names.get(one.treatment, one.treatment)
        text = f"{name}{self.colon}{both}{self.joint}"
        text += self.cause(one.cause, one.facts, one.rules)
        if one.reason is not None:
            said, brief = self.tongue.statement(one.reason), self.tongue.brief(one.reason)
            text += f"{self.joint}{said} ({brief})" if brief else f"{self.joint}{said}"
        return text

    def status(self, status: str | None, best: str | None) -> str:
        """A verdict, with the best it could become."""
        words = self.words
        if status is None:
            return words("not on the sheet")
        said = words(STATUS[status])
        if best is None:
            return said
        return words("{status} (at best {best})", status=said, best=words(STATUS[best]))

    def cause(self, cause: str, facts: list[str], rules: list[str]) -> str:
        """Why, with the facts and rows that did it where they are known."""
        places = {"facts": self.moved(facts), "rules": self.tongue.joined(rules)}
        wanted = {"facts": bool(facts), "rules": bool(rules), "both": bool(facts and rules)}
        if not wanted.get(cause, True):
            return self.words(found(BARE, cause, "cause"))
        return self.words(found(CAUSES, cause, "cause"), **places)

    def moved(self, facts: list[str]) -> str:
        """Facts with their older and newer value."""
        known = {one.fact: one for one in self.part.facts}
        return self.tongue.joined(
            [
                f"{self.tongue.attribute(name)} {self.values(name)}"
                if name in known
                else self.tongue.attribute(name)
                for name in facts
            ]
        )

    def values(self, name: str) -> str:
        """Both values of a fact."""
        one = next(one for one in self.part.facts if one.fact == name)
        return ARROW.join(self.tongue.value(name, value) for value in (one.before, one.after))

    def facts(self) -> list[str]:
        """Every fact that is stated otherwise."""
        return [
            f"{self.tongue.attribute(one.fact)}{self.colon}{self.values(one.fact)}"
            for one in self.part.facts
        ]

    def rule(self, one: RuleMove) -> str:
        """A row, what became of it, and of which treatments it speaks."""
        said = one.statement_zh if self.tongue.chinese else one.statement
        kind = self.words(found(RULE_KINDS, one.kind, "kind"))
        columns = f" ({', '.join(one.columns)})" if one.columns else ""
        names = [self.tongue.treatment(name) for name in one.treatments]
        return f"{one.rule_id} {kind}{columns}{self.colon}{said} [{self.tongue.joined(names)}]"

    def figures(self) -> list[str]:
        """Why figures moved, once, then each."""
        if not self.part.figures:
            return []
        asked = self.tongue.joined([self.words(ASKED[one]) for one in self.part.asked])
        causes = dict.fromkeys(one.cause for one in self.part.figures)
        out = [self.words(found(FIGURE_CAUSES, one, "cause"), asked=asked) for one in causes]
        return out + [self.figure(one) for one in self.part.figures]

    def figure(self, one: FigureMove) -> str:
        """One figure, before and after."""
        name = self.tongue.treatment(one.treatment)
        title = self.words(OUTCOME_LABELS.get(one.outcome, one.outcome))
        both = ARROW.join(self.shown(each, one) for each in (one.before, one.after))
        return f"{name}, {title}{self.colon}{both}"

    def shown(self, one: Shown | None, move: FigureMove) -> str:
        """A figure with its interval and how many studies are behind it."""
        if one is None or not one.k:
            return self.words("no figure")
        k = f"k {one.k}"
        if one.value is None:
            return k
        text = f"{number(one.value, move.unit)}{sign(move.unit, self.words)}"
        if one.ci and None not in one.ci:
            low, high = (float(each) for each in one.ci if each is not None)
            text += f" ({interval((low, high), move.unit)})"
        return f"{text}, {k}"

    def studies(self) -> list[str]:
        """Studies that came and went."""
        signs = {"added": "+", "removed": "−"}
        return [f"{signs[one.kind]} {one.name}" for one in self.part.studies]
