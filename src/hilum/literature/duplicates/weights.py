"""How much two records speak for one report: weights of evidence, field by field, added up.

A weight is a log-likelihood ratio as Fellegi and Sunter (1969, 10.1080/01621459.1969.10501049)
have it: how much likelier an agreement is between two copies than between two works. The weights
are set by hand from what copies look like, in steps; each is a reason that is listed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography.scripts import unspaced
from hilum.literature.duplicates.decisive import (
    NONE,
    OPPOSITE,
    WORD,
    added,
    difference,
    exchanged,
)
from hilum.literature.duplicates.journals import AGREE, DIFFER, agreement
from hilum.literature.duplicates.kinds import ABSTRACT
from hilum.literature.duplicates.marked import marked_apart

if TYPE_CHECKING:
    from hilum.literature.duplicates.side import Side

SAME: Final = 9.0
"""At this sum and above two records are copies of one report."""
POSSIBLE: Final = 5.5
"""From here on a person should look."""

ENTRY: Final = 40.0
"""More than all that titles, people and years can say to the contrary."""

WEEKS: Final = 53
"""Issues that a volume of a year can have: higher numbers run on, or are those of a program."""
EXCLUDED: Final = "a word in one title excludes one in the other"
"""The reason of titles that are of two papers though all but a word is the same."""
NUMBER: Final = "number"
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"

Reasons = list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A pair with its sum and reasons; ``apart`` says what forbids a merge whatever the sum."""

    score: float
    reasons: tuple[tuple[str, float], ...]
    apart: str = ""
    likeness: float = 0.0

    @property
    def same(self) -> bool:
        """Whether the pair is one report."""
        return not self.apart and self.score >= SAME


def likeness(a: Side, b: Side) -> float:
    """How alike two titles are, from 0 to 1; their other forms count."""
    from rapidfuzz.fuzz import ratio

    if a.squeezed == b.squeezed:
        return 1.0 if a.squeezed else 0.0
    best = ratio(a.squeezed, b.squeezed, score_cutoff=50)
    if not a.other and not b.other:
        return best / 100
    for one, two in ((a.other, b.squeezed), (a.squeezed, b.other), (a.other, b.other)):
        if one and two:
            best = max(best, ratio(one, two))
    return best / 100


def weighed(a: Side, b: Side, alike: float | None = None) -> Weighed:
    """The evidence of a pair."""
    alike = likeness(a, b) if alike is None else alike
    reasons: Reasons = []
    differs = _content(a, b, alike)
    place = _place(a, b, differs, reasons)
    people = _people(a, b, reasons)
    _title(a, b, alike, differs, people, place, reasons)
    _year(a, b, place, reasons)
    _issue(a, b, place, people, reasons)
    _journal(a, b, place, alike, reasons)
    _numbers(a, b, alike, differs, place, reasons)
    _identifiers(a, b, reasons)
    _abstract(a, b, differs, place, reasons)
    _meeting(a, b, place, reasons)
    score = round(sum(weight for _, weight in reasons), 2)
    return Weighed(score, tuple(reasons), marked_apart(a, b, place, people), alike)


def _meeting(a: Side, b: Side, place: int, reasons: Reasons) -> None:
    """Abstract of a meeting and paper, where no page says that they are one."""
    if place > 1:
        return
    if a.meeting != b.meeting:
        said = ABSTRACT in (a.sort, b.sort)
        reasons.append(("one is of a meeting", -9.0 if said else -6.0 if place < 0 else -3.0))
    if a.supplement != b.supplement and a.first != b.first:
        reasons.append(("one is of a supplement", -6.0 if a.first and b.first else -3.0))


def _content(a: Side, b: Side, alike: float) -> str:
    """What two much alike titles differ in: a word, its opposite, a number; empty for nothing."""
    found = difference(a, b) if alike >= 0.8 and not (a.other or b.other) else NONE
    if found:
        return found
    if 0.8 <= alike < 0.995 and exchanged(a, b):
        return WORD
    one, two = Counter(a.numbers), Counter(b.numbers)
    return NUMBER if alike >= 0.6 and one - two and two - one else NONE


