"""The ``hilum`` command and its groups; turns hilum's errors into messages and exit codes."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import nullcontext
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer

from hilum._version import __version__
from hilum.cli.grouping import Grouped, Hinting, without_language
from hilum.cli.lean import lean
from hilum.cli.net import TRACEBACK, caught, flush, harden, leave
from hilum.cli.plain import take_all_plainly
from hilum.cli.tongue import Language
from hilum.cli.writing import GIVEN
from hilum.errors import HilumError, phrased

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from hilum.language import Words

EVIDENCE, SYNTHESIS, BOARD, TRIALS = "Evidence", "Synthesis", "Patient and board", "Trials"
ANALYSES = "Analyses"
# Every command by name, in the order in which the work is done, with its panel in the help. The
# module ``hilum.cli.NAME`` holds it under the same name; it is imported when it is asked for.
COMMANDS = {
    "evidence": EVIDENCE,
    "literature": EVIDENCE,
    "curve": EVIDENCE,
    "pool": SYNTHESIS,
    "sensitivity": SYNTHESIS,
    "network": SYNTHESIS,
    "joint": SYNTHESIS,
    "survival": SYNTHESIS,
    "case": BOARD,
    "liver": BOARD,
    "rules": BOARD,
    "verdict": BOARD,
    "board": BOARD,
    "serve": BOARD,
    "trials": TRIALS,
    "schema": ANALYSES,
}
FLOW = tuple(COMMANDS)
# Those that stay, with threads: what is loaded then is loaded whole.
LASTING = ("serve",)


class _Flow(Hinting):
    """Commands in the order in which the work is done, in the language of the reader."""

    words: Words | None = None

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Keep the words of the command for whoever has to compare outputs with inputs."""
        GIVEN.set(tuple(args))
        return super().parse_args(ctx, args)

    def main(self, args: Any = None, *more: Any, **named: Any) -> Any:
        """Run in the language that the arguments or the environment name."""
        words = _words(sys.argv[1:] if args is None else list(args))
        if words.language == "en":
            return super().main(args, *more, **named)
        from hilum.cli.speaking import speaking, translate

        if self.words is None:
            self.words = words
            translate(self, words)
        with speaking(words):
            return super().main(args, *more, **named)

    def make_context(self, *given: Any, **named: Any) -> Any:
        """The program's own arguments; refusals in the language."""
        with self._refusing():
            return super().make_context(*given, **named)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; refusals of its arguments in the language."""
        with self._refusing():
            return super().invoke(ctx)

    def _refusing(self) -> AbstractContextManager[None]:
        if self.words is None:
            return nullcontext()
        from hilum.cli.speaking import refusing

        return refusing(self.words)

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of :data:`FLOW`; one that is not in it comes last."""
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: FLOW.index(name) if name in FLOW else len(FLOW))


class _Program(typer.Typer):
    """The program; what the framework makes of it is kept, since a process may run it again."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        # By language: the help of a command is put into one.
        self._made: dict[str, Any] = {}

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Run the command that the process was given."""
        language = _words(sys.argv[1:]).language
        if language not in self._made:
            made = typer.main.get_command(self)
            take_all_plainly(made)
            self._made[language] = made
        return self._made[language](*given, **named)


@cache
def application(only: str | None = None) -> typer.Typer:
    """The whole program, or the program with one command: the others are then not imported."""
    made = _Program(
        cls=_Flow,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="From the published evidence to one patient's tumour-board sheet. "
        "Informs a board; never prescribes.",
    )
    made.callback()(options)
    for name, panel in COMMANDS.items():
        if only in (None, name):
            found = getattr(import_module(f"hilum.cli.{name}"), name)
            if isinstance(found, typer.Typer):
                made.add_typer(found, name=name, rich_help_panel=panel, cls=Grouped)
            else:
                kind = _asking() if getattr(found, "analysis", None) else None
                made.command(name, cls=kind, rich_help_panel=panel)(found)
    return made


def _asking() -> type[Any]:
    from hilum.cli.asking import Asking

    return Asking


def __getattr__(name: str) -> typer.Typer:
    """``app`` is the whole program, made when it is asked for."""
    if name == "app":
        return application()
    message = phrased("module {name!r} has no attribute {name_2!r}", name=__name__, name_2=name)
    raise AttributeError(message)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"hilum {__version__}")
        raise typer.Exit


def options(
    context: typer.Context,
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and stop."
    ),
    language: Language = None,
) -> None:
    """From the published evidence to one patient's tumour-board sheet."""
    del version
    if language is None:
        return
    before = os.environ.get("HILUM_LANGUAGE")

    def restore() -> None:
        if before is None:
            del os.environ["HILUM_LANGUAGE"]
        else:
            os.environ["HILUM_LANGUAGE"] = before

    os.environ["HILUM_LANGUAGE"] = language
    context.call_on_close(restore)


def run() -> None:
    """Entry point: every error becomes one message and an exit status.

    1 for errors made on purpose, 74 for output that could not be written, 70 for anything that
    nobody foresaw.
    """
    harden()
    # A command makes much and drops little: looking for rings of dropped things at every 700
    # new ones took a tenth of a sheet's time.
    gc.set_threshold(50_000, 20, 50)
    raise SystemExit(_status())


def _told(error: HilumError) -> str:
    """The error in the language asked for."""
    from hilum.language import told

    return told(error, _words(sys.argv[1:]))


def _words(args: list[str]) -> Words:
    """Words of the language asked for; English where that is what is wrong."""
    from hilum.cli.asking import said_language
    from hilum.cli.tongue import words_of
    from hilum.language import words as words_in

    try:
        return words_of(said_language(args))
    except HilumError:
        return words_in("en")


def _status() -> int:
    try:
        first = next(iter(without_language(sys.argv[1:])), None)
        if first not in LASTING:
            lean()
        try:
            application(first if first in COMMANDS else None)()
        except SystemExit as stop:
            code = stop.code
        else:
            code = 0
        flush(sys.stdout)
    except HilumError as error:
        return leave(_told(error), 1)
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        line, status = caught(error)
        return leave(_told(line), status)
    return code if isinstance(code, int) else 0 if code is None else 1
