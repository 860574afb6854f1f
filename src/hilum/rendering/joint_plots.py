"""Plots of the joint model's answer; nothing is fitted here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.errors import NotEstimable
from hilum.evidence import labels
from hilum.records import found
from hilum.rendering.joint import conclusion, new_study_figure, outcome_figure
from hilum.rendering.joint_figures import versus

if TYPE_CHECKING:
    from hilum.analyses.joint import JointAnswered
    from hilum.analyses.joint_answer import Ends
    from hilum.language import Words

AXES: Final = {
    "both": "weight of single-arm and non-randomised evidence",
    "single": "weight of single-arm evidence",
    "comparative": "weight of non-randomised comparative evidence",
}
ONE_WEIGHT: Final = "this answer is of one weight: the dial shows weights 0 to 1"
NAN = float("nan")


def joint_picture(answer: JointAnswered, words: Words) -> str:
    """The dial's curves where there is one, else the forest of absolute outcomes (SVG)."""
    return _forest(answer, words) if answer.dial is None else _dial(answer, words)


def dial_picture(answer: JointAnswered, words: Words) -> str:
    """Each comparison along the weight of the weaker evidence (SVG).

    Raises
    ------
    NotEstimable
        The answer was asked for at one weight alone.
    """
    if answer.dial is None:
        raise NotEstimable(ONE_WEIGHT)
    return _dial(answer, words)


def outcome_picture(answer: JointAnswered, words: Words) -> str:
    """Each treatment's outcome, in a typical study and in a new one (SVG)."""
    return _forest(answer, words)


def _dial(answer: JointAnswered, words: Words) -> str:
    from hilum.plots.joint import Curve, dial_svg

    turned = answer.dial
    assert turned is not None
    curves = [
        Curve(
            versus(one, words),
            tuple((p.weight, _known(p.log_ratio), _known(p.se)) for p in one.curve),
            tuple(
                (
                    c.weight,
                    f"{conclusion(c.below, words)} → {conclusion(c.above, words)}",
                )
                for c in one.changes
            ),
        )
        for one in turned.differences
    ]
    percent = answer.kind == "binomial"
    return dial_svg(
        curves,
        axis=words(found(AXES, turned.on, "dial")),
        effect=words("log odds ratio") if percent else words("log hazard ratio"),
        title=words("The dial"),
    )


def _forest(answer: JointAnswered, words: Words) -> str:
    from hilum.plots.joint import ForestWords, absolute_svg

    percent = answer.kind == "binomial"
    key = answer.outcome
    title = words("Absolute outcome" if key is None else labels().get(("outcome", key), key))
    text = (
        "{outcome} (% of patients), 95 % interval"
        if percent
        else "{outcome} (median, months), 95 % interval"
    )
    rows = [
        (
            one.treatment,
            _known(one.value),
            outcome_figure(one, percent, words),
            _both(one.ci),
            _both(one.prediction),
            one.studies,
            one.prior_percent or 0.0,
        )
        for one in answer.absolute
    ]
    said = ForestWords(
        axis=words(text, outcome=title),
        prior=words("mostly prior"),
        new_study=words("a new study"),
    )
    new = [new_study_figure(one, percent, words) for one in answer.absolute]
    return absolute_svg(rows, title=title, percent=percent, words=said, new=new)


def _known(value: float | None) -> float:
    return NAN if value is None else value


def _both(pair: Ends) -> tuple[float, float]:
    return _known(pair[0]), _known(pair[1])


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {
        *AXES.values(),
        "Absolute outcome",
        "{outcome} (% of patients), 95 % interval",
        "{outcome} (median, months), 95 % interval",
    }
