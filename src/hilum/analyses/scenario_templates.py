"""Commented scenario files to start a simulation from, by kind of trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Line:
    """What a program reads, and what it is in words (an id of the catalogue)."""

    code: str = ""
    said: str = ""


FOR: Final = Line(said="A scenario for `hilum trials simulate`.")

TEMPLATES: Final = {
    "survival": (
        FOR,
        Line(said="Months throughout; rates a month; control first."),
        Line('kind = "survival"'),
        Line("trials = 10000"),
        Line("seed = 1"),
        Line(),
        Line("[scenario]"),
        Line("patients = 300"),
        Line("accrual_rate = 12.5", "patients a month; or accrual_rates and accrual_breaks"),
        Line('accrual = "even"', "even, uniform or poisson"),
        Line("control_median = 16", "or control_hazards and control_breaks"),
        Line("hazard_ratio = 0.7", "or hazard_ratios and ratio_breaks"),
        Line("# delay_months = 4", "hazard ratio 1 until then"),
        Line("# dropout_hazard = 0.005", "one value, or control and experimental"),
        Line("# competing_hazard = 0.002"),
        Line("# crossover_hazard = 0.02", "control patients taking up the new treatment"),
        Line("# lag_months = 2", "until an outcome is known"),
        Line("events = [120, 240]", "looks by events; or look_months"),
        Line("efficacy = [2.797, 1.977]", "z boundaries, one a look"),
        Line("# futility = [0.0, -inf]"),
        Line("# sided = 1"),
        Line(),
        Line(said="Every combination of these is simulated:"),
        Line(said="names as above, moved here from [scenario]."),
        Line("# [grid]"),
        Line("# hazard_ratio = [0.6, 0.7, 0.8, 1.0]"),
        Line("# patients = [200, 300]"),
    ),
    "platform": (
        FOR,
        Line(said="A binary outcome, several arms, control first."),
        Line('kind = "platform"'),
        Line("trials = 10000"),
        Line("seed = 1"),
        Line(),
        Line("[scenario]"),
        Line("rates = [0.2, 0.2, 0.4]", "true chance of response"),
        Line("looks = [60, 120, 180, 240]", "patients recruited in all, at each analysis"),
        Line('statistic = "posterior"', "chance to beat control; or z"),
        Line("efficacy = [0.99, 0.985, 0.98, 0.975]"),
        Line("futility = [0.05, 0.05, 0.05, 0.05]"),
        Line("# margin = 0.0"),
        Line('allocation = "adaptive"', "or fixed, with weights"),
        Line("control_share = 0.3"),
        Line("minimum_share = 0.1"),
        Line("# tempering = 0.5", "grows as n / (2 N) where absent"),
        Line("prior = [1, 1]"),
        Line('stop = "all"', "or first: end at the first success"),
        Line("accrual_rate = 5", "patients a month"),
        Line("lag_months = 3", "until a response is known"),
        Line(),
        Line("# [grid]"),
        Line("# rates = [[0.2, 0.2, 0.2], [0.2, 0.2, 0.4]]"),
    ),
    "arms": (
        FOR,
        Line(said="Several treatments, one control, progression and death."),
        Line(said="Treatments are dropped on progression-free survival;"),
        Line(said="the last stage judges survival."),
        Line('kind = "arms"'),
        Line("trials = 2000"),
        Line("seed = 1"),
        Line(),
        Line("[scenario]"),
        Line(
            "patients = 1400", "recruited where no arm is dropped; the rest recruit what one leaves"
        ),
        Line("accrual_rate = 12", "patients a month, all arms together"),
        Line("allocation = [2, 1, 1, 1]", "of a block, control first"),
        Line(
            "control_medians = [14, 40]",
            "progression or death, death: or progression_hazard, death_hazard",
        ),
        Line("hazard_ratios = [0.7, 1.0, 1.0]", "of survival, one a treatment: or death_ratios"),
        Line(
            "intermediate_ratios = [0.7, 1.0, 1.0]",
            "of progression or death: or progression_ratios",
        ),
        Line(
            "# death_after_hazard = 0.05",
            "after progression (with the hazards), and death_after_ratios",
        ),
        Line("events = [75, 140, 264]", "control events at each stage"),
        Line(
            "levels = [0.5, 0.25, 0.025]",
            "one-sided, of the log-rank test; or critical_ratios (hazard ratios)",
        ),
        Line('# interim = "death"', "judge survival throughout"),
        Line("# dropout_hazard = 0.005"),
        Line("# lag_months = 2"),
        Line(),
        Line("# [grid]"),
        Line("# intermediate_ratios = [[0.7, 1.0, 1.0], [1.0, 1.0, 1.0]]"),
    ),
    "reestimation": (
        FOR,
        Line(said="Two stages, the second enlarged where it is promising."),
        Line(said='Words as for kind "survival";'),
        Line(said="the final test combines the stages with the planned weights."),
        Line('kind = "reestimation"'),
        Line("trials = 10000"),
        Line("seed = 1"),
        Line(),
        Line("[scenario]"),
        Line("patients = 300"),
        Line("patients_max = 450", "grow in proportion with the events"),
        Line("accrual_rate = 12.5"),
        Line("control_median = 16"),
        Line("hazard_ratio = 0.75"),
        Line("events = [120, 240]"),
        Line("events_max = 360"),
        Line("efficacy = [2.797, 1.977]", "bounds of the planned design"),
        Line("# futility = [0.0, -inf]"),
        Line("conditional_power = 0.9", "wanted at the first look"),
        Line("promising_from = 0.3", "conditional power below which nothing is added"),
        Line("# assumed_ratio = 0.7", "for conditional power; the observed ratio where absent"),
        Line(),
        Line("# [grid]"),
        Line("# hazard_ratio = [0.7, 0.75, 0.8, 1.0]"),
    ),
}
