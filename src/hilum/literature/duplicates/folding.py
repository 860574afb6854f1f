"""Texts folded to what databases leave the same: letters, spellings, names, pages."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from hilum.literature.bibliography.scripts import latin, unspaced

GREEK: Final = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu",
    "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "ß": "ss", "ø": "o",
    "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "&": " and ",
    "’": "'", "ʼ": "'",
}  # fmt: skip
_TABLE: Final = str.maketrans(GREEK)


def split(text: str) -> list[str]:
    """Words of a list that is written as one text."""
    return text.split()


def listed(text: str) -> frozenset[str]:
    """The same as a set."""
    return frozenset(split(text))


_WORD: Final = re.compile(r"[^\W_]+")
_APOSTROPHE: Final = re.compile(r"(?<=\w)['`´](?=s\b)")
# What databases add to a title, in brackets: it says nothing of the work.
_ADDED: Final = re.compile(
    r"[\[(](?:see comments?|comments?|erratum appears|published erratum|"
    r"errat(?:um|a) (?:in|appears)|"
    r"corrected|republished|retract(?:ed|ion) in|update (?:of|in)|summary for patients|"
    r"cochrane review|in process citation|abstract(?: (?:no|only))?|letter|review|"
    r"(?:article|paper|letter) in [a-z]+|in [a-z]+|[a-z]+ \(?(?:translation|abstract)\)?|"
    r"spanish|german|french|chinese|japanese|russian|italian|polish|portuguese|turkish|dutch|"
    r"czech|hungarian|danish|norwegian|swedish|hebrew|korean|ukrainian|croatian|serbian"
    r")\b[^\])]*[\])]",
    re.IGNORECASE,
)
_BRITISH: Final = (
    ("ae", re.compile(r"ae"), "e"),
    ("oe", re.compile(r"oe"), "e"),
    ("our", re.compile(r"(?<=[a-z]{3})our(?=s?\b|ed\b|ing\b|al\b)"), "or"),
    ("is", re.compile(r"(?<=[a-z]{2})is(?=(?:e|ed|es|ing|ation|ations)\b)"), "iz"),
    ("yse", re.compile(r"(?<=[a-z]{2})yse(?=[ds]?\b)"), "yze"),
    ("tre", re.compile(r"(?<=[a-z]{2})tre\b"), "ter"),
    ("programme", re.compile(r"\bprogramme"), "program"),
    ("lled", re.compile(r"(?<=[a-z])lled\b"), "led"),
    ("lling", re.compile(r"(?<=[a-z])lling\b"), "ling"),
)
PLAIN: Final = listed(
    "a an and are as at by for from in into is its of on or the to versus vs with without "
    "der die das und im von bei mit des den dem zur zum le la les du de et en dans un une pour "
    "el los las del y con para por o di il e nel nella"
)
GENERIC: Final = listed(
    "editorial editorials reply response replies letter letters editor comment comments commentary "
    "introduction preface foreword abstract abstracts book review reviews news announcement "
    "announcements obituary author authors correspondence discussion erratum corrigendum "
    "correction contents index poster session sessions oral presentation presentations "
    "proceedings meeting annual conference congress issue guest invited note notes case report "
    "reports journal club summary appendix research article articles new current topic topics "
    "table cover minitrack symposium program supplement this untitled unknown title"
)
_COUNTED: Final = split("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv")
_ROMAN: Final = {one: str(n) for n, one in enumerate(_COUNTED, 1)}
_PART: Final = listed("part parts phase paper chapter section volume vol stage study series "
                         "type grade class teil partie parte no number day")  # fmt: skip
_SAID: Final = split("one two three four five six seven eight nine ten eleven twelve")
NUMBERS: Final = {one: str(n) for n, one in enumerate(_SAID, 1)}


def folded(text: str) -> str:
    """Small letters without accents, Greek said in words."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.lower().translate(_TABLE)).translate(_TABLE)
        return "".join(one for one in text if not unicodedata.combining(one))
    return text.lower().replace("&", " and ")


def words(text: str) -> list[str]:
    """Words of a text, folded."""
    return _WORD.findall(_APOSTROPHE.sub("", folded(text)))


def unadorned(title: str) -> str:
    """A title without what databases added to it in brackets."""
    if "[" not in title and "(" not in title:
        return title
    found = _ADDED.sub(" ", title).strip()
    return found if len(found.strip(" .")) > 3 else title


def title_words(text: str) -> list[str]:
    """Words of a title in American spelling."""
    said = " ".join(words(text))
    for hint, pattern, put in _BRITISH:
        if hint in said:
            said = pattern.sub(put, said)
    return said.split()


