"""The lines that make a pooled answer again: in R by metafor (Viechtbauer 2010), or in Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from hilum.analyses.dependent import split
from hilum.analyses.moderators import read_moderator
from hilum.analyses.nested import levels_of
from hilum.errors import Fault, InputError, NotEstimable, phrased
from hilum.rendering.measures import shown_way
from hilum.synthesis.effects import measure as measure_of
from hilum.synthesis.effects.measures import GIVEN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hilum.analyses.pool import PoolAnswered
    from hilum.analyses.pool_asked import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.analyses.pooled import TauPrior

# Quadrature points of hilum's exact likelihoods.
POINTS: Final = 21
TRANSFORMS: Final = {
    "none": "",
    "exp": ", transf=exp",
    "expit": ", transf=transf.ilogit",
    "arcsine": ", transf=transf.iarcsin",
    "double-arcsine": ", transf=transf.ipft.hm, targs=list(ni=dat$ni)",
}
"""How predict() of metafor gives the scale that people read, by the measure's scale."""
SCORING: Final = "control=list(threshold=1e-12, maxiter=10000)"
ROOT: Final = "control=list(tol=1e-12)"
EXACTLY: Final = {"REML": SCORING, "ML": SCORING, "EB": SCORING, "PM": ROOT, "PMM": ROOT}
"""Metafor stops its searches for tau2 early, and would agree to some five digits."""
# The level of bayesmeta's summary.
USUAL: Final = 0.95
# Whole numbers below it are written without an exponent.
LONG: Final = 1e15
OF_R: Final = {"I", "exp", "factor", "log", "mean", "scale", "sqrt"}
"""Functions of a formula that R has with the same values."""
NAMES: Final = re.compile(r"[A-Za-z_][A-Za-z_0-9.]*")


def code_of(answer: PoolAnswered, language: str, file: Path) -> str:
    """Lines in a language that ask the same of the same rows.

    Raises
    ------
    InputError
        Another language.
    """
    if language.lower() not in WRITERS:
        known = ", ".join(WRITERS)
        raise InputError(
            Fault("--code", None, "code", language, phrased("one of {known}", known=known))
        )
    return WRITERS[language.lower()](answer, file)


def _python(answer: PoolAnswered, file: Path) -> str:
    from hilum.rendering.pool_taken import python

    return python(answer.asked, str(file)).rstrip()


def _r(answer: PoolAnswered, file: Path) -> str:
    """R: the rows used, with every digit, and metafor's call."""
    del file
    from hilum.analyses.pool_rows import complete_rows
    from hilum.synthesis.models import pooler

    asked = answer.asked
    if not answer.beta and answer.predict is None:
        return _totals(answer)
    way = pooler(asked.way)
    rows = complete_rows(asked, weighted=way.weighted)
    lines = ["library(metafor)", *_frame(asked, rows), *FAMILIES[_family(asked)](asked, rows)]
    lines += _robust(asked)
    if asked.bayes and answer.posterior is not None:
        return "\n".join([*lines, *_posterior(answer.posterior.prior, asked.level)])
    shown = answer.shown
    if shown_way(answer) not in (None, "asked", "robust"):
        lines.append("# metafor's figures; the interval that hilum shows holds with few studies.")
    lines.append("print(res, digits=6)")
    transform = TRANSFORMS[measure_of(asked.measure).scale]
    if answer.predictions:
        lines.append(f"print(predict(res, newmods={_newmods(answer)}{transform}), digits=6)")
    if not (asked.mods or asked.multivariate or asked.way == "HC"):
        transform = TRANSFORMS[measure_of(asked.measure).scale]
        lines.append(f"print(predict(res{transform}), digits=6)")
    if shown is not None and shown.prior is not None:
        lines.append("# What hilum shows: the posterior under its prior of tau.")
        lines.append('if (requireNamespace("bayesmeta", quietly=TRUE)) {')
        own = _posterior(shown.prior, asked.level)
        lines += [f"  {line.replace('res', 'shown', 1)}" for line in own]
        if measure_of(asked.measure).scale == "exp":
            lines.append('  print(exp(shown$summary[c(2, 5, 6), "mu"]))')
        lines.append('} else message("install.packages(\\"bayesmeta\\") for what hilum shows")')
    return "\n".join(lines)


