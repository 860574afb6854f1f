"""The reference networks of R netmeta 2.9.0 (tests/reference/README.md)."""

import csv
from pathlib import Path

import numpy as np

from hilum.synthesis.network import contrasts
from tests.synthesis.reference import FILES, numbers

NETWORKS = {name: data for name, data in FILES.items() if name.startswith("netmeta_")}


def load(name):
    """Contrasts of a reference file."""
    inputs = NETWORKS[name]["input"]
    return contrasts(
        inputs["studlab"],
        inputs["treat1"],
        inputs["treat2"],
        numbers(inputs["TE"]),
        numbers(inputs["seTE"]),
    )


def linde():
    """Linde 2016's 93 trials (Journal of Clinical Epidemiology 71, 86-96), log odds ratios."""
    with (Path(__file__).parent / "linde2016.csv").open() as file:
        rows = list(csv.DictReader(file))
    return contrasts(
        [row["id"] for row in rows],
        [row["treat1"] for row in rows],
        [row["treat2"] for row in rows],
        [float(row["lnOR"]) for row in rows],
        [float(row["selnOR"]) for row in rows],
    )


def dense(evidence, *, covariances=True, last=False, order=None):
    """Second implementation, dense: a - 1 contrasts of each study with their covariances.

    Returns y, V, T (covariance of heterogeneity for tau2 = 1) and X with the first treatment
    dropped. ``last`` takes the contrasts against each study's last treatment (in ``order``).
    ``covariances=False`` leaves the sampling covariances out, as netmeta 2.9 does for REML.
    """
    y, v, t, x = [], [], [], []
    rank = list(range(evidence.n)) if order is None else order
    for s in range(evidence.k):
        rows = np.flatnonzero(evidence.study == s)
        te, var = {}, {}
        for row in rows:
            a, b = int(evidence.treat1[row]), int(evidence.treat2[row])
            te[a, b], te[b, a] = evidence.TE[row], -evidence.TE[row]
            var[a, b] = var[b, a] = evidence.seTE[row] ** 2
        arms = sorted({arm for pair in te for arm in pair}, key=rank.index)
        base, others = (arms[-1], arms[:-1]) if last else (arms[0], arms[1:])
        var |= {(arm, arm): 0.0 for arm in arms}
        cov = [[(var[base, i] + var[base, j] - var[i, j]) / 2 for j in others] for i in others]
        y.append([te[i, base] for i in others])
        v.append(np.array(cov) if covariances else np.diag(np.diag(cov)))
        t.append((np.ones((len(others),) * 2) + np.eye(len(others))) / 2)
        design = np.zeros((len(others), evidence.n))
        for row, arm in enumerate(others):
            design[row, arm], design[row, base] = 1.0, -1.0
        x.append(design)
    from scipy.linalg import block_diag

    return np.concatenate(y), block_diag(*v), block_diag(*t), np.concatenate(x)[:, 1:]


def dense_reml(y, v, t, x, restricted=True):
    """Minus the (restricted) log-likelihood as a function of tau, constants left out."""

    def value(tau):
        w = np.linalg.inv(v + tau**2 * t)
        information = x.T @ w @ x
        theta = np.linalg.solve(information, x.T @ w @ y)
        left = y - x @ theta
        out = np.linalg.slogdet(w)[1] - left @ w @ left
        return -(out - (np.linalg.slogdet(information)[1] if restricted else 0.0)) / 2

    return value
