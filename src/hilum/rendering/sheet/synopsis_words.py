"""English sentences of a synopsis by the codes of its data; ids of the catalogue."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from hilum.analyses.designs import DESIGNS, design_of
from hilum.records import found

PARTS = {
    "under_study": "the treatment under study",
    "standard": "the control treatment",
    "fixed_rate": "none (a fixed rate or curve)",
    "primary": "the primary outcome",
    "intermediate": "the intermediate outcome",
}
HYPOTHESES = {
    "superiority": "superiority",
    "noninferiority": "non-inferiority",
    "equivalence": "equivalence",
}
PARAMETERS = {
    "p0": "uninteresting rate (p0)",
    "p1": "rate hoped for (p1)",
    "p2": "rate in the control group (p2)",
    "s0": "uninteresting share (s0)",
    "s1": "share hoped for (s1)",
    "hazard_ratio": "hazard ratio hoped for",
    "odds_ratio": "odds ratio hoped for",
    "rate_ratio": "ratio of the event rates hoped for",
    "control_rate": "events of a control patient a month",
    "exposure": "follow-up of each patient",
    "dispersion": "dispersion of the counts",
    "control_median": "median in the control group",
    "treatment_median": "median of the treatment that the hazard ratio means",
    "margin": "margin",
    "intermediate_ratio": "hazard ratio hoped for, intermediate outcome",
    "intermediate_median": "median in the control group, intermediate outcome",
    "correlation": "correlation of the log hazard ratios on both outcomes",
    "rate": "patients a month, all groups",
    "difference": "difference hoped for",
    "sd": "standard deviation",
    "rest_sd": "standard deviation in the other patients",
    "accrual": "accrual",
    "follow_up": "follow-up after the last patient",
    "drop_out": "lost to follow-up by {months} months",
    "prevalence": "share of the subgroup",
    "rest_p1": "rate hoped for in the other patients",
    "rest_p2": "rate in the control group of the other patients",
    "rest_difference": "difference hoped for in the other patients",
    "rest_ratio": "hazard ratio hoped for in the other patients",
    "rest_median": "median in the control group of the other patients",
    "alpha": "type I error (alpha)",
    "power": "power",
    "assurance": "assurance asked for",
    "effect_sd": "standard deviation of the log ratio, as believed",
}
ENRICHED = {
    "null": "no effect in anybody",
    "rest_alone": "effect in the others alone",
    "opposite": "opposite effects, none on average",
    "alternative": "the effects hoped for",
    "subgroup_alone": "effect in the subgroup alone",
    "everyone": "the subgroup's effect in all",
    "prevalence": "the effects hoped for, another prevalence",
}
"""Truths of an enrichment trial."""
SMALLER = {
    "possible": "{mark} A smaller effect than is hoped for in the subgroup: with that a rate would "
    "reach 0 or 100 %. 98 % of what is possible was taken.",
    "balanced": "{mark} The subgroup gains less than is hoped for: the others are fewer and would "
    "otherwise have to lose more than that for the effects to cancel out.",
}
"""Why a truth has a smaller effect than its name says."""
METHODS = {"largest_of_range": "largest study of a range"}
"""Ways to a figure of the record that need words; the others are names of models."""
SOURCES = {
    "evidence": "published studies",
    "given": "given by the designers",
    "convention": "convention",
    "default": "default of this design",
}
BETTER = {
    "lower": "a LOWER rate: what is counted is unwanted, and fewer of it are hoped for",
    "sooner": "MORE events, or sooner: the event is a good one",
}
"""The better side, said first where it is not the usual one."""
ARMS = {
    "treatment": "Treatment",
    "control": "Control",
    "each_treatment": "Each treatment",
    "each_kept": "Each treatment that goes on",
}
OPERATING = {
    "null": "no effect (null hypothesis)",
    "margin": "at the margin (null hypothesis)",
    "middle": "half of the effect",
    "alternative": "the effect hoped for",
    "null_any": "no effect: any treatment declared better",
    "null_largest": "no effect: any, if every treatment reached the last analysis",
    "alternative_any": "all have the effect: any declared better",
    "alternative_all": "all have the effect: all declared better",
    "one_good_picked": "one treatment has the effect: it is picked",
    "one_good_declared": "one treatment has the effect: it goes on and is declared better",
    "one_good_false": "one treatment has the effect: another is declared better",
    "enrich_null": "no effect in anybody: declared in either population",
    "enrich_rest_alone": "effect in the others alone: declared in the subgroup",
    "enrich_opposite": "opposite effects, none on average: declared in the full population",
    "enrich_subgroup": "the effects hoped for: declared in the subgroup",
    "enrich_full": "the effects hoped for: declared in the full population",
    "enrich_either": "the effects hoped for: declared in either",
    "one_good": "one treatment has the effect: it graduates",
    "one_good_other": "one treatment has the effect: another graduates",
}
ALTERNATIVES = {
    "optimal": "optimal",
    "minimax": "minimax",
    "admissible": "admissible",
    "fisher": "Fisher's exact test",
    "boschloo": "Boschloo's exact test",
    "z-pooled": "exact unconditional z test",
    "normal": "normal approximation",
    "normal-unpooled": "normal approximation, variances apart",
    "continuity": "normal approximation with continuity correction",
    "schoenfeld": "Schoenfeld's formula",
    "freedman": "Freedman's formula",
    "lakatos": "Lakatos' method",
    "unstratified": "log-rank test that ignores the strata (Lakatos)",
    "cmh": "Cochran-Mantel-Haenszel test",
    "unstratified_rates": "test that ignores the strata",
    "weights_own": "weights as given",
    "weights_none": "log-rank test",
    "weights_early": "weights on early events",
    "weights_late": "weights on late events",
    "weights_middle": "weights on events in the middle",
    "maxcombo": "MaxCombo test",
    "rmst": "restricted mean survival times",
    "logrank": "log-rank test (Lakatos)",
}
SCENARIOS = {
    "no-effect": "no effect",
    "as-planned": "as planned, the effect hoped for",
    "delayed-effect": "the effect begins after {delay} months",
    "slow-accrual": "accrual takes {slower} times as long, the events are awaited",
    "slow-accrual-closed": "accrual takes {slower} times as long, the trial is analysed in month "
    "{months} at the latest",
    "crossover": "{share} % of the controls cross over to the treatment in a year",
    "drop-out": "{share} % of all are lost to follow-up in a year",
    "smaller-effect": "{effect} % of the effect hoped for is true",
    "higher-control": "without the treatment the rate is {points} percentage points higher; the "
    "difference hoped for stays",
    "lower-control": "without the treatment the rate is {points} percentage points lower; the "
    "difference hoped for stays",
    "longer-control": "without the treatment the median is {times} times the planned one; the "
    "ratio hoped for stays",
    "shorter-control": "without the treatment the median is {times} times the planned one; the "
    "ratio hoped for stays",
    "more-control-events": "without the treatment there are {times} times the planned events; the "
    "ratio hoped for stays",
    "fewer-control-events": "without the treatment there are {times} times the planned events; the "
    "ratio hoped for stays",
    "larger-sd": "the standard deviation is {times} times the planned one",
    "more-dispersion": "the dispersion of the counts is larger by {dispersion}",
    "misread": "{missed} % of the good outcomes are read as bad ones, {overread} % of the bad as "
    "good ones",
}
"""Simulated scenarios where the events of the trial are awaited."""
AT_THE_END = {
    "slow-accrual": "accrual takes {slower} times as long, follow-up stays",
}
"""Those said otherwise where the analysis comes at the end of a planned follow-up."""
AT_ONCE = {
    "slow-accrual": "accrual takes {slower} times as long",
    "crossover": "{share} % of the controls take up the treatment",
    "drop-out": "the outcome of {share} % is missing, which counts as a failure",
    "drop-out-lower": "the outcome of {share} % is missing, which counts as having had the event",
    "drop-out-mean": "the outcome of {share} % is missing",
}
"""Those said otherwise where a patient's outcome is known without being followed in time."""
NEVER_LONGER = (
    "accrual takes {slower} times as long, and recruitment ends on the day planned with the "
    "patients there then are"
)
"""A trial that is closed and whose months are not planned."""
CHANGED = {
    "closed": "the trial ends on the day planned",
    "missed": "{missed} % of the good outcomes are read as bad ones",
    "overread": "{overread} % of the bad outcomes are read as good ones",
}
"""What a user's own scenario changes, beside what a scenario of the table does."""
OF_CHANGES = {
    "delay": "delayed-effect",
    "slower": "slow-accrual",
    "crossover": "crossover",
    "drop_out": "drop-out",
    "effect": "smaller-effect",
    "control_times": "longer-control",
    "control_events": "more-control-events",
    "sd": "larger-sd",
    "dispersion": "more-dispersion",
}
"""The scenario whose sentence says a change; of a control's rate its sign decides."""
PLAYED = {
    "multi-arm": "Success is that the treatment hoped for is declared better, and without an "
    "effect that any is.",
    "selection": "Success is that the treatment hoped for is declared better, and without an "
    "effect that any is.",
    "platform": "Success is that the treatment hoped for graduates, and without an effect that "
    "any does.",
    "multi-arm-survival": "Success is that a treatment with the effect is declared better, all "
    "having it, and without an effect that any is.",
    "enrichment": "Success is that what the power is asked for is declared effective, and without "
    "an effect that either population is.",
}
"""What success is in simulated trials of more than one comparison, by their kind."""
ZONES = {
    "unfavourable": "unfavourable",
    "promising": "promising",
    "capped": "promising, largest size",
    "favourable": "favourable",
}
SPIRIT = {
    "rationale": "Background and rationale",
    "comparator": "Choice of comparator",
    "objectives": "Objectives",
    "design": "Trial design",
    "eligibility": "Eligibility criteria",
    "interventions": "Interventions",
    "outcomes": "Outcomes",
    "timeline": "Participant timeline",
    "sample_size": "Sample size",
    "recruitment": "Recruitment",
    "allocation": "Allocation ratio",
    "analysis": "Statistical methods",
    "interim": "Interim analyses and stopping rules",
}
CERTAINTY = {
    "very_low": "very low certainty",
    "low": "low certainty",
    "moderate": "moderate certainty",
    "high": "high certainty",
}
EXPECTED = {"patients": "Expected patients", "events": "Expected events"}
EXPECTED_SIZES = {"patients": "expected patients", "events": "expected events"}
EXPECTED_PLANNED = {
    "patients": "expected patients, planned size", "events": "expected events, planned size",
}  # fmt: skip
"""What expected sizes count, as the head of a line, of a column, and of the size not raised."""
STATUS = {"covered": "covered", "partly": "in part"}


