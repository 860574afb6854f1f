"""``hilum literature screen, decide, agreement``: records read and decided by reviewers."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.deciding import (
    Consensus,
    Earlier,
    Folder,
    Record,
    Resolve,
    Reviewer,
    Reviewers,
    say,
)
from hilum.cli.literature_versions import noted
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError, phrased

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@asking("screening_next")
def screen(
    asked: dict[str, Any],
    folder: Folder,
    as_json: AsJson = False,
    keys: Annotated[
        str, typer.Option(help="Keys for include, maybe, exclude, undo and leave, in that order.")
    ] = "vmxzq",
    language: Language = None,
) -> None:
    """Screen the next records: on a terminal one by one with keys, else they are printed."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching
    from hilum.rendering.screening import next_lines

    words = words_of(language)
    if len(set(keys.lower())) != len(LOOP_KEYS) or len(keys) != len(LOOP_KEYS):
        expected = phrased("{number} different keys", number=len(LOOP_KEYS))
        raise InputError(Fault("--keys", None, "keys", keys, expected))
    record = analysis("screening_next")
    with named(count="next"):
        question = record.Asked(folder=str(folder), **asked)
        if not as_json and question.count == 1 and sys.stdin.isatty():
            from hilum.cli.literature_screen_loop import loop

            loop(question, dict(zip(keys.lower(), LOOP_KEYS, strict=True)), words)
            return
        with watching(words) as watch:
            answer = record.run(question, watch)
    noted(folder, question.earlier, words)
    typer.echo(to_json(answer) if as_json else "\n".join(next_lines(answer, words)))


LOOP_KEYS = ("include", "maybe", "exclude", "undo", "leave")
"""What a key of the loop does, in the order of the option."""


@asking(None)
def decide(
    folder: Folder,
    record: Record,
    decision: Annotated[str, typer.Argument(help="include, maybe, exclude; or undo.")],
    reviewer: Reviewer,
    reason: Annotated[str, typer.Option(help="Code of the review's table of reasons.")] = "",
    stage: Annotated[str, typer.Option(help="title or full-text.")] = "title",
    order: Annotated[
        str, typer.Option(help="The order that showed the record: model or check.")
    ] = "model",
    seconds: Annotated[
        float | None, typer.Option(min=0, help="From showing the record to the decision.")
    ] = None,
    note: Annotated[str, typer.Option(help="A note to the decision.")] = "",
    resolve: Resolve = False,
    consensus: Consensus = False,
    reviewers: Reviewers = 2,
    earlier: Earlier = None,
    language: Language = None,
) -> None:
    """Decide a record, take a decision back, or resolve a conflict; nothing is overwritten."""
    from hilum.analyses.screening_decide import decided, decided_before
    from hilum.literature.review.folder import append, now

    words = words_of(language)
    with named():
        row = decided(
            folder, record, decision, reviewer,
            reason=reason, stage=stage, order=order, note=note, resolve=resolve,
            consensus=consensus, seconds=seconds, when=now(), earlier=earlier,
            reviewers=reviewers,
        )  # fmt: skip
        before = decided_before(folder, row, reviewers)
    append(folder, row)
    noted(folder, earlier, words)
    say(record, words(decision), row.reviewer, words, kind=row.kind, before=before)


@asking("screening_state")
def agree(
    asked: dict[str, Any], folder: Folder, as_json: AsJson = False, language: Language = None
) -> None:
    """Show where a screening stands: decisions, conflicts, kappa and PABAK with intervals."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching
    from hilum.rendering.screening import state_lines

    words = words_of(language)
    record = analysis("screening_state")
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(folder=str(folder), **asked), watch)
    typer.echo(to_json(answer) if as_json else "\n".join(state_lines(answer, words)))
