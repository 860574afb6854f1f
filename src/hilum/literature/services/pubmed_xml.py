"""PubMed's XML into records: articles, chapters of books, and what it took back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as Tree

from hilum.errors import phrased
from hilum.literature.bibliography.record import Field, Place, Record
from hilum.literature.services.fault import Passing
from hilum.literature.services.plain import SHOWN, doi, known, line, shown, year

if TYPE_CHECKING:
    from collections.abc import Iterator

ARTICLES = "PubmedArticleSet"
KINDS = ("PubmedArticle", "PubmedBookArticle")
# Names of identifiers as PubMed writes them.
SCHEMES = {"pubmed": "pmid", "doi": "doi", "pmc": "pmcid"}
# A document that declares its own entities can grow without end when it is read.
ENTITY = b"<!ENTITY"


def articles(body: bytes, source: str, before: int) -> tuple[list[Record], list[str]]:
    """Records of an answer, and the ids of what is no record; ``before`` records came before.

    Raises
    ------
    Passing
        The answer is cut short, or is an error in place of records.
    """
    if ENTITY in body:
        raise Passing(phrased("XML that declares its own entities: {seen}", seen=shown(body)))
    try:
        root = Tree.fromstring(body)
    except (Tree.ParseError, ValueError, LookupError):
        raise Passing(phrased("no whole XML document: {seen}", seen=shown(body))) from None
    if root.tag != ARTICLES:
        said = line("".join(root.itertext()))[:SHOWN]
        raise Passing(phrased("the service says: {said}", said=said or root.tag))
    records: list[Record] = []
    faulty: list[str] = []
    for place, one in enumerate((x for x in root if x.tag in KINDS), before + 1):
        made = _record(one, Place(source, place))
        if made is None:
            faulty.append(f"record {place}")
        else:
            records.append(made)
    return records, faulty


def _record(one: Tree.Element, place: Place) -> Record | None:
    book = one.tag == "PubmedBookArticle"
    citation = one.find("BookDocument" if book else "MedlineCitation")
    if citation is None or not (pmid := _text(citation.find("PMID"))):
        return None
    article = citation if book else citation.find("Article")
    if article is None:
        return None
    data = one.find("PubmedBookData" if book else "PubmedData")
    issue = article.find("Journal/JournalIssue")
    dates = [article.find("Journal/JournalIssue/PubDate"), article.find("Book/PubDate")]
    printed = next((one for one in dates if one is not None), None)
    when = "" if printed is None else " ".join(_text(part) for part in printed)
    return Record(
        record_id=pmid,
        place=place,
        kind="; ".join(_text(x) for x in article.findall("PublicationTypeList/PublicationType"))
        or "; ".join(_text(x) for x in article.findall("PublicationType")),
        title=_text(article.find("ArticleTitle")) or _text(article.find("VernacularTitle")),
        authors=tuple(filter(None, map(_author, article.findall("AuthorList/Author")))),
        year=year(when),
        abstract=_abstract(article),
        journal=_text(article.find("Journal/Title")) or _text(article.find("Book/BookTitle")),
        volume=_text(issue.find("Volume")) if issue is not None else "",
        issue=_text(issue.find("Issue")) if issue is not None else "",
        pages=_text(article.find("Pagination/MedlinePgn")) or _pages(article),
        language="; ".join(_text(x) for x in article.findall("Language")),
        identifiers=_identifiers(pmid, article, data),
        keywords=tuple(
            text
            for path in ("MeshHeadingList/MeshHeading/DescriptorName", "KeywordList/Keyword")
            for one in citation.findall(path)
            if (text := _text(one))
        ),
        fields=tuple(_leaves(one, one.tag)),
    )


def _text(one: Tree.Element | None) -> str:
    """All words of an element, markup inside it taken off."""
    return "" if one is None else line("".join(one.itertext()))


def _author(one: Tree.Element) -> str:
    family = _text(one.find("LastName"))
    given = _text(one.find("ForeName")) or _text(one.find("Initials"))
    if family:
        return f"{family}, {given}" if given else family
    return _text(one.find("CollectiveName"))


def _abstract(article: Tree.Element) -> str:
    parts = [
        f"{label}: {text}" if (label := one.get("Label")) else text
        for one in article.findall("Abstract/AbstractText")
        if (text := _text(one))
    ]
    return "\n".join(parts)


def _pages(article: Tree.Element) -> str:
    first = _text(article.find("Pagination/StartPage"))
    last = _text(article.find("Pagination/EndPage"))
    return f"{first}-{last}" if first and last else first


def _identifiers(
    pmid: str, article: Tree.Element, data: Tree.Element | None
) -> tuple[tuple[str, str], ...]:
    """The record's own: those of the works that it cites lie deeper."""
    own = data.findall("ArticleIdList/ArticleId") if data is not None else []
    pairs = [(SCHEMES.get(one.get("IdType", ""), ""), _text(one)) for one in own]
    pairs += [
        ("doi", _text(one))
        for one in article.findall("ELocationID")
        if one.get("EIdType") == "doi" and one.get("ValidYN", "Y") == "Y"
    ]
    pairs += [("issn", _text(one)) for one in article.findall("Journal/ISSN")]
    pairs += [("isbn", _text(one)) for one in article.findall("Book/Isbn")]
    pairs += [
        ("nct", _text(one))
        for one in article.findall("DataBankList/DataBank/AccessionNumberList/AccessionNumber")
        if _text(one).startswith("NCT")
    ]
    cleaned = [(name, doi(text) if name == "doi" else text) for name, text in pairs if name]
    return known(("pmid", pmid), *cleaned)


def _leaves(one: Tree.Element, path: str) -> Iterator[Field]:
    """Every element that holds text of its own, and every attribute, under its path."""
    # Works that are cited are no part of the record.
    if one.tag == "ReferenceList":
        return
    for name, value in one.attrib.items():
        yield Field(f"{path}@{name}", value)
    text = " ".join((one.text or "").split())
    mixed = text and len(one)
    if mixed or (text and not len(one)):
        yield Field(path, _text(one))
    if not mixed:
        for inner in one:
            yield from _leaves(inner, f"{path}/{inner.tag}")
