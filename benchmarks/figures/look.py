"""What a figure looks like, at random, and the patients behind it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

import numpy as np

PALETTES = (
    ("#1f77b4", "#ff7f0e"), ("#d62728", "#1f77b4"), ("#E7B800", "#2E9FDF"), ("#BC3C29", "#0072B5"),
    ("#F8766D", "#00BFC4"), ("#007aff", "#ff3b30"), ("#00468B", "#ED0000"), ("#2ca02c", "#9467bd"),
    ("#0000ff", "#ff0000"), ("#E64B35", "#4DBBD5"), ("#333333", "#cc3311"), ("#000000", "#1b9e77"),
)  # fmt: skip
NEAR = (
    ("#1f77b4", "#2E9FDF"),
    ("#d62728", "#a6341b"),
    ("#2ca02c", "#1b9e77"),
    ("#9467bd", "#5b3fa8"),
    ("#00468B", "#1f77b4"),
    ("#ff7f0e", "#d95f02"),
    ("#000000", "#555555"),
    ("#1a476f", "#2d6d66"),
)
"""Two hues that a reader of the figure tells apart, side by side."""
HORIZONS = {"months": (12, 24, 36, 60, 96), "years": (5, 8, 12), "days": (365, 1000, 2000)}


@dataclass(frozen=True)
class Arm:
    """Patients of an arm, and how its line is drawn (solid, dashed or dotted)."""

    name: str
    time: tuple
    status: tuple
    colour: str
    dash: str


@dataclass(frozen=True)
class Look:
    """One figure. ``low`` is the lowest level of the axis; sizes in inches and points."""

    library: str
    arms: tuple[Arm, ...]
    horizon: float
    unit: str
    size: tuple[float, float]
    dpi: int
    line: float
    percent: bool = False
    band: bool = False
    limits: bool = False
    marks: str = ""
    grid: bool = False
    frame: bool = False
    tight: bool = False
    legend: str = ""
    low: float = 0.0
    log_time: bool = False
    incidence: bool = False
    risk: str = ""
    panels: int = 1
    suffix: str = "png"
    quality: int = 0
    grey: bool = False
    turn: float = 0.0
    minor: bool = False
    opaque: bool = False
    median: bool = False
    kinds: tuple[str, ...] = field(default=())

    @property
    def full(self) -> float:
        """The top of the axis."""
        return 100.0 if self.percent else 1.0

    @property
    def first(self) -> float:
        """Where the axis of time starts."""
        return self.horizon / 100 if self.log_time else 0.0

    def corners(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Two points of the axes, (time, level)."""
        return (self.first, self.low * self.full), (self.horizon, self.full)

    def plain(self) -> dict:
        """For JSON, without the patients."""
        out = asdict(self)
        out["arms"] = [{k: getattr(a, k) for k in ("name", "colour", "dash")} for a in self.arms]
        return out


def kaplan_meier(time, status):
    """Times of death and survival from then on, by the definition."""
    time, status = np.asarray(time), np.asarray(status)
    when = np.unique(time[status == 1])
    at_risk = np.array([(time >= t).sum() for t in when])
    deaths = np.array([((time == t) & (status == 1)).sum() for t in when])
    return when, np.cumprod(1 - deaths / at_risk)


def greenwood(time, status):
    """Limits of 95 % on the log scale, as R's survfit draws them, at each death."""
    time, status = np.asarray(time), np.asarray(status)
    when, level = kaplan_meier(time, status)
    at_risk = np.array([(time >= t).sum() for t in when])
    deaths = np.array([((time == t) & (status == 1)).sum() for t in when])
    with np.errstate(divide="ignore"):
        error = np.sqrt(np.cumsum(deaths / np.maximum(at_risk * (at_risk - deaths), 1e-9)))
    wide = np.exp(1.96 * np.minimum(error, 5))
    return when, level, np.clip(level / wide, 0, 1), np.clip(level * wide, 0, 1)


def at(curve, grid):
    """Survival at times."""
    return np.r_[1.0, curve[1]][np.searchsorted(curve[0], grid, side="right")]


def stair(look: Look, arm: Arm, which: str = "level"):
    """Corners of a line as (times, levels) in the figure's values, up to the last patient."""
    when, level, low, high = greenwood(arm.time, arm.status)
    y = {"level": level, "low": low, "high": high}[which]
    x = np.r_[0.0, when, min(max(arm.time), look.horizon)]
    y = np.r_[1.0, y, y[-1] if len(y) else 1.0]
    return x, look.full * (1 - y if look.incidence else y)


def ticks(look: Look, arm: Arm):
    """Censoring times and the levels there."""
    time, status = np.asarray(arm.time), np.asarray(arm.status)
    when = np.unique(time[status == 0])
    level = at(kaplan_meier(time, status), when)
    return when, look.full * (1 - level if look.incidence else level)


