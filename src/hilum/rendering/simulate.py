"""Operating characteristics of simulated trials in lines for a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hilum.analyses.simulate import CellSimulated, Figure, SimulateAnswered
    from hilum.language import Words

SHOWN_CELLS: Final = 40
FIRST: Final = ("type_1_error", "family_wise_error", "power", "events", "patients", "months")
STOPPED: Final = "stopped_at_look_"
CHARACTERISTICS: Final = {
    "type_1_error": "type I error",
    "type_1_error_unweighted": "type I error, stages not weighted",
    "family_wise_error": "family-wise error",
    "power": "power",
    "power_unweighted": "power, stages not weighted",
    "all_power": "power for all treatments",
    "best_selected": "the best treatment declared better",
    "competing_death_share": "share with a competing death",
    "crossover_share": "share that crossed over",
    "any_success": "any success",
    "futility": "stopped for futility",
    "promising": "promising at the interim analysis",
    "patients": "patients recruited",
    "events": "events observed",
    "months": "months to the end",
    "responders": "patients who responded",
    "experimental_share": "share on the new treatment",
    "log_hazard_ratio": "log hazard ratio",
    "bias_log_hazard_ratio": "bias of the log hazard ratio",
    "short_of_events": "ended short of events",
    "stopped_at_look_#": "ended at analysis {first}",
    "patients_arm_#": "patients, arm {first}",
    "share_arm_#": "share of patients, arm {first}",
    "success_arm_#": "success, arm {first}",
    "dropped_arm_#": "dropped, arm {first}",
    "bias_difference_arm_#": "bias of the difference, arm {first}",
    "passed_#_arm_#": "passed stage {first}, arm {second}",
    "log_hazard_ratio_arm_#": "log hazard ratio, arm {first}",
    "bias_log_hazard_ratio_arm_#": "bias of the log hazard ratio, arm {first}",
}
"""Names of characteristics by their code; ``#`` stands for a number."""


def simulate_lines(answer: SimulateAnswered, words: Words) -> list[str]:
    """Each scenario in the grid; all characteristics of a single one."""
    lines = [
        words(
            "{trials} trials of each scenario, seed {seed}; Monte-Carlo error in brackets",
            trials=f"{answer.trials:,}",
            seed=answer.seed,
        )
    ]
    if len(answer.cells) == 1:
        for name, one in answer.cells[0].characteristics.items():
            lines.append(f"  {characteristic(name, words)}: {_figure(one, words)}")
        return lines
    for cell in answer.cells[:SHOWN_CELLS]:
        lines += _cell(cell, words)
    more = len(answer.cells) - SHOWN_CELLS
    if more > 0:
        lines.append(words("and {count} more; --out or --json for all", count=more))
    return lines


def simulate_table(answer: SimulateAnswered, words: Words) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a table: a row each characteristic of one scenario, or each scenario."""
    if len(answer.cells) == 1:
        only = answer.cells[0].characteristics
        head = [words("Characteristic"), words("Mean over trials (Monte-Carlo error)")]
        return head, [[characteristic(one, words), _figure(only[one], words)] for one in only]
    known = {name for cell in answer.cells for name in cell.characteristics}
    names = [name for name in FIRST if name in known]
    varied = list(dict.fromkeys(name for cell in answer.cells for name in cell.varied))
    rows = [
        [str(cell.varied.get(name, "")) for name in varied]
        + [
            _figure(cell.characteristics[name], words) if name in cell.characteristics else ""
            for name in names
        ]
        for cell in answer.cells
    ]
    return [*varied, *(characteristic(name, words) for name in names)], rows


def characteristic(code: str, words: Words) -> str:
    """A characteristic in words; a code without any as it is."""
    numbers = re.findall(r"(?<=_)\d+(?=_|$)", code)
    pattern = re.sub(r"(?<=_)\d+(?=_|$)", "#", code)
    if code in CHARACTERISTICS:
        return words(CHARACTERISTICS[code])
    if pattern not in CHARACTERISTICS:
        return code
    facts = dict(zip(("first", "second"), numbers, strict=False))
    return words(CHARACTERISTICS[pattern], **facts)


def _cell(cell: CellSimulated, words: Words) -> list[str]:
    figures = cell.characteristics
    told = [
        f"{characteristic(name, words)} {_figure(figures[name], words)}"
        for name in FIRST
        if name in figures
    ]
    # Where a trial has one analysis, it always ends there.
    looks = [name for name in figures if name.startswith(STOPPED)]
    if len(looks) > 1:
        told += [f"{characteristic(name, words)} {_figure(figures[name], words)}" for name in looks]
    return [
        ", ".join(f"{name} {value}" for name, value in cell.varied.items()),
        "  " + words("; ").join(told),
    ]


def _figure(one: Figure, words: Words) -> str:
    if one.value is None:
        return words("none")
    if one.mcse is None:
        return f"{one.value:.4g}"
    return f"{one.value:.4g} ({one.mcse:.2g})"


def messages() -> set[str]:
    """Ids of the table."""
    return set(CHARACTERISTICS.values())
