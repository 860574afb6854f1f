"""Valid inputs to begin from: examples, files of the tests, and small ones made here."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tomllib
import zipfile
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
EXAMPLES, TESTS = ROOT / "examples", ROOT / "tests"
EVIDENCE = ROOT / "src" / "hilum" / "evidence" / "netlm"
SIDE = 8.0  # mm, so that a few thousand voxels are a liver

PROPORTIONS = """study,year,xi,ni,arm
Alpha 2001,2001,4,20,a
Beta 2005,2005,11,41,b
Gamma 2011,2011,7,33,a
Delta 2019,2019,0,12,b
"""
ARMS = """study,treatment,design,event,n,pct
S1,tace,randomised,12,40,20
S1,tae,randomised,9,41,20
S2,tace,comparative,8,30,35
S2,tae,comparative,10,33,30
S3,tace,single_arm,15,37,10
"""
RATES = """study,arm,kind,time,value,n,unit
A,x,rate,12,80,40,months
A,x,rate,24,61,,months
B,x,median,,30,51,months
C,x,rate,12,70,23,months
C,x,rate,36,40,,months
"""


def review() -> bytes:
    """The data package of a review with one import."""
    from hilum.literature.review.changes import packaged
    from hilum.literature.review.state import Imported, Review

    one = Imported("i001", "x.ris", "00", "ris", {"UTF-8": 1}, 2, 2, 0, "2026-01-31T00:00:00+00:00")
    return packaged(Review("made", "2026-01-31T00:00:00+00:00", (one,), next_number=2))


REFERENCES = """TY  - JOUR
ID  - 1
TI  - Embolisation of liver metastases: a series of 31 patients
AU  - Vesterlund, Asa
AU  - Okafor, Ngozi
JO  - J Imagined Oncol
PY  - 2011
VL  - 7
SP  - 101
EP  - 109
DO  - 10.5555/jio.2011.0101
ER  -

TY  - JOUR
ID  - 2
T1  - Embolisation of liver metastases. A series of 31 patients.
A1  - Vesterlund A
Y1  - 2011//
JF  - Journal of Imagined Oncology
SP  - 101-9
N1  - doi: 10.5555/jio.2011.0101
ER  -
"""
CLICKS = "arm A,,arm B,\nX,Y,X,Y\n0,1,0,1\n5.5,0.9,3,0.8\n12.25,0.75,6,0.7\n30,0.5,20,0.4\n"
AT_RISK = "time,n\n0,96\n12,79\n24,44\n36,22\n"
CHANGES = """[[override]]
subject = "tace/overall_survival_rate_60m/netlm"
domain = "level"
from = "very_low"
to = "low"
reason = "consecutive, complete"
who = "AB"
when = 2026-01-31
"""
NETWORK_CHANGES = """[[override]]
subject = "no contact:self-help"
domain = "reporting_bias"
from = "not_assessed"
to = "no_concerns"
reason = "registers read"
who = "AB"
when = 2026-01-05
"""
NETWORK_CHANGES_CSV = """subject,domain,from,to,who,when,reason
no contact:self-help,reporting_bias,not_assessed,no_concerns,AB,2026-01-05,registers read
"""
SETTINGS = """treatments = ["prrt_lu177", "tae", "tace"]
outcomes = ["objective_response", "overall_survival", "major_complication"]
"""
PRIORS = """bias = 1.0
"""
MAPPING = """[labels]
1 = "segment I"
2 = "segment II"
3 = "segment III"
4 = "segment IV"
5 = "segment V"
6 = "segment VI"
7 = "segment VII"
8 = "segment VIII"
9 = "lesion"
"""


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of files, each packed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


@cache
def voxels() -> np.ndarray:
    """A block of eight segments with a lesion in the sixth, label 9."""
    found = np.zeros((24, 20, 16), np.uint8)
    for number in range(8):
        x, y, z = number % 2, number // 2 % 2, number // 4
        found[2 + 10 * x : 12 + 10 * x, 2 + 8 * y : 10 + 8 * y, 2 + 6 * z : 8 + 6 * z] = number + 1
    found[14:17, 4:7, 10:13] = 9
    return found


@cache
def nifti() -> bytes:
    """The block as NIfTI-1, compressed."""
    import nibabel

    image = nibabel.Nifti1Image(voxels(), np.diag([SIDE, SIDE, SIDE, 1]))
    return gzip.compress(image.to_bytes(), 1)


@cache
def segments() -> bytes:
    """The block without its lesion: labels 1 to 8."""
    import nibabel

    found = np.where(voxels() == 9, 6, voxels()).astype(np.uint8)
    image = nibabel.Nifti1Image(found, np.diag([SIDE, SIDE, SIDE, 1]))
    return gzip.compress(image.to_bytes(), 1)


@cache
def lesion() -> bytes:
    """The block's lesion alone, label 1."""
    import nibabel

    found = (voxels() == 9).astype(np.uint8)
    image = nibabel.Nifti1Image(found, np.diag([SIDE, SIDE, SIDE, 1]))
    return gzip.compress(image.to_bytes(), 1)


@cache
def nrrd(encoding: str) -> bytes:
    """The block as NRRD."""
    body = voxels().tobytes("F")
    head = (
        "NRRD0004\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: 24 20 16\n"
        "space directions: (8,0,0) (0,8,0) (0,0,8)\nkinds: domain domain domain\n"
        f"endian: little\nencoding: {encoding}\nspace origin: (0,0,0)\n\n"
    )
    return head.encode() + (gzip.compress(body, 1) if encoding == "gzip" else body)


