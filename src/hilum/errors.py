"""The error family of hilum, drawn once.

::

    HilumError
    ├── InputError      a file, row, column or value is not what was expected
    ├── NotEstimable    the data cannot answer the question asked
    │   ├── UnknownCode     no record has this code (a measure, an estimator, a kind of plot)
    │   └── OutOfRange      a row whose values cannot be
    ├── Stopped         somebody asked a long analysis to stop
    ├── NotConverged    an iterative fit did not reach its optimum
    └── MissingExtra    an optional dependency or system library is absent
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hilum.counted import filled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Phrase(str):
    """A sentence in English that keeps its message id and its facts, to be said in a language.

    Parameters
    ----------
    message : str
        The id, with ``{named}`` places.
    facts : dict of str to object
        What fills them; a fact may be a phrase itself.
    """

    __slots__ = ("facts", "message")

    message: str
    facts: dict[str, object]

    def __new__(cls, message: str, facts: dict[str, object]) -> Phrase:
        """Fill the places in English."""
        made = super().__new__(cls, filled(message, facts))
        made.message, made.facts = message, facts
        return made

    def __reduce__(self) -> tuple[type[Phrase], tuple[str, dict[str, object]]]:
        return Phrase, (self.message, self.facts)


def phrased(message: str, /, **facts: object) -> Phrase:
    """A sentence of an error, from its id and its facts: ``phrased("a {name}", name=x)``."""
    return Phrase(message, facts)


class Parameter(str):
    """The name of a parameter as a fact of a sentence: a face says it as its own option or field.

    ``phrased("state it: {spacing} X,Y,Z", spacing=Parameter("spacing"))``.
    """

    __slots__ = ()


def joined(sentences: Iterable[str]) -> str:
    """Several sentences as one, with semicolons between; phrases stay phrases."""
    first, *more = sentences
    for one in more:
        first = phrased("{first}; {second}", first=first, second=one)
    return first


class HilumError(Exception):
    """Any error hilum raises on purpose; the command line prints it without a traceback."""

    @property
    def sentence(self) -> str:
        """What it says as one sentence, to be kept and told later in any language."""
        return joined(self.phrases or ("",))

    @property
    def phrases(self) -> tuple[str, ...]:
        """What it says, a sentence each: phrases where they have facts."""
        return tuple(one for one in self.args if isinstance(one, str))


def renamed(said: str, name: Callable[[str], str]) -> str:
    """A sentence with every :class:`Parameter` in it said by ``name``."""
    if isinstance(said, Parameter):
        return name(said)
    if not isinstance(said, Phrase):
        return said
    facts = {
        key: renamed(fact, name) if isinstance(fact, str) else fact
        for key, fact in said.facts.items()
    }
    return said if facts == said.facts else Phrase(said.message, facts)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault found in an input: where it is, what was seen, what was expected.

    Parameters
    ----------
    file : str
        Name of the file (or ``"<case>"`` for values given in Python).
    row : int or None
        Line of the file, the header being line 1; ``None`` when the fault is not in one row.
    column : str
        Column or key.
    value : str
        The value as written.
    expected : str
        What would have been accepted, with a suggestion where one is near.
    """

    file: str
    row: int | None
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        return self.phrase

    @property
    def phrase(self) -> Phrase:
        """The place, what was seen and what was expected, to be said in a language."""
        said = {"column": self.column, "value": self.value, "expected": self.expected}
        if not self.file or self.file == f"--{self.column}":
            # An option is its own place: its name is said once.
            said["column"] = self.file or self.column
            return phrased("{column}: {value!r}: expected {expected}", **said)
        place = self.place.removesuffix(": ")
        if self.column == "file" and not self.value:
            # The file as a whole: there is no value to show.
            return phrased("{place}: expected {expected}", place=place, expected=self.expected)
        return phrased("{place}: {column}: {value!r}: expected {expected}", place=place, **said)

    @property
    def place(self) -> str:
        """File and line with a colon and a space, or nothing."""
        place = self.file if self.row is None else f"{self.file}:{self.row}"
        return f"{place}: " if place else ""


class InputError(HilumError):
    """An input is not what was expected; carries every fault found, not only the first."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults

    @property
    def phrases(self) -> tuple[str, ...]:
        """One a fault."""
        return tuple(fault.phrase for fault in self.faults)


def parameters_renamed(error: InputError, names: Mapping[str, str]) -> InputError:
    """The same error with other names for parameters, in faults without a file and in sentences."""
    return InputError(
        *(
            replace(
                fault,
                column=fault.column if fault.file else names.get(fault.column, fault.column),
                expected=renamed(fault.expected, lambda one: Parameter(names.get(one, one))),
            )
            for fault in error.faults
        )
    )


class NotEstimable(HilumError):
    """The data cannot answer the question asked (no study, no information, collinear columns)."""


class UnknownCode(NotEstimable):
    """No record has the code asked for; ``known`` lists those there are."""

    def __init__(self, name: str, code: str, known: tuple[str, ...]) -> None:
        listed = ", ".join(known)
        super().__init__(
            phrased("{what} {code!r}: expected one of {known}", what=name, code=code, known=listed)
        )
        self.name, self.code, self.known = name, code, known


class OutOfRange(NotEstimable):
    """A row of an array that cannot be: its place (from 0), its values by column, the rule."""

    def __init__(self, row: int, values: dict[str, float], expected: str) -> None:
        seen = ", ".join(f"{name} {value:g}" for name, value in values.items())
        super().__init__(
            phrased(
                "row {row}: {seen}: expected {expected}", row=row + 1, seen=seen, expected=expected
            )
        )
        self.row, self.values, self.expected = row, values, expected


class Stopped(HilumError):
    """A long analysis was asked to stop, and did; nothing of it is kept."""


class NotConverged(HilumError):
    """An iterative fit did not reach an optimum; the message carries the last state."""


class MissingExtra(HilumError):
    """An optional dependency is not installed; the message says how to install it."""
