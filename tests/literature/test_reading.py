"""Exports read without loss: each demo file, each reported trouble, and what is made here."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hilum.analyses.references import ReferencesAsked, run
from hilum.errors import InputError
from hilum.literature.bibliography import ris
from hilum.literature.bibliography.kept import Good
from hilum.literature.bibliography.reading import read
from hilum.literature.bibliography.record import Record
from hilum.literature.bibliography.withdrawn import RETRACTED
from hilum.literature.bibliography.writing import WRITERS, written
from tests.literature.scores import unpacked

EXPORTS = Path(__file__).parent / "exports"
TROUBLES = EXPORTS / "troubles"
# File, format, records kept, records not read.
FILES = [
    ("baseline_reference_types.ris", "ris", 61, 0), ("duplicate_records.csv", "csv", 14, 0),
    ("embase.csv", "csv", 6, 0), ("embase.ris", "ris", 6, 0), ("faulty_year.ris", "ris", 1, 0),
    ("generic_bad_record_id.csv", "csv", 6, 0), ("generic_labels.csv", "csv", 6, 0),
    ("missing_values.csv", "csv", 4, 0), ("ovid_psycinfo.ris", "ris", 6, 0),
    ("proquest.ris", "ris", 6, 0), ("pubmed_endnote.txt", "ris", 6, 0),
    ("pubmed_zotero.ris", "ris", 6, 0), ("ris_issue_1099.txt", "ris", 7, 0),
    ("scopus.ris", "ris", 6, 0), ("web_of_science.txt", "ris", 10, 0),
    ("troubles/bom_mac.ris", "ris", 1, 0), ("troubles/untagged_between.ris", "ris", 2, 0),
    ("troubles/ty_not_first.ris", "ris", 2, 0), ("troubles/t2_is_subtitle.ris", "ris", 2, 0),
    ("troubles/doi_places.ris", "ris", 6, 0), ("troubles/repeated_unknown_tags.ris", "ris", 1, 0),
    ("troubles/refer_named.ris", "refer", 2, 0), ("troubles/structured.nbib", "nbib", 2, 0),
    ("troubles/pubmed_hard.xml", "pubmed_xml", 3, 0), ("troubles/hard.bib", "bibtex", 3, 1),
    ("troubles/odd_numbers.ris", "ris", 3, 0), ("cochrane_library.ris", "ris", 2, 0),
    ("endnote_tags.enw", "refer", 2, 0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "form", "kept", "unread"), FILES)
def test_every_file(name: str, form: str, kept: int, unread: int) -> None:
    found = read(EXPORTS / name)
    assert (found.format, len(found.records), len(found.bad)) == (form, kept, unread)
    assert found.counted == kept + unread
    assert len({one.record_id for one in found.records}) == kept


@pytest.mark.parametrize(("name", "count"), [("respiratory", 1988), ("tafenoquine", 179)])
def test_endnote_xml(name: str, count: int, tmp_path: Path) -> None:
    found = read(unpacked(f"{name}.endnote.xml", tmp_path))
    assert (len(found.records), found.counted, found.bad) == (count, count, ())
    assert all(one.title and one.year for one in found.records if one.record_id != "116")


def _read(name: str) -> tuple[Record, ...]:
    return read(TROUBLES / name).records


def test_mark_and_mac_lines() -> None:
    (one,) = _read("bom_mac.ris")
    assert one.authors == ("Vesterlund, Åsa", "Okafor, Ngozi")
    assert one.identifier("doi") == "10.5555/jio.2011.0101"


def test_text_between() -> None:
    found = read(TROUBLES / "untagged_between.ris")
    assert [one.year for one in found.records] == [2004, 2006]
    assert [one.record_id for one in found.records] == ["40000001", "40000002"]
    assert not any("http" in field.value for one in found.records for field in one.fields)
    assert any("Link to the Ovid" in one.text for one in found.loose)


def test_type_in_the_middle() -> None:
    one, two = _read("ty_not_first.ris")
    assert (one.title, two.title) == (
        "Hepatic artery occlusion in midgut carcinoid", "Hepatic artery occlusion revisited",
    )  # fmt: skip
    assert (one.abstract, one.pages, one.year) == ("", "67-76", None)
    assert (two.pages, two.year) == ("e12", 1998)


def test_subtitle_in_t2() -> None:
    one, two = _read("t2_is_subtitle.ris")
    assert (one.journal, one.year) == ("Weekly Imagined Review", 1952)
    assert "An essay on carcinoid heart disease" in [field.value for field in one.fields]
    assert "1952/07/28/" in [field.value for field in one.fields]
    assert two.journal == "Imagined Journal of Nuclear Medicine"


def test_places_of_a_doi() -> None:
    found = read(TROUBLES / "doi_places.ris")
    assert [one.identifier("doi") for one in found.records] == [
        *["10.5555/ijx.2013.77"] * 4,
        "10.5555/(sici)1098-1063(1998)8:6<627::aid-hipo5>3.0.co;2-x",
        "",
    ]
    assert [(one.position, one.said) for one in found.notes] == [(6, ris.NO_DOI)]


def test_repeated_tags() -> None:
    (one,) = _read("repeated_unknown_tags.ris")
    assert [scheme for scheme, _ in one.identifiers] == ["isbn", "isbn"]
    assert one.abstract.split("\n")[1:] == ["that goes on without a tag", "and on."]
    tags = [field.tag for field in one.fields]
    assert [tags.count(tag) for tag in ("ED", "ZZ", "N1")] == [2, 2, 2]


def test_percent_format_by_content() -> None:
    one, two = _read("refer_named.ris")
    assert one.title == "Ηπατικές μεταστάσεις νευροενδοκρινών όγκων"
    assert (one.authors, one.identifier("doi")) == (
        ("Παπαδόπουλος, Γ.", "Smith, J."), "10.5555/ihj.2008.301",
    )  # fmt: skip
    assert two.year == 2010


def test_nbib() -> None:
    found = read(TROUBLES / "structured.nbib")
    one, two = found.records
    assert one.title.endswith("tumours: a title that runs over two lines.")
    assert one.authors == ("Nguyen, Thi Mai", "Ek, Åke", "Imagined NET Group")
    assert (one.year, one.identifier("doi")) == (2026, "10.5555/imag.2026.010")
    assert "2 - complete" in one.abstract
    assert [field.tag for field in one.fields].count("AD") == 2
    assert ("DEP", "20260215") in [(field.tag, field.value) for field in one.fields]
    assert (two.year, two.pages, two.authors) == (1998, "12-13, 15", ())
    assert (2, RETRACTED) in [(one.position, one.said) for one in found.notes]


def test_pubmed_xml() -> None:
    found = read(TROUBLES / "pubmed_hard.xml")
    one, chapter, letter = found.records
    assert one.title == "Uptake of 177Lu-DOTATATE in SSTR2-positive tumours & survival at p<0.05."
    assert (one.year, one.pages) == (2004, "310-318")
    dois = [value for scheme, value in one.identifiers if scheme == "doi"]
    assert dois == ["10.5555/jim.2004.310"]
    assert one.authors == ("O'Neill-Åberg, Mary Jane", "Imagined NET Study Group")
    assert one.abstract.startswith("BACKGROUND: Ki67 was <20")
    assert one.abstract.split("\n")[1].startswith("RESULTS: Of 40 patients")
    said = [note.said for note in found.notes if note.position == 1]
    assert said == [RETRACTED, "the list of authors is incomplete"]
    assert (chapter.title, chapter.journal) == ("Carcinoid syndrome", "Imagined handbook")
    assert (letter.title, letter.year) == ("Une lettre sans titre anglais.", 2023)
    assert found.deleted == ("99000015",)


def test_bibtex() -> None:
    found = read(TROUBLES / "hard.bib")
    one, two, after = found.records
    assert one.title == "Comparison of TACE and TAE: 5 % margins in Münster"
    assert one.journal == "Journal of Imagined Medicine"
    assert one.authors == ("Ciepluch, Błażej", "Imagined NET Group", "van der Berg, Jan, Jr.")
    assert [(f.tag, f.value) for r in (one, two) for f in r.fields if f.tag == "month"] == [
        ("month", "1 July"), ("month", "April"),
    ]  # fmt: skip
    assert (one.record_id, two.record_id) == ("dup", "dup~2")
    assert after.abstract == "50% of patients, 3 < 5, $10"
    assert ("url", "https://example.org/a_b?x=1&y=2%20") in [(f.tag, f.value) for f in after.fields]
    (bad,) = found.bad
    assert bad.line == 19
    assert bad.raw.startswith("@article{broken")


def test_odd_numbers() -> None:
    found = read(TROUBLES / "odd_numbers.ris")
    one, two, three = found.records
    assert (one.year, one.pages) == (2019, "S12-S19+e4")
    assert [v for s, v in one.identifiers if s == "issn"] == ["1234-5678", "1234-5686"]
    assert [note.said for note in found.notes if note.position == 2] == ["no title", "no year"]
    assert "'=HYPERLINK" in written([three], "csv")
    assert two.authors == ()


def _text(tmp_path: Path, content: str | bytes, name: str = "made") -> Path:
    made = tmp_path / name
    made.write_bytes(content if isinstance(content, bytes) else content.encode())
    return made


RECORD = "TY  - JOUR\nTI  - {}\nAU  - {}\nPY  - 2001\nER  - \n"


def test_encodings(tmp_path: Path) -> None:
    parts = [
        RECORD.format("Tumören", "Åkerström, G.").encode("latin-1"),
        RECORD.format("神经内分泌肿瘤肝转移的治疗", "张三").encode("gbk"),
        RECORD.format("Métastases", "Öberg, K.").encode(),
    ]
    found = read(_text(tmp_path, b"".join(parts)))
    assert [one.title for one in found.records] == [
        "Tumören",
        "神经内分泌肿瘤肝转移的治疗",
        "Métastases",
    ]
    assert set(found.encodings) == {"UTF-8", "Windows-1252", "GB18030"}
    wide = read(_text(tmp_path, RECORD.format("Tumören", "Ek").encode("utf-16"), "wide"))
    assert wide.records[0].title == "Tumören"
    chinese = read(_text(tmp_path, parts[1] * 2, "gbk"))
    assert chinese.records[1].authors == ("张三",)
    assert set(chinese.encodings) == {"GB18030"}


def test_ends_that_are_missing(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - One\nTY  - JOUR\nTI  - Two\nER  - \nTI  - lost\nER  - \n"
    text += "TY  - JOUR\nTI  - Cut"
    found = read(_text(tmp_path, text))
    assert [one.title for one in found.records] == ["One", "Two", "Cut"]
    assert [(one.line, one.expected) for one in found.bad] == [(6, ris.NO_TYPE)]
    assert [one.position for one in found.notes if one.said == ris.NO_END] == [1, 4]
    assert found.whole


def test_markup_and_controls(tmp_path: Path) -> None:
    title = "Effect of <sup>177</sup>Lu &amp; <script>alert(1)</script>p<0.05\x00"
    (one,) = read(_text(tmp_path, b"TY  - JOUR\nN1  - x\n" * 400 + RECORD.format(title, "Ek")
                        .partition("\n")[2].encode())).records[-1:]  # fmt: skip
    assert one.title == "Effect of 177Lu & p<0.05"


BOMB = """<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>
<xml><records><record><database name="x">x</database><titles><title>&b;</title></titles></record>
</records></xml>"""


def test_declared_entities_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="never read"):
        read(_text(tmp_path, BOMB))


def test_one_broken_record_of_xml_spoils_no_other(tmp_path: Path) -> None:
    good = (
        "<record><database>x</database><rec-number>{}</rec-number>"
        "<titles><title>T &nbsp; R&D</title></titles></record>"
    )
    broken = "<record><titles><title>half</titles></record>"
    text = f"<xml><records>{good.format(1)}\n{broken}\n{good.format(2)}<record><titles>"
    found = read(_text(tmp_path, text))
    assert [one.record_id for one in found.records] == ["1", "2"]
    assert found.records[0].title == "T R&D"
    assert [one.line for one in found.bad] == [2, 3]
    assert found.counted == 4


WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Smith, J
   Ek, A
TI A title
   in two lines
SO J IMAGINED ONCOL
PY 2015
BP 1
EP 9
DI 10.5555/x.1
UT WOS:000001
ER

PT J
AU Nobody
ER

EF
"""
CENTRAL = """Record #1 of 2
ID: CN-00000001
AU: Smith J
AU: Ek A
TI: A trial
SO: Imagined journal
YR: 2012
VL: 3
PM: PUBMED 12345678
US: https://example.org/1

Record #2 of 2
ID: CN-00000002
US: https://example.org/2
"""
TRIALS = json.dumps(
    {
        "studies": [
            {
                "protocolSection": {
                    "identificationModule": {"nctId": "NCT00000001", "briefTitle": "A trial"},
                    "statusModule": {"studyFirstPostDateStruct": {"date": "2016-03-01"}},
                    "conditionsModule": {"conditions": ["Carcinoid"]},
                }
            }
        ]
    }
)
COVIDENCE = (
    "Title,Authors,Abstract,Published Year,Journal,Volume,Issue,Pages,DOI,Covidence #\n"
    '"A title, quoted","Smith, J.; Ek, A.","Two\nlines",2010,J,1,2,3-4,10.5555/a.1,#12\n'
    "short,row\n"
)
CNKI = """%0 Journal Article
%A 张三
%A 李四
%T 神经内分泌肿瘤
%J 中华外科杂志
%D 2015
%K 肝;转移

"""


