"""Reading printed survival curves: coordinates, vector paths, pixels."""

from hilum.literature.figures.check import UNITS, PrintedCurve, check_against_curve, checked
from hilum.literature.figures.coordinates import Coordinates, choose, read_coordinates
from hilum.literature.figures.risk import RiskTable, read_risk_table

__all__ = [
    "UNITS",
    "Coordinates",
    "PrintedCurve",
    "RiskTable",
    "check_against_curve",
    "checked",
    "choose",
    "read_coordinates",
    "read_risk_table",
]
