"""Which treatments one patient could be randomised between, by the rules of the board."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Final, Literal

from hilum.patient.tables import read_tables
from hilum.patient.verdict import open_at_best

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.values import Value
    from hilum.watch import Watch

Reason = Literal["net_nec", "line", "no_patient", "never_both"]

# Patients as boards see them: what is left out is open, so that an option that it decides counts
# as open at its best.
TUMOURS: Final = (
    {"differentiation": "well", "grade": "G1", "ki67_percent": 2},
    {"differentiation": "well", "grade": "G2", "ki67_percent": 8},
    {"differentiation": "well", "grade": "G3", "ki67_percent": 30},
    {"differentiation": "poor", "grade": "NEC", "ki67_percent": 70},
)
SITES: Final = ("pancreas", "small_bowel", "lung")
LIVERS: Final = (
    {"resectability": "resectable", "lesion_count": 2, "lesion_max_mm": 25,
     "unilobar_bilobar": "unilobar", "liver_burden_percent": 5},
    {"resectability": "not_resectable", "lesion_count": 3, "lesion_max_mm": 20,
     "unilobar_bilobar": "bilobar", "liver_burden_percent": 8},
    {"resectability": "not_resectable", "lesion_count": 20, "lesion_max_mm": 50,
     "unilobar_bilobar": "bilobar", "liver_burden_percent": 35},
)  # fmt: skip
COURSES: Final = (
    ({"prior_treatments": frozenset[str]()}, 1),
    ({"prior_treatments": frozenset({"ssa"}), "progressive": True}, 2),
    ({"prior_treatments": frozenset({"chemo_platinum"}), "progressive": True}, 2),
    ({"prior_treatments": frozenset({"ssa", "everolimus", "prrt_lu177"}), "progressive": True}, 3),
)
RECEPTORS: Final = (
    {"sstr_positive": True, "functioning": "none"},
    {"sstr_positive": False, "functioning": "none"},
    {"sstr_positive": True, "functioning": "carcinoid_syndrome", "symptoms_refractory": True},
)
# Where licences differ: as of nobody in particular, and a country with licences of its own, asked
# of well differentiated tumours without a syndrome in the first two lines.
REGIONS: Final[tuple[dict[str, str], ...]] = ({}, {"region": "CN"})
LICENSED: Final = 2
FIT: Final = {"age": 52, "sex": "female", "ecog": 0, "extrahepatic_disease": "none"}


@cache
def _patients() -> tuple[tuple[str, tuple[object, ...], int, Mapping[str, Value]], ...]:
    """Of each patient: differentiation, everything but the line, the line, the facts."""
    found: list[tuple[str, tuple[object, ...], int, Mapping[str, Value]]] = []
    for parts in product(TUMOURS, SITES, LIVERS, RECEPTORS, REGIONS, COURSES):
        tumour, site, liver, receptor, region, (course, line) = parts
        poor = tumour["differentiation"] == "poor"
        functioning = receptor["functioning"] != "none"
        if (poor and functioning) or (region and (poor or functioning or line > LICENSED)):
            continue
        facts: Mapping[str, Value] = {
            **FIT, **tumour, "primary_site": site, **liver, **receptor, **region, **course,
        }  # fmt: skip
        found.append((str(tumour["differentiation"]), parts[:5], line, facts))
    return tuple(found)


@cache
def _options(patient: int) -> frozenset[str]:
    """What is open, or may be, to one of the patients."""
    *_, facts = _patients()[patient]
    return open_at_best(facts, read_tables())


@cache
def _open() -> tuple[tuple[str, tuple[object, ...], int, frozenset[str]], ...]:
    """Of each patient: differentiation, everything but the line, the line, what is open."""
    return tuple((*one[:3], _options(place)) for place, one in enumerate(_patients()))


def ask_patients(watch: Watch) -> None:
    """Ask the rules about each patient once, so that :func:`why_not` answers at once.

    Takes seconds of a processor the first time; ``watch`` is looked at after each patient.

    Raises
    ------
    Stopped
        When the watch says so.
    """
    for place in range(len(_patients())):
        _options(place)
        watch.done(0)


@cache
def why_not(first: str, second: str) -> Reason | None:
    """Why nobody would be randomised between two treatments of the board; None where some would.

    A patient is one of a few hundred, made of usual tumours, sites, livers, receptors and earlier
    treatments; an option counts as open where the facts left out may still open it.
    """
    both = (first, second)
    seen = [one for one in _open() if one[3].intersection(both)]
    if any(one[3].issuperset(both) for one in seen):
        return None
    kinds = [{one[0] for one in seen if name in one[3]} for name in both]
    if not all(kinds):
        return "no_patient"
    if not kinds[0] & kinds[1]:
        return "net_nec"
    whom = [{str(one[1]) for one in seen if name in one[3]} for name in both]
    return "line" if whom[0] & whom[1] else "never_both"
