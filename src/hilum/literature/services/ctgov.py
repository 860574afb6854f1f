"""ClinicalTrials.gov, version 2: any module of a study may be missing."""

from __future__ import annotations

from typing import Any, Final

from hilum.errors import phrased
from hilum.literature.bibliography.record import Place, Record
from hilum.literature.services import paged
from hilum.literature.services.fault import Passing
from hilum.literature.services.plain import (
    arr,
    known,
    leaves,
    obj,
    read_json,
    shown,
    txt,
    whole,
    year,
)
from hilum.literature.services.service import Query, Request, State, Step

SIZE: Final = 100
"""Studies a page: one may be a hundred kilobytes."""


def begin(query: Query) -> State:
    """The first page, whose count is asked for."""
    return {**paged.begin(query), "total": None}


def request(state: State, query: Query) -> Request:
    """One page; parts of the query by their fields."""
    asked = {f"query.{name}": text for name, text in query.words.items()}
    asked |= {"format": "json", "pageSize": str(SIZE)}
    if query.since:
        asked["filter.advanced"] = f"AREA[LastUpdatePostDate]RANGE[{query.since:%Y-%m-%d},MAX]"
    if state["mark"]:
        asked["pageToken"] = state["mark"]
    else:
        asked["countTotal"] = "true"
    return Request("studies", asked)


def read(state: State, query: Query, body: bytes, source: str) -> Step:
    """One page; only the first says how many there are."""
    answer = read_json(body)
    if not isinstance(answer.get("studies"), list):
        raise Passing(phrased("an answer without its studies: {seen}", seen=shown(body)))
    total = state["total"] if state["mark"] else whole(answer.get("totalCount"))
    step = paged.page(
        state,
        arr(answer["studies"]),
        record_of,
        source,
        total=total,
        mark=txt(answer.get("nextPageToken")),
        size=SIZE,
        most=query.most,
    )
    then = None if step.then is None else {**step.then, "total": total}
    return Step(records=step.records, faulty=step.faulty, total=step.total, then=then)


def again(body: bytes, source: str, before: int) -> list[Record]:
    """Records of a page that was kept."""
    return paged.again(arr(read_json(body).get("studies")), record_of, source, before)


def record_of(item: Any, place: Place) -> Record | None:
    """One study; None without its number."""
    protocol = obj(obj(item).get("protocolSection"))
    named = obj(protocol.get("identificationModule"))
    nct = txt(named.get("nctId"))
    if not nct:
        return None
    status = obj(protocol.get("statusModule"))
    lead = obj(obj(protocol.get("sponsorCollaboratorsModule")).get("leadSponsor"))
    about = obj(protocol.get("descriptionModule"))
    conditions = obj(protocol.get("conditionsModule"))
    words = [txt(one) for key in ("conditions", "keywords") for one in arr(conditions.get(key))]
    cited = [
        ("pmid", txt(obj(one).get("pmid")))
        for one in arr(obj(protocol.get("referencesModule")).get("references"))
        # Of the study itself; the others are its background.
        if txt(obj(one).get("type")) in ("RESULT", "DERIVED")
    ]
    sponsor = txt(lead.get("name"))
    return Record(
        record_id=nct,
        place=place,
        kind="Trial registration",
        title=txt(named.get("officialTitle")) or txt(named.get("briefTitle")),
        authors=(sponsor,) if sponsor else (),
        year=year(obj(status.get("studyFirstPostDateStruct")).get("date"))
        or year(obj(status.get("startDateStruct")).get("date")),
        abstract=txt(about.get("briefSummary")),
        journal="ClinicalTrials.gov",
        identifiers=known(("nct", nct), *(cited[:1] if len(cited) == 1 else ())),
        keywords=tuple(filter(None, words)),
        fields=tuple(leaves(item)),
    )
