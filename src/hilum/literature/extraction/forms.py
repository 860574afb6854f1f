"""The form of a review: what is expected of every study, and blank forms to be filled in."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, InputError, phrased
from hilum.evidence.vocabulary import OUTCOMES
from hilum.literature.extraction.columns import TABLES
from hilum.records import nearest
from hilum.tabular.small import parse_toml, small_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hilum.literature.extraction.columns import Row

FILE: Final = "form.toml"
KEYS: Final = ("format", "studies", "arms", "outcomes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Columns expected of every study and arm, and outcomes expected of every arm."""

    studies: tuple[str, ...]
    arms: tuple[str, ...]
    outcomes: tuple[str, ...]


def form_of(folder: Path) -> Form:
    """The review's own form, else the shipped one.

    Raises
    ------
    InputError
        With every fault of it.
    """
    own = folder / FILE
    place = own if own.is_file() else resources.files("hilum.literature.extraction") / FILE
    try:
        given = parse_toml(small_text(place))
    except (OSError, ValueError) as error:
        wanted = phrased("well-formed TOML ({error})", error=error)
        raise InputError(Fault(FILE, None, "file", FILE, wanted)) from None
    known = {
        "studies": TABLES["studies"].columns,
        "arms": TABLES["arms"].columns,
        "outcomes": tuple(OUTCOMES),
    }
    faults = [
        Fault(FILE, None, one, "", phrased("one of {known}", known=", ".join(KEYS)))
        for one in given
        if one not in KEYS
    ]
    if given.get("format") != 1:
        faults.append(Fault(FILE, None, "format", str(given.get("format", "")), "1"))
    for key, names in known.items():
        listed: Any = given.get(key, [])
        if not isinstance(listed, list):
            faults.append(Fault(FILE, None, key, "", "a list of ids"))
            continue
        faults += [_unknown(key, str(one), names) for one in listed if one not in names]
    if faults:
        raise InputError(*faults)
    return Form(**{key: tuple(given.get(key, ())) for key in known})


def _unknown(key: str, said: str, names: Iterable[str]) -> Fault:
    listed = [*names]
    wanted = phrased("one of {known}{hint}", known=", ".join(listed), hint=nearest(said, listed))
    return Fault(FILE, None, key, said, wanted)


HEAD: Final = (
    "# page and sentence say where a row was read; not_reported lists, with blanks between,",
    "# the columns and outcomes that were looked for and are not in the text.",
)


def blank(form: Form, known: Row) -> str:
    """A form as TOML: what is ``known`` of the report filled in, the rest to be filled in."""
    lines = [*HEAD, "[study]"]
    lines += _section("studies", known)
    lines += ["", "[[arm]]", *_section("arms", {}, without=("study_id",))]
    for outcome in form.outcomes:
        lines += ["", "# Without a figure it counts as not answered.", "[[result]]"]
        lines += _section("results", {"outcome": outcome}, without=("study_id",))
    return "\n".join(lines) + "\n"


def _section(table: str, known: Row, without: tuple[str, ...] = ()) -> list[str]:
    return [
        f'{one} = "{_escaped(known.get(one, ""))}"'
        for one in TABLES[table].head
        if one not in without
    ]


def _escaped(text: str) -> str:
    plain = "".join(one if one.isprintable() else " " for one in text)
    return plain.replace("\\", "\\\\").replace('"', '\\"')
