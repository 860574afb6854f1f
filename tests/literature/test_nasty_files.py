"""Every format in nasty shapes: records of the file are those kept and those listed as faulty."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from hilum.errors import InputError
from hilum.literature.bibliography.reading import SAME_ID, TWO_TITLES, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hilum.errors import Fault
    from hilum.literature.bibliography.kept import Reading

Paper = dict[str, Any]
PAPERS: list[Paper] = [
    {"title": f"An imagined cohort of the liver number {n}", "authors": ["Ek, Anna", "Berg, Bo"],
     "year": 2000 + n, "text": f"Aim {n}. Forty patients.", "id": str(31000000 + n)}
    for n in (1, 2, 3)
]  # fmt: skip


def ris(papers: list[Paper]) -> str:
    return "".join(
        f"TY  - JOUR\nID  - {p['id']}\nTI  - {p['title']}\n"
        + "".join(f"AU  - {one}\n" for one in p["authors"])
        + f"PY  - {p['year']}\nAB  - {p['text']}\nER  - \n\n"
        for p in papers
    )


def nbib(papers: list[Paper]) -> str:
    return "\n".join(
        f"PMID- {p['id']}\nTI  - {p['title']}\n"
        + "".join(f"FAU - {one}\n" for one in p["authors"])
        + f"DP  - {p['year']}\nAB  - {p['text']}\n"
        for p in papers
    )


def pubmed_xml(papers: list[Paper]) -> str:
    def author(name: str) -> str:
        family, _, given = name.partition(", ")
        return f"<Author><LastName>{family}</LastName><ForeName>{given}</ForeName></Author>"

    return "".join((
        "<PubmedArticleSet>\n",
        *(
            f"<PubmedArticle>\n<MedlineCitation><PMID>{p['id']}</PMID><Article>"
            f"<Journal><JournalIssue><PubDate><Year>{p['year']}</Year></PubDate></JournalIssue>"
            f"</Journal><ArticleTitle>{p['title']}</ArticleTitle><Abstract><AbstractText>"
            f"{p['text']}</AbstractText></Abstract><AuthorList>"
            + "".join(map(author, p["authors"]))
            + "</AuthorList></Article></MedlineCitation>\n</PubmedArticle>\n"
            for p in papers
        ),
        "</PubmedArticleSet>\n",
    ))  # fmt: skip


def endnote_xml(papers: list[Paper]) -> str:
    return "".join((
        "<xml><records>\n",
        *(
            f"<record><rec-number>{p['id']}</rec-number><contributors><authors>"
            + "".join(f"<author>{one}</author>" for one in p["authors"])
            + f"</authors></contributors><titles><title>{p['title']}</title></titles><dates><year>"
            f"{p['year']}</year></dates><abstract>{p['text']}</abstract></record>\n"
            for p in papers
        ),
        "</records></xml>\n",
    ))  # fmt: skip


def refer(papers: list[Paper]) -> str:
    return "\n".join(
        f"%0 Journal Article\n%F {p['id']}\n"
        + "".join(f"%A {one}\n" for one in p["authors"])
        + f"%T {p['title']}\n%D {p['year']}\n%X {p['text']}\n"
        for p in papers
    )


def bibtex(papers: list[Paper]) -> str:
    return "".join(
        f"@article{{k{p['id']},\n  title = {{{p['title']}}},\n  author = "
        f"{{{' and '.join(p['authors'])}}},\n  year = {{{p['year']}}},\n"
        f"  abstract = {{{p['text']}}}\n}}\n\n"
        for p in papers
    )


def central(papers: list[Paper]) -> str:
    return "".join(
        f"Record #{n} of {len(papers)}\nID: CN-{p['id']}\n"
        + "".join(f"AU: {one}\n" for one in p["authors"])
        + f"TI: {p['title']}\nYR: {p['year']}\nAB: {p['text']}\n\n\n"
        for n, p in enumerate(papers, 1)
    )


def wos(papers: list[Paper]) -> str:
    made = (
        "PT J\nAU " + "\n   ".join(p["authors"])
        + f"\nTI {p['title']}\nSO J\nPY {p['year']}\nAB {p['text']}\nUT WOS:{p['id']}\nER\n\n"
        for p in papers
    )  # fmt: skip
    return f"FN Clarivate Analytics Web of Science\nVR 1.0\n{''.join(made)}EF"


def table(papers: list[Paper]) -> str:
    rows = (
        f'"{p["title"]}","{"; ".join(p["authors"])}",{p["year"]},"{p["text"]}",{p["id"]}\n'
        for p in papers
    )
    return "Title,Authors,Year,Abstract,Record ID\n" + "".join(rows)


def tabs(papers: list[Paper]) -> str:
    rows = (
        f"J\t{'; '.join(p['authors'])}\t{p['title']}\tJ\t{p['year']}\t{p['text']}\tWOS:{p['id']}\n"
        for p in papers
    )
    return "PT\tAU\tTI\tSO\tPY\tAB\tUT\n" + "".join(rows)


def field_rows(papers: list[Paper]) -> str:
    return "\n".join(
        f'"TITLE","{p["title"]}"\n"AUTHOR NAMES",'
        + ",".join(f'"{one}"' for one in p["authors"])
        + f'\n"PUBLICATION YEAR","{p["year"]}"\n"ABSTRACT","{p["text"]}"\n"PUI","L{p["id"]}"\n'
        for p in papers
    )


def trials(papers: list[Paper]) -> str:
    studies = [
        {"protocolSection": {
            "identificationModule": {"nctId": f"NCT{p['id']}", "briefTitle": p["title"]},
            "statusModule": {"startDateStruct": {"date": str(p["year"])}},
            "descriptionModule": {"briefSummary": p["text"]},
            "contactsLocationsModule": {"overallOfficials": [{"name": x} for x in p["authors"]]},
        }}
        for p in papers
    ]  # fmt: skip
    return json.dumps({"studies": studies}, indent=1, ensure_ascii=False)


FORMS: dict[str, Any] = {
    one.__name__: one
    for one in (ris, nbib, pubmed_xml, endnote_xml, refer, bibtex, central, wos, table, tabs,
                field_rows, trials)
}  # fmt: skip


def changed(**more: Any) -> list[Paper]:
    """The papers, the second with other values."""
    return [PAPERS[0], PAPERS[1] | more, PAPERS[2]]


def mixed(text: str) -> bytes:
    lines = text.split("\n")
    ends = ("\n", "\r\n", "\r")
    return (
        "".join(f"{one}{ends[n % 3]}" for n, one in enumerate(lines[:-1])).encode()
        + lines[-1].encode()
    )


CHINESE = {"title": "肝转移：影像，病理；与“预后”（综述）", "authors": ["王伟", "李娜"],
           "text": "目的：，；。“”【】、《》"}  # fmt: skip
HTML = {"text": "Aim: p &lt; 0.05, <b>n</b>=3, 5&lt;x and y&gt;3 &amp; more"}
# What is the same file, and is read whole with the same titles.
SAME: dict[str, Callable[[Any], bytes]] = {
    "Windows": lambda make: make(PAPERS).replace("\n", "\r\n").encode(),
    "old Mac": lambda make: make(PAPERS).replace("\n", "\r").encode(),
    "mixed ends": lambda make: mixed(make(PAPERS)),
    "no last end": lambda make: make(PAPERS).rstrip("\n").encode(),
    "UTF-8 with a mark": lambda make: b"\xef\xbb\xbf" + make(PAPERS).encode(),
    "UTF-16 LE": lambda make: b"\xff\xfe" + make(PAPERS).encode("utf-16-le"),
    "UTF-16 BE": lambda make: b"\xfe\xff" + make(PAPERS).encode("utf-16-be"),
    "UTF-32": lambda make: b"\xff\xfe\x00\x00" + make(PAPERS).encode("utf-32-le"),
    "signs of control": lambda make: make(PAPERS).replace("Forty", "For\x0b\x0c\x1ety").encode(),
    "a blank line behind each": lambda make: make(PAPERS).replace("\n", "\n\n").encode(),
    "identical ids": lambda make: make([one | {"id": "31000001"} for one in PAPERS]).encode(),
    "markup": lambda make: make(changed(**HTML)).encode(),
    "full width": lambda make: make(changed(**CHINESE)).encode(),
    "GB18030": lambda make: make(changed(**CHINESE)).encode("gb18030"),
    "Latin-1": lambda make: make(changed(text="Größe der Läsion")).encode("latin-1"),
}


@pytest.mark.parametrize("shape", SAME)
@pytest.mark.parametrize("name", FORMS)
def test_the_same_records_in_another_shape(name: str, shape: str, tmp_path: Path) -> None:
    path = tmp_path / "export.dat"
    path.write_bytes(SAME[shape](FORMS[name]))
    found = read(path)
    assert (found.counted, len(found.records), found.bad) == (3, 3, ())
    second = CHINESE if shape in ("full width", "GB18030") else PAPERS[1]
    assert [one.title for one in found.records] == [
        PAPERS[0]["title"], second["title"], PAPERS[2]["title"],
    ]  # fmt: skip
    assert [one.year for one in found.records] == [2001, 2002, 2003]
    assert found.records[1].authors == tuple(second["authors"])
    assert len({one.record_id for one in found.records}) == 3
    if shape == "identical ids" and name not in ("pubmed_xml", "central", "trials"):
        assert [one.said for one in found.notes].count(SAME_ID) == 2
    if shape == "markup":
        assert found.records[1].abstract == "Aim: p < 0.05, n=3, 5<x and y>3 & more"


# What spoils a part of the file.
SPOILT: dict[str, Callable[[str], str]] = {
    "cut off": lambda text: text[: len(text) * 4 // 5],
    "without its first line": lambda text: text.partition("\n")[2],
    "each line twice": lambda text: "".join(f"{one}\n{one}\n" for one in text.split("\n")),
    "an odd quotation mark": lambda text: text.replace("2. Forty", '2. Fo"rty'),
    "an odd brace": lambda text: text.replace("2. Forty", "2. Fo{rty"),
    "an odd bracket": lambda text: text.replace("2. Forty", "2. Fo<PubmedArticle rty"),
    "a line in the middle gone": lambda text: _without(text, text.count("\n") // 2),
    "a head alone": lambda text: text.partition("\n")[0],
    "twice": lambda text: f"{text}\n{text}",
    "a wrapped text": lambda text: text.replace("Aim 2. ", "Aim 2.\nin two lines\n\n      and so "),
    "lines like tags": lambda text: text.replace("2. Forty", "2.\nTI - x\nER: x\nPMID x\nForty"),
    "blanks before": lambda text: re.sub("^", " ", text, flags=re.MULTILINE),
    "blanks behind": lambda text: re.sub("$", " \t ", text, flags=re.MULTILINE),
    "small tags": lambda text: re.sub(
        "^[A-Z%]{1,4}[0-9]?(?=[ :-])", lambda tag: tag[0].lower(), text, flags=re.MULTILINE
    ),
}


def _without(text: str, line: int) -> str:
    lines = text.split("\n")
    return "\n".join((*lines[:line], *lines[line + 1 :]))


def tried(path: Path) -> tuple[Reading | None, tuple[Fault, ...]]:
    """A file read, or why it is refused as a whole."""
    try:
        return read(path), ()
    except InputError as error:
        return None, error.faults


@pytest.mark.parametrize("shape", SPOILT)
@pytest.mark.parametrize("name", FORMS)
def test_what_is_kept_and_what_is_listed_is_all(name: str, shape: str, tmp_path: Path) -> None:
    path = tmp_path / "export.dat"
    text = SPOILT[shape](FORMS[name](PAPERS))
    path.write_text(text, "utf-8", newline="")
    found, faults = tried(path)
    if found is None:
        assert [(one.file, bool(one.expected)) for one in faults] == [("export.dat", True)]
        return
    assert found.whole
    assert all(one.line and one.raw and one.expected for one in found.bad)
    # No record goes without a word: each title that the file holds is kept, listed or loose.
    told = [one.title for one in found.records] + [one.raw for one in found.bad]
    told += [one.text for one in found.loose] + [str(one.said) for one in found.notes]
    told += [field.value for one in found.records for field in one.fields]
    told = "\n".join(told)
    for paper in PAPERS:
        if paper["title"] in text:
            assert paper["title"] in told


@pytest.mark.parametrize("content", [b"", b"\n\n \r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_says_so(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "export.dat"
    path.write_bytes(content)
    with pytest.raises(InputError, match="the file is empty"):
        read(path)


@pytest.mark.parametrize("name", ["ris", "table"])
def test_a_field_of_two_million_letters(name: str, tmp_path: Path) -> None:
    path = tmp_path / "export.dat"
    path.write_text(FORMS[name](changed(text="word " * 400_000)), "utf-8")
    found = read(path)
    assert (found.counted, len(found.records)) == (3, 3)
    assert len(found.records[1].abstract) == 2_000_000 - 1


@pytest.mark.parametrize("name", ["ris", "nbib", "wos"])
def test_tags_in_small_letters_are_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / "export.dat"
    whole = FORMS[name](PAPERS)
    small = SPOILT["small tags"](FORMS[name](PAPERS[1:2]))
    for text, titles in ((SPOILT["small tags"](whole), 3), (f"{whole}\n{small}", 4)):
        path.write_text(text, "utf-8")
        found = read(path)
        assert (found.counted, len(found.records)) == (titles, titles)
        assert [one.year for one in found.records][:3] == [2001, 2002, 2003]


def test_small_letters_within_a_text_are_none(tmp_path: Path) -> None:
    path = tmp_path / "export.dat"
    path.write_text(ris(changed(text="Aim.\nin  - situ\nty  of it")), "utf-8")
    assert read(path).records[1].abstract == "Aim.\nin - situ\nty of it"


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (ris(PAPERS).replace("  - ", "  -\t"), 3),
        ("sep=,\n" + table(PAPERS), 3),
        ("\ufeffsep=;\r\n" + table(PAPERS).replace('","', '";"').replace('",2', '";2'), 0),
        (bibtex(PAPERS).replace("\n\n@", "@"), 3),
        (bibtex(PAPERS).replace("\n", " "), 3),
        (bibtex(PAPERS).replace("\n\n@", "@comment{x} @"), 3),
    ],
)
def test_what_programs_write_otherwise(text: str, titles: int, tmp_path: Path) -> None:
    path = tmp_path / "export.dat"
    path.write_text(text, "utf-8", newline="")
    found = read(path)
    assert found.whole
    assert len(found.records) == titles or not titles
    assert found.counted == 3


def test_lines_above_a_table_are_named(tmp_path: Path) -> None:
    path = tmp_path / "export.dat"
    path.write_text(f"Search results\nDate: 2020\n\n{table(PAPERS)}", "utf-8")
    with pytest.raises(InputError, match="it stands in line 4"):
        read(path)


@pytest.mark.parametrize("form", ["ris", "nbib", "refer"])
def test_two_records_that_ran_together_are_said(form: str, tmp_path: Path) -> None:
    begins = {"ris": r"ER  - \n\nTY  - JOUR\nID  - 31000002\n", "nbib": r"\nPMID- 31000002\n",
              "refer": r"\n%0 Journal Article\n%F 31000002\n"}  # fmt: skip
    path = tmp_path / "export.dat"
    text, done = re.subn(begins[form], "\n" if form == "refer" else "", FORMS[form](PAPERS))
    assert done
    path.write_text(text.replace("\n\n%A", "\n%A"), "utf-8")
    found = read(path)
    assert found.whole
    assert TWO_TITLES in [one.said for one in found.notes]


@pytest.mark.parametrize(
    ("form", "old", "new"),
    [
        ("central", "Record #2 of 3", "Record #2 of x3"),
        ("central", "Record #2 of 3\n", ""),
        ("wos", "ER\n\nPT J", "ER\nUT WOS:9\n\nPT J"),
        ("wos", "\nER\n\nPT J\n", "\n"),
        ("refer", "%0 Journal", "%0\x85Journal"),
        ("refer", "%0 Journal Article\n%F 31000001", "%F 31000001"),
        ("trials", '  {\n   "protocolSection"', '   "protocolSection"'),
        ("trials", ']\n    }\n   }\n  },\n  {\n', ']\n    }\n   },\n'),
        ("bibtex", "@article{k31000002", "@ article {k31000002"),
        ("bibtex", "@article{k31000002", "@article\n{k31000002"),
    ],
)  # fmt: skip
def test_the_count_and_the_reader_agree_on_torn_files(
    form: str, old: str, new: str, tmp_path: Path
) -> None:
    path = tmp_path / "export.dat"
    text = FORMS[form](PAPERS)
    before, found_it, behind = text.rpartition(old)
    assert found_it
    path.write_text(f"{before}{new}{behind}", "utf-8", newline="")
    found = read(path)
    assert found.whole
    assert found.counted > 1
