"""Reading printed survival curves: coordinates, vector paths, pixels."""

from hilum.literature.figures.check import UNITS, PrintedCurve, check_against_curve, checked
from hilum.literature.figures.coordinates import Coordinates, choose, read_coordinates
from hilum.literature.figures.raster import read_image
from hilum.literature.figures.risk import RiskTable, read_risk_table
from hilum.literature.figures.vector import FigureCurve, read_pdf

__all__ = [
    "UNITS",
    "Coordinates",
    "FigureCurve",
    "PrintedCurve",
    "RiskTable",
    "check_against_curve",
    "checked",
    "choose",
    "read_coordinates",
    "read_image",
    "read_pdf",
    "read_risk_table",
]
