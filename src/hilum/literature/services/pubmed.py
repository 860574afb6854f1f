"""PubMed E-utilities: a list of ids by ``esearch``, split by date where too long, then records.

``esearch`` gives the first 10,000 hits alone; a longer list is asked for in halves of the dates on
which records were entered. Ids are kept rather than the server's own list, which grows old.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from hilum.errors import phrased
from hilum.literature.services.fault import Passing
from hilum.literature.services.languages import LANGUAGES
from hilum.literature.services.plain import arr, obj, read_json, shown, txt, whole
from hilum.literature.services.pubmed_xml import articles
from hilum.literature.services.service import Query, Remark, Request, State, Step
from hilum.records import found

if TYPE_CHECKING:
    from hilum.literature.bibliography.record import Record

LIMIT: Final = 9_999
"""Hits that one list gives; 10,000 by the manual, of which the last was refused."""
AT_ONCE: Final = 200
"""Records of one ``efetch``."""
FIRST_DAY: Final = dt.date(1800, 1, 1)
# What the server says of a query that it did not take as it was written.
SILENT: Final = {
    "phrasesnotfound": "phrase_not_found",
    "fieldsnotfound": "field_not_found",
    "phrasesignored": "phrase_ignored",
    "quotedphrasesnotfound": "phrase_not_found",
}
NO_HIT: Final = "No items found."


def term(query: Query) -> str:
    """The whole query: the person's own, its languages and dates."""
    parts = [f"({query.words['query']})"]
    if query.languages:
        names = (found(LANGUAGES, one, "language")[0] for one in query.languages)
        parts.append(f"({' OR '.join(f'{name}[la]' for name in names)})")
    if query.published_from or query.published_to:
        parts.append(_span(query.published_from, query.published_to, "dp"))
    if query.since:
        # The day on which the record was made; the day of entry may be that of publication.
        parts.append(_span(query.since, None, "crdt"))
    return " AND ".join(parts)


def _span(low: dt.date | None, high: dt.date | None, field: str) -> str:
    first = f"{low or FIRST_DAY:%Y/%m/%d}"
    last = f"{high:%Y/%m/%d}" if high else "3000"
    return f'("{first}"[{field}] : "{last}"[{field}])'


def begin(query: Query) -> State:
    """Nothing known yet: one list of all days."""
    del query
    return {"days": [None], "ids": [], "total": None, "place": 0}


def request(state: State, query: Query) -> Request:
    """The next list of ids, or the next records."""
    if not state["days"]:
        ids = state["ids"][state["place"] : state["place"] + AT_ONCE]
        asked = {"db": "pubmed", "retmode": "xml", "id": ",".join(ids)}
        return Request("efetch.fcgi", asked, "xml")
    asked = {"db": "pubmed", "retmode": "json", "term": term(query), "retmax": str(LIMIT)}
    span = state["days"][0]
    if span is not None:
        low, high = (day.replace("-", "/") for day in span)
        asked |= {"datetype": "edat", "mindate": low, "maxdate": high}
    return Request("esearch.fcgi", asked)


def read(state: State, query: Query, body: bytes, source: str) -> Step:
    """Ids of a list, or records."""
    del query
    return _listed(state, body) if state["days"] else _fetched(state, body, source)


def again(body: bytes, source: str, before: int) -> list[Record]:
    """Records of an answer that was kept; none of a list of ids."""
    return [] if body.lstrip().startswith(b"{") else articles(body, source, before)[0]


def _listed(state: State, body: bytes) -> Step:
    answer = read_json(body)
    if "error" in answer:
        raise Passing(phrased("the service says: {said}", said=txt(answer["error"])[:200]))
    result = obj(answer.get("esearchresult"))
    if "ERROR" in result:
        raise Passing(phrased("the service says: {said}", said=txt(result["ERROR"])[:200]))
    count = whole(result.get("count"))
    if count is None or not isinstance(result.get("idlist"), list):
        raise Passing(phrased("an answer without its count: {seen}", seen=shown(body)))
    ids = [txt(one) for one in arr(result["idlist"])]
    span, *rest = state["days"]
    total = count if state["total"] is None else state["total"]
    remarks = _remarks(result)
    if count > LIMIT and (halves := _halves(span)):
        return Step(
            total=total, then={**state, "days": [*halves, *rest], "total": total}, remarks=remarks
        )
    if len(ids) < min(count, LIMIT):
        raise Passing(phrased("{came} ids where {count} were counted", came=len(ids), count=count))
    if count > LIMIT:
        more = Remark("day_too_full", {"day": span[0], "count": str(count), "limit": str(LIMIT)})
        remarks = (*remarks, more)
    merged = list(dict.fromkeys([*state["ids"], *ids]))
    then: State | None = {**state, "days": rest, "ids": merged, "total": total}
    if not rest:
        if len(merged) < total:
            short = {"came": str(len(merged)), "count": str(total)}
            remarks = (*remarks, Remark("fewer_than_said", short))
        then = then if merged else None
    return Step(total=total, then=then, remarks=remarks)


def _halves(span: list[str] | None) -> list[list[str]]:
    """Two spans of days in place of one; none of a single day."""
    today = dt.datetime.now(tz=dt.UTC).date()
    if span is None:
        low, high = FIRST_DAY, today + dt.timedelta(days=2)
    else:
        low, high = (dt.date.fromisoformat(day) for day in span)
    if low >= high:
        return []
    middle = low + (high - low) // 2
    after = middle + dt.timedelta(days=1)
    return [[low.isoformat(), middle.isoformat()], [after.isoformat(), high.isoformat()]]


def _remarks(result: dict[str, object]) -> tuple[Remark, ...]:
    """What of the query was not understood: it was searched without."""
    out: list[Remark] = []
    for part in ("errorlist", "warninglist"):
        said = obj(result.get(part))
        for name, code in SILENT.items():
            out += [Remark(code, {"phrase": txt(one)}) for one in arr(said.get(name))]
        out += [
            Remark("service_says", {"said": txt(one)})
            for one in arr(said.get("outputmessages"))
            if txt(one) != NO_HIT
        ]
    return tuple(one for place, one in enumerate(out) if one not in out[:place])


def _fetched(state: State, body: bytes, source: str) -> Step:
    asked = state["ids"][state["place"] : state["place"] + AT_ONCE]
    records, faulty = articles(body, source, state["place"])
    if asked and not (records or faulty):
        told = phrased("none of the {count} records that were asked for", count=len(asked))
        raise Passing(told)
    came = {one.record_id for one in records} | set(faulty)
    missing = tuple(one for one in asked if one not in came)
    place = state["place"] + len(asked)
    then = {**state, "place": place} if place < len(state["ids"]) else None
    return Step(records=tuple(records), faulty=(*faulty, *missing), total=state["total"], then=then)
