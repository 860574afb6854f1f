"""What differs between two nearly equal titles: a slip of the pen, a word, or its opposite.

Two papers of one group often differ in one word: "in men" and "in women", "resectable" and
"unresectable". ``opposites.csv`` lists words and prefixes of which one excludes the other,
``known_words.txt`` words in American spelling: of two words a letter or two apart one is a slip
where it is none of them. They are the words of four letters and more that at least five of 4,914
texts have: the labelled full texts of the tests, titles and abstracts of two labelled reviews
(Kitchenham 2010, MIT; Nagtegaal 2019, CC0), studies of the evidence.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.bibliography.scripts import unspaced
from hilum.literature.duplicates.folding import PLAIN, title_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hilum.literature.duplicates.side import Side

NONE, WORD, OPPOSITE = "", "word", "opposite"
"""No difference of content; each title has a word of its own; one excludes the other."""
TABLE: Final = "opposites.csv"
BEFORE, ADDED, NEGATION, FAMILY = "before a word", "added to a word", "negation", "word"
LETTERS, NEGATING = "letters", "negating letters"
SORTS: Final = (BEFORE, ADDED, NEGATION, FAMILY, LETTERS, NEGATING)
_LATIN: Final = re.compile("[a-z]+")
# Spellings that title_words leaves: "leucocyte", "ageing", "sulphur".
_SPELLED: Final = (("ph", "f"), ("c", "k"), ("y", "i"), ("gue", "g"), ("eing", "ing"))
_TWICE: Final = re.compile(r"(.)\1")
ORDINAL: Final = frozenset(("st", "nd", "rd", "th"))
"""What stands behind a number: "2nd"."""
LETTERED: Final = frozenset("abcdefgh")
"""Letters that number: hepatitis A, Child-Pugh B; "a" is an article as well."""
STEM: Final = 4
"""Letters of a word behind its prefix, and of a beginning that two forms of a word share."""


@lru_cache(1)
def opposites() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Families by their sort; of one family each member excludes the others ("a/b" are one).

    Raises
    ------
    InputError
        A sort that is none of the known ones.
    """
    text = files("hilum.literature.duplicates").joinpath(TABLE).read_text("utf-8")
    found: dict[str, list[tuple[str, ...]]] = {sort: [] for sort in SORTS}
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), 2):
        if row["sort"] not in found:
            expected = phrased("one of {known}", known=", ".join(SORTS))
            raise InputError(Fault(TABLE, number, "sort", row["sort"], expected))
        found[row["sort"]].append(tuple(row["members"].split()))
    return {sort: tuple(families) for sort, families in found.items()}


@lru_cache(1)
def known() -> frozenset[str]:
    """Words, those of the table among them."""
    text = files("hilum.literature.duplicates").joinpath("known_words.txt").read_text("utf-8")
    return frozenset((*text.split(), *_families()[FAMILY]))


@lru_cache(1)
def _families() -> Mapping[str, Mapping[str, Mapping[int, int]]]:
    """By sort and member: the numbers of its families, and its place in each."""
    found: dict[str, dict[str, dict[int, int]]] = {}
    for sort, families in opposites().items():
        members = found.setdefault(sort, {})
        for number, family in enumerate(families):
            for place, forms in enumerate(family):
                for member in forms.split("/"):
                    said = "".join(title_words(member)) if sort == FAMILY else member
                    members.setdefault(said, {})[number] = place
                    # As title_words leaves "chemoembolization": "oe" and "ae" are "e" there.
                    if sort in (BEFORE, ADDED) and len(said) > STEM and said[-1] in "ao":
                        members.setdefault(said[:-1], {})[number] = place
    return found


def _exclude(sort: str, x: str, y: str) -> bool:
    """Whether two members of a sort stand in one family at two places."""
    one, two = (_families()[sort].get(member, {}) for member in (x, y))
    return any(place != two[family] for family, place in one.items() if family in two)


def difference(a: Side, b: Side) -> str:
    """What the titles of two records differ in."""
    one, two = a.title, b.title
    if one == two or a.squeezed == b.squeezed or not one or not two:
        return NONE
    if unspaced(one) and unspaced(two):
        return _of_letters(a.squeezed, b.squeezed)
    return _of_words(one.split(), two.split())


