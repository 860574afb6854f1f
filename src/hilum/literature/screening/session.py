"""One reviewer's screening of a review: what comes next, how far they are, whether they may stop.

Reviewers are blinded to each other: the order rests on the reviewer's own decisions and on those
of an earlier round alone. The random order of the check is that of hashes of the records' ids, so
that it is the same whenever it is asked for and has nothing to do with what a record is about.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.literature.review.versions import EARLIER, called, must_end, version_before
from hilum.literature.screening.decisions import (
    Decision,
    Standing,
    final,
    goes_on,
    name_key,
    read_from,
    size_of,
    spelled,
    stand,
    standing,
)
from hilum.literature.screening.models import USUAL, Learner, learner
from hilum.literature.screening.review_records import (
    Criterion,
    Screened,
    beside_of,
    criteria_of,
    heads_of,
    records_of,
    terms_in,
)
from hilum.literature.screening.stopping import chance_missed, level, may_stop, still_to_read
from hilum.records import nearest
from hilum.watch import SILENT

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.watch import Watch

MEANT = 8
"""Ids that are named where one without its import was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopState:
    """How far the promise is.

    Parameters
    ----------
    checking : bool
        Whether the rest is being read in random order; without it there is no promise.
    found_before, rest, drawn, found : int
        As in :func:`hilum.literature.screening.stopping.chance_missed`.
    chance : float
        Of having found as few if the recall is below the target.
    level : float
        At which the rule lets stop.
    may_stop : bool
    to_read : int
        Records to be read in random order until the stop if none of them is relevant: what the
        promise costs from here.
    """

    checking: bool
    found_before: int
    rest: int
    drawn: int
    found: int
    chance: float
    level: float
    may_stop: bool
    to_read: int


