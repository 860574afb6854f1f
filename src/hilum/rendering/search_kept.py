"""Saved searches run, one run at a time, and what each brought kept in words beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.analyses.search import run
from hilum.rendering.search import came_lines
from hilum.store.locks import lock
from hilum.store.whole import write
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.analyses.search import SearchAnswered, SearchAsked
    from hilum.language import Words
    from hilum.watch import Watch


def searched(asked: SearchAsked, words: Words, watch: Watch = SILENT) -> SearchAnswered:
    """Run a review's searches and write ``report.txt`` beside the files of each.

    Raises
    ------
    InputError
        What the searches refuse, or a place that cannot be written.
    Stopped
        When the watch says so.
    """
    held = lock(asked.folder / "searches")
    try:
        answer = run(asked, watch)
    finally:
        if held is not None:
            held.close()
    for one in answer.searches:
        text = "\n".join([*came_lines(one, words), ""])
        write(text.encode(), asked.folder / one.folder / "report.txt")
    return answer
