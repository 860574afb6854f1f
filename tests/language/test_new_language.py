"""A language is a folder: one more, put beside the others, is spoken without any code."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from tools.messages import FOLDER
from typer.testing import CliRunner

from hilum.cli.main import app
from hilum.errors import UnknownCode
from hilum.language import chosen, languages, understood, words

SHEET, HELP = "supported", "Patient and board"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The shipped languages and one that says two words in capitals."""
    import sys

    held = FOLDER.parent
    (tmp_path / held.name).symlink_to(held)
    place = tmp_path / "xx" / "LC_MESSAGES"
    place.mkdir(parents=True)
    for domain, text in (("hilum", SHEET), ("help", HELP)):
        made = Catalog(locale=None)
        made.add(text, f"XX {text.upper()}")
        with (place / f"{domain}.mo").open("wb") as file:
            write_mo(file, made)
    monkeypatch.setattr(sys.modules["hilum.language.words"], "LOCALE", tmp_path)
    return tmp_path


def test_the_list_of_languages_is_that_of_the_folders(folder):
    assert languages() == ("en", "xx", "zh-Hans")
    assert understood("xx_YY.UTF-8") == "xx"
    assert words("xx")(SHEET) == "XX SUPPORTED"
    assert chosen(None, {"LANG": "xx_YY"}) == "xx"


def test_a_command_speaks_it_and_the_rest_stays_english(folder):
    case = str(Path(__file__).parents[2] / "examples" / "midgut-multifocal.toml")
    result = CliRunner().invoke(app, ["verdict", case, "--language", "xx"])
    assert result.exit_code == 0, result.output
    assert "XX SUPPORTED" in result.output
    shown = CliRunner().invoke(app, ["--language", "xx", "--help"]).output
    assert "XX PATIENT AND BOARD" in shown


def test_without_the_folder_there_is_no_such_language():
    assert languages() == ("en", "zh-Hans")
    with pytest.raises(UnknownCode) as caught:
        chosen("xx", {})
    assert caught.value.known == ("en", "zh-Hans")
    with pytest.raises(ValueError, match="expected one of en, zh-Hans"):
        words("xx")