def _against(a: Side, b: Side, place: int, alone: float, there: float, same: float) -> float:
    """What a difference of content weighs: without a common page, on one page, on all pages.

    On a paper's own pages it may be a slip; abstracts of a meeting stand several on a page.
    """
    if place < 2:
        return alone
    return -14.0 if a.supplement and b.supplement else same if place == 3 else there


def _title(
    a: Side, b: Side, alike: float, differs: str, people: float, place: int, reasons: Reasons
) -> None:
    told = min(a.told, b.told)
    worth = (1.0, 3.0, 5.0, 7.0, 8.5, 10.0)[min(told, 5)]
    if differs == OPPOSITE:
        reasons.append((EXCLUDED, _against(a, b, place, -9.0, -4.0, -4.0)))
    elif differs == WORD:
        weight = _against(a, b, place, -7.0, -3.0, 0.0)
        reasons += [("other words in the title", weight)] if weight else []
    elif 0.8 <= alike < 0.995 and (place < 0 or _elsewhere(a, b)) and added(a, b):
        reasons.append(("more words in one title, elsewhere", -4.0))
    if alike >= 0.995 and not differs:
        reasons.append(("title", worth))
    elif alike >= 0.95:
        reasons.append(("title nearly", worth - 1.0))
    elif alike >= 0.88:
        reasons.append(("title much alike", worth - (3.5 if place >= 0 else 5.5)))
    elif _begins(a, b):
        reasons.append(
            ("one title begins as the other", min(worth, 9.0) - (2.0 if place > 1 else 4.5))
        )
    elif (
        place == 3
        and (people >= 1.0 or (other_script(a, b) and a.year == b.year))
        and (a.bracketed != b.bracketed or a.foreign != b.foreign)
    ):
        reasons.append(("title in two languages", 0.5))
    elif alike >= 0.75:
        reasons.append(("title differs in part", -1.0))
    elif alike >= 0.6:
        reasons.append(("title differs", -6.0))
    else:
        reasons.append(("another title", -10.0))


def _elsewhere(a: Side, b: Side) -> bool:
    """Whether volume and year both say another place, so that a page in common is chance."""
    other = bool(a.volume and b.volume) and a.volume != b.volume
    return other and bool(a.year and b.year) and abs(a.year - b.year) > 1


def _begins(a: Side, b: Side) -> bool:
    """Whether a title is the other's without its end (a subtitle left out, a line cut)."""
    short, long = sorted((a, b), key=lambda one: len(one.squeezed))
    if short.told < 3 or len(short.squeezed) < 22:
        return False
    return long.squeezed.startswith(short.squeezed) or (
        len(long.head) >= 22 and _near(long.head, short.squeezed)
    )


def _near(x: str, y: str) -> bool:
    from rapidfuzz.fuzz import ratio

    return ratio(x, y) >= 95


def _people(a: Side, b: Side, reasons: Reasons) -> float:
    """Shared authors, by family names; from -1 (nobody) to 1 (all); 0 where nothing is said.

    Names in Chinese letters and in Latin ones say nothing of each other.
    """
    if not a.families or not b.families or other_script(a, b):
        return 0.0
    short, long = (a, b) if len(a.families) <= len(b.families) else (b, a)
    shared = sum(one in long.names for one in short.families)
    if shared < len(short.families):
        shared = max(shared, sum(one in short.names for one in set(long.families)))
        shared = max(shared, _spelled(short, long))
    share = min(1.0, shared / len(short.families))
    first = a.families[0] in b.names or b.families[0] in a.names
    fewer, more = len(short.families), len(long.families)
    if share >= 0.75 and (fewer * 2 >= more or fewer >= 3 or (first and fewer == 1 and more > 3)):
        reasons.append(("authors", 3.0 if fewer > 1 else 2.5))
        return 1.0
    if share >= 0.5 and first:
        reasons.append(("authors in part", 1.0))
        return 0.5
    if shared or (first and share):
        reasons.append(("few authors shared", -1.5))
        return 0.2
    reasons.append(("other authors", -5.0))
    return -1.0


