"""Why a text is no case: every reason of the parsers has a sentence of ours, with its line."""

from pathlib import PurePath

import pytest

from hilum.errors import InputError
from hilum.patient.casefile import parsed_case
from hilum.patient.parse_faults import messages

TOML = ("a", "a = ", "a = 1 2", "a = [1", "a = {b = 1", "a = 1\na = 2", "a = 'x", 'a = "\\x"',
        "[a\n", "[[a]\n", "[a]\n[a]\n", "a = 2026-13-45", "= 1", "a = x")  # fmt: skip
JSON = ('{"a": }', '{"a" 1}', '{"a": 1} x', "{a: 1}", '{"a": "x', '{"a": "\\x"}', "[1 2]")


@pytest.mark.parametrize(
    ("name", "text"), [*(("c.toml", one) for one in TOML), *(("c.json", one) for one in JSON)]
)
def test_a_reason_in_our_words(name, text):
    with pytest.raises(InputError) as raised:
        parsed_case(text, PurePath(name))
    (fault,) = raised.value.faults
    reason = fault.expected.facts["reason"]
    said = reason.facts["reason"]
    assert getattr(said, "message", said) in messages()
    assert "''" not in str(raised.value)
