"""Options of a command read from what its analysis can be asked; help in the reader's language."""

from __future__ import annotations

import inspect
import sys
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from importlib import import_module
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

import typer
from typer.core import TyperCommand

from hilum.cli.plain import take_plainly
from hilum.cli.tongue import words_of
from hilum.errors import Fault, HilumError, InputError, renamed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from hilum.language import Words

LANGUAGE_HELP = "Language of words, plots and help: en or zh (also zh-CN, zh_CN)."
# Values that are no options: they come from the file or the face itself.
Language = Annotated[str | None, typer.Option(help=LANGUAGE_HELP)]
# Fields that hold several numbers: one option with commas between.
SERIES = tuple[float, ...] | None
# Those whose order says something: blanks or commas between; none is not given.
ORDERED = tuple[float, ...]
# And several names: an option that may be given again.
NAMES = tuple[str, ...]
PANELS = {
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "OPTIONS_PANEL_TITLE": "Options",
    "DEFAULT_STRING": "[default: {}]",
    "REQUIRED_LONG_STRING": "[required]",
}
"""What the terminal's help says around the options."""


class Asking(TyperCommand):
    """A command whose options are made when it is used, from its analysis."""

    spoken: str | None = None
    """The language whose help it holds."""

    def complete(self, words: Words) -> None:
        """Put in the options of the analysis, with help in ``words``."""
        if self.spoken == words.language:
            return
        self.spoken = words.language
        face: Any = self.callback
        app = typer.Typer(add_completion=False)
        app.command(help=words(face.summary))(_complete(face.face, face.analysis, words))
        made: Any = typer.main.get_command(app)
        self.params, self.callback, self.help = made.params, made.callback, made.help
        vars(self.callback).update(vars(face))
        own = own_help(face.face)
        for parameter in self.params:
            said: Any = parameter
            if getattr(said, "help", None) in own:
                said.help = words(said.help)
            if said.name == "kind" and face.kinds:
                table = import_module(face.kinds).PLOT_KINDS
                said.help = one_of(said.help, tuple(table), words)
        take_plainly(self.params)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Options first, then the arguments that were given."""
        self.complete(_words(args))
        face: Any = self.callback
        args = _without_percent(args, shares_of(face.analysis))
        _no_percent(args, numbers_of(face.analysis))
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The terminal's help, its headings too in the language."""
        with _panels(_words(sys.argv[1:])):
            super().format_help(ctx, formatter)


def asking(
    name: str | None, *, kinds: str | None = None
) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Make a command's face: its ``asked`` becomes an option a field of the analysis.

    A face without an analysis (None) has its own options alone, told in the reader's language.
    ``kinds`` is the module whose ``PLOT_KINDS`` the option ``--kind`` chooses from.
    """

    def wrap(face: Callable[..., None]) -> Callable[[], None]:
        def stub() -> None:
            """Stand in until the command is used."""

        made: Any = stub
        made.__doc__ = made.summary = (face.__doc__ or "").strip()
        made.__name__ = face.__name__
        made.analysis, made.face, made.kinds = name, face, kinds
        return stub

    return wrap


def numbers_of(name: str | None) -> frozenset[str]:
    """Options of an analysis that are numbers and no shares of a whole."""
    from hilum.analyses import analysis
    from hilum.analyses.asked import options_of

    if name is None:
        return frozenset()
    return frozenset(
        f"--{(said.flag or field).replace('_', '-')}"
        for field, (said, hint, _) in options_of(analysis(name).Asked).items()
        if not said.is_share and {float, int} & {hint, *get_args(hint)}
    )


def shares_of(name: str | None) -> frozenset[str]:
    """Options of an analysis that may be given as percentages."""
    from hilum.analyses import analysis
    from hilum.analyses.typed import typed_fields

    if name is None:
        return frozenset()
    fields = typed_fields(analysis(name).Asked)
    return frozenset(
        f"--{(one.said.flag or one.name).replace('_', '-')}" for one in fields if one.percent
    )


def _no_percent(args: list[str], numbers: frozenset[str]) -> None:
    """Refuse percentages of numbers that are no shares.

    Raises
    ------
    InputError
        The option and what it takes.
    """
    from hilum.analyses.asked import no_share

    for place, one in enumerate(args):
        name, is_said, value = one.partition("=")
        if not is_said:
            name, value = (args[place - 1] if place else ""), one
        wanted = no_share(value) if name in numbers else None
        if wanted is not None:
            raise InputError(Fault(name, None, name.lstrip("-"), value, wanted))


def _without_percent(args: list[str], shares: frozenset[str]) -> list[str]:
    """Arguments whose shares are plain numbers."""
    from hilum.analyses.asked import without_percent

    found: list[str] = []
    for place, one in enumerate(args):
        name, is_said, value = one.partition("=")
        if is_said and name in shares:
            found.append(f"{name}={without_percent(value)}")
        elif place and args[place - 1] in shares:
            found.append(without_percent(one))
        else:
            found.append(one)
    return found


def own_help(face: Callable[..., Any]) -> set[str]:
    """Help of a face's own parameters: those that are not of its analysis."""
    found: set[str] = set()
    for hint in get_type_hints(face, include_extras=True).values():
        for said in getattr(hint, "__metadata__", ()):
            text = getattr(said, "help", None)
            found |= {text} if isinstance(text, str) else set()
    return found


