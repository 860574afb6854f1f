"""A saved search: a TOML file of a review, read with every fault of it and written back.

::

    format = 1
    name = "tace"
    title = "Chemoembolisation (TACE)"
    treatment = "tace"
    languages = ["en", "zh"]
    published_from = 1990-01-01

    [pubmed]
    query = '''neuroendocrine[tiab] AND chemoemboli*[tiab]'''

    [ctgov]
    cond = "neuroendocrine"
    intr = "chemoembolization"
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from hilum.errors import Fault, InputError, phrased
from hilum.literature.services.languages import LANGUAGES
from hilum.literature.services.service import Query
from hilum.literature.services.table import SERVICES
from hilum.records import nearest
from hilum.tabular.small import parse_toml, small_text

if TYPE_CHECKING:
    from pathlib import Path

FORMAT: Final = 1
FOLDER: Final = "searches"
KEYS: Final = (
    *("format", "name", "title", "treatment", "languages", "published_from", "published_to"),
)
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
LONGEST: Final = 200_000
NAME_WANTED: Final = phrased("small letters, digits, - and _, at most 64")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A search as it is kept.

    Parameters
    ----------
    name : str
        Its file's name.
    title, treatment : str
        In words; a treatment's id where it is one's.
    languages : tuple of str
    published_from, published_to : date, optional
    queries : dict of str to dict of str to str
        By service: the parts of the query, and ``most`` where the best ranked are enough.
    """

    name: str
    title: str = ""
    treatment: str = ""
    languages: tuple[str, ...] = ()
    published_from: dt.date | None = None
    published_to: dt.date | None = None
    queries: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def query(self, service: str, since: dt.date | None = None) -> Query:
        """What a service is asked."""
        words = dict(self.queries[service])
        most = words.pop("most", None)
        return Query(
            words=words,
            languages=self.languages,
            published_from=self.published_from,
            published_to=self.published_to,
            since=since,
            most=None if most is None else int(most),
        )


