"""What one study printed of an outcome over time: rates and medians of each arm.

Only printed figures of a whole arm are drawn: dots for rates, rings for medians. The line that
joins the rates of an arm is dashed, since between two printed times nothing is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.rendering.rank import OUTCOMES

if TYPE_CHECKING:
    from hilum.analyses.evidence_study import StudyAnswered
    from hilum.evidence.records import Result
    from hilum.language import Words

WIDTH, HEIGHT, LINE = 620.0, 360.0, 16.0
HALF: Final = 50.0
# The farthest time is given this much room at its right.
ROOM: Final = 1.08


def curves_of(answer: StudyAnswered) -> tuple[str, ...]:
    """Outcomes of which the study prints a rate at a time, in the order of its table."""
    return tuple(dict.fromkeys(one.outcome for one in _timed(answer) if _rate(one)))


def study_curve_title(outcome: str, words: Words) -> str:
    """The outcome in words."""
    return words(OUTCOMES[outcome])


def study_curve_svg(answer: StudyAnswered, outcome: str, words: Words) -> str:
    """The printed figures of an outcome, an arm in a line."""
    from hilum.plots.canvas import Canvas, document

    timed = [one for one in _timed(answer) if one.outcome == outcome]
    arms = list(dict.fromkeys(one.arm_id for one in timed))
    foot = 54 + LINE * (len(arms) + 1)
    far = max(_time(one) for one in timed) * ROOM
    canvas = Canvas((0.0, far), (0.0, 100.0), width=WIDTH, height=HEIGHT + foot,
                    margins=(64, 18, 32, foot))  # fmt: skip
    for number, arm in enumerate(arms, 1):
        own = [one for one in timed if one.arm_id == arm]
        rates = sorted((_time(one), float(one.value or 0.0)) for one in own if _rate(one))
        canvas.line([(0.0, 100.0), *rates], "overall")
        for time, value in rates:
            canvas.dot(time, value, "dot", 4)
            canvas.text(time, value, f"{value:g}" + (f" ({number})" if len(arms) > 1 else ""))
        for one in own:
            if not _rate(one):
                canvas.dot(_time(one), HALF, "open", 4)
                canvas.text(_time(one), HALF, f"{number}" if len(arms) > 1 else "")
    title = f"{answer.name}: {study_curve_title(outcome, words)}"
    canvas.axes(words.within("time", "months"), words("percent"), title=title)
    left, _, _, bottom = canvas.box
    lines = [words("Dots: printed rates; rings: printed medians. Nothing is known between them.")]
    named = {one.arm_id: one for one in answer.arms}
    lines += [
        f"{number} {arm}" + (f", n = {named[arm].n}" if named[arm].n else "")
        for number, arm in enumerate(arms, 1)
    ]
    from html import escape

    canvas.parts += [
        f'<text class="tick" x="{left}" y="{bottom + 54 + LINE * place:.0f}">{escape(text)}</text>'
        for place, text in enumerate(lines)
    ]
    return document([canvas], WIDTH, HEIGHT + foot, title)


def _timed(answer: StudyAnswered) -> list[Result]:
    """Estimates of whole arms that stand at a time."""
    every = [one.result for one in answer.figures]
    return [
        one for one in every
        if one.figure_kind == "estimate" and not one.subgroup and one.value is not None
        and (_rate(one) or one.measure == "median_months")
        and one.outcome in OUTCOMES
    ]  # fmt: skip


def _rate(one: Result) -> bool:
    return one.measure == "rate_at" and one.time_months is not None


def _time(one: Result) -> float:
    """The time of a rate; of a median its value."""
    return float((one.time_months if _rate(one) else one.value) or 0.0)
