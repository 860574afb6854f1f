"""Made patients as boards see them: whom the rules are asked about in the place of real ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.values import Value

# What is left out is open, so that an option that it decides counts as open at its best.
TUMOURS: Final = (
    {"differentiation": "well", "grade": "G1", "ki67_percent": 2},
    {"differentiation": "well", "grade": "G2", "ki67_percent": 8},
    {"differentiation": "well", "grade": "G2", "ki67_percent": 15},
    {"differentiation": "well", "grade": "G3", "ki67_percent": 30},
    {"differentiation": "poor", "grade": "NEC", "ki67_percent": 70},
)
SITES: Final = ("pancreas", "small_bowel", "lung")
LIVERS: Final = (
    {"resectability": "resectable", "lesion_count": 2, "lesion_max_mm": 25,
     "unilobar_bilobar": "unilobar", "liver_burden_percent": 5},
    {"resectability": "borderline", "lesion_count": 4, "lesion_max_mm": 25,
     "unilobar_bilobar": "bilobar", "liver_burden_percent": 8},
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


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """One patient; ``apart`` is all but the line, ``facts`` what the rules are told."""

    differentiation: str
    grade: str
    site: str
    syndrome: bool
    resectability: str
    line: int
    apart: str
    facts: Mapping[str, Value]


@cache
def made_patients() -> tuple[Made, ...]:
    """Usual tumours, sites, livers, receptors and earlier treatments, in every combination."""
    found: list[Made] = []
    for parts in product(TUMOURS, SITES, LIVERS, RECEPTORS, REGIONS, COURSES):
        tumour, site, liver, receptor, region, (course, line) = parts
        poor = tumour["differentiation"] == "poor"
        functioning = receptor["functioning"] != "none"
        if (poor and functioning) or (region and (poor or functioning or line > LICENSED)):
            continue
        facts: dict[str, Any] = {
            **FIT, **tumour, "primary_site": site, **liver, **receptor, **region, **course,
        }  # fmt: skip
        found.append(
            Made(
                str(tumour["differentiation"]),
                str(tumour["grade"]),
                site,
                functioning,
                str(liver["resectability"]),
                line,
                str(parts[:5]),
                facts,
            )
        )
    return tuple(found)
