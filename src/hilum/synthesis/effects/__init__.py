"""Effect sizes: published figures to yi and vi, and back to the scale people read."""

from hilum.synthesis.effects.means import from_quantiles
from hilum.synthesis.effects.reported import (
    log_effect_from_interval,
    log_effect_from_p,
    log_hazard_from_arm_events,
    log_hazard_from_events,
    log_hazard_from_oe,
)
from hilum.synthesis.effects.scales import SCALE, back_transform, harmonic_mean
from hilum.synthesis.effects.table import COLUMNS, EffectSizes, effect_sizes

__all__ = [
    "COLUMNS",
    "SCALE",
    "EffectSizes",
    "back_transform",
    "effect_sizes",
    "from_quantiles",
    "harmonic_mean",
    "log_effect_from_interval",
    "log_effect_from_p",
    "log_hazard_from_arm_events",
    "log_hazard_from_events",
    "log_hazard_from_oe",
]