@pytest.mark.parametrize(
    ("text", "form", "kept", "unread"),
    [
        (WOS, "wos", 2, 0), (CENTRAL, "central", 1, 1), (TRIALS, "trials_json", 1, 0),
        (COVIDENCE, "csv", 1, 1), (CNKI * 2, "refer", 2, 0), (TRIALS[:-9], "trials_json", 0, 1),
    ],
)  # fmt: skip
def test_more_formats(text: str, form: str, kept: int, unread: int, tmp_path: Path) -> None:
    found = read(_text(tmp_path, text))
    assert (found.format, len(found.records), len(found.bad)) == (form, kept, unread)
    assert found.whole


def test_what_more_formats_say(tmp_path: Path) -> None:
    wos, central, trial, row, chinese = (
        read(_text(tmp_path, text, str(n))).records[0]
        for n, text in enumerate((WOS, CENTRAL, TRIALS, COVIDENCE, CNKI))
    )
    assert (wos.title, wos.authors, wos.pages) == (
        "A title in two lines",
        ("Smith, J", "Ek, A"),
        "1-9",
    )
    assert (central.record_id, central.identifier("pmid")) == ("CN-00000001", "12345678")
    assert (trial.record_id, trial.year, trial.keywords) == ("NCT00000001", 2016, ("Carcinoid",))
    assert (row.authors, row.year, row.abstract) == (("Smith, J.", "Ek, A."), 2010, "Two\nlines")
    assert (chinese.authors, chinese.keywords) == (("张三", "李四"), ("肝", "转移"))


