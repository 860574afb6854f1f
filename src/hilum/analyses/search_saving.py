"""Saved searches made of what a person says, and written into a review's folder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.searches.keeping import keep
from hilum.literature.searches.netlm import SET, netlm
from hilum.literature.searches.netlm import treatments as with_search
from hilum.literature.searches.saved import FOLDER, NAME, NAME_WANTED, Saved, check_text, to_toml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

QUERIED: Final = ("pubmed", "europepmc", "openalex", "crossref")
"""Services that take one text."""
TRIALS: Final = ("cond", "intr", "term")
"""Parts of a query of ClinicalTrials.gov."""


def shipped_searches(name: str, treatment: tuple[str, ...], limits: dict[str, Any]) -> list[Saved]:
    """The searches of a shipped set, of some treatments alone.

    Raises
    ------
    InputError
        No such set or treatment.
    """
    from hilum.answers import treatments

    if name != SET:
        wanted = phrased("one of {known}", known=SET)
        raise InputError(Fault("", None, "set", name, wanted))
    known = with_search()
    wanted = phrased("one of {known}", known=", ".join(known))
    unknown = [one for one in treatment if one not in known]
    if unknown:
        raise InputError(*(Fault("", None, "treatment", one, wanted) for one in unknown))
    records = treatments()
    return [
        replace(netlm(one, records[one].label, records[one].kind), **limits)
        for one in known
        if not treatment or one in treatment
    ]


def queries_of(said: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What each service is asked, of texts by the names of the command's options."""
    given = {name: text.strip() for name, text in said.items() if text.strip()}
    found = {one: {"query": given[one]} for one in QUERIED if one in given}
    trials = {one: given[one] for one in TRIALS if one in given}
    return {**found, **({"ctgov": trials} if trials else {})}


def own_search(
    name: str | None, title: str, queries: dict[str, dict[str, str]], limits: dict[str, Any]
) -> Saved:
    """A search of a person's own.

    Raises
    ------
    InputError
        A name that is none, or no query at all.
    """
    if name is None or not NAME.fullmatch(name):
        raise InputError(Fault("", None, "name", name or "", NAME_WANTED))
    return Saved(name=name, title=title, queries=queries, **limits)


def save(folder: Path, searches: Sequence[Saved], *, whole: bool) -> tuple[list[str], list[str]]:
    """Files written, and those that were there and stay; ``whole``: of a set they may be there.

    Raises
    ------
    InputError
        A name that is taken, or a query with a fault.
    """
    written: list[str] = []
    kept: list[str] = []
    for one in searches:
        path = folder / FOLDER / f"{one.name}.toml"
        place = path.relative_to(folder).as_posix()
        text = to_toml(one)
        check_text(text, path.name)
        if path.exists():
            if not whole:
                wanted = "a name that no search of this review has"
                raise InputError(Fault("", None, "name", one.name, wanted))
            kept.append(place)
            continue
        keep(path, text.encode())
        written.append(place)
    return written, kept
