"""Tables that only some kinds of synopsis have: strata, re-estimation, true control rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.rendering.sheet.synopsis_enriched import enriched_tables
from hilum.rendering.sheet.synopsis_numbers import decimal, effect_text, plain_size, share
from hilum.rendering.sheet.synopsis_simulated import simulated_table
from hilum.rendering.sheet.synopsis_words import (
    EXPECTED_PLANNED,
    EXPECTED_SIZES,
    ZONES,
    truth_of,
)

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.trials.synopsis.record import Synopsis

Table = dict[str, Any]


def extra_tables(synopsis: Synopsis, words: Words) -> list[Table]:
    """Title, columns, rows of text and a note of each table; those that are empty left out."""
    found = (
        _strata(synopsis, words),
        _interim(synopsis, words),
        _growth(synopsis, words),
        _true_rates(synopsis, words),
        simulated_table(synopsis, words),
        *enriched_tables(synopsis, words),
    )
    return [table for table in found if table["rows"]]


def _strata(s: Synopsis, words: Words) -> Table:
    survival = s.events is not None
    figure = words("median (months)") if survival else words("rate")
    columns = [
        words("Stratum"), words("share of the patients"), f"{words('Control')}: {figure}",
        f"{words('Treatment')}: {figure}", words("Patients"),
    ]  # fmt: skip
    if survival:
        columns.append(words("Events"))

    def of(value: float) -> str:
        return f"{value:.3g}" if survival else share(value)

    rows = [
        [one.name, share(one.share), of(one.control), of(one.treatment), str(one.patients),
         *([decimal(one.events, 1)] if survival else [])]
        for one in s.strata
    ]  # fmt: skip
    published = any(one.source == "evidence" for one in s.assumptions)
    note = (
        words(
            "The controls stand in the ratio given for the strata, around the published figure of "
            "all patients together."
        )
        if published
        else words("Shares and controls were given by the designers.")
    )
    return {"title": words("Strata"), "columns": columns, "rows": rows, "note": note}


def _interim(s: Synopsis, words: Words) -> Table:
    note = words(
        "Conditional power at the effect the rule uses; the z needed follows from the planned "
        "weights, whatever the new size."
    )
    if any(one.zone == "capped" for one in s.interim if one.shown):
        note += " " + words(
            "Where the zone is “{zone}”, the conditional power wanted would take more than the "
            "largest size: that is taken, and the conditional power stays short of it.",
            zone=words(ZONES["capped"]),
        )
    return {
        "title": words("Size by the interim result"),
        "columns": [
            "z", words("effect observed"), words("zone"),
            words("conditional power, planned size"),
            words("Events in all") if s.events is not None else words("Patients in all"),
            words("conditional power, new size"), words("second stage's own z needed"),
        ],
        "rows": [
            [decimal(one.z, 2), effect_text(one.effect, s.scale), words(ZONES[one.zone]),
             share(one.planned_power), plain_size(one.size), share(one.power),
             decimal(one.needed, 3)]
            for one in s.interim if one.shown
        ],
        "note": note,
    }  # fmt: skip


def _growth(s: Synopsis, words: Words) -> Table:
    return {
        "title": words("What the re-estimation is worth"),
        "columns": [
            words("Truth"), words("effect"), words("success"), words("success, planned size"),
            words(EXPECTED_SIZES[s.expected_of]), words(EXPECTED_PLANNED[s.expected_of]),
            words("second stage grows"),
        ],
        "rows": [
            [words(truth_of(one.code, s.hypothesis)), effect_text(one.effect, s.scale),
             share(one.success),
             share(one.success_planned), decimal(one.expected, 1),
             decimal(one.expected_planned, 1), share(one.raised)]
            for one in s.growth
        ],
        "note": words("By quadrature over the interim result: no simulation error."),
    }  # fmt: skip


def _true_rates(s: Synopsis, words: Words) -> Table:
    return {
        "title": words("If the new controls respond otherwise than the old"),
        "columns": [
            words("true control rate"), words("Type I error"),
            words("Type I error, nothing borrowed"), words("Power"),
            words("Power, nothing borrowed"),
        ],
        "rows": [
            [share(one.control), share(one.level), share(one.level_alone), share(one.power),
             share(one.power_alone)]
            for one in s.true_rates
        ],
        "note": words("Exact; power at the difference hoped for, where it stays below 100 %."),
    }  # fmt: skip
