"""What a command with ``--earlier`` writes down: which version the review updates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.language import Words


def noted(folder: Path, earlier: Path | str | None, words: Words) -> None:
    """Write the version down where one was named; say it where the folder named another."""
    from pathlib import Path as Place

    from hilum.literature.review.versions import remember

    if earlier is None:
        return
    old = remember(folder, Place(earlier))
    if old is not None:
        typer.echo(
            words("{folder} is noted as an update of {new} now, no longer of {old}",
                  folder=folder, new=earlier, old=old),
            err=True,
        )  # fmt: skip
