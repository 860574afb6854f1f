"""Setting facts in a case file; comments, order, line ends and everything else stay as they are."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from hilum.errors import Fault, InputError, phrased
from hilum.patient.case import read_case
from hilum.patient.casefile import JSON_SUFFIX, Twice, load_case
from hilum.patient.lists import items
from hilum.patient.naming import attribute_of, nearest_attribute
from hilum.patient.remarks import fault_of
from hilum.patient.spoken import printable
from hilum.patient.vocabulary import is_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hilum.patient.remarks import Remark
    from hilum.patient.tables import Tables

BOM = "\ufeff"
PATIENT = re.compile(r"\s*\[\s*[\"']?patient[\"']?\s*\]\s*(?:#.*)?")
HEADER = re.compile(r"\s*\[")
ENTRY = re.compile(r"(?P<indent>\s*)(?P<key>\"[^\"]*\"|'[^']*'|[\w-]+)\s*=\s*")
PLAIN = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
OPENING, CLOSING = "[{", "]}"


@dataclass(frozen=True, slots=True)
class Edited:
    """A case file with facts set: its new bytes, and what is used but should be confirmed."""

    content: bytes
    to_confirm: tuple[Remark, ...]


def set_facts(path: Path, changes: Mapping[str, str], tables: Tables) -> Edited:
    """The content of a case file in which facts are set; the file is not written.

    Another name of the same attribute in the file is replaced by the new one.

    Raises
    ------
    InputError
        For every fact that cannot be read, or a file in which a fact cannot be set.
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, text in changes.items():
        try:
            values[name] = plain_value(name, text, tables)
        except InputError as error:
            faults += (replace(one, file=path.name) for one in error.faults)
    checked = read_case({"patient": values}, tables=tables)
    faults += [fault_of(one, path.name) for one in checked.not_used]
    if faults:
        raise InputError(*faults)
    file = load_case(path)
    raw = path.read_bytes().decode("utf-8")
    if path.suffix.lower() == JSON_SUFFIX:
        text = _in_json(raw, file.data, values, tables)
    else:
        text = raw
        for name, value in values.items():
            text = _in_toml(text, name, value, tables)
        _same_otherwise(path, text, file.data, values, tables)
    return Edited(text.encode("utf-8"), checked.to_confirm)


def plain_value(name: str, text: str, tables: Tables) -> Any:
    """A value of the command line as a file holds it: a number, a truth, a list or a text."""
    text = printable(text).strip()
    alias = attribute_of(name, tables)
    if alias is None:
        near = nearest_attribute(name, tables)
        hint = phrased("; nearest: {nearest}", nearest=near) if near else ""
        raise InputError(
            Fault("<case>", None, name, text, phrased("a known fact{hint}", hint=hint))
        )
    attribute = tables.attributes[alias.name]
    if is_unknown(text, attribute):
        return ""
    if PLAIN.fullmatch(text) and attribute.numeric:
        return float(text) if "." in text else int(text)
    if text in ("true", "false"):
        return text == "true"
    if attribute.type == "list":
        listed = text.strip("[]")
        return [
            one
            for one in (str(item).strip("\"' ") for item in items(listed))
            if one not in ("", "none")
        ]
    return text


def _in_json(raw: str, data: dict[str, Any], values: Mapping[str, Any], tables: Tables) -> str:
    inner = data.get("patient")
    table = cast("dict[str, Any]", inner) if isinstance(inner, dict) else data
    if isinstance(table, Twice):
        names = ", ".join(table.repeated)
        raise InputError(Fault("<case>", None, names, "", "every key once, before it can be set"))
    changed = _with(table, values, tables)
    table.clear()
    table.update(changed)
    indent = re.search(r"\n([ \t]+)\S", raw)
    text = json.dumps(data, ensure_ascii=False, indent=indent[1] if indent else None)
    if "\r\n" in raw:
        text = text.replace("\n", "\r\n")
    end = raw[len(raw.rstrip()) :]
    return (BOM if raw.startswith(BOM) else "") + text + end


