"""What is computed beside a pooled answer, on the effects of its rows: each is one record.

These diagnostics are of the two-stage model, whatever model the answer came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.forms import numbers
from hilum.errors import Fault, InputError
from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.analyses.pool import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.synthesis.models import AnyFit
    from hilum.synthesis.two_stage import Fit
    from hilum.watch import Watch

Figures = tuple[float | None, ...]
LINE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class InfluenceFigures:
    """Deletion diagnostics, one entry a study (Viechtbauer & Cheung 2010)."""

    rstudent: Figures
    dffits: Figures
    cook: Figures
    covr: Figures
    tau2del: Figures
    QEdel: Figures
    hat: Figures
    weight: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class BaujatFigures:
    """Share of Q and pull on the result, one entry a study (Baujat 2002)."""

    x: Figures
    y: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class GoshFigures:
    """Pooled effect and I2 (percent), one entry a subset (Olkin 2012)."""

    beta: Figures
    I2: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledFigures:
    """Studies imputed by trim and fill, with their standard errors (Duval & Tweedie 2000)."""

    yi: Figures
    sei: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """The fitted line of one moderator: where the studies lie, and the line with its band."""

    moderator: str
    x: Figures
    at: Figures
    fitted: Figures
    low: Figures
    high: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The two-stage model that diagnostics are of, and those asked for.

    ``centre`` and ``se`` are its first coefficient, ``wide`` the standard error of a new study's
    effect, None for equal effects; ``common`` the common effect of inverse variances.
    """

    labels: tuple[str, ...]
    yi: Figures
    sei: Figures
    weights: Figures
    p: int
    centre: float
    se: float
    wide: float | None
    influence: InfluenceFigures | None = None
    baujat: BaujatFigures | None = None
    gosh: GoshFigures | None = None
    filled: FilledFigures | None = None
    line: LineFigures | None = None
    common: float | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing computed beside: the field it fills, if any; whether moderators may be there."""

    field: str | None
    make: Callable[[Fit, PoolAsked, Watch], Any]
    moderators: bool = True


def beside(asked: PoolAsked, rows: Rows, fit: AnyFit | None, watch: Watch) -> Beside:
    """The diagnostics asked for.

    Raises
    ------
    InputError
        One that this model does not have.
    """
    import numpy as np

    base, labels = _base(rows, fit)
    made: dict[str, Any] = {}
    for code in asked.beside:
        record = found(DIAGNOSTICS, code, "beside")
        if base.p > 1 and not record.moderators:
            raise InputError(Fault("", None, "beside", code, "a model without moderators"))
        figures = record.make(base, asked, watch)
        if record.field is not None:
            made[record.field] = figures
    centre, se = float(base.beta[0]), float(base.se[0])
    return Beside(
        labels=labels,
        yi=numbers(base.yi),
        sei=numbers(np.sqrt(base.vi)),
        weights=numbers(base.weights),
        p=base.p,
        centre=centre,
        se=se,
        wide=float(np.sqrt(base.se[0] ** 2 + base.tau2)) if base.random else None,
        **made,
    )


def _base(rows: Rows, fit: AnyFit | None) -> tuple[Fit, tuple[str, ...]]:
    import numpy as np

    from hilum.synthesis.two_stage import Fit
    from hilum.synthesis.two_stage import fit as refit

    if isinstance(fit, Fit):
        return fit, rows.labels
    usable = np.isfinite(rows.yi)
    labels = tuple(name for name, keep in zip(rows.labels, usable, strict=True) if keep)
    return refit(rows.yi[usable], rows.vi[usable]), labels


def _influence(base: Fit, asked: PoolAsked, watch: Watch) -> InfluenceFigures:
    from dataclasses import asdict

    from hilum.synthesis.sensitivity import influence

    del asked, watch
    return InfluenceFigures(
        **{name: numbers(values) for name, values in asdict(influence(base)).items()}
    )


def _baujat(base: Fit, asked: PoolAsked, watch: Watch) -> BaujatFigures:
    from hilum.synthesis.sensitivity import baujat

    del asked, watch
    share, pull = baujat(base)
    return BaujatFigures(x=numbers(share), y=numbers(pull))


def _gosh(base: Fit, asked: PoolAsked, watch: Watch) -> GoshFigures:
    from hilum.synthesis.sensitivity import gosh

    found = gosh(base, seed=asked.seed, watch=watch)
    return GoshFigures(beta=numbers(found.beta), I2=numbers(found.I2))


def _filled(base: Fit, asked: PoolAsked, watch: Watch) -> FilledFigures:
    import numpy as np

    from hilum.synthesis.sensitivity import trim_and_fill

    del asked, watch
    if base.k < 3:
        return FilledFigures(yi=(), sei=())
    found = trim_and_fill(base)
    return FilledFigures(yi=numbers(found.filled), sei=numbers(np.sqrt(found.fit.vi[base.k :])))


def _nothing(base: Fit, asked: PoolAsked, watch: Watch) -> None:
    del base, asked, watch


def _common(base: Fit, asked: PoolAsked, watch: Watch) -> float:
    del asked, watch
    return float((base.yi / base.vi).sum() / (1 / base.vi).sum())


def _line(base: Fit, asked: PoolAsked, watch: Watch) -> LineFigures:
    import numpy as np

    del asked, watch
    if base.p != 2 or base.names[0] != "intrcpt":
        wanted = "a model with one numeric moderator (mods '~ year')"
        raise InputError(Fault("", None, "beside", "line", wanted))
    x = base.design[:, 1]
    at = np.linspace(x.min(), x.max(), LINE)
    about = base.predict(np.column_stack([np.ones(LINE), at]))
    return LineFigures(
        moderator=base.names[1],
        x=numbers(x),
        at=numbers(at),
        fitted=numbers(about.pred),
        low=numbers(about.ci_lb),
        high=numbers(about.ci_ub),
    )


DIAGNOSTICS: Final[dict[str, Diagnostic]] = {
    # The effects and their model alone.
    "effects": Diagnostic(None, _nothing, moderators=False),
    "influence": Diagnostic("influence", _influence),
    "baujat": Diagnostic("baujat", _baujat),
    "gosh": Diagnostic("gosh", _gosh, moderators=False),
    "filled": Diagnostic("filled", _filled, moderators=False),
    "common": Diagnostic("common", _common, moderators=False),
    "line": Diagnostic("line", _line),
}
"""Diagnostics by their code; a new one is one record here and its field of :class:`Beside`."""
