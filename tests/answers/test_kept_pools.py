"""Pooled figures kept beside the record are what the estimators give, and all that is asked."""

import json
import subprocess
import sys

import pytest

from hilum.answers import index, treatments
from hilum.answers.kept_pools import (
    KINDS,
    NO_MAXIMUM,
    bayes_ratios,
    collecting,
    computed,
    exact,
    kept,
    medians,
    name_of,
    shares,
    student,
    written,
)
from hilum.answers.patient import treatment_cells
from hilum.errors import NotConverged
from hilum.evidence import read_evidence
from hilum.synthesis import binomial_normal, exact_interval, random_effects


def near(one, other):
    """Alike to what another machine's library may differ by, at any depth."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            near(one[key], other[key])
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for left, right in zip(one, other, strict=True):
            near(left, right)
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=1e-6, abs=1e-9)
    else:
        assert one == other


@pytest.mark.parametrize("kind", KINDS)
def test_every_kept_figure_is_what_is_computed_today(kind):
    """Run ``make posterior`` after an estimator has changed."""
    assert kept()[kind]
    for name, held in kept()[kind].items():
        numbers = tuple(tuple(one) if isinstance(one, list) else one for one in json.loads(name))
        assert name_of(numbers) == name
        near(json.loads(json.dumps(computed(kind, numbers))), held)


def test_a_figure_is_the_same_whether_it_is_kept_or_not():
    """The rows of a kept figure in the reverse order are kept nowhere."""
    name = next(name for name in kept()["shares"] if len(json.loads(name)[0]) > 3)
    events, sizes = (tuple(one) for one in json.loads(name))
    labels = tuple(f"s{i}" for i in range(len(events)))
    turned = name_of((events[::-1], sizes[::-1]))
    assert turned not in kept()["shares"]
    one, other = shares(events, sizes, labels), shares(events[::-1], sizes[::-1], labels[::-1])
    assert one.labels == labels
    assert (one.k, one.n, one.method) == (other.k, other.n, other.method)
    assert one.value == pytest.approx(other.value, rel=1e-6)
    assert one.ci == pytest.approx(other.ci, rel=1e-5)
    assert one == binomial_normal(events, sizes, labels) or one.value == pytest.approx(
        binomial_normal(events, sizes, labels).value, rel=1e-9
    )


def test_numbers_that_are_not_kept_are_computed():
    assert name_of((1, 1009)) not in kept()["exact"]
    assert exact(1, 1009) == exact_interval(1, 1009)
    logs, variances = (0.1, 0.2, 0.35, 0.4), (0.02, 0.03, 0.05, 0.04)
    found = medians(logs, variances, ("a", "b", "c", "d"))
    plain = random_effects(logs, variances, ("a", "b", "c", "d"), back="exp")
    assert (found.value, found.ci, found.labels) == (plain.value, plain.ci, plain.labels)
    # Student's 97.5 % quantiles, Fisher & Yates' table III.
    for df, quantile in ((1, 12.706), (5, 2.571), (30, 2.042)):
        assert student(df) == pytest.approx(quantile, abs=5e-4)
    centre, ci, new, tau = bayes_ratios((-1.56, -1.27), (0.04, 0.05))
    assert new[0] < ci[0] < centre < ci[1] < new[1]
    assert tau > 0


def test_a_likelihood_without_a_maximum_stays_without(monkeypatch):
    name = name_of(((1, 2), (3, 4)))
    monkeypatch.setitem(kept()["shares"], name, NO_MAXIMUM)
    with pytest.raises(NotConverged):
        shares((1, 2), (3, 4), ("a", "b"))


@pytest.mark.parametrize(
    ("site", "grade", "line"),
    [("small_bowel", "G1-2", "later"), ("pancreas", "G3_NET", "first"), ("any", "NEC", "any")],
)
def test_cells_of_the_shipped_record_ask_for_nothing_that_is_not_kept(site, grade, line):
    """Run ``make posterior`` after the evidence has changed."""
    found = index(read_evidence())
    with collecting() as asked:
        for name in treatments():
            treatment_cells(found, name, site, grade, line)
    for kind, figures in asked.items():
        assert figures.keys() <= kept()[kind].keys(), "make posterior"
    assert json.loads(written(asked)).keys() == kept().keys()


def test_a_sheet_of_the_shipped_evidence_loads_no_array_library():
    code = (
        "import sys, hilum; from pathlib import Path\n"
        "made = hilum.board(Path('examples/pancreas-few.toml'))\n"
        "hilum.render(made, 'html', hilum.words('en'))\n"
        "print([one for one in ('numpy', 'scipy', 'jax') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
