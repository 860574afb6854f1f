"""Appraisals of a review's studies: forms handed out, filled forms taken, each named as it came."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.literature.extraction.rows import (
    APPRAISALS,
    FOLDER,
    evidence_of,
    place_of,
    read_rows,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from hilum.evidence import Evidence
    from hilum.evidence.appraisal import Appraisals
    from hilum.literature.extraction.columns import Row


def blank_appraisals(
    folder: Path,
    extractor: str,
    tool: str,
    say: Callable[[str], str] = str,
    studies: Iterable[str] = (),
) -> str:
    """A form to appraise an extractor's studies with a tool; ``say`` puts questions in a language.

    Where none is named in ``studies`` it holds every one that the tool is made for.

    Raises
    ------
    InputError
        An unknown tool, or one that is made for none of the extractor's studies.
    """
    from hilum.evidence.appraisal import template

    return template(evidence_of(read_rows(folder, extractor))[0], tool, studies, say=say)


def new_appraisals(
    folder: Path, extractor: str, files: Iterable[tuple[str, str]]
) -> dict[str, bytes]:
    """An extractor's appraisals with those of some files (name, text).

    One of the same study, tool and outcome takes the place of that before.

    Raises
    ------
    InputError
        Every fault of the files, each under the file's name and row; an appraisal in two of them.
    """
    evidence = evidence_of(read_rows(folder, extractor))[0]
    faults: list[Fault] = []
    given: dict[tuple[str, str, str], str] = {}
    rows: list[Row] = []
    for name, text in files:
        faults += _faults(name, text, evidence)
        found = _filled(csv.DictReader(io.StringIO(text, newline="")))
        for one in found:
            file = given.setdefault(_key(one), name)
            if file != name:
                expected = phrased("an appraisal that {file} does not hold too", file=file)
                said = " ".join(filter(None, _key(one)))
                faults.append(Fault(name, None, "study", said, expected))
        if not found:
            faults.append(Fault(name, None, "answer", "", "a form with at least one answer"))
        rows += found
    if faults:
        raise InputError(*dict.fromkeys(faults))
    held = [one for one in _appraised(folder, extractor) if _key(one) not in given]
    return _written(extractor, [*held, *rows])


def changed_appraisal(
    folder: Path, extractor: str, study: str, tool: str, said: Iterable[Mapping[str, str]]
) -> dict[str, bytes]:
    """An extractor's appraisals with that of a study by a tool in place of the one before.

    ``said`` holds question, answer, judgement and reason; what says nothing is left out.

    Raises
    ------
    InputError
        A study that they have not extracted, or every fault of the answers, under its question.
    """
    tables = read_rows(folder, extractor)
    if study not in {one["study_id"] for one in tables["studies"]}:
        raise InputError(Fault("", None, "study", study, "a study that this extractor has"))
    rows = [
        dict(one) | {"study": study, "tool": tool, "rater": extractor}
        for one in said
        if any(one.get(name, "").strip() for name in ("answer", "judgement", "reason"))
    ]
    faults = _faults(APPRAISALS, _text(rows), evidence_of(tables)[0])
    if faults:
        raise InputError(*(_of_question(one, rows) for one in faults))
    held = [
        one for one in _appraised(folder, extractor)
        if (one["study"], one["tool"]) != (study, tool)
    ]  # fmt: skip
    return _written(extractor, [*held, *rows])


def own_appraisals(folder: Path, extractor: str) -> Appraisals:
    """What an extractor judged of their studies.

    Raises
    ------
    InputError
        A table that cannot be read.
    """
    from hilum.evidence.appraisal import Appraisals, read_appraisals

    path = place_of(folder, extractor) / APPRAISALS
    if not path.is_file():
        return Appraisals()
    return read_appraisals(path, evidence_of(read_rows(folder, extractor))[0])


def appraisal_rows(folder: Path, extractor: str, study: str, tool: str) -> list[Row]:
    """The lines of an extractor's appraisal of a study with a tool, as they were written."""
    return [
        one for one in _appraised(folder, extractor)
        if (one["study"], one["tool"]) == (study, tool)
    ]  # fmt: skip


def _key(row: Mapping[str, str]) -> tuple[str, str, str]:
    return row["study"], row["tool"], row["outcome"]


def _appraised(folder: Path, extractor: str) -> list[Row]:
    from hilum.literature.review.state import rows_of

    return _filled(rows_of(place_of(folder, extractor) / APPRAISALS))


def _filled(rows: Iterable[Mapping[str, str | None]]) -> list[Row]:
    """Rows that say anything, with the columns of the table and no other."""
    from hilum.evidence.appraisal.form import COLUMNS, OPTIONAL

    whole = [{one: (row.get(one) or "").strip() for one in (*COLUMNS, *OPTIONAL)} for row in rows]
    said = ("answer", "judgement", "reason", "rater")
    return [one for one in whole if any(one[name] for name in said)]


def _faults(name: str, text: str, evidence: Evidence) -> list[Fault]:
    """Every fault of a table, under its own name."""
    from hilum.evidence.appraisal import check_appraisals

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / name
        path.write_bytes(text.encode())
        return check_appraisals(path, evidence)


def _of_question(fault: Fault, rows: list[Row]) -> Fault:
    """A fault of a line that was typed into a form: under the question, which a person sees."""
    if fault.row is None or not 2 <= fault.row < len(rows) + 2:
        return fault
    question = rows[fault.row - 2]["question"]
    return Fault("", None, f"{question} {fault.column}", fault.value, fault.expected)


def _text(rows: Iterable[Mapping[str, str]]) -> str:
    from hilum.evidence.appraisal.form import COLUMNS, OPTIONAL

    head = (*COLUMNS, *OPTIONAL)
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\n")
    sheet.writerow(head)
    sheet.writerows([" ".join(row.get(one, "").split()) for one in head] for row in rows)
    return text.getvalue()


def _written(extractor: str, rows: Iterable[Mapping[str, str]]) -> dict[str, bytes]:
    return {f"{FOLDER}/{extractor}/{APPRAISALS}": _text(rows).encode()}
