"""FHIR R4 bundles with mCODE: a case out of one, and one out of a case.

What of a bundle is used and what is not, and why, is said of every element
(:mod:`hilum.patient.fhir.lines`); codes, names and units stand in tables beside this file.
"""

from hilum.patient.fhir.read import FhirCase, read_bundle
from hilum.patient.fhir.write import Written, write_bundle

__all__ = ["FhirCase", "Written", "read_bundle", "write_bundle"]
