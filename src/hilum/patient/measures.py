"""Laboratory values in both usual units, the one that the language or the reader asks for first.

What is computed is only the other unit, by the factor of the table of attributes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.patient.labels import CHINESE, unit_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.language import Words
    from hilum.patient.records import Attribute

# The SI unit beside the conventional one of the table; the factor stands in the table.
SI: Final[Mapping[str, str]] = {
    "bilirubin_mg_dl": "umol/L",
    "creatinine_mg_dl": "umol/L",
    "albumin_g_dl": "g/L",
    "hemoglobin_g_dl": "g/L",
    "hiaa5_mg_24h": "umol/24 h",
}
# What texts call the substances.
NAMES: Final[Mapping[str, str]] = {
    "bilirubin_mg_dl": "bilirubin|胆红素",
    "creatinine_mg_dl": "creatinine|肌酐",
    "albumin_g_dl": "albumin|白蛋白",
    "hemoglobin_g_dl": "haemoglobin|hemoglobin|血红蛋白",
    "hiaa5_mg_24h": "5-HIAA",
}
_SUBSTANCE: Final = re.compile(
    "|".join(f"(?P<{name}>{called})" for name, called in NAMES.items()), re.IGNORECASE
)
# A figure, or two with what stands between them, with a conventional unit and what brackets say.
_FIGURE: Final = re.compile(
    r"(?P<low>\d+(?:\.\d+)?)(?:(?P<between>[–-]| to | and | 至 | 和 )(?P<high>\d+(?:\.\d+)?))?"
    r"[ \u00a0]?(?P<unit>mg/dL|g/dL|mg/24 h)"
    r"(?: ?[（(](?P<inside>[\d.]+ ?mmol/L)[）)])?(?P<space> ?)"
)


def si_first(words: Words) -> bool:
    """Whether SI units stand first: as somebody asked, else as the language has it."""
    return words.units == "si" or (words.language == CHINESE and words.units != "conventional")


def beside_asked(words: Words) -> bool:
    """Whether texts of the tables bring the SI unit too; English ones stand as their source."""
    return words.language == CHINESE or words.units == "si"


def beside(words: Words, conventional: str, si: str, *, inside: bool = False) -> str:
    """Both ways to say a value; the second in brackets, or behind a comma ``inside`` brackets."""
    first, second = (si, conventional) if si_first(words) else (conventional, si)
    if inside:
        return f"{first}{words(', ')}{second}"
    return f"{first}（{second}）" if words.language == CHINESE else f"{first} ({second})"


def in_si(attribute: Attribute, *ends: float) -> tuple[str, ...]:
    """Figures in the SI unit, rounded to what can be meant; nothing where there is one unit."""
    other = SI.get(attribute.name)
    if other is None or other not in attribute.units:
        return ()
    return tuple(_figure(end / attribute.units[other]) for end in ends)


def both(
    attribute: Attribute,
    said: str,
    ends: tuple[float, ...],
    words: Words,
    *,
    inside: bool = False,
) -> str:
    """A value that was said in the table's unit, with the other unit beside it."""
    figures = in_si(attribute, *ends)
    if not figures:
        return said
    unit = unit_label(SI[attribute.name], words.language)
    si = f"{'–'.join(dict.fromkeys(figures))} {unit}"
    return beside(words, said, si, inside=inside)


def with_both(
    text: str, attributes: Mapping[str, Attribute], words: Words, *, about: str = ""
) -> str:
    """A text of the tables, each conventional unit with the other one beside it.

    The substance is the last one named before the figure, else that which the text is ``about``;
    without one nothing is added.
    """
    if not beside_asked(words):
        return text

    def said(found: re.Match[str]) -> str:
        named = [one.lastgroup for one in _SUBSTANCE.finditer(text, 0, found.start())]
        attribute = attributes.get((named[-1] if named else about) or "")
        if attribute is None or attribute.unit != found["unit"]:
            return found[0]
        other = in_si(attribute, *(float(one) for one in (found["low"], found["high"]) if one))
        if not other:
            return found[0]
        unit = unit_label(SI[attribute.name], words.language)
        si = f"{(found['between'] or '').join(other)} {unit}"
        own = f"{found['low']}{found['between'] or ''}{found['high'] or ''} {found['unit']}"
        pair = (si, own) if si_first(words) else (own, si)
        second = words("; ").join(filter(None, (pair[1], found["inside"])))
        if words.language == CHINESE:
            return f"{pair[0]}（{second}）"
        return f"{pair[0]} ({second}){found['space']}"

    return _FIGURE.sub(said, text)


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}".removesuffix(".0")
