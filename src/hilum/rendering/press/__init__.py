"""Our own HTML on paper: read as data, set by the rules of a style, written as PDF/A and PDF/UA.

The typesetter is Typst: one wheel without system libraries, tagged PDF, tens of milliseconds a
page. Nothing of a page is ever its markup or its program: the page is JSON that the styles read.
"""

from hilum.rendering.press.drawings import drawing
from hilum.rendering.press.figures import FORMATS, figure
from hilum.rendering.press.press import Press, Running, images, printed

__all__ = ["FORMATS", "Press", "Running", "drawing", "figure", "images", "printed"]
