"""The feed of a living review, written anew from what its folder keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.language import Words

FEED = "feed.xml"


def keep_feed(folder: Path, words: Words, updated: str) -> Path:
    """Write the feed; where it lies.

    Raises
    ------
    InputError
        A kept file that cannot be read.
    """
    from hilum.analyses.living_report import kept_changes, kept_reports, kept_tables
    from hilum.cli.writing import write
    from hilum.rendering.living import feed_of

    changes, reports = kept_changes(folder), kept_reports(folder)
    place = folder / FEED
    tables = kept_tables(folder)
    write(feed_of(folder.resolve().name, changes, reports, words, updated, tables), place)
    return place
