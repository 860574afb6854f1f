"""PubMed's XML: articles, chapters of books, citations reported as deleted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography import cleaning, withdrawn
from hilum.literature.bibliography.chunks import leaves, parsed, pieces, words
from hilum.literature.bibliography.kept import Bad, Gone, Good, Item
from hilum.literature.bibliography.record import Field, Place, Record
from hilum.literature.bibliography.ris import NCT, NO_TITLE, NO_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from hilum.literature.bibliography.lines import Text

RECORDS: Final = ("PubmedArticle", "PubmedBookArticle")
NAMES: Final = (*RECORDS, "DeleteCitation")
BROKEN: Final = "one record of PubMed's XML, closed and well formed"
DELETED: Final = re.compile(r"<(?:[\w.-]+:)?DeleteCitation")
_DELETED: Final = re.compile(r">\s*(\d{1,9})\s*</(?:[\w.-]+:)?PMID>")


def read(text: Text, source: str, digest: str) -> Iterator[Item]:
    """One item an article or chapter; works that are merely cited are none."""
    position = 0
    for line, piece, closed in pieces(text, NAMES):
        element = parsed(piece) if closed else None
        if DELETED.match(piece):
            for one in _DELETED.findall(piece):
                yield Gone(one)
            continue
        position += 1
        if element is None:
            yield Bad(source, position, line, piece, BROKEN)
            continue
        yield record_of(element, Place(source, position, line, digest))


def is_whole(element: Element) -> bool:
    """Whether an article or a chapter has an id and what it is the id of."""
    return bool(
        words(element.find("BookDocument/PMID")).strip()
        or (
            words(element.find("MedlineCitation/PMID")).strip()
            and element.find("MedlineCitation/Article") is not None
        )
    )


def record_of(element: Element, place: Place) -> Good:
    """An article or a chapter, and what was noticed in it."""
    main = element.find("MedlineCitation")
    main = element.find("BookDocument") if main is None else main
    main = element if main is None else main
    article = main.find("Article")
    article = main if article is None else article

    def said(path: str, within: Element = article) -> str:
        return cleaning.said(words(within.find(path)))

    book = article.find("Book")
    title = said("ArticleTitle") or said("VernacularTitle") or said("Book/BookTitle")
    dates = ("Journal/JournalIssue/PubDate/Year", "Journal/JournalIssue/PubDate/MedlineDate",
             "ArticleDate/Year", "Book/PubDate/Year", "ContributionDate/Year")  # fmt: skip
    people = article.find("AuthorList")
    record = Record(
        record_id=said("PMID", main) or str(place.position),
        place=place,
        kind=_kind(main, article),
        title=title,
        authors=cleaning.authors(_authors(people)),
        year=next((y for one in dates if (y := cleaning.year(said(one))) is not None), None),
        abstract=_abstract(article),
        journal=said("Journal/Title") or said("Journal/ISOAbbreviation")
        or ("" if book is None else said("BookTitle", book)),
        volume=said("Journal/JournalIssue/Volume"),
        issue=said("Journal/JournalIssue/Issue"),
        pages=cleaning.pages(said("Pagination/StartPage"), said("Pagination/EndPage"))
        or cleaning.whole_pages(said("Pagination/MedlinePgn")),
        language="; ".join(_each(article, "Language")),
        identifiers=_identifiers(element, main, article),
        keywords=tuple(
            one for tag in ("DescriptorName", "Keyword") for found in main.iter(tag)
            if (one := cleaning.said(words(found)))
        ),
        fields=tuple(Field(path, value) for path, value in leaves(element)),
    )  # fmt: skip
    notes = [NO_TITLE] if not title else []
    notes += [NO_YEAR] if record.year is None else []
    notes += [cleaning.CUT] if people is not None and people.get("CompleteYN") == "N" else []
    return Good(record, tuple(notes))


def _kind(main: Element, article: Element) -> str:
    """Kinds of a record; one of which the retraction is named is retracted."""
    kinds = _each(article, "PublicationTypeList/PublicationType", "PublicationType")
    links = (one.get("RefType") or "" for one in main.iter("CommentsCorrections"))
    return "; ".join(withdrawn.linked(kinds, links))


def _each(article: Element, *paths: str) -> list[str]:
    """What several elements of one name say, by the first path under which there are any."""
    found = (article.findall(path) for path in paths)
    return [said for one in next(filter(None, found), []) if (said := cleaning.said(words(one)))]


def _authors(people: Element | None) -> list[str]:
    found: list[str] = []
    for one in () if people is None else people.findall("Author"):
        if one.get("ValidYN") == "N":
            continue
        family = words(one.find("LastName")).strip()
        given = (words(one.find("ForeName")) or words(one.find("Initials"))).strip()
        suffix = words(one.find("Suffix")).strip()
        group = words(one.find("CollectiveName")).strip()
        found.append(group or ", ".join(part for part in (family, given, suffix) if part))
    return found


def _abstract(article: Element) -> str:
    found: list[str] = []
    for one in article.findall("Abstract/AbstractText"):
        label = one.get("Label") or ""
        said = cleaning.said(words(one))
        found.append(f"{label}: {said}" if label else said)
    return "\n".join(one for one in found if one)


def _identifiers(element: Element, main: Element, article: Element) -> tuple[tuple[str, str], ...]:
    found = [("pmid", words(main.find("PMID")).strip())]
    for one in article.findall("ELocationID"):
        if one.get("EIdType") == "doi" and one.get("ValidYN") != "N":
            found.append(("doi", cleaning.doi(words(one))))
    for path in ("PubmedData/ArticleIdList/ArticleId", "PubmedBookData/ArticleIdList/ArticleId",
                 "BookDocument/ArticleIdList/ArticleId"):  # fmt: skip
        for one in element.findall(path):
            value = words(one).strip()
            if one.get("IdType") == "doi":
                found.append(("doi", cleaning.doi(value)))
            elif one.get("IdType") == "pmc":
                found.append(("pmcid", value))
    for one in article.findall("DataBankList/DataBank/AccessionNumberList/AccessionNumber"):
        found += [("nct", hit) for hit in NCT.findall(words(one))]
    for path in ("Journal/ISSN", "Book/Isbn"):
        for one in article.findall(path):
            found += cleaning.issns(words(one))
    return cleaning.unique(found)
