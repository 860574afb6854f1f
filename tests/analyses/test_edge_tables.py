"""Small tables with values at every end: an answer that can be, or a reasoned refusal.

Random but fixed: hypothesis draws the same tables every time. Warnings are errors (pytest's
settings), and so is any exception that is not one of hilum's own.
"""

import math
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hilum.analyses.network import NetworkAsked
from hilum.analyses.network import run as network
from hilum.analyses.pool import Limits, Pooled
from hilum.analyses.pool import run as pool
from hilum.analyses.pool_asked import PoolAsked
from hilum.analyses.sensitivity import SensitivityAnswered, SensitivityAsked
from hilum.analyses.sensitivity import run as sensitivity
from hilum.analyses.survival import SurvivalAsked
from hilum.analyses.survival import run as survival
from hilum.analyses.survival_answer import Alive, Lasting
from hilum.errors import HilumError
from hilum.language import words
from hilum.rendering.network import network_lines
from hilum.rendering.pool import pool_lines
from hilum.rendering.sensitivity import sensitivity_lines
from hilum.rendering.survival import survival_lines
from hilum.synthesis.effects import MEASURES
from hilum.synthesis.heterogeneity import ESTIMATORS
from hilum.synthesis.models import methods
from hilum.synthesis.network import NETWORK_ESTIMATORS
from hilum.synthesis.wald import INFERENCES
from tests.analyses.tables import table

FIXED = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
SIZES = st.sampled_from([1, 2, 3, 10, 40, 41, 1000, 10**6])
LEVELS = st.sampled_from([0.001, 0.5, 0.95, 0.999])
# Names of figures that are a chance, a share of 100 or a spread.
CHANCES = ("QEp", "QMp", "MHp", "LRTp", "p", "Qp", "q_p")
SHARES = ("I2", "R2")
SPREADS = ("tau2", "H2", "se", "se_tau2", "QE", "QM", "Q", "delta", "LRT")


