"""Plots of known patients written as SVG, with the titles and the tables that a test wants."""

from html import escape

from tests.synthesis.survival.trials import corners

INKS = ("#d55e00", "#0072b2", "#009e73")
NAMES = ("Embolisation", "Surgery", "Watching")
TIMES = (0, 12, 24, 36, 48, 60)
LEFT, TOP, WIDE, HIGH = 120.0, 60.0, 360.0, 240.0


def at_risk(arm):
    time, _ = arm
    return tuple(int((time >= t).sum()) for t in TIMES)


def text(said, x, y, *, size=10, anchor="start", turned=False, ink="#000000"):
    turn = f" transform='rotate(-90 {x} {y})'" if turned else ""
    return (
        f"<text x='{x:.2f}' y='{y:.2f}' text-anchor='{anchor}' font-size='{size}' fill='{ink}'"
        f" font-family='Helvetica'{turn}>{escape(str(said))}</text>"
    )


def path_of(points, ink, more=""):
    places = " ".join(f"{x:.3f},{y:.3f}" for x, y in points)
    return f"<polyline points='{places}' style='stroke: {ink}; fill: none;'{more}/>"


def across(time, longest=60.0):
    return LEFT + WIDE * time / longest


def plot(
    path, arms, *, rows=(), heading="", y_title="Overall survival", x_title="Months",
    labels=(0, 0.25, 0.5, 0.75, 1), level=None, legend=True, lowest=0.0, frame=False, more=(),
    inks=INKS, names=NAMES, gap=25,
):  # fmt: skip
    """The curves of the arms, ``level`` of each survival over an axis of ``labels``.

    ``rows`` are (label, cells) under ``heading``, or a heading by itself (label, None); labels end
    ``gap`` points before time 0.
    """
    level = level or (lambda s: s)
    top = max(labels)

    def up(value):
        return TOP + HIGH * (1 - (value - lowest) / (top - lowest))

    foot = TOP + HIGH
    out = ["<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 560 560'>"]
    for (time, status), ink in zip(arms, inks, strict=False):
        t, s = corners(time, status)
        places = [(across(t[0]), up(level(s[0])))]
        for a, b in zip(t[1:], s[1:], strict=True):
            places += [(across(a), places[-1][1]), (across(a), up(level(b)))]
        out.append(path_of(places, ink))
    if frame:
        box = [(LEFT, TOP), (LEFT + WIDE, TOP), (LEFT + WIDE, foot), (LEFT, foot), (LEFT, TOP)]
        out.append(path_of(box, "#000000"))
    else:
        out.append(path_of([(LEFT, TOP), (LEFT, foot)], "#000000"))
        out.append(path_of([(LEFT, foot), (LEFT + WIDE, foot)], "#000000"))
    for value in TIMES:
        x = across(value)
        out += [path_of([(x, foot), (x, foot + 4)], "#000000"),
                text(value, x, foot + 16, anchor="middle")]  # fmt: skip
    for value in labels:
        y = up(value)
        out += [path_of([(LEFT - 4, y), (LEFT, y)], "#000000"),
                text(value, LEFT - 8, y + 3.6, anchor="end")]  # fmt: skip
    out.append(text(x_title, LEFT + WIDE / 2, foot + 32, anchor="middle"))
    if y_title:
        out.append(text(y_title, LEFT - 45, TOP + HIGH / 2, anchor="middle", turned=True))
    if legend:
        for i, (name, ink) in enumerate(zip(names[: len(arms)], inks, strict=False)):
            y = 20 + 14 * i
            out += [path_of([(330, y), (350, y)], ink), text(name, 356, y + 3.6)]
    at = foot + 52
    if heading:
        out.append(text(heading, 20, at))
    for label, cells in rows:
        at += 16
        if cells is None:
            out.append(text(label, 20, at))
            continue
        out.append(text(label, LEFT - gap, at, anchor="end"))
        out += [
            text(cell, across(t), at, anchor="middle", size=9)
            for cell, t in zip(cells, TIMES, strict=False)
        ]
    path.write_text("\n".join([*out, *more, "</svg>"]), encoding="utf-8")
    return path


def side_by_side(path, plots):
    """Plots as they are written by :func:`plot`, each moved right and down by so many points."""
    out = ["<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1600 1600'>"]
    for one, right, down in plots:
        body = one.read_text(encoding="utf-8").splitlines()[1:-1]
        out += [f"<g transform='translate({right} {down})'>", *body, "</g>"]
    path.write_text("\n".join([*out, "</svg>"]), encoding="utf-8")
    return path