VALUE = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs"), exclude_characters="\ufeff"),
    max_size=30,
)
TAGS = st.sampled_from(["TI", "AU", "KW", "ZZ", "N1", "AB", "SN", "M3", "DO", "U1"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(TAGS, VALUE), max_size=8), min_size=1, max_size=4))
def test_ris_there_and_back(made: list[list[tuple[str, str]]]) -> None:
    text = "\n".join(
        "\n".join(["TY  - JOUR", *(f"{tag}  - {value}" for tag, value in one), "ER  - ", ""])
        for one in made
    )

    def parsed(said: str) -> list[Record]:
        lines = enumerate(said.split("\n"), 1)
        return [one.record for one in ris.read(lines, "made", "") if isinstance(one, Good)]

    first = parsed(text)
    again = parsed(written(first, "ris"))
    assert [[(f.tag, f.value) for f in one.fields] for one in first] == [
        [("TY", "JOUR"), *one] for one in made
    ]
    assert [one.fields for one in again] == [one.fields for one in first]


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("name", ["scopus.ris", "troubles/structured.nbib", "embase.csv"])
def test_writers_are_read_again(form: str, name: str, tmp_path: Path) -> None:
    before = read(EXPORTS / name).records
    after = read(_text(tmp_path, written(before, form), f"made.{form}")).records
    assert [one.title.rstrip(".") for one in after] == [one.title.rstrip(".") for one in before]
    assert [one.identifier("doi") for one in after] == [one.identifier("doi") for one in before]
    assert [one.year for one in after] == [one.year for one in before]


