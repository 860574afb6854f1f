"""A scenario file: what it asks to be simulated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hilum.errors import Fault, InputError, phrased
from hilum.tabular.small import parse_toml, small_text

if TYPE_CHECKING:
    from pathlib import Path

TOP = ("kind", "trials", "seed", "scenario", "grid")


@dataclass(frozen=True, slots=True)
class ScenarioText:
    """A file as it was written (TOML)."""

    name: str
    text: str


@dataclass(frozen=True)
class Scenario:
    """What a file asks for, its values not yet judged."""

    name: str
    text: str
    kind: str
    trials: int
    seed: int
    scenario: dict[str, Any]
    grid: dict[str, list[Any]]

    def placed(self, error: InputError) -> InputError:
        """The same faults with this file's name and, where it can be found, the line."""
        return InputError(*(self._placed(fault) for fault in error.faults))

    def _placed(self, fault: Fault) -> Fault:
        for word in (fault.column, fault.column.rstrip("s"), fault.value):
            found = re.search(rf"(?m)^\s*{re.escape(word)}\s*=", self.text)
            if found is not None:
                line = self.text.count("\n", 0, found.end()) + 1
                return Fault(self.name, line, fault.column, fault.value, fault.expected)
        return Fault(self.name, None, fault.column, fault.value, fault.expected)


def read_text(path: Path) -> ScenarioText:
    """A file's text.

    Raises
    ------
    InputError
        Not there, or no text.
    """
    try:
        return ScenarioText(path.name, small_text(path))
    except OSError as error:
        wanted = phrased("a file that can be read ({strerror})", strerror=error.strerror)
        raise InputError(Fault(path.name, None, "file", str(path), wanted)) from None
    except UnicodeDecodeError as error:
        raise not_toml(path.name, error) from None


def scenario_of(file: ScenarioText) -> Scenario:
    """What a file's text asks for.

    Raises
    ------
    InputError
        Not TOML, an unknown part, or a part of another type.
    """
    try:
        data = parse_toml(file.text)
    except ValueError as error:
        raise not_toml(file.name, error) from None
    faults = _faults(file.name, data)
    if faults:
        raise InputError(*faults)
    return Scenario(
        file.name,
        file.text,
        str(data.get("kind", "survival")),
        data.get("trials", 10_000),
        data.get("seed", 1),
        data["scenario"],
        data.get("grid", {}),
    )


def not_toml(name: str, error: Exception) -> InputError:
    """What is wrong with a file that is no TOML, and in which line."""
    found = re.search(r"line (\d+)", str(error))
    row = int(found[1]) if found else None
    return InputError(Fault(name, row, "file", name, phrased("TOML ({error})", error=error)))


def _faults(file: str, data: dict[str, Any]) -> list[Fault]:
    """Unknown parts, and parts of another type."""
    top = phrased("one of {known} at the top of the file", known=", ".join(TOP))
    faults = [Fault(file, None, "key", name, top) for name in data if name not in TOP]
    for name in ("trials", "seed"):
        value = data.get(name, 1)
        if not isinstance(value, int) or isinstance(value, bool):
            faults.append(Fault(file, None, name, str(value), "a whole number"))
    for name in ("scenario", "grid"):
        if not isinstance(data.get(name, {}), dict):
            wanted = phrased("a table [{name}]", name=name)
            faults.append(Fault(file, None, name, str(data[name]), wanted))
    grid: Any = data.get("grid", {})
    for name, values in grid.items() if isinstance(grid, dict) else ():
        if not isinstance(values, list):
            faults.append(Fault(file, None, name, str(values), "a list of values in [grid]"))
    if "scenario" not in data:
        faults.append(Fault(file, None, "scenario", "missing", "a table [scenario]"))
    return faults
