"""What the pages share: the store, the rules, the sessions, the templates."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from jinja2 import DictLoader, Environment, StrictUndefined

from hilum._version import __version__
from hilum.language import languages
from hilum.patient.tables import read_tables
from hilum.sheet.kept import Store
from hilum.web.door import Door
from hilum.web.guard import own_names
from hilum.web.roles import Role, held_by
from hilum.web.sessions import Session, Sessions
from hilum.web.throttle import Throttle

if TYPE_CHECKING:
    from hilum.evidence import Evidence
    from hilum.language import Words
    from hilum.patient.tables import Tables
    from hilum.store.accounts import Accounts
    from hilum.store.boards import Boards
    from hilum.store.cases import Cases
    from hilum.store.drafts import Drafts
    from hilum.store.second import SecondFactors
    from hilum.store.tokens import Tokens
    from hilum.store.work import Jobs
    from hilum.web.crew import Crew
    from hilum.web.doing import Doings
    from hilum.web.kept import KeptAnswers
    from hilum.web.liver_desk import LiverDesk
    from hilum.web.queue import Queue
    from hilum.web.review_desk import ReviewDesk
    from hilum.web.streams import Places

# Documents kept for whoever opens them again: a sheet is a megabyte or two.
DOCUMENTS: Final = 12
# Pages that are the same for all who see the same of them, some hundred kilobytes each.
PAGES: Final = 48
# Answers with their tables that are kept in memory as well: the latest that were looked at.
POOLED: Final = 64
# Reports of what became of a file from elsewhere: they name a person and are written nowhere.
BROUGHT: Final = 16
LOOKS: Final = ("light", "dark")
NAMES: Final = {"en": "English", "zh-Hans": "中文"}


@dataclass
class Desk:
    """One start of the workbench.

    Parameters
    ----------
    cases : Cases
        The store.
    port : int
        Where it is reached; part of the names it answers to and of its cookies' names.
    language : str
        Of a reader who has chosen none.
    folder : Path, optional
        Where label maps lie; beside the file of the store where nothing is said.
    crew : Crew, optional
        The workers; without them long work is done by the pages' own threads.
    accounts : Accounts, optional
        Of those who sign in; none: whoever has the first address is let in.
    door : Door
        What requests are checked against.
    """

    cases: Cases
    port: int
    language: str = "en"
    sessions: Sessions = field(default_factory=Sessions)
    folder: Path | None = None
    crew: Crew | None = None
    brought: Store[Any] = field(default_factory=lambda: Store[Any](BROUGHT))
    pages: Store[str] = field(default_factory=lambda: Store[str](PAGES))
    documents: Store[bytes] = field(default_factory=lambda: Store[bytes](DOCUMENTS))
    accounts: Accounts | None = None
    door: Door = field(default_factory=lambda: Door(frozenset()))
    throttle: Throttle = field(default_factory=Throttle)

    @cached_property
    def names(self) -> frozenset[str]:
        """What it may be called."""
        return self.door.names or own_names(self.port)

    def session(self, key: str | None) -> Session | None:
        """The session of a cookie; where people sign in, as long as the account is as it was."""
        found = self.sessions.of(key)
        if found is None or self.accounts is None:
            return found
        account = self.accounts.find(found.who)
        if account is None or account.epoch != found.epoch:
            self.sessions.end(key)
            return None
        return found

    def still(self, key: str | None, session: Session | None) -> bool:
        """Whether a session lasts, looked at without being seen: no stream keeps one open."""
        if session is None or not self.sessions.lasts(key):
            return False
        account = self.accounts.find(session.who) if self.accounts is not None else None
        return self.accounts is None or (account is not None and account.epoch == session.epoch)

    @cached_property
    def tables(self) -> Tables:
        """The rules."""
        return read_tables()

    @cached_property
    def livers(self) -> LiverDesk:
        """The livers, beside the store."""
        from hilum.store.livers import Livers
        from hilum.web.liver_desk import LiverDesk

        folder = self.folder or Path(str(self.cases.engine.url.database)).parent
        return LiverDesk(Livers(folder, self.cases.sealing))

    @cached_property
    def reviews(self) -> ReviewDesk:
        """The reviews, beside the store."""
        from hilum.web.review_desk import NAME, ReviewDesk

        folder = self.folder or Path(str(self.cases.engine.url.database)).parent
        return ReviewDesk(folder / NAME)

    @cached_property
    def jobs(self) -> Jobs:
        """Work that is waited for, and its answers."""
        from hilum.store.work import Jobs

        return Jobs(self.cases.engine, self.cases.sealing)

    @cached_property
    def queue(self) -> Queue:
        """Questions that take long."""
        from hilum.web.kinds import Bench
        from hilum.web.queue import Queue

        return Queue(self.jobs, Bench(self.livers), self.livers.livers.place, self.crew)

    @cached_property
    def pooled(self) -> KeptAnswers:
        """Answers of the rooms; they are there again after a restart."""
        from hilum.web.kept import KeptAnswers

        return KeptAnswers(self.jobs.answers, POOLED)

    @cached_property
    def boards(self) -> Boards:
        """The boards of the store."""
        from hilum.store.boards import Boards

        return Boards(self.cases.engine, self.cases.sealing)

    @cached_property
    def drafts(self) -> Drafts:
        """Forms that are half filled and no patient's."""
        from hilum.store.drafts import Drafts

        return Drafts(self.cases.engine, self.cases.sealing)

    @cached_property
    def tokens(self) -> Tokens:
        """What programs come in with, where people sign in."""
        from hilum.store.tokens import Tokens

        return Tokens(self.cases.engine)

    @cached_property
    def seconds(self) -> SecondFactors:
        """Second factors of accounts."""
        from hilum.store.second import SecondFactors

        return SecondFactors(self.cases.engine, self.cases.sealing)

    def of_token(self, secret: str) -> Session | None:
        """What a program may do with a token: no more than its account may now."""
        found = self.tokens.find(secret)
        account = self.accounts.find(found.account) if found and self.accounts else None
        if found is None or account is None or account.must_change:
            return None
        if self.seconds.lacks(account.name):
            return None
        roles = held_by(Role(found.role)) & held_by(Role(account.role))
        return Session("", roles, account.name, account.epoch)

    @cached_property
    def doings(self) -> Doings:
        """Long work of the rooms."""
        from hilum.web.doing import Doings

        return Doings()

    @cached_property
    def places(self) -> Places:
        """Places for streams of how far work is."""
        from hilum.web.streams import Places

        return Places()

    def close(self) -> None:
        """End what the rooms are doing: nobody is left who would look at it."""
        for one in (self.__dict__.get("doings"), self.__dict__.get("livers"), self.crew):
            if one is not None:
                one.close()

    @property
    def cookie(self) -> str:
        """Name of the session's cookie: two programs on one machine share their cookies."""
        return self.door.cookie(self.port)

    def page(self, template: str, words: Words, **context: Any) -> str:
        """A template filled in one language."""
        return (
            _environment()
            .get_template(template)
            .render(
                _=words,
                language=words.language,
                languages=[(code, NAMES.get(code, code)) for code in languages()],
                version=__version__,
                stamp=stamp(),
                **context,
            )
        )


