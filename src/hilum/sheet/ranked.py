"""The sources of the rules on a sheet, strongest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.patient.records import AUTHORITIES
from hilum.sheet.sheet_verdict import RankedSource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.sheet.sheet_verdict import OptionVerdict, ResectabilityPart, RuleLine

SEEN = ("full_text", "abstract", "secondary")


def ranked_sources(
    options: Iterable[OptionVerdict],
    before: Iterable[RuleLine],
    resectability: ResectabilityPart,
) -> list[RankedSource]:
    """Each source of a rule that speaks of the patient, by authority and by how it was read.

    A source called otherwise than its rank (an evidence summary that counts as a guideline) and
    one that was read in a secondary text alone stand last of their rank.
    """
    rules: list[RuleLine] = [rule for one in options for rule in one.fired]
    rules += [*before, *(rule for one in resectability.in_the_way for rule in one.rules)]
    found: dict[str, list[RuleLine]] = {}
    for rule in rules:
        found.setdefault(rule.source, []).append(rule)
    ranked = [_ranked(source, group) for source, group in found.items()]
    return sorted(
        ranked,
        key=lambda one: (
            AUTHORITIES.index(one.authority),
            one.called != one.authority,
            SEEN.index(one.seen),
            one.source,
        ),
    )


def _ranked(source: str, rules: list[RuleLine]) -> RankedSource:
    first = min(rules, key=lambda rule: (AUTHORITIES.index(rule.authority), SEEN.index(rule.seen)))
    return RankedSource(
        source=source,
        authority=first.authority,
        called=first.called,
        seen=first.seen,
        url_or_id=first.url_or_id,
        rules=sorted({rule.rule_id for rule in rules}),
    )
