"""The PRISMA 2020 flow diagram of a review, and the page on which its boxes open their records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.literature.flow.counted import OTHERS, SEARCHES
from hilum.plots.flow import FlowBox, FlowHead, FlowLine, flow_svg
from hilum.records import found
from hilum.rendering.flow import (
    ALWAYS,
    GAPS,
    REMOVED,
    SOURCE,
    VIAS,
    count_of,
    name_of,
    part_label,
    verdict_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.analyses.flow import FlowAnswered
    from hilum.language import Words
    from hilum.literature.flow.counted import Box

ROWS: Final = {
    "identified": (0, ""),
    "removed": (0, "_side"),
    "screened": (1, ""),
    "excluded": (1, "_side"),
    "sought": (2, ""),
    "not_retrieved": (2, "_side"),
    "assessed": (3, ""),
    "excluded_reports": (3, "_side"),
}
"""Row of a box, and whether it stands to the side."""
WAY: Final = ("identified", "screened", "sought", "assessed")
SIDES: Final = ("removed", "excluded", "not_retrieved", "excluded_reports")
INCLUDED, TOTAL = 4, 5
AGAIN: Final = {"rescreened": 1, "reopened": 2}
"""Row of what the last version left open."""
STAGES: Final = (("Identification", 0, 0), ("Screening", 1, 3))
HEADS: Final = {
    (SEARCHES, False): "Identification of studies via databases and registers",
    (OTHERS, False): "Identification of studies via other methods",
    (SEARCHES, True): "Identification of new studies via databases and registers",
    (OTHERS, True): "Identification of new studies via other methods",
}
PREVIOUS: Final = "Previous studies"
NOT_SOUGHT: Final = "Records not sought"
KNOWN: Final = "Known from databases and registers, or twice"
OF_THESE: Final = "of these RETRACTED"
ON_TITLE: Final = "Excluded by title and abstract"


def messages() -> set[str]:
    """Ids that stand in tables."""
    stages = {one for one, _, _ in STAGES}
    return {*HEADS.values(), *stages, PREVIOUS, "Included", NOT_SOUGHT, KNOWN, ON_TITLE, OF_THESE}


def anchor(column: str, code: str, part: int | None = None) -> str:
    """Where a page lists the records of a box or of one of its parts."""
    return f"{column}-{code}" + ("" if part is None else f"-{part + 1}")


def flow_picture(answer: FlowAnswered, words: Words, page: str = "") -> str:
    """The diagram; its boxes lead to the lists of ``page``, or of the page it stands on."""
    diagram = _Diagram(answer, words, page)
    diagram.column(SEARCHES)
    if any(one.column == OTHERS for one in answer.boxes):
        diagram.others()
    diagram.included()
    update = diagram.update
    heads = [FlowHead(words(HEADS[SEARCHES, update]), "searches", "searches_side")]
    if diagram.held(OTHERS, "identified"):
        heads.append(FlowHead(words(HEADS[OTHERS, update]), "others", "others_side"))
    if update:
        heads.insert(0, FlowHead(words(PREVIOUS), "previous", "previous"))
    stages = [(words(text), first, last) for text, first, last in STAGES]
    stages.append((words("Included"), INCLUDED, TOTAL if update else INCLUDED))
    return flow_svg(
        diagram.boxes,
        heads,
        stages,
        diagram.arrows(),
        title=words("PRISMA 2020 flow diagram: {title}", title=answer.title),
        foot=(verdict_line(answer, words), words(SOURCE)),
    )


class _Diagram:
    """The boxes as they are drawn, gathered column by column."""

    def __init__(self, answer: FlowAnswered, words: Words, page: str) -> None:
        self.answer, self.words, self.page = answer, words, page
        self.by = {(one.column, one.code): one for one in answer.boxes}
        self.update = any(one.code == "previous_studies" for one in answer.boxes)
        self.boxes: list[FlowBox] = []

    def held(self, column: str, code: str) -> Box | None:
        """A box of the answer."""
        return self.by.get((column, code))

    def href(self, column: str, code: str, part: int | None = None) -> str:
        """Where a box leads."""
        return f"{self.page}#{anchor(column, code, part)}"

    def add(self, row: int, column: str, box: Box, lines: Iterable[FlowLine]) -> None:
        """Draw a box of the answer."""
        self.boxes.append(
            FlowBox(row, column, tuple(lines), self.href(box.column, box.code), _some(box.records))
        )

    def column(self, column: str) -> None:
        """The boxes of one column, and what is open beside them."""
        for code, (row, side) in ROWS.items():
            box = self.held(column, code)
            if box is not None:
                self.add(row, f"{column}{side}", box, self.lines(box))
        for gap in self.answer.gaps:
            if gap.column == column:
                self.gap(gap.code, column, 1 if gap.after == "removed" else 3)

    def gap(self, code: str, column: str, row: int) -> None:
        """A dashed box of what nobody has decided yet."""
        gap = next(one for one in self.answer.gaps if (one.code, one.column) == (code, column))
        text = count_of(self.words(found(GAPS, code, "gap")), len(gap.records), self.words)
        self.boxes.append(
            FlowBox(row, f"{column}_side", (FlowLine(text),), self.href(column, code),
                    _some(gap.records), gap=True)
        )  # fmt: skip

    def lines(self, box: Box) -> list[FlowLine]:
        """A box's lines: its count, then its parts."""
        words = self.words
        if box.code == "identified":
            return self.sources(box)
        if box.code == "removed":
            shown = {one.code: (at, len(one.records)) for at, one in enumerate(box.parts)}
            out = [FlowLine(words("Records removed before screening:"))]
            for code, said in REMOVED.items():
                at, n = shown.get(code, (None, 0))
                if not n and code not in ALWAYS:
                    continue
                text = count_of(words(said), n, words)
                out.append(FlowLine(text, self.href(box.column, box.code, at), 1))
            return out
        out = [FlowLine(count_of(name_of(box.code, self.answer, words), box.n, words))]
        for at, part in enumerate(box.parts):
            label = part_label(box, part, self.answer, words)
            if label:
                text = count_of(label, len(part.records), words)
                out.append(FlowLine(text, self.href(box.column, box.code, at), 1))
        return out

    def sources(self, box: Box) -> list[FlowLine]:
        """Records by kind of source, then by source."""
        words = self.words
        out = [FlowLine(words("Records identified from:"))]
        usual = ("database", "register") if box.column == SEARCHES else ()
        kinds = dict.fromkeys((*usual, *(part.kind for part in box.parts)))
        for kind in (one for one in VIAS if one in kinds):
            mine = [(at, part) for at, part in enumerate(box.parts) if part.kind == kind]
            n = sum(len(part.records) for _, part in mine)
            out.append(FlowLine(count_of(words(VIAS[kind]), n, words), "", 1))
            out += [
                FlowLine(count_of(part.code, len(part.records), words),
                         self.href(box.column, box.code, at), 2)
                for at, part in mine
            ]  # fmt: skip
        return out

    def others(self) -> None:
        """The column of other methods: what was not sought stands beside what was found."""
        words = self.words
        for code in ("identified", "sought", "not_retrieved", "assessed", "excluded_reports"):
            box = self.held(OTHERS, code)
            if box is not None:
                row, side = ROWS[code]
                self.add(row, f"{OTHERS}{side}", box, self.lines(box))
        left = [
            (self.held(OTHERS, code), said)
            for code, said in (("removed", KNOWN), ("excluded", ON_TITLE))
        ]
        told = [(box, said) for box, said in left if box is not None and box.n]
        if told:
            first = told[0][0]
            lines = [FlowLine(f"{words(NOT_SOUGHT)}:")]
            lines += [
                FlowLine(count_of(words(said), box.n, words), self.href(OTHERS, box.code), 1)
                for box, said in told
            ]
            self.boxes.append(
                FlowBox(0, f"{OTHERS}_side", tuple(lines), self.href(OTHERS, first.code))
            )
        for gap in self.answer.gaps:
            if gap.column == OTHERS:
                self.gap(gap.code, OTHERS, 1 if gap.after == "removed" else 3)

    def included(self) -> None:
        """Studies and reports of this round, of the last one, of both."""
        self.pair("included", INCLUDED, "searches")
        if self.update:
            self.pair("previous", 0, "previous", "previous")
            self.left_open()
            self.pair("total", TOTAL, "searches")

    def left_open(self) -> None:
        """What the last version left open: records to be screened, reports sought again."""
        for name in (SEARCHES, OTHERS):
            for code, row in AGAIN.items():
                box = self.held(name, code)
                if box is not None:
                    self.add(row, "previous", box, self.lines(box))

    def pair(self, which: str, row: int, at: str, column: str = "all") -> None:
        """A box of studies and of their reports."""
        studies, reports = (self.by[column, f"{which}_{one}"] for one in ("studies", "reports"))
        lines = [
            FlowLine(
                count_of(name_of(one.code, self.answer, self.words), one.n, self.words),
                self.href(one.column, one.code),
            )
            for one in (studies, reports)
        ]
        code = {"included": "retracted_included", "previous": "retracted_before"}.get(which)
        lines += [
            FlowLine(count_of(self.words(OF_THESE), one.n, self.words), level=1)
            for one in self.answer.remarks
            if one.code == code
        ]
        self.add(row, at, studies, lines)

    def arrows(self) -> list[tuple[tuple[int, str], tuple[int, str]]]:
        """Down the way of a record, and to the side where one leaves it."""
        out = [((row, SEARCHES), (row + 1, SEARCHES)) for row in range(INCLUDED)]
        out += [((row, SEARCHES), (row, f"{SEARCHES}_side")) for row in range(INCLUDED)]
        out += [((row, OTHERS), (row, f"{OTHERS}_side")) for row in (0, 2, 3)]
        out += [((0, OTHERS), (2, OTHERS)), ((2, OTHERS), (3, OTHERS))]
        out.append(((3, OTHERS), (INCLUDED, SEARCHES)))
        if self.update:
            out.append(((INCLUDED, SEARCHES), (TOTAL, SEARCHES)))
            out.append(((0, "previous"), (TOTAL, SEARCHES)))
        out += [((row, "previous"), (row, SEARCHES)) for code, row in AGAIN.items()
                if self.held(SEARCHES, code) is not None]  # fmt: skip
        return out


def _some(records: tuple[str, ...], most: int = 30) -> str:
    """The first records' ids, where a pointer rests."""
    more = len(records) - most
    return ", ".join(records[:most]) + (f" … (+{more})" if more > 0 else "")
