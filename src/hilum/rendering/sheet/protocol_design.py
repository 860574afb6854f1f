"""The sections of a protocol that the design's numbers fill: size, analysis, interim, missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.rendering.sheet.synopsis_numbers import effect_text, p_value, plain
from hilum.trials.protocol.tables import by_code

if TYPE_CHECKING:
    from hilum.rendering.sheet.protocol_words import Cell, Protocol
    from hilum.trials.protocol.record import AtBound

COUNTED = {
    "event": "event",
    "censored": "censored",
    "competing": "competing event",
    "followed": "not censored",
}
"""How a situation counts."""


def size(page: Protocol) -> list[Cell]:
    """Derivation, assumptions, what they do to the power, and whether it can be recruited."""
    words, context = page.words, page.context
    blocks: list[Cell] = [
        {"kind": "steps", "title": words("Derivation"), "rows": context["steps"]},
        _assumptions(page),
    ]
    if context["sensitivity"]:
        blocks.append(
            {"kind": "table",
             "title": words("If the figure from the evidence were at an end of its 95 % interval "
                            "(the difference hoped for kept)"),
             "columns": [words("Assumption"), words("value"), words("hoped for then"),
                         words("Patients")],
             "rows": [[one[key] for key in ("name", "value", "hoped", "patients")]
                      for one in context["sensitivity"]]}
        )  # fmt: skip
    if context["operating"]:
        blocks.append(
            {"kind": "table", "title": words("Operating characteristics"),
             "columns": [words("Truth"), words("effect"), words("success"),
                         context["expected"], words("stops early")],
             "rows": [[one[key] for key in ("name", "effect", "success", "expected", "early")]
                      for one in context["operating"]]}
        )  # fmt: skip
    blocks += [{"kind": "table", **one} for one in context["tables"]]
    return [*blocks, *_recruitment(page)]


def _assumptions(page: Protocol) -> Cell:
    words = page.words
    rows = [
        [one["name"], one["value"], one["interval"],
         one["source"] + (f" ({one['population']}; {one['method']}): " + page.comma.join(
             f"{study['name']} {study['figure']}" for study in one["studies"])
             if one["studies"] else "")]
        for one in page.context["assumptions"]
    ]  # fmt: skip
    return {
        "kind": "table", "title": words("Assumptions and their sources"),
        "columns": [words("Assumption"), words("value"), words("95 % interval"), words("Source")],
        "rows": rows,
    }  # fmt: skip


def _recruitment(page: Protocol) -> list[Cell]:
    words, one = page.words, page.answer.recruitment
    unknown = words("not given")
    rows = [(words("Patients"), str(one.patients))]
    if one.events is not None:
        rows.append((words("Events"), str(one.events)))
    rows += [
        (words("Months of accrual"), unknown if one.accrual is None else plain(one.accrual)),
        (words("Patients a month"), unknown if one.a_month is None else f"{one.a_month:.2f}"),
        (words("Centres"), unknown if one.centres is None else str(one.centres)),
        (words("Patients a month and centre"), unknown if one.each is None else f"{one.each:.2f}"),
        (words("Patients a year who could be asked"),
         unknown if one.eligible is None else f"{plain(one.eligible)} ({one.eligible_source})"),
        (words("Share of them that has to take part"),
         unknown if one.share is None else f"{100 * one.share:.0f} %"),
    ]  # fmt: skip
    blocks: list[Cell] = [
        {"kind": "pairs", "title": words("Recruitment and feasibility"), "rows": rows}
    ]
    if one.share is not None and one.share > 1:
        said = words("More patients are needed than there are: the trial cannot be recruited so.")
        blocks.append({"kind": "against", "rows": [said], "text": said})
    elif one.share is not None:
        said = words(
            "{share} % of the patients who could be asked have to take part, in every year of "
            "accrual.",
            share=f"{100 * one.share:.0f}",
        )
        blocks.append({"kind": "text", "text": said})
    fastest = max(one.published, key=lambda study: study.rate, default=None)
    if fastest is not None and one.each is not None and one.each > fastest.rate:
        said = words(
            "A centre has to recruit {each} patients a month, more than in any of the studies "
            "below ({study}: {rate}).",
            each=f"{one.each:.2f}", study=fastest.study, rate=f"{fastest.rate:.2f}",
        )  # fmt: skip
        blocks.append({"kind": "against", "rows": [said], "text": said})
    blocks.append(
        {"kind": "table",
         "title": words("How prospective studies of these treatments recruited"),
         "columns": [words("Study"), words("Centres"), words("Calendar years"), words("Patients"),
                     words("a month and centre"), words("Source")],
         "rows": [[x.study, str(x.centres), plain(x.years), str(x.patients), f"{x.rate:.2f}",
                   x.source] for x in one.published],
         "note": words("Only the years are published: each counts whole, so that the rate is the "
                       "least it can have been. The centres are those printed.")}
    )  # fmt: skip
    if not one.published:
        said = words(
            "No prospective study of these treatments in the record states its years and centres."
        )
        blocks[-1] = {"kind": "text", "text": said}
    return blocks


def analysis(page: Protocol) -> list[Cell]:
    """Populations, the primary analysis, and what is censored."""
    words, answer = page.words, page.answer
    known = by_code("populations")
    table = by_code("censoring")
    names = by_code("endpoints")
    rows = [
        [page.named(names[one.endpoint]["definition"]), page.filled(table[one.code]["situation"]),
         page.filled(table[one.code]["date"]), words(COUNTED[one.counted]),
         page.cited(one.source)]
        for one in answer.censoring
    ]  # fmt: skip
    return [
        {"kind": "table", "title": words("Analysis populations"),
         "columns": [words("Population"), words("Definition")],
         "rows": [[words(known[code]["label"]), words(known[code]["definition"])]
                  for code in answer.populations]},
        {"kind": "list", "title": words("Primary analysis"), "rows": page.context["analysis"]},
        {"kind": "table", "title": words("Events and censoring of times to an event"),
         "columns": [words("Endpoint"), words("Situation"), words("Date"), words("Counts as"),
                     words("Source")],
         "rows": rows},
    ]  # fmt: skip


def interim(page: Protocol) -> list[Cell]:
    """Analyses with bounds and chances to stop, and what would be reported at each bound."""
    words, context = page.words, page.context
    blocks: list[Cell] = []
    if context["looks"] and len(context["looks"]["rows"]) > 1:
        note = ""
        if context["looks"]["arrows"]:
            note = words(
                "↑ chance to stop for efficacy, ↓ for futility (at the last analysis: to end with "
                "or without success)."
            )
        blocks.append(
            {"kind": "table", "title": words("Analyses and stopping bounds"),
             "columns": context["looks"]["columns"], "rows": context["looks"]["rows"],
             "note": note}
        )  # fmt: skip
    found = page.answer.at_bounds
    if found:
        blocks.append(_at_bounds(page, found))
    return blocks


def _at_bounds(page: Protocol, found: tuple[AtBound, ...]) -> Cell:
    words = page.words
    percent = plain(100 * found[0].level)
    counts = any(one.responders is not None for one in found)
    columns = [words("Analysis")]
    grown = any(one.interim_z is not None for one in found)
    if counts:
        columns.append(words("Responders"))
    if grown:
        sizes = words("Patients in all") if page.answer.synopsis.events is None else (
            words("Events in all")
        )  # fmt: skip
        columns += [words("interim z"), sizes]
    columns += [
        words("as observed"),
        words("unbiased estimate") if counts else words("median-unbiased estimate"),
        words("exact {level} % interval", level=percent)
        if counts
        else words("{level} % interval, stages combined", level=percent)
        if grown
        else words("{level} % interval, stage-wise", level=percent),
    ]
    if not counts and not grown:
        columns += [words("{level} % repeated interval", level=percent), words("one-sided p")]

    def effect(value: float) -> str:
        return effect_text(value, page.answer.synopsis.scale)

    def ends(pair: tuple[float, float] | None) -> str:
        return "" if pair is None else f"{effect(pair[0])} – {effect(pair[1])}"

    rows = [
        [str(one.stage), *([str(one.responders)] if counts else []),
         *([f"{one.interim_z:.2f}", f"{one.size:.0f}"] if grown else []), effect(one.naive),
         effect(one.adjusted), ends(one.interval),
         *([] if counts or grown else [ends(one.repeated), p_value(one.p_value)])]
        for one in found
    ]  # fmt: skip
    return {
        "kind": "table",
        "title": words("What would be reported of a trial that ends exactly at a bound"),
        "columns": columns, "rows": rows,
        "note": words("The level of the intervals is that of the test: the type I error lies at "
                      "each end."),
    }  # fmt: skip
