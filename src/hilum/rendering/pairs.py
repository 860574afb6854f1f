"""Pairs of a review that a person looks at, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.literature.duplicates.linking import LINKS
from hilum.literature.review.judging import open_pairs, told_pairs
from hilum.records import found
from hilum.tabular.encoding import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.language import Words
    from hilum.literature.review.state import Merge, Review

SAID: Final = {
    "same": "{pair}: the same report, says {who}",
    "study": "{pair}: two reports of one study, says {who}",
    "different": "{pair}: different reports, says {who}",
    "undo": "{pair}: as it was before",
}
TOLD: Final = {
    "same": "the same report, says {who}, {when} UTC",
    "study": "two reports of one study, says {who}, {when} UTC",
    "different": "different reports, says {who}, {when} UTC",
}
WAITING: Final = (
    "pairs that a person should look at: {count} (hilum literature pairs, or the page of the "
    "review)"
)
About = dict[str, tuple[str, str]]


def messages() -> set[str]:
    """Ids that stand in the tables."""
    return {*SAID.values(), *TOLD.values(), WAITING}


def waiting_line(count: int, words: Words) -> list[str]:
    """That pairs wait for a person; nothing where none does."""
    return ["", words(WAITING, count=count)] if count else []


def said_line(what: str, pair: str, who: str, words: Words) -> str:
    """What was written down of a pair."""
    shown = " · ".join(visible(one.strip()) for one in pair.split(","))
    return words(found(SAID, what, "answer"), pair=shown, who=visible(who))


def pairs_lines(review: Review, about: Mapping[str, tuple[str, str]], words: Words) -> list[str]:
    """Pairs to be looked at, each record with what tells it apart; then what was said."""
    waiting, told = open_pairs(review), told_pairs(review)
    lines = [words("to be looked at: {count}", count=len(waiting))]
    for one in waiting:
        lines += ["", f"{visible(one.a)},{visible(one.b)}  {words(found(LINKS, one.link, 'link'))}"]
        lines += [f"  {line}" for name in (one.a, one.b) for line in _about(name, about)]
    if told:
        lines += ["", words("said by a person: {count}", count=len(told))]
        lines += [f"  {told_line(one, words)}" for one in told]
    return lines


def told_line(one: Merge, words: Words) -> str:
    """A pair, and what a person said of it."""
    return f"{visible(one.a)},{visible(one.b)}{words(': ')}{what_was_said(one, words)}"


def what_was_said(one: Merge, words: Words) -> str:
    """What a person said of a pair, who and when."""
    when = (one.undone or one.said)[:16].replace("T", " ")
    who = visible(one.by) or words("not noted")
    return words(found(TOLD, _answer(one), "answer"), who=who, when=when)


def _about(name: str, about: Mapping[str, tuple[str, str]]) -> list[str]:
    title, beside = about.get(name, ("", ""))
    return [f"{visible(name)}  {visible(title)}", f"    {visible(beside)}"]


def _answer(one: Merge) -> str:
    return "different" if one.undone else "study" if one.link else "same"


def listed_json(review: Review, about: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The same as JSON has it."""

    def record(name: str) -> dict[str, str]:
        title, beside = about.get(name, ("", ""))
        return {"id": name, "title": title, "about": beside}

    return {
        "open": [
            {"a": record(one.a), "b": record(one.b), "score": one.score, "link": one.link,
             "reasons": one.reasons}
            for one in open_pairs(review)
        ],
        "said": [
            {"a": record(one.a), "b": record(one.b), "answer": _answer(one), "who": one.by,
              "when": one.undone or one.said}
            for one in told_pairs(review)
        ],
    }  # fmt: skip
