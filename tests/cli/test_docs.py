"""The pages hold what their commands print and draw, and every command of a page runs."""

import re
from pathlib import Path

import pytest
from tools.commands import TARGETS, page
from tools.pictures import alike, pictures
from tools.printed import ROOT, commands, drawn, filled, not_run, pages, prepared

PICTURES = ROOT / "docs" / "pictures"
# A page without commands says why: it is made by a program, or speaks of no command.
WITHOUT = {
    "beside-metafor.md",
    "asvs.md",
    "commands.md",
    "commands.zh.md",
    "methods.md",
    "mutation.md",
    "reference.md",
    "threat-model.md",
    "validation.md",
}


def all_pages():
    return [ROOT / "README.md", ROOT / "README.zh.md", *(ROOT / "docs").glob("*.md")]


def test_every_page_that_speaks_of_a_command_runs_one():
    assert {one.name for one in all_pages()} - {one.name for one in pages()} == WITHOUT


# Their commands take long and are run by the tests of their rooms as well, by another page, or by
# the same page in English.
LONG = {
    "index.md", "liver.md", "worth.md", "trials.md", "README.zh.md", "tutorial-clinician.zh.md",
    "tutorial-reviewer.zh.md", "tutorial-trialist.zh.md", "verdict.zh.md",
}  # fmt: skip
PRINTED = [
    pytest.param(one, id=one.name, marks=pytest.mark.slow if one.name in LONG else ())
    for one in pages()
]


@pytest.mark.parametrize("path", PRINTED)
def test_the_page_is_what_its_commands_print_and_draw(path, tmp_path):
    text = path.read_text("utf-8")
    folder = prepared(tmp_path)
    assert filled(text, folder) == text, "make printed"
    for name, data in drawn(text, folder).items():
        held = (PICTURES / name).read_bytes()
        same = alike(held, data) if name.endswith(".png") else held == data
        assert same, f"{name}: make printed"


def test_every_shell_block_holds_commands_that_run():
    """A line that no program knows would stand on a page and never be tried."""
    for path in pages():
        for block in re.findall(r"^```sh\n(.*?)^```", path.read_text("utf-8"), re.S | re.M):
            for line in block.replace("\\\n", " ").splitlines():
                known = line.startswith(("hilum ", "cp ", "mkdir ", "make ", "#")) or not line
                assert known, f"{path.name}: {line}"


def test_what_is_not_run_stands_on_a_page_and_says_why():
    shown = {command for path in pages() for command in commands(path.read_text("utf-8"))}
    apart = not_run()
    assert set(apart) <= shown
    assert all(one.reason for one in apart.values())


@pytest.mark.parametrize("one", [one for one in not_run().values() if one.kept], ids=str)
def test_what_is_kept_was_printed_from_what_stands_here_today(one):
    assert all(list(ROOT.glob(pattern)) for pattern in one.depends.split())
    assert one.current() == one.stamp, "make printed"


@pytest.mark.parametrize("language", TARGETS)
def test_the_page_of_commands_is_current(language):
    assert TARGETS[language].read_text("utf-8") == page(language), "run `make commands`"


def test_every_picture_is_drawn_by_a_command():
    texts = [path.read_text("utf-8") for path in all_pages()]
    used = {name for text in texts for name in re.findall(r"pictures/([^)\s]+)", text)}
    beside = {name for name in used if name.startswith("beside/")}
    used -= beside
    written = {
        name for text in texts for command in commands(text) for name in used & set(command.split())
    }
    by_table = {one.name for one in pictures()}
    assert not written & by_table
    assert used == written | by_table
    assert {one.name for one in PICTURES.iterdir() if one.is_file()} == used | {"pictures.csv"}
    assert sum(one.stat().st_size for one in PICTURES.rglob("*")) < 4_000_000
    # Those beside metafor's are drawn where R is: tools.beside_metafor.
    assert {f"beside/{one.name}" for one in (PICTURES / "beside").iterdir()} == beside


def test_pages_are_read_from_the_repository():
    assert Path(ROOT / "docs" / "index.md") in pages()
