"""What the record says of a trial's question today: both arms, and every comparison of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from hilum.answers.contrasts import ALONE
from hilum.evidence.vocabulary import OUTCOMES, POPULATION_LABELS
from hilum.rendering.sheet.comparisons import ANALOGUE_ALONE
from hilum.rendering.sheet.synopsis_numbers import plain
from hilum.rendering.sheet.synopsis_words import CERTAINTY
from hilum.sheet.present import DESIGN_LABELS, interval, number

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.sheet import Unit
    from hilum.trials.synopsis.record import ComparedNow, KnownNow, Synopsis, WhyNow

Cell = dict[str, Any]
KINDS: Final = {
    "randomised": "randomised",
    "nonrandomised": "compared, not randomised",
    "review": "pooled by a review, as printed",
}
RATIOS: Final = {"hazard_ratio": "HR", "odds_ratio": "OR"}
AGAINST: Final = (
    "Published evidence points against the effect hoped for ({hoped}): {study}, {kind}: {favours} "
    "better in {outcome}, {figure}."
)
EXCLUDES: Final = (
    "Published evidence does not hold the effect hoped for ({hoped}): {study}, {kind}, {outcome}: "
    "{pair}, {figure}."
)
REACHED: Final = (
    "The question may be answered: {study}, {kind}: {favours} better in {outcome}, {figure}; its "
    "interval excludes no difference."
)

BEYOND: Final = (
    "The question may be answered: the published results of {treatment} ({figure}, 95 % interval "
    "{interval}; {studies} studies) exclude the value that would be uninteresting ({value}) on the "
    "good side."
)


class Page(Protocol):
    """What the page lends to this part."""

    words: Words
    synopsis: Synopsis

    def name(self, code: str) -> str:
        """Label of a treatment, outcome or population; free words stay as they are."""
        ...


def why_cell(page: Page, why: WhyNow | None) -> Cell | None:
    """Variables of "why now"; None where the record says nothing of either arm."""
    if why is None:
        return None
    words = page.words
    asked = [one for one in why.compared if one.outcome == _of(why)]
    missing = ""
    if len(why.arms) > 1 and not asked:
        missing = words(
            "No published comparison of {names} on this outcome ({outcome}) is in the record.",
            names=" / ".join(page.name(one.treatment) for one in why.arms),
            outcome=page.name(why.outcome),
        )
    return {
        "arms": [_known(page, one) for one in why.arms],
        "missing": missing,
        "compared": [_compared(page, one) for one in why.compared],
        "compared_title": words("Published comparisons of the two")
        if asked
        else words("Published comparisons of the two on other outcomes"),
        "warnings": [
            *_beyond(page, why),
            *(said for one in asked if (said := _warning(page, one, why))),
        ],
        "certainty": words("; ").join(
            f"{page.name(one.treatment)}: "
            + (words(CERTAINTY[one.certainty]) if one.certainty else words("not rated"))
            for one in why.arms
        ),
    }


def _beyond(page: Page, why: WhyNow) -> list[str]:
    """That the record of the treatment already excludes what a single-arm trial would show."""
    s = page.synopsis
    null = next((one.effect for one in s.operating if one.code == "null"), None)
    if len(s.per_arm) != 1 or s.scale != "proportion" or null is None:
        return []
    found: list[str] = []
    for one in why.arms:
        if one.treatment != s.question.intervention or one.unit != "proportion":
            continue
        if one.value is None or one.interval is None:
            continue
        low, high = one.interval
        if low > null if s.better == "higher" else high < null:
            known = _known(page, one)
            found.append(
                page.words(
                    BEYOND, treatment=page.name(one.treatment), figure=known["figure"],
                    interval=known["interval"], studies=one.k, value=f"{100 * null:.3g} %",
                )
            )  # fmt: skip
    return found


def _of(why: WhyNow) -> str:
    """The outcome behind the key that was asked: survival, of a rate at a month."""
    from hilum.sheet.answer import OUTCOMES

    return str(OUTCOMES[why.outcome][0]) if why.outcome in OUTCOMES else why.outcome


def _compared(page: Page, one: ComparedNow) -> Cell:
    words = page.words
    favours = ""
    if one.favours is not None:
        favours = words("{name} better", name=_named(page, one.favours))
        if not one.clear:
            favours = words("{name} better, not clearly", name=_named(page, one.favours))
    return {
        "study": _study(one),
        "kind": words(KINDS[one.kind]),
        "outcome": _outcome(page, one),
        "pair": _pair(page, one),
        "figure": _figure(one),
        "n": one.n or "–",
        "favours": favours,
    }


def _warning(page: Page, one: ComparedNow, why: WhyNow) -> str:
    """That a comparison speaks against the hope, does not hold it, or has answered already."""
    words = page.words
    answered = one.clear and one.kind == "randomised" and one.favours
    if one.against:
        message = AGAINST
    elif answered:
        message = REACHED
    elif one.excludes:
        message = EXCLUDES
    else:
        return ""
    hoped = "" if why.hoped is None else f"{RATIOS[why.hoped.measure]} {plain(why.hoped.ratio)}"
    return words(
        message,
        hoped=hoped,
        study=_study(one),
        kind=words(KINDS[one.kind]),
        favours=_named(page, one.favours) if one.favours else "",
        outcome=_outcome(page, one),
        pair=_pair(page, one),
        figure=_figure(one),
    )


def _study(one: ComparedNow) -> str:
    if one.year is None or str(one.year) in one.study:
        return one.study
    return f"{one.study} {one.year}"


def _pair(page: Page, one: ComparedNow) -> str:
    names = {
        "first": _named(page, one.treatment),
        "second": _named(page, one.comparator),
    }
    return page.words("{first} against {second}", **names)


def _outcome(page: Page, one: ComparedNow) -> str:
    """The outcome of a comparison by its own name, whatever of it the design asks for."""
    return page.words(OUTCOMES[one.outcome].label)


def _named(page: Page, name: str) -> str:
    """A treatment, a combination, or the analogue that both arms have."""
    if name == ALONE:
        return page.words(ANALOGUE_ALONE)
    return " + ".join(page.name(part) for part in name.split("+"))


def _figure(one: ComparedNow) -> str:
    ends = interval(one.interval, "ratio") if one.interval else ""
    return f"{RATIOS.get(one.measure, one.measure)} {number(one.value, 'ratio')}" + (
        f" ({ends})" if ends else ""
    )


def _known(page: Page, one: KnownNow) -> Cell:
    """A row of what is known of one arm."""
    words = page.words
    unit: Unit = "months" if one.unit == "months" else "proportion"
    sign = " %" if unit == "proportion" else f" {words('mo')}"
    figure = words("no study") if not one.k else words("not poolable")
    if one.value is not None:
        figure = f"{number(one.value, unit)}{sign}"
    return {
        "treatment": page.name(one.treatment),
        "outcome": page.name(one.outcome),
        "figure": figure,
        "interval": interval(one.interval, unit),
        "prediction": interval(one.prediction, unit),
        "k": one.k,
        "n": one.n or "–",
        "population": words(POPULATION_LABELS.get(one.population, one.population)),
        "designs": ", ".join(words(DESIGN_LABELS[design]) for design in one.designs),
    }


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {*KINDS.values(), AGAINST, EXCLUDES, REACHED, BEYOND}
