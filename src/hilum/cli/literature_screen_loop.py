"""The terminal's loop: a record, its criteria, a key; the model learns after each decision."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from hilum.cli.literature_versions import noted

if TYPE_CHECKING:
    from hilum.language import Words


def loop(asked: Any, keys: dict[str, str], words: Words) -> None:
    """Show and decide records until the reviewer leaves or none is left."""
    from hilum.analyses.screening_decide import decided_before
    from hilum.analyses.screening_next import following, session_of
    from hilum.literature.review.folder import append, now
    from hilum.literature.screening.decisions import Decision
    from hilum.rendering.screening import further_lines, keys_line, next_lines

    session = session_of(asked)
    folder = Path(asked.folder)
    noted(folder, asked.earlier, words)
    while True:
        answer = following(session, asked)
        typer.echo("\n" + "\n".join(next_lines(answer, words, bold=True)))
        if not answer.next:
            return
        shown = answer.next[0]
        begun = time.monotonic()
        typer.echo(keys_line(keys, words))
        said = _key(keys)
        if said == "leave":
            return
        record, row = shown.record.record_id, None
        if said == "undo":
            own = [*session.own().values()]
            if own:
                last = own[-1]
                row = Decision(
                    record_id=last.record_id, stage=last.stage, reviewer=last.reviewer,
                    decision=last.decision, when=now(), kind="undo", order=last.order,
                )  # fmt: skip
        else:
            reason = _reason(answer.reasons, words) if said == "exclude" else ""
            row = Decision(
                record_id=record, stage=asked.stage, reviewer=session.reviewer, decision=said,
                reason=reason, when=now(), seconds=round(time.monotonic() - begun, 1),
                order=shown.order,
            )  # fmt: skip
        if row is not None:
            before = decided_before(folder, row, asked.reviewers)
            append(folder, row)
            for line in further_lines(row.record_id, *before, words):
                typer.echo(line)
            session.taken(row)


def _key(keys: dict[str, str]) -> str:
    """What the next known key says; the end of input leaves."""
    while True:
        try:
            pressed = typer.prompt("", prompt_suffix="> ", default="", show_default=False)
        except typer.Abort:
            return "leave"
        said = keys.get(pressed.strip().lower()[:1])
        if said:
            return said


def _reason(reasons: dict[str, str], words: Words) -> str:
    """The reason by its number; none where nothing is said."""
    codes = list(reasons)
    for number, code in enumerate(codes, 1):
        typer.echo(f"  {number:>2}  {words(reasons[code])}")
    try:
        said = typer.prompt(words("why (a number, or nothing)"), default="", show_default=False)
    except typer.Abort:
        return ""
    return codes[int(said) - 1] if said.isdigit() and 1 <= int(said) <= len(codes) else ""
