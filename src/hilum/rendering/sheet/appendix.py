"""The appendix on paper: every rule, figure and source once, what repeats as a numbered note.

On the screen each treatment opens by itself and says all of its own. On paper the same sentence
would stand a hundred times: here it stands once among the notes, and its number where it counts.
Studies are lines, not rows of a table with five narrow columns; what was left out stands by its
reason. Nothing that the page says is dropped.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hilum.evidence.vocabulary import POPULATION_LABELS
from hilum.rendering.sheet.survival import survival_picture
from hilum.rendering.sheet.verdict_page import OPEN_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hilum.rendering.sheet.html import Page

Cell = dict[str, Any]
# Characters that a note must save to be worth looking up.
WORTH = 120


@dataclass(frozen=True, slots=True)
class Notes:
    """Sentences that stand more than once, by the number of their note."""

    numbers: Mapping[str, int]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Notes:
        """Number what is repeated, in the order of its first place."""
        often = [text for text, n in Counter(texts).items() if len(text) * (n - 1) > WORTH]
        return cls({text: number for number, text in enumerate(often, 1)})

    def said(self, texts: Sequence[str]) -> Cell:
        """What stands here in words, and the numbers of the notes that go with it."""
        known = [self.numbers[text] for text in texts if text in self.numbers]
        return {
            "own": " ".join(text for text in texts if text not in self.numbers),
            "notes": " ".join(str(one) for one in sorted(known)),
        }


def appendix(page: Page, context: Mapping[str, Any]) -> Cell:
    """Variables of ``appendix.html.j2``, from those of the page."""
    options: list[Cell] = context["options"]
    compared = [row for group in context["comparisons"] for row in group["rows"]]
    notes = Notes.of(_repeated(options, context["frame"], compared))
    opened = [one | {"answers": [_answer(cell, notes) for cell in _cells(one)]} for one in options]
    return {
        "treatments": opened,
        "curves": list(_curves(page)),
        "record": [_answer(cell, notes) for cell in context["frame"]],
        "ratios": [
            {
                "title": group["title"],
                "rows": [
                    row | {"grounds": notes.said(_grounds(row["rated"]))} for row in group["rows"]
                ],
            }
            for group in context["comparisons"]
        ],
        "notes": [{"number": number, "text": text} for text, number in notes.numbers.items()],
    }


def _curves(page: Page) -> Iterator[str]:
    """The survival of the open treatments, drawn; one without a curve is told by its figures."""
    for option in page.sheet.options:
        one = option.survival
        if option.status in OPEN_ROWS and one is not None and one.curve:
            name = page.verdict.tongue.treatment(option.treatment)
            population = page.words(POPULATION_LABELS[one.population])
            yield survival_picture(one, f"{name} · {population}", page.words)


def _cells(option: Cell) -> list[Cell]:
    first = [option["survival"]] if option["survival"] else []
    return [*first, *option["details"]]


def _repeated(
    options: Iterable[Cell], frame: Iterable[Cell], compared: Iterable[Cell]
) -> Iterator[str]:
    """Every sentence that may become a note, as often as it would be printed."""
    cells = [*(cell for one in options for cell in _cells(one)), *frame]
    for cell in cells:
        for part in cell["parts"]:
            yield from _sentences(part)
            yield from _grounds(part["rated"])
            yield from (row["derived"] for row in part["rows"] if row["derived"])
    for row in compared:
        yield from _grounds(row["rated"])


def _sentences(part: Cell) -> list[str]:
    return [one for one in (*part["told"], part["refused"], part["caveat"]) if one]


def _grounds(rated: Cell) -> list[str]:
    """The reasons of a level of certainty, each as one line."""
    if not rated["line"]:
        return []
    return [rated["sentence"], *(_ground(row) for row in rated["reasons"])]


def _ground(row: Mapping[str, str]) -> str:
    steps = f" ({row['steps']})" if row["steps"] else ""
    parts = (f"{row['domain']}: {row['judgement']}{steps}", row["edit"], row["reason"])
    source = f" [{row['source']}]" if row["source"] else ""
    return " · ".join(part for part in parts if part) + source + "."


def _answer(cell: Cell, notes: Notes) -> Cell:
    """One outcome of one treatment: its parts as a paragraph each, its studies as lines."""
    return {
        "id": cell["id"],
        "title": cell["title"],
        "figure": cell["figure"],
        "interval": cell.get("interval", ""),
        "k": cell["k"],
        "n": cell["n"],
        "population": cell["population"],
        "parts": [_part(part, notes, alone=len(cell["parts"]) == 1) for part in cell["parts"]],
    }


def _part(part: Cell, notes: Notes, *, alone: bool) -> Cell:
    used = [row for row in part["rows"] if not row["reason"]]
    return {
        **{key: part[key] for key in ("population", "designs", "k", "n", "prediction", "tau2")},
        **{key: part[key] for key in ("i2", "range", "largest", "randomised", "beside")},
        **{key: part[key] for key in ("criteria", "joint")},
        # The head of the outcome has said whose answer it is.
        "named": not alone,
        "level": part["rated"]["line"],
        "said": notes.said(_sentences(part)),
        "grounds": notes.said(_grounds(part["rated"])),
        # Of a curve: its rows stand once, with the outcome that each figure is of.
        "brief": "; ".join(f"{row['name']} {row['figure']}" for row in used)
        if "compact" in part
        else "",
        "lines": [] if "compact" in part else [_line(row, notes) for row in used],
        "left": _left(part["left"]),
        # One study is its line above; the curves stand with all survival.
        "forest": part["forest"] if part["k"] > 1 and "compact" not in part else "",
    }


def _line(row: Cell, notes: Notes) -> Cell:
    derived = [row["derived"]] if row["derived"] else []
    told = (
        row["arm"], row["subgroup"], row["design"], row["risk"], row["criteria"],
        row["locator"], row["read_from"],
    )  # fmt: skip
    return {
        "name": row["name"],
        "verify": row["verify"],
        "figure": row["figure"],
        "told": " · ".join(part for part in told if part),
        "derived": notes.said(derived),
        "row": row["row"],
    }


def _left(rows: Sequence[Cell]) -> list[Cell]:
    """What is not in the answer, by its reason."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(row["reason"], []).append(f"{row['name']} {row['figure']}")
    return [
        {"reason": reason, "count": len(found), "studies": "; ".join(found)}
        for reason, found in groups.items()
    ]
