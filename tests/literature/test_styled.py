"""Text of XML in several runs: all of it, in the order of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.literature.bibliography import cleaning
from hilum.literature.bibliography.reading import read

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.bibliography.record import Record

RUN = '<style face="{}" font="default" size="100%">{}</style>'


def _runs(*texts: str, between: str = "") -> str:
    kinds = ("normal", "superscript", "italic")
    return between.join(RUN.format(kinds[n % 3], one) for n, one in enumerate(texts))


def _endnote(folder: Path, between: str = "") -> Record:
    def runs(*texts: str) -> str:
        return f"{between}{_runs(*texts, between=between)}{between}"

    path = folder / "x.xml"
    path.write_text(
        "<xml><records><record><rec-number>1</rec-number><contributors><authors>"
        f"<author>{runs('We', 'b', 'er, K')}</author><author>{runs('et al.')}</author>"
        f"</authors></contributors><titles><title>{runs('Effects of ', '90', 'Y in the liver')}"
        f"</title><secondary-title>{runs('Eur ', 'Radiol')}</secondary-title></titles>"
        f"<pages>{runs('1', '-9')}</pages><keywords><keyword>{runs('Y', '90')}</keyword></keywords>"
        f"<dates><year>{runs('20', '20')}</year></dates>"
        f"<abstract>{runs('Short (', 'P', ' = 0.04). The main conclusion &lt; all.')}</abstract>"
        f"<notes>{runs('a', 'b', 'c')}</notes></record></records></xml>",
        "utf-8",
    )
    found = read(path)
    assert found.whole
    assert [one.said for one in found.notes] == [cleaning.CUT]
    return found.records[0]


def test_runs_of_every_field(tmp_path: Path) -> None:
    for between in ("", "\n      "):
        one = _endnote(tmp_path, between)
        assert one.title == "Effects of 90Y in the liver"
        assert (one.authors, one.journal, one.pages) == (("Weber, K",), "Eur Radiol", "1-9")
        assert (one.keywords, one.year) == (("Y90",), 2020)
        assert one.abstract == "Short (P = 0.04). The main conclusion < all."
        assert [field.value for field in one.fields if field.tag == "notes"] == ["abc"]


def test_runs_of_pubmed(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article>"
        "<ArticleTitle><sup>90</sup><i>Y</i></ArticleTitle><Abstract>"
        "<AbstractText Label='AIM'><i>P</i><sub>1</sub></AbstractText>"
        "<AbstractText>and <b>all</b> of it</AbstractText></Abstract>"
        "</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
    (one,) = read(path).records
    assert (one.title, one.abstract) == ("90Y", "AIM: P1\nand all of it")
    tags = {field.tag: field.value for field in one.fields}
    assert tags["MedlineCitation/Article/ArticleTitle"] == "90Y"