def exchanged(a: Side, b: Side) -> bool:
    """Whether each title has a word of its own that is no other spelling of one of the other's."""
    one, two = ({w for w in x.title.split() if len(w) > 3} for x in (a, b))
    left, right = one - two, two - one
    if not left or not right:
        return False
    return any(not _near_any(x, right, b) for x in left) and any(
        not _near_any(x, left, a) for x in right
    )


def added(a: Side, b: Side) -> bool:
    """Whether one title has a word that is no other spelling of one of the other's.

    "Erratum" and the like are no such words: they are marks of their own.
    """
    if a.marks != b.marks:
        return False
    one, two = ({w for w in x.title.split() if len(w) > 2} for x in (a, b))
    return any(not _near_any(w, two, b) for w in one - two) or any(
        not _near_any(w, one, a) for w in two - one
    )


def _near_any(word: str, words: set[str], other: Side) -> bool:
    # A word written in two, or two in one, is no other word.
    return word in other.squeezed or any(_near(word, one) for one in words)


def _near(x: str, y: str) -> bool:
    from rapidfuzz.fuzz import ratio

    return ratio(x, y) >= 70


def _of_words(one: list[str], two: list[str]) -> str:
    left, right, opposed = _gaps(one, two)
    if opposed:
        return OPPOSITE
    unpaired = [x for x in left if not any(_same(x, y) for y in right)]
    others = [y for y in right if not any(_same(x, y) for x in left)]
    if _negations(unpaired, others) != _negations(others, unpaired):
        return OPPOSITE
    if any(_opposite(x, y) for x in unpaired for y in others):
        return OPPOSITE
    if not others and any(one in _families()[ADDED] and one not in PLAIN for one in unpaired):
        return OPPOSITE
    if not unpaired and any(one in _families()[ADDED] and one not in PLAIN for one in others):
        return OPPOSITE
    own = [[w for w in words if len(w) > 3 and w not in PLAIN] for words in (unpaired, others)]
    if len(unpaired) == len(others) == 1 and not _slip(unpaired[0], others[0]):
        # "CT" and "MRI": short words are words where nothing else differs.
        bare = [w.strip("0123456789") for w in (unpaired[0], others[0])]
        own = [
            [w] if w.isalpha() and w not in PLAIN and (w not in ORDINAL or w == whole) else []
            for w, whole in zip(bare, (unpaired[0], others[0]), strict=True)
        ]
    return WORD if all(own) else NONE


def _negations(words: Sequence[str], others: Sequence[str]) -> int:
    """Negations among words, slips left out ("nmn" for "non")."""
    strange = [one for one in others if one not in known() and one not in PLAIN]
    return sum(
        word in _families()[NEGATION] and not any(_slip(word, one) for one in strange)
        for word in words
    )


def _slip(x: str, y: str) -> bool:
    from rapidfuzz.distance import DamerauLevenshtein

    return DamerauLevenshtein.distance(x, y) <= 1


def _gaps(one: Sequence[str], two: Sequence[str]) -> tuple[list[str], list[str], bool]:
    """Words that stand in one title alone; written in two or cut off at the end they are none.

    Last, whether at one place one title excludes the other: "pre-operative", "postoperative".
    """
    from rapidfuzz.distance import Indel

    left: Counter[str] = Counter()
    right: Counter[str] = Counter()
    at, opposed = (0, 0), False
    blocks = Indel.opcodes(one, two).as_matching_blocks()
    for block in blocks:
        x, y = one[at[0] : block.a], two[at[1] : block.b]
        at = (block.a + block.size, block.b + block.size)
        if _joined(x) == _joined(y) or {"with", "or", "without"} <= {*x, *y}:
            continue
        if (block.size == 0 and _cut(_joined(x), _joined(y))) or _acronym(x, y) or _acronym(y, x):
            continue
        opposed |= bool(x and y) and _opposed(x, y)
        left.update(x)
        right.update(y)
    # A word that stands elsewhere in the other title, or twice in one, is none of its own.
    return (
        [w for w in left - right if w not in two or w in _families()[NEGATION]],
        [w for w in right - left if w not in one or w in _families()[NEGATION]],
        opposed,
    )


