"""A case file to fill in: the facts that decide most, and all others by group where asked for."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from hilum.language import words as words_of
from hilum.language.columns import fold
from hilum.language.words import CONTEXT
from hilum.patient.deciding import most_deciding
from hilum.patient.labels import CHINESE, attribute_label, unit_label, word_label
from hilum.patient.lists import takes_treatments
from hilum.patient.measures import SI, si_first, with_both
from hilum.patient.plausibility import named_unit
from hilum.patient.tables import read_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.language import Words
    from hilum.patient.records import Attribute
    from hilum.patient.tables import Tables

FIRST = 20
WIDTH = 96
HEAD = (
    "A case for hilum. Fill in what is known: nothing is required, an empty value means unknown.",
    'Write values as in a letter: "18 umol/L", "10-20", "<3", "multiple", "since 2024-05".',
    "The file stays on your machine.",
)
NUMBER = "The patient's number; it stands on every page."
DAY = "The day that the case speaks of (2026-11-28); dates are counted back from it."
QUESTION = "What the board is asked."
ALL = "hilum case new --all lists every fact."
DECIDING, MORE = "What decides most", "More facts"
# Units that are English words.
ENGLISH = frozenset(
    {"percent", "years", "months", "percent/week", "percent/month", "percentage points"}
)
# Context of the sentences that say why a fact is asked.
WHY = "why"
IMAGING = "Label maps beside this file: they give count, distribution, burden and remnant."
GROUPS = {
    "patient": "Patient",
    "tumour": "Tumour",
    "liver": "Liver",
    "disease outside": "Disease outside the liver",
    "laboratory": "Laboratory",
    "receptor imaging": "Receptor imaging",
    "hormones": "Hormones",
    "course": "Course",
    "procedure work-up": "Work-up of a procedure",
    "policy": "Country and centre",
}
DERIVED = "Derived where it is empty."
YES_NO, LIST, DATED = "yes or no", "a list of", "a list, with dates where they are known"
BETWEEN = "{low} to {high}"
FORMS = (DERIVED, YES_NO, LIST, DATED, BETWEEN)
EXAMPLE = """\
# [imaging]
# labels = "segments.nii.gz"
# preset = "couinaud"
# lesions = "lesions.nii.gz"
# resect = "right"
# margin_mm = 5.0
"""


def case_template(
    language: str = "en", tables: Tables | None = None, *, everything: bool = False
) -> str:
    """TOML with facts, empty, each under its label, units, words and why it is asked.

    The 20 that decide most, in order of how much they decide; ``everything`` for the rest too.
    """
    words, known = words_of(language), tables or read_tables()
    return "\n".join(_lines(words, known, everything=everything)) + "\n"


def messages() -> set[str]:
    """Message ids that are looked up in tables."""
    why = {f"{WHY}{CONTEXT}{one.why_needed}" for one in read_tables().attributes.values()}
    own = {*HEAD, NUMBER, DAY, QUESTION, ALL, DECIDING, MORE, IMAGING, *GROUPS.values(), *FORMS}
    return own | {one for one in why if not one.endswith(CONTEXT)}


def _lines(words: Words, tables: Tables, *, everything: bool) -> Iterator[str]:
    for text in HEAD:
        yield f"# {words(text)}"
    yield f'\nname = ""\n# {words(NUMBER)}\nid = ""'
    yield f'# {words(DAY)}\ndate = ""\n# {words(QUESTION)}\nquestion = ""\n\n[patient]'
    first = most_deciding(tables)[:FIRST]
    yield f"# {words(DECIDING)}"
    for name in first:
        yield from _fact(tables.attributes[name], words, tables)
    if not everything:
        yield f"\n# {words(ALL)}"
        return
    yield f"\n# {words(MORE)}"
    rest = [one for one in tables.attributes.values() if one.name not in first]
    asked = [one for one in rest if one.asked] + [one for one in rest if not one.asked]
    order = {group: number for number, group in enumerate(GROUPS)}
    asked.sort(key=lambda one: order.get(one.group, len(order)))
    for group, facts in groupby(asked, key=lambda one: one.group):
        yield f"\n# -- {words(GROUPS.get(group, group))}"
        for one in facts:
            yield from _fact(one, words, tables)
    yield f"\n# {words(IMAGING)}\n{EXAMPLE}".rstrip()


def _fact(attribute: Attribute, words: Words, tables: Tables) -> Iterator[str]:
    chinese = words.language == CHINESE
    label = attribute_label(attribute, words.language)
    what = _what(attribute, words, tables)
    yield ""
    yield from _comment(words.line(f"{label}: {what}"))
    help_ = attribute.help_zh if chinese else attribute.help_en
    yield from _comment(with_both(help_, tables.attributes, words, about=attribute.name))
    if attribute.why_needed:
        yield from _comment(words.line(f"({words.within(WHY, attribute.why_needed)})"))
    if not attribute.asked:
        yield from _comment(words(DERIVED))
    yield f'{written_name(attribute)} = ""'


def _comment(text: str) -> Iterator[str]:
    yield from fold(text, WIDTH, "# ", "# ") if text else ()


def written_name(attribute: Attribute) -> str:
    """The name to write: one without a unit where there is one, so that the value says it."""
    if len([unit for unit in attribute.units if unit]) > 1 and named_unit(
        attribute.name, attribute
    ):
        for name, alias in attribute.aliases.items():
            if name != attribute.name and not alias.unit and not alias.words:
                return name
    return attribute.name


def _what(attribute: Attribute, words: Words, tables: Tables) -> str:
    if attribute.type == "boolean":
        return words(YES_NO)
    if attribute.type == "points":
        return "7, B7, B, none"
    if takes_treatments(attribute):
        if words.language != CHINESE:
            return f"{words(DATED)}: {', '.join(tables.treatments)}"
        named = (_with_label(one.id, one.name_zh.partition("（")[0], words)
                 for one in tables.treatments.values())  # fmt: skip
        return f"{words(DATED)} {' | '.join(named)}"
    if attribute.allowed:
        listed = " | ".join(_word(attribute, one, words) for one in attribute.allowed)
        return f"{words(LIST)} {listed}" if attribute.type == "list" else listed
    known = [unit for unit in attribute.units if unit]
    if SI.get(attribute.name) in known and si_first(words):
        known.sort(key=lambda unit: unit != SI[attribute.name])
    units = " | ".join(_unit(unit, words) for unit in known)
    bounds = words(BETWEEN, low=f"{attribute.low:g}", high=f"{attribute.high:g}")
    return f"{units or bounds}"


def _unit(unit: str, words: Words) -> str:
    """A unit to write, with what it means where it is an English word."""
    label = unit_label(unit, words.language)
    return _with_label(unit, label, words) if unit in ENGLISH else unit


def _word(attribute: Attribute, word: str, words: Words) -> str:
    return _with_label(word, word_label(attribute.name, word, words.language), words)


def _with_label(word: str, label: str, words: Words) -> str:
    """A word to write, with what it means where that is another word."""
    same = label.casefold().replace(" ", "_").replace("-", "_") == word.casefold()
    if same or words.language != CHINESE:
        return word
    return label if label.startswith(f"{word}（") else f"{word}（{label}）"
