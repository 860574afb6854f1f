"""The one bar of the terminal: shows an analysis's stages; Ctrl-C ends it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Generator

    from hilum.language import Words
    from hilum.watch import Watch


class _Bar:
    def __init__(self, bar: Any, words: Words) -> None:
        self.bar, self.words, self.task = bar, words, None

    def stage(self, code: str, total: int) -> None:
        """A new line of the bar in place of the last."""
        from hilum.rendering.stages import stage_words

        if self.task is not None:
            self.bar.remove_task(self.task)
        self.task = self.bar.add_task(stage_words(code, self.words), total=total)

    def done(self, n: int = 1) -> None:
        """Move the bar."""
        if self.task is not None:
            self.bar.update(self.task, advance=n)


@contextmanager
def watching(words: Words) -> Generator[Watch]:
    """A watch that shows stages on a terminal and nothing elsewhere; the bar is gone at the end."""
    if not sys.stderr.isatty():
        yield SILENT
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        yield _Bar(bar, words)
