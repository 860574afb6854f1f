"""Files in encodings of other scripts, and files glued together with their byte order marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from proofs.face import called

from hilum.literature.bibliography.reading import DOUBT, MARKED, read

if TYPE_CHECKING:
    from pathlib import Path

RECORD = "TY  - JOUR\nTI  - {}\nAU  - M{}ller, J\nPY  - 2001\nER  - \n"
TRADITIONAL = "神經內分泌腫瘤肝轉移的介入治療"
SIMPLE = "神经内分泌肿瘤肝转移的介入治疗"
KOREAN = "신경내분비종양의 간전이 환자에서 동맥색전술의 치료 결과"
JAPANESE = "神経内分泌腫瘍の肝転移に対する治療"
RUSSIAN = "Вестник хирургии: метастазы печени нейроэндокринных опухолей"
GREEK = "Ηπατικές μεταστάσεις νευροενδοκρινών όγκων"
LANGUAGES = [
    (TRADITIONAL, "big5", "Big5"), (SIMPLE, "gb18030", "GB18030"),
    (KOREAN, "euc-kr", "EUC-KR"), (JAPANESE, "shift_jis", "Shift-JIS"),
    (JAPANESE, "euc_jp", "EUC-JP"), (RUSSIAN, "cp1251", "Windows-1251"),
    (RUSSIAN, "koi8-r", "KOI8-R"), (RUSSIAN, "cp866", "IBM 866"),
    (RUSSIAN.upper(), "cp1251", "Windows-1251"), (GREEK, "cp1253", "Windows-1253"),
]  # fmt: skip


def _file(folder: Path, data: bytes, name: str = "x.ris") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("title", "codec", "name"), LANGUAGES)
def test_letters_tell_the_encoding(title: str, codec: str, name: str, tmp_path: Path) -> None:
    found = read(_file(tmp_path, RECORD.format(title, "u").encode(codec) * 2))
    assert [one.title for one in found.records] == [title, title]
    assert found.encodings == {name: 2}
    assert DOUBT not in {one.said for one in found.notes}


@pytest.mark.parametrize(("title", "codec", "name"), LANGUAGES)
def test_western_lines_stay_western(title: str, codec: str, name: str, tmp_path: Path) -> None:
    lines = RECORD.format(title, "\xfc").split("\n")
    data = b"\n".join(one.encode("latin-1" if "ller" in one else codec) for one in lines)
    found = read(_file(tmp_path, data))
    assert (found.records[0].title, found.records[0].authors) == (title, ("M\xfcller, J",))
    assert found.encodings == {name: 1, "Windows-1252": 1}


@pytest.mark.parametrize(
    ("title", "codec"),
    [
        # Of few letters: the guess stands, and is said to be one.
        ("간전이", "euc-kr"), ("陳志明", "big5"), ("Иванов", "cp1251"),
        # None that is known: letters in a row, a sign within a word, kanji alone.
        ("\u0627\u0644\u0643\u0628\u062f \u0648\u0627\u0644\u0623", "cp1256"),
        ("Pawe\u0142a ko\u0142o", "cp1250"), ("Karaci\u011fer metastaz\u0131", "cp1254"),
        ("日本消化器病学会雑誌", "shift_jis"),
    ],
)  # fmt: skip
def test_too_little_is_in_doubt(title: str, codec: str, tmp_path: Path) -> None:
    path = _file(tmp_path, RECORD.format(title, "u").encode(codec))
    found = read(path)
    assert found.whole
    assert [(one.line, one.said) for one in found.notes] == [(2, DOUBT)]
    done = called("literature", "check", path)
    assert "lines whose encoding is in doubt: 2" in done.stdout
    assert "UTF-8" in done.stdout


def test_what_a_file_states_counts(tmp_path: Path) -> None:
    bib = "% Encoding: {}\n\n@article{{a, title={{Pawe\u0142a}}, year={{2001}}}}\n"
    found = read(_file(tmp_path, bib.format("Cp1250").encode("cp1250")))
    assert (found.records[0].title, found.encodings) == ("Pawe\u0142a", {"Cp1250": 1})
    xml = (
        '<?xml version="1.0" encoding="{}"?><records><record><database>x</database><titles>'
        "<title>Печень</title></titles></record></records>"
    )
    found = read(_file(tmp_path, xml.format("windows-1251").encode("cp1251")))
    assert found.records[0].title == "Печень"
    # What is UTF-8 whatever it states, and an encoding that nobody knows.
    assert read(_file(tmp_path, xml.format("cp1251").encode())).records[0].title == "Печень"
    unknown = read(_file(tmp_path, bib.format("none-such").encode("cp1250")))
    assert DOUBT in {one.said for one in unknown.notes}


FORMS = {
    "ris": "TY  - JOUR\nTI  - {}\nPY  - 2001\nER  - \n",
    "nbib": "PMID- 1\nTI  - {}\nDP  - 2001\n\n",
    "wos": "FN Clarivate\nVR 1.0\nPT J\nTI {}\nPY 2001\nER\n\nEF\n",
    "refer": "%0 Journal Article\n%T {}\n%D 2001\n\n",
    "central": "Record #1 of 1\nID: CN-1\nTI: {}\nYR: 2001\n\n",
    "csv": "Title,Authors,Year\n{},Ek A,2001\n",
    "tags": "PT\tAU\tTI\tSO\tPY\nJ\tEk, A\t{}\tJ\t2001\n",
    "bibtex": "@article{{a, title={{{}}}, year={{2001}}}}\n",
    "xml": "<records><record><database>x</database><titles><title>{}</title></titles>"
    "<dates><year>2001</year></dates></record></records>\n",
}


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("form", FORMS)
def test_marks_within_a_file(form: str, end: str, tmp_path: Path) -> None:
    """As "cat a b" makes it, where the first ends in a line end and where it ends in none."""
    parts = [FORMS[form].format(one).rstrip("\n") + end for one in ("One", "Two", "Three")]
    for codec in ("utf-8-sig", "utf-16-le"):
        mark = "\ufeff" if codec == "utf-16-le" else ""
        data = b"".join((mark + one).encode(codec) for one in parts)
        found = read(_file(tmp_path, data))
        assert found.whole
        assert [one.title for one in found.records] == ["One", "Two", "Three"]
        assert sum(one.said == MARKED for one in found.notes) == (
            1 if form in ("bibtex", "xml") else 2
        )
    once = read(_file(tmp_path, ("\ufeff" + parts[0]).encode("utf-8-sig")))
    assert [one.title for one in once.records] == ["One"]
    assert MARKED not in {one.said for one in once.notes}


def test_a_mark_within_a_word_says_nothing(tmp_path: Path) -> None:
    found = read(_file(tmp_path, RECORD.format("neuro\ufeffendocrine", "u").encode()))
    assert found.records[0].title == "neuroendocrine"
    assert found.notes == ()
