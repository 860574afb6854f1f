"""HTML, PDF, Word and JSON hold the same statements, cell by cell."""

import re
from html import unescape
from io import BytesIO
from itertools import product
from pathlib import Path

import pytest

import hilum
from hilum.rendering.sheet.html import Page
from hilum.sheet.sheet import Sheet

ROOT = Path(__file__).parents[2]
NAMES = ("midgut-multifocal", "pancreas-few", "sparse")
LANGUAGES = ("en", "zh-Hans")
# Each patient in one language: the others take long, and say the same.
QUICK = {("midgut-multifocal", "zh-Hans"), ("pancreas-few", "en"), ("sparse", "zh-Hans")}
EACH = [
    pytest.param(*one, marks=() if one in QUICK else pytest.mark.slow)
    for one in product(NAMES, LANGUAGES)
]


@pytest.fixture(scope="module")
def sheets(evidence):
    return {name: hilum.board(ROOT / "examples" / f"{name}.toml", evidence) for name in NAMES}


def bare(text):
    """A text without the spaces and line ends that each form sets its own way."""
    return re.sub(r"\s+", "", text).casefold()


def text_of(page):
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<title>.*?</title>", "", page, flags=re.S)))


def rows(context):
    """Every treatment: its verdict, and what its row says, piece by piece."""
    for group in context["groups"]:
        for option in group["options"]:
            pieces = [option["label"], option["reason"], option["brief"]]
            if group["rows"]:
                for cell in context["cells"][option["treatment"]]:
                    if cell["k"]:
                        pieces += [cell["figure"], cell["interval"], f"k {cell['k']}"]
                        pieces.append("" if cell["n"] == "–" else f"n {cell['n']}")
                pieces.append(context["sure"][option["treatment"]]["word"])
            yield option["treatment"], group["word"], [bare(one) for one in pieces if one]


def compared(context):
    for group in context["comparisons"]:
        for row in group["rows"]:
            yield [
                bare(one)
                for one in (
                    row["said"], row["name"], row["outcome"], row["figure"], row["interval"],
                    row["population"], row["rated"]["line"],
                    *(f"{trial['name']}: {trial['text']}" for trial in row["trials"]),
                )
                if one
            ]  # fmt: skip


def first_screen(context):
    answer = context["answer"]
    said = [context["heading"], answer["word"], answer["opens"], context["asked"]]
    said += [one["text"] for one in answer["reasons"][:2]]
    said += [one["fact"] for one in context["change"]]
    said += [part for one in context["steps"] for part in (one["text"], one["brief"])]
    said += [one["text"] for topic in context["topics"] for line in topic["lines"] for one in line]
    return [bare(one) for one in said if one]


@pytest.mark.parametrize(("name", "language"), EACH)
def test_json_is_the_same_sheet(sheets, name, language):
    words = hilum.words(language)
    again = Sheet.model_validate_json(hilum.render(sheets[name], "json", words))
    assert again == sheets[name]
    context, other = (Page(one, words).context() for one in (sheets[name], again))
    assert list(rows(context)) == list(rows(other))
    assert list(compared(context)) == list(compared(other))
    assert len(list(rows(context))) == 27


@pytest.mark.parametrize(("name", "language"), EACH)
def test_html_says_every_cell(sheets, name, language):
    words = hilum.words(language)
    context = Page(sheets[name], words).context()
    page = hilum.render(sheets[name], "html", words).decode()
    whole = bare(text_of(page))
    for piece in first_screen(context):
        assert piece in whole
    for treatment, word, pieces in rows(context):
        body = next(
            part for part in page.split("<tbody")[1:] if f'id="o-{treatment}"' in part
        ).split("</tbody>")[0]
        assert bare(word) in bare(text_of("<tbody" + body))
        start = body.index(f'id="o-{treatment}"')
        end = "</tr>" if "<tr id=" in body else "</span>"
        row = bare(text_of("<i " + body[start : body.index(end, start)]))
        for piece in pieces:
            assert piece in row, treatment
    part = page.split('<section id="comparisons"')[1].split("</section>")[0]
    lines = [bare(text_of(row)) for row in part.split("<tr>")]
    for pieces in compared(context):
        assert any(all(piece in line for piece in pieces) for line in lines), pieces


@pytest.mark.parametrize(("name", "language"), EACH)
def test_word_says_every_cell(sheets, name, language):
    from docx import Document

    words = hilum.words(language)
    context = Page(sheets[name], words).context()
    document = Document(BytesIO(hilum.render(sheets[name], "docx", words)))
    tables = [
        [bare(" ".join(cell.text for cell in row.cells)) for row in table.rows]
        for table in document.tables
    ]
    whole = bare(" ".join(one.text for one in document.paragraphs)) + "".join(
        row for table in tables for row in table
    )
    for piece in first_screen(context):
        assert piece in whole
    options = tables[1]
    for treatment, word, pieces in rows(context):
        at = max(place for place, row in enumerate(options)
                 if all(piece in row for piece in pieces))  # fmt: skip
        above = [row for row in options[: at + 1] if row.startswith(bare(word))]
        assert above, (treatment, word)
    lines = [row for table in tables[2:] for row in table]
    for pieces in compared(context):
        assert any(all(piece in line for piece in pieces) for line in lines), pieces


