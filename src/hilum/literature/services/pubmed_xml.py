"""Answers of PubMed: whether one is whole, and its records as the reader of exports makes them."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as Tree

from hilum.errors import phrased
from hilum.literature.bibliography.chunks import ENTITY, bared
from hilum.literature.bibliography.pubmed_xml import RECORDS, is_whole, record_of
from hilum.literature.bibliography.record import Place, Record
from hilum.literature.services.fault import Passing
from hilum.literature.services.plain import SHOWN, line, shown

ARTICLES: Final = "PubmedArticleSet"


def articles(body: bytes, source: str, before: int) -> tuple[list[Record], list[str]]:
    """Records of an answer, and the ids of what is no record; ``before`` records came before.

    Raises
    ------
    Passing
        The answer is cut short, or is an error in place of records.
    """
    # A document that declares its own entities can grow without end when it is read.
    if ENTITY.search(body.decode("latin-1")):
        raise Passing(phrased("XML that declares its own entities: {seen}", seen=shown(body)))
    try:
        root = bared(Tree.fromstring(body))
    except (Tree.ParseError, ValueError, LookupError):
        raise Passing(phrased("no whole XML document: {seen}", seen=shown(body))) from None
    if root.tag != ARTICLES:
        said = line("".join(root.itertext()))[:SHOWN]
        raise Passing(phrased("the service says: {said}", said=said or root.tag))
    records: list[Record] = []
    faulty: list[str] = []
    for place, one in enumerate((x for x in root if x.tag in RECORDS), before + 1):
        # Works that are merely cited are no part of an answer's record.
        for part in list(one.iter()):
            for cited in part.findall("ReferenceList"):
                part.remove(cited)
        if is_whole(one):
            records.append(record_of(one, Place(source, place)).record)
        else:
            faulty.append(f"record {place}")
    return records, faulty
