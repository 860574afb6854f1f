"""Crossref works: words ranked by likeness, never a condition; asked one at a time."""

from __future__ import annotations

from typing import Any, Final

from hilum.errors import phrased
from hilum.literature.bibliography.record import Place, Record
from hilum.literature.services import paged
from hilum.literature.services.fault import Passing
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

SIZE: Final = 100
ENOUGH: Final = 200
"""Of the best ranked where the search does not say how many: every word matches millions."""
begin = paged.begin


def request(state: State, query: Query) -> Request:
    """One page of the best ranked."""
    asked = {
        "query.bibliographic": query.words["query"],
        "rows": str(SIZE),
        "cursor": state["mark"] or "*",
    }
    filters: list[str] = []
    if query.published_from:
        filters.append(f"from-pub-date:{query.published_from.isoformat()}")
    if query.published_to:
        filters.append(f"until-pub-date:{query.published_to.isoformat()}")
    if query.since:
        filters.append(f"from-update-date:{query.since.isoformat()}")
    if filters:
        asked["filter"] = ",".join(filters)
    return Request("works", asked)


def read(state: State, query: Query, body: bytes, source: str) -> Step:
    """One page."""
    answer = read_json(body)
    message = obj(answer.get("message"))
    total = whole(message.get("total-results"))
    if total is None or not isinstance(message.get("items"), list):
        raise Passing(phrased("an answer without its count: {seen}", seen=shown(body)))
    return paged.page(
        state,
        arr(message["items"]),
        record_of,
        source,
        total=total,
        mark=txt(message.get("next-cursor")),
        size=SIZE,
        most=ENOUGH if query.most is None else query.most,
    )


def again(body: bytes, source: str, before: int) -> list[Record]:
    """Records of a page that was kept."""
    return paged.again(
        arr(obj(read_json(body).get("message")).get("items")), record_of, source, before
    )


def record_of(item: Any, place: Place) -> Record | None:
    """One work; None without its DOI."""
    one = obj(item)
    own = doi(one.get("DOI"))
    if not own:
        return None
    parts = arr(obj(one.get("issued")).get("date-parts"))
    first = arr(parts[0]) if parts else []
    return Record(
        record_id=own,
        place=place,
        kind=txt(one.get("type")),
        title=untagged(_first(one.get("title"))),
        authors=tuple(filter(None, (_author(obj(each)) for each in arr(one.get("author"))))),
        year=year(first[0]) if first else None,
        abstract=unmarked(one.get("abstract")),
        journal=txt(_first(one.get("container-title"))),
        volume=txt(one.get("volume")),
        issue=txt(one.get("issue")),
        pages=txt(one.get("page")) or txt(one.get("article-number")),
        language=txt(one.get("language")),
        identifiers=known(("doi", own), *(("issn", txt(each)) for each in arr(one.get("ISSN")))),
        fields=tuple(leaves({name: part for name, part in one.items() if name != "reference"})),
    )


def _first(value: Any) -> Any:
    return next(iter(arr(value)), "")


def _author(one: dict[str, Any]) -> str:
    family, given = txt(one.get("family")), txt(one.get("given"))
    if family:
        return f"{family}, {given}" if given else family
    return txt(one.get("name"))
