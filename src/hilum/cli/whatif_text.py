"""What moves when a fact is otherwise, in lines and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from hilum.cli.lines import fold
from hilum.cli.verdict_text import HANGING, Screen
from hilum.patient.report import remark_line, rule_line
from hilum.patient.wording import LIVER, STATUS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.language import Words
    from hilum.patient.remarks import Remark
    from hilum.patient.verdict import Verdict
    from hilum.patient.whatif import Moves

ARROW = " → "


def moved_lines(
    moved: Moves, changes: list[str], words: Words, width: int, doubtful: Sequence[Remark] = ()
) -> list[str]:
    """Only what is not as before: verdicts, each with its new reason, and the liver's answer.

    ``doubtful`` are changes that are used but should be confirmed.
    """
    screen = Screen(moved.after, words, width)
    out = [typer.style(words("If {changes}", changes=screen.comma.join(changes)), bold=True)]
    out += screen.to_confirm(doubtful)
    if moved.liver is not None:
        both = ARROW.join(words(LIVER[one.verdict.value]) for one in moved.liver)
        text = f"{words('Liver metastases')}{screen.colon}{both}"
        reasons = screen.liver_reasons()
        whole = f"{text}{screen.colon}{reasons}" if reasons else text
        out += fold(words.line(whole), width, "", HANGING)
    for move in moved.treatments:
        both = ARROW.join(_status(one, words) for one in (move.before, move.after))
        text = f"{screen.name(move.after.treatment)}{screen.colon}{both}"
        reason = screen.reason(move.after)
        whole = f"{text}{screen.colon}{reason}" if reason else text
        out += fold(words.line(whole), width, "  ", HANGING)
    if moved.liver is None and not moved.treatments:
        out.append(words("No verdict moves."))
    stay = len(moved.after.options) - len(moved.treatments)
    if moved.treatments:
        out.append(words("{count} other verdicts stay.", count=stay))
    return out


def moved_report(
    moved: Moves, changes: list[str], doubtful: Sequence[Remark] = ()
) -> dict[str, Any]:
    """What moves as plain data, with the keys of the report of one patient."""
    return {
        "if": changes,
        "to_confirm": [remark_line(one) for one in doubtful],
        "resectability": {
            "before": moved.before.resectability.verdict.value,
            "after": moved.after.resectability.verdict.value,
        },
        "moves": [
            {
                "treatment": move.after.treatment,
                "before": _plain(move.before),
                "after": _plain(move.after),
                "reason": rule_line(move.after.reasons[0]) if move.after.reasons else None,
            }
            for move in moved.treatments
        ],
    }


def _status(one: Verdict, words: Words) -> str:
    said = words(STATUS[one.status.value])
    if one.best is None:
        return said
    best = words(STATUS[one.best.value])
    return words("{status} (at best {best})", status=said, best=best)


def _plain(one: Verdict) -> dict[str, Any]:
    return {
        "status": one.status.value,
        "best": None if one.best is None else one.best.value,
        "decided_by": list(one.decided_by),
    }
