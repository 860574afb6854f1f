"""What a PDF page paints so that it is seen: nothing that is transparent or clipped away.

The reader of the page knows no parameters of graphics states and no clipping (PDF 32000-1, 8.4.5
and 8.5.4); both are followed here for what is stroked and filled. Letters are kept: those of a
scan's text are transparent, and are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pdfminer.pdfinterp import PDFGraphicState, PDFPageInterpreter
from pdfminer.pdftypes import dict_value, list_value, num_value
from pdfminer.psparser import literal_name
from pdfminer.utils import apply_matrix_pt
from pdfplumber.page import PDFPageAggregatorWithMarkedContent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pdfminer.utils import Matrix, Point

Box = tuple[float, float, float, float]

# Points of the page by which something may stand beside its clipping and be seen.
BESIDE = 1.0


class _State(PDFGraphicState):
    """A graphics state with its opacities, and the box that all clippings leave."""

    def __init__(self) -> None:
        super().__init__()
        self.strokes, self.fills = 1.0, 1.0
        self.clip: Box | None = None

    def copy(self) -> _State:
        """All of it."""
        made = _State()
        made.__dict__.update(self.__dict__)
        return made


class _Painter(PDFPageInterpreter):
    """A reader of a page that knows what is seen; ``above`` is the state around a form."""

    above: _State | None = None

    def init_state(self, ctm: Matrix) -> None:
        """A new state, as seen as what it stands in."""
        super().init_state(ctm)
        self.graphicstate = _State()
        if self.above is not None:
            self.graphicstate.strokes = self.above.strokes
            self.graphicstate.fills = self.above.fills
            self.graphicstate.clip = self.above.clip

    def subinterp(self) -> PDFPageInterpreter:
        """A reader of a form on the page."""
        made = super().subinterp()
        if isinstance(made, _Painter):
            made.above = self.graphicstate.copy()
        return made

    def do_gs(self, name: Any) -> None:
        """Opacities and dashes of a named state."""
        states = dict_value(self.resources.get("ExtGState") or {})
        own = dict_value(states.get(literal_name(name)) or {})
        state = self.graphicstate
        if "CA" in own:
            state.strokes = float(num_value(own["CA"]))
        if "ca" in own:
            state.fills = float(num_value(own["ca"]))
        if "D" in own and len(dash := list_value(own["D"])) == 2:
            state.dash = (list_value(dash[0]), dash[1])

    def do_W(self) -> None:  # noqa: N802
        """Clip to the path (its box)."""
        state = self.graphicstate
        box = _box(_places(self.curpath), self.ctm)
        if box is not None:
            state.clip = box if state.clip is None else _common(state.clip, box)

    def do_W_a(self) -> None:  # noqa: N802
        """Clip to the path, by the other rule."""
        self.do_W()


class _Canvas(PDFPageAggregatorWithMarkedContent):
    """What of the page's paths is seen."""

    def paint_path(
        self,
        gstate: PDFGraphicState,
        stroke: bool,
        fill: bool,
        evenodd: bool,
        path: Sequence[Any],
    ) -> None:
        """Keep a path that leaves a trace, as stroked and filled as it is seen."""
        if isinstance(gstate, _State):
            stroke, fill = stroke and gstate.strokes > 0, fill and gstate.fills > 0
            if not (stroke or fill) or _outside(_box(_places(path), self.ctm), gstate.clip):
                return
        super().paint_path(gstate, stroke, fill, evenodd, path)


def _places(path: Iterable[Any]) -> list[Point]:
    return [
        (float(x), float(y)) for step in path for x, y in zip(step[1::2], step[2::2], strict=True)
    ]


def _box(places: Sequence[Point], ctm: Matrix) -> Box | None:
    on_page = [apply_matrix_pt(ctm, place) for place in places]
    if not on_page:
        return None
    xs, ys = [x for x, _ in on_page], [y for _, y in on_page]
    return min(xs), min(ys), max(xs), max(ys)


def _common(a: Box, b: Box) -> Box:
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def _outside(box: Box | None, clip: Box | None) -> bool:
    if box is None or clip is None:
        return False
    left, low, right, high = _common(box, clip)
    return right < left - BESIDE or high < low - BESIDE


def look_at(page: Any) -> None:
    """Have a page of pdfplumber show only what is seen of its paths."""
    canvas = _Canvas(page.pdf.rsrcmgr, pageno=page.page_number, laparams=page.pdf.laparams)
    _Painter(page.pdf.rsrcmgr, canvas).process_page(page.page_obj)
    page._layout = canvas.get_result()
