"""What an attacker would send: script everywhere, paths, bombs; and what a patient leaves."""

import gzip
import io
import json
import logging
import re
import time
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest

from hilum.web.guard import HEADERS
from hilum.web.liver_desk import LiverDesk
from hilum.web.table import PAGES
from hilum.web.work import Works
from tests.liver.phantoms import phantom, save
from tests.liver.test_memory import nifti, nrrd
from tests.web.conftest import ORIGIN
from tests.web.test_guard import address, called

ROOT = Path(__file__).parents[2]
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
BREAKING = "\"'><svg/onload=alert(3)>{{7*7}}${7*7}"
EVIL = SCRIPT + BREAKING
# Raw in a page, any of these would be an element of somebody else's.
ACTIVE = ("<script>alert", "<img src=x", "<svg/onload", "{{49}}", "$49")
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WITH_PLACES = [one for one in PAGES if "{" in one.path]


@pytest.fixture(autouse=True)
def immediate(desk):
    """Work is done before the page answers."""
    plain = desk.livers
    desk.__dict__["livers"] = LiverDesk(plain.livers, Works(immediate=True))


class Acting(HTMLParser):
    """Elements and attributes of a page that would run what somebody sent."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [
            (tag, name)
            for name, value in attrs
            if name.startswith(("on", "hx-on"))
            or (value or "").strip().lower().startswith(("javascript:", "vbscript:"))
        ]
        if tag in ("script", "iframe", "object", "embed", "base") and not (
            tag == "script" and dict(attrs).get("src", "").startswith("/static/")
        ):
            self.found.append((tag, ""))


def harmless(answer, *, shown=True):
    """Nothing of what was sent acts in the page, and it is there as text."""
    assert answer.status_code in (200, 409, 422), answer.status_code
    for one in ACTIVE:
        assert one not in answer.text, one
    page = Acting()
    page.feed(answer.text)
    assert page.found == []
    assert answer.headers["content-security-policy"].startswith("default-src 'none';")
    if shown:
        assert "alert(" in answer.text, "it was looked at where it is shown"


def test_script_in_a_case(send, visitor):
    """In its name, question, facts, and names of facts that there are none of."""
    content = {"name": EVIL, "question": EVIL, "id": EVIL, "context": EVIL,
               "patient": {"age": EVIL, "primary_site": EVIL, EVIL: EVIL}}  # fmt: skip
    answer = send("/files", files={"file": ("a.json", json.dumps(content).encode())})
    case = answer.headers["location"]
    for path in ("/cases", case, f"{case}/remove", f"{case}/sheet"):
        harmless(visitor.get(path))
    harmless(send(f"{case}/typed", {"f:age": EVIL, "t:name": EVIL}, headers={"hx-request": "true"}))
    harmless(visitor.get(case))
    send(f"{case}/kept", {"base": "1", "t:name": f"{EVIL} again"})
    harmless(visitor.get(f"{case}/compare?one=1&other=2"), shown=False)
    harmless(visitor.get(f"{case}/states"), shown=False)


def test_script_in_the_names_of_files(send, case):
    for path, name in (("/files", "file"), (f"{case}/liver", "labels"), ("/synthesis", "file")):
        answer = send(path, files={name: (f"{EVIL}.toml", b"oops")})
        harmless(answer, shown=False)


def test_script_in_a_table(send, visitor):
    """In the title of a study, a group, a name of a column, and a cell that should be a number."""
    cell = EVIL.replace('"', '""')
    rows = "".join(f'"{cell} {n}","{cell}",{n + 3},{n + 20}\n' for n in range(4))
    sent = {"table": f"study,group,events,total\n{rows}", "measure": "PLO", "by": "group"}
    answer = send("/synthesis", {**sent, "method": "", "test": "z", "level": "0.95"})
    assert answer.status_code == 303, answer.text[:2000]
    harmless(visitor.get(answer.headers["location"]))
    drawn = visitor.get(f"{answer.headers['location']}/forest.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in drawn.headers["content-security-policy"]
    assert not any(one in drawn.text for one in ACTIVE)
    for table in (f'study,events,total\na,"{cell}",20\n', f'"{cell}",events,total\na,1,20\n'):
        answer = send("/synthesis", {**sent, "table": table, "by": ""})
        if answer.status_code == 303:
            answer = visitor.get(answer.headers["location"])
        harmless(answer)
    harmless(send("/synthesis", {**sent, "by": EVIL}))


def test_script_in_a_design(send):
    harmless(send("/trials/simon", {"p0": EVIL, "p1": "0.3"}))


def test_script_in_a_filter_of_the_evidence(visitor):
    for name in ("site", "grade", "line", "design", "years", "burden"):
        answer = visitor.get("/evidence", params={name: EVIL})
        assert answer.status_code in (200, 404, 422)
        assert not any(one in answer.text for one in ACTIVE)


def test_script_in_a_dicom_tag(send, visitor, case):
    """Names of structures, of the series and of the patient in a DICOM SEG."""
    import pydicom

    source = ROOT / "tests" / "liver" / "data" / "crlm_style_overlap_seg.dcm.gz"
    one = pydicom.dcmread(io.BytesIO(gzip.decompress(source.read_bytes())))
    tag = f"x{EVIL}"[:60]
    one.PatientName = one.SeriesDescription = one.PatientID = tag
    segments = list(one.SegmentSequence)
    segments[-1].SegmentLabel = segments[-1].SegmentDescription = tag
    for kept in ("SegmentedPropertyTypeCodeSequence", "SegmentedPropertyCategoryCodeSequence"):
        if kept in segments[-1]:
            segments[-1][kept].value[0].CodeMeaning = tag
            segments[-1][kept].value[0].CodeValue = "0"
    out = io.BytesIO()
    one.save_as(out)
    room = send(f"{case}/liver", files={"labels": ("a.dcm", out.getvalue())})
    answer = visitor.get(room.headers["location"])
    harmless(answer, shown=False)
    assert "alert(1)" in answer.text or "&lt;script" in answer.text, "the label is named as text"


def carried(page, csrf):
    """What a form of hilum's own carries, or a program that speaks to it."""
    if page.method != "POST":
        return {"headers": ORIGIN}
    if page.machine:
        return {"headers": {**ORIGIN, "x-csrf-token": csrf}, "json": {}}
    return {"headers": ORIGIN, "data": {"csrf": csrf}}


