"""What a person reads of a verdict: numbers, cut-offs, reasons and conditions in either language.

Statements come from the tables; everything else is put together from values, never from prose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.language.words import CONTEXT
from hilum.patient.labels import CHINESE, attribute_label, treatment_label, unit_label, word_label
from hilum.patient.measures import beside_asked, both, with_both
from hilum.patient.values import Range

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.patient.merging import Measured, Reason
    from hilum.patient.openings import Opening
    from hilum.patient.records import Attribute, Rule
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

STATUS = {
    "supported": "supported",
    "possible": "possible",
    "conditional": "possible, with conditions",
    "undecided": "undecided",
    "advised_against": "advised against",
    "no_indication": "no published indication",
    "excluded": "excluded",
}
GROUND = {
    "harm": "dangerous",
    "futility": "of little use here",
    "feasibility": "not feasible",
    "licence": "outside the licence",
}
LINE = {
    "first": "first line",
    "second": "second line",
    "later": "later line",
}
LIVER = {
    "resectable": "resectable",
    "after_growth": "resectable after growth of the remnant",
    "borderline": "borderline",
    "not_resectable": "not resectable",
    "undecided": "undecided",
}
COUNTED = ("both", "all three", "all four", "all five", "all six")
# Context of what joins names of facts, not conditions.
FACTS = "facts"
# More words than this are not listed: the fact is named alone.
MOST_WORDS = 3


def messages() -> set[str]:
    """Message ids that are looked up in tables."""
    tables = (STATUS, GROUND, LINE, LIVER)
    joins = {f"{FACTS}{CONTEXT} and "}
    return {word for table in tables for word in table.values()} | {*COUNTED} | joins


def statement(rule: Rule, tables: Tables, words: Words) -> str:
    """Our words for what a source says, laboratory limits in both units."""
    text = rule.statement_zh if words.language == CHINESE else rule.statement_en
    return with_both(text, tables.attributes, words)


def number(value: float) -> str:
    """A number as printed: three figures where it was computed, all that were written otherwise."""
    if value == round(value, 1):
        return f"{round(value, 1):g}" if abs(value) < 1e5 else f"{value:.0f}"
    return (
        f"{value:.0f}"
        if abs(value) >= 100
        else f"{value:.1f}"
        if abs(value) >= 10
        else f"{value:.2g}"
    )


def value_words(value: Value, attribute: Attribute, tables: Tables, words: Words) -> str:
    """A fact's value with its unit."""
    if isinstance(value, bool):
        return word_label(attribute.name, str(value).lower(), words.language)
    if isinstance(value, frozenset):
        if not value:
            return words("none")
        comma = "、" if words.language == CHINESE else ", "
        return comma.join(_word(one, attribute, tables, words) for one in sorted(value))
    if isinstance(value, str):
        return _word(value, attribute, tables, words)
    if isinstance(value, Range) and value.high >= attribute.high > value.low:
        # "multiple" reaches to what the attribute allows: its end is nobody's figure.
        lowest = with_unit(number(value.low), attribute, words, value.low)
        return words("{lowest} or more", lowest=lowest)
    if isinstance(value, Range):
        figure = words("{low} to {high}", low=number(value.low), high=number(value.high))
        return with_unit(figure, attribute, words, value.low, value.high)
    return with_unit(number(value), attribute, words, value)


def _word(word: str, attribute: Attribute, tables: Tables, words: Words) -> str:
    """A word of a fact; earlier treatments have the names of the options."""
    if word in tables.treatments and attribute.allowed == ("*",):
        return treatment_label(tables.treatments[word], words.language)
    return word_label(attribute.name, word, words.language)


def with_unit(figure: str, attribute: Attribute, words: Words, *ends: float) -> str:
    """A figure and the unit of its attribute, and the other usual unit beside it."""
    unit = unit_label(attribute.unit, words.language)
    if not unit:
        return figure
    close = unit[0] in "%×" and words.language == CHINESE
    said = f"{figure}{'' if close else ' '}{unit}"
    return both(attribute, said, ends, words) if beside_asked(words) else said


