"""A ranking in lines for the terminal, with the assumptions it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.analyses.rank import BEST_SIZE
from hilum.evidence.vocabulary import POPULATION_LABELS
from hilum.language.telling import sentence
from hilum.rendering.living_names import treatment_name
from hilum.rendering.rank_pairs import left_out_groups, pair_name, randomisable_lines
from hilum.rendering.rank_pairs import messages as pairs_messages
from hilum.sheet.comparable import GAINS
from hilum.sheet.present import OUTCOME_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.analyses.rank import RankAnswered, RankAsked
    from hilum.analyses.rank_answer import Comparison, OutcomeRanked
    from hilum.language import Words

OUTCOMES = OUTCOME_LABELS | {
    "overall_survival": "Overall survival",
    "progression_free_survival": "Progression-free survival",
}
REASONS = {
    "asked": "pooled draws were asked for",
    "extra": "the extra joint is not installed",
    "studies": "too few studies for it",
    "treatments": "it holds fewer than two treatments of the board",
    "not_converged": "its fit failed its checks",
}
CARRIED = {
    "randomised": "randomised",
    "comparative": "compared, not randomised",
    "single_arm": "series",
    "baselines": "baselines of comparative studies",
    "prior": "prior",
}
KNOWN = {
    "difference": "their difference in a typical setting",
    "own": "how this setting departs from it",
    "baseline": "how patients do in this setting under either",
    "bias_single": "the mean bias of series",
    "bias_comparative": "the mean bias of comparisons without randomisation",
    "spread": "how far settings differ",
}


def messages() -> set[str]:
    """Ids of the tables above, for the catalogue."""
    tables = (OUTCOMES, REASONS, CARRIED, KNOWN)
    found = {text for table in tables for text in table.values()}
    return found | {gain for gain, _ in GAINS.values()} | pairs_messages() | {BEST_SIZE}


def title_of(one: OutcomeRanked, words: Words) -> str:
    """The outcome and whom it was measured in."""
    outcome, population = OUTCOMES[one.outcome], POPULATION_LABELS[one.population]
    return words("{outcome}, {population}", outcome=words(outcome), population=words(population))


def label_of(candidate: Comparison, words: Words) -> str:
    """The comparison by the treatments' names."""
    return pair_name(candidate.treatments, words)


def rank_lines(answer: RankAnswered, top: int, words: Words) -> list[str]:
    """The first ``top`` comparisons of each outcome, and the assumptions they rest on."""
    lines: list[str] = []
    for one in answer.outcomes:
        lines += [
            words("{title}: {gain}", title=title_of(one, words), gain=words(one.unit)),
            f"  {model_line(one, words)}",
        ]
        for candidate in one.candidates[:top]:
            lines += comparison_lines(one, candidate, words)
        if one.knowing:
            lines.append(f"  {knowing_line(one, words)}")
        more = len(one.candidates) - top
        if more > 0:
            lines.append(f"  {words('and {count} more comparisons (--top, --json)', count=more)}")
        lines.append("")
    models = {one.model.name for one in answer.outcomes}
    lines += assumed_lines(models, answer.asked, words)
    lines += [f"{words('Not ranked:')} {sentence(one, words)}" for one in answer.not_ranked]
    for heading, pairs in left_out_groups(answer, words):
        lines += [heading, *(f"  {pair}" for pair in pairs)]
    return lines


def model_line(one: OutcomeRanked, words: Words) -> str:
    """Where the draws came from."""
    model = one.model
    if model.studies is None:
        why = words(REASONS[model.reason or "asked"])
        detail = f" ({sentence(model.detail, words)})" if model.detail else ""
        return words(
            "draws: each treatment's own series, pooled; the joint model was not used: {why}",
            why=f"{why}{detail}",
        )
    text = words("draws: joint model of {count} studies", count=model.studies)
    if model.not_ranked:
        names = words(", ").join(treatment_name(name, words) for name in model.not_ranked)
        text += words("; in the model but not on the board: {names}", names=names)
    return text


def _amount(one: OutcomeRanked, value: float, words: Words) -> str:
    if one.months:
        return words("{value} months a patient", value=f"{value:.2f}")
    return words("{value} per 100 patients", value=f"{100 * value:.1f}")


