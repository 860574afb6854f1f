"""Every prior of the joint model as one frozen, editable record."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, cast

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Scale:
    """Half-normal prior of a standard deviation, its fixed value, or uniform from 0 to it."""

    value: float
    fixed: bool = False
    uniform: bool = False

    @property
    def free(self) -> bool:
        """Whether the data may move it; a scale of 0 is fixed at 0."""
        return not self.fixed and self.value > 0


@dataclass(frozen=True, slots=True)
class Normal:
    """Normal prior; ``sd`` 0 fixes the parameter at ``mean``."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Priors:
    """Priors on the model's scale (log odds of an event, or log hazard a month).

    docs/joint.md gives the reason of every default.

    Attributes
    ----------
    centre : Normal
        Common level around which treatments lie.
    effect_sd : float
        Standard deviation of treatments around it.
    sigma : Scale
        Standard deviation of the studies' baselines.
    tau : Scale
        Heterogeneity of a contrast between two treatments.
    bias_comparative : Normal
        Mean bias of non-randomised comparisons in favour of the arm marked ``favoured``.
    kappa_comparative : Scale
        Standard deviation of a single non-randomised comparison's bias.
    bias_single : Normal
        Mean bias of single-arm series.
    kappa_single : Scale
        Standard deviation of a single series' own bias.
    shrinkage : Scale
        Standard deviation of covariate effects (one observed standard deviation of a covariate).
    interaction : Scale
        Standard deviation of treatments' departures from a covariate's common effect.
    """

    centre: Normal = Normal(0.0, 2.5)
    effect_sd: float = 2.0
    sigma: Scale = Scale(1.0)
    tau: Scale = Scale(0.5)
    bias_comparative: Normal = Normal(0.0, 0.2)
    kappa_comparative: Scale = Scale(0.35)
    bias_single: Normal = Normal(0.0, 0.4)
    kappa_single: Scale = Scale(0.35)
    shrinkage: Scale = Scale(0.5)
    interaction: Scale = Scale(0.25)

    @classmethod
    def vague(cls, *, tau: Scale = Scale(5.0)) -> Priors:
        """Almost flat, and every design taken at its word: no bias, no extra variance."""
        none, zero = Scale(0.0), Normal(0.0, 0.0)
        return cls(
            centre=Normal(0.0, 10.0),
            effect_sd=10.0,
            sigma=Scale(5.0),
            tau=tau,
            bias_comparative=zero,
            kappa_comparative=none,
            bias_single=zero,
            kappa_single=none,
        )

    @classmethod
    def log_hazard(cls) -> Priors:
        """For survival: levels are log hazards a month (-3.5: a median of 23 months)."""
        return cls(centre=Normal(-3.5, 1.5), effect_sd=1.0, sigma=Scale(0.75))

    @classmethod
    def from_mapping(
        cls, given: Mapping[str, Any], *, file: str = "<priors>", base: Priors | None = None
    ) -> Priors:
        """Defaults with the given ones in their place, as in a TOML file.

        A scale is a number (half-normal), ``{fixed = 0.3}`` or ``{uniform = 5}`` (from 0 to 5);
        a normal is ``[mean, sd]``; ``effect_sd`` a number.

        Raises
        ------
        InputError
            Each unknown name and each value out of range.
        """
        start = base or cls()
        names = [field.name for field in fields(cls)]
        faults: list[Fault] = []
        changed: dict[str, Any] = {}
        for name, value in given.items():
            if name not in names:
                faults.append(
                    Fault(
                        file,
                        None,
                        str(name),
                        str(value),
                        phrased("one of {known}", known=", ".join(names)),
                    )
                )
                continue
            try:
                changed[name] = _read(getattr(start, name), value)
            except (TypeError, ValueError) as error:
                faults.append(Fault(file, None, name, str(value), error.args[0]))
        if faults:
            raise InputError(*faults)
        return replace(start, **changed)

    def as_mapping(self) -> dict[str, Any]:
        """The same in plain values, as :meth:`from_mapping` reads them."""
        out: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Scale):
                kind = "fixed" if value.fixed else "uniform" if value.uniform else None
                out[field.name] = value.value if kind is None else {kind: value.value}
            elif isinstance(value, Normal):
                out[field.name] = [value.mean, value.sd]
            else:
                out[field.name] = value
        return out


def _read(default: object, value: object) -> object:
    if isinstance(default, Normal):
        wanted = "[mean, sd] with sd at least 0"
        if not isinstance(value, list | tuple):
            raise ValueError(wanted)
        ends = list(cast("list[object]", value))
        if len(ends) != 2:
            raise ValueError(wanted)
        return Normal(_number(ends[0], wanted), _number(ends[1], wanted, low=0.0))
    if isinstance(default, Scale):
        wanted = "a number at least 0, {fixed = number} or {uniform = number above 0}"
        if isinstance(value, dict):
            inside = cast("dict[str, object]", value)
            if len(inside) != 1 or not set(inside) <= {"fixed", "uniform"}:
                raise ValueError(wanted)
            ((kind, size),) = inside.items()
            number = _number(size, wanted, low=0.0)
            if kind == "uniform" and number == 0:
                raise ValueError(wanted)
            return Scale(number, fixed=kind == "fixed", uniform=kind == "uniform")
        return Scale(_number(value, wanted, low=0.0))
    number = _number(value, "a number above 0", low=0.0)
    if number == 0:
        message = "a number above 0"
        raise ValueError(message)
    return number


def _number(value: object, wanted: str, low: float | None = None) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(wanted)
    number = float(value)
    if number != number or abs(number) == float("inf") or (low is not None and number < low):
        raise ValueError(wanted)
    return number