ESCAPES = (
    "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e%2fhilum.db",
    "..\\..\\hilum.db", "%00", "a%00b", "%0d%0aset-cookie:x=y", "' OR 1=1 --", "%c0%ae%c0%ae",
    "x" * 3000, "-1", "99999999999999999999", "con", ".", "..", "*", "~root", "{{7*7}}",
    quote(EVIL, safe=""),
)  # fmt: skip


@pytest.mark.parametrize("page", WITH_PLACES, ids=called)
def test_nothing_leads_out_of_any_place_of_an_address(page, visitor, csrf, caplog):
    """Every place of every address, with everything that ever led somewhere."""
    given = re.findall(r"{[^}]+}", page.path)
    for at in range(len(given)):
        for escape in ESCAPES:
            path = page.path
            for place, name in enumerate(given):
                usual = address(type(page)("GET", name, page.role, page.answer)).strip("{}")
                path = path.replace(name, escape if place == at else usual, 1)
            answer = visitor.request(page.method, path, **carried(page, csrf))
            # A number that is out of range leads to no state, a name that is known to its page.
            assert answer.status_code in (404, 405, 422, 303, 200), (path, answer.status_code)
            assert "root:" not in answer.text
            assert "SQLite" not in answer.text
            assert "set-cookie" not in answer.headers or page.path == "/enter"
            assert not any(one in answer.text for one in ACTIVE)
            assert answer.status_code != 200 or escape in (".", "..", "../../../../etc/passwd")
            assert answer.headers["x-content-type-options"] == "nosniff"
    assert "Traceback" not in caplog.text