@pytest.mark.parametrize(("name", "language"), EACH)
def test_two_pages_of_paper_say_every_cell(sheets, name, language):
    from pypdf import PdfReader

    words = hilum.words(language)
    sheet = sheets[name]
    context = Page(sheet, words).context()
    reader = PdfReader(BytesIO(hilum.render(sheet, "pdf", words)))
    assert len(reader.pages) == 2
    said = [bare(page.extract_text()) for page in reader.pages]
    whole = "".join(said)
    for piece in first_screen(context):
        assert piece in said[0], piece
    for treatment, word, pieces in rows(context):
        for piece in (bare(word), *pieces):
            assert piece in whole, (treatment, piece)
    for page in said:
        assert bare(sheet.case.name) in page
        assert sheet.made.date in page
        assert sheet.made.evidence_hash[:8] in page
        assert sheet.hilum_version in page
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == {"en": "en-GB", "zh-Hans": "zh-CN"}[language]
    about = catalogue["/Metadata"].get_data().decode()
    for part in ("<pdfuaid:part>1<", "<pdfaid:part>2<", "<pdfaid:conformance>A<"):
        assert part in about


def test_the_whole_print_has_contents_and_every_comparison(sheets):
    from pypdf import PdfReader

    words = hilum.words("en")
    # Four treatments: the whole appendix takes most of a minute.
    few = {"options": sheets["midgut-multifocal"].options[:4], "families": []}
    sheet = sheets["midgut-multifocal"].model_copy(update={**few, "uncompared": [], "unknowns": []})
    reader = PdfReader(BytesIO(hilum.render(sheet, "pdf", words, full=True)))
    said = [bare(page.extract_text()) for page in reader.pages]
    listed = re.search(r"sources·(\d+)", said[2])
    assert bare("What has been compared") in said[2]
    assert listed is not None
    assert bare(sheet.sources[-1].name) in "".join(said[int(listed[1]) - 1 :])
    whole = "".join(said)
    for pieces in compared(Page(sheet, words).context()):
        for piece in pieces[:4]:
            assert piece in whole, piece


def test_figures_and_heads_of_tables_are_tagged_with_their_text(sheets):
    """A screen reader hears each drawing's sentence and knows a table's head cells."""
    from pypdf import PdfReader

    words = hilum.words("en")
    reader = PdfReader(BytesIO(hilum.render(sheets["midgut-multifocal"], "pdf", words)))
    kinds, texts = [], []

    def walk(node):
        node = node.get_object()
        if not isinstance(node, dict):
            return
        if "/S" in node:
            kinds.append(node["/S"])
            if node["/S"] == "/Figure" and "/Alt" in node:
                texts.append(str(node["/Alt"]))
        below = node.get("/K", [])
        for one in below if isinstance(below, list) else [below]:
            walk(one)

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure"} <= set(kinds)
    assert any(text.startswith("Future liver remnant") for text in texts)
    assert sum("on an axis from" in text for text in texts) > 10


def test_word_has_its_head_foot_language_and_styles(sheets):
    from docx import Document
    from docx.oxml.ns import qn

    for language, code in (("en", "en-GB"), ("zh-Hans", "zh-CN")):
        sheet = sheets["midgut-multifocal"]
        document = Document(BytesIO(hilum.render(sheet, "docx", hilum.words(language))))
        section = document.sections[0]
        assert sheet.case.name in section.header.paragraphs[0].text
        fields = [one.text for one in section.header._element.iter(qn("w:instrText"))]
        assert fields == ["PAGE", "NUMPAGES"]
        assert sheet.made.date in section.footer.paragraphs[0].text
        assert sheet.made.evidence_hash[:8] in section.footer.paragraphs[0].text
        normal = document.styles["Normal"].element
        (named,) = normal.iter(qn("w:lang"))
        assert (named.get(qn("w:val")), named.get(qn("w:eastAsia"))) == ("en-GB", "zh-CN")
        assert document.core_properties.language == code
        assert normal.rPr.rFonts.get(qn("w:eastAsia")) == "Noto Sans CJK SC"
        assert {"Hilum note", "Hilum cell", "Hilum table"} <= {one.name for one in document.styles}
        heads = [
            table for table in document.tables
            if list(table.rows[0]._tr.iter(qn("w:tblHeader")))
        ]  # fmt: skip
        assert len(heads) >= 4


def test_columns_of_word_hold_their_longest_word():
    from hilum.rendering.sheet.word import AIR_MM, LETTER_MM, fitting

    letter = 10 * LETTER_MM
    lines = [["k", "prediction interval", "Studies"], ["3", "", "a long line of words, " * 9]]
    found = fitting(lines, 100.0, 10)
    assert sum(found) == pytest.approx(100)
    assert found[0] == pytest.approx(letter + AIR_MM)
    assert found[1] > 10 * letter + AIR_MM
    assert found[2] > found[1]
    # Where not even the longest words have room, each keeps its share.
    assert sum(fitting([["w" * 16] * 9], 100.0, 10)) == pytest.approx(100)
    assert fitting([["aa", "bb"]], 50.0, 10) == [25.0, 25.0]


def test_a_case_without_a_name_says_so(evidence):
    from pypdf import PdfReader

    found = hilum.board({"patient": {"primary_site": "small_bowel"}}, evidence)
    nameless = found.model_copy(update={"case": found.case.model_copy(update={"name": ""})})
    reader = PdfReader(BytesIO(hilum.render(nameless, "pdf", hilum.words("en"))))
    assert all("no name given" in page.extract_text() for page in reader.pages)