def to_toml(saved: Saved) -> str:
    """The file of a search; long queries on lines of their own."""
    head: list[tuple[str, str]] = [
        ("format", str(FORMAT)),
        ("name", _quoted(saved.name)),
        ("title", _quoted(saved.title)),
        ("treatment", _quoted(saved.treatment)),
        ("languages", f"[{', '.join(map(_quoted, saved.languages))}]"),
    ]
    for key, day in (
        ("published_from", saved.published_from),
        ("published_to", saved.published_to),
    ):
        if day is not None:
            head.append((key, day.isoformat()))
    lines = [f"{key} = {text}" for key, text in head]
    for service, words in saved.queries.items():
        lines += ["", f"[{service}]"]
        lines += [
            f"{key} = {text if key == 'most' else _quoted(text)}" for key, text in words.items()
        ]
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    """A text in TOML: literal where it may be, so that quotation marks stay readable."""
    if text.isprintable() and "'" not in text and '"' in text:
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_saved(path: Path) -> Saved:
    """A saved search.

    Raises
    ------
    InputError
        With every fault of the file.
    """
    try:
        text = small_text(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = str(getattr(error, "strerror", None) or type(error).__name__)
        wanted = phrased("a file that can be read ({reason})", reason=reason)
        raise InputError(Fault(path.name, None, "file", path.name, wanted)) from None
    return check_text(text, path.name)


def check_text(text: str, name: str) -> Saved:
    """The search that a file's text holds.

    Raises
    ------
    InputError
        With every fault of it.
    """
    try:
        given = parse_toml(text)
    except ValueError as error:
        wanted = phrased("well-formed TOML ({error})", error=error)
        raise InputError(Fault(name, None, "file", name, wanted)) from None
    faults = _faults(given, name)
    stem = name.removesuffix(".toml")
    if not faults and given["name"] != stem:
        wanted = phrased("{name!r}, as the file is called", name=stem)
        faults = [Fault(name, None, "name", _seen(given["name"]), wanted)]
    if faults:
        raise InputError(*faults)
    return of_plain(given)


def of_plain(given: dict[str, Any]) -> Saved:
    """A search of plain data that has no fault."""
    queries = {
        code: {key: str(text) for key, text in given[code].items()}
        for code in SERVICES
        if code in given
    }
    return Saved(
        name=given["name"],
        title=given.get("title", ""),
        treatment=given.get("treatment", ""),
        languages=tuple(given.get("languages", ())),
        published_from=given.get("published_from"),
        published_to=given.get("published_to"),
        queries=queries,
    )


def _seen(value: object) -> str:
    return "" if value is None else str(value)[:100]


def _faults(given: dict[str, Any], file: str) -> list[Fault]:
    known = (*KEYS, *SERVICES)
    out: list[Fault] = []

    def wrong(column: str, value: object, wanted: str) -> None:
        out.append(Fault(file, None, column, _seen(value), wanted))

    for key in given:
        if key not in known:
            hint = nearest(key, known)
            wrong(key, key, phrased("one of {known}{hint}", known=", ".join(known), hint=hint))
    if type(given.get("format")) is not int or given["format"] != FORMAT:
        wrong("format", given.get("format"), str(FORMAT))
    named = given.get("name")
    if not isinstance(named, str) or not NAME.fullmatch(named):
        wrong("name", named, NAME_WANTED)
    for key in ("title", "treatment"):
        if not isinstance(given.get(key, ""), str):
            wrong(key, given[key], "a text")
    languages = given.get("languages", [])
    if not isinstance(languages, list):
        wrong("languages", languages, "a list of ids")
    else:
        for one in cast("list[object]", languages):
            if one not in LANGUAGES:
                wrong("languages", one, phrased("one of {known}", known=", ".join(LANGUAGES)))
    days = [given.get(key) for key in ("published_from", "published_to")]
    for key, day in zip(("published_from", "published_to"), days, strict=True):
        if day is not None and type(day) is not dt.date:
            wrong(key, day, "a day, such as 2020-01-31")
    low, high = days
    if type(low) is dt.date and type(high) is dt.date and low > high:
        wrong("published_to", high, phrased("a day not before published_from"))
    if not any(code in given for code in SERVICES):
        wrong("service", "", phrased("one of {known}", known=", ".join(SERVICES)))
    for code in SERVICES:
        if code in given:
            out.extend(_query_faults(given[code], code, file))
    return out


def _query_faults(given: object, code: str, file: str) -> list[Fault]:
    service = SERVICES[code]
    if not isinstance(given, dict):
        return [Fault(file, None, code, _seen(given), "a table with a query")]
    words = cast("dict[str, object]", given)
    known = (*service.fields, "most")
    out = [
        Fault(file, None, f"{code}.{key}", key, phrased("one of {known}", known=", ".join(known)))
        for key in words
        if key not in known
    ]
    for key in service.fields:
        text = words.get(key)
        if text is None and (service.any_field or key != service.fields[0]):
            continue
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
            out.append(Fault(file, None, f"{code}.{key}", _seen(text), "words of a query"))
    if service.any_field and not any(key in words for key in service.fields):
        listed = ", ".join(service.fields)
        out.append(Fault(file, None, code, "", phrased("one of {known}", known=listed)))
    most = words.get("most", 1)
    if type(most) is not int or most < 1:
        out.append(Fault(file, None, f"{code}.most", _seen(most), "a whole number, 1 or more"))
    return out


def saved_of(folder: Path, names: tuple[str, ...] = ()) -> list[Saved]:
    """The saved searches of a review by name; those named alone.

    Raises
    ------
    InputError
        There is none, or one that is named is not there, or any fault of one.
    """
    place = folder / FOLDER
    files = {one.stem: one for one in sorted(place.glob("*.toml"))} if place.is_dir() else {}
    if not files:
        wanted = "a review with saved searches (hilum literature search new)"
        raise InputError(Fault(str(folder), None, "folder", folder.name, wanted))
    unknown = [name for name in names if name not in files]
    if unknown:
        listed = ", ".join(files)
        raise InputError(
            *(Fault("", None, "name", one, phrased("one of {known}", known=listed))
              for one in unknown)
        )  # fmt: skip
    faults: list[Fault] = []
    found: list[Saved] = []
    for name, path in files.items():
        if names and name not in names:
            continue
        try:
            found.append(read_saved(path))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(*faults)
    return found
