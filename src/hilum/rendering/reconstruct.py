"""Reconstructed patients in a few lines, as a table and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.literature.figures.self_check import warned
from hilum.records import found
from hilum.rendering.curve_checks import check_lines
from hilum.rendering.printed_figures import probable

if TYPE_CHECKING:
    from hilum.analyses.reconstruct import ArmPatients, Compared, ReconstructAnswered
    from hilum.language import Words


CENSORING: Final = {
    "total_events": "no numbers at risk: the censored are taken from the total number of deaths",
    "ticks": "no numbers at risk: the censored are taken from the censoring ticks",
    "steps": "no numbers at risk: they are taken from the exact heights of the steps",
    "none_before_end": "no numbers at risk and no censoring ticks: nobody is taken as censored "
    "before the end (Guyot 2012), so that these are the most deaths the curve allows",
}
"""What is said where no numbers at risk were given, by what stands in for them."""


FAR: Final = (
    "between the points read at {start} and {stop} survival falls by {fall}, and no point says "
    "when: deaths between points so far apart are spread evenly (read more points; or pool the "
    "levels themselves: hilum survival pool, rows of kind curve with time and value)"
)


def between(start: float, stop: float, fall: float) -> dict[str, str]:
    """Two points and the fall from one to the other, as they are printed."""
    return {"start": f"{start:.4g}", "stop": f"{stop:.4g}", "fall": f"{100 * fall:.1f} %"}


def reconstruct_lines(answer: ReconstructAnswered, words: Words) -> list[str]:
    """Each arm's patients and how well they meet what was printed; the arms compared."""
    unit = words.within("time", answer.unit)
    lines = [line for arm in answer.arms for line in _arm(arm, unit, words)]
    return lines if answer.comparison is None else lines + _compared(answer.comparison, words)


def _arm(arm: ArmPatients, unit: str, words: Words) -> list[str]:
    fit = arm.fidelity
    named = {"n": arm.n, "events": arm.events}
    if arm.arm:
        lines = [words("{arm}: {n} patients, {events} deaths", arm=arm.arm, **named)]
    else:
        lines = [words("{n} patients, {events} deaths", **named)]
    if arm.events_low < arm.events_high:
        lines.append(
            "  "
            + words(
                "the curve and its numbers allow {low} to {high} deaths",
                low=arm.events_low,
                high=arm.events_high,
            )
        )
    lines.append("  " + words(_met(arm)))
    if arm.far is not None:
        lines.append("  " + words(FAR, **between(arm.far.start, arm.far.stop, arm.far.fall)))
    lines.append(
        "  "
        + words(
            "survival: RMSE {rmse}, largest gap {gap} at {time}, KS {ks} (p {p})",
            rmse=_fixed(fit.rmse),
            gap=_fixed(fit.largest_gap),
            time=f"{fit.largest_gap_time or 0.0:g}",
            ks=_fixed(fit.ks),
            p=probable(fit.ks_p),
        )
    )
    medians = [
        words(text, value=f"{value:.4g}")
        for text, value in (
            ("patients {value}", fit.median),
            ("curve {value}", fit.curve_median),
            ("printed {value}", fit.reported_median),
        )
        if value is not None
    ]
    told = _listed(medians, words) or words("not reached")
    lines.append("  " + words("median ({unit}): {values}", unit=unit, values=told))
    if arm.levelled > 0:
        most = _fixed(arm.levelled)
        lines.append("  " + words("rises of the hand levelled, by at most {most}", most=most))
    if arm.hazard_factor != 1:
        lines.append(
            "  "
            + words(
                "hazard times {factor} to reach the total number of deaths",
                factor=f"{arm.hazard_factor:.3f}",
            )
        )
    lines += ["  " + line for line in check_lines(warned(arm.checks), words)]
    return lines


def _met(arm: ArmPatients) -> str:
    """What the numbers at risk are met by, or what stands in for them."""
    if arm.censoring != "numbers_at_risk":
        return found(CENSORING, arm.censoring, "censoring")
    met = arm.risk_table.printed == arm.risk_table.reconstructed
    return "numbers at risk met exactly" if met else "numbers at risk NOT met"


