"""Answers for programs: every analysis by its question, in JSON."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, Response

from hilum.analyses import ANALYSES
from hilum.analyses.forms import to_json
from hilum.errors import Fault, InputError, UnknownCode
from hilum.language import told
from hilum.store.work import DONE, FAILED, LIVING
from hilum.records import found
from hilum.web.asking import checked_role
from hilum.web.exact import read
from hilum.web.kinds import Bench, run_kind
from hilum.web.offered import CASES, OFFERED, asked_from, role_of
from hilum.web.queue import LAST_LOOK
from hilum.web.schemas import openapi
from hilum.web.work import Patience

if TYPE_CHECKING:
    from hilum.store.work import Job
    from hilum.web.asking import Ask

# Seconds that a program is kept waiting for an answer that is nearly there.
WAIT: Final = 5.0
MOST_WAIT: Final = 30.0
LOOK: Final = 0.05
ACCEPTED: Final = 202


def described(ask: Ask) -> Response:
    """Every route, what it takes and what it answers (OpenAPI)."""
    return JSONResponse(openapi(ask.desk.cookie))


def session(ask: Ask) -> Response:
    """Who asks, with which roles; the token that every change carries in ``x-csrf-token``."""
    mine = ask.session
    roles = sorted(mine.roles) if mine else []
    return JSONResponse({"who": ask.who, "roles": roles, "csrf": mine.csrf if mine else ""})


def analyses(ask: Ask) -> Response:
    """What whoever asks can ask."""
    words = ask.words
    mine = [one for one in OFFERED if role_of(one) in ask.roles]
    return JSONResponse([{"name": one, "summary": words(ANALYSES[one].summary)} for one in mine])


def answer(ask: Ask) -> Response:
    """The answer to a question, or the work that leads to it."""
    name, queue = str(ask.params["analysis"]), ask.desk.queue
    checked_role(role_of(found({one: one for one in OFFERED}, name, "analysis")), ask.session)
    asked = asked_from(name, ask.form.body)
    if name in CASES:
        # A patient whom the store does not have is answered, and nothing of it is kept.
        return _json(run_kind(name, Bench(ask.desk.livers), asked, Patience(MOST_WAIT)))
    until = time.monotonic() + _wait(ask)
    key = queue.key(name, asked)
    if ask.desk.crew is None:
        return _answered(queue.answered(name, asked, who=ask.who), key)
    kept = queue.kept(key)
    if kept is not None:
        return _answered(kept, key)
    queue.begin(name, asked, who=ask.who)
    job = _job(ask, key)
    look = LOOK
    while job.state in LIVING and time.monotonic() < until:
        time.sleep(look)
        look = min(LAST_LOOK, look * 1.3)
        job = _job(ask, key)
    if job.state == DONE:
        return _answered(queue.kept(key), key)
    return JSONResponse(_told(ask, job), ACCEPTED, headers={"location": f"/api/jobs/{key}"})


def work(ask: Ask) -> Response:
    """How far a piece of work is."""
    queue = ask.desk.queue
    queue.jobs.settle()
    return JSONResponse(_told(ask, _job(ask, ask.params["key"])))


def stop(ask: Ask) -> Response:
    """Ask a piece of work to end."""
    job = _job(ask, ask.params["key"])
    ask.desk.jobs.stop(job.key)
    return JSONResponse(_told(ask, _job(ask, job.key)))


def kept(ask: Ask) -> Response:
    """An answer by the hash of its question."""
    key = str(ask.params["key"])
    kind = ask.desk.jobs.answers.kind_of(key)
    if kind is None:
        raise UnknownCode("answer", key, ())
    checked_role(role_of(kind), ask.session)
    answer = ask.desk.queue.kept(key)
    if answer is None:
        raise UnknownCode("answer", key, ())
    return _answered(answer, key)


def _answered(found: Any, key: str) -> Response:
    made = _json(found)
    made.headers["location"] = f"/api/answers/{key}"
    return made


def _json(found: Any) -> Response:
    return Response(to_json(found, indent=None), media_type="application/json")


def _job(ask: Ask, key: str) -> Job:
    last = ask.desk.jobs.last(key)
    if last is None:
        raise UnknownCode("job", key, ())
    checked_role(role_of(last.kind), ask.session)
    return last


def _told(ask: Ask, job: Job) -> dict[str, Any]:
    lines: list[str] = []
    if job.state == FAILED and job.error is not None:
        lines = told(read(job.error), ask.words).splitlines()
    return {
        "key": job.key,
        "kind": job.kind,
        "state": job.state,
        "stage": job.code,
        "done": job.done,
        "total": job.total,
        "error": lines,
        "answer": f"/api/answers/{job.key}" if job.state == DONE else None,
    }


def _wait(ask: Ask) -> float:
    said = ask.query.get("wait", "")
    if not said:
        return WAIT
    if not (said.isascii() and said.isdigit() and int(said) <= MOST_WAIT):
        raise InputError(Fault("", None, "wait", said[:20], "whole seconds from 0 to 30"))
    return float(said)


def refused(status: int, title: str, *lines: str) -> Response:
    """Why something was not answered."""
    made = {"title": title, "error": list(lines)}
    return Response(json.dumps(made, ensure_ascii=False), status, media_type="application/json")
