"""The words of the judgements: codes below, sentences where they are shown.

Each sentence is a message id that a page may translate; ``{places}`` are filled from the facts.
"""

from typing import Final

DOMAINS: Final = {
    "start": "Start",
    "risk_of_bias": "Risk of bias",
    "inconsistency": "Inconsistency",
    "indirectness": "Indirectness",
    "imprecision": "Imprecision",
    "publication_bias": "Publication bias",
    "large_effect": "Large effect",
    "dose_response": "Dose-response gradient",
    "opposing_confounding": "Confounding that opposes the effect",
    "within_study_bias": "Within-study bias",
    "reporting_bias": "Reporting bias",
    "heterogeneity": "Heterogeneity",
    "incoherence": "Incoherence",
    "level": "Certainty",
}
JUDGEMENTS: Final = {
    "very_low": "very low",
    "low": "low",
    "moderate": "moderate",
    "high": "high",
    "not_serious": "not serious",
    "serious": "serious",
    "very_serious": "very serious",
    "extremely_serious": "extremely serious",
    "not_assessed": "not assessed",
    "none": "none",
    "upgrade": "rated up",
    "strong_upgrade": "rated up twice",
    "no_concerns": "no concerns",
    "some_concerns": "some concerns",
    "major_concerns": "major concerns",
}
REASONS: Final = {
    # Start
    "start_randomised": "randomised comparison",
    "start_nonrandomised": "comparison without randomisation",
    "start_robins_i": "comparison without randomisation, every study appraised with ROBINS-I, "
    "which then rates confounding and selection",
    "start_series": "single-arm figures: no control group",
    "start_series_retrospective": "single-arm figures, retrospective in part or whole: no control "
    "group and no planned follow-up",
    "start_network": "designs carrying at least half of the information start here",
    # Risk of bias
    "bias_not_appraised": "studies appraised: none of {k}",
    "bias_too_few_appraised": "studies with {share:.0f} % of the information appraised, at least "
    "{least:.0f} % needed",
    "bias_share": "{low:.0f} % of the appraised information at low, {some:.0f} % at some, "
    "{high:.0f} % at high risk ({tools})",
    "bias_robins_i": "most information at {level} risk or better by ROBINS-I",
    "bias_no_information": "ROBINS-I: no information to judge most of the evidence",
    # Inconsistency
    "one_study": "one study: nothing to be consistent with",
    "no_spread": "neither I² nor a prediction interval can be computed",
    "spread_ratio": "I² {i2} %; prediction interval {pi} reaches {extra} more limit(s) of "
    "{limits} than the confidence interval",
    "spread_single": "I² {i2} %; prediction interval {pi}",
    # Indirectness
    "direct": "patients as asked about",
    "indirect": "{partly:.0f} % of the information from mixed neuroendocrine tumours, "
    "{other:.0f} % from other liver metastases",
    # Imprecision
    "no_interval": "no confidence interval",
    "ratio_both": "interval {ci} includes benefit below {benefit:g} and harm above {harm:g}",
    "ratio_null": "interval {ci} includes no effect and a limit of {benefit:g} to {harm:g}",
    "ratio_small_events": "interval {ci}, but {size} events where {needed} are asked for",
    "ratio_small_patients": "interval {ci}, but {size} patients where {needed} are asked for",
    "ratio_unknown_size": "interval {ci}; number of patients not known, {needed} asked for",
    "ratio_precise_events": "interval {ci} with {size} events",
    "ratio_precise_patients": "interval {ci} with {size} patients",
    "single_width": "interval {ci}, width {width}",
    # Publication bias
    "funnel_single_arm": "no usable test: funnels of single-arm figures are asymmetrical without "
    "bias",
    "funnel_few": "studies: {k}; a test needs {least}",
    "funnel_no_test": "no test was made",
    "funnel": "test of small-study effects p = {p:.2g}",
    # Rating up
    "up_not_single_arm": "no comparison to be large",
    "up_not_randomised": "only comparisons without randomisation are rated up",
    "up_downgraded": "not rated up while another domain is serious",
    "up_not_large": "ratio {value:.2f}, not beyond {limit:g} or {inverse:g}",
    "up_interval": "ratio {value:.2f}, but its interval {ci} includes no effect",
    "up_large": "ratio {value:.2f}, beyond {limit:g} or {inverse:g}",
    "up_by_a_person": "judged by a person only",
    # CINeMA
    "contributions": "contributions: {low:.0f} % low, {some:.0f} % some, {high:.0f} % high",
    "contributions_unknown": "studies with {share:.0f} % of the contribution judged, at least "
    "{least:.0f} % needed",
    "reporting_unknown": "judged by a person only",
    "crossings": "interval {ci} crosses {crossed} of the limits {limits}",
    "crossings_two": "confidence interval crosses {ci} of the limits {limits}, prediction "
    "interval {pi}",
    "no_prediction": "no prediction interval",
    "direct_only": "direct evidence only",
    "indirect_only": "indirect evidence only; design-by-treatment interaction p = {p:.2g}",
    "indirect_only_common": "indirect evidence only; design-by-treatment interaction p = {p:.2g}, "
    "of common effects: no design has a second study, so that spread between studies counts as "
    "incoherence",
    "indirect_only_no_test": "indirect evidence only and no test of interaction",
    "no_test": "direct and indirect estimates not given",
    "sides_agree": "direct and indirect estimates do not differ (p = {p:.2g})",
    "sides": "direct {direct} and indirect {indirect} agree on {common} of 3 areas around {limits}",
    # Persons
    "person": "judged by a person",
}
