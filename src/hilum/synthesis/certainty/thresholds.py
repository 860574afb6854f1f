"""Every number the rules compare with, in one place, and where each rule comes from."""

from __future__ import annotations

from dataclasses import dataclass, fields

from hilum.errors import Fault, InputError

SOURCES = {
    "GRADE 1": "Guyatt G, et al. J Clin Epidemiol 2011;64:383-394",
    "GRADE 3": "Balshem H, et al. J Clin Epidemiol 2011;64:401-406",
    "GRADE 4": "Guyatt G, et al. J Clin Epidemiol 2011;64:407-415",
    "GRADE 5": "Guyatt G, et al. J Clin Epidemiol 2011;64:1277-1282",
    "GRADE 6": "Guyatt G, et al. J Clin Epidemiol 2011;64:1283-1293",
    "GRADE 7": "Guyatt G, et al. J Clin Epidemiol 2011;64:1294-1302",
    "GRADE 8": "Guyatt G, et al. J Clin Epidemiol 2011;64:1303-1310",
    "GRADE 9": "Guyatt G, et al. J Clin Epidemiol 2011;64:1311-1316",
    "GRADE 18": "Schunemann HJ, et al. J Clin Epidemiol 2019;111:105-114",
    "GRADE handbook": "Schunemann H, Brozek J, Guyatt G, Oxman A (eds). GRADE handbook, 2013",
    "Cochrane 14": "Cochrane Handbook for Systematic Reviews of Interventions, chapter 14",
    "CINeMA": "Nikolakopoulou A, et al. PLoS Med 2020;17:e1003082",
    "CINeMA software": "Papakonstantinou T, et al. Campbell Syst Rev 2020;16:e1080",
    "hilum": "hilum's convention, stated in docs/certainty.md",
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers of the rules; a field's comment says whose number it is.

    Shares run from 0 to 1. Ratios are symmetrical on the log scale where only one is given.
    """

    # Risk of bias: Cochrane Handbook table 14.2.a speaks of "most information"; the shares are
    # hilum's.
    appraised_share: float = 0.5
    high_share_serious: float = 0.25
    high_share_very_serious: float = 0.5
    # Inconsistency: I2 of 50 % and 75 % (GRADE 7: substantial from 50, considerable from 75).
    i2_serious: float = 50.0
    i2_very_serious: float = 75.0
    # Width of a prediction interval of a single-arm figure: hilum's.
    prediction_width_serious: float = 0.30
    prediction_width_very_serious: float = 0.60
    prediction_ratio_serious: float = 2.0
    prediction_ratio_very_serious: float = 4.0
    # Indirectness: "most information", as for risk of bias.
    indirect_share: float = 0.5
    # Imprecision: relative reduction or increase of 25 %, 300 events or 400 patients (GRADE 6).
    appreciable_benefit: float = 0.75
    appreciable_harm: float = 1.25
    optimal_events: int = 300
    optimal_patients: int = 400
    # Width of the confidence interval of a single-arm figure: hilum's.
    interval_width_serious: float = 0.20
    interval_width_very_serious: float = 0.40
    interval_ratio_serious: float = 1.5
    interval_ratio_very_serious: float = 2.25
    # Publication bias: at least ten studies (Cochrane Handbook 13.3.5.4), p < 0.10 (Egger 1997).
    funnel_studies: int = 10
    funnel_p: float = 0.10
    # Large effects: 2 (or 1/2) and 5 (or 1/5) (GRADE 9).
    large_effect: float = 2.0
    very_large_effect: float = 5.0
    # CINeMA: the smallest important ratio, as in its examples; p values of its incoherence rule.
    important_ratio: float = 1.25
    important_difference: float | None = None
    incoherence_p_some: float = 0.10
    incoherence_p_major: float = 0.01

    def __post_init__(self) -> None:
        faults = [
            Fault("thresholds", None, one.name, str(value), "a number above 0")
            for one in fields(self)
            if (value := getattr(self, one.name)) is not None and not value > 0
        ]
        if self.important_ratio <= 1:
            expected = "a ratio above 1; its inverse is the other limit"
            faults.append(
                Fault("thresholds", None, "important_ratio", str(self.important_ratio), expected)
            )
        if faults:
            raise InputError(*faults)
