"""What stands beside a case's form: the verdicts, what moved, what would change them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from hilum.patient.lists import takes_treatments
from hilum.patient.measures import SI
from hilum.rendering.case_courses import courses_said
from hilum.rendering.sheet.signs import SHAPES
from hilum.rendering.sheet.verdict_page import VerdictPage
from hilum.sheet.verdict_words import RESECTABILITY, SIGN_OF, STATUS

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.sheet import Sheet
    from hilum.sheet.sheet_verdict import Value

Cell = dict[str, Any]
ARROW: Final = " → "
# Closed without a reason of the patient's own: named in one line.
NAMED: Final = ("no_indication",)
MOVED: Final = "{count} of {total} verdicts moved."
ONE_MOVED: Final = "1 of {total} verdicts moved."
NOTHING_MOVED: Final = "No verdict moved."
MORE_CHANGES: Final = "and {count} more"
DECIDES: Final = "decides {count}"
READ_AS: Final = "read as {value}"
# Changes that the strip names.
SHOWN: Final = 3


def messages() -> set[str]:
    """Ids that stand in the tables above."""
    return {MOVED, ONE_MOVED, NOTHING_MOVED, MORE_CHANGES, DECIDES, READ_AS}


def drawn(status: str) -> Markup:
    """The sign of a verdict in the colour of its word, on a light or a dark ground."""
    shape = SHAPES[status].replace("{c}", "currentColor").replace('stroke="#fff"', 'class="in"')
    return Markup(
        '<svg class="sign" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">'
        f"{shape}</svg>"
    )


def answer_context(after: Sheet, before: Sheet | None, words: Words) -> Cell:
    """Variables of the answer; ``before`` is the kept state where something is tried."""
    page = VerdictPage(after, words)
    found = page.context()
    past = {one.treatment: one.status for one in before.options} if before else {}
    groups = [_group(one, past, words) for one in found["groups"]]
    moved = sum(1 for group in groups for one in group["options"] if one["was"])
    answer = {**found["answer"], "sign": drawn(found["answer"]["kind"]), "was": None}
    if before and before.resectability.verdict != after.resectability.verdict:
        verdict = before.resectability.verdict
        answer["was"] = {"sign": drawn(SIGN_OF[verdict]), "word": words(RESECTABILITY[verdict]),
                         "kind": SIGN_OF[verdict]}  # fmt: skip
    return {
        "heading": found["heading"],
        "alerts": found["alerts"],
        "answer": answer,
        "nobody": found["nobody"],
        "groups": groups,
        "change": [
            {"name": one.fact, "fact": shown["fact"], "decides": shown["names"]}
            for one, shown in zip(after.would_change, found["change"], strict=False)
        ],
        "change_more": found["change_more"],
        "changes": changed_facts(before, after, words) if before else [],
        "moved": moved,
        "said": said(moved, len(after.options), words) if before else "",
    }


def said(moved: int, total: int, words: Words) -> str:
    """How many verdicts moved, in a sentence."""
    if not moved:
        return words(NOTHING_MOVED)
    return words(ONE_MOVED, total=total) if moved == 1 else words(MOVED, count=moved, total=total)


def _group(group: Cell, past: dict[str, str], words: Words) -> Cell:
    options: list[Cell] = []
    for one in group["options"]:
        was = str(past.get(one["treatment"], group["status"]))
        moved = was != group["status"]
        options.append(
            {
                **one,
                "was": {"sign": drawn(was), "word": words(STATUS[was]), "kind": was}
                if moved
                else None,
            }
        )
    named = group["status"] in NAMED
    return {
        **group,
        "sign": drawn(group["status"]),
        "rows": [one for one in options if one["was"] or not named],
        "named": [one for one in options if named and not one["was"]],
        "options": options,
    }


def changed_facts(before: Sheet, after: Sheet, words: Words) -> list[str]:
    """Facts that are stated otherwise, each with both values; some by name, the rest counted."""
    tongue = VerdictPage(after, words).tongue
    old: dict[str, Value] = {one.name: one.value for one in before.facts}
    new: dict[str, Value] = {one.name: one.value for one in after.facts}
    found = [
        f"{tongue.attribute(name)} "
        + ARROW.join(tongue.value(name, each.get(name)) for each in (old, new))
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    ]
    if len(found) > SHOWN:
        return [*found[:SHOWN], words(MORE_CHANGES, count=len(found) - SHOWN)]
    return found


def field_notes(sheet: Sheet, words: Words) -> dict[str, list[Cell]]:
    """What stands at a field: what it decides, how it is read, remarks on what was typed."""
    page = VerdictPage(sheet, words)
    found: dict[str, list[Cell]] = {}

    def note(fact: str, kind: str, text: str) -> None:
        found.setdefault(fact, []).append({"kind": kind, "text": text})

    for one in sheet.would_change:
        note(one.fact, "decides", words(DECIDES, count=one.decides))
    for one in sheet.facts:
        known = page.tongue.tables.attributes.get(one.name)
        if known is None or not one.written:
            continue
        if takes_treatments(known):
            text = courses_said(one.written, page.tongue) if one.value else ""
            text = text or page.tongue.value(one.name, one.value)
            note(one.name, "read", words(READ_AS, value=text))
        elif known.numeric and (one.name in SI or not _plainly(one.written, one.value)):
            text = page.tongue.value(one.name, one.value)
            note(one.name, "read", words(READ_AS, value=text))
    for kind, remarks in (("confirm", sheet.to_confirm), ("not-used", sheet.not_used)):
        for one in remarks:
            if one.fact:
                note(one.fact, kind, page.remark(one, named=False))
    return found


def _plainly(written: str, value: Value) -> bool:
    """Whether what was typed is the value itself, so that nobody need be told how it was read."""
    number = re.match(r"\s*(-?\d+(?:\.\d+)?)(?:\s*[^\d\s.,–<>+-]\S*)*\s*$", written)
    return number is not None and isinstance(value, int | float) and float(number[1]) == value
