"""The command line's own framework in the reader's language: help, headings, refused arguments."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Generator

    from hilum.language import Words

# What the framework says of arguments it refuses: its English (it has no ids) and our sentence.
REFUSED: Final = {
    r"No such option: (?P<option>\S+?)(?: .*)?": "no such option: {option}",
    r"(?P<name>'.*') is a file, no command: (?P<commands>.*)": (
        "{name} is a file, no command: {commands}"
    ),
    r"(?P<name>'.*') is a folder, no command: (?P<commands>.*)": (
        "{name} is a folder, no command: {commands}"
    ),
    r"No such command '(?P<name>.*?)'\..*": "no such command: {name!r}",
    r"Missing command\.": "a command is missing",
    r"Missing argument '?(?P<name>[^']*)'?\..*": "the argument {name} is missing",
    r"Missing option '?(?P<name>[^']*)'?\..*": "the option {name} is missing",
    r"Missing parameter: (?P<name>.*)": "the argument {name} is missing",
    r"Got unexpected extra arguments? ?\(?s?\)? \((?P<given>.*)\)": "arguments too many: {given}",
    r"Got unexpected extra argument\(s\) \((?P<given>.*)\)": "arguments too many: {given}",
    r"Option '(?P<name>.*)' does not take a value\.": "the option {name} takes no value",
    r"Option '(?P<name>.*)' requires an argument\.": "the option {name} needs a value",
    r"Option '(?P<name>.*)' requires (?P<count>\d+) arguments\.": (
        "the option {name} needs {count} values"
    ),
    r"Invalid value for (?P<name>.*?): (?P<why>.*)": "not a value of {name}: {why}",
    r"Invalid value: (?P<why>.*)": "not a value: {why}",
}
# Why a value is none; what follows a name of a type stands in the framework's own codes.
REFUSED_VALUES: Final = {
    r"(?:Value )?(?P<value>'.*'|\S+) is not a valid int(?:eger)?\.": (
        "{value} is not a whole number"
    ),
    r"(?:Value )?(?P<value>'.*'|\S+) is not a valid float\.": "{value} is not a number",
    r"(?:Value )?(?P<value>'.*'|\S+) is not a valid bool(?:ean)?\..*": (
        "{value} is neither true nor false"
    ),
    r"(?P<value>'.*'|\S+) is not one of (?P<known>.*)\.": "{value} is not one of {known}",
    r"(?P<value>\S+) is not in the range (?P<known>.*)\.": "{value} is not in the range {known}",
    r"(?:File|Path|Directory) (?P<name>'.*') does not exist\.": "{name} does not exist",
    r"(?:File|Path|Directory) (?P<name>'.*') is a directory\.": "{name} is a folder",
    r"(?:File|Path|Directory) (?P<name>'.*') is a file\.": "{name} is a file",
    r"(?:File|Path|Directory) (?P<name>'.*') is not readable\.": "{name} cannot be read",
    r"(?:File|Path|Directory) (?P<name>'.*') is not writable\.": "{name} cannot be written",
}
# What stands around help and refusals, by the framework's own names.
AROUND: Final = {
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "OPTIONS_PANEL_TITLE": "Options",
    "COMMANDS_PANEL_TITLE": "Commands",
    "ERRORS_PANEL_TITLE": "Error",
    "ABORTED_TEXT": "Aborted.",
    "DEFAULT_STRING": "[default: {}]",
    "ENVVAR_STRING": "[env var: {}]",
    "REQUIRED_LONG_STRING": "[required]",
    "RICH_HELP": "Try [blue]'{command_path} {help_option}'[/] for help.",
}
USAGE: Final = {"usage": "Usage: "}
HELP: Final = {"help": "Show this message and exit."}


@contextmanager
def speaking(words: Words) -> Generator[None]:
    """The framework's headings in a language, for as long as a command runs."""
    from typer import rich_utils
    from typer._click.formatting import HelpFormatter

    library: Any = rich_utils
    formatter: Any = HelpFormatter
    before = {name: getattr(library, name) for name in AROUND if hasattr(library, name)}
    write = formatter.write_usage

    def write_usage(self: Any, prog: str, args: str = "", prefix: str | None = None) -> None:
        write(self, prog, args, words(USAGE["usage"]) if prefix is None else prefix)

    for name in before:
        setattr(library, name, words(AROUND[name]))
    formatter.write_usage = write_usage
    try:
        yield
    finally:
        formatter.write_usage = write
        for name, text in before.items():
            setattr(library, name, text)


@contextmanager
def refusing(words: Words) -> Generator[None]:
    """Refusals of arguments in a language.

    Raises
    ------
    UsageError
        The same, in words of the language where it is known.
    """
    from typer._click.exceptions import NoArgsIsHelpError, UsageError

    try:
        yield
    except NoArgsIsHelpError:
        raise
    except UsageError as error:
        raise UsageError(refusal_in(error.format_message(), words), ctx=error.ctx) from None


def refusal_in(english: str, words: Words) -> str:
    """What the framework says of an argument, in a language; as it stands where it is new."""
    for pattern, message in REFUSED.items():
        match = re.fullmatch(pattern, english, re.DOTALL)
        if match is not None:
            places = match.groupdict()
            if "why" in places:
                places["why"] = _reason(places["why"], words)
            return words(message, **places)
    return english


def _reason(english: str, words: Words) -> str:
    for pattern, message in REFUSED_VALUES.items():
        match = re.fullmatch(pattern, english, re.DOTALL)
        if match is not None:
            return words(message, **match.groupdict())
    return english


def translate(command: Any, words: Words) -> None:
    """Help of a command, of its parameters and of the commands in it."""
    for name in ("help", "short_help", "epilog", "rich_help_panel"):
        text = getattr(command, name, None)
        if isinstance(text, str):
            setattr(command, name, words(text))
    for one in command.params:
        text = getattr(one, "help", None)
        if isinstance(text, str):
            one.help = words(text)
    own = command.get_help_option

    def help_option(context: Any) -> Any:
        made = own(context)
        if made is not None:
            made.help = words(HELP["help"])
        return made

    command.get_help_option = help_option
    for one in getattr(command, "commands", {}).values():
        translate(one, words)


def help_ids(command: Any) -> set[str]:
    """Every text that :func:`translate` looks up."""
    found = {
        text
        for one in (command, *command.params)
        for text in (getattr(one, "help", None), getattr(one, "rich_help_panel", None))
        if isinstance(text, str) and text
    }
    for one in getattr(command, "commands", {}).values():
        found |= help_ids(one)
    return found