@cache
def _environment() -> Environment:
    folder = files("hilum.web") / "templates"
    sources = {
        one.name: one.read_text("utf-8") for one in folder.iterdir() if one.name.endswith(".j2")
    }
    return Environment(
        loader=DictLoader(sources),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def static_files() -> dict[str, tuple[bytes, str]]:
    """What pages are drawn with, by name: content and kind; nothing else is ever served."""
    from hilum.rendering.sheet.html import served_style, sheet_script

    kinds = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
             ".svg": "image/svg+xml"}  # fmt: skip
    found = {
        one.name: (one.read_bytes(), kinds[f".{one.name.rpartition('.')[2]}"])
        for one in (files("hilum.web") / "static").iterdir()
        if f".{one.name.rpartition('.')[2]}" in kinds
    }
    found["sheet.css"] = (served_style().encode(), kinds[".css"])
    found["sheet.js"] = (sheet_script().encode(), kinds[".js"])
    return found


@cache
def stamp() -> str:
    """Changes with any of those files, so that a browser may keep them."""
    whole = hashlib.sha256()
    for name, (content, _) in sorted(static_files().items()):
        whole.update(name.encode() + content)
    return whole.hexdigest()[:10]


_READING = Lock()


def evidence() -> Evidence:
    """The published record, read once."""
    with _READING:
        return _evidence()


@cache
def _evidence() -> Evidence:
    from hilum.evidence import read_evidence

    return read_evidence()
