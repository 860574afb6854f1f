"""Every kind of plot over random data: what the checks of all kinds draw."""

import itertools

import numpy as np

from hilum.plots import (
    AppraisedStudy,
    CurvePoint,
    CurveWords,
    ForestRow,
    WorthCurve,
    WorthPanel,
    adjusted_funnel_svg,
    baujat_svg,
    boundaries_svg,
    bubble_svg,
    drapery_svg,
    forest_svg,
    funnel_svg,
    gosh_svg,
    influence_svg,
    labbe_svg,
    league_svg,
    net_heat_svg,
    network_svg,
    operating_svg,
    radial_svg,
    rankogram_svg,
    survival_svg,
    time_ticks,
    traffic_light_svg,
    worth_svg,
)
from hilum.plots.forest_table import Heads, Line, forest_table_svg
from hilum.plots.joint import absolute_svg

# Names as studies have them, and as nobody should write them.
NAMES = ("Aronson 1948", "Müller & Söhne <2001>", "研究 甲 2019", 'O"Neill', "B")


def names(rng, k):
    return [f"{NAMES[int(rng.integers(len(NAMES)))]} {i}" for i in range(k)]


def effects(rng):
    k = int(rng.integers(2, 40))
    scale = 10 ** rng.uniform(-2, 2)
    return rng.normal(0, scale, k), scale * rng.uniform(0.05, 1.0, k), names(rng, k)


def funnel(rng):
    yi, sei, labels = effects(rng)
    filled = [(float(rng.normal()), float(sei[0]))] * int(rng.integers(0, 3))
    return funnel_svg(yi, sei, float(yi.mean()), labels=labels, filled=filled), len(yi), labels


def adjusted(rng):
    yi, sei, labels = effects(rng)
    pairs = [f"{a} : {b}" for a, b in (("TAE", "TACE"), ("PRRT", "SSA"))]
    kinds = [pairs[int(one)] for one in rng.integers(0, 2, len(yi))]
    return adjusted_funnel_svg(yi, sei, kinds, labels=labels), len(yi), labels


def baujat(rng):
    _, sei, labels = effects(rng)
    share, pull = rng.uniform(0.01, 9, len(sei)), rng.uniform(0.01, 3, len(sei))
    return baujat_svg(share, pull, labels), len(sei), labels


def bubble(rng):
    yi, _, labels = effects(rng)
    x = np.sort(rng.uniform(-50, 50, len(yi)))
    line = [(float(at), 0.1, -0.4, 0.6) for at in np.linspace(x[0], x[-1], 20)]
    made = bubble_svg(x, yi, rng.uniform(1, 9, len(yi)), line, labels=labels)
    return made, len(yi), labels


def gosh(rng):
    beta = rng.normal(0, 1, int(rng.integers(4, 900)))
    return gosh_svg(beta, rng.uniform(0, 100, len(beta))), len(beta), []


def drapery(rng):
    yi, sei, _ = effects(rng)
    return drapery_svg(yi, sei, (float(yi.mean()), float(sei.min())), None), 0, []


def influence(rng):
    _, _, labels = effects(rng)
    panels = {name: rng.normal(0, 1, len(labels)) for name in ("rstudent", "cook", "hat")}
    return influence_svg(panels, labels), 3 * len(labels), []


def network(rng):
    n = int(rng.integers(2, 14))
    edges = {pair: int(rng.integers(1, 9)) for pair in itertools.combinations(range(n), 2)}
    labels = names(rng, n)
    return network_svg(labels, rng.integers(1, 30, n).tolist(), edges), 0, labels


def league(rng):
    n = int(rng.integers(2, 9))
    cells = [["0.67\n0.48 to 0.95"] * n for _ in range(n)]
    strength = [[float(rng.uniform()) for _ in range(n)] for _ in range(n)]
    labels = names(rng, n)
    return league_svg(labels, cells, cells, strength, title="League <1>", note="n"), 0, labels


def heat(rng):
    n = int(rng.integers(2, 9))
    values = rng.normal(0, 3, (n, n)).tolist()
    labels = names(rng, n)
    return net_heat_svg(labels, values, rng.uniform(0, 1, (n, n)).tolist()), 0, labels


def ranks(rng):
    n = int(rng.integers(2, 9))
    chance = rng.dirichlet(np.ones(n), n).tolist()
    labels = names(rng, n)
    return rankogram_svg(labels, chance, rng.uniform(0, 1, n).tolist()), 0, labels


DRAWINGS = {
    "funnel": funnel, "adjusted funnel": adjusted, "baujat": baujat, "bubble": bubble,
    "gosh": gosh, "drapery": drapery, "influence": influence, "network": network,
    "league": league, "net heat": heat, "ranks": ranks,
}  # fmt: skip


