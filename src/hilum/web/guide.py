"""The guided start: seven steps on the pages themselves, left and taken again at will."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hilum.language import Words

COOKIE: Final = "hilum-start"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the page that it is on, what it is about, what to do there."""

    page: str
    title: str
    text: str


STEPS: Final = (
    Step(
        "/cases/{case}",
        "An invented patient",
        "The facts stand on the left, the answer on the right: can it be resected, which "
        "treatments are supported, and which missing fact would change that. Nothing of this "
        "patient is of a real person.",
    ),
    Step(
        "/cases/{case}#f-bilirubin_mg_dl",
        "Change a fact",
        "Type 2.4 into bilirubin. What moves is marked, with what it was before. All of it is "
        "only tried: Put back takes it away, Keep makes it a state that you can come back to. "
        "Make the sheet shows everything the answer rests on.",
    ),
    Step(
        "/boards",
        "A board",
        "Give a board a title and put patients on it: their order, what is missing before the "
        "meeting, and a cover with two pages a patient to print as one file.",
    ),
    Step(
        "/evidence",
        "What has been published",
        "Each cell is a treatment and an outcome: the figure, how many studies and patients, how "
        "certain. Press a cell for its studies, and a study for every figure it printed.",
    ),
    Step(
        "/synthesis/example",
        "Pool a table",
        "Eight invented series stand here. Press Pool: the forest plot, and below it the pooled "
        "figure without each study in turn. Your own table goes the same way.",
    ),
    Step(
        "/trials/simon?example=yes",
        "Size a trial",
        "An invented two-stage trial is filled in. Press Size it: patients, stopping rule, how it "
        "was derived, and a synopsis to take along.",
    ),
    Step(
        "/cases",
        "That was all",
        "The invented patient stays on this list until you remove it. What you type is kept as a "
        "draft, every state can be brought back, and the guided start can be taken again from the "
        "foot of each page.",
    ),
)


def messages() -> set[str]:
    """Ids that stand in the table."""
    return {text for one in STEPS for text in (one.title, one.text)}


def at(cookie: str) -> tuple[int, str]:
    """The step, from 1, and the patient that a cookie names; 0 where there is no guide."""
    number, _, case_id = cookie.partition(".")
    step = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 0
    return (step, case_id) if 0 < step <= len(STEPS) else (0, case_id)


def address(step: int, case_id: str) -> str:
    """The page of a step."""
    return STEPS[step - 1].page.format(case=case_id)


def shown(cookie: str, words: Words) -> dict[str, Any] | None:
    """What a page shows of the guide; nothing where it is not taken."""
    step, case_id = at(cookie)
    if not step:
        return None
    one = STEPS[step - 1]
    return {
        "step": step,
        "count": len(STEPS),
        "title": words(one.title),
        "text": words(one.text),
        "page": address(step, case_id),
    }
