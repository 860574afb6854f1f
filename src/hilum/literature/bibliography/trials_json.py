"""ClinicalTrials.gov, version 2 of its JSON: each study on its own, wherever it stands."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from hilum.literature.bibliography import cleaning
from hilum.literature.bibliography.kept import Bad, Good, Item
from hilum.literature.bibliography.record import Field, Place, Record
from hilum.literature.bibliography.ris import NCT, NO_TITLE, NO_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.literature.bibliography.lines import Text

SECTION: Final = re.compile(r'"protocolSection"\s*:')
BROKEN: Final = "one study of ClinicalTrials.gov as JSON"


def read(text: Text, source: str, digest: str) -> Iterator[Item]:
    """One item a study."""
    whole = text.decoded("".join(text.blocks()))
    if _members(whole) is not None:
        yield from _listed(whole, source, digest)
        return
    decoder = json.JSONDecoder(strict=False)
    at, line, counted, position = 0, 1, 0, 0
    while (found := SECTION.search(whole, at)) is not None:
        position += 1
        brace = whole.rfind("{", at, found.start())
        start = found.start() if brace < 0 else brace
        line += whole.count("\n", counted, start)
        counted = start
        following = SECTION.search(whole, found.end())
        until = len(whole) if following is None else following.start()
        try:
            study, at = _decoded(decoder, whole, start, until)
            yield _good(study, Place(source, position, line, digest))
        except (ValueError, RecursionError, AttributeError, TypeError, KeyError):
            at = until
            if following is not None:
                brace = whole.rfind("{", found.end(), until)
                at = brace if brace >= 0 and not whole[brace + 1 : until].strip() else until
            yield Bad(source, position, line, whole[start:at].rstrip(" \t\r\n,"), BROKEN)


def _decoded(
    decoder: json.JSONDecoder, whole: str, start: int, until: int
) -> tuple[dict[str, Any], int]:
    """A study and its end, which stands before the next one begins.

    Raises
    ------
    ValueError, RecursionError
    """
    study, end = decoder.raw_decode(whole, start)
    if end > until:
        raise ValueError(BROKEN)
    return study, end


_LIST: Final = re.compile(r'^\s*\[|"studies"\s*:\s*\[')
_BETWEEN: Final = re.compile(r"[\s,]*")


def _members(whole: str) -> list[Any] | None:
    """The list of studies of a file that is JSON as a whole; None of another."""
    try:
        found = json.loads(whole, strict=False)
    except (ValueError, RecursionError):
        return None
    found = found.get("studies") if isinstance(found, dict) else found
    # Two studies without the bracket between them are one of two sections, of which the last holds.
    whole_ones = isinstance(found, list) and len(SECTION.findall(whole)) <= len(found)
    return found if whole_ones else None


def _listed(whole: str, source: str, digest: str) -> Iterator[Item]:
    """Every member of the list, those that are no study as faults."""
    begin = _LIST.search(whole)
    at, line, counted, position = 0 if begin is None else begin.end(), 1, 0, 0
    decoder = json.JSONDecoder(strict=False)
    while True:
        between = _BETWEEN.match(whole, at)
        at = at if between is None else between.end()
        if at >= len(whole) or whole[at] == "]":
            return
        position += 1
        line += whole.count("\n", counted, at)
        counted = at
        study, end = decoder.raw_decode(whole, at)
        try:
            yield _good(study, Place(source, position, line, digest))
        except (ValueError, AttributeError, TypeError, KeyError):
            yield Bad(source, position, line, whole[at:end], BROKEN)
        at = end


def _good(study: dict[str, Any], place: Place) -> Good:
    protocol: dict[str, Any] = study["protocolSection"]
    names: dict[str, Any] = protocol.get("identificationModule", {})
    if not any(names.get(one) for one in ("nctId", "briefTitle", "officialTitle")):
        raise ValueError(BROKEN)
    status: dict[str, Any] = protocol.get("statusModule", {})
    about: dict[str, Any] = protocol.get("descriptionModule", {})
    conditions: dict[str, Any] = protocol.get("conditionsModule", {})
    people: dict[str, Any] = protocol.get("contactsLocationsModule", {})
    sponsor: dict[str, Any] = protocol.get("sponsorCollaboratorsModule", {})
    nct = str(names.get("nctId", ""))
    dates = (
        status.get("studyFirstPostDateStruct", {}).get("date"),
        status.get("studyFirstSubmitDate"),
        status.get("startDateStruct", {}).get("date"),
    )
    officials = [str(one.get("name", "")) for one in people.get("overallOfficials", ())]
    lead = str(sponsor.get("leadSponsor", {}).get("name", ""))
    second = [str(one.get("id", "")) for one in names.get("secondaryIdInfos", ())]
    fields = tuple(Field(path, value) for path, value in _leaves(study))
    record = Record(
        record_id=nct or str(place.position),
        place=place,
        kind="ClinicalTrials.gov",
        title=cleaning.said(str(names.get("officialTitle") or names.get("briefTitle") or "")),
        authors=cleaning.authors(officials or [lead]),
        year=next((y for one in dates if (y := cleaning.year(str(one or ""))) is not None), None),
        abstract=cleaning.paragraph(str(about.get("briefSummary", ""))),
        identifiers=cleaning.unique(
            [("nct", nct), *(("nct", hit) for one in second for hit in NCT.findall(one))]
        ),
        keywords=tuple(
            cleaning.said(str(one))
            for one in (*conditions.get("conditions", ()), *conditions.get("keywords", ()))
        ),
        fields=fields,
    )
    notes = [NO_TITLE] if not record.title else []
    notes += [NO_YEAR] if record.year is None else []
    return Good(record, tuple(notes))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, f"{path}/{key}" if path else str(key))
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, path)
    elif value is not None:
        yield path, str(value) if not isinstance(value, bool) else str(value).lower()


def count(text: Text) -> int:
    """Members of the list of studies; of a file that is cut, names of every study's section."""
    members = _members(text.decoded("".join(text.blocks())))
    if members is not None:
        return len(members)
    return len(SECTION.findall("".join(text.blocks())))
