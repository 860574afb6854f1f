"""Network meta-analysis: contrasts in, every pairwise effect out."""

from hilum.synthesis.network.arms import arm_columns, arm_faults, contrasts_from_arms
from hilum.synthesis.network.component_model import ComponentFit, component_matrix, fit_components
from hilum.synthesis.network.connection import components, separate
from hilum.synthesis.network.contrasts import Contrasts, contrasts
from hilum.synthesis.network.contribution import (
    Hat,
    contributions,
    hat_matrix,
    study_contributions,
)
from hilum.synthesis.network.faults import RowFault
from hilum.synthesis.network.fit import Effects, NetworkFit, fit_network
from hilum.synthesis.network.heterogeneity import NETWORK_ESTIMATORS, NetworkMethod
from hilum.synthesis.network.inconsistency import (
    Decomposition,
    NetHeat,
    QTest,
    decompose,
    net_heat,
)
from hilum.synthesis.network.ranking import Ranks, SmallValues, p_scores, rank_probabilities
from hilum.synthesis.network.small_studies import AdjustedFunnel, adjusted_funnel
from hilum.synthesis.network.splitting import (
    NodeSplit,
    Part,
    Split,
    direct_indirect,
    node_split,
    without_direct,
)

__all__ = [
    "NETWORK_ESTIMATORS",
    "AdjustedFunnel",
    "ComponentFit",
    "Contrasts",
    "Decomposition",
    "Effects",
    "Hat",
    "NetHeat",
    "NetworkFit",
    "NetworkMethod",
    "NodeSplit",
    "Part",
    "QTest",
    "Ranks",
    "RowFault",
    "SmallValues",
    "Split",
    "adjusted_funnel",
    "arm_columns",
    "arm_faults",
    "component_matrix",
    "components",
    "contrasts",
    "contrasts_from_arms",
    "contributions",
    "decompose",
    "direct_indirect",
    "fit_components",
    "fit_network",
    "hat_matrix",
    "net_heat",
    "node_split",
    "p_scores",
    "rank_probabilities",
    "separate",
    "study_contributions",
    "without_direct",
]
