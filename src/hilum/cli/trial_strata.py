"""Strata of a trial as they are typed: ``--stratum "SHARE CONTROL NAME"``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from hilum.cli.trial_question import Question
    from hilum.trials.synopsis.record import Basis
    from hilum.trials.synopsis.stratified import Planned


def strata_of(question: Question, given: list[str], unit: str) -> tuple[list[Planned], Basis]:
    """Strata with their controls; around the published figure where that was asked for.

    Raises
    ------
    InputError
        A stratum without two numbers, shares that do not sum to 1, rates that are none.
    """
    from hilum.trials.fixed.stratified import medians_from, rates_from

    found = [_stratum(k, one) for k, one in enumerate(given, 1)]
    shares = [one.share for one in found]
    if not abs(sum(shares) - 1) < 1e-6:
        shown = " + ".join(f"{share:g}" for share in shares)
        raise _fault(shown, phrased("shares that sum to 1 (not {shares:g})", shares=sum(shares)))
    if question.control_from_evidence is None:
        if unit == "proportion" and not all(one.control < 1 for one in found):
            shown = ", ".join(f"{one.control:g}" for one in found)
            raise _fault(shown, "control rates between 0 and 1, both excluded")
        return found, question.basis(single=False)
    option = "control_median" if unit == "months" else "p2"
    figure, basis = question.with_control(option, None, unit, single=False)
    place = medians_from if unit == "months" else rates_from
    controls = place(figure, [one.control for one in found], shares)
    return [
        replace(one, control=control) for one, control in zip(found, controls, strict=True)
    ], basis


def _stratum(number: int, text: str) -> Planned:
    """Two numbers, then words; numbered where it has no name."""
    from hilum.trials.synopsis.stratified import Planned

    parts = text.split(maxsplit=2)
    try:
        share, control = (float(part) for part in parts[:2])
    except ValueError:
        share = control = 0.0
    if not (0 < share <= 1 and 0 < control < float("inf")):
        raise _fault(text, '"SHARE CONTROL NAME": a share from 0 to 1, a number above 0, words')
    return Planned(parts[2] if len(parts) > 2 else str(number), share, control)


def _fault(value: str, expected: str) -> InputError:
    return InputError(Fault("--stratum", None, "stratum", value, expected))
