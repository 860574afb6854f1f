"""``hilum literature pairs``: pairs of a review that a person looks at, joins or parts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.asking import Language, asking
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError
from hilum.literature.review.folder import held, now, written_all

if TYPE_CHECKING:
    from hilum.literature.review.changes import Changes
    from hilum.literature.review.state import Review

ANSWERS = ("same", "study", "different", "undo")


@asking(None)
def pairs(
    folder: Annotated[Path, typer.Argument(help="Folder of the review.")],
    same: Annotated[
        str | None, typer.Option(help="Two records that are copies of one report: A,B.")
    ] = None,
    study: Annotated[
        str | None, typer.Option(help="Two records that are two reports of one study: A,B.")
    ] = None,
    different: Annotated[
        str | None, typer.Option(help="Two records that are different reports: A,B.")
    ] = None,
    undo: Annotated[
        str | None, typer.Option(help="A pair of which a person said something, as before: A,B.")
    ] = None,
    reviewer: Annotated[str, typer.Option(help="Who says so: initials or a name.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    language: Language = None,
) -> None:
    """List the pairs that a person has to look at, and say of a pair what it is."""
    from hilum.literature.review.judging import described
    from hilum.literature.review.state import read_review
    from hilum.rendering.pairs import listed_json, pairs_lines, said_line

    words = words_of(language)
    answers = zip(ANSWERS, (same, study, different, undo), strict=True)
    given = [(name, one) for name, one in answers if one]
    if len(given) > 1:
        expected = "one of --same, --study, --different and --undo"
        raise InputError(Fault("", None, "pairs", ", ".join(one for _, one in given), expected))
    if given and not reviewer.strip():
        raise InputError(Fault("--reviewer", None, "reviewer", reviewer, "initials or a name"))
    for what, pair in given:
        with held(folder):
            review = read_review(folder)
            changed = _changes(folder, review, what, pair, reviewer.strip())
            written_all(changed, folder)
        if not as_json:
            typer.echo(said_line(what, pair, reviewer.strip(), words))
    review = read_review(folder)
    about = described(folder, review)
    if as_json:
        typer.echo(json.dumps(listed_json(review, about), ensure_ascii=False, indent=1))
    elif not given:
        typer.echo("\n".join(pairs_lines(review, about, words)))


def _changes(folder: Path, review: Review, what: str, pair: str, who: str) -> Changes:
    from hilum.literature.review import judging

    a, _, b = (one.strip() for one in pair.partition(","))
    if what == "undo":
        return judging.taken_back(review, a, b, who, now())
    say = {"same": judging.same, "study": judging.one_study, "different": judging.different}
    return say[what](review, a, b, who, now(), judging.described(folder, review))
