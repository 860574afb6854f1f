"""One file an analysis: what is asked, its run, what is answered; every face fills and shows it.

``Asked`` (frozen, checked) -> ``run(asked, watch)`` -> ``Answered`` (frozen, complete). Both go
through JSON and back exactly (:mod:`hilum.analyses.forms`); the registry names the analyses.
"""

from hilum.analyses.registry import ANALYSES, Analysis, analysis

__all__ = ["ANALYSES", "Analysis", "analysis"]