def other_script(a: Side, b: Side) -> bool:
    """Whether the authors of one are written in Chinese letters alone, of the other in none."""
    return bool(a.scripts and b.scripts) and a.scripts.isdisjoint(b.scripts)


def _spelled(short: Side, long: Side) -> int:
    """Authors that agree but for a letter or two."""
    from rapidfuzz.fuzz import ratio

    count = 0
    for one in short.families:
        count += one in long.names or any(
            len(two) > 3 and ratio(one, two) >= 80 for two in long.families
        )
    return count


def _place(a: Side, b: Side, differs: str, reasons: Reasons) -> int:
    """Volume and pages: 3 where all agrees, 2 where the first page does, 0 where none is told.

    Pages nearly the same are a slip where the titles do not differ (``differs``).
    """
    volume = bool(a.volume and b.volume) and a.volume == b.volume
    if a.volume and b.volume:
        if volume and a.supplement != b.supplement:
            reasons.append(("volume and its supplement", 0.0))
        elif volume:
            reasons.append(("volume", 1.5))
        elif not (a.year and a.volume == str(a.year)) and not (b.year and b.volume == str(b.year)):
            reasons.append(("another volume", -2.0))
    if not (a.first and b.first):
        return 1 if volume else 0
    # "S11" and "11" are one page where nothing says that they are in two volumes.
    bare = volume or not (a.volume and b.volume)
    if a.first == b.first or (bare and a.first.strip(LETTERS) == b.first.strip(LETTERS)):
        ends = not a.last or not b.last or a.last == b.last
        small = len(a.first.strip(LETTERS)) < 2
        if small and _later(a, b):
            reasons.append(("first page of two volumes", 0.0))
            return 0
        reasons.append(("first page", 3.0 if small else 4.5))
        if ends and a.last and b.last:
            reasons.append(("last page", 0.5))
        return 3 if volume and ends else 2
    if a.last and b.last and a.last == b.last and len(a.last) > 1:
        reasons.append(("last page alone", 1.5))
        return 1
    if a.first.startswith("s") != b.first.startswith("s") and a.supplement != b.supplement:
        reasons.append(("pages of a supplement", -4.0))
        return -1
    if a.first[:1].isalpha() != b.first[:1].isalpha() or abs(len(a.first) - len(b.first)) > 2:
        reasons.append(("pages of two kinds", -0.5))
        return 0
    if not differs and _slip(a, b):
        reasons.append(("pages nearly", 0.5))
        return 1 if volume else 0
    reasons.append(("another page", -4.0))
    return -1


def _later(a: Side, b: Side) -> bool:
    """Whether volume and year both say another time."""
    other = bool(a.volume and b.volume) and a.volume != b.volume
    return other and bool(a.year and b.year) and a.year != b.year


def _slip(a: Side, b: Side) -> bool:
    """Whether page ranges overlap, or one page differs by one slip of the pen."""
    from rapidfuzz.distance import DamerauLevenshtein

    if a.first.isdigit() and b.first.isdigit() and a.last.isdigit() and b.last.isdigit():
        low, high = max(int(a.first), int(b.first)), min(int(a.last), int(b.last))
        longest = max(int(one.last) - int(one.first) for one in (a, b))
        return 2 * (high - low) >= longest
    if _outside(a, b) or _outside(b, a):
        return False
    return len(a.first) > 2 and DamerauLevenshtein.distance(a.first, b.first) == 1


def _outside(a: Side, b: Side) -> bool:
    """Whether the page of one stands alone, just before or behind the pages of the other."""
    if b.last or not (a.first.isdigit() and a.last.isdigit() and b.first.isdigit()):
        return False
    return not int(a.first) <= int(b.first) <= int(a.last)


