"""From plain values, as a scenario file holds them, to trials; and grids of scenarios."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from dataclasses import MISSING, asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from hilum.errors import InputError, phrased
from hilum.records import nearest
from hilum.trials.simulation.arms_trial import ArmsTrial
from hilum.trials.simulation.platform_trial import PlatformTrial
from hilum.trials.simulation.reestimated_trial import ReestimatedTrial
from hilum.trials.simulation.require import Faults
from hilum.trials.simulation.survival_trial import SurvivalTrial

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Trial = SurvivalTrial | ReestimatedTrial | ArmsTrial | PlatformTrial
KINDS: dict[str, type[Trial]] = {
    "survival": SurvivalTrial,
    "platform": PlatformTrial,
    "arms": ArmsTrial,
    "reestimation": ReestimatedTrial,
}
TWO_ARMS = ("survival", "reestimation")
# Words a file may use for one value where the trial takes a tuple.
SHORT = {
    "accrual_rate": "accrual_rates",
    "control_hazard": "control_hazards",
    "hazard_ratio": "hazard_ratios",
    "dropout_hazard": "dropout_hazards",
    "competing_hazard": "competing_hazards",
    "crossover_hazard": "crossover_hazards",
}
PAIRS = ("dropout_hazards", "competing_hazards")
SURVIVAL_ONLY = ("control_median", "delay_months")
ARMS_ONLY = ("control_medians", "hazard_ratios", "intermediate_ratios")
TEXT = ("accrual", "statistic", "stop", "interim")
WHOLE = ("patients", "events", "looks", "sided", "events_max", "patients_max")


@dataclass(frozen=True)
class Cell:
    """One scenario of a grid.

    Attributes
    ----------
    trial : SurvivalTrial, ReestimatedTrial, ArmsTrial or PlatformTrial
    varied : mapping
        The values that distinguish it within its grid.
    """

    trial: Trial
    varied: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """A key of :data:`KINDS`."""
        return next(kind for kind, made in KINDS.items() if type(self.trial) is made)

    @property
    def parameters(self) -> dict[str, Any]:
        """Every parameter of the trial, plain."""
        return asdict(self.trial)

    @property
    def key(self) -> str:
        """Name of the scenario by content: the same parameters give the same name anywhere."""
        text = json.dumps([self.kind, self.parameters], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def trial_from(kind: str, values: Mapping[str, Any]) -> Trial:
    """Build a trial from plain values.

    Beside the trial's own fields a survival scenario may give ``control_median`` (months) for
    ``control_hazards``, ``delay_months`` for a hazard ratio that is 1 until then, and single
    values under singular names (``hazard_ratio``, ``accrual_rate``, ``dropout_hazard``). A trial of
    several arms may give ``control_medians`` (of progression or death, and of death),
    ``hazard_ratios`` of survival and ``intermediate_ratios`` for its hazards.

    Raises
    ------
    InputError
        An unknown kind or key, a value of another type, an impossible parameter.
    """
    faults = Faults()
    if kind not in KINDS:
        faults.add("kind", kind, " or ".join(KINDS))
        faults.stop()
    made = KINDS[kind]
    known = {field.name: field for field in fields(made)}
    own = SURVIVAL_ONLY if kind in TWO_ARMS else ARMS_ONLY if kind == "arms" else ()
    short = {
        name: target for name, target in SHORT.items() if name not in known and target in known
    }
    given: dict[str, Any] = {}
    for name, value in values.items():
        target = short.get(name, name)
        if target in known:
            if target in given:
                faults.add(
                    name, value, phrased("one of {name} and {target}", name=name, target=target)
                )
            given[target] = _shaped(faults, kind, name, target, value)
        elif name in own:
            given[name] = value
        else:
            allowed = [*known, *short, *own]
            hint = nearest(name, allowed)
            faults.add(
                "key",
                name,
                phrased("one of {known}{hint}", known=", ".join(sorted(allowed)), hint=hint),
            )
    if kind in TWO_ARMS:
        _survival_words(faults, given)
    if kind == "arms":
        _arms_words(faults, given)
    required = [
        name
        for name, field in known.items()
        if field.default is MISSING and field.default_factory is MISSING
    ]
    for name in required:
        if name not in given:
            faults.add(name, "missing", "a value")
    faults.stop()
    return made(**given)


def _survival_words(faults: Faults, given: dict[str, Any]) -> None:
    if "control_median" in given:
        median = given.pop("control_median")
        fine = _number(median) and median > 0
        faults.unless(fine, "control_median", median, "months, above 0")
        if "control_hazards" in given:
            faults.add("control_median", median, "control_median or control_hazards, not both")
        given["control_hazards"] = (math.log(2) / median,) if fine else (1.0,)
    if "delay_months" in given:
        delay = given.pop("delay_months")
        ratios = given.get("hazard_ratios", ())
        faults.unless(_number(delay) and delay >= 0, "delay_months", delay, "months, 0 or more")
        if len(ratios) != 1 or "ratio_breaks" in given:
            faults.add("delay_months", delay, "a single hazard_ratio beside it")
        elif _number(delay) and delay > 0:
            given["hazard_ratios"] = (1.0, ratios[0])
            given["ratio_breaks"] = (float(delay),)


def _arms_words(faults: Faults, given: dict[str, Any]) -> None:
    """Hazards from medians: death as likely after progression as before it.

    Then both outcomes are exponential and have proportional hazards.
    """
    asked = {name: given.pop(name) for name in ARMS_ONLY if name in given}
    if not asked:
        return
    clash = sorted({"progression_hazard", "death_hazard", "progression_ratios", "death_ratios",
                    "death_after_hazard", "death_after_ratios"} & set(given))  # fmt: skip
    if clash:
        faults.add(clash[0], given[clash[0]], phrased("not beside {known}", known=", ".join(asked)))
    lists = {
        name: [float(one) for one in value]
        if isinstance(value, list | tuple) and all(_number(one) and one > 0 for one in value)
        else []
        for name, value in asked.items()
    }
    for name, numbers in lists.items():
        faults.unless(len(numbers) > 0, name, asked[name], "a list of numbers above 0")
    medians, ratios = lists.get("control_medians", []), lists.get("hazard_ratios", [])
    first = lists.get("intermediate_ratios", ratios)
    wanted = "medians of progression or death, and of death, the first below the second"
    fine = len(medians) == 2 and medians[0] < medians[1]
    faults.unless(fine, "control_medians", asked.get("control_medians", "missing"), wanted)
    if len(ratios) != len(first) or not ratios:
        wanted = phrased("{number} values, one a treatment", number=len(first))
        faults.add("hazard_ratios", asked.get("hazard_ratios", "missing"), wanted)
    if not fine or len(ratios) != len(first):
        given |= {"progression_hazard": 0.0, "death_hazard": 1.0}
        given |= {"progression_ratios": (), "death_ratios": ()}
        faults.stop()
    death = math.log(2) / medians[1]
    progression = math.log(2) / medians[0] - death
    of_progression = [
        (one * (progression + death) - two * death) / progression
        for one, two in zip(first, ratios, strict=True)
    ]
    for one, value in zip(first, of_progression, strict=True):
        if value <= 0:
            faults.add("intermediate_ratios", one, "a ratio that the one of survival allows")
    given |= {
        "progression_hazard": progression,
        "death_hazard": death,
        "progression_ratios": tuple(of_progression),
        "death_ratios": tuple(ratios),
    }


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shaped(faults: Faults, kind: str, name: str, target: str, value: Any) -> Any:
    """The value as the trial's field takes it; a fault where it is of another kind."""
    text = target in TEXT or (kind == "platform" and target == "allocation")
    if text:
        faults.unless(isinstance(value, str), name, value, "a word")
        return str(value)
    values = list(value) if isinstance(value, list | tuple) else [value]
    wrong = [one for one in values if not _number(one)]
    whole = target in WHOLE or target == "allocation"
    if not wrong and whole:
        wrong = [one for one in values if not math.isfinite(one) or one != int(one)]
    if wrong:
        faults.add(name, wrong[0], "a whole number" if whole else "a number")
        return _default(kind, target)
    numbers = tuple(int(one) if whole else float(one) for one in values)
    if _single(kind, target):
        if isinstance(value, list | tuple):
            faults.add(name, value, "one number")
        return numbers[0] if numbers else 0
    if target in PAIRS and len(numbers) == 1:
        return numbers * 2
    if target == "crossover_hazards" and len(numbers) == 1:
        # One rate is that of control patients who take up the new treatment.
        return numbers[0], 0.0
    return numbers