def counts(size):
    return st.sampled_from(sorted({0, 1, size // 2, max(size - 1, 0), size}))


def cell(name):
    """Values of a column, ends among them; sizes and events of a group go together."""
    if name.startswith("v"):
        return st.sampled_from([1e-12, 0.1, 0.1, 0.1, 0.5, 1e6])
    if name.startswith("sd"):
        return st.sampled_from([1e-6, 1.0, 1.0, 50.0])
    if name.startswith("t"):
        return st.sampled_from([0.01, 10.0, 10.0, 1e6])
    return st.sampled_from([-1e3, -0.5, 0.0, 0.5, 0.5, 0.5, 2.0, 1e3])


@st.composite
def row(draw, columns):
    sizes = {name: draw(SIZES) for name in columns if name.startswith("n")}
    groups = list(sizes.values())
    out = []
    for name in columns:
        if name in sizes:
            out.append(sizes[name])
        elif name[0] in "xac" and groups:
            # Columns stand in pairs: events, then their group's size.
            size = sizes[columns[columns.index(name) + 1]]
            out.append(draw(counts(size)))
        elif name[0] == "x":
            out.append(draw(st.sampled_from([0, 0, 1, 5, 10**6])))
        else:
            out.append(draw(cell(name)))
    return out


@st.composite
def measured(draw, code):
    columns = MEASURES[code].columns
    k = draw(st.sampled_from([1, 2, 2, 3, 4, 6]))
    rows = [draw(row(columns)) for _ in range(k)]
    if draw(st.booleans()):
        rows = [rows[0]] * k
    rows = [[f"s{i}", *one, "xy"[i % 2]] for i, one in enumerate(rows)]
    return table(" ".join(("study", *columns, "g")), *rows)


def every(part, kinds):
    """All parts of an answer of some kinds."""
    if is_dataclass(part):
        if isinstance(part, kinds):
            yield part
        for one in fields(part):
            yield from every(getattr(part, one.name), kinds)
    elif isinstance(part, dict):
        for one in part.values():
            yield from every(one, kinds)
    elif isinstance(part, tuple | list):
        for one in part:
            yield from every(one, kinds)


def figures(part, names):
    """Values of fields by their name, anywhere in an answer."""
    if is_dataclass(part):
        for one in fields(part):
            value = getattr(part, one.name)
            if one.name in names:
                flat = value if isinstance(value, tuple) else (value,)
                yield from ((one.name, x) for x in flat if isinstance(x, int | float))
            if one.name != "asked":
                yield from figures(value, names)
    elif isinstance(part, dict):
        for one in part.values():
            yield from figures(one, names)
    elif isinstance(part, tuple | list):
        for one in part:
            yield from figures(one, names)


def hold(low, value, high, slack=1e-9):
    if None in (low, value, high):
        return
    room = slack * (1 + abs(value))
    assert low <= value + room, (low, value, high)
    assert value <= high + room, (low, value, high)


def possible(answer):
    for name, value in figures(answer, (*CHANCES, "pval")):
        assert 0 <= value <= 1 + 1e-12, (name, value)
    for name, value in figures(answer, SHARES):
        assert 0 <= value <= 100 + 1e-9, (name, value)
    for name, value in figures(answer, SPREADS):
        assert value >= -1e-12, (name, value)
    for one in every(answer, Limits):
        hold(one.ci_lb, one.pred, one.ci_ub)
        hold(one.pi_lb, one.pred, one.pi_ub)
        if one.pi_lb is not None:
            # A new study is less certain than the average.
            hold(one.pi_lb, one.ci_lb, math.inf)
    for one in every(answer, Pooled):
        for low, value, high in zip(one.ci_lb, one.beta, one.ci_ub, strict=True):
            hold(low, value, high)
        limits = one.transformed
        measure = MEASURES[one.measure]
        if limits is not None:
            for value in (limits.pred, limits.ci_lb, limits.ci_ub, limits.pi_lb, limits.pi_ub):
                assert value is None or measure.least <= value <= measure.most
    for one in every(answer, Alive | Lasting):
        value = one.survival if isinstance(one, Alive) else one.value
        hold(one.ci[0], value, one.ci[1])
        if isinstance(one, Alive):
            assert 0 <= value <= 1


def answered(run, ask, lines):
    """An answer, checked and told in both languages; None where it was refused."""
    try:
        answer = run(ask())
    except HilumError as error:
        refused = error
    else:
        refused = None
    if refused is not None:
        assert str(refused).strip()
        return None
    possible(answer)
    for language in ("en", "zh-Hans"):
        told = lines(answer, words(language))
        assert told
        assert not any("nan" in line.lower().split() for line in told), told
    return answer


@pytest.mark.parametrize("code", MEASURES)
def test_every_measure_is_pooled_or_refused_with_a_reason(code):
    ways = methods()

    @settings(FIXED, max_examples=12)
    @given(measured(code), st.sampled_from(ways), st.sampled_from(list(INFERENCES)), LEVELS)
    def check(made, method, test, level):
        for by in (None, "g"):
            answered(
                pool,
                lambda by=by: PoolAsked(
                    table=made, measure=code, method=method, test=test, level=level, by=by
                ),
                pool_lines,
            )

    check()


@pytest.mark.parametrize("code", MEASURES)
def test_every_measure_has_its_default_answer_whatever_is_in_it(code):
    @settings(FIXED, max_examples=12)
    @given(measured(code))
    def check(made):
        answered(pool, lambda: PoolAsked(table=made, measure=code), pool_lines)

    check()


@pytest.mark.parametrize("code", MEASURES)
def test_sensitivity_answers_in_each_part_or_says_why_not(code):
    @settings(FIXED, max_examples=3)
    @given(measured(code), st.sampled_from(list(ESTIMATORS)), st.sampled_from(list(INFERENCES)))
    def check(made, method, test):
        answer = answered(
            sensitivity,
            lambda: SensitivityAsked(
                table=made, measure=code, method=method, test=test, permutations=16
            ),
            sensitivity_lines,
        )
        assert answer is None or isinstance(answer, SensitivityAnswered)

    check()


@st.composite
def contrasts(draw):
    names = draw(st.sampled_from(["AB", "ABC", "ABCD"]))
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=6))
    rows = [
        [f"s{i}", *pair, draw(cell("y")), draw(st.sampled_from([1e-6, 0.3, 0.3, 100.0]))]
        for i, pair in enumerate(chosen)
    ]
    return table("studlab treat1 treat2 TE seTE", *rows)


@st.composite
def arms(draw):
    rows = []
    for i in range(draw(st.integers(1, 4))):
        for name in draw(st.sampled_from(["AB", "AC", "BC", "ABC", "AA"])):
            size = draw(SIZES)
            rows.append([f"s{i}", name, draw(counts(size)), size])
    return table("studlab treat event n", *rows)


@settings(FIXED, max_examples=60)
@given(
    contrasts() | arms(),
    st.sampled_from(list(NETWORK_ESTIMATORS)),
    st.booleans(),
    st.booleans(),
    LEVELS,
)
def test_networks_are_compared_or_refused_with_a_reason(made, method, apart, additive, level):
    answered(
        network,
        lambda: NetworkAsked(
            table=made,
            method=method,
            separate=apart,
            additive=additive,
            level=level,
            draws=50,
            contributions=True,
        ),
        network_lines,
    )


@st.composite
def reports(draw):
    rows = []
    for i in range(draw(st.integers(1, 4))):
        for _ in range(draw(st.integers(1, 3))):
            kind = draw(st.sampled_from(["rate", "median", "not_reached"]))
            time = draw(st.sampled_from([1, 12, 36, 60]))
            n = draw(st.sampled_from(["", 1, 5, 40, 10**6]))
            if kind == "rate":
                rows.append([f"s{i}", kind, time, draw(st.sampled_from([0, 1, 50, 99, 100])), n])
            elif kind == "median":
                rows.append([f"s{i}", kind, "", time, n])
            else:
                rows.append([f"s{i}", kind, time, "", n])
    return table("study kind time value n", *rows)


@settings(FIXED, max_examples=12)
@given(
    reports(),
    st.sampled_from(["exponential", "weibull", "best"]),
    st.sampled_from(["joint", "combescure", "combescure-fixed"]),
    st.sampled_from([None, 1.0, 1000.0]),
)
def test_survival_is_pooled_or_refused_with_a_reason(made, family, method, horizon):
    answered(
        survival,
        lambda: SurvivalAsked(
            table=made, family=family, method=method, unit="months", rates="percent",
            horizon=horizon,
        ),
        survival_lines,
    )  # fmt: skip
