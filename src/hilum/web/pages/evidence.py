"""The evidence map: what has been published, a cell of it, a study; filters in the address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from hilum.analyses.evidence_map import (
    UNREPORTED,
    MapAsked,
    designs,
    grades,
    lines,
    outcomes_known,
    sites,
    treatments_known,
)
from hilum.analyses.evidence_map_cells import made_map
from hilum.analyses.evidence_study import StudyAsked, one_study
from hilum.answers import treatments
from hilum.answers.words import labels
from hilum.errors import Fault, InputError, UnknownCode
from hilum.language import told
from hilum.plots.evidence_map import LEVELS
from hilum.rendering.evidence_map import map_csv, map_title, map_whom, outcome_name, tally_line
from hilum.rendering.evidence_map_page import heads_of, key_of, open_cell, table_of
from hilum.rendering.evidence_map_plot import evidence_map_picture
from hilum.rendering.recorded import odd_line
from hilum.rendering.study import (
    appraisal_lines,
    arm_lines,
    conduct_lines,
    feeds_of,
    figure_row,
    study_facts,
)
from hilum.rendering.study_curve import curves_of, study_curve_svg, study_curve_title
from hilum.sheet.kept import Store
from hilum.sheet.present import DESIGN_LABELS
from hilum.synthesis.certainty import JUDGEMENTS
from hilum.watch import SILENT
from hilum.web.answers import download, shown, shown_once
from hilum.web.desk import evidence
from hilum.web.pages.pasted import DRAWING

if TYPE_CHECKING:
    from hilum.analyses.evidence_map import MapAnswered, MapCell
    from hilum.language import Words
    from hilum.web.asking import Ask

NUMBERS: Final = {"year_from": int, "year_to": int, "burden_from": float, "burden_to": float}
WORDS: Final = ("site", "grade", "line", "unreported")
PATIENT: Final = ("site", "grade", "line")
WHOM: Final = (
    ("site", "site", sites()), ("grade", "grade", grades()), ("line", "asked", lines()),
)  # fmt: skip
"""What a patient is asked by: field, kind of its labels, codes."""
OK: Final = 200
FAULTY: Final = 422
VIEWS: Final = ("squares", "bubbles")
FIELDS: Final = (*WORDS, *NUMBERS, "design", "certainty", "all_outcomes", "view")
"""Names of the filters in an address; nothing else of it is read."""
CELL: Final = ("treatment", "outcome", *FIELDS)
"""Names of what an address of one cell says."""
_MAPS: Final[Store[MapAnswered]] = Store(64)


def evidence_map(ask: Ask) -> Response:
    """The map with its filters; only its table where a filter was changed."""
    template = "evidence_map_part.html.j2" if ask.partial else "evidence_map.html.j2"
    try:
        answer = _map(_asked(ask))
    except InputError as error:
        faults = told(error, ask.words).splitlines()
        # What htmx is told of a fault it shows only where the status says that all is well.
        status = OK if ask.partial else FAULTY
        made = shown(ask, template, status, **_filters(ask), answer=None, faults=faults)
    else:
        key = (evidence().content_hash, _query(ask))
        made = shown_once(
            ask, template, key, lambda: {**_filters(ask), **_shown(answer, ask), "faults": ()}
        )
    if ask.partial:
        made.headers["hx-replace-url"] = _here(ask)
    return made


def picture(ask: Ask) -> Response:
    """The map as a picture to take."""
    drawn = evidence_map_picture(
        _map(_asked(ask)), ask.words, bubbles=_view(ask) == "bubbles", least=_least(ask)
    )
    return download(drawn.encode(), "evidence-map.svg", "image/svg+xml")


def table(ask: Ask) -> Response:
    """The map as a table to take."""
    return download(map_csv(_map(_asked(ask)), ask.words).encode(), "evidence-map.csv", "text/csv")


def cell(ask: Ask) -> Response:
    """One cell: its figure, its studies, those left out and why, its certainty."""
    found, answer = cell_of(ask, ask.params["treatment"], ask.params["outcome"])
    return shown(
        ask,
        "evidence_cell.html.j2",
        cell=open_cell(answer, found, ask.words),
        whom=map_whom(answer, ask.words),
        tallies=[tally_line(one, ask.words) for one in answer.tallies],
        query=_query(ask),
        patient=_query(ask, PATIENT),
        again=urlencode({"treatment": found.treatment, "outcome": found.outcome})
        if found.answer.studies else "",
    )  # fmt: skip


def cell_of(ask: Ask, treatment: str = "", outcome: str = "") -> tuple[MapCell, MapAnswered]:
    """A cell with the filters of the address; treatment and outcome too where they stand there."""
    treatment = treatment or ask.query.get("treatment", "")
    outcome = outcome or ask.query.get("outcome", "")
    asked = replace(
        _asked(ask), treatment=(treatment,), outcome=(outcome,), all_outcomes=False,
        with_left_out=True,
    )  # fmt: skip
    answer = _map(asked)
    return answer.at(treatment, outcome), answer


def cells_known(ask: Ask) -> dict[str, list[tuple[str, str]]]:
    """Treatments, outcomes and kinds of patients that a cell can be asked for, in words."""
    words, known = ask.words, labels()
    return {
        "treatment": [(code, words(treatments()[code].label)) for code in treatments_known()],
        "outcome": [(code, outcome_name(code, words)) for code in outcomes_known()],
        **{
            name: [(code, words(known[kind, code])) for code in codes] for name, kind, codes in WHOM
        },
    }


def study(ask: Ask) -> Response:
    """One study whole."""
    said = {name: ask.query[name] for name in PATIENT if ask.query.get(name)}
    given: dict[str, Any] = {"study": ask.params["study"], **said}
    answer = one_study(evidence(), StudyAsked(**given))
    words = ask.words
    figures = [
        {
            "row": figure_row(one.result, words),
            "feeds": [
                (told, _cell_address(use.treatment, use.outcome, said) if use else "")
                for told, use in zip(
                    feeds_of(one, answer, words),
                    [x if x.kind == "cell" else None for x in one.uses] or [None],
                    strict=True,
                )
            ],
        }
        for one in answer.figures
    ]
    return shown(
        ask,
        "evidence_study.html.j2",
        study=answer,
        facts=study_facts(answer, words),
        odd=odd_line(answer.link, words),
        conduct=conduct_lines(answer, words),
        appraisal=appraisal_lines(answer, words),
        arms=[arm_lines(one, words) for one in answer.arms],
        figures=figures,
        patient=urlencode(said),
        curves=[(code, study_curve_title(code, words)) for code in curves_of(answer)],
    )


def study_curve(ask: Ask) -> Response:
    """What a study printed of an outcome over time."""
    answer = one_study(evidence(), StudyAsked(study=ask.params["study"]))
    code = str(ask.params["outcome"])
    if code not in curves_of(answer):
        raise UnknownCode("outcome", code, curves_of(answer))
    drawn = study_curve_svg(answer, code, ask.words)
    return Response(drawn, media_type="image/svg+xml", headers=DRAWING)


def _map(asked: MapAsked) -> MapAnswered:
    record = evidence()
    return _MAPS.get((record.content_hash, asked), lambda: made_map(record, asked, SILENT))


def _asked(ask: Ask) -> MapAsked:
    """What the address asks.

    Raises
    ------
    InputError
        With every word and number that is not understood.
    """
    given: dict[str, Any] = {name: ask.query[name] for name in WORDS if ask.query.get(name)}
    faults: list[Fault] = []
    for name, kind in NUMBERS.items():
        text = ask.query.get(name, "").strip()
        if not text:
            continue
        try:
            given[name] = kind(text)
        except ValueError:
            faults.append(Fault("", None, name, text, "a number"))
    if faults:
        raise InputError(*faults)
    if ask.query.get("design"):
        given["design"] = (ask.query["design"],)
    return MapAsked(**given, all_outcomes=ask.query.get("all_outcomes") == "yes")


def _least(ask: Ask) -> str:
    """The least certainty that is asked for; empty where none is."""
    said = ask.query.get("certainty", "")
    return said if said in LEVELS else ""


def _view(ask: Ask) -> str:
    said = ask.query.get("view", "")
    return said if said in VIEWS else VIEWS[0]


def _query(ask: Ask, names: tuple[str, ...] = FIELDS) -> str:
    """The filters as they stand in an address."""
    return urlencode({name: ask.query[name] for name in names if ask.query.get(name)})


def _here(ask: Ask) -> str:
    """The map with its filters: what a change of language comes back to."""
    query = _query(ask)
    return f"/evidence?{query}" if query else "/evidence"


def _cell_address(treatment: str, outcome: str, said: dict[str, str]) -> str:
    query = urlencode(said)
    known = outcome in outcomes_known()
    return f"/evidence/cell/{treatment}/{outcome}{'?' + query if query else ''}" if known else ""


def _filters(ask: Ask) -> dict[str, Any]:
    """What can be chosen, in words, and what is."""
    words, known = ask.words, labels()
    choices = {
        name: [(code, words(known[kind, code])) for code in codes] for name, kind, codes in WHOM
    }
    choices["design"] = [
        ("", words("any design")),
        *((one, words(DESIGN_LABELS[one])) for one in designs() if one != "pooled_analysis"),
    ]
    choices["certainty"] = [
        ("", words("any certainty")),
        *((one, words(JUDGEMENTS[one])) for one in tuple(LEVELS)[1:]),
    ]
    choices["unreported"] = list(zip(UNREPORTED, _unreported(words), strict=True))
    return {
        "back": _here(ask),
        "choices": choices,
        "said": {name: ask.query.get(name, "") for name in FIELDS},
        "view": _view(ask),
    }


def _unreported(words: Words) -> tuple[str, str]:
    return words("counted apart"), words("in the map with the others")


def _shown(answer: MapAnswered, ask: Ask) -> dict[str, Any]:
    words, query = ask.words, _query(ask)

    def leads(one: MapCell) -> str:
        return f"/evidence/cell/{one.treatment}/{one.outcome}{'?' + query if query else ''}"

    bubbles = _view(ask) == "bubbles"
    return {
        "answer": answer,
        "heading": map_title(answer, words),
        "whom": map_whom(answer, words),
        "tallies": [tally_line(one, words) for one in answer.tallies],
        "heads": heads_of(answer, words),
        "rows": table_of(answer, words, _least(ask)),
        "key": key_of(words),
        "query": query,
        "drawn": evidence_map_picture(answer, words, bubbles=True, href=leads, least=_least(ask))
        if bubbles
        else "",
    }
