"""Every choice of every analysis has words, in every language; the code stays the value."""

import pytest

from hilum.analyses import ANALYSES
from hilum.analyses.asked import options_of
from hilum.language import languages, words
from hilum.patient.liver.presets import PRESETS
from hilum.rendering.choices import CHOICES, OWN, choice_words

EVERY = [
    (analysis, field, code)
    for analysis, record in ANALYSES.items()
    for field, (option, _, _) in options_of(record.Asked).items()
    for code in (option.choices() if option.choices else ())
]
# Names of people, products and services, and words that are the same in English: no translation.
NAMES = {"peto", "simes", "uniform", "percent", "equivalence", "superiority", "male", "female"}


@pytest.mark.parametrize("language", languages())
def test_every_choice_has_words(language):
    said = words(language)
    for analysis, field, code in EVERY:
        text = choice_words(field, code, said)
        assert text, (analysis, field, code)
        bare = "_" in text or "+" in text or text == code
        assert not bare or code.lower() in {*NAMES, *text.lower().split()}, (analysis, field, code)


def test_every_word_is_of_a_choice_that_there_is():
    known = {(field, code) for _, field, code in EVERY} | {("preset", one) for one in PRESETS}
    shared = {id(CHOICES[field]) for field in ("outcome", "kind", "shape", "joint")}
    unused = [
        (field, code)
        for field, table in CHOICES.items()
        for code in table
        if (field, code) not in known and id(table) not in shared
    ]
    assert unused == []


def test_no_two_choices_of_a_field_read_alike():
    for analysis, record in ANALYSES.items():
        for field, (option, _, _) in options_of(record.Asked).items():
            codes = option.choices() if option.choices else ()
            said = [choice_words(field, code, words("en")) for code in codes]
            assert len(set(said)) == len(said), (analysis, field)


def test_what_a_program_adds_is_called_by_its_code():
    assert choice_words("to", "", words("en")) == ""
    assert choice_words("to", "made-up", words("en")) == "made-up"
    assert "measure" in OWN


def test_every_preset_of_a_liver_has_words():
    assert set(CHOICES["preset"]) == set(PRESETS)
