"""Decisions of a screening: an append-only file, one row a decision, an undoing or a resolution.

``decisions.csv`` lies in the review's folder. A row never changes: what somebody takes back is a
further row. A last line without its end was cut off by a kill, and is no row.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import astuple, dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.review.lines import appended, head
from hilum.tabular.safe import plain_cell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FILE: Final = "decisions.csv"
REASONS: Final = "reasons.csv"
STAGES: Final = ("title", "full-text")
GOES_ON: Final = ("include", "maybe")
"""Decisions with which a record goes on to the next stage."""
CHOICES: Final = (*GOES_ON, "exclude")
SETTLES: Final = ("resolution", "consensus")
"""Rows that decide where reviewers disagree: by a third, or by those who disagreed."""
KINDS: Final = ("decision", "undo", *SETTLES)
ORDERS: Final = ("model", "check")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One row.

    Parameters
    ----------
    record_id, stage, reviewer : str
    decision : str
        Of :data:`CHOICES`.
    reason : str
        Code of the table of reasons, or empty.
    when : str
        UTC, ISO 8601.
    seconds : float | None
        From showing the record to the decision.
    kind : str
        ``decision``; ``undo`` takes the reviewer's standing decision back; ``resolution`` is a
        third reviewer's where two disagree, ``consensus`` what those two agreed on, written down
        by ``reviewer``.
    order : str
        The order that showed the record: the model's, or the random one of the check.
    note : str
    """

    record_id: str
    stage: str
    reviewer: str
    decision: str
    reason: str = ""
    when: str = ""
    seconds: float | None = None
    kind: str = "decision"
    order: str = "model"
    note: str = ""


HEAD: Final = tuple(one.name for one in fields(Decision))


def line_of(decision: Decision) -> bytes:
    """The row as it is appended."""
    return appended(astuple(decision))


def head_line() -> bytes:
    """The first line of the file."""
    return head(HEAD)


def read_decisions(folder: Path) -> tuple[Decision, ...]:
    """All rows in their order; none where there is no file yet.

    Raises
    ------
    InputError
        Every row that cannot be one.
    """
    return read_from(folder, 0)[0]


def size_of(folder: Path) -> int:
    """Bytes of the file; 0 where there is none yet."""
    try:
        return (folder / FILE).stat().st_size
    except OSError:
        return 0


def read_from(folder: Path, start: int) -> tuple[tuple[Decision, ...], int]:
    """The rows that begin at a byte or after it, and where the last whole one ends.

    Rows are only ever added: whoever holds those before reads what came since.

    Raises
    ------
    InputError
        Every row that cannot be one.
    """
    path = folder / FILE
    try:
        with path.open("rb") as file:
            head = file.readline()
            begin = file.seek(max(start, len(head)))
            data = file.read()
    except FileNotFoundError:
        return (), 0
    except OSError as error:
        expected = phrased("a readable file ({value})", value=error.strerror or error)
        raise InputError(Fault(FILE, None, "file", str(path), expected)) from None
    if not head.endswith(b"\n"):
        return (), 0
    data = data[: data.rfind(b"\n") + 1]
    return _rows(head, data, 2 if start <= len(head) else None), begin + len(data)


def _rows(head: bytes, data: bytes, first: int | None) -> tuple[Decision, ...]:
    """Rows under a head; ``first`` is the line of the first of them, where it is known."""
    names = next(csv.reader([head.decode("utf-8", "replace")]), [])
    rows = csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline=""))
    faults: list[Fault] = []
    found: list[Decision] = []
    for at, row in enumerate(rows):
        given = dict(zip(names, map(plain_cell, row), strict=False))
        line = None if first is None else first + at
        wrong = [
            Fault(FILE, line, name, given.get(name, ""), phrased("one of {known}", known=known))
            for name, among in _AMONG.items()
            if given.get(name) not in among
            for known in (", ".join(among),)
        ]
        faults += wrong
        if not wrong:
            found.append(_decision(given))
    if faults:
        raise InputError(*faults[:20])
    return tuple(found)


_AMONG: Final = {"stage": STAGES, "decision": CHOICES, "kind": KINDS, "order": ORDERS}


