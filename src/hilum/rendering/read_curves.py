"""Curves read from a figure: in a line each, as a table, and laid over the figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError
from hilum.language import words as words_in
from hilum.literature.figures.risk_headings import NO_ROW
from hilum.literature.figures.self_check import warned
from hilum.records import found
from hilum.rendering.curve_checks import SAID, check_lines, said

if TYPE_CHECKING:
    from hilum.analyses.read_curves import ReadAnswered, ReadCurve
    from hilum.language import Words

NOT_GIVEN: Final = {
    "two_curves": "numbers at risk on the page, row '{label}': its words and its colour are those "
    "of two curves, so it is given to none (type them: --at-risk)",
    "whose": "numbers at risk on the page, row '{label}': which curve they belong to is not known "
    "(type them: --at-risk)",
    "percent": "numbers under the plot, row '{label}' ({heading}): percentages, no numbers of "
    "patients (type those: --at-risk)",
    "hundred": "numbers under the plot, row '{label}' ({heading}): they start at 100, and the "
    "steps of the curve are no deaths among so many, so they are percentages (type the numbers of "
    "patients: --at-risk)",
    "shares": "numbers under the plot, row '{label}' ({heading}): in its table stand the levels of "
    "a curve in per cent, and the steps of the curve do not show a hundred patients of whom none "
    "was censored (type the numbers at risk: --at-risk)",
    "rises": "numbers under the plot, row '{label}' ({heading}): they rise, which numbers at risk "
    "never do (type those: --at-risk)",
    "late": "numbers under the plot, row '{label}' ({heading}): they begin after time 0 (numbers "
    "at risk are typed with all patients at time 0: --at-risk)",
    "no_time": "numbers under the plot, row '{label}' ({heading}): they stand at no label of the "
    "axis and at no whole times, so that their times are not known (numbers at risk are typed: "
    "--at-risk)",
    "no_row": "the page says '{heading}', but no row of numbers is read there (type them: "
    "--at-risk)",
    "events": "numbers under the plot, row '{label}' ({heading}): events, no numbers at risk (type "
    "those: --at-risk)",
    "censored": "numbers under the plot, row '{label}' ({heading}): censored patients, no "
    "numbers at risk (type those: --at-risk)",
    "two_numbers": "numbers under the plot, row '{label}' ({heading}): cells of two numbers, and "
    "no heading says which is at risk (type them: --at-risk)",
    "contradicted": "numbers under the plot, row '{label}' ({heading}): they are not said to "
    "be numbers at risk, and the steps of the curve are no deaths among so many (type the numbers "
    "at risk: --at-risk)",
    "unproven": "numbers under the plot, row '{label}' ({heading}): they are not said to be "
    "numbers at risk, and too few steps of the curve tell (type them: --at-risk)",
}
"""Why a row of numbers was not given to a curve, in words."""


def read_lines(answer: ReadAnswered, words: Words) -> list[str]:
    """How far each curve goes, and what its self-check says."""
    lines: list[str] = []
    for one in answer.curves:
        lines += [_line(one, words), *("  " + line for line in _remarks(one, words))]
        lines += ["  " + line for line in check_lines(one.checks, words)]
    return lines


def _remarks(one: ReadCurve, words: Words) -> list[str]:
    """What was taken for what, where that is not what it says on the page."""
    lines: list[str] = []
    if one.resorted:
        lines.append(words("the points were not in the order of time: sorted"))
    if one.hazard:
        lines.append(
            words("the axis shows cumulative hazard: read as exp(-level), which is survival")
        )
    elif one.increasing:
        lines.append(
            words(
                "the line rises: read as 1 minus its levels (with competing risks this is no "
                "survival)"
            )
        )
    if one.limits:
        lines.append(words("lines left out as its confidence limits: {number}", number=one.limits))
    if one.asked_colour:
        lines.append(
            words(
                "no line in {asked} is found: read in the nearest colour there is, {found}",
                asked=one.asked_colour,
                found=one.colour,
            )
        )
    if any(check.code == "marks_told" for check in one.checks):
        lines.append(words(SAID["marks_told"][0]))
    if one.others:
        lines.append(
            words("other lines seen and not read: {colours}", colours=", ".join(one.others))
        )
    if one.at_risk:
        counted = (
            words("numbers at risk, typed: {number}", number=len(one.at_risk))
            if one.risk_typed
            else words("numbers at risk on the page: {number}", number=len(one.at_risk))
        )
        lines.append(counted)
    if one.risk_differs:
        lines.append(_differs(one, words))
    if one.risk_why:
        lines.append(
            words(
                found(NOT_GIVEN, one.risk_why, "reason"),
                label=one.risk_refused,
                heading=one.risk_heading or words("without a heading"),
            )
        )
    return lines


def _differs(one: ReadCurve, words: Words) -> str:
    """Which typed numbers at risk are not those of the page."""
    told = [
        words(
            "{n} at {time} where the page prints {printed}",
            n=each.n,
            time=f"{each.time:g}",
            printed=each.printed_n,
        )
        if f"{each.time:g}" == f"{each.printed_time:g}"
        else words(
            "{n} at {time} where the page prints {printed} at {printed_time}",
            n=each.n,
            time=f"{each.time:g}",
            printed=each.printed_n,
            printed_time=f"{each.printed_time:g}",
        )
        for each in one.risk_differs
    ]
    return words(
        "WARNING: {arm}: the numbers at risk typed are not those of the page, and are taken in "
        "their place: {differences}",
        arm=one.arm or "1",
        differences="; ".join(told),
    )


def _line(one: ReadCurve, words: Words) -> str:
    named = {
        "points": len(one.time),
        "ticks": len(one.censor_time),
        "time": f"{one.time[-1]:.4g}",
        "unit": words.within("time", one.unit),
        "survival": f"{one.survival[-1]:.3f}",
    }
    if one.arm:
        return words(
            "{arm}: {points} points, {ticks} censoring ticks, to {time} {unit}, survival "
            "{survival} at the end",
            arm=one.arm,
            **named,
        )
    return words(
        "{points} points, {ticks} censoring ticks, to {time} {unit}, survival {survival} at the "
        "end",
        **named,
    )


def curves_csv(answer: ReadAnswered) -> str:
    """time, survival, kind, unit, precision; arm before them where there are several."""
    several = len(answer.curves) > 1
    lines = [("arm," if several else "") + "time,survival,kind,unit,precision"]
    for curve in answer.curves:
        cell = f'"{curve.arm}"' if "," in curve.arm else curve.arm
        before = f"{cell}," if several else ""
        after = f"{curve.unit},{'' if curve.precision is None else f'{curve.precision:.3g}'}"
        rows = [
            (time, survival, "curve")
            for time, survival in zip(curve.time, curve.survival, strict=True)
        ]
        rows += [(time, _level(curve, time), "censor") for time in curve.censor_time]
        lines += [
            f"{before}{time:.8g},{survival:.8g},{kind},{after}" for time, survival, kind in rows
        ]
    return "\n".join(lines) + "\n"


def risk_csv(answer: ReadAnswered) -> str | None:
    """time,n of the numbers at risk; arm before them where there are several; None without any."""
    several = len(answer.curves) > 1
    lines = ["arm,time,n" if several else "time,n"]
    for one in answer.curves:
        cell = f'"{one.arm}"' if "," in one.arm else one.arm
        before = f"{cell}," if several else ""
        lines += [f"{before}{time:.8g},{n}" for time, n in one.at_risk]
    return "\n".join(lines) + "\n" if len(lines) > 1 else None


def risk_lines(answer: ReadAnswered, words: Words) -> list[str]:
    """Which curves have no numbers at risk."""
    without = [one for one in answer.curves if not one.at_risk]
    bare = [one.arm or "1" for one in without if one.risk_why in ("", NO_ROW)]
    unsure = [one.arm or "1" for one in without if one.risk_why not in ("", NO_ROW)]
    lines: list[str] = []
    if bare:
        lines.append(
            words(
                "WARNING: no numbers at risk stand with the figure as text for {arms}: none are "
                "written (type them: --at-risk)",
                arms=", ".join(bare),
            )
        )
    if unsure:
        lines.append(
            words(
                "WARNING: the numbers that stand with the figure are not known to be the numbers "
                "at risk of {arms}: none are written (type them: --at-risk)",
                arms=", ".join(unsure),
            )
        )
    return lines


def _level(curve: ReadCurve, time: float) -> float:
    level = 1.0
    for when, survival in zip(curve.time, curve.survival, strict=True):
        if when > time:
            break
        level = survival
    return level


def overlay_picture(answer: ReadAnswered) -> bytes:
    """The figure with what was read on it (PNG).

    Raises
    ------
    InputError
        Clicked points, of which there is no figure.
    """
    from hilum.literature.figures.overlay import Laid, overlay_png

    laid = [
        Laid(one.places, one.ticks, one.axes.x, one.axes.y, one.page or 1)
        for one in answer.curves
        if one.axes is not None
    ]
    if not laid:
        wanted = "a figure to lay it over (curve reconstruct draws clicked points)"
        raise InputError(Fault("", None, "plot", answer.figure, wanted))
    # The letters at hand are Latin: what stands on the picture is English in every language.
    english = words_in("en")
    notes = [
        f"{one.arm}: {said(check, english)}" if one.arm else said(check, english)
        for one in answer.curves
        for check in warned(one.checks)
    ]
    return overlay_png(Path(answer.asked.figure), laid, notes)


def messages() -> set[str]:
    """Ids that stand in tables."""
    return set(NOT_GIVEN.values())
