"""Why a text is no TOML or JSON, as sentences that a language can say, with line and column."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Final

from hilum.errors import Phrase, phrased

WHERE: Final = re.compile(
    r"(?P<why>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)",
    re.DOTALL,
)
AT: Final = "{reason} (column {column})"
AT_END: Final = "{reason} (at the end of the file)"
# What the parsers of Python say, by the pattern of it; a group is a place of the sentence.
PARSED: Final = {
    r"Invalid statement": "a line is no 'key = value'",
    r"Expected newline or end of document after a statement": "something stands behind a value",
    r"Expected '=' after a key in a key/value pair": "'=' is missing after a key",
    r"Invalid value": "a value is not written as TOML wants it: a text in quotes, a number, true, "
    "false or a list",
    r"Unclosed array": "a list is not closed: ']' is missing",
    r"Unclosed inline table": "a table in braces is not closed: '}' is missing",
    r"Cannot overwrite a value": "a key has a value already",
    r"Duplicate inline table key (?P<name>.*)": "the key {name} stands twice",
    r"Cannot declare (?P<name>.*) twice": "the table {name} stands twice",
    r"Cannot (?:mutate immutable|redefine) namespace (?P<name>.*)": "{name} is closed already",
    r"Illegal character (?P<name>.*)": "the character {name} may not stand here",
    r"Found invalid character (?P<name>.*)": "the character {name} may not stand here",
    r"Unterminated string": "a text is not closed: the quote is missing",
    r"Unescaped '\\' in a string": "a backslash in a text has to be doubled",
    r"Invalid hex value": "a code after a backslash is not one",
    r"Escaped character is not a Unicode scalar value": "a code after a backslash is not one",
    r"Invalid date or datetime": "a date that there is not",
    r"Invalid initial character for a key part": "a key begins with a character that needs quotes",
    r"Expected '\]' at the end of a table declaration": "']' is missing after the name of a table",
    r"Expected '\]\]' at the end of an array declaration": "']]' is missing after a name",
    r"Expected (?P<name>['\"].*['\"])": "{name} is missing",
    r"Expecting value": "a value is missing",
    r"Expecting property name enclosed in double quotes": "a key in double quotes is missing",
    r"Expecting (?P<name>'.*') delimiter": "{name} is missing",
    r"Extra data": "something stands behind the end",
    r"Unterminated string starting at": "a text is not closed: the quote is missing",
    r"Invalid control character at": "a text has a line break or another character not allowed",
    r"Invalid \\escape": "a backslash in a text has to be doubled",
    r"Invalid \\uXXXX escape": "a code after a backslash is not one",
    r"Illegal trailing comma before end of .*": "a comma stands behind the last value",
}


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {AT, AT_END, *PARSED.values()}


def parse_fault(
    error: json.JSONDecodeError | tomllib.TOMLDecodeError,
) -> tuple[int | None, str | Phrase]:
    """The line of a fault, where it is known, and its reason."""
    if isinstance(error, json.JSONDecodeError):
        return error.lineno, phrased(AT, reason=_reason(error.msg), column=error.colno)
    found = WHERE.fullmatch(str(error))
    if found is None:
        return None, _reason(str(error))
    reason = _reason(found["why"])
    if found["line"] is None:
        return None, phrased(AT_END, reason=reason)
    return int(found["line"]), phrased(AT, reason=reason, column=found["column"])


def _reason(said: str) -> str | Phrase:
    """A sentence of ours for what a parser says; its own where it is none of the table."""
    for pattern, message in PARSED.items():
        match = re.fullmatch(pattern, said.strip().rstrip(":"))
        if match is not None:
            named = {name: text for name, text in match.groupdict().items() if text}
            return phrased(message, **named) if named else message
    return said
