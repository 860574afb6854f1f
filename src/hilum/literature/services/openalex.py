"""OpenAlex works: a filter, pages by cursor, a key of the user's own."""

from __future__ import annotations

from typing import Any, Final

from hilum.errors import phrased
from hilum.literature.bibliography.record import Place, Record
from hilum.literature.services import paged
from hilum.literature.services.fault import Passing, Refusal
from hilum.literature.services.plain import (
    arr,
    doi,
    known,
    leaves,
    line,
    obj,
    read_json,
    shown,
    txt,
    untagged,
    whole,
    year,
)
from hilum.literature.services.service import Query, Request, State, Step

SIZE: Final = 100
LONGEST: Final = 10_000
"""Words of an abstract at most: an index may name places without end."""
begin = paged.begin


def request(state: State, query: Query) -> Request:
    """One page: words in title and abstract, languages, dates of publication."""
    # A comma would begin another filter.
    words = query.words["query"].replace(",", " ")
    parts = [f"title_and_abstract.search:{words}"]
    if query.languages:
        parts.append(f"language:{'|'.join(query.languages)}")
    if query.published_from:
        parts.append(f"from_publication_date:{query.published_from.isoformat()}")
    if query.published_to:
        parts.append(f"to_publication_date:{query.published_to.isoformat()}")
    asked = {"filter": ",".join(parts), "per_page": str(SIZE), "cursor": state["mark"] or "*"}
    return Request("works", asked)


def read(state: State, query: Query, body: bytes, source: str) -> Step:
    """One page."""
    answer = read_json(body)
    if "error" in answer:
        said = txt(answer.get("message")) or txt(answer["error"])
        raise Refusal(phrased("the service says: {said}", said=said[:200]))
    meta = obj(answer.get("meta"))
    total = whole(meta.get("count"))
    if total is None or not isinstance(answer.get("results"), list):
        raise Passing(phrased("an answer without its count: {seen}", seen=shown(body)))
    return paged.page(
        state,
        arr(answer["results"]),
        record_of,
        source,
        total=total,
        mark=txt(meta.get("next_cursor")),
        size=SIZE,
        most=query.most,
    )


def again(body: bytes, source: str, before: int) -> list[Record]:
    """Records of a page that was kept."""
    return paged.again(arr(read_json(body).get("results")), record_of, source, before)


def record_of(item: Any, place: Place) -> Record | None:
    """One work; None without its id."""
    one = obj(item)
    own = txt(one.get("id")).rpartition("/")[2]
    if not own:
        return None
    ids, biblio = obj(one.get("ids")), obj(one.get("biblio"))
    source = obj(obj(one.get("primary_location")).get("source"))
    first, last = txt(biblio.get("first_page")), txt(biblio.get("last_page"))
    authors = (
        txt(each.get("raw_author_name")) or txt(obj(each.get("author")).get("display_name"))
        for each in map(obj, arr(one.get("authorships")))
    )
    # Places of words: the abstract is put together below.
    rest = {name: part for name, part in one.items() if name not in LEFT}
    abstract = abstract_of(one.get("abstract_inverted_index"))
    return Record(
        record_id=own,
        place=place,
        kind=txt(one.get("type")),
        title=untagged(one.get("title")) or untagged(one.get("display_name")),
        authors=tuple(filter(None, authors)),
        year=year(one.get("publication_year")),
        abstract=abstract,
        journal=txt(source.get("display_name")),
        volume=txt(biblio.get("volume")),
        issue=txt(biblio.get("issue")),
        pages=f"{first}-{last}" if first and last and first != last else first,
        language=txt(one.get("language")),
        identifiers=known(
            ("openalex", own),
            ("doi", doi(one.get("doi"))),
            ("pmid", txt(ids.get("pmid")).rstrip("/").rpartition("/")[2]),
            ("pmcid", _pmcid(txt(ids.get("pmcid")).rstrip("/").rpartition("/")[2])),
        ),
        fields=tuple(leaves(rest)),
    )


LEFT: Final = frozenset({"abstract_inverted_index", "referenced_works", "related_works"})
"""Parts of a work that are no part of its record: they stay in the answer that is kept."""


def _pmcid(text: str) -> str:
    return f"PMC{text}" if text.isdigit() else text


def abstract_of(index: Any) -> str:
    """A text from the places of its words; empty where they are none."""
    places: dict[int, str] = {}
    for word, at in obj(index).items():
        for place in arr(at):
            if isinstance(place, int) and 0 <= place < LONGEST:
                places[place] = str(word)
    return line(" ".join(places[place] for place in sorted(places)))