def said_language(args: list[str]) -> str | None:
    """What ``--language`` says among arguments not parsed yet."""
    for place, one in enumerate(args):
        if one == "--language" and place + 1 < len(args):
            return args[place + 1]
        if one.startswith("--language="):
            return one.partition("=")[2]
    return None


@contextmanager
def named(typed: Mapping[str, str] | None = None, /, **names: str) -> Generator[None]:
    """Turn faults of an ``Asked`` into faults of options.

    ``names`` says where an option has another name than its field, ``typed`` what was typed where
    the field holds what was made of it.

    Raises
    ------
    InputError
        With the options' names.
    HilumError
        Any other, the options that its sentence names under their names too.
    """
    try:
        yield
    except InputError as error:
        raise InputError(*(_named(fault, names, typed or {}) for fault in error.faults)) from None
    except HilumError as error:
        error.args = tuple(
            renamed(one, lambda name: f"--{names.get(name, name).replace('_', '-')}")
            if isinstance(one, str)
            else one
            for one in error.args
        )
        raise


def _named(fault: Fault, names: Mapping[str, str], typed: Mapping[str, str]) -> Fault:
    def option(parameter: str) -> str:
        return names.get(parameter, parameter).replace("_", "-")

    expected = renamed(fault.expected, lambda one: f"--{option(one)}")
    if fault.file:
        return replace(fault, expected=expected)
    name = option(fault.column)
    return Fault(f"--{name}", None, name, typed.get(fault.column, fault.value), expected)


def _words(args: list[str]) -> Words:
    from hilum.language import words as words_in

    try:
        return words_of(said_language(args))
    except HilumError:
        # Said again, as an error, when the command runs.
        return words_in("en")


