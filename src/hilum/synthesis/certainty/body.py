"""One body of evidence as the rules of certainty see it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence

Interval = tuple[float, float]
Kind = Literal["randomised", "nonrandomised", "single_arm"]
Scale = Literal["proportion", "months", "ratio"]
# Which of the three shares a tool's judgement counts in.
SHARE = {
    "low": "low",
    "moderate": "low",
    "some_concerns": "some",
    "serious": "high",
    "high": "high",
    "critical": "high",
    "no_information": "some",
}
DIRECTNESS = ("direct", "partly", "other")
KINDS = ("randomised", "nonrandomised", "single_arm")
SCALES = ("proportion", "months", "ratio")


@dataclass(frozen=True, slots=True)
class Body:
    """One pooled figure or comparison as the rules see it.

    Parameters
    ----------
    kind : str
        ``randomised``, ``nonrandomised`` (a comparison) or ``single_arm``.
    scale : str
        ``ratio`` (no effect is 1), ``proportion`` (0 to 1) or ``months``.
    weights : sequence of float, shape (k,)
        Information of each study (patients or inverse variances), any unit.
    prospective : sequence of bool, shape (k,)
        Whether each study was planned before treatment (trial arm, prospective series, registry).
    bias : sequence of str or None, shape (k,)
        Overall judgement of each study, ``None`` where it was not appraised.
    tools : sequence of str or None, shape (k,)
        The tool behind each judgement.
    directness : sequence of str, shape (k,)
        ``direct``, ``partly`` (wider population) or ``other`` (another disease).
    value : float
    ci, prediction : (low, high) or None
        On the natural scale.
    i2 : float or None
        In percent.
    events, n : int or None
        In all studies together.
    funnel_p : float or None
        p of a test of small-study effects, where one was made.
    sampling_ci : (low, high) or None
        Interval by sampling error alone, where the method that made ``ci`` adds to it (a prior of
        the spread between few studies, Student's quantile): imprecision is judged by this one,
        spread between studies is inconsistency.

    Raises
    ------
    InputError
        Sequences of different lengths, no study, a weight below 0, an unknown word.
    """

    kind: Kind
    scale: Scale
    weights: Sequence[float]
    prospective: Sequence[bool]
    bias: Sequence[str | None]
    tools: Sequence[str | None]
    directness: Sequence[str]
    value: float
    ci: Interval | None
    prediction: Interval | None = None
    i2: float | None = None
    events: int | None = None
    n: int | None = None
    funnel_p: float | None = None
    sampling_ci: Interval | None = None

    def __post_init__(self) -> None:
        k = len(self.weights)
        faults = [
            Fault(
                "body",
                None,
                name,
                str(len(getattr(self, name))),
                phrased("{k} values, one a study", k=k),
            )
            for name in ("prospective", "bias", "tools", "directness")
            if len(getattr(self, name)) != k
        ]
        if not k or not sum(self.weights) > 0 or min(self.weights) < 0:
            expected = "at least one study, no weight below 0 and one above"
            faults.append(Fault("body", None, "weights", str(list(self.weights)), expected))
        faults += [
            Fault(
                "body",
                None,
                "bias",
                str(one),
                phrased("one of {known}, or None", known=", ".join(SHARE)),
            )
            for one in self.bias
            if one is not None and one not in SHARE
        ]
        faults += [
            Fault(
                "body",
                None,
                "directness",
                one,
                phrased("one of {known}", known=", ".join(DIRECTNESS)),
            )
            for one in self.directness
            if one not in DIRECTNESS
        ]
        for name in ("ci", "prediction", "sampling_ci"):
            ends: Interval | None = getattr(self, name)
            if ends is not None and not ends[0] <= ends[1]:
                faults.append(Fault("body", None, name, str(ends), "its lower end first"))
        for name, known in (("kind", KINDS), ("scale", SCALES)):
            if getattr(self, name) not in known:
                expected = phrased("one of {known}", known=", ".join(known))
                faults.append(Fault("body", None, name, str(getattr(self, name)), expected))
        low = 0.0 if self.scale == "ratio" else -math.inf
        if not low < self.value < math.inf:
            expected = "a number above 0" if self.scale == "ratio" else "a number"
            faults.append(Fault("body", None, "value", str(self.value), expected))
        if self.i2 is not None and not 0 <= self.i2 <= 100:
            faults.append(Fault("body", None, "i2", str(self.i2), "a percentage from 0 to 100"))
        if self.funnel_p is not None and not 0 <= self.funnel_p <= 1:
            expected = "a p value from 0 to 1"
            faults.append(Fault("body", None, "funnel_p", str(self.funnel_p), expected))
        if faults:
            raise InputError(*faults)

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.weights)

    def share(self, chosen: Sequence[bool]) -> float:
        """Share of the information, from 0 to 1, in the chosen studies."""
        kept = sum(w for w, one in zip(self.weights, chosen, strict=True) if one)
        return kept / sum(self.weights)