@dataclass
class Session:
    """A reviewer at a stage of a review.

    Parameters
    ----------
    folder : Path
    stage, reviewer : str
    reviewers : int
        Who have to agree on a record.
    model : str
    earlier : Path | None
        The folder of the last round (``last``: its session, which knows the round before it where
        it was an update): its decisions teach the model, and what it decided is not read again.
        What it left open at the full text goes on there (``reopened``: by record, the gap that it
        was in). What it left open and is no record here is one more record of this round, its id
        behind ``earlier/`` (``joined``).
    watch : Watch
    rows : list of Decision
        All rows of the folder; read from it.
    """

    folder: Path
    stage: str
    reviewer: str
    reviewers: int = 2
    model: str = USUAL
    earlier: Path | None = None
    watch: Watch = SILENT
    rows: list[Decision] = field(default_factory=list[Decision])

    def __post_init__(self) -> None:
        """Read the folder."""
        self.last: Session | None = None
        if self.earlier is not None:
            must_end(self.folder, self.earlier)
            self.last = Session(
                self.earlier, "title", "", self.reviewers, earlier=version_before(self.earlier)
            )
        self.records: tuple[Screened, ...] = records_of(self.folder)
        self.reopened, self.joined, self.alias = self._left_open()
        self.records += self.joined
        self.criteria: tuple[Criterion, ...] = criteria_of(self.folder)
        self.beside = beside_of(self.folder, self.records)
        self.by_id = {one.record_id: one for one in self.records}
        self.rows = []
        self._read_to = 0
        self._stands: dict[str, tuple[int, Standing]] = {}
        self._before: tuple[int, dict[str, Decision]] | None = None
        self._numbers: dict[str, bytes] = {}
        self.follow()
        self.reviewer = spelled(self.reviewer, (one.reviewer for one in self.rows))
        self._taught = () if self.last is None else self.last.decided()
        known = {key for one, _ in self._taught for key in keys_of(one)}
        self.carried = tuple(
            one.record_id
            for one in self.records
            if known & keys_of(one) and one.record_id not in self.reopened
        )

    def _left_open(self) -> tuple[dict[str, str], tuple[Screened, ...], dict[str, str]]:
        """What the last round left open at the full text; what of it is no record here; aliases.

        An alias is the name of a record of that round that this review holds under its own id.
        """
        if self.last is None:
            return {}, (), {}
        from hilum.literature.flow.left_open import TITLE, left_open

        codes = left_open(self.last)
        here = {key: one.record_id for one in reversed(self.records) for key in keys_of(one)}
        reopened: dict[str, str] = {}
        joined: list[Screened] = []
        alias: dict[str, str] = {}
        for one in self.last.records if codes else ():
            code = codes.get(one.record_id)
            if code is None:
                continue
            name = f"{EARLIER}{one.record_id}"
            found = next((here[key] for key in keys_of(one) if key in here), None)
            if found is None:
                joined.append(replace(one, record_id=name))
            else:
                alias[name] = found
            if code not in TITLE:
                reopened[found or name] = code
        return reopened, tuple(joined), alias

    def decided(self) -> tuple[tuple[Screened, bool], ...]:
        """Records decided by title here or in a round before, and whether they went on."""
        on = final(self.standing("title"), self.reviewers)
        own = ((one, on[one.record_id]) for one in self.records if one.record_id in on)
        return (*self._taught, *own)

    def known_as(self, record: str) -> Screened:
        """A record of this round, or by ``earlier/`` and its id there of one before."""
        if record in self.by_id or self.last is None:
            return self.by_id[record]
        return self.last.known_as(record.removeprefix(EARLIER))

    def must_be_open(self, record: str) -> None:
        """Refuse a record that a round before decided, and one of another stage.

        Raises
        ------
        InputError
            What a round before decided is named with that round and its id there.
        """
        if record in self.carried:
            keys, at = keys_of(self.by_id[record]), self.last
            while at is not None:
                on = final(at.standing("title"), self.reviewers)
                for one in at.records:
                    if one.record_id in on and keys & keys_of(one):
                        expected = phrased(
                            "a record that this version decides: {version} decided it, as "
                            "{record}; where that was wrong, correct it there",
                            version=called(at.folder),
                            record=one.record_id,
                        )
                        raise InputError(Fault("", None, "record", record, expected))
                at = at.last
        if self.stage == "title" and record in self.reopened:
            expected = (
                "a record to be decided by its title: the last round left this one open at its "
                "full text (hilum literature fulltext)"
            )
            raise InputError(Fault("", None, "record", record, expected))

    def named(self, row: Decision) -> Decision:
        """A row, under the id that its record has in this review."""
        own = self.alias.get(row.record_id)
        return row if own is None else replace(row, record_id=own)

    @cached_property
    def learner(self) -> Learner:
        """The model over the records of the last round, then those of this one."""
        every = [*(one for one, _ in self._taught), *self.records]
        return learner(
            self.model, [one.title for one in every], [one.abstract for one in every], self.watch
        )

    def candidates(self) -> list[str]:
        """Records of this stage, in the review's order."""
        away = set(self.carried)
        ids = [one.record_id for one in self.records if one.record_id not in away]
        if self.stage == "title":
            return [one for one in ids if one not in self.reopened]
        on = final(self.standing("title"), self.reviewers)
        return [one for one in ids if one in self.reopened or on.get(one)]

    def own(self) -> dict[str, Decision]:
        """The reviewer's decisions that stand."""
        return self.standing(self.stage).of(self.reviewer)

    def standing(self, stage: str) -> Standing:
        """What stands at a stage; only the rows that came since are looked at."""
        seen, stands = self._stands.get(stage, (0, Standing({}, {})))
        if seen > len(self.rows):
            seen, stands = 0, Standing({}, {})
        for row in self.rows[seen:]:
            if row.stage == stage:
                stand(stands, self.named(row))
        self._stands[stage] = len(self.rows), stands
        return stands

    def taken(self, decision: Decision) -> None:
        """A row that was appended to the file."""
        self.rows.append(decision)

    def follow(self) -> None:
        """Read the rows that somebody added to the file since it was read.

        Raises
        ------
        InputError
            A row that cannot be one.
        """
        size = size_of(self.folder)
        if size < self._read_to:
            # Somebody put an older file in its place.
            self.rows, self._read_to = [], 0
            self._stands, self._before = {}, None
        if size > self._read_to:
            more, self._read_to = read_from(self.folder, self._read_to)
            self.rows += more

    def following(self, check: bool = False) -> list[tuple[str, float | None]]:
        """Records not read yet, the next first, with their scores; no score, no model yet."""
        own = self.own()
        left = [one for one in self.candidates() if one not in own]
        if check or self._check_began() is not None:
            return [(one, None) for one in self._shuffled(left)]
        scores = self._scores(own)
        if scores is None:
            hits = self._hits
            return [(one, None) for one in sorted(left, key=lambda one: -hits[one])]
        return [(one, scores[one]) for one in sorted(left, key=lambda one: -scores[one])]

    def _scores(self, own: dict[str, Decision]) -> dict[str, float] | None:
        """Scores by record; None as long as only one kind was read."""
        shift = len(self._taught)
        places = {one.record_id: shift + at for at, one in enumerate(self.records)}
        read = [*range(shift), *(places[one] for one in own if one in places)]
        said = [on for _, on in self._taught]
        said += [goes_on(decision) for one, decision in own.items() if one in places]
        relevant = np.asarray(said, dtype=bool)
        if not relevant.any() or relevant.all():
            return None
        scores: Any = self.learner.learn(np.asarray(read), relevant)
        return {one: float(scores[at]) for one, at in places.items()}

    @cached_property
    def _hits(self) -> dict[str, int]:
        """How often the criteria's terms stand in each record."""
        terms = [term for criterion in self.criteria for term in criterion.terms]
        return {
            one.record_id: len(terms_in(f"{one.title}\n{one.abstract}", terms)) if terms else 0
            for one in self.records
        }

    def _shuffled(self, records: list[str]) -> list[str]:
        def number(record: str) -> bytes:
            found = self._numbers.get(record)
            if found is None:
                told = f"{self.stage}\0{self.reviewer}\0{record}"
                found = self._numbers[record] = hashlib.sha256(told.encode()).digest()
            return found

        return sorted(records, key=number)

    def _own_before(self, row: int) -> dict[str, Decision]:
        """The reviewer's decisions that stood before a row."""
        if self._before is None or self._before[0] != row:
            stood = standing(map(self.named, self.rows[:row]), self.stage).of(self.reviewer)
            self._before = row, stood
        return self._before[1]

    def checking(self) -> bool:
        """Whether the reviewer has begun to read the rest in random order."""
        return self._check_began() is not None

    def _check_began(self) -> int | None:
        """The row with which the reviewer's check began."""
        return next(
            (
                at
                for at, row in enumerate(self.rows)
                if (row.stage, row.kind, row.order) == (self.stage, "decision", "check")
                and name_key(row.reviewer) == name_key(self.reviewer)
            ),
            None,
        )

    def stop(self, recall: float, confidence: float) -> StopState:
        """How far the promise is, and what it costs from here."""
        own = self.own()
        began = self._check_began()
        earlier = own
        if began is not None:
            earlier = self._own_before(began)
        rest = self._shuffled([one for one in self.candidates() if one not in earlier])
        before = sum(goes_on(own.get(one, was)) for one, was in earlier.items())
        drawn = found = 0
        for one in rest if began is not None else ():
            # A record decided out of turn counts when its turn comes.
            if one not in own:
                break
            drawn, found = drawn + 1, found + goes_on(own[one])
        told = (before, found, len(rest), drawn, recall)
        return StopState(
            checking=began is not None,
            found_before=before,
            rest=len(rest),
            drawn=drawn,
            found=found,
            chance=chance_missed(*told),
            level=level(found, confidence),
            may_stop=may_stop(*told, confidence) and (began is not None or not rest),
            to_read=still_to_read(*told, confidence),
        )

    def in_a_row(self) -> int:
        """Irrelevant records since the last relevant one."""
        run = 0
        for decision in reversed([*self.own().values()]):
            if goes_on(decision):
                break
            run += 1
        return run

    def must_know(self, record: str) -> None:
        """Refuse a record that the review does not hold.

        Raises
        ------
        InputError
            A copy is named with the record that stands for it, an id without its import with the
            ids that end in it.
        """
        if record in self.by_id:
            return
        heads = heads_of(self.folder)
        meant = [one for one in self.by_id if one.partition(":")[2] == record]
        if record.startswith(EARLIER):
            expected = phrased(
                "a record of this review, or one that the last round left open (--earlier names "
                "its folder); to extract it, import the file that holds it"
            )
        elif heads.get(record, record) != record:
            expected = phrased("{record}, of which this is a copy: decide that one",
                               record=heads[record])  # fmt: skip
        elif meant:
            expected = phrased("an id with its import: {ids}", ids=", ".join(meant[:MEANT]))
        else:
            number = len(self.records)
            expected = phrased(
                "one of the review's {number} records{hint}",
                number=number,
                hint=nearest(record, list(self.by_id)),
            )
        raise InputError(Fault("", None, "record", record, expected))


def keys_of(one: Screened) -> set[str]:
    """What a record is known again by: its DOI, its PMID, its title."""
    title = "".join(filter(str.isalnum, one.title.lower()))
    known = (("doi", one.doi.lower()), ("pmid", one.pmid))
    return {f"{name} {value}" for name, value in known if value} | ({title} if title else set())
