"""``hilum board FOLDER``: the sheets of a board's whole list, with a cover."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet import Sheet

INDEX = "index"


def whole_list(
    folder: Path, asked: dict[str, Any], words: Words, *, form: str, out: Path | None,
    order: str, full: bool, as_json: bool,
) -> int:  # fmt: skip
    """Make every sheet of a folder and the cover; how many cases could not be read."""
    from hilum.analyses.board_list import BoardListAsked, run
    from hilum.analyses.forms import to_json
    from hilum.cli.asking import named
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.rendering.board_list import board_list_lines, cover_html, cover_pdf, sheet_name
    from hilum.rendering.sheet import render

    taken = {one.name for one in fields(BoardListAsked)}
    _refused({name: value for name, value in asked.items() if name not in taken})
    given = {name: value for name, value in asked.items() if name in taken}
    with named():
        question = BoardListAsked(folder=folder, order=order, **given)
    place = out or Path("board")
    if place.resolve() == folder.resolve():
        expected = "another folder than that of the cases"
        raise InputError(Fault("--out", None, "out", str(place), expected))

    def each(file: Path, sheet: Sheet) -> None:
        content = render(sheet, form, words, full=full)
        write(content, place / sheet_name(file.name, words, form))

    with watching(words) as watch:
        answer = run(question, watch, None if as_json else each)
        if as_json:
            typer.echo(to_json(answer))
            return len(answer.faulty)
        if form == "pdf":
            content = cover_pdf(answer, words)
        elif form == "json":
            content = (to_json(answer) + "\n").encode()
        else:
            content = cover_html(answer, words, form).encode()
    stems = {Path(one.file).stem for one in answer.entries}
    cover = place / sheet_name(
        INDEX if INDEX not in stems else f"{INDEX}-of-the-board",
        words,
        form if form in ("pdf", "json") else "html",
    )
    write(content, cover)
    typer.echo(words.line("\n".join(board_list_lines(answer, words))))
    typer.echo(f"{words('Written:')} {cover}")
    return len(answer.faulty)


def _refused(alone: dict[str, Any]) -> None:
    """Refuse options of one sheet that a whole list does not take.

    Raises
    ------
    InputError
        For each that is given.
    """
    expected = "one case: a whole list does not take it"
    faults = [
        Fault(f"--{name}", None, name, str(value), expected)
        for name, value in alone.items()
        if value
    ]
    if faults:
        raise InputError(*faults)
