"""Comparisons on the page: every trial as printed, and the line they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from hilum.answers import treatments
from hilum.answers.contrasts import ALONE
from hilum.answers.words import reason_label
from hilum.evidence.records import source_link
from hilum.evidence.vocabulary import POPULATION_LABELS
from hilum.rendering.sheet.small_plots import level_dots, ratio_plot
from hilum.sheet.present import interval, number

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.rating import CertaintyPart
    from hilum.sheet.sheet import Comparison, PrintedRatio, Sheet
    from hilum.sheet.verdict_words import VerdictWords

Cell = dict[str, object]
TITLES = {
    "randomised": "Randomised",
    "nonrandomised": "Compared, but not randomised",
    "review": "Pooled by reviews, as printed",
}
MEASURES = {"hazard_ratio": "hazard ratio", "odds_ratio": "odds ratio"}
SHORT_MEASURES = {"hazard_ratio": "HR", "odds_ratio": "OR"}
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
    tongue: VerdictWords

    def word(self, kind: str, key: str) -> str:
        """Label of a word of the evidence vocabulary."""
        ...

    def modality(self, modality: str) -> str:
        """Label of a modality."""
        ...

    def level(self, found: CertaintyPart | None) -> str:
        """The level of a certainty in a word."""
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


def verdict_of(page: Page, one: Comparison, *, short: bool = False) -> str:
    """Which side is better, or that none clearly is; without a ratio, that it stands in no line."""
    words = page.words
    named = short_name if short else compared_name
    first, second = named(page, one.treatment), named(page, one.comparator)
    if one.better == "comparator":
        first, second = second, first
    if one.better and one.clear:
        return words("{first} better than {second}", first=first, second=second)
    if one.value is None:
        return words("{first} and {second}: each trial as printed", first=first, second=second)
    return words("{first} and {second}: no clear difference", first=first, second=second)


def short_comparison(page: Page, one: Comparison) -> Cell:
    """A comparison in one row: who is better, the ratio drawn, each trial with its year."""
    ends = interval(one.ci, "ratio")
    kind = SHORT_MEASURES[one.measure]
    figure = f"{kind} {number(one.value, 'ratio')}" + (f" ({ends})" if ends else "")
    said = verdict_of(page, one, short=True)
    swapped = bool(one.clear and one.better == "comparator")
    used = [trial for trial in one.trials if trial.left_out is None] or one.trials
    return {
        "said": said,
        "outcome": _outcome(page, one),
        # The ratio is of the first named against the second: said where the sentence turns them.
        "names": f"{short_name(page, one.treatment)} / {short_name(page, one.comparator)}"
        if swapped
        else "",
        "figure": figure if one.value is not None else "",
        "plot": ratio_plot(one.value, one.ci, f"{said}: {figure}"),
        "trials": [_trial_name(trial) for trial in used],
        "dots": level_dots(one.certainty.level if one.certainty else ""),
        "certainty": page.level(one.certainty),
    }


def short_name(page: Page, name: str) -> str:
    """A treatment in a word or two; whatever is none of the board's by its whole name."""
    return " + ".join(
        page.tongue.treatment(part) if part in page.treatment else compared_name(page, part)
        for part in name.split("+")
    )


def _trial_name(trial: PrintedRatio) -> str:
    """A trial by its name, which ends with the year, and its patients."""
    name = trial.name
    if trial.year is not None and str(trial.year) not in name:
        name = f"{name} {trial.year}"
    known = [n for n in trial.n if n is not None]
    return f"{name} · {sum(known)}" if len(known) == len(trial.n) else name


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
        "said": verdict_of(page, one),
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
        text = f"{text} ({pair[0]} / {pair[1]})"
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
    return {
        *TITLES.values(),
        *MEASURES.values(),
        *LEFT_OUT.values(),
        ANALOGUE_ALONE,
    }
