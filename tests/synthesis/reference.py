"""The reference files of R metafor 3.8.1 as cases (tests/reference/README.md)."""

import json
from pathlib import Path

import numpy as np
from scipy import stats

REFERENCE = Path(__file__).parents[1] / "reference"
FILES = {path.stem: json.loads(path.read_text()) for path in sorted(REFERENCE.glob("*.json"))}


def numbers(values):
    return np.array([np.nan if value is None else value for value in np.atleast_1d(values)], float)


class Case:
    """Effects of one data set on one measure, with what the reference says of them."""

    def __init__(self, name, yi, vi, fits, moderator):
        yi, vi = numbers(yi), numbers(vi)
        self.name, self.fits = name, fits
        self.usable = np.isfinite(yi) & np.isfinite(vi) & (np.nan_to_num(vi) > 0)
        self.yi, self.vi = yi[self.usable], vi[self.usable]
        self.moderator = None if moderator is None else numbers(moderator["values"])

    def has(self, key):
        return key in self.fits and "error" not in self.fits[key]


def _cases():
    for name, data in FILES.items():
        if "fits" in data:
            inputs = data["input"]
            yield Case(name, inputs["yi"], inputs["vi"], data["fits"], data.get("moderator"))
        effects = data.get("effects")
        for measure, block in effects.items() if isinstance(effects, dict) else ():
            if isinstance(block, dict) and "fits" in block:
                moderator = data.get("moderator")
                yield Case(f"{name}-{measure}", block["yi"], block["vi"], block["fits"], moderator)


CASES = list(_cases())


def new_study(predict, df):
    """Metafor's interval of a new study with t quantiles where it took normal ones.

    ``predict`` stands on the model's scale: the half-width is z times the root of se^2 + tau2, and
    that root is the same.
    """
    ratio = stats.t.ppf(0.975, df) / stats.norm.ppf(0.975)
    centre = predict["pred"]
    return {name: centre + ratio * (predict[name] - centre) for name in ("pi_lb", "pi_ub")}


def agree(found, expected, rel, floor, what):
    """Largest difference in units of ``rel * |expected| + floor`` is at most one."""
    a, b = np.atleast_1d(np.asarray(found, float)), numbers(expected)
    known = ~np.isnan(b)
    excess = np.abs(a[known] - b[known]) / (rel * np.abs(b[known]) + floor)
    assert np.all(excess <= 1), (what, a[known], b[known])
