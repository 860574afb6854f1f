"""A store that is open and unlocked: the cases in it, whatever it lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.store.cases import Cases
from hilum.store.keys import unlocked
from hilum.store.livers import NAME as LIVERS
from hilum.store.opening import opened_at

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.store.keys import Given


def unlocked_store(folder: Path, given: Given | None, address: str | None = None) -> Cases:
    """The cases of the store in a folder, or of a database with its label maps in the folder.

    Raises
    ------
    InputError
        The folder cannot be written, or the store has another key.
    """
    engine = opened_at(address, folder)
    livers = folder / LIVERS
    try:
        fresh = not livers.is_dir() or not any(livers.iterdir())
        return Cases(engine, unlocked(engine, given, fresh=fresh))
    except BaseException:
        engine.dispose()
        raise
