"""Pictures drawn for documents that take no SVG."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from io import BytesIO

import numpy as np
import pytest
from docx import Document
from PIL import Image

import hilum
from hilum.plots import ForestRow, forest_svg
from hilum.rendering.sheet.html import Page, html
from hilum.rendering.sheet.pictures import DOTS_PER_INCH, pictures
from hilum.rendering.sheet.print_page import PrintPage
from tests.spaces import read


def forest(label, text="50 (40–60)"):
    row = ForestRow(label, 0.5, (0.4, 0.6), text)
    return forest_svg((row,), title=f"{label} <&>", axis="%", scale="proportion", standalone=True)


def shades(png):
    return np.asarray(Image.open(BytesIO(png)).convert("L")).astype(int)


def test_size_and_title_are_those_of_the_drawing():
    drawing = forest("a")
    (found,) = pictures([drawing])
    width, height = (float(x) for x in re.findall(r'viewBox="0 0 (\d+) (\d+)"', drawing)[0])
    assert found.title == "a <&>"
    assert found.width_mm == pytest.approx(width / 96 * 25.4)
    image = Image.open(BytesIO(found.png))
    assert image.size == pytest.approx(
        (width * DOTS_PER_INCH / 96, height * DOTS_PER_INCH / 96), abs=1.5
    )


def test_what_is_drawn_is_there():
    """The interval is a line at its place: 40 to 60 of an axis of 100, the style is its own."""
    plain, wide = pictures([forest("a"), forest("a").replace('class="whisker"', 'class="none"')])
    changed = np.abs(shades(plain.png) - shades(wide.png)) > 60
    columns = np.flatnonzero(changed.any(axis=0)) * 96 / DOTS_PER_INCH
    ends = [float(x) for x in re.findall(r'class="whisker" x1="([\d.]+)".*?x2="([\d.]+)"',
                                         forest("a"))[0]]  # fmt: skip
    assert (columns.min(), columns.max()) == pytest.approx(ends, abs=1.5)
    assert changed.any(axis=1).sum() <= 4


def test_chinese_glyphs_are_drawn():
    """Glyphs that a font lacks are all the same box."""
    first, second, third = (shades(one.png) for one in pictures([forest(x) for x in "总存总"]))
    assert (first != second).any()
    assert (first == third).all()


def test_order_and_sizes_are_kept():
    short, tall = forest("a"), forest_svg(
        tuple(ForestRow(str(i), 0.5, (0.4, 0.6), "") for i in range(9)),
        title="nine", axis="%", scale="proportion", standalone=True,
    )  # fmt: skip
    found = pictures([short, tall, tall, short])
    assert [one.title for one in found] == ["a <&>", "nine", "nine", "a <&>"]
    assert found[0].png == found[3].png
    assert found[1].png == found[2].png
    assert len(shades(found[1].png)) > len(shades(found[0].png))
    assert pictures([]) == []


@pytest.mark.parametrize("language", ["en", pytest.param("zh-Hans", marks=pytest.mark.slow)])
def test_the_document_has_every_picture_of_the_page(sheet, language):
    words = hilum.words(language)
    page = html(sheet, words)
    # A cell's small plot draws the figure that stands in words beside it: Word has the words.
    drawn = r'<svg(?![^>]*class="small")[^>]*role="img"[^>]*>\s*<title>(.*?)</title>'
    titles = re.findall(drawn, page)
    document = Document(BytesIO(hilum.render(sheet, "docx", words, full=True)))
    described = [one._inline.docPr.get("descr") for one in document.inline_shapes]
    assert len(described) > 50
    assert Counter(map(read, described)) == Counter(read(unescape(one)) for one in titles)
    widest = document.sections[0].page_width - 2 * document.sections[0].left_margin
    assert all(one.width <= widest for one in document.inline_shapes)
    for part in document.part.related_parts.values():
        if part.content_type == "image/png":
            grey = shades(part.blob)
            assert (grey < 100).sum() > 100
            assert (grey > 200).mean() > 0.3


def test_pictures_for_word_bring_their_style(sheet):
    """A page's style sheet does not reach pictures of a document: lines would not be drawn."""
    words = hilum.words("en")
    styled = r'<svg class="forest"[^>]*><title>[^<]*</title><style>'

    def forests(page):
        context = page.context()
        cells = [cell for one in context["options"] for cell in one["details"]]
        parts = [part for cell in (*cells, *context["frame"]) for part in cell["parts"]]
        return [part["forest"] for part in parts if part["forest"]]

    drawn = forests(Page(sheet, words, paper=True))
    assert len(drawn) > 50
    assert all(re.match(styled, one) for one in drawn)
    assert not any(re.match(styled, one) for one in forests(Page(sheet, words)))
    assert not forests(Page(sheet, words, paper=True, forests=False))


def test_a_document_without_the_drawing_library_says_so(sheet, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "typst", None)
    document = Document(BytesIO(hilum.render(sheet, "docx", hilum.words("en"))))
    assert len(document.inline_shapes) == 0
    assert any("Pictures are left out" in one.text for one in document.paragraphs)


@pytest.mark.parametrize("paper", [False, True])
def test_a_figure_of_the_record_without_a_study_says_its_population(sheet, paper):
    """Its summary does not, unlike a treatment's; on paper neither may be lost."""
    alone = sheet.epidemiology[0].model_copy(
        update={
            "form": "none",
            "value": None,
            "ci": None,
            "k": 0,
            "n": None,
            "studies": [],
            "other_populations": [],
        }
    )
    changed, words = sheet.model_copy(update={"epidemiology": [alone]}), hilum.words("en")
    if paper:
        page = PrintPage(changed, words).html(1.0, 0, full=True)
        (shown,) = re.findall(r'<h4 id="e-.*?</h4>', page, flags=re.DOTALL)
        assert len(re.findall(r"<small>k 0 · n – · [^<]+</small>", shown)) == 1
        return
    (shown,) = re.findall(r'<details id="e-.*?</details>', html(changed, words), flags=re.DOTALL)
    assert len(re.findall(r'<p class="what"><b>[^<]+</b>', shown)) == 1
