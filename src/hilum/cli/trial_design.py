"""``hilum trials design``: one command a design; each ends in a synopsis."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.analyses.designs import DESIGNS
from hilum.cli.asking import Asking, Language, asking, named
from hilum.cli.grouping import Grouped
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.language import Words


class AskingDesign(Asking):
    """A design's command: its own options, those of its simulation, those of every design."""

    def complete(self, words: Words) -> None:
        """See :class:`Asking`."""
        from hilum.analyses.designs.asked import DesignAsked
        from hilum.analyses.designs.simulated import ASKED

        super().complete(words)
        shared = [one.name for one in fields(DesignAsked)]
        last = [*ASKED, *shared, *(one.name for one in self.params if one.name in OUTPUT)]
        self.params.sort(key=lambda one: last.index(one.name) + 1 if one.name in last else 0)


class Designs(Grouped):
    """The designs of the table, whatever was added to it."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their codes."""
        return [*DESIGNS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command, made now where the table has grown."""
        known = super().get_command(ctx, cmd_name)
        if known is not None or cmd_name not in DESIGNS:
            return known
        made = typer.Typer(add_completion=False)
        made.command(cmd_name, cls=AskingDesign)(face_of(cmd_name))
        return typer.main.get_command(made)


design = typer.Typer(
    cls=Designs,
    no_args_is_help=True,
    help="Size a trial and write its synopsis (HTML, DOCX, PDF, JSON). Alpha is one-sided unless "
    "--sided 2 is given; times are months.",
)
OUTPUT = ("out", "protocol", "as_json", "language")


def face_of(code: str) -> Callable[[], None]:
    """The command of a design."""

    def face(
        asked: dict[str, Any],
        out: Annotated[
            Path | None,
            typer.Option(
                help="Write the synopsis; the ending says how: .html, .docx, .pdf, .json."
            ),
        ] = None,
        protocol: Annotated[
            Path | None,
            typer.Option(
                help="Write the protocol too: .html, .docx, .pdf, .json (hilum trials protocol "
                "takes more)."
            ),
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
        language: Language = None,
    ) -> None:
        from hilum.analyses.forms import to_json
        from hilum.cli.trials_protocol import form_of, written
        from hilum.cli.watching import watching
        from hilum.cli.writing import write
        from hilum.rendering.sheet.synopsis import render_synopsis, text

        words = words_of(language)
        form = None if out is None else _form_of(out)
        protocol_form = None if protocol is None else form_of(protocol, "--protocol")
        record = DESIGNS[code]
        if "scenarios" in asked:
            asked |= _scenarios(asked["scenarios"])
        with named(), watching(words) as watch:
            answer = record.run(record.Asked(**asked), watch)
        if out is not None and form is not None:
            write(render_synopsis(answer, form, words), out)
        if protocol is not None and protocol_form is not None:
            written(_protocol_of(answer), protocol_form, protocol, words)
        if as_json:
            typer.echo(to_json(answer))
            return
        typer.echo(text(answer, words))
        for path in (out, protocol):
            if path is not None:
                typer.echo(words("wrote {file}", file=path))

    face.__doc__ = DESIGNS[code].summary
    return asking(f"design-{code}")(face)


def _scenarios(given: tuple[str, ...]) -> dict[str, Any]:
    """Codes of scenarios, and the user's own files of them, as they were typed.

    Raises
    ------
    InputError
        A file that cannot be read.
    """
    from hilum.analyses.scenario import read_text

    parts = [part.strip() for one in given for part in one.split(",")]
    files = [part for part in parts if part.lower().endswith(".toml")]
    return {
        "scenarios": tuple(part for part in parts if part and part not in files),
        "scenario_files": tuple(read_text(Path(part)) for part in files),
    }


def _protocol_of(answer: Any) -> Any:
    """The protocol of a design just made, with nothing said of its centres."""
    from hilum.analyses.protocol import DesignText, ProtocolAsked, protocol_of

    question = ProtocolAsked(file=DesignText("", ""), evidence=answer.asked.evidence)
    return protocol_of(answer, question)


def _form_of(out: Path) -> str:
    """The format that a file's ending names.

    Raises
    ------
    InputError
        Another ending.
    """
    from hilum.rendering.sheet.synopsis import FORMATS

    form = out.suffix[1:].lower()
    if form not in FORMATS:
        wanted = phrased("a file name that ends in .{forms}", forms=", .".join(FORMATS))
        raise InputError(Fault("--out", None, "out", out.name, wanted))
    return form


for one in DESIGNS:
    design.command(one, cls=AskingDesign)(face_of(one))
