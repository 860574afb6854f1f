"""The level that a column of limits states in its head: "90% CI lower", "95%置信区间下限"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, Parameter, phrased
from hilum.tabular.columns import bare, synonyms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REPORTED: Final = ("lower", "upper")
"""Limits of survival and hazard ratios, which may be of any level that is stated or said."""
_LEVEL: Final = re.compile(r"(?<![\d.,])([89]\d(?:[.,]\d+)?)(?![\d])\s*[%％]?")


def stated_level(head: str) -> str:
    """Percent that the head of a column of one limit states, empty where it is none or silent."""
    found = _LEVEL.search(head)
    return "" if found is None or not limit_of(head) else plain_level(found[1])


def limit_of(head: str) -> str:
    """Which of :data:`REPORTED` a head means, whatever level it states; empty where none."""
    forms = {bare(_LEVEL.sub(by, head, count=1)) for by in ("95% ", "")}
    for name in REPORTED:
        if forms & {bare(name), *synonyms()[name]}:
            return name
    return ""


def limits_of_level(file: str, header: Sequence[str], level: str) -> dict[str, str]:
    """The columns of both limits that state ``level`` (percent), by what they hold.

    Raises
    ------
    InputError
        Two columns that hold the same limit of that level.
    """
    found: dict[str, str] = {}
    for head in header:
        if level and stated_level(head) == level:
            name = limit_of(head)
            if name in found:
                expected = phrased("one column that holds {column}: say which", column=name)
                raise InputError(Fault(file, 1, name, f"{found[name]}, {head}", expected))
            found[name] = head
    return found


def limits_read(
    file: str, header: Sequence[str], found: Mapping[str, str], level: str
) -> dict[str, str]:
    """Columns of both limits whose level has to be looked at: of ``level``, or of the only one.

    ``found`` are columns that usual names hold already, which stand unless ``level`` is another's.
    """
    asked = limits_of_level(file, header, level)
    if len(asked) == len(REPORTED) and not set(REPORTED) & set(header):
        return asked
    if set(REPORTED) & {*header, *found}:
        return {}
    stated = levels_stated(header)
    if len(stated) > 1:
        told = ", ".join(head for head in header if stated_level(head))
        expected = phrased(
            "limits of one level: say which with {option}", option=Parameter("printed_level")
        )
        raise InputError(Fault(file, 1, "lower, upper", told, expected))
    return limits_of_level(file, header, stated.pop()) if stated else {}


def levels_stated(header: Sequence[str]) -> set[str]:
    """Percents that the heads of columns of limits state."""
    return {level for head in header if (level := stated_level(head))}


def plain_level(text: str) -> str:
    """A level in percent as it is compared: 95 for 95.0 and 95,0."""
    return f"{float(text.replace(',', '.')):g}"
