"""Europe PMC: one query, pages by cursor; the end is said in either of two ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.errors import phrased
from hilum.literature.bibliography.record import Place, Record
from hilum.literature.services import paged
from hilum.literature.services.fault import Passing, Refusal
from hilum.literature.services.languages import LANGUAGES
from hilum.literature.services.plain import (
    arr,
    doi,
    known,
    leaves,
    obj,
    read_json,
    shown,
    txt,
    unmarked,
    untagged,
    whole,
    year,
)
from hilum.literature.services.service import Query, Request, State, Step
from hilum.records import found

if TYPE_CHECKING:
    import datetime as dt

SIZE: Final = 100
begin = paged.begin


def _query(query: Query) -> str:
    parts = [f"({query.words['query']})"]
    if query.languages:
        names = (found(LANGUAGES, one, "language")[1] for one in query.languages)
        parts.append(f"({' OR '.join(f'LANG:{name}' for name in names)})")
    if query.published_from or query.published_to:
        parts.append(
            f"(FIRST_PDATE:[{_day(query.published_from, '1800-01-01')} TO "
            f"{_day(query.published_to, '3000-12-31')}])"
        )
    return " AND ".join(parts)


def _day(day: dt.date | None, else_: str) -> str:
    return day.isoformat() if day else else_


def request(state: State, query: Query) -> Request:
    """One page; the cursor as it was given, not escaped twice."""
    # Queries of many words do not fit an address.
    return Request(
        "searchPOST",
        {
            "query": _query(query),
            "resultType": "core",
            "format": "json",
            "pageSize": str(SIZE),
            "cursorMark": state["mark"] or "*",
        },
        post=True,
    )


def read(state: State, query: Query, body: bytes, source: str) -> Step:
    """One page."""
    answer = read_json(body)
    if said := txt(answer.get("errMsg")):
        raise Refusal(phrased("the service says: {said}", said=said[:200]))
    total = whole(answer.get("hitCount"))
    if total is None or (total and "resultList" not in answer):
        raise Passing(phrased("an answer without its count: {seen}", seen=shown(body)))
    mark = txt(answer.get("nextCursorMark"))
    # The end: no cursor, or the cursor that was sent.
    mark = "" if mark == (state["mark"] or "*") else mark
    return paged.page(
        state,
        _items(answer),
        record_of,
        source,
        total=total,
        mark=mark,
        size=SIZE,
        most=query.most,
    )


def _items(answer: dict[str, Any]) -> list[Any]:
    return arr(obj(answer.get("resultList")).get("result"))


def again(body: bytes, source: str, before: int) -> list[Record]:
    """Records of a page that was kept."""
    return paged.again(_items(read_json(body)), record_of, source, before)


def record_of(item: Any, place: Place) -> Record | None:
    """One hit; None without its id."""
    one = obj(item)
    own, base = txt(one.get("id")), txt(one.get("source"))
    if not own or not base:
        return None
    journal = obj(one.get("journalInfo"))
    authors = [_author(obj(each)) for each in arr(obj(one.get("authorList")).get("author"))] or txt(
        one.get("authorString")
    ).rstrip(".").split(", ")
    kinds = [txt(each) for each in arr(obj(one.get("pubTypeList")).get("pubType"))]
    words = [txt(each) for each in arr(obj(one.get("keywordList")).get("keyword"))]
    return Record(
        record_id=f"{base}:{own}",
        place=place,
        kind="; ".join(filter(None, kinds)) or txt(one.get("pubType")),
        title=untagged(one.get("title")),
        authors=tuple(filter(None, authors)),
        year=year(one.get("pubYear")) or year(one.get("firstPublicationDate")),
        abstract=unmarked(one.get("abstractText")),
        journal=txt(obj(journal.get("journal")).get("title")) or txt(one.get("journalTitle")),
        volume=txt(journal.get("volume")),
        issue=txt(journal.get("issue")),
        pages=txt(one.get("pageInfo")),
        language=txt(one.get("language")),
        identifiers=known(
            ("pmid", txt(one.get("pmid"))),
            ("pmcid", txt(one.get("pmcid"))),
            ("doi", doi(one.get("doi"))),
        ),
        keywords=tuple(filter(None, words)),
        fields=tuple(leaves(one)),
    )


def _author(one: dict[str, Any]) -> str:
    family = txt(one.get("lastName"))
    given = txt(one.get("firstName")) or txt(one.get("initials"))
    if family:
        return f"{family}, {given}" if given else family
    return txt(one.get("collectiveName")) or txt(one.get("fullName"))
