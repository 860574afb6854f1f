"""Answers kept by what they rest on: the record's content, the treatment and the question.

What-ifs of one patient ask the same evidence again; only what a changed fact asks anew is
computed.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from hilum.errors import UnknownCode

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Kept = TypeVar("Kept")
# 27 treatments for about forty kinds of patients; an answer takes some 50 KB.
SIZE: Final = 1024


class Store(Generic[Kept]):
    """The latest answers, found by a key that names everything they rest on.

    Answers are frozen, so that one may be given to many; several threads may ask.
    """

    def __init__(self, size: int = SIZE) -> None:
        self._size, self._lock = size, Lock()
        self._found: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What is kept under the key, else what ``make`` gives, kept from now on."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        made = make()
        with self._lock:
            self._found[key] = made
            while len(self._found) > self._size:
                self._found.popitem(last=False)
        return made

    def find(self, key: Hashable) -> Kept:
        """What is kept under the key.

        Raises
        ------
        UnknownCode
            Nothing is, or no longer.
        """
        with self._lock:
            if key not in self._found:
                raise UnknownCode("answer", str(key), ())
            self._found.move_to_end(key)
            return self._found[key]

    def forget(self, which: Callable[[Hashable], bool]) -> None:
        """Let go of what is kept under the keys that are asked about."""
        with self._lock:
            for key in [one for one in self._found if which(one)]:
                del self._found[key]

    def __len__(self) -> int:
        return len(self._found)
