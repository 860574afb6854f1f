"""Fit what is too slow for a sheet and keep it beside the evidence: ``make posterior``.

The joint model's figures for patients like one (JAX; some minutes) and the survival curves of every
kind of patient. Both are kept by the hash of their rows and refused where a fit does not converge;
what has not changed is not fitted again.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path

from hilum.answers import index
from hilum.answers.joint_fit import fit_outcome
from hilum.answers.joint_rows import JOINT_OUTCOMES, joint_rows
from hilum.answers.posterior import FILE, kept, written
from hilum.evidence import read_evidence


def main() -> None:
    """Write the posteriors of the shipped evidence."""
    found = index(read_evidence())
    held, out = kept(), []
    for outcome in JOINT_OUTCOMES:
        rows = joint_rows(found, outcome)
        one = held.get(outcome)
        if one is None or one.content != rows.content:
            print(f"{outcome}: fitting {len(rows.rows)} rows", file=sys.stderr)
            one = fit_outcome(rows)
        print(
            f"{outcome}: R-hat {one.r_hat:.3f}, effective draws {one.ess:.0f}, "
            f"{one.divergences} divergences",
            file=sys.stderr,
        )
        out.append(written(one))
    path = Path(str(files("hilum.answers").joinpath(FILE)))
    path.write_text(
        "[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in out) + "\n]\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