def test_short_values_of_other_columns_go_to_ris_too(tmp_path: Path) -> None:
    """A decision of 1 stands somewhere in every record, by chance."""
    table = "title,year,label_included,note2\nA 1 title,2011,1,Title\n"
    (one,) = read(_text(tmp_path, table)).records
    (again,) = read(_text(tmp_path, written([one], "ris"), "made.ris")).records
    notes = [field.value for field in again.fields if field.tag == "N1"]
    assert notes == ["label_included: 1", "note2: Title"]


def test_report() -> None:
    answer = run(ReferencesAsked(files=(str(TROUBLES / "hard.bib"), str(EXPORTS / "scopus.ris"))))
    assert (answer.records, answer.unread) == (9, 1)
    assert answer.files[0].unread[0].line == 19
    assert all(one.whole for one in answer.files)


PIECES = (
    b"\r", b"\n\n", b'"', b"{", b"}", b"<record>", b"</record>", b"ER  - \n", b"\nTY  - JOUR\n",
    b"\nPMID- 1\n", b"\n%0 X\n", b"\n@article{", b"<PubmedArticle>", b"&bogus;", b"\x00", b"\xff",
    "é".encode("latin-1"), "肿瘤".encode("gbk"),
)  # fmt: skip


@pytest.mark.parametrize("name", [name for name, *_ in FILES])
def test_spoilt_files_lose_no_record(name: str, tmp_path: Path) -> None:
    rng = random.Random(name)
    for _ in range(8):
        data = bytearray((EXPORTS / name).read_bytes()[:6000])
        for _ in range(rng.randint(1, 5)):
            at = rng.randrange(len(data))
            if rng.random() < 0.3:
                del data[at : at + rng.randint(1, 200)]
            else:
                data[at:at] = rng.choice(PIECES)
        file = tmp_path / "spoilt"
        file.write_bytes(data)
        try:
            assert read(file).whole
        except InputError:
            continue  # no export any more: refused with its reason
