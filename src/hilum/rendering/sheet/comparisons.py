"""Comparisons on the page: every trial as printed, and the line they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from hilum.answers import treatments
from hilum.answers.contrasts import ALONE
from hilum.answers.words import reason_label
from hilum.evidence.records import source_link
from hilum.sheet.present import POPULATION_LABELS, interval, number

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.rating import CertaintyPart
    from hilum.sheet.sheet import Comparison, PrintedRatio, Sheet

Cell = dict[str, object]
TITLES = {
    "randomised": "Randomised",
    "nonrandomised": "Compared, but not randomised",
    "review": "Pooled by reviews, as printed",
}
MEASURES = {"hazard_ratio": "hazard ratio", "odds_ratio": "odds ratio"}
# Shown with the trial's own figure, not beside it.
OF_THE_SAME = ("subgroup", "alternative", "same_arm")
LEFT_OUT = {
    "no_interval": "no interval printed",
    "subgroup": "a subgroup",
    "alternative": "another analysis of the same patients",
    "same_arm": "another figure of the same patients is used",
    "same_cohort": "same patients as another study",
    "other_tumours": "other tumours",
    "other_grade": "another grade",
    "other_site": "another primary site",
    "mostly_other_site": "mostly another primary site",
    "later_line": "a later line",
}
ANALOGUE_ALONE = "a somatostatin analogue alone"


class Page(Protocol):
    """What the page lends to this part."""

    sheet: Sheet
    words: Words
    treatment: dict[str, str]

    def word(self, kind: str, key: str) -> str:
        """Label of a word of the evidence vocabulary."""
        ...

    def modality(self, modality: str) -> str:
        """Label of a modality."""
        ...

    def rated(self, found: CertaintyPart | None) -> Cell:
        """Certainty in words."""
        ...


def comparison_groups(page: Page) -> list[Cell]:
    """The comparisons by kind, as table rows."""
    return [
        {
            "title": page.words(title),
            "rows": [_row(page, one) for one in page.sheet.comparisons if one.kind == kind],
        }
        for kind, title in TITLES.items()
    ]


def compared_name(page: Page, name: str) -> str:
    """A treatment of the board, a combination, a modality, or the analogue of both arms."""
    if name == ALONE:
        return page.words(ANALOGUE_ALONE)
    known = treatments()
    return " + ".join(
        page.treatment.get(part)
        or (page.words(known[part].label) if part in known else page.modality(part))
        for part in name.split("+")
    )


def _row(page: Page, one: Comparison) -> Cell:
    words = page.words
    # Where a trial printed only a subgroup's ratio, that is what there is to show.
    shown = [trial for trial in one.trials if trial.left_out not in OF_THE_SAME] or one.trials
    more = len(one.trials) - len(shown)
    notes: list[str] = []
    if one.prior is not None:
        notes.append(
            words(
                "Few trials: the spread between them has a weakly informative prior, "
                "{prior} (Röver 2021).",
                prior=one.prior,
            )
        )
    if more:
        notes.append(words("Further figures of the same patients, not shown: {count}.", count=more))
    return {
        "name": f"{compared_name(page, one.treatment)} / {compared_name(page, one.comparator)}",
        "outcome": _outcome(page, one),
        "figure": number(one.value, "ratio"),
        "interval": interval(one.ci, "ratio"),
        "k": one.k,
        "population": words(POPULATION_LABELS[one.population]),
        "rated": page.rated(one.certainty),
        "trials": [_trial(page, one, trial) for trial in shown],
        "notes": notes,
    }


def _outcome(page: Page, one: Comparison) -> str:
    text = page.word("outcome", one.outcome)
    if one.measure == "hazard_ratio":
        return text
    when = f", {one.time_months:g} {page.words('mo')}" if one.time_months is not None else ""
    return f"{text} ({page.words(MEASURES[one.measure])}{when})"


def _trial(page: Page, one: Comparison, trial: PrintedRatio) -> Cell:
    words = page.words
    figure = number(trial.value, "ratio")
    ends = interval(trial.ci, "ratio")
    text = f"{figure} ({ends})" if ends else figure
    if (trial.treatment, trial.comparator) != (one.treatment, one.comparator):
        pair = (compared_name(page, trial.treatment), compared_name(page, trial.comparator))
        text = f"{pair[0]} / {pair[1]}: {text}"
    sources = {source.study_id: source for source in page.sheet.sources}
    source = sources.get(trial.study_id)
    return {
        "name": trial.name,
        "link": source.link or source_link(source.source) if source else None,
        "verify": bool(source and source.verify),
        "text": f"{text}, {_verdict(page, one, trial)}",
        "reason": _reason(trial.left_out, words),
    }


def _verdict(page: Page, one: Comparison, trial: PrintedRatio) -> str:
    """Which side did better, in words that an unclear result does not outrun."""
    words = page.words
    if trial.better is None:
        return words("no side favoured, or direction not stated")
    side = compared_name(page, one.treatment if trial.better == "treatment" else one.comparator)
    if trial.clear:
        return words("better with {side}", side=side)
    if trial.clear is None:
        return words("in favour of {side}; no interval printed", side=side)
    return words("no clear difference")


def _reason(code: str | None, words: Words) -> str:
    """Why a printed ratio is not in the line; reviews stand in a group of their own."""
    if code is None or code == "review":
        return ""
    return words(LEFT_OUT[code]) if code in LEFT_OUT else reason_label(code, words)


def messages() -> set[str]:
    """Message ids that come from a table, for the catalogue's extraction."""
    return {*TITLES.values(), *MEASURES.values(), *LEFT_OUT.values(), ANALOGUE_ALONE}
