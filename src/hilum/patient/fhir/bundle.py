"""A FHIR file opened: its resources in order, their references resolved, its faults said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from hilum.errors import Fault, InputError, phrased
from hilum.patient.fhir.models import Reference, Resource, resource_of
from hilum.tabular.small import parse_json, small_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Whole exports of a record; as plain data they take some ten times as much.
MAX_BYTES = 64_000_000
SENT = ("request", "response", "search", "link")
# Elements of a bundle that say how it was sent.
OUTER = ("id", "meta", "identifier", "timestamp", "total", "link", "signature", "language")


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of the file: as it stands, as it is read, and under which addresses it is known.

    ``owner`` is the place of the resource that contains it, else -1.
    """

    raw: dict[str, Any]
    resource: Resource
    addresses: frozenset[str]
    number: int
    owner: int = -1

    @property
    def kind(self) -> str:
        """The type of the resource."""
        return self.resource.resourceType or ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Every resource of a file, contained ones after their owners.

    ``sent`` are elements that say how the file was sent; ``broken`` the places of entries that hold
    no resource.
    """

    entries: tuple[Entry, ...]
    sent: tuple[str, ...]
    broken: tuple[str, ...]

    def of(self, *kinds: str) -> Iterator[Entry]:
        """Entries of some types."""
        return (one for one in self.entries if one.kind in kinds)

    def resolve(self, reference: Reference | None, owner: Entry) -> Entry | None:
        """The resource that a reference means; nothing where it is not in the file."""
        if reference is None or not reference.reference:
            return None
        address = reference.reference.split("/_history/")[0]
        if address.startswith("#"):
            root = owner.number if owner.owner < 0 else owner.owner
            within = (one for one in self.entries if one.owner == root)
            return next((one for one in within if one.resource.id == address[1:]), None)
        outer = [one for one in self.entries if one.owner < 0]
        exact = next((one for one in outer if address in one.addresses), None)
        if exact is not None:
            return exact
        tail = "/".join(address.rstrip("/").split("/")[-2:])
        return next((one for one in outer if tail in one.addresses), None)


def load_bundle(path: Path) -> dict[str, Any]:
    """The JSON of a file.

    Raises
    ------
    InputError
        When it cannot be read or is not a FHIR resource in JSON.
    """
    try:
        data: Any = parse_json(small_bytes(path, MAX_BYTES))
    except OSError as error:
        expected = phrased("a readable FHIR file ({reason})", reason=error.strerror or "")
        raise InputError(Fault(path.name, None, "file", path.name, expected)) from error
    except ValueError as error:
        wanted = "a FHIR resource in JSON"
        raise InputError(Fault(path.name, None, "file", "", wanted)) from error
    return checked(data, path.name)


def checked(data: object, name: str) -> dict[str, Any]:
    """A FHIR resource, or a fault that names the file."""
    if not isinstance(data, dict) or not isinstance(
        cast("dict[str, Any]", data).get("resourceType"), str
    ):
        wanted = "a FHIR resource in JSON"
        raise InputError(Fault(name, None, "resourceType", "", wanted))
    return cast("dict[str, Any]", data)


def opened(data: dict[str, Any]) -> Bundle:
    """The resources of a bundle, or the one resource that stands alone."""
    entries: list[Entry] = []
    broken: list[str] = []
    sent: dict[str, None] = {}
    for raw, full, place in _outer(data, sent, broken):
        resource = resource_of(raw)
        owner = Entry(raw, resource, _addresses(resource, full), len(entries))
        entries.append(owner)
        for inner in _dicts(raw.get("contained")):
            held = resource_of(inner)
            entries.append(Entry(inner, held, frozenset(), len(entries), owner.number))
        del place
    return Bundle(tuple(entries), tuple(sent), tuple(broken))


def _outer(
    data: dict[str, Any], sent: dict[str, None], broken: list[str]
) -> Iterator[tuple[dict[str, Any], str, str]]:
    if data.get("resourceType") != "Bundle":
        yield data, "", ""
        return
    sent.update(dict.fromkeys(f"Bundle.{name}" for name in OUTER if name in data))
    given: Any = data.get("entry")
    listed = cast("list[object]", given) if isinstance(given, list) else []
    for number, entry in enumerate(listed):
        place = f"entry[{number}]"
        held: Any = (
            cast("dict[str, Any]", entry).get("resource") if isinstance(entry, dict) else None
        )
        if not isinstance(held, dict) or not isinstance(
            cast("dict[str, Any]", held).get("resourceType"), str
        ):
            broken.append(place)
            continue
        outer = cast("dict[str, Any]", entry)
        sent.update(dict.fromkeys(f"entry.{name}" for name in SENT if name in outer))
        resource = cast("dict[str, Any]", held)
        full = outer.get("fullUrl")
        if resource["resourceType"] == "Bundle":
            yield from _outer(resource, sent, broken)
        else:
            yield resource, full if isinstance(full, str) else "", place


def _addresses(resource: Resource, full: str) -> frozenset[str]:
    """What a resource may be referred to by."""
    found = {full.rstrip("/")} if full else set[str]()
    if resource.id:
        found.add(f"{resource.resourceType}/{resource.id}")
    if "/" in full and not full.startswith("urn:"):
        found.add("/".join(full.rstrip("/").split("/")[-2:]))
    return frozenset(found)


def _dicts(raw: object) -> list[dict[str, Any]]:
    given = cast("list[object]", raw) if isinstance(raw, list) else []
    return [cast("dict[str, Any]", one) for one in given if isinstance(one, dict)]
