"""What a living review promised beforehand: which change calls for which step.

They stand in ``living.toml`` of the review's folder::

    format = 1
    title = "Liver metastases of neuroendocrine tumours"

    [[trigger]]
    name = "certainty of radioligand therapy"
    written = 2026-01-15
    change = "certainty"
    treatments = ["prrt_lu177"]
    action = "The guideline group meets within four weeks."

    [[trigger]]
    name = "much that is new"
    written = 2026-01-15
    new_records = 25
    action = "Screen before the month ends."

``change`` is the least class of change that counts; without treatments or outcomes all count.
``answers`` names answers of a user's own table. What is written on a day that has not come is
refused; what was written after the change that it is called for is told apart.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from hilum.errors import Fault, InputError, phrased
from hilum.literature.review.state import title_of
from hilum.records import nearest
from hilum.tabular.small import parse_toml, small_text

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "living.toml"
FORMAT: Final = 1
CHANGES: Final = ("none", "interval", "certainty", "verdict")
"""Classes of change, from nothing to the most."""
KEYS: Final = ("format", "title", "trigger")
TRIGGER: Final = (
    *("name", "written", "change", "treatments", "outcomes", "answers", "new_records", "action"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One promise: the least change, of what, or how many new records; the step it calls for."""

    name: str
    written: dt.date
    action: str
    change: str | None = None
    treatments: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    new_records: int | None = None

    def at_least(self, change: str) -> bool:
        """Whether a change is of its class or a greater one."""
        return self.change is not None and CHANGES.index(change) >= CHANGES.index(self.change)

    def holds(self, change: str, treatments: set[str], outcome: str) -> bool:
        """Whether a change of an answer calls for it."""
        if self.answers or not self.at_least(change):
            return False
        of = not self.treatments or bool(treatments & set(self.treatments))
        return of and (not self.outcomes or outcome in self.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Living:
    """The file of a living review; without a title of its own the title of the review."""

    title: str = ""
    triggers: tuple[Trigger, ...] = ()


def read_living(folder: Path, treatments: tuple[str, ...], outcomes: tuple[str, ...]) -> Living:
    """The file of a review; one without triggers where there is none.

    Raises
    ------
    InputError
        With every fault of it.
    """
    path = folder / FILE
    try:
        text = small_text(path)
    except FileNotFoundError:
        return Living(title=title_of(folder))
    except (OSError, UnicodeDecodeError) as error:
        reason = str(getattr(error, "strerror", None) or type(error).__name__)
        wanted = phrased("a file that can be read ({reason})", reason=reason)
        raise InputError(Fault(FILE, None, "file", FILE, wanted)) from None
    try:
        given = parse_toml(text)
    except ValueError as error:
        wanted = phrased("well-formed TOML ({error})", error=error)
        raise InputError(Fault(FILE, None, "file", FILE, wanted)) from None
    known = {"treatments": treatments, "outcomes": outcomes}
    faults = _unknown(given, KEYS, "")
    if type(given.get("format")) is not int or given["format"] != FORMAT:
        faults.append(Fault(FILE, None, "format", _seen(given.get("format")), str(FORMAT)))
    if not isinstance(given.get("title", ""), str):
        faults.append(Fault(FILE, None, "title", _seen(given["title"]), "a text"))
    listed = given.get("trigger", [])
    if not isinstance(listed, list):
        faults.append(Fault(FILE, None, "trigger", _seen(listed), "a table [[trigger]]"))
        listed = []
    rows = cast("list[object]", listed)
    for place, row in enumerate(rows, 1):
        faults += _faults(row, f"trigger {place}", known)
    if faults:
        raise InputError(*faults)
    return Living(
        title=given.get("title", "").strip() or title_of(folder),
        triggers=tuple(_trigger(cast("dict[str, Any]", row)) for row in rows),
    )


def _seen(value: object) -> str:
    return "" if value is None else str(value)[:100]


def _unknown(given: dict[str, Any], known: tuple[str, ...], place: str) -> list[Fault]:
    listed = ", ".join(known)
    return [
        Fault(
            FILE, None, f"{place} {key}".strip(), key,
            phrased("one of {known}{hint}", known=listed, hint=nearest(key, known)),
        )
        for key in given
        if key not in known
    ]  # fmt: skip


def _faults(row: object, place: str, known: dict[str, tuple[str, ...]]) -> list[Fault]:
    if not isinstance(row, dict):
        return [Fault(FILE, None, place, _seen(row), "a table [[trigger]]")]
    given = cast("dict[str, Any]", row)
    out = _unknown(given, TRIGGER, place)

    def wrong(key: str, wanted: str) -> None:
        out.append(Fault(FILE, None, f"{place} {key}", _seen(given.get(key)), wanted))

    for key in ("name", "action"):
        if not isinstance(given.get(key), str) or not given[key].strip():
            wrong(key, "a text")
    if type(given.get("written")) is not dt.date:
        wrong("written", "a day, such as 2020-01-31")
    elif given["written"] > (today := day_of(dt.datetime.now(tz=dt.UTC))):
        wrong("written", phrased("the day when it was written, {today} or before", today=today))
    if "change" in given and given["change"] not in CHANGES[1:]:
        wrong("change", phrased("one of {known}", known=", ".join(CHANGES[1:])))
    for key, codes in known.items():
        names = given.get(key, [])
        if not isinstance(names, list):
            wrong(key, "a list of ids")
            continue
        for name in cast("list[object]", names):
            if name not in codes:
                listed = phrased("one of {known}", known=", ".join(codes))
                out.append(Fault(FILE, None, f"{place} {key}", _seen(name), listed))
    if not _texts(given.get("answers", [])):
        wrong("answers", "a list of names")
    count = given.get("new_records", 1)
    if type(count) is not int or count < 1:
        wrong("new_records", "a whole number, 1 or more")
    if "change" not in given and "new_records" not in given:
        wrong("change", phrased("a class of change, or new_records"))
    return out


def day_of(when: dt.datetime) -> dt.date:
    """The day of a time, the later of here and in UTC: people write down the day they see."""
    return max(when.astimezone(dt.UTC).date(), when.astimezone().date())


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, str) for one in cast("list[object]", value)
    )


def _trigger(row: dict[str, Any]) -> Trigger:
    return Trigger(
        name=row["name"],
        written=row["written"],
        action=row["action"],
        change=row.get("change"),
        treatments=tuple(row.get("treatments", ())),
        outcomes=tuple(row.get("outcomes", ())),
        answers=tuple(row.get("answers", ())),
        new_records=row.get("new_records"),
    )
