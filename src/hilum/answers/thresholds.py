"""Every limit of the answers, with the reason for it."""

from typing import Final

from hilum.synthesis.widest import WIDEST_SHARE as WIDEST_SHARE

MIN_STUDIES: Final = 3
"""Studies with a denominator that a pooled line needs: two studies are shown as they are."""
MIN_PATIENTS: Final = 30
"""Patients that a pooled line or a total needs: fewer say nothing that a range does not."""
MIN_SERIES: Final = 10
"""Patients of a series that may enter a pooled response: smaller ones are published for their
success. Harms use everybody."""
WIDEST_MONTHS: Final = 3.0
"""Upper over lower end of a pooled median's interval, for the same reason."""
CENTRE_POINTS: Final = 10.0
"""Points between the pooled centre and the patient-weighted share: beyond, small studies pull the
centre away from the patients seen."""
CENTRE_FACTOR: Final = 1.5
"""The same for medians, as a factor either way."""
ENOUGH_PATIENTS: Final = 60
"""Patients with n of one primary site that answer without the neighbouring sites."""
TRIAL_ARM: Final = 50
"""Patients of a randomised arm that answers for a site by itself."""
PREDICTION_STUDIES: Final = 4
"""Studies that a prediction interval needs: tau rests on three degrees of freedom at least."""
SE_MEDIAN: Final = 1.49
"""se(log median) * sqrt(n) of a median without interval: theory for an exponential survival with
everybody followed 1 / ln 2 = 1.44; median over the rows of the tables with interval and n 1.49."""
FOLLOWED: Final = 0.8
"""Share of n that a survival rate without interval amounts to, for patients were censored: median
over the rows with interval and n 0.83, after 40 months 0.75."""
MINORITY: Final = 20.0
"""Percent pancreatic below which a mixed arm does not speak for pancreatic tumours."""
MAJORITY: Final = 50.0
"""Percent pancreatic from which a mixed arm does not speak for the others."""
BOWEL_MAJORITY: Final = 60.0
"""Percent of the small bowel from which a mixed arm does not speak for pancreatic tumours."""
FEW_GRADE_3: Final = 20.0
"""Percent of grade 3 up to which a mixed arm speaks for grade 1 and 2."""
ROUNDING: Final = 0.5
"""Points or months by which two printed figures may seem to contradict by rounding."""
CLEARLY_BELOW: Final = 3.0
"""Points by which a later rate from other studies must fall below an earlier one."""
PRINTED_SHARE: Final = 60.0
"""Points; a single study's interval that is wider is not printed: it says nothing."""
PRINTED_MONTHS: Final = 5.0
"""Upper over lower end of a single median's interval, for the same reason."""
ONE_DECIMAL_N: Final = 1000
"""Patients from which a share below 10 % is printed with one decimal."""
Z95: Final = 1.96
"""Half width of a 95 % interval in standard errors, as papers print it."""