def zipped(*files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def many(count):
    return zipped(*((f"a{n}.nii", b"") for n in range(count)))


BOMBS = {
    "gzip": ("a.nii.gz", lambda folder: nifti_bomb()),
    "zip of zeros": ("a.zip", lambda folder: zipped(("a.nii", bytes(300_000_000)))),
    "zip in zip": ("a.zip", lambda folder: zipped(("b.zip", zipped(("a.nii", b"x"))))),
    "many files": ("a.zip", lambda folder: many(3100)),
    "out of the folder": ("a.zip", lambda folder: zipped(("../../evil.nii", b"x"))),
    "huge NIfTI": ("a.nii", lambda folder: nifti(folder / "a.nii", (30000,) * 3).read_bytes()),
    "huge NRRD": ("a.nrrd", lambda folder: nrrd(folder / "a.nrrd", (10**6,) * 3).read_bytes()),
    "negative": ("a.nrrd", lambda folder: nrrd(folder / "a.nrrd", (-5, 10, 10)).read_bytes()),
}  # fmt: skip


def nifti_bomb():
    """A header of a small volume, and zeros without end after it."""
    small = io.BytesIO()
    with gzip.GzipFile(fileobj=small, mode="wb", mtime=0) as out:
        out.write(bytes(300_000_000))
    return small.getvalue()


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_soon_and_leave_nothing(name, send, visitor, desk, case, tmp_path):
    """Label maps: with what they unpack to counted, and headers read before the data."""
    sent, make = BOMBS[name]
    content = make(tmp_path)
    assert len(content) < 2_000_000
    start = time.process_time()
    answer = send(f"{case}/liver", {"preset": "liver"}, files={"labels": (sent, content)})
    if answer.status_code == 303:
        answer = visitor.get(answer.headers["location"])
    assert answer.status_code == 422
    assert time.process_time() - start < 20
    assert desk.livers.livers.of(case.removeprefix("/cases/")) == []
    assert not list(desk.livers.livers.folder.rglob("*.nii*"))
    assert not list(tmp_path.rglob("evil*"))


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "' + "ha" * 50 + '">'
    + "".join(f'<!ENTITY {n} "{f"&{p};" * 20}">' for p, n in zip("abcdef", "bcdefg", strict=True))
    + ']><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>&g;</t></is></c></row></sheetData></worksheet>'
)  # fmt: skip
OUTSIDE = (
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet xmlns='
    '"http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    '<c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>'
)


