"""Predictions of a meta-regression at values of its moderators that were asked for."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

from hilum.analyses.forms import number
from hilum.analyses.pooled import Figures, Limits, Shown, limits_of, natural
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.pool_asked import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.synthesis.models import AnyFit


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionAt:
    """The mean at one value of each moderator.

    ``row`` is the design matrix's; ``se`` and ``predict`` are metafor's, on the measure's own
    scale, ``transformed`` the same on the scale that people read, ``shown`` what they are shown.
    ``beyond`` are moderators that lie outside what the studies have, with its ends.
    """

    at: dict[str, str]
    row: Figures
    se: float | None
    predict: Limits
    transformed: Limits
    shown: Shown
    beyond: dict[str, tuple[float, float]] = field(default_factory=dict)


def assigned(at: Sequence[str]) -> dict[str, list[str]]:
    """Values of each moderator, in their order.

    Raises
    ------
    InputError
        Something that is not NAME=VALUE.
    """
    out: dict[str, list[str]] = {}
    parts = [one.strip() for text in at for one in text.split(",") if one.strip()]
    for one in parts:
        name, equals, value = (part.strip() for part in one.partition("="))
        if not (name and equals and value):
            wanted = "a moderator and its value, such as age=60"
            raise InputError(Fault("", None, "at", one, wanted))
        out.setdefault(name, []).append(value)
    return out


def predictions(asked: PoolAsked, rows: Rows, fit: AnyFit | None) -> tuple[PredictionAt, ...]:
    """One an asked combination of values.

    Raises
    ------
    InputError
        A moderator that is not in the model or has no value, or a value that it cannot have.
    """
    import numpy as np

    from hilum.analyses.shown_at import shown_at

    if not asked.at or fit is None or rows.made is None:
        return ()
    values = assigned(asked.at)
    points = [
        dict(zip(values, one, strict=True))
        for one in product(*(dict.fromkeys(own) for own in values.values()))
    ]
    matrix = rows.made.at(points)
    about: Any = fit
    made = about.predict(matrix)
    limits = [limits_of(made, i) for i in range(len(points))]
    seen = shown_at(asked, rows, fit, np.asarray(matrix), limits)
    return tuple(
        PredictionAt(
            at=point,
            row=tuple(number(value) for value in matrix[i]),
            se=number(made.se[i]),
            predict=limits[i],
            transformed=natural(limits[i], rows, asked.measure),
            shown=seen[i],
            beyond=rows.made.beyond(point),
        )
        for i, point in enumerate(points)
    )


@dataclass(frozen=True, slots=True)
class MadeDesign:
    """How the design matrix was made: the parsed formula's state, and what each moderator was.

    ``ends`` are the least and the greatest value of each number in the rows used, ``factors`` the
    levels of each that C() makes a factor of, ``numbers`` their cells (NaN where missing).
    """

    spec: Any
    columns: tuple[str, ...] = ()
    kinds: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ends: tuple[tuple[str, float, float], ...] = ()
    factors: tuple[tuple[str, tuple[float, ...]], ...] = ()
    numbers: tuple[tuple[str, tuple[float, ...]], ...] = ()

    @property
    def categories(self) -> bool:
        """Whether a moderator is a factor."""
        return bool(self.factors) or any(levels for _, levels in self.kinds)

    def beyond(self, point: dict[str, str]) -> dict[str, tuple[float, float]]:
        """The ends of each number that lies outside what the studies have."""
        return {
            name: (low, high)
            for name, low, high in self.ends
            if name in point and not low <= float(point[name]) <= high
        }

    def at(self, points: Sequence[dict[str, str]]) -> Any:
        """Rows of the design matrix at other values.

        Raises
        ------
        InputError
            As :func:`predictions`.
        """
        import numpy as np
        import pandas as pd

        known = dict(self.kinds)
        faults: list[Fault] = []
        given = list(points[0])
        for name in given:
            if name not in known:
                wanted = phrased("one of {known}", known=", ".join(known))
                faults.append(Fault("", None, "at", name, wanted))
        missing = [name for name in known if name not in given]
        if missing:
            wanted = phrased("a value of {names} too", names=", ".join(missing))
            faults.append(Fault("", None, "at", ",".join(given), wanted))
        if faults:
            raise InputError(*faults)
        frame: dict[str, list[Any]] = {}
        for name, levels in known.items():
            texts = [point[name] for point in points]
            own = dict(self.factors).get(name, ())
            frame[name] = [_value(name, text, levels, own) for text in texts]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            matrix = self.spec.get_model_matrix(pd.DataFrame(frame), na_action="ignore")
        made = np.asarray(matrix, dtype=float)
        if not np.isfinite(made).all():
            wanted = phrased("values of which {terms} are numbers", terms=", ".join(self.columns))
            raise InputError(Fault("", None, "at", ",".join(given), wanted))
        return made


def _value(
    name: str, text: str, levels: tuple[str, ...], numbers: tuple[float, ...] = ()
) -> float | str:
    """A number, or one of the categories that the table has."""
    if levels:
        if text not in levels:
            wanted = phrased("one of {known}", known=", ".join(levels))
            raise InputError(Fault("", None, "at", f"{name}={text}", wanted))
        return text
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value - value != 0:
        raise InputError(Fault("", None, "at", f"{name}={text}", "a number"))
    if numbers and value not in numbers:
        wanted = phrased("one of {known}", known=", ".join(f"{one:g}" for one in numbers))
        raise InputError(Fault("", None, "at", f"{name}={text}", wanted))
    return value
