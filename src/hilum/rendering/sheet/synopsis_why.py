"""What the record says of a trial's question today: both arms, and every comparison of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from hilum.analyses.designs.contradicted import known_better
from hilum.answers.contrasts import ALONE
from hilum.evidence.vocabulary import MODALITIES, OUTCOMES, POPULATION_LABELS
from hilum.rendering.sheet.comparisons import ANALOGUE_ALONE
from hilum.rendering.sheet.synopsis_numbers import plain
from hilum.rendering.sheet.synopsis_words import CERTAINTY, PARAMETERS, PARTS
from hilum.sheet.present import DESIGN_LABELS, interval, number

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.sheet import Unit
    from hilum.trials.synopsis.record import Synopsis
    from hilum.trials.synopsis.why_record import (
        Alike,
        BothHeld,
        ComparedNow,
        KnownNow,
        OffRecord,
        OwnFigure,
        WhyNow,
    )

Cell = dict[str, Any]
KINDS: Final = {
    "randomised": "randomised",
    "nonrandomised": "compared, not randomised",
    "review": "pooled by a review, as printed",
}
HEADS: Final = (
    "Study", "Kind", "Outcome", "Compared", "as printed", "n", "Favours", "Certainty",
)  # fmt: skip
COLUMNS: Final = ("study", "kind", "outcome", "pair", "figure", "n", "favours", "certainty")
"""Columns of the table of comparisons: heads, and the cells below them."""
RATIOS: Final = {"hazard_ratio": "HR", "odds_ratio": "OR"}
AGAINST: Final = (
    "Published evidence points against the effect hoped for ({hoped}): {study}, {kind}: {favours} "
    "better in {outcome}, {figure}."
)
OTHER_SIDE: Final = (
    "Published evidence points against the treatment under study: {study}, {kind}: {favours} "
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
REACHED_P: Final = (
    "The question may be answered: {study}, {kind}: {favours} better in {outcome}, {figure}; no "
    "interval is printed."
)
INACTIVE: Final = (
    "One group would get nothing against the tumour: {study}, {kind}: {favours} better in "
    "{outcome}, {figure}."
)
UNCLEAR: Final = (
    "Published evidence lies on the other side, not clearly: {study}, {kind}: {favours} better in "
    "{outcome}, {figure}."
)
BEYOND: Final = (
    "The question may be answered: the published results of {treatment} ({figure}, 95 % interval "
    "{interval}; {studies} studies) exclude the value that would be uninteresting ({value}) on the "
    "good side."
)
BASES: Final = {
    "prediction": "prediction interval of a new study",
    "range": "range of the studies",
    "study": "95 % interval of the only study",
}
OFF_RECORD: Final = (
    "{parameter}: {value} is {side} what is published of {treatment}, {outcome}: {figure} "
    "({basis} {interval}; {studies} studies, n = {n})."
)
SIDES: Final = {"above": "above", "below": "below"}
DESPITE: Final = "The designers' reason for the trial despite this evidence: {reason}"


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
    missing: list[str] = []
    if why.randomised is not None and not asked:
        question = page.synopsis.question
        names = [question.intervention, question.historical or question.comparator]
        missing.append(
            words(
                "No published comparison of {names} on this outcome ({outcome}) is in the record.",
                names=" / ".join(page.name(one) for one in names),
                outcome=page.name(why.outcome),
            )
        )
    return {
        "arms": [_known(page, one) for one in why.arms],
        "missing": " ".join([*missing, *_notes(page, why)]),
        "compared": [_compared(page, one) for one in why.compared],
        "compared_columns": [words(head) for head in HEADS],
        "compared_title": words("Published comparisons of the two")
        if asked
        else words("Published comparisons of the two on other outcomes"),
        "warnings": [
            *_beyond(page),
            *dict.fromkeys(said for one in why.compared if (said := _warning(page, one, why))),
            *(_off_record(page, one) for one in why.off_record),
        ],
        "despite": words(DESPITE, reason=why.despite) if why.despite else "",
        "certainty": words("; ").join(
            f"{page.name(one.treatment)}: "
            + (words(CERTAINTY[one.certainty]) if one.certainty else words("not rated"))
            for one in why.arms
        ),
    }


def unknown_names(page: Page) -> list[str]:
    """Which of treatment, control and outcome the record does not have, a sentence each."""
    from hilum.sheet.named import named, outcome_named

    words, q = page.words, page.synopsis.question
    why = page.synopsis.why
    said: list[str] = []
    given = [one for one in (q.intervention, q.historical or q.comparator) if one not in PARTS]
    unknown = [one for one in given if named(one) is None] if why is None else why.unknown
    known = [one for one in given if one not in unknown]
    for name in unknown:
        said.append(words("Not in the record: the treatment “{name}”.", name=name))
    if q.outcome == "primary" and known:
        said.append(words("No outcome is named: nothing was looked up of {names}.",
                          names=", ".join(page.name(one) for one in known)))  # fmt: skip
    elif q.outcome != "primary" and outcome_named(q.outcome) is None:
        said.append(
            words("Not in the record: the outcome “{name}”.", name=q.outcome)
            if not known
            else words(
                "In the record: {names}. Not in it: the outcome “{name}”.",
                name=q.outcome, names=", ".join(page.name(one) for one in known),
            )
        )  # fmt: skip
    return said


def _notes(page: Page, why: WhyNow) -> list[str]:
    """What names were read as, studies that held both treatments, registered trials."""
    words = page.words
    said = [
        words("“{name}” is read as {treatment}.", name=name, treatment=labelled(page, code))
        for name, code in why.read_as
        if page.name(name) != labelled(page, code) and page.name(code) != name
    ]
    if why.alike is not None:
        said += _alike(page, why.alike)
    for one in why.both:
        figures = "; ".join(
            f"{labelled(page, code)} {number(value, _unit(one.unit))}{_sign(page, one.unit)}"
            + (f" (n = {n})" if n is not None else "")
            for code, value, n in one.figures
        )
        facts = {"study": _study(one), "kind": words(KINDS[one.kind]), "figures": figures}
        said.append(
            words("Both treatments, no comparison printed: {study}, {kind}: {figures}.", **facts)
            if figures
            else words("Both treatments, no comparison printed: {study}, {kind}.", **facts)
        )
    said += [
        words(
            "Registered trial of this question: {trial} ({treatments}; {source}, {link}).",
            trial=one.trial, treatments=" / ".join(page.name(name) for name in one.treatments),
            source=one.source, link=one.link,
        )
        for one in why.registered
    ]  # fmt: skip
    return said


def _alike(page: Page, one: Alike) -> list[str]:
    """That the record does not tell both arms apart, and what arms of either printed."""
    words = page.words
    first, second = one.names
    said = [
        words(
            "The record does not tell {first} and {second} apart: both are {treatment} there, and "
            "no comparison of the two is looked up.",
            first=first, second=second, treatment=labelled(page, one.code),
        )
    ]  # fmt: skip
    for name in one.names:
        figures = "; ".join(
            f"{_study(figure)} {number(figure.value, _unit(figure.unit))}"
            f"{_sign(page, figure.unit)}" + (f" (n = {figure.n})" if figure.n is not None else "")
            for figure in one.figures
            if figure.name == name
        )
        said.append(
            words("Arms of {name} alone: {figures}.", name=name, figures=figures)
            if figures
            else words("Arms of {name} alone: no figure of this outcome.", name=name)
        )
    return said


def _beyond(page: Page) -> list[str]:
    """That the record of the treatment already excludes what a single-arm trial would show."""
    found = known_better(page.synopsis)
    if found is None:
        return []
    one, null = found
    known = _known(page, one)
    return [
        page.words(
            BEYOND, treatment=page.name(one.treatment), figure=known["figure"],
            interval=known["interval"], studies=one.k, value=f"{100 * null:.3g} %",
        )
    ]  # fmt: skip


def _off_record(page: Page, one: OffRecord) -> str:
    """That a figure of the design lies where the record of its treatment has none."""
    words, unit = page.words, _unit(one.unit)
    low, _ = one.interval
    figure = words("no pooled figure")
    if one.figure is not None:
        figure = f"{number(one.figure, unit)}{_sign(page, one.unit)}"
    return words(
        OFF_RECORD,
        parameter=words(PARAMETERS[one.parameter]),
        value=f"{number(one.value, unit)}{_sign(page, one.unit)}",
        side=words(SIDES["below" if one.value < low else "above"]),
        treatment=page.name(one.treatment),
        outcome=page.name(one.outcome),
        figure=figure,
        basis=words(BASES[one.basis]),
        interval=interval(one.interval, unit) + _sign(page, one.unit),
        studies=one.k,
        n="–" if one.n is None else one.n,
    )


def _unit(unit: str) -> Unit:
    return "months" if unit == "months" else "proportion"


def _sign(page: Page, unit: str) -> str:
    return f" {page.words('mo')}" if unit == "months" else " %"


def _of(why: WhyNow) -> str:
    """The outcome behind the key that was asked: survival, of a rate at a month."""
    from hilum.sheet.answer import OUTCOMES

    return str(OUTCOMES[why.outcome][0]) if why.outcome in OUTCOMES else why.outcome


def _compared(page: Page, one: ComparedNow) -> Cell:
    words = page.words
    favours = words("direction not stated")
    if one.value == 1:
        favours = words("neither")
    if one.favours is not None:
        favours = words("{name} better", name=labelled(page, one.favours))
        if not one.clear:
            favours = words("{name} better, not clearly", name=labelled(page, one.favours))
    outcome = _outcome(page, one)
    if one.time_months is not None:
        outcome = words("{name} at {months:g} months", name=outcome, months=one.time_months)
    return {
        "study": _study(one),
        "kind": words(KINDS[one.kind]),
        "outcome": outcome,
        "pair": _pair(page, one),
        "figure": _figure(page, one),
        "n": words("not stated") if one.n is None else one.n,
        "favours": favours,
        "certainty": words(CERTAINTY[one.certainty])
        if one.certainty
        else words("certainty not assessed"),
    }


def _warning(page: Page, one: ComparedNow, why: WhyNow) -> str:
    """That a comparison speaks against the hope, does not hold it, or has answered already."""
    words = page.words
    ratio = why.hoped is not None and one.measure == why.hoped.measure
    messages = {
        "against": AGAINST if ratio else OTHER_SIDE,
        "answered": REACHED if one.interval else REACHED_P,
        "beyond": EXCLUDES,
        "inactive": INACTIVE,
        "unclear": UNCLEAR,
        "": EXCLUDES if one.excludes else "",
    }
    message = messages[one.verdict]
    if not message:
        return ""
    hoped = "" if why.hoped is None else f"{RATIOS[why.hoped.measure]} {plain(why.hoped.ratio)}"
    return words(
        message,
        hoped=hoped,
        study=_study(one),
        kind=words(KINDS[one.kind]),
        favours=labelled(page, one.favours) if one.favours else "",
        outcome=_outcome(page, one),
        pair=_pair(page, one),
        figure=_figure(page, one),
    )


def _study(one: ComparedNow | BothHeld | OwnFigure) -> str:
    if one.year is None or str(one.year) in one.study:
        return one.study
    return f"{one.study} {one.year}"


def _pair(page: Page, one: ComparedNow) -> str:
    names = {
        "first": labelled(page, one.treatment),
        "second": labelled(page, one.comparator),
    }
    return page.words("{first} against {second}", **names)


def _outcome(page: Page, one: ComparedNow) -> str:
    """The outcome of a comparison by its own name, whatever of it the design asks for."""
    return page.words(OUTCOMES[one.outcome].label)


def labelled(page: Page, name: str) -> str:
    """A treatment, a combination, or the analogue that both arms have."""
    if name == ALONE:
        return page.words(ANALOGUE_ALONE)
    labels = {one.modality: one.label for one in MODALITIES.values()}
    said = (page.name(part) for part in name.split("+"))
    return " + ".join(page.words(labels[part]) if part in labels else part for part in said)


def _figure(page: Page, one: ComparedNow) -> str:
    """The ratio as printed, with its interval or else its p value, and whether it is adjusted."""
    words = page.words
    ends = interval(one.interval, "ratio") if one.interval else ""
    if not ends and one.p_value:
        ends = f"p {one.p_value if one.p_value[0] in '<>≤≥=' else '= ' + one.p_value}"
    parts = [ends] if ends else []
    if one.adjusted:
        parts.append(words("adjusted"))
    elif one.beside:
        parts.append(words("not adjusted; the adjusted figure counts"))
    return f"{RATIOS.get(one.measure, one.measure)} {number(one.value, 'ratio')}" + (
        f" ({'; '.join(parts)})" if parts else ""
    )


def _known(page: Page, one: KnownNow) -> Cell:
    """A row of what is known of one arm."""
    words = page.words
    unit: Unit = "months" if one.unit == "months" else "proportion"
    sign = " %" if unit == "proportion" else f" {words('mo')}"
    figure = words("no study") if not one.k else words("not poolable")
    if one.span is not None:
        figure = words("{ends}, not poolable", ends=interval(one.span, unit) + sign)
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
    said = {
        AGAINST,
        OTHER_SIDE,
        EXCLUDES,
        REACHED,
        REACHED_P,
        INACTIVE,
        UNCLEAR,
        BEYOND,
        OFF_RECORD,
        DESPITE,
    }
    return {*KINDS.values(), *HEADS, *BASES.values(), *SIDES.values(), *said}
