"""The reviews of one desk: folders of plain files beside the store, and screenings in memory.

The folder is the truth: a command may read and write the same one, and a folder that is put here
by hand is a review of the workbench. What is in memory is made from it, and made anew where its
files are others.
"""

from __future__ import annotations

import re
import uuid
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import UnknownCode
from hilum.literature.review.changes import founded, table
from hilum.literature.review.folder import held, now, written_all
from hilum.literature.review.state import PACKAGE, is_review, read_review, rows_of
from hilum.literature.review.versions import SETTINGS
from hilum.sheet.kept import Store
from hilum.store.opening import OWNER_FOLDER
from hilum.store.whole import write

if TYPE_CHECKING:
    from collections.abc import Generator, Hashable, Mapping
    from pathlib import Path

    from hilum.analyses.proposals import Paper
    from hilum.analyses.references import Refused
    from hilum.analyses.screening_next import ScreeningNextAsked
    from hilum.literature.screening.session import Session
    from hilum.watch import Watch

NAME: Final = "reviews"
ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
# What a review says of its screening, as the commands name it.
SAID: Final = {
    "reviewers": int, "recall": float, "confidence": float, "model": str, "earlier": str,
}  # fmt: skip
# Screenings in memory, each some ten megabytes for some thousand records.
OPEN: Final = 6
# Full texts whose proposals are remembered: a reading takes seconds.
PAPERS: Final = 32
# Records that are shown as the next ones, and questions that are remembered.
SHOWN, REMEMBERED = 7, 64
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class Screening:
    """A reviewer's session at a stage, in memory; one request at a time."""

    session: Session
    stamp: Stamp
    lock: Any = field(default_factory=RLock)


