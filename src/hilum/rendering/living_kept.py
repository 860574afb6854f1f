"""The report of a living review and its feed, written into the review's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.analyses.forms import to_json
from hilum.analyses.living_report import FILE, REPORTS, kept_changes, kept_reports, kept_tables
from hilum.answers import outcomes, treatments
from hilum.literature.living.triggers import read_living
from hilum.rendering.living import feed_of, report_html, report_lines
from hilum.store.whole import write

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.analyses.living_report import ReportAnswered
    from hilum.language import Words

FEED: Final = "feed.xml"


def keep_report(folder: Path, answer: ReportAnswered, words: Words) -> list[Path]:
    """Write a report as page, text and data, and the feed anew; where they lie.

    Raises
    ------
    InputError
        A place that cannot be written, or a kept file that cannot be read.
    """
    text = "\n".join(report_lines(answer, words))
    stamp = answer.date.replace("-", "").replace(":", "").partition("+")[0]
    pages = {
        folder / REPORTS / f"{stamp}Z" / name: content
        for name, content in (
            ("report.html", report_html(answer, words)),
            ("report.txt", f"{text}\n"),
            (FILE, f"{to_json(answer)}\n"),
        )
    }
    for place, content in pages.items():
        write(content.encode(), place)
    return [*pages, keep_feed(folder, words, answer.date)]


def keep_feed(folder: Path, words: Words, updated: str) -> Path:
    """Write the feed from what the folder keeps; where it lies.

    Raises
    ------
    InputError
        A kept file that cannot be read.
    """
    place = folder / FEED
    kept = kept_changes(folder), kept_reports(folder)
    title = read_living(folder, tuple(treatments()), tuple(outcomes())).title
    feed = feed_of(folder.resolve().name, *kept, words, updated, kept_tables(folder), title)
    write(feed, place)
    return place
