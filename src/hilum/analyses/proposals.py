"""Figures that a full text seems to print, proposed with page and sentence, and what cannot fit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.analyses.asked import check
from hilum.errors import Fault
from hilum.literature.fulltext.arithmetic import findings
from hilum.literature.fulltext.pages import read_pages
from hilum.literature.fulltext.propose import left_out, once, proposals_of
from hilum.literature.fulltext.sentences import sentences
from hilum.literature.fulltext.tongue import read_in_english, tongue_of
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.literature.fulltext.proposal import Proposal
    from hilum.watch import Watch


@dataclass(frozen=True, kw_only=True)
class ProposalsAsked:
    """Full texts: PDF, or text with a form feed between pages."""

    files: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse no file at all."""
        none = [] if self.files else [Fault("", None, "files", "", "a full text")]
        check(self, *none)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A figure as printed; empty or None where it is not printed beside it.

    See :class:`hilum.literature.fulltext.proposal.Proposal`; ``words`` are those of the figure.
    """

    measure: str
    outcome: str
    group: str
    side: str
    events: int | None
    n: int | None
    arm_n: int | None
    value: str
    low: str
    high: str
    interval: str
    level: float | None
    unit: str
    time_months: float | None
    p: str
    criteria: str
    page: int
    words: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Figures that do not fit each other; ``code`` of ``arithmetic.KINDS``."""

    code: str
    page: int
    printed: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A figure that was seen and is not proposed; ``code`` of ``doubts.REASONS`` says why."""

    code: str
    outcome: str
    page: int
    words: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One full text; ``figures`` are proposals: nothing is taken before a person says so.

    ``tongue``: code of the language it is in (``fulltext.tongue``); only English is read.
    """

    file: str
    tongue: str
    pages: int
    pages_without_text: tuple[int, ...]
    figures: tuple[Proposed, ...]
    left_out: tuple[LeftOut, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, kw_only=True)
class ProposalsAnswered:
    """What each full text seems to print."""

    papers: tuple[Paper, ...]
    asked: ProposalsAsked


def run(asked: ProposalsAsked, watch: Watch = SILENT) -> ProposalsAnswered:
    """Read the full texts.

    Raises
    ------
    InputError
        A file that cannot be read or has no text.
    MissingExtra
        A PDF, and the extra that reads it is not installed.
    Stopped
        When the watch says so.
    """
    return ProposalsAnswered(
        papers=tuple(_paper(Path(one), watch) for one in asked.files), asked=asked
    )


def _paper(path: Path, watch: Watch) -> Paper:
    pages = read_pages(path, watch)
    every = sentences(pages)
    read = read_in_english(every)
    found = proposals_of(read, watch)
    return Paper(
        file=path.name,
        tongue=tongue_of(one.plain for one in every),
        pages=len(pages),
        pages_without_text=tuple(one.number for one in pages if not one.text.strip()),
        figures=tuple(_proposed(one) for one in once(found)),
        left_out=tuple(
            LeftOut(
                code=one.doubt,
                outcome=one.outcome,
                page=one.page,
                sentence=_line(one.sentence),
                words=_line(one.sentence[slice(*one.span)]),
            )
            for one in left_out(found)
        ),
        doubts=tuple(
            Doubt(code=one.code, page=one.page, printed=one.printed, sentence=_line(one.sentence))
            for one in findings(read, found)
        ),
    )


def _proposed(one: Proposal) -> Proposed:
    return Proposed(
        measure=one.measure, outcome=one.outcome, group=one.group, side=one.side,
        events=one.events, n=one.n, arm_n=one.arm_n, value=one.value, low=one.low, high=one.high,
        interval=one.interval, level=one.level, unit=one.unit, time_months=one.time_months,
        p=one.p, criteria=one.criteria, page=one.page,
        words=_line(one.sentence[slice(*one.span)]), sentence=_line(one.sentence),
    )  # fmt: skip


def _line(text: str) -> str:
    return " ".join(text.split())
