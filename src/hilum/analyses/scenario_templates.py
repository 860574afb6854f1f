"""Commented scenario files to start a simulation from, by kind of trial."""

from __future__ import annotations

from typing import Final

TEMPLATES: Final = {
    "survival": """\
# A scenario for `hilum trials simulate`. Months throughout; rates a month; control first.
kind = "survival"
trials = 10000
seed = 1

[scenario]
patients = 300
accrual_rate = 12.5            # patients a month; or accrual_rates and accrual_breaks
accrual = "even"               # even, uniform or poisson
control_median = 16            # or control_hazards and control_breaks
hazard_ratio = 0.7             # or hazard_ratios and ratio_breaks
# delay_months = 4             # hazard ratio 1 until then
# dropout_hazard = 0.005       # one value, or control and experimental
# competing_hazard = 0.002
# crossover_hazard = 0.02      # control patients taking up the new treatment
# lag_months = 2               # until an outcome is known
events = [120, 240]            # looks by events; or look_months
efficacy = [2.797, 1.977]      # z boundaries, one a look
# futility = [0.0, -inf]
# sided = 1

# Every combination of these is simulated; names as above, moved here from [scenario].
# [grid]
# hazard_ratio = [0.6, 0.7, 0.8, 1.0]
# patients = [200, 300]
""",
    "platform": """\
# A scenario for `hilum trials simulate`: a binary outcome, several arms, control first.
kind = "platform"
trials = 10000
seed = 1

[scenario]
rates = [0.2, 0.2, 0.4]        # true chance of response
looks = [60, 120, 180, 240]    # patients recruited in all, at each analysis
statistic = "posterior"        # chance to beat control; or z
efficacy = [0.99, 0.985, 0.98, 0.975]
futility = [0.05, 0.05, 0.05, 0.05]
# margin = 0.0
allocation = "adaptive"        # or fixed, with weights
control_share = 0.3
minimum_share = 0.1
# tempering = 0.5              # grows as n / (2 N) where absent
prior = [1, 1]
stop = "all"                   # or first: end at the first success
accrual_rate = 5               # patients a month
lag_months = 3                 # until a response is known

# [grid]
# rates = [[0.2, 0.2, 0.2], [0.2, 0.2, 0.4]]
""",
    "arms": """\
# A scenario for `hilum trials simulate`: several treatments, one control, progression and death.
# Treatments are dropped on progression-free survival; the last stage judges survival.
kind = "arms"
trials = 2000
seed = 1

[scenario]
patients = 1400                # recruited where no arm is dropped; the rest recruit what one leaves
accrual_rate = 12              # patients a month, all arms together
allocation = [2, 1, 1, 1]      # of a block, control first
control_medians = [14, 40]     # progression or death, death: or progression_hazard, death_hazard
hazard_ratios = [0.7, 1.0, 1.0]       # of survival, one a treatment: or death_ratios
intermediate_ratios = [0.7, 1.0, 1.0] # of progression or death: or progression_ratios
# death_after_hazard = 0.05    # after progression (with the hazards), and death_after_ratios
events = [75, 140, 264]        # control events at each stage
levels = [0.5, 0.25, 0.025]    # one-sided, of the log-rank test; or critical_ratios (hazard ratios)
# interim = "death"            # judge survival throughout
# dropout_hazard = 0.005
# lag_months = 2

# [grid]
# intermediate_ratios = [[0.7, 1.0, 1.0], [1.0, 1.0, 1.0]]
""",
    "reestimation": """\
# A scenario for `hilum trials simulate`: two stages, the second enlarged where it is promising.
# Words as for kind "survival"; the final test combines the stages with the planned weights.
kind = "reestimation"
trials = 10000
seed = 1

[scenario]
patients = 300
patients_max = 450             # grow in proportion with the events
accrual_rate = 12.5
control_median = 16
hazard_ratio = 0.75
events = [120, 240]
events_max = 360
efficacy = [2.797, 1.977]      # bounds of the planned design
# futility = [0.0, -inf]
conditional_power = 0.9        # wanted at the first look
promising_from = 0.3           # conditional power below which nothing is added
# assumed_ratio = 0.7          # for conditional power; the observed ratio where absent

# [grid]
# hazard_ratio = [0.7, 0.75, 0.8, 1.0]
""",
}
