"""A living review's searches as a page shows them, and how one is told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.errors import HilumError
from hilum.language import told
from hilum.literature.searches.saved import saved_of
from hilum.literature.services.table import SERVICES

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.language import Words

ASKS: Final = {
    "name": "Its short name: small letters, digits, - and _",
    "title": "What it looks for, in words.",
    "pubmed": "Query as PubMed takes it.",
    "europepmc": "Query as Europe PMC takes it.",
    "openalex": "Words in title and abstract, for OpenAlex.",
    "crossref": "Words for Crossref, which ranks by likeness and knows no conditions.",
    "cond": "Condition, for ClinicalTrials.gov.",
    "intr": "Intervention, for ClinicalTrials.gov.",
    "term": "Other words, for ClinicalTrials.gov.",
}
"""Fields of the form of a search, by the names of the command's options."""


def messages() -> set[str]:
    """Ids that stand in the table."""
    return set(ASKS.values())


def searches_view(folder: Path, words: Words) -> tuple[list[dict[str, Any]], list[str]]:
    """The saved searches with what each service is asked, and what is wrong with them."""
    if not any((folder / "searches").glob("*.toml")):
        return [], []
    try:
        saved = saved_of(folder)
    except HilumError as error:
        return [], told(error, words).splitlines()
    return [
        {
            "name": one.name,
            "title": words(one.title) if one.title else one.name,
            "queries": [
                (SERVICES[code].name, " · ".join(parts.values()))
                for code, parts in one.queries.items()
            ],
        }
        for one in saved
    ], []


def services_said(searches: list[dict[str, Any]]) -> list[str]:
    """Services that the searches ask, each once."""
    return list(dict.fromkeys(name for one in searches for name, _ in one["queries"]))
