"""How much a pooled result hangs on single studies, small studies and chance."""

from hilum.synthesis.sensitivity.leaving_out import (
    EachLeftOut,
    Influence,
    Parts,
    baujat,
    cumulative,
    growing,
    influence,
    leave_one_out,
    refit,
    without_each,
)
from hilum.synthesis.sensitivity.resampling import bootstrap, gosh, permutation_test
from hilum.synthesis.sensitivity.selection import three_parameter
from hilum.synthesis.sensitivity.small_studies import (
    begg,
    caution,
    egger,
    egger_classical,
    peters,
    trim_and_fill,
)

__all__ = [
    "EachLeftOut",
    "Influence",
    "Parts",
    "baujat",
    "begg",
    "bootstrap",
    "caution",
    "cumulative",
    "egger",
    "egger_classical",
    "gosh",
    "growing",
    "influence",
    "leave_one_out",
    "permutation_test",
    "peters",
    "refit",
    "three_parameter",
    "trim_and_fill",
    "without_each",
]
