"""A board's own settings of the sheet: its order of treatments, its choice of outcomes.

The file is TOML with the keys of :data:`KEYS`::

    treatments = ["prrt_lu177", "tae", "tace"]
    outcomes = ["objective_response", "overall_survival", "major_complication"]

``treatments`` orders options of one verdict; those not named follow in hilum's order.
``outcomes`` are the columns of the table, one to four.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hilum.answers import outcomes as known_outcomes
from hilum.errors import Fault, InputError, phrased
from hilum.patient.tables import read_tables
from hilum.sheet.present import KEY_OUTCOMES, OUTCOME_LABELS
from hilum.tabular.small import parse_toml, small_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.patient.tables import Tables

KEYS = ("treatments", "outcomes")
MOST_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Settings:
    """What a board chose; hilum's own where it chose nothing."""

    treatments: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = KEY_OUTCOMES


def read_settings(path: str | Path | None, tables: Tables | None = None) -> Settings:
    """Settings of a file; hilum's own without one.

    Raises
    ------
    InputError
        With every fault of the file: an unknown key or id, and those there are.
    """
    if path is None:
        return Settings()
    name = Path(path).name
    given = _toml(Path(path), name)
    known = {
        "treatments": tuple((tables or read_tables()).treatments),
        "outcomes": tuple(key for key in known_outcomes() if key in OUTCOME_LABELS),
    }
    faults = [
        Fault(name, None, key, str(given[key]), phrased("one of {known}", known=", ".join(KEYS)))
        for key in given
        if key not in KEYS
    ]
    for key in KEYS:
        if key in given:
            faults += _faults(name, key, given[key], known[key])
    if faults:
        raise InputError(*faults)
    return Settings(
        tuple(cast("list[str]", given.get("treatments", []))),
        tuple(cast("list[str]", given.get("outcomes", KEY_OUTCOMES))),
    )


def _toml(path: Path, name: str) -> dict[str, object]:
    try:
        return parse_toml(small_text(path))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(
            Fault(name, None, "file", name, phrased("a file that can be read ({reason})",
                                                    reason=reason))
        ) from None  # fmt: skip
    except ValueError as error:
        raise InputError(
            Fault(name, None, "file", name, phrased("well-formed TOML ({error})", error=error))
        ) from None


def _faults(name: str, key: str, given: object, known: Sequence[str]) -> Iterable[Fault]:
    listed = phrased("one of {known}", known=", ".join(known))
    if not isinstance(given, list):
        yield Fault(name, None, key, str(given), "a list of ids")
        return
    seen: set[object] = set()
    for one in cast("list[object]", given):
        if one not in known:
            yield Fault(name, None, key, str(one), listed)
        elif one in seen:
            yield Fault(name, None, key, str(one), "each id once")
        seen.add(str(one))
    if key == "outcomes" and not 1 <= len(cast("list[object]", given)) <= MOST_COLUMNS:
        count = str(len(cast("list[object]", given)))
        yield Fault(name, None, key, count, phrased("1 to {most} outcomes", most=MOST_COLUMNS))