WRITERS: Final[dict[str, Callable[[PoolAnswered, Path], str]]] = {"r": _r, "python": _python}
"""What writes the lines of a language, by its name in small letters."""


def _family(asked: PoolAsked) -> str:
    from hilum.synthesis.models import pooler

    for name in ("multilevel", "multivariate"):
        if getattr(asked, name):
            return name
    if asked.way in FAMILIES:
        return asked.way
    return "two_stage" if pooler(asked.way).weighted else asked.way


def _frame(asked: PoolAsked, rows: Rows) -> list[str]:
    columns = {"study": texts_of_r(rows.labels)}
    columns |= {name: numbers_of_r(values.tolist()) for name, values in rows.values.items()}
    if measure_of(asked.measure).columns == GIVEN:
        columns |= {"yi": numbers_of_r(rows.yi.tolist()), "vi": numbers_of_r(rows.vi.tolist())}
    places = {line: place for place, line in enumerate(asked.table.lines)}
    moderators = dict(rows.made.kinds) if rows.made is not None else {}
    for name in _own(asked):
        cells = asked.table.text(name)
        if name in moderators:
            cells = [str(cell) for cell in read_moderator(asked.table, name, factor=True).values]
        used = [cells[places[line]] for line in rows.lines]
        columns[name] = _cells(used)
    inside = ",\n  ".join(f"{_name(name)}={values}" for name, values in columns.items())
    return [f"dat <- data.frame(\n  {inside},\n  check.names=FALSE)"]


def _own(asked: PoolAsked) -> list[str]:
    """Columns of the table that the model needs beside the measure's."""
    header = set(asked.table.header)
    quoted = re.findall(r"`([^`]+)`", asked.mods or "")
    named = [*NAMES.findall(asked.mods or ""), *quoted, *split(asked.multilevel or "")]
    named += [*split(asked.covariances or ""), *filter(None, (asked.multivariate, asked.cluster))]
    return list(dict.fromkeys(n for n in (*named, asked.by) if n is not None and n in header))


def _cells(cells: Sequence[str]) -> str:
    try:
        return numbers_of_r([float(cell) for cell in cells])
    except ValueError:
        return texts_of_r(cells)


def numbers_of_r(values: Sequence[float]) -> str:
    """A vector of R with every digit."""
    return f"c({', '.join(_number(value) for value in values)})"


def _number(value: float) -> str:
    """Every digit that the number has."""
    if value != value:
        return "NA"
    return str(int(value)) if value == int(value) and abs(value) < LONG else repr(value)


def texts_of_r(values: Sequence[str]) -> str:
    """A vector of strings of R."""
    return f"c({', '.join(_text(value) for value in values)})"


def _text(value: str) -> str:
    """A string of R: what could end it, or is no plain character, by its code."""
    safe = [
        one if one.isprintable() and one not in '"\\' else f"\\U{ord(one):08x}" for one in value
    ]
    return f'"{"".join(safe)}"'


def _name(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z][A-Za-z0-9_.]*", name) else f"`{name.replace('`', '')}`"


def _escalc(asked: PoolAsked, rows: Rows) -> list[str]:
    measure = measure_of(asked.measure)
    if measure.columns == GIVEN:
        return []
    given = ", ".join(f"{name}={name}" for name in measure.columns)
    # Where nothing is corrected it is said so: measures that hilum never corrects, metafor would.
    fix = f", add={asked.add!r}, to={_text(asked.to)}" if _corrects(asked, rows) else ', to="none"'
    made = f"dat <- escalc(measure={_text(asked.measure)}, {given}, data=dat{fix})"
    if not any("`" in _name(name) for name in _own(asked)):
        return [made]
    # escalc() writes dots for the blanks of names.
    return ["own <- names(dat)", made, "names(dat)[seq_along(own)] <- own"]


def _corrects(asked: PoolAsked, rows: Rows) -> bool:
    from hilum.synthesis.effects import effect_sizes

    plain, _ = effect_sizes(asked.measure, rows.values, to="none")
    return not np.array_equal(plain, rows.yi, equal_nan=True)