def _compared(both: Compared, words: Words) -> list[str]:
    lines = [
        words(
            "{of} against {against}: hazard ratio {ratio} ({low} to {high}), log-rank p {p}",
            of=both.of,
            against=both.against,
            ratio=_short(both.hazard_ratio),
            low=_short(both.lower),
            high=_short(both.upper),
            p=probable(both.logrank_p),
        )
    ]
    printed = [
        words(text, value=f"{value:g}")
        for text, value in (
            ("hazard ratio {value}", both.reported_hazard_ratio),
            ("p {value}", both.reported_p),
        )
        if value is not None
    ]
    if printed:
        lines.append("  " + words("printed: {values}", values=_listed(printed, words)))
    lines += ["  " + line for line in check_lines(warned(both.checks), words)]
    return lines


def _listed(told: list[str], words: Words) -> str:
    out = told[0] if told else ""
    for one in told[1:]:
        out = words("{first}, {second}", first=out, second=one)
    return out


def _fixed(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def patients_csv(answer: ReconstructAnswered) -> str:
    """``time,status``, with ``arm`` before them where there are several.

    Where the curve leaves the deaths open, every row names their range (``events_low``,
    ``events_high``); where points stand far apart, the largest fall between two (``far_fall``,
    ``far_start``, ``far_stop``). ``hilum survival pool`` reads and says both.
    """
    several = len(answer.arms) > 1
    ranged = any(one.events_low < one.events_high for one in answer.arms)
    header = "arm,time,status" if several else "time,status"
    far = any(one.far is not None for one in answer.arms)
    more = ",events_low,events_high" * ranged + ",far_fall,far_start,far_stop" * far
    lines = [header + more]
    for one in answer.arms:
        cell = f'"{one.arm}"' if "," in one.arm else one.arm
        before = f"{cell}," if several else ""
        after = f",{one.events_low},{one.events_high}" * ranged
        if far:
            known = one.far
            after += ",,," if known is None else _cells(known.fall, known.start, known.stop)
        lines += [
            f"{before}{time:.6g},{status}{after}"
            for time, status in zip(one.patients.time, one.patients.status, strict=True)
        ]
    return "\n".join(lines) + "\n"


def _cells(*values: float) -> str:
    return "".join(f",{value:.6g}" for value in values)


def arms_csv(answer: ReconstructAnswered) -> str:
    """One row an arm: its patients, deaths with their range, what censoring was taken from."""
    lines = ["arm,n,deaths,deaths_low,deaths_high,censoring"]
    for one in answer.arms:
        cell = f'"{one.arm}"' if "," in one.arm else one.arm
        deaths = f"{one.events},{one.events_low},{one.events_high}"
        lines.append(f"{cell},{one.n},{deaths},{one.censoring}")
    return "\n".join(lines) + "\n"


def reconstruct_picture(answer: ReconstructAnswered, words: Words) -> str:
    """The points that were read and the patients' curves, one over the other."""
    from hilum.plots import DrawnArm, printed_curve_svg

    def known(values: tuple[float | None, ...]) -> list[float]:
        return [float("nan") if value is None else value for value in values]

    drawn = [
        DrawnArm(
            one.arm,
            list(zip(known(one.read.time), known(one.read.survival), strict=True)),
            known(one.steps.time),
            known(one.steps.survival),
            one.patients.time[-1],
            list(zip(known(one.risk_table.time), one.risk_table.printed, strict=True)),
        )
        for one in answer.arms
    ]
    unit = words.within("time", answer.unit)
    return printed_curve_svg(
        drawn,
        unit=answer.unit,
        title=answer.file,
        axes=(words("time ({unit})", unit=unit), words("survival")),
        at_risk=words("at risk"),
    )


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {
        *("numbers at risk met exactly", "numbers at risk NOT met"),
        *CENSORING.values(),
        FAR,
        *("patients {value}", "curve {value}", "printed {value}"),
        *("hazard ratio {value}", "p {value}"),
    }
