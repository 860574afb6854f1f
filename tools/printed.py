"""Run the pages: every command they show, in order, with what it prints and what it draws.

What a fenced block of a page holds decides what happens to it:

- ``sh``: commands that a reader types; each runs (``hilum``, ``cp``, ``mkdir``), none may fail;
- ``console``: ``$ hilum ...`` and, below it, what that prints, which is written by this program.
  A pipe into ``head -n N``, ``tail -n N`` or ``sed -n A,Bp`` shows some lines (none that says what
  day it is), an ``>`` writes a file;
- ``python``: runs;
- after ``<!-- shown: FILE -->``: the file.

The commands of a page run one after another in a folder of its own that has the examples, so that
one may use what an earlier one wrote. A picture of the page that a command of the page writes
(``--plot NAME.svg``, shown as ``pictures/NAME.svg``) is that file. Commands that need a network or
minutes stand in ``docs/not-run.csv`` with the reason; where they have a stamp, what they printed
is kept for as long as what they depend on stays the same.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from proofs.face import called

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
NOT_RUN = ROOT / "docs" / "not-run.csv"
BLOCK = re.compile(r"^```(?P<kind>sh|console|python)\n(?P<text>.*?)^```$", re.S | re.M)
FILE = re.compile(r"<!-- shown: (?P<file>[^\n]*?) -->\n+```(?P<kind>\w+)\n(?P<text>.*?)```", re.S)
PICTURE = re.compile(r"pictures/([^)\s]+)")
COMMENT = re.compile(r"\s+#\s.*$")
PROMPT = "$ "
SHELL = ("cp ", "mkdir ")
WIDTH = "100"
# What a reader has beside the pages: the examples of the repository, and tables to check.
BESIDE = {
    "examples": ROOT / "examples",
    "my-tables": ROOT / "src" / "hilum" / "evidence" / "netlm",
    "exports": ROOT / "tests" / "literature" / "exports" / "troubles",
}


class Failed(Exception):
    """A command of a page that does not do what the page says."""


@dataclass(frozen=True, slots=True)
class NotRun:
    """A command that is not run with its page, and why.

    ``depends`` are the files (patterns, from the root) that decide what it prints; without them it
    is never run at all.
    """

    command: str
    reason: str
    depends: str
    stamp: str

    @property
    def kept(self) -> bool:
        """Whether what it printed is kept under a stamp."""
        return bool(self.depends)

    def current(self) -> str:
        """The stamp of today: the command and the bytes of what it depends on."""
        made = hashlib.sha256(self.command.encode())
        for pattern in self.depends.split():
            for path in sorted(ROOT.glob(pattern)):
                made.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
        return made.hexdigest()[:16]


def not_run() -> dict[str, NotRun]:
    """The table of commands that are not run with their page."""
    with NOT_RUN.open(encoding="utf-8", newline="") as file:
        return {row["command"]: NotRun(**row) for row in csv.DictReader(file)}


def pages() -> list[Path]:
    """Pages with a block that runs or is filled."""
    every = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [one for one in every if _has_blocks(one.read_text("utf-8"))]


def _has_blocks(text: str) -> bool:
    return BLOCK.search(text) is not None or FILE.search(text) is not None


def commands(text: str) -> list[str]:
    """The commands of a page, in order."""
    return [
        one for match in BLOCK.finditer(text) for one in _commands(match["kind"], match["text"])
    ]


def _commands(kind: str, block: str) -> list[str]:
    lines = [COMMENT.sub("", one).strip() for one in block.replace("\\\n", " ").splitlines()]
    lines = [re.sub(r"\s+", " ", one) for one in lines]
    if kind == "console":
        return [one.removeprefix(PROMPT) for one in lines if one.startswith(PROMPT)]
    return [one for one in lines if one.startswith(("hilum ", *SHELL))] if kind == "sh" else []


@dataclass(frozen=True, slots=True)
class _Ran:
    """What a command printed and the files it wrote."""

    text: str
    wrote: dict[str, bytes]


# Commands that stand on several pages run once a process: by their words and by what they name.
_ran: dict[tuple[object, ...], _Ran] = {}


def run(command: str, folder: Path) -> str:
    """What a command of a page prints, at a fixed width; its files are in ``folder`` after it."""
    if command.startswith(SHELL):
        subprocess.run(command, shell=True, cwd=folder, check=True)
        return ""
    words, shown, target = _parts(command)
    key = (*words, *(_state(folder / one) for one in words))
    if key not in _ran:
        before = _files(folder)
        made = called(
            *words[1:],
            cwd=folder,
            env={
                **os.environ,
                "COLUMNS": WIDTH,
                "NO_COLOR": "1",
                "HILUM_LANGUAGE": "",
                "HILUM_CACHE": "off",
            },
        )
        if made.returncode:
            raise Failed(f"{command}\n{made.stdout}{made.stderr}")
        wrote = {name: data for name, data in _files(folder).items() if before.get(name) != data}
        _ran[key] = _Ran(made.stdout, wrote)
    for name, data in _ran[key].wrote.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    if target:
        (folder / target).write_text(_ran[key].text, "utf-8")
        return ""
    lines = [line.rstrip() for line in _ran[key].text.rstrip("\n").splitlines()]
    return "".join(f"{line}\n" for line in lines[shown])


def _parts(command: str) -> tuple[list[str], slice, str]:
    """Words, which lines are shown, and the file that the output goes to."""
    words = shlex.split(command)
    if words[-4:-1] == ["|", "head", "-n"]:
        return words[:-4], slice(int(words[-1])), ""
    if words[-4:-1] == ["|", "tail", "-n"]:
        return words[:-4], slice(-int(words[-1]), None), ""
    if words[-4:-1] == ["|", "sed", "-n"]:
        first, last = words[-1].removesuffix("p").split(",")
        return words[:-4], slice(int(first) - 1, int(last)), ""
    if words[-2:-1] == [">"]:
        return words[:-2], slice(None), words[-1]
    return words, slice(None), ""


def _state(path: Path) -> str:
    """What stands at a path that a word of a command may name, unless it never changes."""
    if path.is_symlink() or not path.exists() or "examples" in path.parts:
        return ""
    held = hashlib.sha256()
    for one in sorted(path.rglob("*")) if path.is_dir() else [path]:
        held.update(one.name.encode() + (one.read_bytes() if one.is_file() else b""))
    return held.hexdigest()


def _files(folder: Path) -> dict[str, bytes]:
    return {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for top in folder.iterdir()
        if not top.is_symlink()
        for one in ([top] if top.is_file() else top.rglob("*"))
        if one.is_file()
    }


def prepared(folder: Path) -> Path:
    """A folder as a reader has it who follows a page."""
    for name, where in BESIDE.items():
        (folder / name).symlink_to(where)
    return folder


def filled(text: str, folder: Path, again: Callable[[NotRun], bool] = lambda _: False) -> str:
    """A page with every block as it runs today in ``folder``.

    ``again`` says of a command with a stamp whether it runs anew.
    """
    apart = not_run()

    def block(match: re.Match[str]) -> str:
        kind, held = match["kind"], match["text"]
        if kind == "python":
            _python(held, folder)
            return match[0]
        if kind == "console":
            return f"```console\n{_console(held, folder, apart, again)}```"
        for command in _commands(kind, held):
            if command not in apart:
                run(command, folder)
        return match[0]

    def whole(match: re.Match[str]) -> str:
        shown = (ROOT / match["file"]).read_text("utf-8").strip()
        return f"<!-- shown: {match['file']} -->\n\n```{match['kind']}\n{shown}\n```"

    return FILE.sub(whole, BLOCK.sub(block, text))


def _console(
    held: str, folder: Path, apart: dict[str, NotRun], again: Callable[[NotRun], bool]
) -> str:
    """A console block: its commands as they stand, each with what it prints."""
    out: list[str] = []
    for step in re.split(r"^(?=\$ )", held, flags=re.M):
        head = re.match(r"\$ (?:[^\n]*\\\n)*[^\n]*\n", step)
        if head is None:
            continue
        [command] = _commands("console", head[0])
        one = apart.get(command)
        keep = one is not None and not (one.kept and again(one))
        out.append(step if keep else head[0] + run(command, folder))
    return "".join(out)


def _python(block: str, folder: Path) -> None:
    where = Path.cwd()
    os.chdir(folder)
    try:
        exec(compile(block, "page", "exec"), {"__name__": "page"})
    except Exception as error:
        raise Failed(f"{block}\n{error!r}") from error
    finally:
        os.chdir(where)


def drawn(text: str, folder: Path) -> dict[str, bytes]:
    """The pictures of a page that its commands have written in ``folder``."""
    return {
        name: (folder / name).read_bytes()
        for name in PICTURE.findall(text)
        if (folder / name).is_file()
    }


def write_stamps() -> None:
    """Give every command that is kept the stamp of today."""
    rows = [replace(one, stamp=one.current() if one.kept else "") for one in not_run().values()]
    with NOT_RUN.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(one.name for one in fields(NotRun))
        table.writerows(astuple(one) for one in rows)


def main(names: Sequence[str]) -> None:
    """Fill the pages (all, or those named), write their pictures; stamps where all were filled."""
    for path in pages():
        if names and path.name not in names:
            continue
        text = path.read_text("utf-8")
        with tempfile.TemporaryDirectory() as folder:
            there = prepared(Path(folder))
            path.write_text(filled(text, there, lambda one: one.current() != one.stamp), "utf-8")
            for name, data in drawn(text, there).items():
                (PICTURES / name).write_bytes(data)
    if not names:
        write_stamps()


if __name__ == "__main__":
    main(sys.argv[1:])
