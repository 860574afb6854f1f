"""Review Manager 5 files (.rm5): the studies of one analysis as rows of a table.

Counts, means, effects with their errors (generic inverse variance: ratios on the log scale, as they
are entered there) and log-rank tables (O - E with its variance) are read.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, Phrase, phrased

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
EFFECTS: Final = {"yi": "ESTIMATE", "sei": "SE"}
LOG_RANK: Final = {"oe": "O_E", "oev": "VAR"}
KINDS: Final = {"DICH": COUNTS, "CONT": MEANS, "IV": EFFECTS, "IPD": LOG_RANK}
"""The columns of each kind of outcome and the attributes that hold them."""
LABELS: Final = ("GROUP_LABEL_1", "GROUP_LABEL_2", "GRAPH_LABEL_1", "GRAPH_LABEL_2")
"""What both groups are called, and what is favoured on either side."""
RATIO: Final = ("ratio", "hr", "or", "rr")


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
    only = _chosen(data, file, wanted)
    columns = KINDS[only.kind]
    rows = list(_rows(only))
    if not any(one.get(name) for _, one, _ in rows for name in list(columns.values())[:1]):
        expected = "an analysis of counts or means, or of effects with their errors"
        raise InputError(Fault(file, None, "analysis", f"{only.number} {only.name}", expected))
    return (
        (1, ("study", *columns, "group")),
        *(
            (count, (study, *(one.get(name, "") for name in columns.values()), group))
            for count, (study, one, group) in enumerate(rows, start=2)
        ),
    )


def review_said(data: bytes, file: str, wanted: str) -> tuple[tuple[Phrase, ...], tuple[str, ...]]:
    """Sentences on an analysis that was read, and the labels of its groups and sides."""
    only = _chosen(data, file, wanted)
    measure = only.element.get("EFFECT_MEASURE") or only.element.findtext("EFFECT_MEASURE") or ""
    told: list[Phrase] = []
    if measure.strip():
        told.append(phrased("effect measure of the review: {measure}", measure=measure.strip()))
    words = re.split(r"[\W_]+", measure.lower())
    if only.kind == "IV" and any(one in words for one in RATIO):
        told.append(phrased("effects of ratios are entered there as logarithms, and read so"))
    if any(group for _, _, group in _rows(only)):
        told.append(phrased("the subgroups of the review stand in the column group"))
    labels = tuple((only.element.findtext(name) or "").strip() for name in LABELS)
    return tuple(told), labels if any(labels) else ()


def _chosen(data: bytes, file: str, wanted: str) -> Analysis:
    analyses = list(_analyses(data, file))
    chosen = [one for one in analyses if one.number == wanted] if wanted else analyses
    known = "; ".join(f"{one.number} {one.name} ({one.studies})" for one in analyses)
    if len(chosen) != 1:
        expected = phrased(
            "one analysis, named as in {file}#1.1; there are: {known}", file=file, known=known
        )
        raise InputError(Fault(file, None, "analysis", wanted, expected))
    return chosen[0]


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
