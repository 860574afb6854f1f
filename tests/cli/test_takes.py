"""A file where a command is asked for: the commands that take it are named."""

import pytest
import typer
from proofs.face import called

from hilum.cli.main import app
from hilum.cli.takes import FOLDER, refusal, table
from hilum.language import words

COMMANDS = typer.main.get_command(app)


def command(path):
    found = COMMANDS
    for name in path.split():
        found = found.commands[name]
    return found


def groups(at=COMMANDS, path=""):
    for name, one in at.commands.items():
        own = f"{path} {name}".strip()
        if hasattr(one, "commands"):
            yield own, one
            yield from groups(one, own)


def first_path(one):
    """Whether what a command takes first is a file or a folder."""
    if hasattr(one, "complete"):
        one.complete(words("en"))
    kinds = [p.type_descriptor.annotation for p in one.params if hasattr(p, "type_descriptor")
             and type(p).__name__ == "TyperArgument"]  # fmt: skip
    return bool(kinds) and "Path" in str(kinds[0])


@pytest.mark.parametrize("row", table(), ids=lambda one: f"{one.group} {one.command}")
def test_each_row_names_a_command_that_takes_a_file_first(row):
    assert first_path(command(f"{row.group} {row.command}"))
    assert all(one == FOLDER or one.startswith(".") for one in row.endings)


# What stands first is written by them.
OTHERS = {"case new", "serve backup", "serve new-key"}
REVIEW = "Folder of the review."


def test_every_command_of_a_group_that_takes_a_file_first_has_a_row():
    known = {f"{one.group} {one.command}" for one in table()}
    there = {
        f"{path} {name}"
        for path, group in groups()
        for name, one in group.commands.items()
        if not hasattr(one, "commands") and first_path(one)
        if next(p.help for p in one.params if type(p).__name__ == "TyperArgument") != REVIEW
    }
    assert there - known - OTHERS == set()


@pytest.mark.parametrize("path", sorted({one.group for one in table()}))
def test_a_file_in_the_place_of_a_command_is_told_what_takes_it(path, tmp_path):
    for row in (one for one in table() if one.group == path):
        for ending in row.endings:
            one = tmp_path / ("folder" if ending == FOLDER else f"a b{ending}")
            one.mkdir(exist_ok=True) if ending == FOLDER else one.write_text("x")
            run = called(*path.split(), one)
            said = " ".join(run.stderr.replace("│", " ").split())
            assert run.returncode == 2
            assert f"hilum {path} {row.command}".replace("  ", " ") in said


def test_what_is_no_file_is_no_command(tmp_path):
    assert refusal("liver", str(tmp_path / "none.nii")) == ""
    assert refusal("liver", "x" * 5000) == refusal("liver", "a\0b") == ""
    assert refusal("serve", str(tmp_path)) == ""
    # An ending that no row has: every command that takes files.
    odd = tmp_path / "a.odd"
    odd.write_text("x")
    assert refusal("survival", str(odd)).count("hilum survival") == 2
    assert "report" not in refusal("literature", str(odd))
