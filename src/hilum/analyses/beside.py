"""What is computed beside a pooled answer, on the effects of its rows: each is one record.

These diagnostics are of the two-stage model, whatever model the answer came from; the line of a
moderator is that of the answer's own model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.forms import numbers
from hilum.errors import Fault, InputError
from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.analyses.pool_asked import PoolAsked
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
class Given:
    """What a diagnostic is made of: the two-stage model, and the question, rows and own fit."""

    base: Fit
    asked: PoolAsked
    rows: Rows
    fit: AnyFit | None
    watch: Watch


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing computed beside: the field it fills, if any; whether moderators may be there."""

    field: str | None
    make: Callable[[Given], Any]
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
    given = Given(base, asked, rows, fit, watch)
    made: dict[str, Any] = {}
    for code in asked.beside:
        record = found(DIAGNOSTICS, code, "beside")
        if base.p > 1 and not record.moderators:
            raise InputError(Fault("", None, "beside", code, "a model without moderators"))
        figures = record.make(given)
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
    design = None if rows.design is None else rows.design[usable]
    return refit(rows.yi[usable], rows.vi[usable], mods=design, names=rows.names), labels


def _influence(given: Given) -> InfluenceFigures:
    from dataclasses import asdict

    from hilum.synthesis.sensitivity import influence

    found = asdict(influence(given.base))
    del found["dfbs"]
    return InfluenceFigures(**{name: numbers(values) for name, values in found.items()})


def _baujat(given: Given) -> BaujatFigures:
    from hilum.synthesis.sensitivity import baujat

    share, pull = baujat(given.base)
    return BaujatFigures(x=numbers(share), y=numbers(pull))


def _gosh(given: Given) -> GoshFigures:
    from hilum.synthesis.sensitivity import gosh

    found = gosh(given.base, seed=given.asked.seed, watch=given.watch)
    return GoshFigures(beta=numbers(found.beta), I2=numbers(found.I2))


def _filled(given: Given) -> FilledFigures:
    import numpy as np

    from hilum.synthesis.sensitivity import trim_and_fill

    base = given.base
    if base.k < 3:
        return FilledFigures(yi=(), sei=())
    found = trim_and_fill(base)
    return FilledFigures(yi=numbers(found.filled), sei=numbers(np.sqrt(found.fit.vi[base.k :])))


def _nothing(given: Given) -> None:
    del given


def _common(given: Given) -> float:
    base = given.base
    return float((base.yi / base.vi).sum() / (1 / base.vi).sum())


def _line(given: Given) -> LineFigures:
    """The line of the model that pooled, with the band that readers are shown of it."""
    import numpy as np

    from hilum.analyses.shown_at import band

    base, fit = given.base, given.fit
    if base.p != 2 or base.names[0] != "intrcpt":
        wanted = "a model with one numeric moderator (mods '~ year')"
        raise InputError(Fault("", None, "beside", "line", wanted))
    x = base.design[:, 1]
    at = np.linspace(x.min(), x.max(), LINE)
    own: Any = base if fit is None else fit
    middle, low, high = band(given.asked, given.rows, own, np.column_stack([np.ones(LINE), at]))
    return LineFigures(
        moderator=base.names[1],
        x=numbers(x),
        at=numbers(at),
        fitted=numbers(middle),
        low=numbers(low),
        high=numbers(high),
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
