"""Review Manager 5 files (.rm5): the studies of one analysis as rows of a table.

Counts and means are read. Generic inverse variance and individual patient data are named and not
read: how such a file scales its effects depends on the version that wrote it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.tabular.rows import Row

# A document type can name entities that unfold without end; no review has one.
TYPED: Final = (b"<!DOCTYPE", b"<!ENTITY")
COUNTS: Final = {"ai": "EVENTS_1", "n1i": "TOTAL_1", "ci": "EVENTS_2", "n2i": "TOTAL_2"}
MEANS: Final = {
    "m1i": "MEAN_1", "sd1i": "SD_1", "n1i": "TOTAL_1",
    "m2i": "MEAN_2", "sd2i": "SD_2", "n2i": "TOTAL_2",
}  # fmt: skip
KINDS: Final = {"DICH": COUNTS, "CONT": MEANS, "IV": None, "IPD": None}
"""The columns of each kind of outcome and the attributes that hold them; None is not read."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """One outcome of one comparison, by its number (``1.2``)."""

    number: str
    name: str
    kind: str
    element: ET.Element

    @property
    def studies(self) -> int:
        """How many rows it holds."""
        return sum(1 for _ in self.element.iter(f"{self.kind}_DATA"))


def review_rows(data: bytes, file: str, wanted: str) -> tuple[Row, ...]:
    """A header and a row a study; line numbers count the studies of the analysis.

    Parameters
    ----------
    wanted : str
        The number of the analysis; empty where the file holds one alone.

    Raises
    ------
    InputError
        A damaged file, no such analysis, several and none named, or one of a kind not read.
    """
    analyses = list(_analyses(data, file))
    chosen = [one for one in analyses if one.number == wanted] if wanted else analyses
    known = "; ".join(f"{one.number} {one.name} ({one.studies})" for one in analyses)
    if len(chosen) != 1:
        expected = phrased(
            "one analysis, named as in {file}#1.1; there are: {known}", file=file, known=known
        )
        raise InputError(Fault(file, None, "analysis", wanted, expected))
    only = chosen[0]
    columns = KINDS[only.kind]
    if columns is None:
        expected = "an analysis of counts or means (export this one as CSV with yi and sei)"
        raise InputError(Fault(file, None, "analysis", f"{only.number} {only.name}", expected))
    return (
        (1, ("study", *columns, "group")),
        *(
            (count, (study, *(one.get(name, "") for name in columns.values()), group))
            for count, (study, one, group) in enumerate(_rows(only), start=2)
        ),
    )


def _analyses(data: bytes, file: str) -> Iterator[Analysis]:
    if any(one in data for one in TYPED):
        expected = "a review without a document type or entities"
        raise InputError(Fault(file, None, "file", file, expected))
    try:
        root = ET.fromstring(data)
    except ET.ParseError as error:
        line, column = error.position
        expected = phrased("well-formed XML (column {column})", column=column)
        raise InputError(Fault(file, line, "file", file, expected)) from None
    names = {one.get("ID", ""): one.get("NAME", "") for one in root.iter("STUDY")}
    for comparison in root.iter("COMPARISON"):
        for element in comparison:
            kind = element.tag.removesuffix("_OUTCOME")
            if kind in KINDS and element.tag.endswith("_OUTCOME"):
                for row in element.iter(f"{kind}_DATA"):
                    study = row.get("STUDY_ID", "")
                    row.set("STUDY", names.get(study) or study.removeprefix("STD-"))
                number = f"{comparison.get('NO', '')}.{element.get('NO', '')}"
                yield Analysis(number, (element.findtext("NAME") or "").strip(), kind, element)


def _rows(only: Analysis) -> Iterator[tuple[str, ET.Element, str]]:
    """Each row with its study and its subgroup."""
    for child in only.element:
        if child.tag == f"{only.kind}_DATA":
            yield child.get("STUDY", ""), child, ""
        elif child.tag == f"{only.kind}_SUBGROUP":
            name = (child.findtext("NAME") or "").strip()
            for row in child.iter(f"{only.kind}_DATA"):
                yield row.get("STUDY", ""), row, name
