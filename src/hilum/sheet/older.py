"""An older sheet, read as far as it goes: any version's JSON, missing parts named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from hilum.errors import Fault, InputError, phrased
from hilum.patient.case import Case, Fact
from hilum.patient.remarks import Remark
from hilum.patient.values import Range
from hilum.sheet.changes_part import Gap, Stamp
from hilum.tabular.small import parse_json, small_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

PAIR = 2


@dataclass(frozen=True, slots=True)
class OlderSheet:
    """What an older sheet holds; ``gaps`` are what it does not.

    ``case`` holds its facts as hilum knows them now, ``unknown`` the names of those it does not.
    """

    data: Mapping[str, Any]
    stamp: Stamp
    case: Case
    gaps: tuple[Gap, ...]
    unknown: tuple[str, ...] = field(default=())

    def options(self) -> dict[str, dict[str, Any]]:
        """Its options by treatment."""
        return {str(one.get("treatment")): one for one in dicts(self.data.get("options"))}


def read_older(path: Path, tables: Tables) -> OlderSheet:
    """Read the JSON of a sheet.

    Raises
    ------
    InputError
        When the file cannot be read or is no sheet in JSON; nothing of the patient is in it.
    """
    try:
        data: Any = parse_json(small_bytes(path))
    except OSError as error:
        expected = phrased("a readable sheet ({reason})", reason=error.strerror or "")
        raise InputError(Fault(path.name, None, "file", path.name, expected)) from error
    except ValueError as error:
        wanted = "a sheet in JSON, as hilum board --json prints it"
        raise InputError(Fault(path.name, None, "file", "", wanted)) from error
    return older_sheet(data, tables, path.name)


def older_sheet(data: object, tables: Tables, name: str = "<sheet>") -> OlderSheet:
    """A sheet as plain data; what is not of the expected kind counts as missing."""
    if not isinstance(data, dict) or "options" not in data:
        wanted = "a sheet in JSON, as hilum board --json prints it"
        raise InputError(Fault(name, None, "options", "", wanted))
    found = cast("dict[str, Any]", data)
    made = _dict(found.get("made"))
    stamp = Stamp(
        date=_text(made.get("date")),
        hilum_version=_text(found.get("hilum_version")),
        evidence_hash=_text(made.get("evidence_hash")),
        rules_hash=_text(made.get("rules_hash")),
        case_hash=_text(made.get("case_hash")),
    )
    facts, unknown = _facts(found, tables)
    said = _dict(found.get("case"))
    unread = [one for one in _list(found.get("unread")) if isinstance(one, str)]
    case = Case(
        str(said.get("name") or ""),
        facts,
        not_used=tuple(Remark(one, "", "not_understood", "", "", None, one) for one in unread),
        id=str(said.get("id") or ""),
    )
    return OlderSheet(found, stamp, case, _gaps(found, stamp), unknown)


def dicts(raw: object) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [cast("dict[str, Any]", one) for one in _list(raw) if isinstance(one, dict)]


def _gaps(data: Mapping[str, Any], stamp: Stamp) -> tuple[Gap, ...]:
    options = dicts(data["options"])
    held: dict[Gap, bool] = {
        "stamp": None not in (stamp.evidence_hash, stamp.rules_hash),
        "facts": isinstance(data.get("facts"), list),
        "verdicts": all(isinstance(one.get("status"), str) for one in options),
        "resectability": isinstance(_dict(data.get("resectability")).get("verdict"), str),
        "rules": all(isinstance(one.get("fired"), list) for one in options),
        "figures": all(isinstance(one.get("outcomes"), dict) for one in options),
        "question": isinstance(data.get("asked"), dict),
    }
    return tuple(name for name, there in held.items() if not there)


def _facts(data: Mapping[str, Any], tables: Tables) -> tuple[tuple[Fact, ...], tuple[str, ...]]:
    found: list[Fact] = []
    unknown: list[str] = []
    for one in dicts(data.get("facts")):
        alias = tables.aliases.get(str(one.get("name")))
        attribute = tables.attributes.get(alias.name) if alias else None
        value = None if attribute is None else value_of(one.get("value"), attribute.numeric)
        if attribute is None or value is None or one.get("unit") not in (None, "", attribute.unit):
            unknown.append(str(one.get("name")))
            continue
        origin = tuple(str(part) for part in _list(one.get("origin")))
        found.append(
            Fact(attribute.name, value, attribute.unit, str(one.get("written") or ""), origin)
        )
    return tuple(found), tuple(unknown)


def value_of(plain: object, numeric: bool) -> Value | None:
    """A value out of JSON, as :func:`hilum.patient.report.plain` wrote it."""
    if isinstance(plain, bool | str):
        return plain
    if isinstance(plain, int | float):
        return float(plain)
    if not isinstance(plain, list):
        return None
    listed = cast("list[object]", plain)
    if not numeric:
        return frozenset(str(one) for one in listed)
    ends = [float(one) for one in listed if isinstance(one, int | float)]
    return Range(ends[0], ends[1]) if len(ends) == len(listed) == PAIR else None


def _text(raw: object) -> str | None:
    return raw if isinstance(raw, str) and raw else None


def _dict(raw: object) -> dict[str, Any]:
    return cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}


def _list(raw: object) -> list[object]:
    return cast("list[object]", raw) if isinstance(raw, list) else []