def at_risk(look: Look):
    """Times of the columns and numbers of each arm."""
    columns = np.linspace(0, look.horizon, 7)[:-1]
    return columns, [[int((np.asarray(a.time) >= c).sum()) for c in columns] for a in look.arms]


def chosen(rng: np.random.Generator, library: str, can: frozenset[str]) -> Look:
    """A look at random among what a library can draw."""
    unit = str(rng.choice(list(HORIZONS)))
    horizon = float(rng.choice(HORIZONS[unit]))
    many = 1 if rng.random() < 0.25 else 2
    colours = list(PALETTES[rng.integers(len(PALETTES))])
    if rng.random() < 0.5:
        colours.reverse()
    dashes = ["solid", "solid"]
    kinds: list[str] = []

    def draws(kind: str, share: float) -> bool:
        drawn = kind in can and rng.random() < share
        if drawn:
            kinds.append(kind)
        return drawn

    if draws("black", 0.2):
        colours, dashes = ["#000000", "#000000"], ["solid", str(rng.choice(["dashed", "dotted"]))]
    elif draws("dashes", 0.2):
        dashes = [str(rng.choice(["solid", "dashed"])), "dashed"]
    if draws("near", 0.2):
        colours = list(NEAR[rng.integers(len(NEAR))])
    low = 0.2 if draws("low", 0.1) else 0.0
    arms = []
    for i in range(many):
        n = int(rng.integers(12, 30) if rng.random() < 0.1 else rng.integers(40, 300))
        scale = horizon * (rng.uniform(0.4, 1.4) if not low else rng.uniform(1.2, 2.0))
        time, status = _patients(rng, n, scale, horizon)
        if not low and draws("zero", 0.3):
            status[np.argmax(time)] = 1
        time = np.maximum(np.round(time / horizon, 4), 0.0002) * horizon
        arms.append(
            Arm(("Surgery", "Control")[i], tuple(time), tuple(status), colours[i], dashes[i])
        )
    look = Look(
        library,
        tuple(arms),
        horizon,
        unit,
        (float(rng.uniform(5, 7.5)), float(rng.uniform(3.8, 5.5))),
        int(rng.choice([100, 120, 150, 150, 150, 200])),
        float(rng.uniform(0.9, 2.2)),
    )
    band = draws("band", 0.25)
    suffix = str(rng.choice(["png", "png", "png", "jpg", "jpg", "tiff"]))
    quality = int(rng.integers(60, 96)) if suffix == "jpg" else 0
    if quality and quality < 75:
        kinds.append("jpeg60")
    look = replace(
        look,
        percent=draws("percent", 0.35),
        band=band,
        limits=not band and draws("limits", 0.15),
        marks=str(rng.choice(["", "|", "+", "x"])) if "marks" in can else "",
        grid=draws("grid", 0.3),
        frame=draws("frame", 0.4),
        tight=draws("tight", 0.3),
        legend=str(rng.choice(["", "inside", "outside"])) if "legend" in can else "",
        low=low,
        log_time=draws("log", 0.05),
        incidence=not low and draws("incidence", 0.1),
        risk=str(rng.choice(["", "under", "inside"], p=[0.6, 0.25, 0.15])) if "risk" in can else "",
        panels=2 if draws("panels", 0.07) else 1,
        suffix=suffix,
        quality=quality,
    )
    if draws("thin", 0.25):
        look = replace(look, line=float(rng.uniform(0.5, 0.9)))
    look = replace(
        look,
        minor=draws("minor", 0.3),
        opaque=band and draws("opaque", 0.5),
        median=draws("median", 0.15),
    )
    if rng.random() < 0.1:
        look = replace(look, grey=True)
        kinds.append("grey")
    if look.panels == 1 and rng.random() < 0.08:
        look = replace(look, turn=float(rng.choice([-1, 1]) * rng.uniform(0.4, 2)))
        kinds.append("turned")
    kinds += [f"marks {look.marks}"] * bool(look.marks) + [f"risk {look.risk}"] * bool(look.risk)
    return replace(look, kinds=tuple(kinds) or ("plain",))


def falling(look: Look) -> Look:
    """The same look, the last patient of each arm dying alone: curves that end at 0."""
    arms = []
    for arm in look.arms:
        time, status = np.asarray(arm.time), np.array(arm.status)
        kept = time < time.max()
        kept[np.argmax(time)] = True
        status[np.argmax(time)] = 1
        arms.append(replace(arm, time=tuple(time[kept]), status=tuple(status[kept])))
    return look if look.low else replace(look, arms=tuple(arms))


def _patients(rng: np.random.Generator, n: int, scale: float, horizon: float):
    """Weibull deaths, staggered entry, a few lost; some figures end before the last patient."""
    died = scale * rng.weibull(rng.uniform(0.7, 1.5), n)
    left = np.minimum(rng.uniform(0.2, 1.3, n), rng.exponential(5, n)) * horizon
    left = np.minimum(left, horizon * rng.uniform(0.9, 1.0))
    return np.minimum(died, left), (died <= left).astype(int)
