"""A record as it is compared: small, folded once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography.scripts import latin, unspaced
from hilum.literature.duplicates import folding
from hilum.literature.duplicates.journals import Journal, journal_of

if TYPE_CHECKING:
    from hilum.literature.bibliography.record import Record

COCHRANE: Final = re.compile(r"\bcd(\d{6})\b")
_PUB: Final = re.compile(r"\.pub(\d+)")
_NCT: Final = re.compile(
    r"\b(?:NCT\d{8}|ISRCTN\d{8}|ChiCTR[-\w]{6,20}|EUCTR\d{4}-\d{6}-\d\d)\b", re.I
)
# Kinds of record that are a register's own entry, not a paper about the study.
_ENTRY: Final = re.compile(r"clinicaltrials?\.gov|trial regist(?:ry|er|ration)|\bICTRP\b", re.I)
# Kinds of report that are never a copy of the paper they are about.
MARKS: Final = (
    ("erratum", re.compile(
        r"^\W*(?:published |author |publisher )?(?:errat(?:um|a)|corrigend(?:um|a)|corrections?)\b"
        r"|\b(?:erratum|corrigendum|correction)\W*$|\(vol\.? \d+,? (?:pg?|pp|page)\.? ", re.I)),
    ("retraction", re.compile(r"^\W*(?:retraction|retracted|withdrawn|withdrawal)\b", re.I)),
    ("reply", re.compile(
        r"^\W*(?:(?:author'?s?'?|the authors?'?) )?(?:reply|response|rebuttal)"
        r"(?: to\b|\b(?=\W*(?:$|:|by|from)))"
        r"|\b(?:author'?s?'? )?(?:reply|response)\W*$|^\W*re\s*:"
        r"|^\W*in (?:reply|response) to\b", re.I)),
    ("comment", re.compile(
        r"^\W*(?:comments?|commentary|editorial|letter)\s*(?:on|to|:)|\b(?:commentary|comment|letter)\W*$",
        re.I)),
    ("protocol", re.compile(
        r"\b(?:study|trial|review)? ?protocol\b(?! violations?)|\brationale and design\b"
        r"|\bdesign and rationale\b|\bstudy design\W*$", re.I)),
)  # fmt: skip
_NOTICE: Final = re.compile(
    r"\W*(?:retraction|withdrawal)\b(\s+(?:notice|note|statement|of|to)\b)?", re.I
)
_MEETING: Final = re.compile(r"conf|proceed|cpaper|meeting|congress|symposi|workshop", re.I)
_SUPPLEMENT: Final = re.compile(r"supp|meeting|\babs", re.I)
ABSTRACT: Final = 320
LETTERS_OF_A_WORD: Final = 4
"""Chinese letters of a title that say as much as a word of a Latin one."""


@dataclass(frozen=True, slots=True)
class Side:
    """One record's side of a comparison; what the source does not say is empty.

    ``notice``: 2 where the title is that of a notice of retraction, 1 where it may be ("Retraction:
    ..." stands before the paper's own title too), else 0.
    """

    record_id: str
    title: str
    squeezed: str
    other: str
    head: str
    told: int
    numbers: tuple[str, ...]
    marks: frozenset[str]
    notice: int
    bracketed: bool
    foreign: bool
    scripts: frozenset[str]
    families: tuple[str, ...]
    names: frozenset[str]
    initial: str
    year: int
    journal: Journal | None
    volume: str
    issue: str
    first: str
    last: str
    supplement: bool
    meeting: bool
    doi: str
    pmid: str
    abstract: str
    cochrane: str
    version: str
    registered: frozenset[str]
    entry: bool

    @property
    def number(self) -> str:
        """The one number of a register that the record names; empty where it names several."""
        return next(iter(self.registered)) if len(self.registered) == 1 else ""


def side_of(record: Record) -> Side:
    """The side of a record."""
    title = record.title.strip()
    main, other = _titles(folding.unadorned(title))
    listed = folding.title_words(main)
    squeezed = "".join(listed)
    split = _HEAD.split(main, 1)
    informative = [w for w in listed if len(w) > 2 and w not in folding.PLAIN]
    told = sum(w not in folding.GENERIC and not unspaced(w) for w in informative)
    # No blank ends a word there: every four letters count as one.
    told += unspaced(main) // LETTERS_OF_A_WORD
    found = [folding.name(one) for one in folding.people(record.authors)]
    first, last = folding.page_span(record.pages)
    doi = record.identifier("doi")
    volume = folding.number(record.volume) if record.volume else ""
    review = COCHRANE.search(f"{doi} {record.pages.lower()}")
    version = _PUB.search(doi)
    if first == "1" and last and not volume:
        first = last = ""  # proofs ahead of print are all paged from 1
    written = " ".join(record.authors)
    return Side(
        record_id=record.record_id,
        title=" ".join(listed),
        squeezed=squeezed,
        other="".join(folding.title_words(other)) if other else "",
        head=squeezed if len(split) == 1 else "".join(folding.title_words(split[0])),
        told=told,
        numbers=folding.numbers(listed),
        marks=_marks(main),
        notice=_notice(main),
        bracketed=title.startswith("[") or record.language.lower()[:2] not in ("", "en"),
        scripts=frozenset(
            one
            for one, there in (("unspaced", unspaced(written)), ("latin", latin(written)))
            if there
        ),
        foreign=_foreign(listed) or not (main.isascii() or _latin(main)),
        families=tuple(one for one, _, _ in found),
        names=frozenset(one for _, every, _ in found for one in every),
        initial=found[0][2] if found else "",
        year=record.year or 0,
        journal=journal_of(record.journal) if record.journal else None,
        volume=volume,
        issue=folding.number(record.issue) if record.issue else "",
        first=first,
        last=last,
        supplement=bool(_SUPPLEMENT.search(f"{record.volume} {record.issue}"))
        or first.startswith("s"),
        meeting=bool(_MEETING.search(record.kind)),
        doi=doi if doi.count("/") and not doi.endswith((".", "/")) else "",
        pmid=record.identifier("pmid"),
        abstract=" ".join(folding.words(record.abstract[: 2 * ABSTRACT]))[:ABSTRACT],
        cochrane=review[1] if review else "",
        version=version[1] if version else "",
        registered=_registered(record),
        entry=bool(_ENTRY.search(record.kind)),
    )


def _registered(record: Record) -> frozenset[str]:
    """Numbers of registers in the title, the abstract and the identifiers."""
    listed = [value for scheme, value in record.identifiers if scheme == "nct"]
    written = " ".join((record.title, record.abstract, *listed))
    return frozenset(one.upper() for one in _NCT.findall(written))


_HEAD: Final = re.compile(r"[:.?;]\s|\s[-–—]+\s")
_HINTS: Final = (
    "errat", "corri", "correct", "retract", "withdraw", "repl", "respon", "rebut", "comment",
    "editorial", "letter", "protocol", "rationale", "study design", "re:", "re :", "(vol",
)  # fmt: skip


def _marks(title: str) -> frozenset[str]:
    small = title.lower()
    if not any(one in small for one in _HINTS):
        return frozenset()
    return frozenset(name for name, pattern in MARKS if pattern.search(title))


def _notice(title: str) -> int:
    found = _NOTICE.match(title)
    return 0 if found is None else 2 if found[1] else 1


def _titles(title: str) -> tuple[str, str]:
    """A title and its other form: "Foreign title [English title]", "One = Another"."""
    inner = re.fullmatch(r"\[(.+?)\]\W*(.*)", title)
    if inner:
        rest = inner[2].strip(" .")
        return inner[1], rest if len(rest) > 20 else ""
    after = re.fullmatch(r"(.{15,}?)\s*[\[(]([^\])]{20,})[\])]\.?", title)
    if after and not re.match(r"see |erratum|comment|published", after[2], re.I) and "[" in title:
        return after[1], after[2]
    if " = " in title:
        one, _, two = title.partition(" = ")
        return one, two
    return title, ""


_ENGLISH: Final = folding.listed("the of and in with for an by from on to a")
_OTHERS: Final = folding.listed(
    "der die das und von bei mit des den dem zur zum eine einer le la les du de et dans une pour "
    "chez el los las del con para por en di il nel nella della dei och av til og med"
)


def _foreign(title: list[str]) -> bool:
    english = sum(w in _ENGLISH for w in title)
    others = sum(w in _OTHERS for w in title)
    return others > english


def _latin(title: str) -> bool:
    letters = [one for one in title if one.isalpha()]
    return not letters or sum(one < "\u0250" for one in letters) * 2 >= len(letters)
