"""Exports and what leads back from them: ids, PMIDs, encodings, files that cannot be read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from proofs.face import called

from hilum.analyses.flow import FlowAsked, run
from hilum.literature.bibliography.guessing import guessed
from hilum.literature.bibliography.reading import read
from hilum.literature.searches.ris import to_ris

RIS = "TY  - JOUR\nID  - {}\nTI  - {}\nAU  - Ek, A\nPY  - 2001\nAN  - 12345\nER  - \n"
CSV = "Title,Authors,Year,DOI\n{},Ek A,2001,\n"
BIB = "@article{{1,\n  title = {{{}}},\n  year = 2003\n}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "review"
    called("literature", "new", made)
    (tmp_path / "a.ris").write_text(RIS.format(1, "First work on livers") +
                                    RIS.format(1, "Second work, on valves"), "utf-8")  # fmt: skip
    (tmp_path / "b.csv").write_text(CSV.format("Third work, quite another".replace(",", "")))
    (tmp_path / "c.bib").write_text(BIB.format("Fourth of them"), "utf-8")
    (tmp_path / "d.ris").write_text(
        "TY  - JOUR\nID  - 30000001\nTI  - Fifth\nPY  - 2004\nDB  - PubMed\nER  - \n", "utf-8"
    )
    files = [tmp_path / one for one in ("a.ris", "b.csv", "c.bib", "d.ris")]
    assert called("literature", "import", made, *files).returncode == 0
    return made


IDS = ["i001:1", "i001:1~2", "i002:1", "i003:1", "i004:30000001"]


@pytest.mark.parametrize("form", ["ris", "bib", "nbib", "csv", "xlsx"])
def test_ids_lead_back_and_numbers_are_no_pmids(form: str, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / f"out.{form}"
    assert called("literature", "export", folder, "--out", out).returncode == 0
    if form == "xlsx":
        rows = list(load_workbook(out).active.iter_rows(values_only=True))  # type: ignore[union-attr]
        assert [row[0] for row in rows[1:]] == IDS
        assert [row[-1] for row in rows[1:]] == ["1", "1", "1", "1", "30000001"]
        return
    found = read(out)
    assert found.whole
    assert [one.identifier("pmid") for one in found.records] == ["", "", "", "", "30000001"]
    ids = [one.record_id for one in found.records]
    assert ids == {
        "bib": [one.replace("~", "_") for one in IDS],
        "nbib": [*IDS[:-1], "30000001"],
    }.get(form, IDS)
    text = out.read_text("utf-8")
    own = {
        "ris": r"^LB  - (.*)$", "bib": r"source_id = \{(.*)\}", "nbib": r"^OID - source: (.*)$",
        "csv": r",(\w+)$",
    }[form]  # fmt: skip
    held = [one for one in re.findall(own, text, re.MULTILINE) if one != "source_id"]
    assert held == ["1", "1", "1", "1", "30000001"]


def test_one_bad_file_hides_no_other(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# no export\n", "utf-8")
    (tmp_path / "empty.ris").write_text("", "utf-8")
    (tmp_path / "new.ris").write_text(RIS.format(9, "Ninth"), "utf-8")
    files = [tmp_path / one for one in ("README.md", "new.ris", "empty.ris", "none.ris")]
    done = called("literature", "check", *files)
    assert done.returncode == 1
    for said in ("new.ris (RIS): 1 record", "README.md: nothing of it", "the file is empty",
                 "none.ris: nothing of it"):  # fmt: skip
        assert said in done.stdout
    done = called("literature", "import", folder, *files)
    assert done.returncode == 1
    assert "new.ris went into the review: i005" in done.stdout
    assert "nothing of it was read: README.md, empty.ris, none.ris" in done.stdout
    assert (folder / "sources/i005-new.ris").is_file()


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("RT Journal Article\nSR 1\nA1 王伟\nT1 栓塞\n", "RefWorks"),
        ("{Reference Type}: Journal Article\n{Title}: 栓塞\n", "NoteExpress"),
        ("<1>\nUnique Identifier\n  30000001\nTitle\n  A.\n", "Ovid"),
    ],
)
def test_other_forms_say_the_way_out(text: str, way: str, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(text, "utf-8")
    done = called("literature", "check", tmp_path / "x.txt")
    assert done.returncode == 1
    assert way in done.stderr
    assert "RIS" in done.stderr


def test_records_are_counted_by_their_database(tmp_path: Path) -> None:
    one = read(_file(tmp_path, "x.ris", RIS.format(3, "Third"))).records[0]
    text = to_ris([("pubmed", one), ("ctgov", one), ("ctgov", one), ("europepmc", one)])
    _file(tmp_path, "new.ris", text)
    made = tmp_path / "review"
    called("literature", "new", made)
    called("literature", "import", made, tmp_path / "new.ris")
    flow = run(FlowAsked(folder=str(made)))
    parts = {
        (part.kind, part.code): len(part.records)
        for box in flow.boxes if box.code == "identified" for part in box.parts
    }  # fmt: skip
    assert parts == {
        ("database", "PubMed"): 1, ("register", "ClinicalTrials.gov"): 2,
        ("database", "Europe PMC"): 1,
    }  # fmt: skip
    assert not [said for said in flow.remarks if said.code == "file_names"]


def _file(folder: Path, name: str, text: str) -> Path:
    made = folder / name
    made.write_text(text, "utf-8")
    return made


@pytest.mark.parametrize("chinese", [False, True])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Größe", "latin-1"), ("AU  - Müller", "latin-1"), ("Åkerström", "latin-1"),
        ("Straßenöl préée", "latin-1"), ("“Größe” – süß", "cp1252"), ("naïve 37°C", "latin-1"),
        ("CT和MRI", "gbk"), ("CT与MRI比较", "gbk"), ("AU  - 张三", "gbk"), ("AU  - 鲞", "gbk"),
        ("AU  - 朱镕基", "gbk"), ("肝", "gbk"), ("AU  - 联通", "gbk"), ("zwei 肝 Größe", "utf-8"),
    ],
)  # fmt: skip
def test_the_line_decides_its_encoding(text: str, encoding: str, chinese: bool) -> None:
    if text == "AU  - 联通" and not chinese:
        pytest.skip("valid in both: the file decides")
    assert guessed(text.encode(encoding), chinese)[1] == text


def test_what_decides_nothing_is_named(tmp_path: Path) -> None:
    assert not guessed("TÄÖR".encode("latin-1"), False)[2]
    path = tmp_path / "x.ris"
    path.write_bytes("TY  - JOUR\nTI  - TÄÖR\nPY  - 2001\nER  - \n".encode("latin-1"))
    done = called("literature", "check", path)
    assert "lines whose encoding is in doubt: 2" in done.stdout


def test_what_hangs_on_a_work_is_none(tmp_path: Path) -> None:
    text = (
        '"Key","Item Type","Publication Year","Author","Title"\n'
        '"ABCD1","journalArticle","2021","Ek, A","One"\n"ABCD2","attachment","","","Full.pdf"\n'
        '"ABCD3","book","2020","Ek, A","Two"\n'
    )
    found = read(_file(tmp_path, "z.csv", text))
    assert [one.title for one in found.records] == ["One", "Two"]
    assert len(found.loose) == 1
    assert found.whole


def test_members_that_are_no_study_are_listed(tmp_path: Path) -> None:
    study = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}}
    members = [study, {"protocolSection": {}}, {"foo": 1}, 7, {"hasResults": True, **study}]
    found = read(_file(tmp_path, "x.json", json.dumps({"studies": members})))
    assert [one.record_id for one in found.records] == ["NCT00000001", "NCT00000001~2"]
    assert [one.position for one in found.bad] == [2, 3, 4]
    assert found.counted == 5
    assert found.whole
