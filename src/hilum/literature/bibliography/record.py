"""One bibliographic record, as a source printed it, with where it stood."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record under the name that its file gave it, unknown names included.

    Parameters
    ----------
    tag : str
        ``"AU"``, ``"TI"``, a column's head, an XML element's path.
    value : str
        As printed, decoded; line breaks of folded lines taken out.
    """

    tag: str
    value: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record came from.

    Parameters
    ----------
    source : str
        Name of the file or of the saved search, never its folder.
    position : int
        From 1, among the records of the source.
    line : int | None
        From 1, where the record begins, in files of lines.
    digest : str
        SHA-256 of the source's bytes, in hexadecimal.
    """

    source: str
    position: int
    line: int | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One record. What the source does not say is empty or None; nothing is filled in.

    Parameters
    ----------
    record_id : str
        The source's own id where it has one that is its own, else ``position``.
    place : Place
    kind : str
        Type of reference as the source names it (``"JOUR"``, ``"Journal Article"``).
    title, abstract, journal, volume, issue, pages, language : str
    authors : tuple of str
        ``"Family, Given"`` where the source tells the two apart, else as printed.
    year : int | None
        Of publication; a year that is no year stays in ``fields`` alone.
    identifiers : tuple of (str, str)
        Scheme (``"doi"``, ``"pmid"``, ``"pmcid"``, ``"nct"``, ``"isbn"``, ``"issn"``,
        ``"openalex"``)
        and value; a DOI in lower case without its resolver.
    keywords : tuple of str
    fields : tuple of Field
        Everything that the source printed, in its order: nothing is lost on the way back.
    own_id : str
        The source's own id where ``record_id`` is another, made to stand once; else empty.
    """

    record_id: str
    place: Place
    kind: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    abstract: str = ""
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    language: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()
    keywords: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    own_id: str = ""

    def identifier(self, scheme: str) -> str:
        """First identifier of a scheme; empty where there is none."""
        return next((value for name, value in self.identifiers if name == scheme), "")

    def named(self, record_id: str) -> Record:
        """The same under an id that stands once; its own id is kept beside it."""
        if record_id == self.record_id:
            return self
        return replace(self, record_id=record_id, own_id=self.own_id or self.record_id)