def reason_words(reason: Reason, tables: Tables, words: Words) -> str:
    """A reason: the statement of its row, or the number and the cut-offs of merged rows."""
    if not reason.measured:
        return statement(reason.first, tables, words)
    said: dict[tuple[Value, str], list[Measured]] = {}
    for one in reason.measured:
        said.setdefault((one.value, tables.attributes[one.fact].unit), []).append(one)
    joint = "；" if words.language == CHINESE else "; "
    return joint.join(_against(group, reason.below, tables, words) for group in said.values())


def _against(group: list[Measured], below: bool, tables: Tables, words: Words) -> str:
    attribute = tables.attributes[group[0].fact]
    missed = [cut for one in group for cut in one.missed]
    total = len(missed) + sum(len(one.met) for one in group)
    ends = (min(missed), max(missed))
    low, high = map(number, ends)
    if low == high:
        span = low
    elif len(missed) == total == len({*missed}) == 2:
        span = words("{low} and {high}", low=low, high=high)
    else:
        span = words("{low} to {high}", low=low, high=high)
    value = value_words(group[0].value, attribute, tables, words)
    label = attribute_label(attribute, words.language)
    named = {"label": label, "value": value, "cuts": with_unit(span, attribute, words, *ends)}
    if len(missed) == total == 1:
        return (
            words("{label}: {value} is below {cuts}", **named)
            if below
            else words("{label}: {value} is above {cuts}", **named)
        )
    if len(missed) == total and total - 2 < len(COUNTED):
        named["count"] = words(COUNTED[total - 2])
    else:
        named["count"] = words("{count} of {total}", count=len(missed), total=total)
    return (
        words("{label}: {value} is below {count} cut-offs, {cuts}", **named)
        if below
        else words("{label}: {value} is above {count} cut-offs, {cuts}", **named)
    )


def opening_words(opening: Opening, tables: Tables, words: Words) -> str:
    """What a fact would have to be: *Bilirubin below 2 mg/dL*; its name where no bound is known."""
    label = attribute_label(tables.attributes[opening.through or opening.fact], words.language)
    return opening_condition(opening, tables, words) or label


def opening_condition(opening: Opening, tables: Tables, words: Words) -> str:
    """What a fact would have to be; empty where only its name can be said."""
    attribute = tables.attributes[opening.through or opening.fact]
    label = attribute_label(attribute, words.language)
    if opening.words:
        either = _one_of(opening, attribute, tables, words)
        return words("{label}: {value}", label=label, value=either) if either else ""
    bounds: list[str] = []
    if opening.low is not None:
        figure = with_unit(number(opening.low), attribute, words, opening.low)
        if opening.low_will_do:
            bounds.append(words("{value} or more", value=figure))
        else:
            bounds.append(words("above {value}", value=figure))
    if opening.high is not None:
        figure = with_unit(number(opening.high), attribute, words, opening.high)
        if opening.high_will_do:
            bounds.append(words("{value} or less", value=figure))
        else:
            bounds.append(words("below {value}", value=figure))
    if not bounds:
        return ""
    return words("{label} {value}", label=label, value=words(" and ").join(bounds))


def _one_of(opening: Opening, attribute: Attribute, tables: Tables, words: Words) -> str:
    """The words that open an option, or those that do not where they are fewer; not a long list."""
    closing = [word for word in attribute.allowed if word not in opening.words]
    either = words(" or ")
    if attribute.type == "enum" and len(closing) < len(opening.words):
        rest = either.join(value_words(word, attribute, tables, words) for word in closing)
        return words("not {value}", value=rest) if len(closing) <= MOST_WORDS else ""
    if len(opening.words) > MOST_WORDS:
        return ""
    return either.join(value_words(word, attribute, tables, words) for word in opening.words)
