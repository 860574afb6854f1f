"""Which language is meant, and that both catalogues are complete."""

import re

import pytest

from hilum.errors import UnknownCode
from hilum.language import LANGUAGES, chosen, understood, words
from hilum.language.words import CONTEXT


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("en", "en"),
        ("en_GB.UTF-8", "en"),
        ("C", "en"),
        ("C.UTF-8", "en"),
        ("POSIX", "en"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh_CN", "zh-Hans"),
        ("zh_CN.UTF-8", "zh-Hans"),
        ("zh-Hans", "zh-Hans"),
        ("ZH-HANS-CN", "zh-Hans"),
        ("zh_SG@x", "zh-Hans"),
        # No translation in traditional characters.
        ("zh_TW", None),
        ("zh-Hant", None),
        ("de_DE", None),
        ("", None),
    ],
)
def test_names_of_languages(said, language):
    assert understood(said) == language


@pytest.mark.parametrize(
    ("said", "environ", "language"),
    [
        (None, {}, "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh-Hans"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        (None, {"LC_ALL": "", "LC_MESSAGES": "zh_CN"}, "zh-Hans"),
        (None, {"HILUM_LANGUAGE": "zh", "LANG": "en_US"}, "zh-Hans"),
        ("en", {"HILUM_LANGUAGE": "zh"}, "en"),
        ("zh", {"LANG": "en_US"}, "zh-Hans"),
    ],
)
def test_what_is_said_goes_before_the_environment(said, environ, language):
    assert chosen(said, environ) == language


@pytest.mark.parametrize(("said", "environ"), [("fr", {}), (None, {"HILUM_LANGUAGE": "fr"})])
def test_an_unknown_language_lists_the_known_ones(said, environ):
    with pytest.raises(UnknownCode) as caught:
        chosen(said, environ)
    assert caught.value.known == LANGUAGES


def test_every_message_of_the_analyses_has_a_translation(gathered):
    from tools.messages import FOLDER, catalogue

    found = catalogue(FOLDER / "analyses.po")
    ids = gathered["analyses"]
    assert len(ids) > 80
    known = {f"{one.context}{CONTEXT}{one.id}" if one.context else one.id for one in found}
    assert known - {""} == ids, "run `make messages`"
    spoken = words("zh-Hans")
    for text in ids:
        context, _, message = text.rpartition(CONTEXT)
        assert found.get(message, context or None).string, text
        # Compiled too, with the same places to fill in.
        told = spoken.within(context, message) if context else spoken(message)
        assert sorted(re.findall(r"{[^}]*}", told)) == sorted(re.findall(r"{[^}]*}", text)), text
    assert spoken.missing == set(), "run `make messages`"


def test_one_chinese_word_for_one_english_one():
    from tools.messages import FOLDER, catalogue

    sheet, analyses = (catalogue(FOLDER / f"{name}.po") for name in ("hilum", "analyses"))
    both = [one for one in analyses if one.id and not one.context and sheet.get(one.id)]
    assert both
    assert [one.id for one in both if one.string != sheet.get(one.id).string] == []


def test_a_context_tells_words_apart():
    spoken, english = words("zh-Hans"), words("en")
    # Of time in a curve; the same word elsewhere is another message.
    assert spoken.within("time", "years") == "年"
    assert "time\x04years" not in spoken.missing
    assert english.within("time", "years") == "years"
    spoken.within("time", "aeons")
    assert spoken.missing == {"time\x04aeons"}
