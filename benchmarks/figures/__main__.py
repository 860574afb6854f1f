"""``python -m benchmarks.figures FOLDER --figures N --seed S [--libraries a,b]``."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.figures.drawn import LIBRARIES, draw_figures

if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m benchmarks.figures")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--figures", type=int, default=30)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--libraries", default=",".join(LIBRARIES))
    asked.add_argument("--images", action="store_true", help="No vector files.")
    asked.add_argument("--last-falls", action="store_true", help="The last patient dies.")
    given = asked.parse_args()
    named = given.libraries.split(",")
    draw_figures(given.folder, given.figures, given.seed, named, vector=not given.images,
                 last=given.last_falls)  # fmt: skip
