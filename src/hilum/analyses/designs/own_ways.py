"""Ways to fail that a user wrote down: a TOML file of scenarios, each with a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hilum.analyses.scenario import not_toml
from hilum.errors import Fault, InputError, phrased
from hilum.records import nearest
from hilum.tabular.small import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hilum.analyses.scenario import ScenarioText
    from hilum.trials.failing.ways import Way

TABLE = "scenario"
HEAD = re.compile(r"(?m)^\s*\[\[\s*scenario\s*\]\]")
# Words that a table has a column for, and a sentence room.
LONGEST = 80


def ways_of(file: ScenarioText, knobs: Sequence[str]) -> tuple[Way, ...]:
    """Scenarios of a file, for a trial of which ``knobs`` can be otherwise than planned.

    Raises
    ------
    InputError
        Not TOML; no scenario; one without a name, or of a name that stands twice; changes that the
        trial cannot have, or values that they cannot; every fault with its line.
    """
    from hilum.trials.failing.changes import changed
    from hilum.trials.failing.ways import OWN, Way

    try:
        data = parse_toml(file.text)
    except ValueError as error:
        raise not_toml(file.name, error) from None
    place = _Place(file)
    faults = [
        place.fault(None, name, "tables [[scenario]] alone", name) for name in data if name != TABLE
    ]
    tables: Any = data.get(TABLE, [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise InputError(*faults, place.fault(None, TABLE, "tables [[scenario]]", TABLE))
    if not tables:
        faults.append(place.fault(None, TABLE, "one table [[scenario]] or more", ""))
    made: list[Way] = []
    for number, table in enumerate(tables):
        name: Any = table.get("name", "")
        faults += _name_faults(place, number, name, [one.name for one in made])
        values = {key: value for key, value in table.items() if key != "name"}
        unknown = [key for key in values if key not in knobs]
        faults += [_unknown(place, number, key, knobs) for key in unknown]
        changes, wrong = changed({k: v for k, v in values.items() if k not in unknown})
        faults += [place.fault(number, k, say, _shown(values[k])) for k, say in wrong.items()]
        if not values:
            wanted = phrased("a change, such as {known}", known=", ".join(knobs))
            faults.append(place.fault(number, TABLE, wanted, str(name)))
        made.append(Way(OWN, changes, str(name), file.name, place.head(number)))
    if faults:
        raise InputError(*faults)
    return tuple(made)


def _name_faults(place: _Place, number: int, name: Any, before: list[str]) -> Iterator[Fault]:
    """No name, none that is text, or one that stands twice."""
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST:
        wanted = phrased("a name of 1 to {most} characters", most=LONGEST)
        yield place.fault(number, "name", wanted, _shown(name))
    elif name in before:
        yield place.fault(number, "name", "another name: this one stands twice", name)


def _unknown(place: _Place, number: int, key: str, knobs: Sequence[str]) -> Fault:
    """A change that this trial cannot have."""
    wanted = phrased(
        "one of {known}, of which this design can be asked{near}",
        known=", ".join(knobs),
        near=nearest(key, knobs),
    )
    return place.fault(number, key, wanted, key)


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class _Place:
    """Lines of a file."""

    file: ScenarioText

    def head(self, number: int) -> int | None:
        """The line of a scenario's head."""
        found = list(HEAD.finditer(self.file.text))
        if number >= len(found):
            return None
        return self.file.text.count("\n", 0, found[number].end()) + 1

    def fault(self, number: int | None, key: str, expected: str, value: str) -> Fault:
        """A fault at the line where a key of a scenario stands, or the scenario itself."""
        text, start, row = self.file.text, 0, None
        if number is not None:
            heads = [one.end() for one in HEAD.finditer(text)]
            start = heads[number] if number < len(heads) else 0
            row = self.head(number)
        found = re.search(rf"(?m)^\s*{re.escape(key)}\s*=", text[start:])
        if found is not None:
            row = text.count("\n", 0, start + found.end()) + 1
        return Fault(self.file.name, row, key, value, expected)