def forest(rng):
    """A table of studies with all that may stand beside them."""
    labels, unit = names(rng, int(rng.integers(2, 60))), str(rng.choice(list(UNITS)))
    many, two = int(rng.integers(0, 3)), bool(rng.integers(2))
    draw = UNITS[unit]
    lines = []
    for i, label in enumerate(labels):
        low, value, high = np.sort(draw(rng, 3))
        lines.append(Line(
            label=label + " and all the others of the group" * int(rng.integers(0, 4)),
            beside=("北京 and elsewhere", f"{rng.integers(1, 99)}")[:many],
            cells=tuple(str(rng.integers(0, 9999)) for _ in range(4 if two else 2)),
            value=float(value), ends=(float(low), float(high)), weight=f"{rng.uniform(0, 99):.1f}",
            figure=f"{value:.2f} ({low:.2f}–{high:.2f})", size=float(rng.uniform(1, 9)),
            bias=str(rng.choice(["low", "some", "high"])), source=f"Table {i}",
        ))  # fmt: skip
    low, value, high = np.sort([one.value for one in lines])[[0, len(lines) // 2, -1]]
    lines.append(Line(label="All", value=value, ends=(low, high), figure="x", role="pooled",
                      overall=True))  # fmt: skip
    heads = Heads(
        title="Objective response of all", sub="12 studies, 522 patients", study="Study",
        cells=("Events", "n") * (2 if two else 1), beside=("where", "year")[:many],
        spans=(("Lanreotide, long-acting", 2), ("P", 2)) if two else (),
        figure="Standardised mean difference (95 % interval)", weight="Weight, %", bias="Bias",
        source="Source", axis="risk ratio", foot=("a foot that says a great deal " * 9,),
        left="first better" * int(rng.integers(0, 2)), right="second better",
    )  # fmt: skip
    return forest_table_svg(lines, heads, scale=unit), 0, []


UNITS = {
    "ratio": lambda rng, n: np.exp(rng.normal(0, 10 ** rng.uniform(-1, 1), n)),
    "proportion": lambda rng, n: rng.beta(0.3, 3, n),
    "linear": lambda rng, n: rng.normal(0, 10 ** rng.uniform(-3, 4), n),
    "single": lambda rng, n: 500 + rng.normal(0, 10 ** rng.uniform(-2, 3), n),
    "rate": lambda rng, n: rng.gamma(2, 0.02, n),
}


def plain_forest(rng):
    labels = names(rng, int(rng.integers(2, 20)))
    rows = tuple(ForestRow(label, 0.4, (0.2, 0.7), "0.40 (0.20 to 0.70)") for label in labels)
    return forest_svg(rows, title="T", axis="odds ratio", scale="ratio", standalone=True), 0, labels


def absolute(rng):
    labels = names(rng, int(rng.integers(2, 15)))
    rows = [(label, 0.3, "30 (20 to 40)", (0.2, 0.4), (0.1, 0.6), 3, 60.0) for label in labels]
    return absolute_svg(rows, title="Response", percent=True), 0, []


def radial(rng):
    yi, sei, labels = effects(rng)
    back = np.exp if np.abs(yi).max() < 8 else None
    made = radial_svg(yi, sei, float(yi.mean()), labels=labels, back=back, effect="odds ratio")
    return made, len(yi), labels


def labbe(rng):
    k = int(rng.integers(2, 40))
    first, second = rng.beta(1, 2 + 9 * rng.uniform(), (2, k))
    curve = [(at / 50, at / 50 * 0.6) for at in range(51)]
    labels = names(rng, k)
    made = labbe_svg(first, second, rng.uniform(1, 9, k), curve, labels=labels,
                     x_axis="Second group: events of 100",
                     y_axis="First group: events of 100")  # fmt: skip
    return made, k, labels


def survival(rng):
    end = float(10 ** rng.uniform(0.3, 2.4))
    times, ticks = np.linspace(0, end, 30), time_ticks(end)
    points = [
        CurvePoint(at, np.exp(-at / end), 0.8 * np.exp(-at / end), min(1, 1.1 * np.exp(-at / end)))
        for at in times
    ]
    counts = [[str(rng.integers(1, 2000)) for _ in ticks] for _ in range(2)]
    made = survival_svg(points, supported=end * 0.8, ticks=ticks, counts=counts, title="Survival",
                        caption=("a caption of some words",),
                        words=CurveWords(under=("studies this far", "their patients")))  # fmt: skip
    return made, 0, []


def bounds(rng):
    k = int(rng.integers(2, 7))
    at = np.cumsum(rng.uniform(20, 90, k))
    high = np.linspace(rng.uniform(2.5, 5), 2, k)
    low = np.linspace(rng.uniform(-2, 0), 2, k)
    made = boundaries_svg(at, tuple(high), tuple(low), axis="patients", side="z", title="Bounds",
                          names=("efficacy", "futility"))  # fmt: skip
    return made, 0, []


def operating(rng):
    curve = [(float(x), float(x) ** 2, 100.0 + 50 * x) for x in np.linspace(0, 1, 12)]
    marks = [(0.1, "no effect"), (float(rng.uniform(0.3, 0.9)), "hoped for")]
    percent = bool(rng.integers(2))
    made = operating_svg(curve, marks, axis="effect", success="success", size="patients",
                         title="Operating characteristics", percent=percent)  # fmt: skip
    return made, 0, []


def worth(rng):
    def one(name):
        xs = np.linspace(0, 10 ** rng.uniform(2, 3.5), 20)
        points = [(float(x), float(10 ** rng.uniform(0, 4))) for x in xs]
        return WorthCurve(label=name, points=points, best=points[7][0])

    panels = [
        WorthPanel(title=f"outcome {n}", unit="events", curves=[one(f"A {i} against B") for i in
                   range(int(rng.integers(1, 7)))]) for n in range(int(rng.integers(1, 5)))
    ]  # fmt: skip
    return worth_svg(panels), 0, []


def traffic(rng):
    labels = names(rng, int(rng.integers(2, 20)))
    columns = [(f"D{n}", f"domain {n} of some words") for n in range(int(rng.integers(3, 9)))]
    lights = ("low", "some", "high", "unknown")
    rows = [AppraisedStudy(label, tuple(rng.choice(lights, len(columns)))) for label in labels]
    made = traffic_light_svg(rows, columns, title="Risk of bias",
                             legend=[("low", "low"), ("high", "high")])  # fmt: skip
    return made, 0, labels


MORE = {
    "forest": forest, "plain forest": plain_forest, "absolute": absolute, "radial": radial,
    "labbe": labbe, "survival": survival, "bounds": bounds, "operating": operating,
    "worth": worth, "traffic": traffic,
}  # fmt: skip
