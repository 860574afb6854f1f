"""A case file to fill in: the facts that decide most, and all others by group where asked for."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING

from hilum.language import words as words_of
from hilum.patient.deciding import most_deciding
from hilum.patient.labels import CHINESE, attribute_label, word_label
from hilum.patient.lists import takes_treatments
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
    return {*HEAD, NUMBER, DAY, QUESTION, ALL, DECIDING, MORE, IMAGING, *GROUPS.values(), *FORMS}


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
    yield from _comment(f"{label}{'：' if chinese else ': '}{what}")
    yield from _comment(attribute.help_zh if chinese else attribute.help_en)
    if not chinese:
        yield from _comment(f"({attribute.why_needed})")
    if not attribute.asked:
        yield from _comment(words(DERIVED))
    yield f'{written_name(attribute)} = ""'


def _comment(text: str) -> Iterator[str]:
    for line in wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False):
        yield f"# {line}"


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
        return f"{words(DATED)}: {', '.join(tables.treatments)}"
    if attribute.allowed:
        listed = " | ".join(_word(attribute, one, words) for one in attribute.allowed)
        return f"{words(LIST)} {listed}" if attribute.type == "list" else listed
    units = " | ".join(unit for unit in attribute.units if unit)
    bounds = words(BETWEEN, low=f"{attribute.low:g}", high=f"{attribute.high:g}")
    return f"{units or bounds}"


def _word(attribute: Attribute, word: str, words: Words) -> str:
    label = word_label(attribute.name, word, words.language)
    same = label.casefold().replace(" ", "_") == word.casefold()
    return word if same or words.language != CHINESE else f"{word}（{label}）"