def truth_of(code: str, hypothesis: str) -> str:
    """Words of a truth; the null hypothesis of non-inferiority lies at the margin."""
    return OPERATING["margin" if (code, hypothesis) == ("null", "noninferiority") else code]


@cache
def sentences() -> dict[str, str]:
    """Sentence of each step of derivation and analysis, by its code."""
    text = files("hilum.rendering.sheet").joinpath("synopsis_sentences.csv").read_text("utf-8")
    return {row["code"]: row["sentence"] for row in csv.DictReader(text.splitlines())}


def sentence(kind: str, code: str) -> str:
    """Sentence of a step: the design's own, or one that designs share."""
    return found({**sentences(), **design_of(kind).sentences}, code, "sentence")


def messages() -> set[str]:
    """Every id, for the catalogue's extraction."""
    tables = (PARTS, HYPOTHESES, PARAMETERS, SOURCES, ARMS, BETTER, OPERATING, ALTERNATIVES, SPIRIT,
              ZONES, SCENARIOS, AT_THE_END, AT_ONCE, CHANGED, PLAYED, ENRICHED, CERTAINTY, STATUS,
              METHODS, EXPECTED, EXPECTED_SIZES, EXPECTED_PLANNED, SMALLER,
              sentences())  # fmt: skip
    titles = {design.title for design in DESIGNS.values()}
    return titles | {NEVER_LONGER} | {text for table in tables for text in table.values()}