def _two_stage(asked: PoolAsked, rows: Rows) -> list[str]:
    extra = [f"method={_text(asked.way)}", f"test={_text(asked.tested)}"]
    extra.append(f"level={100 * asked.level!r}")
    if asked.way in EXACTLY:
        extra.append(EXACTLY[asked.way])
    call = f"rma(yi, vi, data=dat, slab=study{{0}}, {', '.join(extra)})"
    lines = _escalc(asked, rows)
    if asked.mods:
        return [*lines, f"res <- {call.format(f', mods = {_formula(asked.mods)}')}"]
    lines.append(f"res <- {call.format('')}")
    if asked.by is not None and asked.same_tau2:
        groups = call.format(f", mods = ~ 0 + factor({_name(asked.by)})")
        lines.append(f"print({groups}, digits=6)")
    elif asked.by is not None:
        column = f"dat[[{_text(asked.by)}]]"
        each = call.format(f", subset=({column} == one)")
        lines.append(f"for (one in unique({column})) print({each}, digits=6)")
    return lines


def _cluster(asked: PoolAsked) -> str:
    return _name(asked.cluster or (split(asked.multilevel or "") or ("study",))[0])


def _robust(asked: PoolAsked) -> list[str]:
    """CR2 is clubSandwich's, which metafor calls; CR1 its own."""
    if asked.robust is None:
        return []
    more = "TRUE" if asked.robust == "CR2" else "FALSE"
    return [f"res <- robust(res, cluster={_cluster(asked)}, clubSandwich={more})"]


def _newmods(answer: PoolAnswered) -> str:
    """Rows of the design matrix, without the intercept that metafor adds."""
    first = 1 if answer.coef_names[0] == "intrcpt" else 0
    rows = [numbers_of_r([value or 0.0 for value in one.row[first:]]) for one in answer.predictions]
    return f"rbind({', '.join(rows)})"


def _posterior(prior: TauPrior, level: float) -> list[str]:
    """Bayesmeta's call (Röver 2020), whose posterior is the same; it is another package.

    Its intervals are the shortest by default, and hilum's central; rows of the summary are mode,
    median, mean, sd and both limits.
    """
    density = {
        "half-normal": f"function(t) dhalfnormal(t, scale={prior.scale!r})",
        "half-cauchy": f"function(t) dhalfcauchy(t, scale={prior.scale!r})",
        "uniform": f"function(t) dunif(t, 0, {prior.scale!r})",
    }[prior.kind]
    return [
        "library(bayesmeta)",
        "res <- bayesmeta(y=as.vector(dat$yi), sigma=sqrt(dat$vi), labels=dat$study,",
        f'  tau.prior={density}, interval.type="central")',
        "print(res$summary)",
        *([] if level == USUAL else [f"print(res$post.interval(mu.level={level!r}))"]),
    ]


def _nested(asked: PoolAsked, rows: Rows) -> list[str]:
    names = split(asked.multilevel or "")
    labels, columns = levels_of(asked, rows)
    del labels
    lines = _escalc(asked, rows)
    if "" in columns:
        lines.append("dat$row <- seq_len(nrow(dat))")
    inside = " / ".join([*(_name(one) for one in names), *(["row"] if "" in columns else [])])
    mods = f", mods = {_formula(asked.mods)}" if asked.mods else ""
    more = f"method={_text(asked.way)}, test={_text(asked.tested)}, level={100 * asked.level!r}"
    if asked.tested == "t":
        more += ', dfs="contain"'
    return [*lines, f"res <- rma.mv(yi, vi{mods}, random = ~ 1 | {inside}, data=dat, {more})"]


