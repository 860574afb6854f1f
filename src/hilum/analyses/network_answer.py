"""What a network says, as records that JSON can hold, under netmeta's names."""

from __future__ import annotations

from dataclasses import dataclass, field

from hilum.analyses.pool import Refused

Figures = tuple[float | None, ...]
Matrix = tuple[Figures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reml:
    """The model by REML, whatever was asked for."""

    tau: float | None
    TE_random: Matrix
    seTE_random: Matrix  # noqa: N815
    loglik: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankFigures:
    """Simulated ranks: probability of each rank (row: treatment), SUCRA, means, intervals."""

    seed: int
    draws: int
    probability: Matrix
    sucra: dict[str, float]
    mean_rank: dict[str, float]
    rank_interval: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class QRow:
    """One Q test; ``row`` says of what."""

    row: str
    Q: float | None
    df: int
    pval: float | None
    tau: float | None = None
    tau_within: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposed:
    """Q within and between designs (Krahn 2013), and the design-by-treatment test."""

    Q_decomp: tuple[QRow, ...]
    Q_het_design: tuple[QRow, ...]
    Q_inc_detach: tuple[QRow, ...]
    Q_inc_random: tuple[QRow, ...]
    interaction_wald: QRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRow:
    """One comparison from one side."""

    comparison: str
    TE: float | None
    seTE: float | None  # noqa: N815
    lower: float | None
    upper: float | None
    statistic: float | None
    p: float | None
    Q: float | None = None
    tau2: float | None = None
    tau: float | None = None
    I2: float | None = None
    z: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFigures:
    """Direct and indirect evidence of every comparison; ``pairs`` are places in ``trts``."""

    comparison: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    k: tuple[int, ...]
    prop_random: Figures
    network: tuple[SplitRow, ...]
    direct: tuple[SplitRow, ...]
    indirect: tuple[SplitRow, ...]
    compare: tuple[SplitRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Direct against indirect: each an estimate and its standard error, or nothing."""

    direct: Figures
    indirect: Figures
    difference: Figures
    p: float | None
    tau: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRow:
    """One comparison split by the model, and by leaving the direct evidence out (SIDDE)."""

    comparison: str
    model: Sides
    SIDDE: Sides


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatFigures:
    """The net heat plot (Krahn 2013)."""

    designs: tuple[str, ...]
    heat: Matrix
    hat: Matrix
    Q: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributed:
    """Share of direct comparisons and of studies in every comparison."""

    comparison: tuple[str, ...]
    direct: tuple[str, ...]
    hat: Matrix
    share: Matrix
    studies: tuple[str, ...]
    study_share: Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class NaturalScale:
    """Random effects on the scale that people read."""

    TE: Matrix
    lower: Matrix
    upper: Matrix
    lower_predict: Matrix
    upper_predict: Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Studies that compare two treatments directly; places in ``trts``."""

    one: int
    two: int
    studies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Studies around the mean of their comparison (Chaimani 2012)."""

    effect: Figures
    se: Figures
    comparison: tuple[str, ...]
    study: tuple[str, ...]
    pval: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftStudy:
    """A study without information; ``reason`` is a code."""

    studlab: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Additive:
    """The additive component model (Welton 2009)."""

    comps: tuple[str, ...]
    estimable: tuple[bool, ...]
    Comp_random: Figures
    seComp_random: Figures  # noqa: N815
    pval_random: Figures
    Comp_common: Figures
    seComp_common: Figures  # noqa: N815
    Q_additive: float | None
    df: int
    pval_Q: float | None  # noqa: N815
    Q_diff: float | None
    df_diff: int
    pval_diff: float | None
    tau: float | None
    trts: tuple[str, ...]
    matrix: Matrix
    TE_random: Matrix
    seTE_random: Matrix  # noqa: N815


@dataclass(frozen=True, kw_only=True)
class NetworkFigures:
    """One connected network; matrices are row minus column, in the order of ``trts``."""

    measure: str
    method: str | None = None
    small_values: str | None = None
    reference: str | None = None
    suggested_reference: str | None = None
    level: float | None = None
    trts: tuple[str, ...] = ()
    k: int | None = None
    m: int | None = None
    n: int | None = None
    Q: float | None = None
    df: int | None = None
    pval_Q: float | None = None  # noqa: N815
    tau: float | None = None
    tau2: float | None = None
    I2: float | None = None
    TE_common: Matrix = ()
    seTE_common: Matrix = ()  # noqa: N815
    lower_common: Matrix = ()
    upper_common: Matrix = ()
    pval_common: Matrix = ()
    TE_random: Matrix = ()
    seTE_random: Matrix = ()  # noqa: N815
    lower_random: Matrix = ()
    upper_random: Matrix = ()
    pval_random: Matrix = ()
    lower_predict: Matrix = ()
    upper_predict: Matrix = ()
    REML: Reml | None = None
    pscore_common: dict[str, float] = field(default_factory=dict)
    pscore_random: dict[str, float] = field(default_factory=dict)
    ranks: RankFigures | None = None
    decomp: Decomposed | None = None
    split: SplitFigures | None = None
    node_split: tuple[NodeRow, ...] = ()
    net_heat: HeatFigures | None = None
    contribution: Contributed | Refused | None = None
    transformed: NaturalScale | None = None
    edges: tuple[Edge, ...] = ()
    studies_of: tuple[int, ...] = ()
    multi_arm: tuple[tuple[int, ...], ...] = ()
