"""What the codes of effect measures, models and tests are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.records import found
from hilum.synthesis.effects import MEASURES, measure
from hilum.synthesis.heterogeneity import ESTIMATORS
from hilum.synthesis.wald import INFERENCES

if TYPE_CHECKING:
    from hilum.analyses.pooled import Pooled
    from hilum.language import Words

METHODS: Final = {
    "EE": "equal effects",
    "GLMM": "exact likelihood",
    "HC": "common effect by Henmi and Copas",
    "MH": "Mantel-Haenszel",
    "Peto": "Peto",
    "exact-binomial": "exact binomial of the totals",
    "exact-Poisson": "exact Poisson of the totals",
}
"""Ways to pool that are no estimator of tau2."""
ESTIMATED: Final = "random effects"
EXACT: Final = "random effects, exact {model} likelihood"


WAYS: Final = {
    "prior": "a prior of tau",
    "hybrid": "Hartung-Knapp or z, the wider",
    "scores": "Hartung-Knapp of the scores or z, the wider",
    "t": "t",
    "groups": "t of the outermost groups",
    "outcomes": "t of each outcome's studies",
    "robust": "cluster-robust errors and t",
    "exact": "Clopper and Pearson, of one study's counts",
}
"""How the interval that readers are shown was made, where no test was asked for."""


NESTED: Final = "random effects in nested groups"
SEVERAL: Final = "random effects, several outcomes a study"
PRIOR: Final = "random effects with a weakly informative prior of tau"
UNIFORM: Final = "random effects with a prior of tau"


def measure_name(code: str, words: Words) -> str:
    """The name of an effect measure, with its code."""
    name = measure(code).name
    told = words(name)
    # Some languages say the code in the name.
    return (told if code in told else f"{told} ({code})") if name else code


def test_name(code: str, words: Words) -> str:
    """The name of a kind of test and interval, with its code."""
    name = found(INFERENCES, code, "test").name
    return code if name == code else f"{words(name)} ({code})"


def method_name(code: str, words: Words) -> str:
    """The name of a way to pool, with its code."""
    if code in METHODS:
        return f"{words(METHODS[code])} ({code})"
    return words("random effects, tau2 by {method}", method=code)


def asked_as(answer: Pooled, level: float, words: Words) -> str:
    """What was pooled and how, in words; the codes that ask for it stand behind."""
    name = measure(answer.measure).name
    if answer.exact is not None:
        from hilum.synthesis.exact import exact_model

        way = words(EXACT, model=words(exact_model(answer.measure, answer.exact).name))
    else:
        estimated = ESTIMATED if answer.method in ESTIMATORS else answer.method
        way = words(METHODS.get(answer.method, estimated))
    if answer.levels or answer.outcomes:
        way = words(NESTED if answer.levels else SEVERAL)
    by_code = shown_way(answer)
    seen = None if by_code is None else WAYS.get(by_code)
    test = answer.test
    if seen is not None:
        test = by_code
    kind = None if answer.robust is None else answer.robust.kind
    method = answer.method if test != "prior" else None
    own = (kind or test) if answer.k > 1 or test == "prior" else None
    codes = (answer.measure, method, answer.exact, own)
    by = None if answer.test is None else found(INFERENCES, answer.test, "test")
    named = {
        "measure": words(name) if name else answer.measure,
        "way": way,
        "level": f"{100 * level:g}",
        "k": answer.k,
        "codes": ", ".join(one for one in codes if one),
    }
    if answer.levels or answer.outcomes:
        return words(
            "{measure}, {way}, {level} % interval by {test}: {k} effects ({codes})",
            **named,
            test=words(seen or found(INFERENCES, answer.test or "z", "test").name),
        )
    if answer.k == 1 and test != "prior":
        return words("{measure}, {level} % interval: 1 study ({codes})", **named)
    if test == "prior":
        prior = None if answer.shown is None else answer.shown.prior
        flat = prior is not None and prior.kind == "uniform"
        named["way"] = words(UNIFORM if flat else PRIOR)
        return words("{measure}, {way}, {level} % interval: {k} studies ({codes})", **named)
    if seen is not None:
        return words(
            "{measure}, {way}, {level} % interval by {test}: {k} studies ({codes})",
            **named,
            test=words(seen),
        )
    if by is None or not by.student:
        return words("{measure}, {way}, {level} % interval: {k} studies ({codes})", **named)
    return words(
        "{measure}, {way}, {level} % interval by {test}: {k} studies ({codes})",
        **named,
        test=words(by.name),
    )


def shown_way(answer: Pooled) -> str | None:
    """How what readers are shown was made: of the mean, of moderators, or of the outcomes."""
    if answer.robust is not None:
        return "robust"
    if answer.shown is not None:
        return answer.shown.way
    if answer.coefficients is not None:
        return answer.coefficients.way
    return answer.outcomes[0].shown.way if answer.outcomes else None


def messages() -> set[str]:
    """Ids that stand in tables."""
    records = (*MEASURES.values(), *INFERENCES.values())
    own = (*METHODS.values(), *WAYS.values(), ESTIMATED, EXACT, PRIOR, UNIFORM, NESTED, SEVERAL)
    return {*own, *(one.name for one in records if one.name not in ("", one.code))}
