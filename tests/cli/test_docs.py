"""What the README tells a reader to type does what it says."""

import re
import shlex
from pathlib import Path

import pytest
from proofs.face import called
from tools.commands import TARGET, page

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
LINES = [
    line.split("#")[0].strip()
    for language, block in BLOCKS
    for line in block.splitlines()
    if language == "sh" and line.startswith("hilum ")
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("readme")
    for name in ("examples", "docs"):
        (where / name).symlink_to(ROOT / name)
    (where / "my-tables").symlink_to(ROOT / "src" / "hilum" / "evidence" / "netlm")
    return where


def test_every_shell_line_runs(folder):
    assert len(LINES) >= 8
    for line in LINES:
        done = called(*shlex.split(line)[1:], cwd=folder)
        assert done.returncode == 0, f"{line}\n{done.stderr}"


def test_every_python_block_runs(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    blocks = [block for language, block in BLOCKS if language == "python"]
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out.strip()


def test_the_page_of_commands_is_current():
    assert TARGET.read_text("utf-8") == page(), "run `make commands`"