def workbook(sheet):
    """A workbook whose one sheet is these bytes."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = (
        f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>"
    )
    return zipped(("xl/workbook.xml", book), ("xl/_rels/workbook.xml.rels", links),
                  ("xl/worksheets/sheet1.xml", sheet))  # fmt: skip


@pytest.mark.parametrize(
    "sheet",
    [
        LAUGHS.encode(),
        OUTSIDE.encode(),
        b"<!--" + b"x" * 70_000 + b"-->" + LAUGHS.encode(),
        b"<!--" + b"x" * 65_527 + b"-->" + LAUGHS.encode(),
        ('<?xml version="1.0" encoding="UTF-16"?>' + LAUGHS).encode("utf-16"),
        ('<?xml version="1.0" encoding="UTF-16"?>' + OUTSIDE).encode("utf-16"),
        b"<worksheet>" + b"<a>" * 200_000,
        b"<worksheet>" + b" " * 400_000_000,
    ],
    ids=["laughs", "outside", "after a comment", "across a border", "UTF-16", "UTF-16 outside",
         "deep", "zeros"],
)  # fmt: skip
def test_xml_that_grows_or_reads_files_is_refused(sheet, send):
    start = time.process_time()
    answer = send("/synthesis", {"measure": "PLO"}, files={"file": ("a.xlsx", workbook(sheet))})
    assert answer.status_code == 422, answer.status_code
    assert time.process_time() - start < 10
    assert "root:" not in answer.text
    assert "haha" not in answer.text


def test_sizes_of_parts(visitor, csrf, send):
    """A part, the number of parts, the number of files, names of fields without end."""
    assert send("/files", {"x": "y" * 100_001}, files={"file": ("a", b"x")}).status_code == 400
    parts = {f"f{n}": "1" for n in range(21)}
    assert send("/files", parts, files={"file": ("a", b"x")}).status_code == 400
    boundary = "b"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{"n" * 100_000}"\r\n\r\nx\r\n'
    body = head.encode() + f"--{boundary}--\r\n".encode()
    kind = {"content-type": f"multipart/form-data; boundary={boundary}", **ORIGIN}
    assert visitor.post("/files", content=body, headers=kind).status_code in (400, 403)


def test_a_token_of_another_session_is_none(desk, send, visitor):
    other = desk.sessions.of(desk.sessions.enter(desk.sessions.secret))
    answer = visitor.post("/cases", data={"csrf": other.csrf}, headers=ORIGIN)
    assert answer.status_code == 403
    assert desk.cases.listed() == []


MARKS = ("Quartermaine", "ZQ-4711", "1951-02-03")


def test_no_value_of_a_patient_leaves_its_pages(send, visitor, desk, caplog, capfd, tmp_path):
    """Every route is walked with a marked patient: no address, header, log or error holds it."""
    caplog.set_level(logging.DEBUG)
    content = {"name": MARKS[0], "id": MARKS[1], "question": MARKS[2], "patient": {"age": 61}}
    answer = send("/files", files={"file": (f"{MARKS[0]}.json", json.dumps(content).encode())})
    case = answer.headers["location"]
    segments, _, affine = phantom()
    sent = save(tmp_path / "one.nii.gz", segments, affine).read_bytes()
    room = send(
        f"{case}/liver", {"preset": "couinaud"}, files={"labels": (f"{MARKS[0]}.nii.gz", sent)}
    )
    liver = room.headers["location"].rpartition("/")[2]
    csrf = desk.sessions.of(visitor.cookies[desk.cookie]).csrf
    last = ("remove", "put-back", "undo")
    pages = sorted(PAGES, key=lambda one: any(one.path.endswith(end) for end in last))
    shown = 0
    for page in pages:
        path = page.path.replace("{liver}", liver)
        path = address(type(page)(page.method, path, page.role, page.answer))
        path = path.replace("/cases/" + "0" * 32, case)
        fields = {
            "csrf": csrf,
            "base": "1",
            "t:name": f"{MARKS[0]} II",
            "f:age": MARKS[2],
            "x": MARKS[1],
        }
        given = carried(page, csrf)
        if "data" in given:
            given["data"] = fields
        if path.endswith((".pdf", "/sign-out")):
            continue
        answer = visitor.request(page.method, path, **given)
        assert answer.status_code < 500, path
        held = json.dumps(dict(answer.headers), ensure_ascii=False) + str(answer.url)
        assert not any(one in held for one in MARKS), path
        if answer.status_code >= 400 and not path.startswith(case):
            assert not any(one in answer.text for one in MARKS), path
        shown += any(one in answer.text for one in MARKS)
    assert shown >= 5, "the marks are those that pages show"
    told = caplog.text + "".join(capfd.readouterr()) + visitor.get("/audit.csv").text
    assert not any(one in told for one in MARKS)


def test_every_answer_has_the_headers(visitor, case):
    """Also what is refused, missing, a file, a picture."""
    for method, path in (
        ("GET", "/static/workbench.css"), ("GET", "/evidence/map.svg"), ("GET", "/nowhere"),
        ("PUT", "/cases"), ("TRACE", "/"), ("DELETE", case), ("POST", "/cases"), ("HEAD", "/cases"),
    ):  # fmt: skip
        answer = visitor.request(method, path)
        for name in ("x-content-type-options", "referrer-policy", "x-frame-options"):
            assert answer.headers[name] == HEADERS[name], (method, path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "access-control-allow-origin" not in answer.headers
        assert "server" not in answer.headers
        assert method in ("GET", "HEAD", "POST") or answer.status_code == 405
