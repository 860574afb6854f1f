"""The services by their codes; a new one is one record here and its file."""

from __future__ import annotations

from typing import Final

from hilum.literature.services import crossref, ctgov, europepmc, openalex, pubmed
from hilum.literature.services.service import Service

SERVICES: Final[dict[str, Service]] = {
    one.code: one
    for one in (
        Service(
            code="pubmed",
            name="PubMed",
            address="https://eutils.ncbi.nlm.nih.gov/entrez/eutils/",
            key="NCBI_API_KEY",
            key_param="api_key",
            polite={"email": "HILUM_MAILTO"},
            # 3 a second, 10 with a key.
            gap=0.34,
            gap_with_key=0.11,
            longest=2_000,
            sinces=True,
            begin=pubmed.begin,
            request=pubmed.request,
            read=pubmed.read,
            again=pubmed.again,
        ),
        Service(
            code="europepmc",
            name="Europe PMC",
            address="https://www.ebi.ac.uk/europepmc/webservices/rest/",
            polite={"email": "HILUM_MAILTO"},
            # No limit is published.
            gap=0.34,
            gap_with_key=0.34,
            begin=europepmc.begin,
            request=europepmc.request,
            read=europepmc.read,
            again=europepmc.again,
        ),
        Service(
            code="ctgov",
            name="ClinicalTrials.gov",
            address="https://clinicaltrials.gov/api/v2/",
            # No limit is published; its robots.txt asks for one a second.
            gap=1.0,
            gap_with_key=1.0,
            fields=("cond", "intr", "term", "titles"),
            any_field=True,
            watched=(
                "protocolSection.statusModule.overallStatus",
                "protocolSection.statusModule.lastUpdatePostDateStruct.date",
                "hasResults",
            ),
            sinces=True,
            begin=ctgov.begin,
            request=ctgov.request,
            read=ctgov.read,
            again=ctgov.again,
        ),
        Service(
            code="openalex",
            name="OpenAlex",
            address="https://api.openalex.org/",
            key="OPENALEX_API_KEY",
            key_param="api_key",
            key_needed=True,
            gap=0.2,
            gap_with_key=0.1,
            too_fast=frozenset({403}),
            watched=("is_retracted",),
            begin=openalex.begin,
            request=openalex.request,
            read=openalex.read,
            again=openalex.again,
        ),
        Service(
            code="crossref",
            name="Crossref",
            address="https://api.crossref.org/",
            polite={"mailto": "HILUM_MAILTO"},
            # 5 a second, one at a time.
            gap=0.25,
            gap_with_key=0.25,
            ranked=True,
            watched=("update-to.type", "updated-by.type"),
            sinces=True,
            begin=crossref.begin,
            request=crossref.request,
            read=crossref.read,
            again=crossref.again,
        ),
    )
}
"""In the order in which they are asked."""
