"""Answers of the rooms by their key: in memory the latest, in the store all of them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import UnknownCode
from hilum.sheet.kept import Store
from hilum.web.exact import NotKept, read, written

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from hilum.store.answers import Answers

KIND: Final = "room"


class KeptAnswers:
    """Answers as they were given; several threads may ask.

    Parameters
    ----------
    answers : Answers
        The store's.
    size : int
        How many stay in memory.
    """

    def __init__(self, answers: Answers, size: int) -> None:
        self._answers, self._near = answers, Store[Any](size)

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What is kept under the key, else what ``make`` gives, kept from now on."""
        try:
            return self.find(key)
        except UnknownCode:
            made = make()
            self._answers.keep(_hash(key), KIND, written(made))
            return self._near.get(key, lambda: made)

    def find(self, key: Hashable) -> Any:
        """What is kept under the key.

        Raises
        ------
        UnknownCode
            Nothing is, or by another version of hilum that wrote it otherwise.
        """
        return self._near.get(key, lambda: self._found(key))

    def _found(self, key: Hashable) -> Any:
        text = self._answers.find(_hash(key))
        if text is None:
            raise UnknownCode("answer", str(key), ())
        try:
            return read(text)
        except NotKept as error:
            raise UnknownCode("answer", str(key), ()) from error


def _hash(key: Hashable) -> str:
    return hashlib.sha256(f"{KIND}:{key!r}".encode()).hexdigest()
