"""A fitted model as the object that ``--json`` prints: the reference's keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.cli.model import plain

if TYPE_CHECKING:
    from hilum.cli.model import Data, Options
    from hilum.synthesis.exact import ExactFit
    from hilum.synthesis.stratified import StratifiedFit
    from hilum.synthesis.two_stage import Fit

COEFFICIENTS = ("beta", "se", "zval", "pval", "ci_lb", "ci_ub")
FREEMAN_TUKEY = (
    "back-transformed with the harmonic mean of n (Miller 1978), which can mislead where n differ "
    "widely (Schwarzer 2019): prefer PLO"
)
LIMITS = ("pred", "ci_lb", "ci_ub", "pi_lb", "pi_ub")


def as_object(fit: Fit | ExactFit | StratifiedFit, data: Data, options: Options) -> dict[str, Any]:
    """Everything a fit says, on the model's own scale, with ``transformed`` beside it."""
    from hilum.synthesis.effects import measure as measure_of
    from hilum.synthesis.exact import ExactFit
    from hilum.synthesis.stratified import StratifiedFit

    out: dict[str, Any] = {"measure": options.measure, "method": options.method}
    if isinstance(fit, StratifiedFit):
        out |= {name: getattr(fit, name) for name in COEFFICIENTS}
        out |= {"QE": fit.QE, "QEp": fit.QEp, "k": fit.k}
        out |= {
            n: getattr(fit, n) for n in ("MH", "MHp", "BD", "TA") if getattr(fit, n) is not None
        }
        predict = {"pred": fit.beta, "ci_lb": fit.ci_lb, "ci_ub": fit.ci_ub}
    else:
        out["test"] = fit.test
        if fit.p > 1:
            out["coef_names"] = list(fit.names)
        out |= {name: getattr(fit, name) for name in COEFFICIENTS}
        out |= {"tau2": fit.tau2, "I2": fit.I2, "H2": fit.H2, "QE": fit.QE, "QEp": fit.QEp}
        out |= {"k": fit.k, "p": fit.p, "dfs": fit.dfs}
        if isinstance(fit, ExactFit):
            out |= {"model": fit.model, "QE_Wld": fit.QE_Wld, "loglik": fit.loglik}
        else:
            names = ("se_tau2", "QM", "QMp", "R2", "loglik_ml", "loglik_reml")
            out |= {name: getattr(fit, name) for name in names}
            if fit.k > fit.p and fit.random:
                from hilum.synthesis import q_profile

                around = q_profile(fit)
                out["confint"] = {n: getattr(around, n) for n in ("tau2", "I2", "H2")}
        predict = {}
        if fit.p == 1:
            about = fit.predict()
            predict = {name: getattr(about, name) for name in LIMITS}
    if predict:
        out["predict"] = predict
        out["transformed"] = transformed(predict, data, options)
        if "freeman_tukey" in measure_of(options.measure).notes:
            out["note"] = FREEMAN_TUKEY
    return plain(out)


def transformed(predict: dict[str, Any], data: Data, options: Options) -> dict[str, Any]:
    """Pooled figures on the scale people read."""
    from hilum.synthesis.effects import SCALES, back_transform, harmonic_mean
    from hilum.synthesis.effects import measure as measure_of

    sized = SCALES[measure_of(options.measure).scale].sized
    sizes = harmonic_mean(data.values["ni"]) if sized else None
    return {
        name: plain(back_transform(value, options.measure, sizes))
        for name, value in predict.items()
    }


def degenerate(data: Data, options: Options) -> dict[str, Any] | None:
    """One study, or nothing but extremes: the exact binomial interval on the totals (PLO only)."""
    if options.measure != "PLO" or options.mods:
        return None
    from hilum.synthesis import binomial_normal

    found = binomial_normal(data.values["xi"], data.values["ni"], data.labels, level=options.level)
    if found.method != "exact-binomial":
        return None
    return {
        "measure": "PLO",
        "method": "exact-binomial",
        "k": found.k,
        "tau2": None,
        "transformed": {"pred": found.value, "ci_lb": found.ci[0], "ci_ub": found.ci[1]},
        "note": "one study, or studies with no events or nothing else: "
        "Clopper-Pearson interval of the totals, no heterogeneity",
    }