@dataclass
class ReviewDesk:
    """The reviews in one folder."""

    folder: Path
    papers: Store[Paper] = field(default_factory=lambda: Store["Paper"](PAPERS))
    refused: Store[tuple[Refused, ...]] = field(
        default_factory=lambda: Store[tuple["Refused", ...]](REMEMBERED)
    )
    _open: OrderedDict[tuple[Any, ...], Screening] = field(
        default_factory=OrderedDict[tuple[Any, ...], Screening]
    )
    _titles: dict[str, tuple[Stamp, dict[str, str]]] = field(
        default_factory=dict[str, tuple[Stamp, dict[str, str]]]
    )
    _asked: dict[tuple[Any, ...], ScreeningNextAsked] = field(default_factory=dict[Any, Any])
    _lock: Any = field(default_factory=Lock)

    def listed(self) -> list[str]:
        """Ids of the reviews that are there, by name."""
        if not self.folder.is_dir():
            return []
        return sorted(
            one.name for one in self.folder.iterdir() if ID.fullmatch(one.name) and is_review(one)
        )

    def place(self, review: str) -> Path:
        """The folder of a review.

        Raises
        ------
        UnknownCode
            No such review; no other path is ever opened.
        """
        if not ID.fullmatch(review) or not is_review(self.folder / review):
            raise UnknownCode("review", review, ())
        return self.folder / review

    def make(self, title: str, said: Mapping[str, str]) -> str:
        """A new review; its id."""
        review = uuid.uuid4().hex
        self.folder.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
        place = self.folder / review
        place.mkdir(mode=OWNER_FOLDER)
        with held(place):
            write(_settings(said), place / SETTINGS)
            written_all(founded(title, now()), place)
        return review

    def said(self, review: str) -> dict[str, Any]:
        """What a review says of its screening; what cannot be read is left out."""
        found: dict[str, Any] = {}
        for row in rows_of(self.place(review) / SETTINGS):
            made = SAID.get(row.get("setting", ""))
            try:
                if made is not None:
                    found[row["setting"]] = made(row.get("value", ""))
            except ValueError:
                continue
        return found

    def earlier(self, review: str) -> Path | None:
        """The folder of the version that a review updates; None of one that is no update."""
        key = self.said(review).get("earlier", "")
        return self.folder / key if key != review and key in self.listed() else None

    def say(self, review: str, said: Mapping[str, str]) -> None:
        """Keep what a review says of its screening."""
        place = self.place(review)
        with held(place):
            write(_settings(said), place / SETTINGS)

    def asked(self, review: str, who: str, stage: str, check: bool = False) -> ScreeningNextAsked:
        """The question of who reads next.

        Raises
        ------
        InputError
            The review's settings are outside their range, or there is no such stage.
        """
        from hilum.analyses.screening_next import ScreeningNextAsked

        said, earlier = self.said(review), self.earlier(review)
        said["earlier"] = None if earlier is None else str(earlier)
        key = (review, who, stage, check, *said.items())
        made = self._asked.get(key)
        if made is None:
            # Looking what models there are takes longer than all the rest of it.
            made = ScreeningNextAsked(
                folder=str(self.place(review)), reviewer=who, stage=stage, count=SHOWN, check=check,
                **said,
            )  # fmt: skip
            self._asked[key] = made
            while len(self._asked) > REMEMBERED:
                self._asked.pop(next(iter(self._asked)), None)
        return made

    def at_hand(self, asked: ScreeningNextAsked) -> Screening | None:
        """A screening that is in memory, and whose files are what they were."""
        with self._lock:
            found = self._open.get(_key(asked))
            if found is None or found.stamp != stamp(asked.folder):
                return None
            self._open.move_to_end(_key(asked))
            return found

    def some(self, asked: ScreeningNextAsked) -> Screening | None:
        """A screening of the same review and stage that is in memory, whoever's it is."""
        with self._lock:
            known = [one for one in self._open if one[:2] == _key(asked)[:2]]
            found = [self._open[one] for one in known]
        mark = stamp(asked.folder)
        return next((one for one in found if one.stamp == mark), None)

    def opened(self, asked: ScreeningNextAsked, watch: Watch) -> Screening:
        """A screening, read where it is not in memory; with its model made ready."""
        from hilum.analyses.screening_next import session_of

        found = self.at_hand(asked)
        if found is not None:
            return found
        mark = stamp(asked.folder)
        session = session_of(asked, watch)
        session.following(asked.check)
        made = Screening(session, mark)
        with self._lock:
            self._open[_key(asked)] = made
            while len(self._open) > OPEN:
                self._open.popitem(last=False)
        return made

    @contextmanager
    def using(self, screening: Screening) -> Generator[Session]:
        """Its session, alone, with every decision that is in the file."""
        with screening.lock:
            screening.session.follow()
            yield screening.session

    def paper(self, mark: Hashable) -> Paper | None:
        """What a full text proposes, where it was read."""
        try:
            return self.papers.find(mark)
        except UnknownCode:
            return None

    def marked_titles(self, review: str, mark: str, part: str = "") -> dict[str, str]:
        """The same, behind which ``mark`` stands where a copy says that it is retracted."""
        from hilum.analyses.flow import titles_of

        place = self.place(review)
        before = self.earlier(review)
        old = None if before is None else str(before)
        now, key = stamp(str(place)) + (stamp(old) if old else ()), f"{review} {mark}"
        kept = self._titles.get(key)
        if kept is None or kept[0] != now:
            kept = self._titles[key] = now, titles_of(str(place), mark, old, part)
        return kept[1]

    def described(self, review: str) -> dict[str, tuple[str, str]]:
        """Title of every record by id, and what tells it from one of the same title."""
        from hilum.literature.review.judging import described

        place = self.place(review)
        return described(place, read_review(place))

    def titles(self, review: str) -> dict[str, str]:
        """Titles of all records by id, copies too."""
        place = self.place(review)
        mark = stamp(str(place))
        kept = self._titles.get(review)
        if kept is None or kept[0] != mark:
            found = {
                row.get("id", ""): row.get("title", "")
                for one in read_review(place).imports
                for row in rows_of(place / "records" / f"{one.code}.csv")
            }
            kept = self._titles[review] = mark, found
        return kept[1]


def stamp(folder: str) -> Stamp:
    """Size and time of the files that a screening is made from, decisions left out."""
    from pathlib import Path

    place = Path(folder)
    names = (PACKAGE, "merges.csv", "criteria.csv", "records.csv", SETTINGS)
    files = [*(place / name for name in names), *sorted((place / "records").glob("*.csv"))]
    return tuple(
        (one.name, found.st_size, found.st_mtime_ns)
        for one in files
        if one.is_file() and (found := one.stat())
    )


def _key(asked: ScreeningNextAsked) -> tuple[Any, ...]:
    return (asked.folder, asked.stage, asked.reviewer, asked.reviewers, asked.model, asked.earlier)


def _settings(said: Mapping[str, str]) -> bytes:
    return table(("setting", "value"), [(one, said[one]) for one in SAID if said.get(one)])