def _single(kind: str, target: str) -> bool:
    return not str(_field(kind, target).type).startswith("tuple")


def _field(kind: str, target: str) -> Any:
    return next(field for field in fields(KINDS[kind]) if field.name == target)


def _default(kind: str, target: str) -> Any:
    return 1 if _single(kind, target) else (1.0,)


def count(grid: Mapping[str, Sequence[Any]]) -> int:
    """Number of cells of a grid, without making them."""
    return math.prod(len(values) for values in grid.values())


def cells(kind: str, base: Mapping[str, Any], grid: Mapping[str, Sequence[Any]]) -> Iterator[Cell]:
    """Every combination of the grid's values laid over the base, in the order given.

    Raises
    ------
    InputError
        An empty dimension, a parameter that the base also sets, or an impossible combination
        (with the values that make it so).
    """
    faults = Faults()
    for name, values in grid.items():
        faults.unless(len(values) > 0, name, "none", "one value or more in the grid")
        faults.unless(
            name not in base,
            name,
            base.get(name),
            phrased("{name} in the grid or above it", name=name),
        )
    faults.stop()
    for combination in itertools.product(*grid.values()):
        varied = dict(zip(grid, combination, strict=True))
        try:
            yield Cell(trial_from(kind, {**base, **varied}), varied)
        except InputError as error:
            if not varied:
                raise
            where = ", ".join(f"{name} = {value}" for name, value in varied.items())
            for fault in error.faults:
                faults.add(
                    fault.column,
                    fault.value,
                    phrased("{expected} (at {where})", expected=fault.expected, where=where),
                )
            faults.stop()
