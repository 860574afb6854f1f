"""A protocol as sections of text and tables in one language; shared by page and document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.rendering.sheet.protocol_design import COUNTED, analysis, interim, size
from hilum.rendering.sheet.protocol_words import SEEN, Cell, Protocol
from hilum.rendering.sheet.synopsis_why import COLUMNS, labelled
from hilum.trials.protocol.tables import by_code, summary_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.analyses.protocol import ProtocolAnswered
    from hilum.language import Words
    from hilum.trials.protocol.record import Endpoint

SECTIONS: Final = {
    "administrative": "Administrative information",
    "question": "Question, objectives and design",
    "background": "Background: what is published",
    "estimand": "Estimand",
    "population": "Eligibility",
    "treatments": "Treatments",
    "randomisation": "Randomisation and blinding",
    "endpoints": "Endpoints",
    "schedule": "Schedule of assessments",
    "size": "Sample size and recruitment",
    "analysis": "Analysis",
    "interim": "Interim analyses, committee, stopping",
    "missing": "Missing data, sensitivity, subgroups",
    "conduct": "Conduct and ethics",
    "checklist": "SPIRIT 2025 and CONSORT 2025",
    "references": "Sources",
}
"""Sections in their order, ids of the catalogue."""
ROLES: Final = {
    "inclusion": "Inclusion: for whom a treatment is indicated or licensed (each by itself)",
    "required": "Inclusion: what has to hold for those whom a statement names",
    "exclusion": "Exclusion: what forbids a treatment",
    "licence": "For whom a treatment is licensed",
    "dose": "When a treatment is withheld or ended: for its dosing, not for eligibility",
    "caution": "To be weighed: cautions, each a possible exclusion or condition",
    "before": "To be done before the treatment",
}
ENDPOINT_ROLES: Final = {"primary": "primary", "secondary": "secondary", "harm": "harm"}
MARKS: Final = {"": "", "x": "×", "i": "at the interval", "r": "×"}
STATES: Final = {
    "covered": "here",
    "partly": "in part; the rest is marked",
    "blank": "to be filled in",
    "none": "does not apply: one group",
}
GUIDELINES: Final = {
    "spirit": "SPIRIT 2025: items of a protocol",
    "consort": "CONSORT 2025: items of the report that the protocol decides",
}
OBJECTIVES: Final = {
    ("two", "superiority"): "The first objective is to show superiority of {intervention} over "
    "{comparator} in the primary endpoint ({outcome}).",
    ("two", "noninferiority"): "The first objective is to show non-inferiority of {intervention} "
    "to {comparator} in the primary endpoint ({outcome}), within the margin.",
    ("two", "equivalence"): "The first objective is to show that {intervention} and {comparator} "
    "differ in the primary endpoint ({outcome}) by less than the margin.",
    ("many", "superiority"): "The first objective is to find which of the treatments, if any, is "
    "better than {comparator} in the primary endpoint ({outcome}).",
    ("one", "superiority"): "The first objective is to show that the primary endpoint ({outcome}) "
    "with {intervention} is better than the fixed value that would be uninteresting.",
}


def messages() -> set[str]:
    """Ids that stand in tables."""
    from hilum.trials.protocol.tables import messages as table_messages

    tables = (SECTIONS, ROLES, ENDPOINT_ROLES, COUNTED, STATES, GUIDELINES, OBJECTIVES, SEEN)
    marks = {text for text in MARKS.values() if text not in ("", "×")}
    return {text for one in tables for text in one.values()} | marks | table_messages()


def protocol_page(answer: ProtocolAnswered, words: Words) -> Cell:
    """Title and sections, each of blocks: ``text``, ``list``, ``pairs``, ``table``, ``blanks``."""
    page = Protocol(answer, words)
    makers: dict[str, Callable[[Protocol], list[Cell]]] = {
        "administrative": _administrative,
        "question": _question,
        "background": _background,
        "estimand": _estimand,
        "population": _population,
        "treatments": lambda page: [],
        "randomisation": lambda page: [],
        "endpoints": _endpoints,
        "schedule": _schedule,
        "size": size,
        "analysis": analysis,
        "interim": interim,
        "missing": lambda page: [],
        "conduct": lambda page: [],
        "checklist": _checklist,
        "references": lambda page: [{"kind": "list", "rows": page.references()}],
    }
    sections = [
        {
            "id": code,
            "title": f"{place}. {words(title)}",
            "blocks": [
                {"title": "", "note": "", **block}
                for block in _ordered(page, code, makers[code](page))
                if block["kind"] == "text" or block["rows"]
            ],
        }
        for place, (code, title) in enumerate(SECTIONS.items(), 1)
    ]
    return {
        "title": page.title(),
        "subtitle": page.subtitle(),
        "blank_count": len(answer.blanks),
        "sections": [one for one in sections if one["blocks"]],
    }


def _ordered(page: Protocol, code: str, made: list[Cell]) -> list[Cell]:
    """Sentences before tables, but for the objectives; what is to be decided comes last."""
    said = page.said(code)
    return [*([*made, *said] if code == "question" else [*said, *made]), *page.blanks(code)]


def _administrative(page: Protocol) -> list[Cell]:
    one, words = page.answer.administrative, page.words
    rows = [(words("Title"), page.title())]
    if one.acronym:
        rows.append((words("Short name"), one.acronym))
    rows += [
        (words("Document"), words("Trial protocol, draft")),
        (words("Version"), one.version),
        (words("Date"), one.date),
    ]
    return [{"kind": "pairs", "rows": rows}]


def _question(page: Protocol) -> list[Cell]:
    s, words = page.answer.synopsis, page.words
    key = page.answer.estimand.groups, s.hypothesis
    objective = OBJECTIVES.get(key) or OBJECTIVES["two", s.hypothesis]
    said = words(
        objective,
        intervention=page.synopsis.name(s.question.intervention),
        comparator=page.synopsis.name(s.question.comparator),
        outcome=page.outcome(),
    )
    return [
        {"kind": "text", "text": said},
        {
            "kind": "pairs",
            "rows": [*page.synopsis.pico()[:-1], (words("Primary endpoint"), page.outcome())],
        },
        {"kind": "pairs", "rows": page.synopsis.design()},
    ]


def _background(page: Protocol) -> list[Cell]:
    words = page.words
    why = page.context["why"]
    if not why:
        said = words("No published figure is shown. The background has to be written by the team.")
        unknown = page.context["unknown"] or [words("The design names no treatment and outcome.")]
        return [{"kind": "text", "text": one} for one in (said, *unknown)]
    keys = ("treatment", "outcome", "figure", "interval", "k", "n", "population", "designs")
    columns = [
        words("Treatment"), words("Outcome"), words("pooled"), words("95 % interval"), "k", "n",
        words("Population"), words("Study designs"),
    ]  # fmt: skip
    blocks: list[Cell] = [
        {"kind": "table", "title": words("Published results of the treatments"),
         "columns": columns, "rows": [[str(arm[key]) for key in keys] for arm in why["arms"]]},
    ]  # fmt: skip
    blocks += [{"kind": "text", "text": text}
               for text in (why["missing"], *page.context["unknown"]) if text]  # fmt: skip
    if why["compared"]:
        rows = [[str(one[key]) for key in COLUMNS] for one in why["compared"]]
        blocks.append(
            {"kind": "table", "title": why["compared_title"], "columns": why["compared_columns"],
             "rows": rows}
        )  # fmt: skip
    blocks += [{"kind": "against", "rows": [text], "text": text} for text in why["warnings"]]
    if why["despite"]:
        blocks.append({"kind": "text", "text": why["despite"]})
    certainty = f"{words('Certainty of the evidence:')} {why['certainty']}"
    return [*blocks, {"kind": "text", "text": certainty}]


def _estimand(page: Protocol) -> list[Cell]:
    words, answer = page.words, page.answer
    one, s = answer.estimand, answer.synopsis
    groups = words("{intervention} against {comparator}, as allocated")
    if one.groups == "one":
        groups = words("{intervention}, no control group")
    treatment = groups.format(
        intervention=page.synopsis.name(s.question.intervention),
        comparator=page.synopsis.name(s.question.comparator),
    )
    summary = words(summary_of(one.variable, page.scale, one.groups))
    population = words(
        "{population}, as defined by the criteria of eligibility",
        population=page.synopsis.name(s.question.population),
    )
    rows = [
        (words("Treatment"), treatment),
        (words("Population"), population),
        (words("Variable"), page.primary()),
        (words("Summary measure"), summary),
    ]  # fmt: skip
    table = by_code("intercurrent")
    strategies = by_code("strategies")
    events = [
        [
            page.filled(table[x.code]["event"]),
            words(strategies[x.strategy]["label"]),
            page.filled(table[x.code]["handling"]),
            page.filled(table[x.code]["sensitivity"]) if table[x.code]["sensitivity"] else "",
            page.cited(x.source),
        ]
        for x in one.intercurrent
    ]
    others = words(
        "Strategies of ICH E9(R1): {names}.",
        names=page.comma.join(words(row["label"]) for row in strategies.values()),
    )
    return [
        {"kind": "pairs", "rows": rows},
        {"kind": "table", "title": words("Intercurrent events of the primary endpoint"),
         "columns": [words("Event"), words("Strategy proposed"), words("What is done"),
                     words("Sensitivity analysis"), words("Source")],
         "rows": events, "note": f"{others} {page.cited('ich_e9r1')}"},
    ]  # fmt: skip


def _population(page: Protocol) -> list[Cell]:
    words = page.words
    blocks: list[Cell] = []
    for name, ids in page.answer.read_as:
        treatment = labelled(page.synopsis, "+".join(ids))
        if treatment != name:
            said = words("“{name}” is read as {treatment}.", name=name, treatment=treatment)
            blocks.append({"kind": "text", "text": said})
    for role, title in ROLES.items():
        rows = [page.criterion(one) for one in page.answer.criteria if one.role == role]
        blocks.append(
            {"kind": "table", "title": words(title),
             "columns": [words("Rule"), words("Treatment"), words("Statement"), words("Source")],
             "rows": rows}
        )  # fmt: skip
    for one in page.answer.conflicts:
        first, second = (page.synopsis.name(name) for name in one.treatments)
        said = words(
            "The rules of {first} ({rules}) and of {second} ({others}) ask for opposite patients "
            "({fact}).",
            first=first, second=second, rules=page.comma.join(one.rules[0]),
            others=page.comma.join(one.rules[1]), fact=page.fact(one.fact),
        )  # fmt: skip
        blocks.append({"kind": "against", "rows": [said], "text": said})
    for name in page.answer.without_rules:
        said = words(
            "No rules are shipped for {name}: its criteria have to be written by the team.",
            name=labelled(page.synopsis, name),
        )
        blocks.append({"kind": "text", "text": said})
    return blocks


def _endpoints(page: Protocol) -> list[Cell]:
    words = page.words
    rows = [_endpoint(page, one) for one in page.answer.endpoints]
    columns = [
        words("Role"), words("Definition"), words("Time"), words("Summary in each group"),
        words("Source"),
    ]  # fmt: skip
    return [{"kind": "table", "title": "", "columns": columns, "rows": rows}]


def _endpoint(page: Protocol, one: Endpoint) -> list[str]:
    words = page.words
    role = words(ENDPOINT_ROLES[one.role])
    if one.code is None:
        undefined = words("to be defined by the team")
        return [role, page.primary(), undefined, undefined, ""]
    row = by_code("endpoints")[one.code]
    time = page.filled(row["time"])
    if one.months is not None:
        time = words("at {months:g} months from {start}", months=one.months, start=page.start)
    definition = page.primary() if one.role == "primary" else page.filled(row["definition"])
    return [role, definition, time, page.filled(row["summary"]), page.cited(one.source)]


def _schedule(page: Protocol) -> list[Cell]:
    words = page.words
    table = by_code("assessments")
    columns = [
        words("Assessment"), words("Screening"), page.start[0].upper() + page.start[1:],
        words("During treatment"), words("End of treatment"), words("Follow-up"),
    ]  # fmt: skip
    rows = [
        [words(table[one.code]["label"]),
         *(words(MARKS[m]) if m == "i" else MARKS[m] for m in one.marks)]
        for one in page.answer.schedule
    ]  # fmt: skip
    first = [one.rule_id for one in page.answer.criteria if one.role == "before"]
    note = ""
    if first:
        note = words(
            "Beside these, what the published rules ask for before a treatment ({rules}); see "
            "Eligibility.",
            rules=page.comma.join(first),
        )
    return [{"kind": "table", "title": "", "columns": columns, "rows": rows, "note": note}]


def _checklist(page: Protocol) -> list[Cell]:
    words = page.words
    texts = {(row["guideline"], row["number"]): row["topic"] for row in page.rows("items")}
    places = {code: str(place) for place, code in enumerate(SECTIONS, 1)} | {"title": "1"}
    blocks: list[Cell] = []
    if page.answer.estimand.groups == "one":
        said = words(
            "Both statements are of randomised trials; a trial of one group uses them as far as "
            "they apply."
        )
        blocks.append({"kind": "text", "text": said})
    for code, title in GUIDELINES.items():
        rows = [
            [one.number, words(texts[code, one.number]), places.get(one.section, ""),
             words(STATES[one.state])]
            for one in page.answer.items if one.guideline == code
        ]  # fmt: skip
        blocks.append(
            {"kind": "table", "title": f"{words(title)} {page.cited(code)}",
             "columns": [words("Item"), words("Topic"), words("Section"), words("Status")],
             "rows": rows}
        )  # fmt: skip
    note = words(
        "Numbers as in the table of each statement; topics in hilum's own words. The items of "
        "CONSORT that are not listed are of the course and results of the finished trial."
    )
    return [*blocks, {"kind": "text", "text": note}]