def _several(asked: PoolAsked, rows: Rows) -> list[str]:
    study, outcome = _name(asked.cluster or "study"), _name(asked.multivariate or "")
    lines = _escalc(asked, rows)
    if asked.covariances is None:
        made = f"vcalc(vi, cluster={study}, obs={outcome}, rho={asked.rho!r}, data=dat)"
    else:
        columns = ", ".join(_name(one) for one in split(asked.covariances))
        made = f"vcalc(vi=1, cluster={study}, rvars=c({columns}), data=dat)"
    more = f"method={_text(asked.way)}, level={100 * asked.level!r}"
    return [
        *lines,
        f"V <- {made}",
        f"res <- rma.mv(yi, V, mods = ~ 0 + factor({outcome}), random = ~ {outcome} | {study}, "
        f'struct="UN", data=dat, {more})',
    ]


def _henmi_copas(asked: PoolAsked, rows: Rows) -> list[str]:
    return [
        *_escalc(asked, rows),
        f'res <- hc(rma(yi, vi, data=dat, slab=study, method="DL", level={100 * asked.level!r}))',
    ]


def _formula(mods: str) -> str:
    """A formula of R.

    Raises
    ------
    NotEstimable
        A function whose columns R has another name or another coding of.
    """
    made = mods if mods.lstrip().startswith("~") else f"~ {mods}"
    made = re.sub(r"\bC\(\s*(`[^`]+`|\w+)\s*\)", r"factor(\1)", made)
    made = re.sub(r"\bcenter\(\s*(`[^`]+`|\w+)\s*\)", r"I(\1 - mean(\1))", made)
    made = re.sub(r"(?<![\w.])np\.(log|exp|sqrt)\(", r"\1(", made).replace("**", "^")
    other = set(re.findall(r"([A-Za-z_][\w.]*)\s*\(", re.sub(r"`[^`]*`", "", made))) - OF_R
    if other:
        message = phrased(
            "no code of R for {mods}: {name}() is not written in R the same way",
            mods=mods,
            name=min(other),
        )
        raise NotEstimable(message)
    return made


def _exact(asked: PoolAsked, rows: Rows) -> list[str]:
    del rows
    measure = measure_of(asked.measure)
    given = ", ".join(f"{name}={name}" for name in measure.columns)
    more = [f"level={100 * asked.level!r}", f"test={_text(asked.tested)}", f"nAGQ={POINTS}"]
    if len(measure.columns) > 2:
        from hilum.synthesis.exact import exact_model

        more.insert(0, f"model={_text(exact_model(asked.measure, asked.model).model)}")
    if asked.mods:
        more.insert(0, f"mods = {_formula(asked.mods)}")
    call = f"rma.glmm(measure={_text(asked.measure)}, {given}, data=dat, slab=study"
    return [f"res <- {call}, {', '.join(more)})"]


def _stratified(name: str) -> Callable[[PoolAsked, Rows], list[str]]:
    def write(asked: PoolAsked, rows: Rows) -> list[str]:
        del rows
        measure = measure_of(asked.measure)
        given = ", ".join(f"{one}={one}" for one in measure.columns)
        kind = f"measure={_text(asked.measure)}, " if name == "rma.mh" else ""
        return [f"res <- {name}({kind}{given}, data=dat, slab=study, level={100 * asked.level!r})"]

    return write


FAMILIES: Final[dict[str, Callable[[PoolAsked, Rows], list[str]]]] = {
    "two_stage": _two_stage,
    "multilevel": _nested,
    "multivariate": _several,
    "HC": _henmi_copas,
    "GLMM": _exact,
    "MH": _stratified("rma.mh"),
    "Peto": _stratified("rma.peto"),
}
"""metafor's call, by the way to pool."""


def _totals(answer: PoolAnswered) -> str:
    """One distribution's exact interval of the sums, which R has without a package."""
    asked = answer.asked
    rows = answer.studies
    if answer.transformed is None or answer.transformed.pred is None:
        message = "R has no lines for an answer without a figure"
        raise NotEstimable(message)
    if measure_of(asked.measure).unit == "proportion":
        events, n = (sum(getattr(one, name) or 0 for one in rows) for name in ("events", "n"))
        return f"print(binom.test({events}, {n}, conf.level={asked.level!r}))"
    from hilum.analyses.pool_rows import complete_rows

    values = complete_rows(asked, weighted=False).values
    events, time = float(values["xi"].sum()), float(values["ti"].sum())
    return f"print(poisson.test({events:g}, {time!r}, conf.level={asked.level!r}))"
