"""Rules in lines of the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from hilum.cli.lines import fold, padded, shortened
from hilum.patient.labels import CHINESE, attribute_label, region_label, treatment_label, word_label
from hilum.patient.rule_kinds import kind_of
from hilum.patient.rule_view import others_of_question, treatments_of
from hilum.patient.wording import GROUND, LINE, statement

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.patient.records import Rule
    from hilum.patient.tables import Tables

SEEN = {
    "full_text": "read in full",
    "abstract": "abstract read",
    "secondary": "read in a secondary text",
}
TITLE = 16
READABLE = 80


def messages() -> set[str]:
    """Message ids that are looked up in tables."""
    return set(SEEN.values())


def list_lines(rules: tuple[Rule, ...], tables: Tables, words: Words, width: int) -> list[str]:
    """A line a rule, in Chinese as many as it needs.

    Its id, what it does, on which ground, who says so, and its statement.
    """
    wide = max((len(rule.rule_id) for rule in rules), default=0)
    lines: list[str] = []
    for rule in rules:
        first = "  ".join(
            (
                padded(rule.rule_id, wide),
                padded(words(kind_of(rule.kind).word), TITLE),
                padded(words(GROUND[rule.ground]) if rule.ground else "", TITLE + 3),
                "",
            )
        )
        said = words.line(statement(rule, tables, words))
        if words.language != CHINESE:
            lines.append(shortened(first + said, width))
            continue
        # A Chinese statement is cut in the middle of a number or a name: it is told whole.
        lines += fold(said, width, first, " " * (wide + 2))
    return [*lines, words("{count} rules", count=len(rules))]


def rule_lines(rule: Rule, tables: Tables, words: Words, width: int) -> list[str]:
    """Everything of a row, in both languages."""
    width = min(width, READABLE)
    language = words.language
    comma = "、" if language == CHINESE else ", "
    strong = words("strong") if rule.strong else words("weak: it never excludes")
    kind = words(kind_of(rule.kind).word)
    authority = f"{word_label('authority', rule.authority, language)} ({strong})"
    names = comma.join(
        treatment_label(tables.treatments[one], language) for one in treatments_of(rule, tables)
    )
    facts = comma.join(
        f"{attribute_label(tables.attributes[one], language)} ({one})" for one in sorted(rule.needs)
    )
    decisive = words("yes: it advises against by itself") if rule.decisive else ""
    pairs = [
        (words("what it does"), f"{kind} ({rule.kind})"),
        (words("treatments"), names),
        (words("for whom"), rule.when_text or words("everybody")),
        (words("tests"), rule.holds_text or words("nothing")),
        (words("facts"), facts),
        (words("ground"), words(GROUND[rule.ground]) if rule.ground else ""),
        (words("decisive"), decisive),
        (words("line"), words(LINE[rule.line]) if rule.line in LINE else rule.line),
        (words("place"), rule.place),
        (words("authority"), authority),
        (words("grade"), rule.strength),
        (words("in force in"), region_label(rule.region, language) or words("everywhere")),
        (words("English"), rule.statement_en),
        (words("Chinese"), rule.statement_zh),
        (words("source"), rule.source),
        (words("to be read at"), rule.url_or_id),
        (words("read"), words(SEEN[rule.seen])),
        (words("replaces"), rule.replaces),
        (words("notes"), rule.notes),
        (words("laid over by"), rule.origin),
        (words("switched off"), rule.off),
    ]
    out = [typer.style(rule.rule_id, bold=True)]
    for title, text in pairs:
        if text:
            out += fold(words.line(text), width, padded(title, TITLE), " " * TITLE)
    others = others_of_question(rule, tables)
    if others:
        out += fold(words("Answers one question ({name}) with:", name=rule.alternatives), width)
        for other in others:
            said = f"{words(kind_of(other.kind).word)}: {statement(other, tables, words)}"
            first = padded(f"  {other.rule_id}", TITLE)
            out += fold(words.line(said), width, first, " " * TITLE)
    return out


def overlay_lines(tables: Tables, words: Words, width: int) -> list[str]:
    """A hospital's own rows, and rows switched off with the reason."""
    comma, out = "、" if words.language == CHINESE else ", ", list[str]()
    if tables.laid_over:
        # An attribute of their own and its derivation bear one name.
        ids = comma.join(dict.fromkeys(one for rows in tables.laid_over.values() for one in rows))
        said = words("Rows of {folder} laid over: {rows}", folder=tables.folder, rows=ids)
        out += fold(words.line(said), width, "! ", "    ")
    for rule in tables.switched_off:
        said = words("Switched off: {rule} ({reason})", rule=rule.rule_id, reason=rule.off)
        out += fold(words.line(said), width, "! ", "    ")
    return out
