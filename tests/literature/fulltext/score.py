"""Proposals beside a labelled set: how many are right, and how many of the figures are found.

``python -m tests.literature.fulltext.score FOLDER`` reads its ``labels.csv`` and ``texts/``.
"""

from __future__ import annotations

import csv
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from hilum.literature.fulltext.pages import Page
from hilum.literature.fulltext.propose import once, proposals
from hilum.literature.fulltext.tokens import NOT_REACHED


@dataclass(frozen=True, slots=True)
class Label:
    """A figure that a careful reader takes."""

    text: str
    measure: str
    outcome: str
    events: str
    n: str
    value: str
    low: str
    high: str
    interval: str
    unit: str
    time_months: str
    p: str
    criteria: str
    group: str
    words: str


def labels_of(folder: Path) -> list[Label]:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return [
            Label(**{k: (row.get(k) or "").strip() for k in Label.__slots__})
            for row in csv.DictReader(file)
        ]


def proposed(path: Path):
    text = path.read_text(encoding="utf-8")
    return once(proposals([Page(i, one) for i, one in enumerate(text.split("\f"), 1)]))


def _number(text):
    pointed = re.sub(r"^(-?\d+),(\d{1,2})$", r"\1.\2", str(text).strip())
    try:
        return float(pointed.replace(",", "").replace("·", ".").replace("%", ""))
    except ValueError:
        return str(text).strip().lower()


def _agree(a, b):
    """Two printed parts: the same, or one is not there."""
    return not a or not b or _number(a) == _number(b)


def fits(label: Label, one) -> bool:
    """The same figure; what only one of them has is not held against the other."""
    same = (label.measure, label.outcome) == (one.measure, one.outcome)
    if not same and not (label.measure == one.measure == "follow_up"):
        return False
    events, n = ("" if v is None else str(v) for v in (one.events, one.n))
    valued = label.value and one.value
    counted = label.events and events
    if not valued and not counted:
        return False
    time = "" if one.time_months is None else str(one.time_months)
    pairs = (
        (label.value, one.value), (label.events, events), (label.n, n), (label.low, one.low),
        (label.high, one.high), (label.time_months, time),
    )  # fmt: skip
    if not all(_agree(a, b) for a, b in pairs):
        return False
    return label.unit in ("", one.unit) or one.value == NOT_REACHED or one.unit == ""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over a set."""

    proposed: int
    right: int
    labelled: int
    found: int
    wrong: tuple[tuple[str, object], ...]
    missed: tuple[Label, ...]

    @property
    def precision(self) -> float:
        return self.right / self.proposed

    @property
    def recall(self) -> float:
        return self.found / self.labelled


def score(folder: Path, chosen=lambda text: True) -> Score:
    labels = [one for one in labels_of(folder) if chosen(one.text)]
    wrong, missed, right, count = [], [], 0, 0
    for path in sorted((folder / "texts").glob("*.txt")):
        if not chosen(path.stem):
            continue
        left = [one for one in labels if one.text == path.stem]
        for one in proposed(path):
            count += 1
            hit = next((label for label in left if fits(label, one)), None)
            if hit is None:
                wrong.append((path.stem, one))
            else:
                right += 1
                left.remove(hit)
        missed += left
    return Score(count, right, len(labels), len(labels) - len(missed), tuple(wrong), tuple(missed))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    part = sys.argv[2] if len(sys.argv) > 2 else "all"
    halves = {"all": lambda t: True, "odd": lambda t: int(t[-1]) % 2 == 1,
              "even": lambda t: int(t[-1]) % 2 == 0}  # fmt: skip
    found = score(folder, halves[part])
    for text, one in found.wrong:
        print("WRONG", text, one.measure, one.outcome, one.events, one.n, one.value, one.low,
              one.high, one.unit, one.time_months, "|", one.sentence)  # fmt: skip
    for label in found.missed:
        print("missed", label.text, label.measure, label.outcome, label.events, label.value, "|",
              label.words)  # fmt: skip
    print(f"precision {found.precision:.3f} ({found.right}/{found.proposed}), "
          f"recall {found.recall:.3f} ({found.found}/{found.labelled})")  # fmt: skip