def _with(table: Mapping[str, Any], values: Mapping[str, Any], tables: Tables) -> dict[str, Any]:
    """A table with facts set, each in the place of the first other name of its attribute."""
    meant = {_meant(name, tables): (name, value) for name, value in values.items()}
    found: dict[str, Any] = {}
    for key, value in table.items():
        attribute = _meant(key, tables)
        if attribute in meant:
            name, new = meant[attribute]
            found.setdefault(name, new)
        else:
            found[key] = value
    return found | {name: new for name, new in meant.values() if name not in found}


def _meant(name: str, tables: Tables) -> str:
    alias = attribute_of(name, tables)
    return f"?{name}" if alias is None else alias.name


def _in_toml(text: str, name: str, value: Any, tables: Tables) -> str:
    """The text with one fact set in its table of facts."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    first, last = _region(lines)
    entry = f"{name} = {_toml(value)}"
    attribute = _meant(name, tables)
    at, after, done = first, first, False
    while at < last:
        match = ENTRY.match(lines[at].removeprefix(BOM))
        if match is None:
            at += 1
            continue
        stop, rest = _value_end(
            lines, at, len(lines[at]) - len(lines[at].removeprefix(BOM)) + match.end()
        )
        if _meant(match["key"].strip("\"'"), tables) == attribute:
            mark = BOM if lines[at].startswith(BOM) else ""
            new = [] if done else [f"{mark}{match['indent']}{entry}{rest}"]
            lines[at:stop] = new
            last -= stop - at - len(new)
            at += len(new)
            done = True
        else:
            at = stop
        after = at
    if not done:
        if after and not lines[after - 1].endswith(("\n", "\r\n")):
            lines[after - 1] += end
        lines.insert(after, f"{entry}{end}")
    return "".join(lines)


def _region(lines: list[str]) -> tuple[int, int]:
    """The lines of the table of facts: of ``[patient]``, or those before any table."""
    starts = [
        number
        for number, line in enumerate(lines)
        if PATIENT.fullmatch(line.removeprefix(BOM).rstrip())
    ]
    first = starts[0] + 1 if starts else 0
    at = first
    while at < len(lines):
        line = lines[at].removeprefix(BOM)
        if HEADER.match(line):
            return first, at
        match = ENTRY.match(line)
        at = _value_end(lines, at, len(lines[at]) - len(line) + match.end())[0] if match else at + 1
    return first, at


def _value_end(lines: list[str], at: int, column: int) -> tuple[int, str]:
    """The line after a value that begins in a line, and what stands behind the value."""
    depth, quote = 0, ""
    while at < len(lines):
        line, place = lines[at], column
        while place < len(line):
            letter = line[place]
            if quote:
                if quote[0] == '"' and letter == "\\":
                    place += 1
                elif line.startswith(quote, place):
                    place += len(quote) - 1
                    quote = ""
            elif letter in "\"'":
                quote = letter * 3 if line.startswith(letter * 3, place) else letter
                place += len(quote) - 1
            elif letter in OPENING:
                depth += 1
            elif letter in CLOSING:
                depth -= 1
            elif letter == "#":
                break
            place += 1
        if depth <= 0 and not quote:
            content = line[:place].rstrip()
            return at + 1, line[len(content) :]
        at, column = at + 1, 0
    return at, ""


def _same_otherwise(
    path: Path, text: str, before: Mapping[str, Any], values: Mapping[str, Any], tables: Tables
) -> None:
    """Refuse an edit that changed anything else: the file is written in a way not foreseen."""
    try:
        after: dict[str, Any] = tomllib.loads(text.removeprefix(BOM))
    except tomllib.TOMLDecodeError:
        after = {}
    inner = before.get("patient")
    wanted: dict[str, Any]
    if isinstance(inner, dict):
        wanted = {**before, "patient": _with(cast("dict[str, Any]", inner), values, tables)}
    else:
        wanted = _with(before, values, tables)
    if after != wanted:
        expected = "a table [patient] with one 'key = value' a line; set the fact by hand"
        raise InputError(Fault(path.name, None, ", ".join(values), "", expected))


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in cast('list[Any]', value))}]"
    # A basic string of TOML escapes as JSON does.
    return json.dumps(value, ensure_ascii=False)
