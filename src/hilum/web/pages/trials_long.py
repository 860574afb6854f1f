"""Trials that take their time: simulated patient by patient, ranked by what they would be worth."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from hilum.analyses import analysis
from hilum.analyses.forms import to_json
from hilum.analyses.scenario import ScenarioText, scenario_of
from hilum.analyses.scenario_templates import TEMPLATES
from hilum.analyses.typed import from_texts, typed_fields
from hilum.errors import Fault, HilumError, InputError
from hilum.language import languages, told
from hilum.language import words as words_of
from hilum.records import found
from hilum.rendering.design_page import WITHOUT, asked_form, fault_lines, offered
from hilum.rendering.rank_page import rank_page
from hilum.rendering.rank_plot import rank_picture
from hilum.rendering.scenario_template import in_words, scenario_template
from hilum.rendering.simulate import simulate_table
from hilum.web.answers import download, shown
from hilum.web.desk import evidence
from hilum.web.pages import drafted
from hilum.web.pages.doing import begun
from hilum.web.pages.pasted import DRAWING
from hilum.web.pages.sheets import KINDS
from hilum.web.work import FAILED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.analyses.rank import RankAnswered
    from hilum.analyses.simulate import SimulateAnswered
    from hilum.watch import Watch
    from hilum.web.asking import Ask

SIMULATE, RANK = "/trials/simulate", "/trials/rank"
SIMULATING: Final = "Trials are being simulated"
RANKING: Final = "Comparisons are being ranked"
# What the form of a simulation holds: the scenario as its file would be written.
FIELDS: Final = ("scenario", "trials", "seed")
NAME: Final = "scenario.toml"
KINDS_SAID: Final = {
    "survival": "Times to an event", "platform": "Platform trial", "arms": "Several arms",
    "reestimation": "Re-estimation of the size",
}  # fmt: skip
# Trials of each scenario that a page simulates at first: seconds, and an error of a percent.
TRIALS: Final = "2000"


def messages() -> set[str]:
    """Ids that stand in constants."""
    return {SIMULATING, RANKING, *KINDS_SAID.values()}


def simulation(ask: Ask) -> Response:
    """The scenario: as it was left, or a commented one to start from."""
    kind = ask.query.get("kind", "")
    if kind in TEMPLATES:
        return _simulation(ask, _from_template(kind, ask))
    texts = drafted.of(ask, SIMULATE) or _from_template(next(iter(TEMPLATES)), ask)
    spoken = (words_of(one) for one in languages())
    said = in_words(texts.get("scenario", ""), ask.words, spoken)
    return _simulation(ask, {**texts, "scenario": said})


def _from_template(kind: str, ask: Ask) -> Mapping[str, str]:
    return {"scenario": scenario_template(kind, ask.words), "trials": TRIALS, "seed": ""}


def simulation_typed(ask: Ask) -> Response:
    """Keep what is typed."""
    return drafted.typed(ask, SIMULATE, FIELDS, SIMULATE)


def simulate(ask: Ask) -> Response:
    """Simulate what the scenario says."""
    texts = drafted.keep(ask, SIMULATE, FIELDS)
    record = analysis("simulate")
    try:
        asked = record.Asked(
            file=ScenarioText(NAME, texts.get("scenario", "")),
            trials=_count(texts, "trials"),
            seed=_count(texts, "seed"),
            workers=1,
        )
        scenario_of(asked.file)
    except HilumError as error:
        return _simulation(ask, texts, told(error, ask.words).splitlines(), 422)
    key = hashlib.sha256(to_json(asked).encode()).hexdigest()[:32]
    kept, queue, who = ask.desk.pooled, ask.desk.queue, ask.who

    def work(watch: Watch) -> str:
        answer = queue.answered("simulate", asked, watch, who=who)
        kept.get((SIMULATE, key), lambda: answer)
        return f"{SIMULATE}/{key}"

    done, answer = begun(ask, key, SIMULATING, SIMULATE, work)
    if done.state == FAILED and done.error is not None:
        return _simulation(ask, texts, told(done.error, ask.words).splitlines(), 422)
    return answer


def simulated(ask: Ask) -> Response:
    """What the simulated trials did."""
    answer = _simulated(ask)
    texts = {
        "scenario": answer.asked.file.text, "trials": str(answer.trials), "seed": str(answer.seed),
    }  # fmt: skip
    return _simulation(ask, texts, answer=answer)


def simulated_file(ask: Ask) -> Response:
    """The whole of it as a file."""
    answer = _simulated(ask)
    if ask.params["form"] == "json":
        return download(to_json(answer).encode(), "simulated.json", KINDS["json"])
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("cell", "characteristic", "mean", "mcse", "trials"))
    for cell in answer.cells:
        for name, one in cell.characteristics.items():
            table.writerow((cell.cell, name, one.value, one.mcse, one.count))
    return download(out.getvalue().encode(), "simulated.csv", "text/csv")


def _simulated(ask: Ask) -> SimulateAnswered:
    return ask.desk.pooled.find((SIMULATE, ask.params["answer"]))


def _simulation(
    ask: Ask,
    texts: Mapping[str, str],
    faults: list[str] | None = None,
    status: int = 200,
    answer: SimulateAnswered | None = None,
) -> Response:
    head, rows = simulate_table(answer, ask.words) if answer else ([], [])
    return shown(
        ask, "simulate.html.j2", status, here=SIMULATE,
        texts={name: texts.get(name, "") for name in FIELDS}, faults=faults or [],
        kinds=[(one, ask.words(found(KINDS_SAID, one, "kind"))) for one in TEMPLATES],
        answer=answer, key=ask.params.get("answer", ""), head=head,
        rows=rows,
    )  # fmt: skip


def _count(texts: Mapping[str, str], name: str) -> int | None:
    text = texts.get(name, "").strip()
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise InputError(Fault("", None, name, text[:20], "a whole number")) from None


def ranking(ask: Ask) -> Response:
    """What is to be ranked: as it was left."""
    return _ranking(ask, drafted.of(ask, RANK))


def ranking_typed(ask: Ask) -> Response:
    """Keep what is typed."""
    return drafted.typed(ask, RANK, _names(), RANK)


def ranking_cleared(ask: Ask) -> Response:
    """Forget what was typed."""
    return drafted.clear(ask, RANK, RANK)


def rank(ask: Ask) -> Response:
    """Rank comparisons."""
    record = analysis("rank")
    texts = {name: ask.form.get(name) for name in _names()}
    ask.desk.drafts.keep(ask.who, RANK, texts)
    try:
        asked = from_texts(record.Asked, texts, WITHOUT)
    except HilumError as error:
        return _ranking(ask, texts, fault_lines(error, record.Asked, ask.words), 422)
    key = hashlib.sha256(to_json(asked).encode()).hexdigest()[:32]
    kept, queue, who = ask.desk.pooled, ask.desk.queue, ask.who

    def work(watch: Watch) -> str:
        answer = queue.answered("rank", asked, watch, who=who)
        kept.get((RANK, key), lambda: (answer, texts))
        return f"{RANK}/{key}"

    done, answer = begun(ask, key, RANKING, RANK, work)
    if done.state == FAILED and done.error is not None:
        return _ranking(ask, texts, fault_lines(done.error, record.Asked, ask.words), 422)
    return answer


def ranked(ask: Ask) -> Response:
    """The ranking."""
    answer, texts = _ranked(ask)
    return _ranking(ask, texts, answer=answer)


def ranked_picture(ask: Ask) -> Response:
    """The worth of trials by their size."""
    answer, _ = _ranked(ask)
    return Response(rank_picture(answer, 5, ask.words), media_type="image/svg+xml", headers=DRAWING)


def ranked_file(ask: Ask) -> Response:
    """The whole of it as a file."""
    return download(to_json(_ranked(ask)[0]).encode(), "ranked.json", KINDS["json"])


def _ranked(ask: Ask) -> tuple[RankAnswered, Mapping[str, str]]:
    return ask.desk.pooled.find((RANK, ask.params["answer"]))


def _names() -> list[str]:
    return [one.name for one in typed_fields(analysis("rank").Asked, WITHOUT)]


def _cited() -> dict[str, str]:
    """Short citations of the record's studies by id."""
    return {one.study_id: one.name for one in evidence().studies}


def _ranking(
    ask: Ask,
    texts: Mapping[str, str] | None,
    faults: list[str] | None = None,
    status: int = 200,
    answer: RankAnswered | None = None,
) -> Response:
    page: dict[str, Any] = rank_page(answer, ask.words, _cited()) if answer else {}
    return shown(
        ask, "rank.html.j2", status, here=RANK, faults=faults or [], answer=answer,
        key=ask.params.get("answer", ""), page=page,
        fields=asked_form(analysis("rank").Asked, texts, ask.words),
        offered=offered(ask.words),
    )  # fmt: skip
