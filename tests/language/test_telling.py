"""An error keeps its sentences and facts apart and is told in the language of its reader."""

import pickle
from typing import ClassVar

import pytest

from hilum.errors import Fault, InputError, NotEstimable, OutOfRange, UnknownCode, phrased
from hilum.language import told, words


class Catalogue:
    """Says every sentence it knows in another language and keeps the rest."""

    said: ClassVar = {
        "{column}: {value!r}: expected {expected}": "{expected} statt {value!r} ({column})",
        "{place}: {column}: {value!r}: expected {expected}": (
            "{expected} statt {value!r} ({column})"
        ),
        "one of {known}": "eins von {known}",
        "row {row}: {seen}: expected {expected}": "Zeile {row}, {seen}: {expected}",
        "a number": "eine Zahl",
    }

    def __call__(self, message, /, **values):
        return self.said.get(message, message).format(**values)


def test_a_phrase_is_its_english_and_keeps_its_facts():
    said = phrased("{n} of {total:g}", n=3, total=7.0)
    assert said == "3 of 7"
    assert (said.message, said.facts) == ("{n} of {total:g}", {"n": 3, "total": 7.0})
    again = pickle.loads(pickle.dumps(said))
    assert (again, again.message, again.facts) == (said, said.message, said.facts)


def test_a_fault_and_what_it_expects_are_told_in_the_language():
    error = InputError(
        Fault("a.csv", 3, "x", "?", "a number"),
        Fault("", None, "y", "z", phrased("one of {known}", known="a, b")),
    )
    assert str(error) == "a.csv:3: x: '?': expected a number\ny: 'z': expected one of a, b"
    assert told(error, Catalogue()) == "eine Zahl statt '?' (x)\neins von a, b statt 'z' (y)"


@pytest.mark.parametrize(
    ("error", "english"),
    [
        (UnknownCode("measure", "ZZ", ("OR", "RR")), "measure 'ZZ': expected one of OR, RR"),
        (OutOfRange(2, {"xi": 5.0}, "a number"), "row 3: xi 5: expected a number"),
        (NotEstimable(phrased("{k} studies", k=0)), "0 studies"),
        (NotEstimable("no study to pool"), "no study to pool"),
    ],
)
def test_every_kind_says_the_same_in_english(error, english):
    assert str(error) == english
    assert told(error, words("en")) == english


def test_a_value_is_never_translated():
    error = InputError(Fault("", None, "x", "a number", "one of 1, 2"))
    assert told(error, Catalogue()) == "one of 1, 2 statt 'a number' (x)"
