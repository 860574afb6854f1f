"""What a review holds, read from its folder.

``datapackage.json`` (a Frictionless data package) is the one file that says what is in: each import
is a resource with its own tables, so that a kill between two files leaves the old state or the new
one, and an import is undone at any time by taking its resource out.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.bibliography.lines import unreadable
from hilum.literature.review.joined import remaining
from hilum.tabular.safe import plain_cell

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE: Final = "datapackage.json"
MERGES: Final = "merges.csv"


@dataclass(frozen=True, slots=True)
class Imported:
    """One import: what came from where, and how much of it.

    ``origin`` and ``via`` are what a person said of the source (Embase, a database), else empty;
    ``columns`` how a person named those of a table.
    """

    code: str
    file: str
    digest: str
    format: str
    encodings: dict[str, int]
    counted: int
    records: int
    unread: int
    when: str
    origin: str = ""
    via: str = ""
    columns: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """One pair: copies, or reports that belong together; ``undone`` where a person said no."""

    a: str
    b: str
    score: float
    link: str
    reasons: str
    undone: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """A review's state; ``more`` are its further tables: their path and columns.

    ``rows`` are all pairs of its table, those of undone imports too; ``merges`` those that hold
    among the records that are there.
    """

    title: str
    created: str
    imports: tuple[Imported, ...] = ()
    rows: tuple[Merge, ...] = ()
    merges: tuple[Merge, ...] = ()
    next_number: int = 1
    log: tuple[tuple[str, ...], ...] = ()
    more: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read_review(folder: Path) -> Review:
    """The state of a folder.

    Raises
    ------
    InputError
        No review, or one whose files cannot be read.
    """
    package = _package(folder)
    own = package["hilum"]
    try:
        imports = tuple(_imported(one) for one in own.get("imports", ()))
        number = int(own.get("next", len(imports) + 1))
        log = tuple(tuple(map(str, one)) for one in own.get("log", ()))
    except (TypeError, ValueError, AttributeError):
        expected = "imports, next and log as hilum writes them"
        raise InputError(Fault(PACKAGE, None, "hilum", "", expected)) from None
    rows = tuple(_merges(folder / MERGES))
    return Review(
        title=str(package.get("title", "")),
        created=str(package.get("created", "")),
        imports=imports,
        rows=rows,
        merges=remaining(rows, (one.code for one in imports)),
        next_number=number,
        log=log,
        more=_more(package),
    )


OWN: Final = "table-"
"""How the names of further tables begin in the package."""


def _more(package: dict[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Tables of the package that are of no import: decisions, full texts, extractions."""
    try:
        return tuple(
            (str(one["path"]), tuple(str(field["name"]) for field in one["schema"]["fields"]))
            for one in package.get("resources", ())
            if str(one["name"]).startswith(OWN)
        )
    except (KeyError, TypeError):
        wanted = "resources with name, path and schema"
        raise InputError(Fault(PACKAGE, None, "resources", "", wanted)) from None


def is_review(folder: Path) -> bool:
    """Whether a path is a folder with a review."""
    return (folder / PACKAGE).is_file()


def title_of(folder: Path) -> str:
    """What a review asks; empty where the folder holds none.

    Raises
    ------
    InputError
        A review whose files cannot be read.
    """
    return str(_package(folder).get("title", "")) if is_review(folder) else ""


def _package(folder: Path) -> dict[str, Any]:
    path = folder / PACKAGE
    wanted = "a folder made by hilum literature new"
    try:
        package = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(Fault(str(folder), None, "folder", folder.name, wanted)) from None
    except OSError as error:
        raise InputError(unreadable(path, error)) from None
    except (ValueError, RecursionError):
        raise InputError(Fault(PACKAGE, None, "file", "", "JSON of a data package")) from None
    if not isinstance(package, dict) or not isinstance(package.get("hilum"), dict):
        raise InputError(Fault(PACKAGE, None, "hilum", "", wanted))
    return package


def _imported(one: Any) -> Imported:
    try:
        return Imported(
            code=str(one["code"]), file=str(one["file"]), digest=str(one["digest"]),
            format=str(one["format"]), encodings=dict(one["encodings"]),
            counted=int(one["counted"]), records=int(one["records"]), unread=int(one["unread"]),
            when=str(one["when"]), origin=str(one.get("origin", "")),
            via=str(one.get("via", "")), columns=str(one.get("columns", "")),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        expected = phrased("an import with its {name}", name=str(error).strip("'"))
        raise InputError(Fault(PACKAGE, None, "imports", "", expected)) from None


def _merges(path: Path) -> list[Merge]:
    found: list[Merge] = []
    for number, row in enumerate(rows_of(path), 2):
        try:
            score = float(row["score"])
            found.append(
                Merge(row["a"], row["b"], score, row["link"], row["reasons"], row["undone"])
            )
        except (KeyError, TypeError, ValueError):
            expected = "a row with a, b, score, link, reasons, undone"
            raise InputError(Fault(path.name, number, "merges", "", expected)) from None
    return found


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of one of the review's tables; none where there is no such file.

    Raises
    ------
    InputError
        A table that cannot be read.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [
                {str(key): plain_cell(cell or "") for key, cell in row.items() if key is not None}
                for row in csv.DictReader(file)
            ]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(unreadable(path, error)) from None
    except (UnicodeDecodeError, csv.Error):
        raise InputError(Fault(path.name, None, "file", "", "a CSV table in UTF-8")) from None