def _complete(face: Callable[..., None], name: str | None, words: Words) -> Callable[..., None]:
    """The face with its ``asked`` replaced by an option a field and one a column."""
    from hilum.analyses import analysis
    from hilum.analyses.asked import column_names, options_of

    if name is None:
        return face
    form = analysis(name).Asked
    hints = get_type_hints(face, include_extras=True)
    own = [
        one.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[one.name])
        for one in inspect.signature(face).parameters.values()
        if one.name != "asked"
    ]
    options = {
        field: _parameter(field, kind, default, _help(said, words), said.flag)
        for field, (said, kind, default) in options_of(form).items()
        if field not in {one.name for one in own}
    }
    several = [field for field, (_, kind, _) in options_of(form).items() if kind == NAMES]
    series = [field for field, (_, kind, _) in options_of(form).items() if kind == SERIES]
    ordered = [field for field, (_, kind, _) in options_of(form).items() if kind == ORDERED]
    columns = {
        column: _parameter(column, str, column, words("Column that holds {name}.", name=column))
        for column in column_names(form)
    }

    @wraps(face)
    def whole(**given: Any) -> None:
        asked = {field: given.pop(field) for field in options}
        asked |= {field: _series(field, asked[field]) for field in series}
        asked |= {field: _ordered(field, asked[field]) for field in ordered}
        asked |= {field: tuple(asked[field] or ()) for field in several}
        asked |= {
            field: _as_known(asked[field], said.choices())
            for field, (said, _, _) in options_of(form).items()
            if said.choices is not None and field in asked
        }
        named_columns = {column: given.pop(column) for column in columns}
        if columns:
            # What has its own name goes without saying.
            asked["columns"] = {one: own for one, own in named_columns.items() if one != own}
        face(asked, **given)

    arguments = [one for one in own if _is_argument(one)]
    rest = [one for one in own if not _is_argument(one)]
    parameters = [*arguments, *options.values(), *rest, *columns.values()]
    changed: Any = whole
    changed.__signature__ = inspect.Signature(parameters)
    changed.__annotations__ = {one.name: one.annotation for one in parameters}
    del changed.__wrapped__
    return whole


def _as_known(value: Any, known: tuple[str, ...]) -> Any:
    """A code as its record has it, typed in whatever case; what is none stays as it is."""
    if not isinstance(value, str) or value in known:
        return value
    like = [one for one in known if one.casefold() == value.strip().casefold()]
    return like[0] if len(like) == 1 else value


def _help(said: Any, words: Words) -> str:
    choices = said.choices() if said.choices is not None else ()
    return one_of(words(said.help), choices, words)


def one_of(text: str, choices: tuple[str, ...], words: Words) -> str:
    """A sentence of help and what there is to choose from."""
    if not choices:
        return text
    return words("{help} One of: {choices}.", help=text, choices=", ".join(choices))


def _series(field: str, text: str | None) -> tuple[float, ...] | None:
    """Numbers with commas between."""
    if text is None:
        return None
    try:
        return tuple(sorted({float(one) for one in text.replace(";", ",").split(",")}))
    except ValueError:
        wanted = "numbers with commas between, such as 12,36,60"
        option = field.replace("_", "-")
        raise InputError(Fault(f"--{option}", None, option, text, wanted)) from None


def _ordered(field: str, text: str | None) -> tuple[float, ...]:
    """Numbers in their order, with blanks or commas between."""
    try:
        return tuple(float(one) for one in (text or "").replace(",", " ").split())
    except ValueError:
        wanted = "numbers separated by blanks"
        option = field.replace("_", "-")
        raise InputError(Fault(f"--{option}", None, option, text or "", wanted)) from None


def _parameter(
    name: str, kind: Any, default: Any, text: str, called: str = ""
) -> inspect.Parameter:
    if kind == ORDERED:
        default = " ".join(f"{one:g}" for one in default) or None
    kind = str | None if kind in (SERIES, ORDERED) else list[str] if kind == NAMES else kind
    if kind == list[str] and default is not None:
        default = [*default]
    if default is None and NoneType not in get_args(kind):
        default = inspect.Parameter.empty
    flag = f"--{(called or name).replace('_', '-')}"
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, typer.Option(flag, help=text)],
    )


def _is_argument(parameter: inspect.Parameter) -> bool:
    metadata = getattr(parameter.annotation, "__metadata__", ())
    return any(type(one).__name__ == "ArgumentInfo" for one in metadata)


@contextmanager
def _panels(words: Words) -> Generator[None]:
    """The terminal library's own words in the language, as long as the help is written."""
    try:
        from typer import rich_utils
    except ImportError:
        yield
        return
    library: Any = rich_utils
    before = {name: getattr(library, name) for name in PANELS if hasattr(library, name)}
    for name in before:
        setattr(library, name, words(PANELS[name]))
    try:
        yield
    finally:
        for name, text in before.items():
            setattr(library, name, text)
