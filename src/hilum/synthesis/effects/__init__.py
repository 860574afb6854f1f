"""Effect sizes: published figures to yi and vi, and back to the scale people read."""

from hilum.synthesis.effects.means import from_quantiles
from hilum.synthesis.effects.measures import MEASURES, Measure, measure
from hilum.synthesis.effects.reported import (
    log_effect_from_interval,
    log_effect_from_p,
    log_hazard_from_arm_events,
    log_hazard_from_events,
    log_hazard_from_oe,
)
from hilum.synthesis.effects.scales import SCALES, Scale, harmonic_mean
from hilum.synthesis.effects.table import EffectSizes, back_transform, beyond, effect_sizes

__all__ = [
    "MEASURES",
    "SCALES",
    "EffectSizes",
    "Measure",
    "Scale",
    "back_transform",
    "beyond",
    "effect_sizes",
    "from_quantiles",
    "harmonic_mean",
    "log_effect_from_interval",
    "log_effect_from_p",
    "log_hazard_from_arm_events",
    "log_hazard_from_events",
    "log_hazard_from_oe",
    "measure",
]