def comparison_lines(
    one: OutcomeRanked,
    candidate: Comparison,
    words: Words,
    studies: Mapping[str, str] | None = None,
) -> list[str]:
    """The comparison by name, what is expected, the best trial, its evidence, who could be in it.

    ``studies`` are short citations by id; ids stand for what it does not name.
    """
    best = candidate.best

    def each(value: float) -> str:
        if one.months:
            return words("{value} months", value=f"{value:.1f}")
        return words("{count} of 100", count=f"{100 * abs(value):.0f}")

    money = ""
    if best.net is not None:
        money = words(", net benefit {money}", money=f"{best.net:,.0f}")
    first, second = (each(value) for value in candidate.expected)
    expected = words(
        "expected {first} and {second}; the second is better with probability {better}",
        first=first,
        second=second,
        better=f"{candidate.second_better:.2f}",
    )
    trial = words(
        "best trial: {patients} patients, result after {years} years, worth {gained}, "
        "{total} in all{money} (knowing for certain: {certain}); it changes the choice with "
        "probability {changes}",
        patients=best.patients,
        years=f"{best.years_to_result:.1f}",
        gained=_amount(one, best.evsi, words),
        total=f"{best.total:,.0f}",
        money=money,
        certain=f"{candidate.total_evpi:,.0f}",
        changes=f"{best.changes_choice:.2f}",
    )
    return [
        f"  {candidate.rank}. {label_of(candidate, words)}",
        f"     {expected}",
        f"     {trial}",
        f"     {words(BEST_SIZE)}",
        f"     {_evidence(one, candidate, words, studies or {})}",
        *(f"     {line}" for line in randomisable_lines(candidate, words, studies or {})),
    ]


def _evidence(
    one: OutcomeRanked, candidate: Comparison, words: Words, studies: Mapping[str, str]
) -> str:
    bodies = [one.treatments[name] for name in candidate.treatments]
    behind = ", ".join(
        words("{count} ({patients} patients)", count=body.k, patients=body.n)
        if body.n
        else str(body.k)
        for body in bodies
    )
    kinds = {"randomised": words("randomised in"), "nonrandomised": words("not randomised in")}
    direct = words("; ").join(
        f"{kinds[kind]} {', '.join(studies.get(one, one) for one in ids)}"
        for kind, ids in candidate.compared_in.items()
        if ids
    )
    text = words(
        "studies: {behind}; compared within studies: {direct}",
        behind=behind,
        direct=direct or words("never"),
    )
    shares = candidate.information_percent
    if shares is None:
        return text
    told = ", ".join(
        f"{words(CARRIED[name])} {percent:.0f} %"
        for name, percent in shares.items()
        if percent >= 0.5
    )
    text += words("; information on the difference: {shares}", shares=told)
    if shares["prior"] > 50:
        text += f" ({words('the prior carries most of the information')})"
    return text


def knowing_line(one: OutcomeRanked, words: Words) -> str:
    """Which parts of the first comparison are worth knowing."""
    order = sorted(one.knowing.items(), key=lambda item: -item[1].evppi)
    parts = ", ".join(
        f"{words(KNOWN[name])} {_amount(one, worth.evppi, words)}" for name, worth in order
    )
    return words(
        "what is worth knowing, for comparison 1 (the parts overlap): {parts}", parts=parts
    )


def assumed_lines(models: set[str], asked: RankAsked, words: Words) -> list[str]:
    """What the ranking assumes."""
    lines = [words("Assumptions:")]
    if "joint" in models:
        lines.append(
            words(
                "Joint draws are of all treatments in one new setting: one baseline, the "
                "heterogeneity of each treatment, no bias of any design. Studies that compare are "
                "used; series are linked by exchangeable baselines and carry a modelled bias."
            )
        )
    if "pooled" in models:
        lines.append(
            words(
                "Pooled draws come from each treatment's own series, so they are not a "
                "comparison: draws of a new setting (between-study spread, half-normal 0.5 "
                "prior), widened by a hidden distortion with standard deviation {bias_sd} on the "
                "log scale, independent between treatments. Comparisons within studies are named "
                "but not used.",
                bias_sd=f"{asked.bias_sd:g}",
            )
        )
    lines.append(
        words(
            "A rate at a time is read as survivors among the patients. The trial is randomised "
            "1:1 in the patients who will be treated on its answer, and is followed whatever its "
            "p value."
        )
    )
    if asked.decision == "pair":
        lines.append(words("The choice is between the two treatments compared."))
    else:
        lines.append(words("The choice is among all treatments with a figure."))
    given = {
        name: f"{getattr(asked, name):g}"
        for name in (
            "patients_per_year", "horizon_years", "recruit_per_year", "max_years",
            "follow_up_months", "restricted_months",
        )
    }  # fmt: skip
    lines += [
        words(
            "{patients_per_year} patients a year face the choice for {horizon_years} years, "
            "discounted at {percent} %; the trial recruits {recruit_per_year} a year for "
            "{max_years} years at most, its result comes {follow_up_months} months later (later "
            "where the outcome takes longer).",
            percent=f"{100 * asked.discount:g}",
            **given,
        ),
        words(
            "Survival is taken as exponential and counted up to {restricted_months} months. "
            "Outcomes are ranked apart: their units differ.",
            **given,
        ),
    ]
    return lines