@cache
def metaimage() -> bytes:
    """The block as MetaImage."""
    head = (
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
        "CompressedData = False\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 0 0 0\n"
        "CenterOfRotation = 0 0 0\nAnatomicalOrientation = RAI\nElementSpacing = 8 8 8\n"
        "DimSize = 24 20 16\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n"
    )
    return head.encode() + voxels().tobytes("F")


@cache
def workbook(text: str) -> bytes:
    """A CSV as a workbook of two sheets."""
    from openpyxl import Workbook

    made = Workbook()
    for line in text.strip().split("\n"):
        made.active.append([_cell(one) for one in line.split(",")])
    made.create_sheet("notes").append(["nothing"])
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def _cell(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


@cache
def figure(form: str) -> bytes:
    """Axes and one falling line, 200 pixels wide."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (200, 150), "white")
    pen = ImageDraw.Draw(picture)
    pen.line([(20, 10), (20, 130), (190, 130)], fill="black", width=2)
    places = [(20, 10), (60, 10), (60, 40), (110, 40), (110, 80), (180, 80)]
    pen.line(places, fill=(200, 30, 30), width=3)
    kept = io.BytesIO()
    picture.save(kept, form)
    return kept.getvalue()


@cache
def pdf() -> bytes:
    """A page of axes, their numbers and one stepped line."""
    numbers = "".join(
        f"BT /F1 8 Tf {x} {y} Td ({text}) Tj ET\n"
        for x, y, text in (
            *((48 + 60 * i, 38, 12 * i) for i in range(5)),
            *((28, 47 + 40 * i, f"0.{2 * i}" if i < 5 else "1.0") for i in range(6)),
        )
    )
    ticks = "".join(f"{50 + 60 * i} 50 m {50 + 60 * i} 45 l S\n" for i in range(5))
    ticks += "".join(f"50 {50 + 40 * i} m 45 {50 + 40 * i} l S\n" for i in range(6))
    curve = (
        "1 0 0 RG 50 250 m 100 250 l 100 210 l 170 210 l 170 150 l 230 150 l 230 100 l 290 100 l S"
    )
    drawing = f"1 w\n50 50 m 290 50 l S\n50 50 m 50 250 l S\n{ticks}{numbers}{curve}\n".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 320 280] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length " + str(len(drawing)).encode() + b" >>\nstream\n" + drawing + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    table += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    return made + table + end.encode()


def unpacked(name: str) -> bytes:
    """A file of the tests' label maps."""
    data = (TESTS / "liver" / "data" / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") and ".nii" not in name else data


@cache
def appraised() -> bytes:
    """The appraisal form with answers and a judgement."""
    lines = (ROOT / "proofs" / "data" / "appraisals.csv").read_text("utf-8").splitlines()
    rows = [line.split(",") for line in lines]
    for row in rows[1:]:
        row[3], row[6] = "2", "AB"
    return "".join(",".join(row) + "\n" for row in rows).encode()


PROMISES = """format = 1
title = "NETLM"

[[trigger]]
name = "certainty of radioligand therapy"
written = 2026-01-15
change = "certainty"
treatments = ["prrt_lu177"]
outcomes = ["overall_survival"]
action = "The group meets."

[[trigger]]
name = "much that is new"
written = 2026-01-15
new_records = 25
action = "Screen."
"""
"""The living.toml of a review."""


def case(name: str) -> bytes:
    """An example case as TOML."""
    return (EXAMPLES / f"{name}.toml").read_bytes()


def case_json(name: str) -> bytes:
    """An example case as JSON."""
    return json.dumps(tomllib.loads(case(name).decode()), ensure_ascii=False, default=str).encode()


@cache
def older() -> bytes:
    """A sheet as JSON, such as was made some time ago."""
    from proofs.face import called

    done = called("board", EXAMPLES / "sparse.toml", "--json")
    assert done.returncode == 0, done.stderr
    return json.dumps(_short(json.loads(done.stdout)), ensure_ascii=False).encode()


def _short(data: Any) -> Any:
    """The same with one of each list: of megabytes, hardly anything spoilt would matter."""
    if isinstance(data, dict):
        return {key: _short(one) for key, one in data.items()}
    return [_short(one) for one in data[:1]] if isinstance(data, list) else data


@cache
def simulated() -> bytes:
    """A table of simulations to which rows can be added."""
    from tempfile import TemporaryDirectory

    from proofs.face import called

    with TemporaryDirectory() as folder:
        out = Path(folder) / "t.parquet"
        words = ("trials", "simulate", EXAMPLES / "two-stage.toml", "--trials", "20")
        done = called(*words, "--out", out)
        assert done.returncode == 0, done.stderr
        return out.read_bytes()


def bomb() -> bytes:
    """A PNG whose header says 60,000 by 60,000 grey pixels."""
    packer = zlib.compressobj(9)
    row = b"\0" * 60_001
    body = b"".join(packer.compress(row) for _ in range(100)) + packer.flush()
    made = b"\x89PNG\r\n\x1a\n"
    for kind, content in (
        (b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)),
        (b"IDAT", body),
        (b"IEND", b""),
    ):
        made += struct.pack(">I", len(content)) + kind + content
        made += struct.pack(">I", zlib.crc32(kind + content))
    return made
