"""What a terminal shows while something takes seconds; silent where there is no terminal."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Generator


class Step(Protocol):
    """Says that a part is done, or a share of one, and what comes next."""

    def __call__(self, share: float = 1.0, words: str | None = None) -> None:
        """Move the bar."""


@contextmanager
def progress(words: str, total: int) -> Generator[Step]:
    """A function to call after each of ``total`` parts; the bar is gone at the end."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(words, total=total)

        def step(share: float = 1.0, words: str | None = None) -> None:
            bar.update(task, advance=share, description=words)

        yield step


@contextmanager
def waiting(words: str) -> Generator[None]:
    """A turning sign beside the words, where how long it takes is not known."""
    from rich.console import Console

    console = Console(stderr=True)
    # Off the terminal nothing of it is shown, and no thread has to be started.
    with console.status(words) if console.is_terminal else nullcontext():
        yield
