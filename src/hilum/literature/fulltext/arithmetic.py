"""What cannot be as a paper prints it: shares, limits, sums and orders that do not fit.

A finding says what was compared; which of the figures is wrong only the paper's authors know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.literature.fulltext.count_checks import counts_per_patient, counts_told
from hilum.literature.fulltext.doubts import ANOTHER, NOBODY
from hilum.literature.fulltext.effect_checks import (
    effects_told,
    limits_told,
    rates_and_medians,
)
from hilum.literature.fulltext.finding import KINDS
from hilum.literature.fulltext.grade_checks import grades_apart
from hilum.literature.fulltext.limit_checks import limits, limits_of_tables
from hilum.literature.fulltext.own import assumed
from hilum.literature.fulltext.repeat_checks import (
    deaths,
    exchanged,
    of_another_arm,
    orders,
    twice,
)
from hilum.literature.fulltext.share_checks import cells, shares, shares_of_arms
from hilum.literature.fulltext.sum_checks import arms, bare_parts, parts, subgroups
from hilum.literature.fulltext.told_checks import told_checks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.fulltext.finding import Finding
    from hilum.literature.fulltext.proposal import Proposal
    from hilum.literature.fulltext.sentences import Sentence


def findings(read: Sequence[Sentence], found: Sequence[Proposal]) -> list[Finding]:
    """Whatever does not fit, in the order of ``KINDS``; each set of figures once a kind."""
    found = [one for one in found if one.doubt not in (ANOTHER, NOBODY)]
    told = [one for one in read if not assumed(one) and one.section != "references"]
    out = [
        *shares(told),
        *shares_of_arms(found),
        *limits(told, found),
        *limits_of_tables(told),
        *cells(told),
        *parts(found),
        *subgroups(told),
        *bare_parts(told),
        *of_another_arm(told),
        *exchanged(told),
        *orders(found),
        *deaths(found),
        *twice(told, found),
        *arms(told),
        *grades_apart(told),
        *rates_and_medians(found),
    ]
    for one in told:
        if not one.row:
            for check in (counts_told, counts_per_patient, effects_told, limits_told):
                out += check(one)
    # A sum that is wrong is told once, whether the parts or the sentence show it.
    sums = {one.sentence for one in out if one.code == "whole"}
    out += [one for one in told_checks(told) if one.code != "whole" or one.sentence not in sums]
    order = list(KINDS)
    seen: dict[tuple[str, tuple[str, ...]], Finding] = {}
    for one in out:
        seen.setdefault((one.code, one.printed), one)
    return sorted(seen.values(), key=lambda one: order.index(one.code))