def _issue(a: Side, b: Side, place: int, people: float, reasons: Reasons) -> None:
    """Issues of one volume, and how many pages, where the pages are others too."""
    if place > 0 or not (a.first and b.first and a.volume) or a.volume != b.volume:
        return
    if place < 0 and people > 0 and bool(a.last) != bool(b.last):
        # A notice or a reply has one page, its paper several.
        reasons.append(("one page against several", -2.0))
    numbers = [one.issue for one in (a, b)]
    if any(one.isdigit() and int(one) > WEEKS for one in numbers):
        return
    if all(numbers) and numbers[0] != numbers[1]:
        reasons.append(("another issue", -5.0 if place < 0 else -3.0))


def _year(a: Side, b: Side, place: int, reasons: Reasons) -> None:
    if not a.year or not b.year:
        return
    apart = abs(a.year - b.year)
    if apart == 0:
        reasons.append(("year", 1.0))
    elif apart == 1:
        # Another page as well: an abstract of a meeting, and the paper of next year.
        alone = place < 0 or (place < 1 and (a.journal is None or b.journal is None))
        told = bool(a.first and b.first) and _later(a, b)
        weight = -0.5 if place > 1 else -5.0 if told else -3.0 if alone else -2.0
        reasons.append(("year before or after", -8.0 if a.recurring and b.recurring else weight))
    else:
        reasons.append(("another year", -2.0 if place > 1 else -4.5))


def _journal(a: Side, b: Side, place: int, alike: float, reasons: Reasons) -> None:
    if a.journal is None or b.journal is None:
        return
    found = agreement(a.journal, b.journal)
    if found == AGREE:
        reasons.append(("journal", 2.0))
    elif found == DIFFER and a.journal.unspaced == b.journal.unspaced:
        # Names of journals are translated; volume and page then say more.
        reasons.append(("another journal", -2.0 if place == 3 else -3.0 if place == 2 else -6.0))


def _numbers(a: Side, b: Side, alike: float, differs: str, place: int, reasons: Reasons) -> None:
    """Parts of a series differ in a number alone."""
    if alike < 0.6 or a.numbers == b.numbers:
        return
    one, two = Counter(a.numbers), Counter(b.numbers)
    if one - two and two - one:
        # Beside another word it says little more.
        alone = -8.0 if differs == NUMBER else -5.0
        weight = _against(a, b, place, alone, -5.0, -3.0) if differs != OPPOSITE else -3.0
        reasons.append(("other numbers in the title", weight))
    elif one != two and place < 2 and (alike >= 0.88 or _begins(a, b)):
        elsewhere = bool(a.first and b.first and a.first != b.first)
        reasons.append(("a number in one title alone", -5.0 if elsewhere else -3.0))


def _identifiers(a: Side, b: Side, reasons: Reasons) -> None:
    if a.doi and b.doi:
        reasons.append(("DOI", 6.0) if a.doi == b.doi else ("another DOI", -6.0))
    if a.pmid and b.pmid:
        reasons.append(("PMID", 8.0) if a.pmid == b.pmid else ("another PMID", -5.0))
    if a.entry and b.entry and a.number and b.number:
        # A register has one entry a number, whatever title and people each export takes from it.
        same = a.number == b.number
        reasons.append(("number of the register", ENTRY if same else -ENTRY))


def _abstract(a: Side, b: Side, differs: str, place: int, reasons: Reasons) -> None:
    if any(len(one) + 3 * unspaced(one) < 80 for one in (a.abstract, b.abstract)):
        return
    from rapidfuzz.fuzz import ratio

    found = 0.0 if _other_figures(a.abstract, b.abstract) else ratio(a.abstract, b.abstract)
    if found >= 90:
        reasons.append(("abstract", 4.0))
    elif found >= 75:
        reasons.append(("abstract much alike", 2.0))
    elif found < 55:
        weight = -6.0 if place < 2 else -13.0 if differs else -2.0
        reasons.append(("another abstract", weight))


def _other_figures(one: str, two: str) -> bool:
    """Whether two abstracts have two figures or more each, and few of them in common."""
    left, right = ({w for w in text.split() if w.isdigit()} for text in (one, two))
    return min(len(left), len(right)) > 1 and 3 * len(left & right) <= min(len(left), len(right))
