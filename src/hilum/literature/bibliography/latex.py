r"""LaTeX of a reference as text: letters with accents, braces, ``\%`` and ``~``."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

ACCENTS: Final = {
    '"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328",
    "r": "\u030a", "d": "\u0323", "b": "\u0331",
}  # fmt: skip
LETTERS: Final = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ",
    "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "alpha": "α", "beta": "β", "gamma": "γ",
    "delta": "δ", "kappa": "κ", "lambda": "λ", "mu": "μ", "sigma": "σ", "omega": "ω",
    "textendash": "–", "textemdash": "—", "textquoteright": "’", "textquoteleft": "‘", "pm": "±",
    "times": "×", "leq": "≤", "geq": "≥", "le": "≤", "ge": "≥", "textregistered": "®",
    "degree": "°",
    "textless": "<", "textgreater": ">", "ldots": "…", "dots": "…",
}  # fmt: skip
LITERAL: Final = {
    "\\": "\\textbackslash{}", "~": "\\textasciitilde{}",
    "{": "\\textbraceleft{}", "}": "\\textbraceright{}",
}  # fmt: skip
"""Letters that mean something to LaTeX, by the command that prints them."""
_NAMES: Final = {said[1:-2]: letter for letter, said in LITERAL.items()}
_MEANT: Final = re.compile(rf"\\\\|\\([{{}}$])|\\({'|'.join(_NAMES)})(?:\{{\}}|\s+|(?![A-Za-z]))")
_HELD: Final = {letter: chr(0xF8E0 + n) for n, letter in enumerate("\\~{}$")}
"""Of each letter that is meant as it stands, what keeps its place while the rest is read."""
_FREED: Final = str.maketrans({held: letter for letter, held in _HELD.items()})
_ACCENT: Final = re.compile(
    r"\\(?:([\"'`^~=.])\s*|([uvHckrdb])(?:\s+|(?=\{)))(?:\{\s*(\\?[A-Za-z])\s*\}|(\\?[A-Za-z]))"
)
_LETTER: Final = re.compile(r"\\([A-Za-z]+)(?:\{\}|\s+|(?![A-Za-z]))")
_COMMAND: Final = re.compile(r"\\(?:text|math|emph|it|bf|rm|sub|super)[a-z]*\s*(?=\{)")


def _accented(found: re.Match[str]) -> str:
    mark = ACCENTS[found[1] or found[2]]
    letter = (found[3] or found[4]).lstrip("\\")
    return unicodedata.normalize("NFC", letter + mark)


def _held(found: re.Match[str]) -> str:
    letter = found[1] or _NAMES.get(found[2] or "", "")
    return _HELD[letter] if letter else found[0]


def latex_of(text: str) -> str:
    r"""Text as LaTeX that :func:`text_of` and BibTeX read back: ``5 %`` as ``5 \%``.

    BibTeX counts a brace behind a backslash too: those that do not pair off stand by name.
    """
    depth, paired = 0, True
    for one in text:
        depth += (one == "{") - (one == "}")
        paired = paired and depth >= 0
    names = LITERAL | ({"{": r"\{", "}": r"\}"} if paired and depth == 0 else {})
    names |= {one: f"\\{one}" for one in "%&$#_"}
    return "".join(names.get(one, one) for one in text)


def text_of(value: str) -> str:
    r"""A value as text: ``M{\"u}nster`` as Münster, ``5\,\%`` as 5 %."""
    if "\\" in value:
        value = _MEANT.sub(_held, value)
        value = _ACCENT.sub(_accented, value)
        value = _COMMAND.sub("", value)
        value = re.sub(r"\\[,;:! ]", " ", value)
        value = _LETTER.sub(lambda found: LETTERS.get(found[1], found[0]), value)
        value = re.sub(r"\\([%&$#_{}])", r"\1", value)
    value = re.sub(r"(?<!\\)~", " ", value)
    value = re.sub(r"\$([^$]{1,40})\$", r"\1", value) if value.count("$") > 1 else value
    value = value.replace("{", "").replace("}", "").replace("---", "—").replace("--", "–")
    return re.sub(r"\s+", " ", value).strip().translate(_FREED)