def numbers(title: list[str]) -> tuple[str, ...]:
    """What counts or numbers in a title: digits, and Roman numerals and letters of parts."""
    found: list[str] = []
    for place, one in enumerate(title):
        if any(letter.isdigit() for letter in one):
            digits = re.findall(r"\d+", one)
            found += [str(int(digit)) if len(digit) < 9 else digit for digit in digits]
        elif one in _ROMAN and (
            one not in ("i", "v", "x")
            or (place and title[place - 1] in _PART)
            or place == len(title) - 1
        ):
            found.append(_ROMAN[one])
        elif len(one) == 1 and place and title[place - 1] in _PART and one.isalpha():
            found.append(one)
        elif one in NUMBERS and place and title[place - 1] in _PART:
            found.append(NUMBERS[one])
    return tuple(sorted(found))  # fmt: skip


_FUSED: Final = re.compile(r"(?<=[A-Z]\.)(?=[A-Z][a-zà-ÿ'’]|[A-Z]'[A-Z]|[dv][aeon]+ [A-Z])")
_ETAL: Final = re.compile(r"\bet\.? al\b\.?|\band others\b|\bothers$", re.IGNORECASE)


def people(authors: tuple[str, ...]) -> list[str]:
    """One text an author, where a source put several into one."""
    found: list[str] = []
    for one in authors:
        parts = re.split(r"\s*;\s*|\s+\band\b\s+", one) if (";" in one or " and " in one) else [one]
        for part in parts:
            found += _FUSED.split(part) if "." in part else [part]
    said = (_ETAL.sub("", one) if "al" in one or "thers" in one else one for one in found)
    return [one.strip() for one in said if one.strip(" .,;")]


@lru_cache(65536)
def name(author: str) -> tuple[str, frozenset[str], str]:
    """Family name (folded, one word), every word of the name, and the first initial."""
    if unspaced(author) and not latin(author):
        # "王, 伟", "王 伟" and "王伟" are one name: family and given name stand together.
        whole = "".join(words(author))
        return whole, frozenset((whole,)), ""
    text = re.sub(r"\([^)]*\)|\d+", " ", author).replace("’", "'")
    text = re.sub(r"(?<=\w)'(?=\w)", "", text)
    family, comma, given = text.partition(",")
    if re.fullmatch(r"\s*(?:jr|sr|ii|iii)\.?\s*", given, re.IGNORECASE):
        comma = ""
    parts = family.split()
    if not comma:
        family, given = _split(parts)
    lasts = words(family)
    every = frozenset(one for one in words(text) if len(one) > 1)
    initial = next(iter(words(given)), "")[:1]
    return "".join(lasts), every | {"".join(lasts)}, initial


def _split(parts: list[str]) -> tuple[str, str]:
    """Family and given name of a name without a comma."""
    if len(parts) < 2:
        return " ".join(parts), ""
    if _is_initials(parts[-1]):
        place = next(n for n in range(len(parts)) if all(map(_is_initials, parts[n:])))
        return " ".join(parts[: max(place, 1)]), " ".join(parts[max(place, 1) :])
    if _is_initials(parts[0]):
        place = next(n for n, one in enumerate(parts) if not _is_initials(one))
        return " ".join(parts[place:]), " ".join(parts[:place])
    return parts[-1], " ".join(parts[:-1])


def _is_initials(one: str) -> bool:
    bare = one.strip(".,")
    if "." in one:
        return all(len(part) <= 2 for part in re.split(r"[.\-]", bare))
    return 0 < len(bare) <= 3 and bare.isupper() and bare.isalpha()


_PAGE: Final = re.compile(
    r"([a-z]{0,4})[\s.]*(\d+)([a-z]?)(?:\s*[-–—/]+\s*([a-z]{0,4})(\d+)[a-z]?)?"
)


def page_span(text: str) -> tuple[str, str]:
    """First and last page; a shortened last one made whole ("482-91" is 482 to 491)."""
    found = _PAGE.search(
        re.sub(r"\bpp?\.?\s*(?=\d)|\bno pagination\b|\bpages?\b", "", folded(text))
    )
    if found is None:
        return "", ""
    letter, first, after, last = found[1], found[2].lstrip("0") or "0", found[3], found[5] or ""
    last = last.lstrip("0") if len(last) >= len(first) else last
    if last and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    if last and int(last[-9:]) < int(first[-9:]):
        last = ""
    return letter + first + after, last


def number(text: str) -> str:
    """Volume or issue as its first number; letters where it has none."""
    found = re.search(r"\d+", text)
    return str(int(found[0][:9])) if found else "".join(words(text))[:8]
