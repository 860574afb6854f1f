"""The workbench as OpenAPI 3.1: made from the table of routes and the forms of the analyses."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any, Final

from hilum._version import __version__
from hilum.analyses import ANALYSES
from hilum.analyses.designs import DESIGNS
from hilum.analyses.forms import schema
from hilum.rendering.own_table import OWN
from hilum.rendering.pool_page import DRAWN
from hilum.web.offered import OFFERED, asked_schema, role_of

Plain = dict[str, Any]
PLACE: Final = re.compile(r"\{(\w+)(?::(\w+))?\}")
HASH: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
ID: Final = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
NAME: Final = {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,80}$"}
FORM, PARTS, JSON, HTML, STREAM = (
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json",
    "text/html",
    "text/event-stream",
)
DOCUMENTS: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": JSON,
}
# What stands in an address, by its name; anything else is a word.
PARAMETERS: Final[dict[str, Plain]] = {
    "case": ID,
    "liver": ID,
    "board": ID,
    "review": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"},
    "number": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    "form": {"enum": list(DOCUMENTS)},
    "kind": {"enum": list(DRAWN)},
    "design": {"enum": list(DESIGNS)},
    "own": {"enum": list(OWN)},
    "key": HASH,
}
# What an address ends in, and what is then answered; a page where nothing else is said.
ENDINGS: Final[dict[str, str]] = {
    ".svg": "image/svg+xml",
    ".csv": "text/csv",
    ".zip": "application/zip",
    ".png": "image/png",
    ".nii.gz": "application/gzip",
    ".json": JSON,
    "/told": STREAM,
}
STATIC: Final = ("text/css", "text/javascript", "image/svg+xml")
REFUSALS: Final[dict[int, str]] = {
    400: "It could not be read",
    403: "Not let in, another role, another site, or another start of the program",
    404: "Not there",
    405: "Another address, at which something else can be done",
    409: "Another state was kept meanwhile",
    413: "Too large",
    415: "Another kind of content",
    421: "Called by a name that is not the program's",
    422: "Not understood, or not to be answered",
    429: "Too often",
    500: "Something went wrong; nothing was changed",
    501: "A part of hilum is not installed",
}
JOB: Final[Plain] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["key", "kind", "state", "stage", "done", "total", "error", "answer"],
    "properties": {
        "key": HASH,
        "kind": {"type": "string"},
        "state": {"enum": ["waiting", "running", "done", "stopped", "failed", "broken"]},
        "stage": {"type": "string"},
        "done": {"type": "integer"},
        "total": {"type": "integer"},
        "error": {"type": "array", "items": {"type": "string"}},
        "answer": {"type": ["string", "null"]},
    },
}
REFUSED: Final[Plain] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "error"],
    "properties": {
        "title": {"type": "string"},
        "error": {"type": "array", "items": {"type": "string"}},
    },
}
SESSION: Final[Plain] = {
    "type": "object",
    "required": ["who", "roles", "csrf"],
    "properties": {
        "who": {"type": "string"},
        "roles": {"type": "array", "items": {"type": "string"}},
        "csrf": {"type": "string"},
    },
}
LISTED: Final[Plain] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name", "summary"],
        "properties": {"name": {"type": "string"}, "summary": {"type": "string"}},
    },
}
# What the routes for programs answer where all is well, by method and path.
ANSWERS: Final[dict[str, Plain]] = {
    "GET /openapi.json": {"type": "object"},
    "GET /api/session": SESSION,
    "GET /api/analyses": LISTED,
    "GET /api/jobs/{key}": JOB,
    "POST /api/jobs/{key}/stop": JOB,
    "GET /api/answers/{key}": {"type": "object"},
}
ASK: Final = "/api/{analysis}"
TOKEN: Final[Plain] = {
    "name": "x-csrf-token",
    "in": "header",
    "required": True,
    "description": "The session's own token; GET /api/session says it. Not looked at beside a "
    "bearer token.",
    "schema": {"type": "string"},
}
WAITS: Final[Plain] = {
    "name": "wait",
    "in": "query",
    "description": "Seconds to wait for the answer before the work is told instead.",
    "schema": {"type": "integer", "minimum": 0, "maximum": 30},
}


def openapi(cookie: str = "hilum") -> Plain:
    """The whole description, for a program whose session has a cookie of this name."""
    paths, parts = _described()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "hilum",
            "version": __version__,
            "description": "Informs a tumour board, does not prescribe. Research software, not a "
            "medical device.",
        },
        "paths": paths,
        "components": {
            "schemas": parts,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": cookie},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }


@cache
def _described() -> tuple[dict[str, Plain], Plain]:
    """Every path, and the parts that they speak of."""
    from hilum.web.table import PAGES

    paths: dict[str, Plain] = {}
    parts: Plain = {"Job": JOB, "Refused": REFUSED}
    for page in PAGES:
        if page.path == ASK:
            for name in OFFERED:
                paths[f"/api/{name}"] = {"post": _analysis(name, str(role_of(name)), parts)}
            continue
        path = PLACE.sub(lambda one: f"{{{one[1]}}}", page.path)
        made = _machine(page, path) if page.machine else _page(page, path)
        paths.setdefault(path, {})[page.method.lower()] = made
    return paths, parts


def _page(page: Any, path: str) -> Plain:
    made: Plain = _base(page, path)
    made["responses"] = {
        "200": {"description": "The page", "content": _kinds(path)},
        "303": {"description": "Done; it goes on at another address"},
        **_refusals(HTML),
    }
    if page.method != "GET":
        fields: Plain = {"type": "object", "required": ["csrf"],
                         "properties": {"csrf": {"type": "string"}}}  # fmt: skip
        made["requestBody"] = {
            "required": True,
            "description": f"At most {page.most} bytes.",
            "content": {FORM: {"schema": fields}, PARTS: {"schema": fields}},
        }
    return made


def _machine(page: Any, path: str) -> Plain:
    made = _base(page, path)
    answered = ANSWERS[f"{page.method} {path}"]
    said = {"description": "The answer", "content": {JSON: {"schema": answered}}}
    made["responses"] = {"200": said, **_refusals(JSON)}
    if page.method != "GET":
        made["parameters"].append(TOKEN)
    return made


def _analysis(name: str, role: str, parts: Plain) -> Plain:
    record = ANALYSES[name]
    asked, answered = _own(name, "Asked", parts), _own(name, "Answered", parts)
    return {
        "summary": record.summary,
        "operationId": f"ask {name}",
        "x-role": role,
        "security": [{"session": []}, {"token": []}],
        "parameters": [TOKEN, WAITS],
        "requestBody": {"required": True, "content": {JSON: {"schema": asked}}},
        "responses": {
            "200": {"description": "The answer", "content": {JSON: {"schema": answered}}},
            "202": {
                "description": "It takes longer: the work, to be looked at where Location says",
                "content": {JSON: {"schema": {"$ref": "#/components/schemas/Job"}}},
            },
            **_refusals(JSON),
        },
    }


def _own(name: str, which: str, parts: Plain) -> Plain:
    """A form among the parts, its own parts beside it under its name."""
    whole = asked_schema(name) if which == "Asked" else schema(ANALYSES[name].Answered)
    prefix = f"{name}.{which}"
    inner = {one: _placed(of, prefix) for one, of in whole.get("$defs", {}).items()}
    parts.update({f"{prefix}.{one}": of for one, of in inner.items()})
    parts[prefix] = _placed({one: of for one, of in whole.items() if one != "$defs"}, prefix)
    return {"$ref": f"#/components/schemas/{prefix}"}


def _placed(value: Any, prefix: str) -> Any:
    """The same with references to where the parts are here."""
    if isinstance(value, list):
        return [_placed(one, prefix) for one in value]
    if not isinstance(value, dict):
        return value
    # JSON has no word for an infinite default; the form says it, the schema leaves it out.
    made = {
        name: _placed(of, prefix)
        for name, of in value.items()
        if not (isinstance(of, float) and not math.isfinite(of))
    }
    said = made.get("$ref")
    if isinstance(said, str):
        made["$ref"] = said.replace("#/$defs/", f"#/components/schemas/{prefix}.")
    return made


def _base(page: Any, path: str) -> Plain:
    named = [one[0] for one in PLACE.findall(path)]
    made: Plain = {
        "summary": (page.answer.__doc__ or "").split("\n")[0],
        "operationId": f"{page.method} {path}",
        "x-role": str(page.role),
        "parameters": [
            {"name": one, "in": "path", "required": True, "schema": _parameter(one, path)}
            for one in named
        ],
    }
    if str(page.role) != "anybody":
        made["security"] = [{"session": []}, *([{"token": []}] if page.machine else [])]
    return made


def _parameter(name: str, path: str) -> Plain:
    if name == "answer":
        return ID
    if name == "name" and path.startswith("/static/"):
        from hilum.web.desk import static_files

        return {"enum": sorted(static_files())}
    return PARAMETERS.get(name, NAME)


def _kinds(path: str) -> Plain:
    if path.startswith("/static/"):
        return {one: {} for one in STATIC}
    if path.endswith(".{form}"):
        return {one: {} for one in DOCUMENTS.values()}
    found = next((of for end, of in ENDINGS.items() if path.endswith(end)), HTML)
    # Where there is no place for a stream the part of the page is sent.
    return {one: {} for one in ((found, HTML) if found == STREAM else (found,))}


def _refusals(kind: str) -> Plain:
    content: Plain = {"text/plain": {}}
    content[kind] = {"schema": {"$ref": "#/components/schemas/Refused"}} if kind == JSON else {}
    return {str(one): {"description": why, "content": content} for one, why in REFUSALS.items()}
