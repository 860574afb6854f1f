"""Draw the same ten data sets by hilum and by metafor, and write the page that shows both.

Needs R with metafor. The data are those of ``tests/reference``; figures are metafor's default (z),
so that both print the same.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from hilum.analyses import analysis
from hilum.analyses.tables import read_table
from hilum.language import words
from hilum.rendering.pool_plots import PLOT_KINDS
from hilum.rendering.press import figure

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "tests" / "reference"
PAGE, FOLDER = ROOT / "docs" / "beside-metafor.md", ROOT / "docs" / "pictures" / "beside"
SCRIPT = Path(__file__).with_suffix(".R")
COLOURS, WIDE, DOTS = 24, 760, 110
# Figures that differ by less are one figure.
ALIKE = 2e-4


@dataclass(frozen=True, slots=True)
class Data:
    """A data set of ``tests/reference``, and what is pooled of it."""

    name: str
    measure: str
    title: str


TEN = (
    Data("bcg", "RR", "BCG vaccine and tuberculosis (Colditz 1994)"),
    Data("li2007", "OR", "Intravenous magnesium and death (Li 2007)"),
    Data("landenberger2005", "OR", "Cognitive-behavioural therapy (Landenberger 2005)"),
    Data("hine1989", "RD", "Lidocaine and death (Hine 1989)"),
    Data("pritz1997", "PLO", "Hyperdynamic therapy of vasospasm (Pritz 1997)"),
    Data("dong2013_top", "PLO", "Inhaled medicines in COPD, deaths in one group (Dong 2013)"),
    Data("nielweise2008", "IRR", "Impregnated catheters and infection (Niel-Weise 2008)"),
    Data("gibson2002_means", "SMD", "Self-management of asthma (Gibson 2002)"),
    Data("michael2013", "MD", "Images of brains and belief (Michael 2013)"),
    Data("bangertdrowns2004", "GEN", "Writing to learn (Bangert-Drowns 2004)"),
)
HEAD = """# Beside metafor

The same ten data sets drawn by hilum (first) and by R's metafor as it draws them without being
told more. Estimates and intervals are the same model's (random effects by REML, exact likelihood
for proportions; normal intervals, `--test z`): {alike}. The data are those of metadat; what its
documentation says of them stands there. Drawn by `python -m tools.beside_metafor`, where R is
installed.

| data | measure | studies | hilum | metafor {version} |
|---|---|---|---|---|
"""


def written(one: Data, folder: Path) -> Path:
    """The table of a data set; its studies have numbers, as the reference names none."""
    columns = json.loads((REFERENCE / f"{one.name}.json").read_text("utf-8"))["input"]
    path = folder / f"{one.name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["study", *columns])
        rows = zip(*columns.values(), strict=True)
        table.writerows([f"Study {n}", *row] for n, row in enumerate(rows, 1))
    return path


def small(picture: bytes) -> bytes:
    """A picture of one width in few colours."""
    from PIL import Image

    image = Image.open(BytesIO(picture)).convert("RGB")
    if image.width > WIDE:
        image = image.resize((WIDE, image.height * WIDE // image.width), Image.Resampling.LANCZOS)
    out = BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def by_hilum(one: Data, path: Path) -> tuple[bytes, tuple[float, ...]]:
    """The forest, and estimate with interval."""
    pool = analysis("pool")
    answer = pool.run(pool.Asked(table=read_table(path), measure=one.measure, test="z"))
    limits = answer.transformed
    drawn = PLOT_KINDS["forest"].draw(answer, words("en"))
    return figure(drawn, ".png", DOTS), (limits.pred, limits.ci_lb, limits.ci_ub)


def by_metafor(folder: Path) -> dict[str, tuple[float, ...]]:
    """Estimate with interval of each data set; the pictures lie in the folder."""
    jobs = [f"{one.name}={one.measure}" for one in TEN]
    done = subprocess.run(
        ["Rscript", SCRIPT, folder, *jobs], check=True, capture_output=True, text=True
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    return {row[0]: tuple(map(float, row[1:])) for row in rows if len(row) == 5}


def version() -> str:
    """Metafor's."""
    asked = 'cat(as.character(packageVersion("metafor")))'
    return subprocess.run(
        ["Rscript", "-e", asked], check=True, capture_output=True, text=True
    ).stdout.strip()


def main() -> None:
    """Draw all, and write the page."""
    FOLDER.mkdir(exist_ok=True)
    lines, pictures, apart = list[str](), list[str](), 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = {one.name: written(one, folder) for one in TEN}
        theirs = by_metafor(folder)
        for one in TEN:
            drawn, own = by_hilum(one, paths[one.name])
            studies, *other = theirs[one.name]
            apart += any(
                abs(a - b) > ALIKE * max(1, abs(b)) for a, b in zip(own, other, strict=True)
            )
            said = [f"{a:.4g} ({b:.4g} to {c:.4g})" for a, b, c in (own, other)]
            lines.append(f"| {one.title} | {one.measure} | {studies:.0f} | {said[0]} | {said[1]} |")
            (FOLDER / f"{one.name}-hilum.png").write_bytes(small(drawn))
            other_picture = (folder / f"{one.name}-metafor.png").read_bytes()
            (FOLDER / f"{one.name}-metafor.png").write_bytes(small(other_picture))
            pictures.append(
                f"## {one.title}\n\n"
                f"![hilum: {one.title}](pictures/beside/{one.name}-hilum.png)\n\n"
                f"![metafor: {one.title}](pictures/beside/{one.name}-metafor.png)\n"
            )
    alike = "they agree in all ten" if not apart else f"they differ in {apart} of ten"
    head = HEAD.format(version=version(), alike=alike)
    PAGE.write_text(head + "\n".join(lines) + "\n\n" + "\n".join(pictures), "utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}: {alike}")


if __name__ == "__main__":
    sys.exit(main())
