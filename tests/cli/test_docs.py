"""What the README tells a reader to type does what it says."""

import re
import shlex
from pathlib import Path

import pytest
from proofs.face import called
from tools.commands import TARGETS, page
from tools.pictures import made, pictures

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "README.zh.md",
    *(f"docs/{one.name}" for one in (ROOT / "docs").glob("tut*.md")),
]


def blocks_of(page):
    return re.findall(r"```(sh|python)\n(.*?)```", (ROOT / page).read_text("utf-8"), re.S)


def lines_of(page):
    return [
        line.split("#")[0].strip()
        for language, block in blocks_of(page)
        for line in block.replace("\\\n", " ").splitlines()
        if language == "sh" and line.startswith("hilum ")
    ]


@pytest.fixture
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("readme")
    for name in ("examples", "docs"):
        (where / name).symlink_to(ROOT / name)
    (where / "my-tables").symlink_to(ROOT / "src" / "hilum" / "evidence" / "netlm")
    return where


@pytest.mark.parametrize("page", PAGES)
def test_every_shell_line_runs(page, folder):
    found = lines_of(page)
    assert found
    for line in found:
        done = called(*shlex.split(line)[1:], cwd=folder)
        assert done.returncode == 0, f"{line}\n{done.stderr}"


def test_every_python_block_runs(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    blocks = [block for language, block in blocks_of("README.md") if language == "python"]
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("language", TARGETS)
def test_the_page_of_commands_is_current(language):
    assert TARGETS[language].read_text("utf-8") == page(language), "run `make commands`"


def test_every_picture_of_the_docs_is_drawn_by_a_command():
    pages = [ROOT / "README.md", ROOT / "README.zh.md", *(ROOT / "docs").glob("*.md")]
    used = {
        name for one in pages for name in re.findall(r"pictures/([^)\s]+)", one.read_text("utf-8"))
    }
    assert used == {one.name for one in pictures()}
    assert all(one.file.exists() for one in pictures())


@pytest.mark.parametrize("picture", [one for one in pictures() if not one.page], ids=str)
def test_a_drawn_picture_is_what_its_command_draws(picture, tmp_path):
    assert made(picture, tmp_path).read_bytes() == picture.file.read_bytes(), "run `make pictures`"
