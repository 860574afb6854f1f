"""Forms that are half filled and are no patient's: a table to pool, a trial to size.

One draft a form and person. What belongs to a patient is a draft of the case instead.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from hilum.store.schema import FORM_DRAFTS
from hilum.store.sealed import FORM, PLAIN, Sealing
from hilum.store.times import now


@dataclass(frozen=True, slots=True)
class Drafts:
    """The drafts of one store; ``sealing`` encrypts them where the store has a key."""

    engine: Engine
    sealing: Sealing = PLAIN

    def of(self, who: str, form: str) -> dict[str, str] | None:
        """What was typed into a form, and not done with."""
        mine = (FORM_DRAFTS.c.who == who) & (FORM_DRAFTS.c.form == form)
        with self.engine.connect() as connection:
            row = connection.execute(select(FORM_DRAFTS).where(mine)).first()
        return (
            None
            if row is None
            else json.loads(self.sealing.open(row.content, FORM.context(who, form)))
        )

    def keep(self, who: str, form: str, texts: dict[str, str]) -> None:
        """Keep what is typed."""
        mine = (FORM_DRAFTS.c.who == who) & (FORM_DRAFTS.c.form == form)
        values = {"typed_at": now()}
        written = json.dumps(texts, ensure_ascii=False)
        content = self.sealing.close(written, FORM.context(who, form))
        change = update(FORM_DRAFTS).where(mine).values(**values, content=content)
        with self.engine.begin() as connection:
            if connection.execute(change).rowcount:
                return
        try:
            with self.engine.begin() as connection:
                row = {"who": who, "form": form, "content": content, **values}
                connection.execute(insert(FORM_DRAFTS).values(**row))
        except IntegrityError:  # another keystroke was first
            with self.engine.begin() as connection:
                connection.execute(change)

    def drop(self, who: str, form: str) -> None:
        """Forget what was typed."""
        mine = (FORM_DRAFTS.c.who == who) & (FORM_DRAFTS.c.form == form)
        with self.engine.begin() as connection:
            connection.execute(delete(FORM_DRAFTS).where(mine))
