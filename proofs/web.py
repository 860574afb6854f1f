"""The workbench called inside this process: forms, files and addresses that nobody should send.

A fault is an answer with status 500, a trace of a traceback, a figure outside its bounds, what a
person is called in the log or in an address, or a state of a case that cannot be opened again.
"""

from __future__ import annotations

import json
import logging
import re
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from hilum.errors import UnknownCode
from hilum.web.pages.evidence import FIELDS
from proofs import seeds
from proofs.mutate import NASTY, WAYS

if TYPE_CHECKING:
    from proofs.targets import Target

HOME = "http://127.0.0.1:8337"
# What the invented patient is called: it may stand on pages and nowhere else.
NAME = "Quokka Zirkonia"
REQUEST = "request.json"
WORDS = [one for one in NASTY if "\\ud83e" not in one]
ANY = "0" * 32
BROKEN = 500
EXTRA_MISSING = 501


class Logged(logging.Handler):
    """Keeps what the workbench logs."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        self.lines.append(record.getMessage())


class Bench:
    """A workbench with one case and one liver, and a browser that came in."""

    def __init__(self) -> None:
        from starlette.testclient import TestClient

        from hilum.store.cases import Cases
        from hilum.store.opening import opened
        from hilum.web.app import application
        from hilum.web.desk import Desk
        from hilum.web.liver_desk import LiverDesk
        from hilum.web.work import Works

        # Kept until the process ends: one store for all inputs of a process.
        self.folder = tempfile.TemporaryDirectory(prefix="bench-")
        self.desk = Desk(Cases(opened(Path(self.folder.name))), 8337)
        plain = self.desk.livers
        self.desk.__dict__["livers"] = LiverDesk(plain.livers, Works(immediate=True))
        self.client = TestClient(
            application(self.desk), base_url=HOME, follow_redirects=False,
            raise_server_exceptions=False, headers={"origin": HOME},
        )  # fmt: skip
        self.client.get("/enter", params={"secret": self.desk.sessions.secret})
        self.csrf = self.desk.sessions.of(self.client.cookies[self.desk.cookie]).csrf
        self.log = Logged()
        logging.getLogger("hilum.web").addHandler(self.log)
        self.case = self.desk.cases.add(
            {"patient": {"age": 61, "ki67_percent": 4}, "name": NAME}, "new", "owner"
        )
        files = {"labels": ("l.nii.gz", seeds.segments()), "lesions": ("m.nii.gz", seeds.lesion())}
        sent = self.client.post(
            f"/cases/{self.case}/liver", data={"csrf": self.csrf, "preset": "couinaud"}, files=files
        )
        assert sent.status_code == 303, sent.text
        self.liver = sent.headers["location"].rpartition("/")[2]
        assert self.client.get(sent.headers["location"]).status_code == 200


@cache
def bench() -> Bench:
    """The one of this process."""
    return Bench()


@cache
def names() -> dict[str, tuple[str, ...]]:
    """Names of fields that forms have, by what they are for."""
    from hilum.analyses.designs import DESIGNS
    from hilum.analyses.typed import typed_fields
    from hilum.rendering.design_page import WITHOUT

    attributes = bench().desk.tables.attributes
    fields = tuple(f"{kind}:{name}" for name in attributes for kind in ("f", "u"))
    made = {f"/trials/{code}": tuple(one.name for one in typed_fields(record.Asked, WITHOUT))
            for code, record in DESIGNS.items()}  # fmt: skip
    return {"case": (*fields, "t:name", "t:question", "t:date"), **made}


# What designs need, as somebody would type it.
TYPED = {"p0": "0.1", "p1": "0.3", "p2": "0.5", "hazard_ratio": "0.6", "control_median": "12",
         "accrual": "24", "follow_up": "12", "difference": "0.5", "sd": "1", "arms": "2",
         "n_max": "30", "s0": "0.4", "s1": "0.6", "time": "12", "simulate": "20"}  # fmt: skip
MEASURES = (*("PLO", "PR", "PFT", "PAS") * 3, "OR", "x")
SEGMENTS = (*"12345678", "9", "²", "")
CASE = ("typed", "typed", "typed", "kept", "kept", "put-back", "undo", "place", "states/1")
LIVER = ("tried", "tried", "tried", "search", "taken", "undo", "stop", "plans/0")
ADDRESSES = (
    "/evidence", "/evidence/map.svg", "/evidence/map.csv", "/evidence/cell/tace/{x}",
    "/evidence/cell/{x}/overall_survival", "/evidence/study/{x}", "/cases/{x}", "/audit.csv",
    "/cases/{case}/compare", "/cases/{case}/liver/{liver}", "/cases/{case}/states", "/trials/{x}",
    "/trials/simon/{x}", "/synthesis/{x}", "/static/{x}", "/cases/{case}/sheet.{x}",
    "/cases/{case}/case.json", "/cases/{case}/liver/{x}", "/enter",
)  # fmt: skip
QUERY = ("one", "other", "upper", "lower", "new", "secret", "view", "all_outcomes", "design",
         *FIELDS)  # fmt: skip


def _fields(draw: Any, known: tuple[str, ...], least: int = 0) -> list[tuple[str, str]]:
    """Some fields with words that do not belong there, or nearly do."""
    number = st.integers(-3, 200).map(str) | st.floats(-5, 500).map(lambda one: f"{one:g}")
    word = st.sampled_from(WORDS) | number
    chosen = draw(st.lists(st.sampled_from(known), min_size=least, max_size=8))
    return [(name, draw(word)) for name in chosen]


def _of_case(draw: Any, request: dict[str, Any]) -> None:
    act = draw(st.sampled_from(CASE))
    request["path"] = f"/cases/{{case}}/{act}"
    request["data"] = _fields(draw, names()["case"], 1)
    if draw(st.booleans()):
        request["data"].append(("base", draw(st.sampled_from(("{base}", "²", *WORDS)))))
    if draw(st.integers(0, 3)) == 0:
        request["data"].append(("language", draw(st.sampled_from(("en", "zh-Hans", "x")))))
    request["partial"] = draw(st.booleans())


def _of_plan(draw: Any, request: dict[str, Any]) -> None:
    request["path"] = f"/cases/{{case}}/liver/{{liver}}/{draw(st.sampled_from(LIVER))}"
    request["data"] = [
        *(("s", one) for one in draw(st.lists(st.sampled_from(SEGMENTS), max_size=6))),
        *_fields(draw, ("margin", "l:1", "l:2", "drawn", "clear", "base")),
        ("l:1", draw(st.sampled_from(("wedge", "ablate", "left", "x")))),
        ("base", draw(st.sampled_from(("{base}", "0", "²")))),
    ]
    request["partial"] = draw(st.booleans())


def _of_design(draw: Any, request: dict[str, Any]) -> None:
    path = draw(st.sampled_from(sorted(one for one in names() if one.startswith("/trials/"))))
    known = names()[path]
    sound = [(name, TYPED[name]) for name in known if name in TYPED]
    request["path"], request["data"] = path, [*sound, *_fields(draw, known, 1)[:2]]


def _of_table(draw: Any, request: dict[str, Any]) -> None:
    request["path"] = "/synthesis"
    request["data"] = [("measure", draw(st.sampled_from(MEASURES)))]
    if draw(st.integers(0, 2)) == 0:
        request["data"] += _fields(draw, ("level", "by", "method", "test", "of", "measure"))[:2]
    if draw(st.integers(0, 4)):
        request["upload"] = "file", "t.csv"
    else:
        request["pasted"] = "table"


def _of_file(draw: Any, request: dict[str, Any]) -> None:
    del draw
    request |= {"path": "/files", "data": [], "upload": ("file", "")}


def _of_maps(draw: Any, request: dict[str, Any]) -> None:
    spacing = draw(st.sampled_from(("", "", "", "8,8,8", "nan", "1,1", "-1,1,1", "x" * 90)))
    preset = draw(st.sampled_from(("couinaud", "", "lits", "x")))
    request["path"] = "/cases/{case}/liver"
    request |= {"data": [("preset", preset), ("spacing", spacing)], "upload": ("labels", "")}


def _of_address(draw: Any, request: dict[str, Any]) -> None:
    path = draw(st.sampled_from(ADDRESSES)).replace("{x}", draw(st.sampled_from(WORDS))[:300])
    # A server takes no more of an address than this.
    data = [(name, value[:300]) for name, value in _fields(draw, QUERY)]
    request |= {"method": "GET", "path": path, "data": data}


KINDS = {
    "web cases": _of_case, "web plans": _of_plan, "web designs": _of_design,
    "web tables": _of_table, "web case files": _of_file, "web label maps": _of_maps,
    "web volumes": _of_maps, "web addresses": _of_address,
}  # fmt: skip


def drawn(draw: Any, target: Target, folder: Path) -> tuple[str, ...]:
    """Write one request into the folder; its words are the method and the path."""
    for one in folder.iterdir():
        one.unlink()
    request: dict[str, Any] = {"method": "POST", "data": [], "partial": False}
    KINDS[target.name](draw, request)
    if target.files:
        name = draw(st.sampled_from(sorted(target.files)))
        content = target.files[name]()
        content = draw(WAYS[target.way](content)) if target.way != "none" else content
        (folder / name).write_bytes(content)
        request["file"] = name
    (folder / REQUEST).write_text(json.dumps(request), "utf-8")
    return request["method"], request["path"]


def _sent(request: dict[str, Any], folder: Path) -> Any:
    """The answer to a request that lies in the folder."""
    at = bench()
    base = str(at.desk.cases.last(at.case).number)

    def put(text: str) -> str:
        for name, value in (("{case}", at.case), ("{liver}", at.liver), ("{base}", base)):
            text = text.replace(name, value)
        return text

    from urllib.parse import quote

    path = quote(put(request["path"]), safe="/")
    pairs = [(name, put(value)) for name, value in request["data"]]
    headers = {"hx-request": "true"} if request["partial"] else {}
    if request["method"] == "GET":
        return at.client.get(path, params=pairs, headers=headers)
    data: dict[str, list[str]] = {"csrf": [at.csrf]}
    for name, value in pairs:
        data.setdefault(name, []).append(value)
    content = (folder / request["file"]).read_bytes() if "file" in request else b""
    if "pasted" in request:
        data[request["pasted"]] = [content.decode("utf-8", "replace")]
    if "upload" in request:
        field, name = request["upload"]
        files = {field: (name or request["file"], content)}
        return at.client.post(path, data=data, files=files, headers=headers)
    return at.client.post(path, data=data, headers=headers)


def judged(_: tuple[str, ...], folder: Path) -> list[str]:
    """Send it, go where it leads, look at the case again; every fault."""
    at = bench()
    at.log.lines.clear()
    request = json.loads((folder / REQUEST).read_text("utf-8"))
    answers = [_sent(request, folder)]
    made = answers[0].headers.get("location", "")
    if made:
        answers.append(at.client.get(made))
    if answers[0].status_code < 400 and request["path"].startswith("/cases/{case}"):
        answers.append(at.client.get(f"/cases/{at.case}"))
    found = [fault for one in answers for fault in faults_of(one)]
    if NAME.split()[0] in "".join(at.log.lines) + made:
        found.append("leak: what the patient is called is in the log, or in an address")
    new = re.fullmatch(r"/cases/([0-9a-f]{32})", made)
    if request["path"] == "/files" and new:
        # Whatever was taken over can be looked at, and taken away.
        answer = at.client.get("/cases")
        found += faults_of(answer)
        at.desk.cases.remove(new[1], "owner")
    liver = re.fullmatch(rf"/cases/{at.case}/liver/([0-9a-f]{{32}})", made)
    if liver and liver[1] != at.liver:
        with suppress(UnknownCode):  # what could not be read is gone already
            at.desk.livers.put_away(at.case, liver[1])
            at.desk.livers.livers.drop(at.case, liver[1])
    if found and at.log.lines:
        found[0] = f"{found[0]} [{'; '.join(at.log.lines)[:300]}]"
    return found


def faults_of(answer: Any) -> list[str]:
    """What is wrong with one answer."""
    found: list[str] = []
    path = answer.request.url.path[:80]
    if answer.status_code >= BROKEN and answer.status_code != EXTRA_MISSING:
        found.append(f"unforeseen: status {answer.status_code} at {path}")
    if b"Traceback (most recent call last)" in answer.content:
        found.append(f"traceback: at {path}")
    if answer.status_code >= 400 and not answer.text.strip():
        found.append(f"place: nothing was said at {path}")
    kind = answer.headers.get("content-type", "")
    if kind.startswith("text/html") and "<script>" in answer.text.lower():
        found.append(f"script: at {path}")
    return found
