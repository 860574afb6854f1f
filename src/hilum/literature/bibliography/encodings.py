"""The encoding of lines that are neither UTF-8 nor Western: from the letters that they would have.

Decoded rightly, a text is made of the frequent letters of its language; decoded in the encoding of
another one it is made of rare ones, and of capitals within words. The lines of a file are looked at
together; too few letters, or two encodings that say as much, leave the choice in doubt.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_HAN: Final = frozenset(
    "的一是不了在人有我他这這中大来來上个個国國和也子时時道说說出而于於就那得可下自之年过過发發後后作里裡用行所然"
    "家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進好小部其些主样樣理心本前开開但因只"
    "从從想实實日者意无無力它与與长長把机機十民第公此已工使情明性知全三又关關点點正业業外将將两兩高间間由问問很最"
    "重并並物手应應向头頭文体體美相见見被利二等产產或新己制身果加西月合回特代内內信表化老给給世位次度门門任常先"
    "海通教原东東提立及比员員解水名真论論处處各入几口认認条條平系气氣题題活更别變变四神总總电電数數安少报報才结結"
    "反受目太量再感建务務做接必场場件计計管期市直德资資命山金指许許统統区區保至形社空决治展马馬科基书書非则則界"
    "达達光放强強难難思王象完设設式色路记記南品告类類求据據程北张張该該交规規万萬取觉觉覺术術共确確传傳师師观觀"
    "清切院识識导導运運肝癌瘤肿腫转轉移疗療患例组組临臨床研究析效影像诊診断斷病胃肠腸胰泌栓塞介脉脈综綜述较較素"
    "预預后生存率医醫药藥对對照细細胞抗增血液腹肺杂雜志誌期卷页頁李陈陳刘劉杨楊黄黃赵趙吴吳周徐孙孫"
)
_KANA: Final = frozenset(chr(one) for one in range(0x3041, 0x30FF))
_HANGUL: Final = frozenset(
    "이다는을를의에가한하고은로으도지사대기인간전어아리자시나해원정보스수과라부제있여비상장조주소생유연구성신환치"
    "료암종양진단술결분석영향교위내외병학세포된여와서들및전이후통적일국동공무용관계발증예김박최강오"
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """One encoding.

    Parameters
    ----------
    name, codec : str
    frequent : frozenset of str
        Frequent letters of what is written in it.
    share : float
        Of the letters of a text, the part that these have, about.
    needs : frozenset of str
        Letters of which a text has some; empty where none is wanted.
    alphabet : bool
        Its words have several letters.
    ends : str
        Letters in which a word ends; empty where it may in any.
    """

    name: str
    codec: str
    frequent: frozenset[str]
    share: float
    needs: frozenset[str] = frozenset()
    alphabet: bool = False
    ends: str = ""


_RUSSIAN: Final = frozenset("оеаинтсрвл")
_GREEK: Final = frozenset("αοιετσνηυρπκλάίέό")
_GREEK_ENDS: Final = "αειουωηάέίόύώήϊϋςσνρ"
ENCODINGS: Final = (
    Encoding("GB18030", "gb18030", _HAN, 0.5),
    Encoding("Big5", "cp950", _HAN, 0.5),
    Encoding("EUC-KR", "cp949", _HANGUL, 0.6, frozenset(chr(n) for n in range(0xAC00, 0xD7A4))),
    Encoding("Shift-JIS", "cp932", _HAN | _KANA, 0.6, _KANA),
    Encoding("EUC-JP", "euc_jp", _HAN | _KANA, 0.6, _KANA),
    Encoding("Windows-1251", "cp1251", _RUSSIAN, 0.6, alphabet=True),
    Encoding("KOI8-R", "koi8-r", _RUSSIAN, 0.6, alphabet=True),
    Encoding("IBM 866", "cp866", _RUSSIAN, 0.6, alphabet=True),
    Encoding("ISO 8859-5", "iso8859-5", _RUSSIAN, 0.6, alphabet=True),
    Encoding("Windows-1253", "cp1253", _GREEK, 0.7, alphabet=True, ends=_GREEK_ENDS),
)
"""Encodings looked at; the first is what the lines are read in where none of the others wins."""
LONG: Final = 4
"""Letters of the longest word of an alphabet, at least."""
LEAST: Final = 0.6
"""Of what a text has of frequent letters, the part that an encoding has to reach."""
AHEAD: Final = 1.4
"""How far it has to be ahead of the next one."""
ENOUGH: Final = 12
"""Letters that decide."""
FEW: Final = 6
"""Letters from which on a text without frequent ones is odd."""
ODD: Final = 0.25
"""A score below which a text is none of its language."""
LOOKED: Final = 2**14
"""Bytes of lines looked at."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An encoding that lines are read in.

    Parameters
    ----------
    encoding : Encoding
    sure : bool
        The letters decide it, or the file states it.
    stated : bool
    """

    encoding: Encoding
    sure: bool
    stated: bool = False

    def text(self, data: bytes) -> str | None:
        """Bytes decoded; None where they are none of it."""
        return _decoded(data, self.encoding.codec)


def chosen(lines: Iterable[bytes]) -> Choice | None:
    """What lines that are neither UTF-8 nor Western are encoded in.

    None where they are Chinese in GB18030, or nothing that is known.
    """
    odd: list[bytes] = []
    size = 0
    for one in lines:
        odd.append(one)
        size += len(one)
        if size > LOOKED:
            break
    if not odd:
        return None
    scores = {one.name: _score(odd, one) for one in ENCODINGS}
    chinese, *others = ENCODINGS
    first, second, *_ = sorted(others, key=lambda one: -scores[one.name][0])
    (score, letters), next_best = scores[first.name], scores[second.name][0]
    own, characters = scores[chinese.name]
    if score >= LEAST and score > own:
        sure = letters >= ENOUGH and score >= AHEAD * max(next_best, own)
        return Choice(first, sure=sure)
    # Rare characters alone are Chinese read from another encoding, or names.
    return Choice(chinese, sure=False) if characters >= FEW and own < ODD else None


WESTERN: Final = frozenset({"ascii", "iso8859-1", "cp1252"})
_STATED: Final = re.compile(
    rb"\s*<\?xml[^>]{1,80}encoding=[\"']([\w.:-]{2,30})|\s*% *Encoding: *([\w.:-]{2,30})"
)


def stated(head: bytes) -> Choice | None:
    """The encoding that XML or BibTeX states in its first line.

    None where it is unknown, or one that the lines themselves tell (UTF-8, Western).
    """
    found = _STATED.match(head)
    if found is None:
        return None
    name = (found[1] or found[2]).decode()
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return None
    if codec.startswith("utf") or codec in WESTERN:
        return None
    return Choice(Encoding(name, codec, frozenset(), 1.0), sure=True, stated=True)


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _score(lines: list[bytes], encoding: Encoding) -> tuple[float, int]:
    """How much a text is one of its language, from 0 to 1, and how many letters tell it."""
    letters: list[str] = []
    sane = words = signs = longest = 0
    for one in lines:
        text = _decoded(one, encoding.codec)
        if text is None:
            return 0.0, 0
        signs += sum(letter > "\x7f" for letter in text)
        letters += [letter for letter in text if letter > "\x7f" and letter.isalpha()]
        for word in re.findall(r"[^\W\d_]{2,}", text):
            if not word.isascii():
                words += 1
                sane += _is_sane(word, encoding.ends)
                longest = max(longest, len(word))
    if not letters or (encoding.needs and encoding.needs.isdisjoint(letters)):
        return 0.0, len(letters)
    if encoding.alphabet and longest < LONG:
        return 0.0, len(letters)
    common = sum(letter.lower() in encoding.frequent for letter in letters) / len(letters)
    share = min(common / encoding.share, 1.0) * len(letters) / signs
    return share * (sane / words if words else 1.0), len(letters)


def _is_sane(word: str, ends: str) -> bool:
    """Whether capitals stand where they do, no Latin letter in another alphabet, the end is one."""
    if word.lower() == word.upper():
        return True
    cased = [one for one in word if one.lower() != one.upper()]
    if any(one.isascii() for one in cased) and any(one > "\x7f" for one in cased):
        return False
    if ends and word[-1].lower() not in ends:
        return False
    return word.islower() or word.isupper() or word[1:].islower()
