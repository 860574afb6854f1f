"""The order of a sheet: verdicts first, then a board's own order, related treatments together."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

from hilum.sheet.sheet_verdict import Family, OptionVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hilum.sheet.sheet import Comparison

# Related treatments have one row only where they stand open: closed ones are named in a line.
TOGETHER = ("supported", "possible", "conditional", "undecided")
Verdict = TypeVar("Verdict", bound=OptionVerdict)


@cache
def families() -> tuple[Mapping[str, str], ...]:
    """The table of families: a name, its treatments and what tells them apart."""
    text = files("hilum.sheet").joinpath("families.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def arranged(options: Iterable[Verdict], order: Sequence[str] = ()) -> list[Verdict]:
    """Options of each verdict in the board's ``order``; members of a family side by side.

    The order of the verdicts stays: a board chooses among equals alone. A treatment that the
    board did not name keeps its place after those it named.
    """
    own = {name: place for place, name in enumerate(order)}
    found = list(options)
    statuses = list(dict.fromkeys(one.status for one in found))
    family_of = {name: row["family"] for row in families() for name in row["treatments"].split()}
    out: list[Verdict] = []
    for status in statuses:
        group = [one for one in found if one.status == status]
        group.sort(key=lambda one: own.get(one.treatment, len(own)))
        places: dict[str, int] = {}
        for place, one in enumerate(group):
            places.setdefault(family_of.get(one.treatment, one.treatment), place)
        group.sort(key=lambda one: places[family_of.get(one.treatment, one.treatment)])
        out += group
    return out


def families_of(
    options: Sequence[OptionVerdict], comparisons: Iterable[Comparison]
) -> list[Family]:
    """Families of which two or more members have one open verdict for one reason."""
    compared = [one for one in comparisons if one.clear and one.better]
    out: list[Family] = []
    for row in families():
        members = set(row["treatments"].split())
        groups: dict[tuple[str, str], list[str]] = {}
        for one in options:
            if one.treatment in members and one.status in TOGETHER:
                groups.setdefault((one.status, _why(one)), []).append(one.treatment)
        favoured = [
            one.treatment if one.better == "treatment" else one.comparator
            for one in compared
            if {one.treatment, one.comparator} <= members
        ]
        out += [
            Family(
                family=row["family"],
                label=row["label_en"],
                label_zh=row["label_zh"],
                apart=row["apart_en"],
                apart_zh=row["apart_zh"],
                treatments=group,
                favoured=[name for name in dict.fromkeys(favoured) if name in group],
            )
            for group in groups.values()
            if len(group) > 1
        ]
    return out


def _why(one: OptionVerdict) -> str:
    """The strongest reason of an option, by which two say the same."""
    if one.status == "undecided" or one.contradicted:
        return repr((one.best, one.opens_if, one.decided_by, one.contradicted))
    return one.reason.rule_id if one.reason else ""
