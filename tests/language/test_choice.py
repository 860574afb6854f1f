"""Which language is meant, and that both catalogues are complete."""

import re

import pytest

from hilum.errors import UnknownCode
from hilum.language import LANGUAGES, chosen, understood, words


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


def test_every_message_of_the_analyses_has_a_translation():
    from tools.messages import FOLDER, analysis_ids, catalogue

    found = catalogue(FOLDER / "analyses.po")
    ids = analysis_ids()
    assert len(ids) > 80
    assert [text for text in ids if not (found.get(text) and found.get(text).string)] == []
    assert {one.id for one in found if one.id} == ids, "run `make messages`"
    spoken = words("zh-Hans")
    for text in ids:
        # Compiled too, with the same places to fill in.
        told = spoken._translate(text)
        assert sorted(re.findall(r"{[^}]*}", told)) == sorted(re.findall(r"{[^}]*}", text)), text
    assert spoken.missing == set(), "run `make messages`"
