"""The table of simulated trials: power under the ways in which a trial may fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.rendering.sheet.synopsis_numbers import decimal, plain
from hilum.rendering.sheet.synopsis_words import (
    AT_ONCE,
    AT_THE_END,
    CHANGED,
    NEVER_LONGER,
    OF_CHANGES,
    PLAYED,
    SCENARIOS,
)

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.trials.synopsis.record import Synopsis
    from hilum.trials.synopsis.special import Simulated, SimulatedTruth

# More analyses than fit beside each other: the chance of an early end stands for them.
MOST_LOOKS = 6
OWN = "own"
# An error is printed to a tenth, and one below that to its first digit.
LEAST = 0.1


def simulated_table(s: Synopsis, words: Words) -> dict[str, Any]:
    """Title, columns, rows of text and a note; no rows where nothing was simulated."""
    made = s.simulated
    title = words("Simulated: as planned, and in the ways the trial may fail")
    if made is None:
        return {"title": title, "columns": [], "rows": [], "note": ""}
    columns = [words("Scenario"), words("success")]
    levels = any(one.level is not None for one in made.truths)
    looks = len(made.truths[0].efficacy)
    if levels:
        columns.append(words("success without an effect"))
    if 1 < looks <= MOST_LOOKS:
        columns += [words("ends at analysis {stage}", stage=k + 1) for k in range(looks)]
    elif looks > 1:
        columns.append(words("ends before the last analysis"))
    if made.counted:
        successes = made.counted == "successes"
        columns.append(words("Successes") if successes else words("Events"))
    columns.append(words("Patients"))
    months = all(one.months is not None for one in made.truths)
    if months:
        columns.append(words("Months"))
    rows = [
        [
            scenario(one, s, words),
            chance(one.success, one.mcse),
            *([_level(one, made)] if levels else []),
            *_ends(one, looks),
            *([size(one.events, one.events_mcse)] if made.counted else []),
            size(one.patients, one.patients_mcse),
            *([size(one.months, one.months_mcse)] if months else []),
        ]
        for one in made.truths
    ]
    return {"title": title, "columns": columns, "rows": rows, "note": _note(s, made, words)}


def chance(value: float, error: float) -> str:
    """A chance and its Monte-Carlo error."""
    return f"{100 * value:.1f} % (± {100 * error:.1f})"


def size(value: float | None, error: float | None) -> str:
    """A mean and its Monte-Carlo error, which a number that is fixed does not have."""
    shown = "–" if value is None else decimal(value, 1)
    if not error:
        return shown
    return f"{shown} (± {error:.1f})" if error >= LEAST else f"{shown} (± {error:.1g})"


def _level(one: SimulatedTruth, made: Simulated) -> str:
    """Success without an effect; as planned it is that of the row without an effect."""
    if one.level is not None and one.level_mcse is not None:
        return chance(one.level, one.level_mcse)
    if one.code == "as-planned":
        idle = made.truths[0]
        return chance(idle.success, idle.mcse)
    return "–"


def _ends(one: SimulatedTruth, looks: int) -> list[str]:
    """Chances to end at each analysis with and without success, or before the last."""
    if looks <= 1:
        return []
    pairs = list(zip(one.efficacy, one.futility, strict=True))
    if looks > MOST_LOOKS:
        pairs = [(sum(one.efficacy[:-1]), sum(one.futility[:-1]))]
    return [f"↑\u00a0{100 * up:.1f}\u00a0% ↓\u00a0{100 * down:.1f}\u00a0%" for up, down in pairs]


def scenario(one: SimulatedTruth, s: Synopsis, words: Words) -> str:
    """What a row changes, in words."""
    if one.code != OWN:
        return words(_sentence(one.code, s), **_facts(one, s))
    said = [words(_of_change(name, one, s), **_facts(one, s)) for name in one.facts]
    return words("{name}: {what}", name=one.name, what=words("; ").join(said))


def _of_change(name: str, one: SimulatedTruth, s: Synopsis) -> str:
    """The sentence of one change of a user's own scenario."""
    if name in CHANGED:
        return CHANGED[name]
    if name == "control_points":
        return SCENARIOS["higher-control" if one.facts[name] > 0 else "lower-control"]
    return _sentence(OF_CHANGES[name], s)


def _sentence(code: str, s: Synopsis) -> str:
    """Of a scenario, as the analyses of the trial come."""
    ends = "events" if s.simulated is None else s.simulated.ends
    if code == "slow-accrual-closed" and s.months is None:
        return NEVER_LONGER
    if ends == "patients":
        mean = f"{code}-mean"
        if s.scale == "number" and mean in AT_ONCE:
            return AT_ONCE[mean]
        lower = f"{code}-lower"
        if s.better == "lower" and lower in AT_ONCE:
            return AT_ONCE[lower]
        return AT_ONCE.get(code, SCENARIOS[code])
    return AT_THE_END.get(code, SCENARIOS[code]) if ends == "follow-up" else SCENARIOS[code]


def _facts(one: SimulatedTruth, s: Synopsis) -> dict[str, str]:
    """The numbers of a sentence: shares as percentages."""
    facts = one.facts
    # Answers of earlier versions have the share itself, as a percentage.
    parts = [100 * facts[name] for name in ("crossover", "drop_out") if name in facts]
    times = [facts[x] for x in ("control_times", "control_events", "sd") if x in facts]
    numbers = {
        "delay": facts.get("delay", 0.0),
        "slower": facts.get("slower", 1.0),
        "months": facts.get("months", s.months or 0.0),
        "share": facts.get("share", parts[0] if parts else 0.0),
        "effect": 100 * facts.get("effect", 1.0),
        "points": abs(100 * facts.get("control_points", 0.0)),
        "times": times[0] if times else 1.0,
        "dispersion": facts.get("dispersion", 0.0),
        "missed": 100 * facts.get("missed", 0.0),
        "overread": 100 * facts.get("overread", 0.0),
    }
    return {name: plain(value) for name, value in numbers.items()}


def _note(s: Synopsis, made: Simulated, words: Words) -> str:
    facts = {"trials": f"{made.trials:,}", "seed": made.seed}
    found = [
        words(
            "{trials} simulated trials a row, seed {seed}; in brackets the Monte-Carlo standard "
            "error. Events, patients and months are means at the end of the trial. The analyses "
            "come at the planned numbers of events; bounds for futility are obeyed.",
            **facts,
        )
        if made.ends == "events"
        else words(
            "{trials} simulated trials a row, seed {seed}; in brackets the Monte-Carlo standard "
            "error. What was counted, patients and months are means at the end of the trial; "
            "bounds for futility are obeyed.",
            **facts,
        )
    ]
    if s.kind in PLAYED:
        found.append(words(PLAYED[s.kind]))
    if made.counted == "successes" and s.better == "lower":
        found.append(words("Successes are patients without the event."))
    if s.kind == "counts":
        dispersed = any(x.parameter == "dispersion" and x.value > 0 for x in s.assumptions)
        found.append(
            words("The dispersion is estimated from the moments of the counts in both groups.")
            if dispersed
            else words("The variance is the robust one of a Poisson regression.")
        )
    short = [one for one in made.truths if one.short > 0] if made.ends == "events" else []
    if short:
        names = words("; ").join(
            f"{scenario(one, s, words)} {100 * one.short:.1f} %" for one in short
        )
        found.append(words("Without the planned events in the end: {names}.", names=names))
    return " ".join(found)
