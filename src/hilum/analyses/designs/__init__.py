"""Designs of a new trial: each is one record, found by its code, that leads to a synopsis.

A design is an ``Asked`` and a function that sizes it (:mod:`hilum.analyses.designs.table`).
"""

from hilum.analyses.designs.table import DESIGNS, Design, design_of

__all__ = ["DESIGNS", "Design", "design_of"]