def _opposed(x: Sequence[str], y: Sequence[str]) -> bool:
    if len(x) == len(y) == 1:
        if len(x[0]) == len(y[0]) == 1:
            both = x[0] + y[0]
            return both.isalpha() and (set(both) <= LETTERED or not {x[0], y[0]} & PLAIN)
        if _exclude(BEFORE, x[0], y[0]):
            return True
    return _opposite(_joined(x), _joined(y))


def _joined(words: Sequence[str]) -> str:
    """Words as one, spelled as :func:`title_words` spells it."""
    return "".join(words).replace("oe", "e").replace("ae", "e")


def _cut(x: str, y: str) -> bool:
    """Whether the end of one title is that of the other, cut off."""
    return x.startswith(y) or y.startswith(x)


def _acronym(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether one word stands for several: its letters in their order, the first one first."""
    if len(short) != 1 or len(long) < 2 or len(short[0]) > 5 or short[0][0] != long[0][0]:
        return False
    letters = iter("".join(long))
    return all(letter in letters for letter in short[0])


def _same(x: str, y: str) -> bool:
    """Whether two words are one, in another form or with a slip of the pen."""
    from rapidfuzz.distance import Prefix

    if x == y or not _near(x, y) or _opposite(x, y):
        return x == y or (min(len(x), len(y)) > 2 and _shortens(x, y) and not _opposite(x, y))
    if Prefix.similarity(x, y) >= max(STEM, 0.6 * max(len(x), len(y))):
        return True
    return not {x, y} <= known() or _spelled(x) == _spelled(y)


@lru_cache(16384)
def _spelled(word: str) -> str:
    for one, put in _SPELLED:
        word = word.replace(one, put)
    return _TWICE.sub(r"\1", word)


def _shortens(x: str, y: str) -> bool:
    return x.startswith(y) or y.startswith(x)


@lru_cache(65536)
def _opposite(x: str, y: str) -> bool:
    return _of_family(x, y) or _by_prefix(x, y) or _by_prefix(y, x) or _prefixed(x, y)


def _of_family(x: str, y: str) -> bool:
    words = _families()[FAMILY]
    return _exclude(FAMILY, *(w if w in words else w.removesuffix("s") for w in (x, y)))


def _by_prefix(x: str, y: str) -> bool:
    """Whether one word is the other with a prefix that makes it another."""
    before = x.removesuffix(y)
    if len(y) < STEM or before == x or before not in _families()[ADDED]:
        return False
    # "tection" has lost the beginning of a word: it is none.
    return y in known() or x not in known()


def _prefixed(x: str, y: str) -> bool:
    """Whether two words differ in prefixes that exclude each other."""
    shared = 0
    while shared < min(len(x), len(y)) and x[-1 - shared] == y[-1 - shared]:
        shared += 1
    if shared < STEM:
        return False
    return any(
        _exclude(BEFORE, x[: len(x) - length], y[: len(y) - length])
        for length in range(STEM, shared + 1)
    )


def _of_letters(one: str, two: str) -> str:
    """The same of titles without blanks between words: letter by letter."""
    from rapidfuzz.distance import Indel

    written = [[w for w in _LATIN.findall(text) if len(w) > 1] for text in (one, two)]
    found, at = _of_words(*written), (0, 0)
    if found == OPPOSITE:
        return OPPOSITE
    negating = _families()[NEGATING]
    for block in Indel.opcodes(one, two).as_matching_blocks():
        x, y = one[at[0] : block.a], two[at[1] : block.b]
        at = (block.a + block.size, block.b + block.size)
        ends = block.size == 0
        if not (x or y) or (ends and _cut(x, y)):
            continue
        if _count(x, negating) != _count(y, negating):
            return OPPOSITE
        if any(_exclude(LETTERS, p, q) for p in x for q in y):
            return OPPOSITE
        if min(unspaced(x), unspaced(y)) > 1:
            found = WORD
    return found


def _count(text: str, members: Iterable[str]) -> int:
    return sum(text.count(one) for one in members)