def _decision(given: dict[str, str]) -> Decision:
    texts = {name: given.get(name, "") for name in HEAD if name != "seconds"}
    try:
        seconds = float(given.get("seconds", ""))
    except ValueError:
        seconds = None
    return Decision(seconds=seconds, **texts)


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands at one stage.

    Parameters
    ----------
    by_reviewer : dict
        By reviewer and record: the decision that was not taken back, in the order of deciding.
        A name is that of its first spelling (:func:`name_key`).
    resolved : dict
        By record: who decided where two disagreed, and how.
    """

    by_reviewer: dict[str, dict[str, Decision]]
    resolved: dict[str, Decision]

    def of(self, reviewer: str) -> dict[str, Decision]:
        """A reviewer's decisions that stand, however the name is spelled."""
        return self.by_reviewer.get(spelled(reviewer, self.by_reviewer), {})

    @property
    def records(self) -> dict[str, dict[str, Decision]]:
        """By record and reviewer."""
        out: dict[str, dict[str, Decision]] = {}
        for reviewer, decided in self.by_reviewer.items():
            for record, decision in decided.items():
                out.setdefault(record, {})[reviewer] = decision
        return out


def standing(rows: Iterable[Decision], stage: str) -> Standing:
    """What was decided last and not taken back."""
    stands = Standing({}, {})
    for row in rows:
        if row.stage == stage:
            stand(stands, row)
    return stands


def stand(stands: Standing, row: Decision) -> None:
    """Take a further row of a stage into what stands there.

    An ``undo`` takes back what its reviewer settled, else what they decided.
    """
    if row.kind in SETTLES:
        stands.resolved[row.record_id] = row
        return
    resolved = stands.resolved.get(row.record_id)
    if (
        row.kind == "undo"
        and resolved is not None
        and name_key(resolved.reviewer) == name_key(row.reviewer)
    ):
        del stands.resolved[row.record_id]
        return
    own = stands.by_reviewer.setdefault(spelled(row.reviewer, stands.by_reviewer), {})
    own.pop(row.record_id, None)
    if row.kind == "decision":
        own[row.record_id] = row


@lru_cache(4096)
def name_key(name: str) -> str:
    """A reviewer's name without case, width and blanks: "AL", "al" and "A L" are one person."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def spelled(name: str, known: Iterable[str]) -> str:
    """A name as it is known already, else as it is given."""
    key = name_key(name)
    return next((one for one in known if name_key(one) == key), name.strip())


def goes_on(decision: Decision) -> bool:
    """Whether the record goes on to the next stage."""
    return decision.decision in GOES_ON


def conflicts(stands: Standing) -> tuple[str, ...]:
    """Records that go on by one reviewer and not by another, and that nobody resolved."""
    return tuple(
        record
        for record, by in stands.records.items()
        if len({goes_on(one) for one in by.values()}) > 1 and record not in stands.resolved
    )


def reasons_said(stands: Standing, record: str) -> tuple[str, ...]:
    """Reasons for which reviewers exclude a record, each once; one where it was settled.

    The reason of a resolution that names one stands; without it those of the reviewers do.
    """
    resolved = stands.resolved.get(record)
    if resolved is not None and (resolved.reason or resolved.decision != "exclude"):
        return tuple(filter(None, (resolved.reason,)))
    rows = stands.records.get(record, {}).values()
    return tuple(dict.fromkeys(one.reason for one in rows if not goes_on(one) and one.reason))


def reasons_apart(stands: Standing, reviewers: int) -> tuple[str, ...]:
    """Records that are excluded, for different reasons, and whose reason nobody settled."""
    return tuple(
        record
        for record, on in final(stands, reviewers).items()
        if not on and len(reasons_said(stands, record)) > 1
    )


def final(stands: Standing, reviewers: int) -> dict[str, bool]:
    """Records that are decided, and whether they go on.

    A record is decided by its resolution, or by as many reviewers who agree as the review asks for.
    """
    out: dict[str, bool] = {}
    for record, by in stands.records.items():
        said = {goes_on(one) for one in by.values()}
        if record in stands.resolved:
            out[record] = goes_on(stands.resolved[record])
        elif len(by) >= reviewers and len(said) == 1:
            out[record] = said.pop()
    return out


def reasons_of(folder: Path) -> dict[str, str]:
    """Reasons for exclusion by their code: the folder's own table, else the one that is shipped.

    Raises
    ------
    InputError
        A table without the columns ``code`` and ``said``.
    """
    from importlib import resources

    own = folder / REASONS
    shipped = resources.files("hilum.literature.screening") / REASONS
    text = own.read_text("utf-8-sig") if own.is_file() else shipped.read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    if not rows or not {"code", "said"} <= set(rows[0]):
        raise InputError(Fault(REASONS, 1, "code", "", "columns code and said"))
    return {row["code"]: row["said"] for row in rows}
