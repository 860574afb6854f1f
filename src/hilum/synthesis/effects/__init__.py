"""Effect sizes: published figures to yi and vi, and back to the scale people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.deferred import later

if TYPE_CHECKING:
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

__getattr__ = later(
    __name__,
    {
        "EffectSizes": "hilum.synthesis.effects.table",
        "MEASURES": "hilum.synthesis.effects.measures",
        "Measure": "hilum.synthesis.effects.measures",
        "SCALES": "hilum.synthesis.effects.scales",
        "Scale": "hilum.synthesis.effects.scales",
        "back_transform": "hilum.synthesis.effects.table",
        "beyond": "hilum.synthesis.effects.table",
        "effect_sizes": "hilum.synthesis.effects.table",
        "from_quantiles": "hilum.synthesis.effects.means",
        "harmonic_mean": "hilum.synthesis.effects.scales",
        "log_effect_from_interval": "hilum.synthesis.effects.reported",
        "log_effect_from_p": "hilum.synthesis.effects.reported",
        "log_hazard_from_arm_events": "hilum.synthesis.effects.reported",
        "log_hazard_from_events": "hilum.synthesis.effects.reported",
        "log_hazard_from_oe": "hilum.synthesis.effects.reported",
        "measure": "hilum.synthesis.effects.measures",
    },
)
