"""Progress and stopping: one object that long work looks at.

What takes over a second takes ``watch=SILENT``, says each stage by a code, and calls ``done`` at
least once a second, where what is half finished can be thrown away.
"""

from __future__ import annotations

from typing import Final, Protocol

from hilum.errors import Stopped

__all__ = ["SILENT", "Stopped", "Watch"]


class Watch(Protocol):
    """Told how far the work is; may end it."""

    def stage(self, code: str, total: int) -> None:
        """A stage begins, of ``total`` parts."""
        ...

    def done(self, n: int = 1) -> None:
        """``n`` more parts are done.

        Raises
        ------
        Stopped
            When somebody asked for it.
        """
        ...


class _Silent:
    """Shows nothing and never stops."""

    __slots__ = ()

    def stage(self, code: str, total: int) -> None:
        """See :class:`Watch`."""

    def done(self, n: int = 1) -> None:
        """See :class:`Watch`."""


SILENT: Final[Watch] = _Silent()
