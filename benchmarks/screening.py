"""Screening beside ASReview, and the time to the next record of a large review.

``python -m benchmarks.screening FILE... [--asreview PYTHON] [--label COLUMN]``: every file is
replayed with five seeds by the command, its start counted. With ``--asreview``, a Python that has
ASReview 3, the same seeds are replayed by its ELAS u4, begun with the same records, its imports not
counted. Both on one thread. ``--records N`` measures the next record in a review of N made records.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from hilum.derived import OFF, VARIABLE
from hilum.literature.screening.labelled import read_labelled
from hilum.literature.screening.learner import Machine
from hilum.literature.screening.models import learner
from hilum.one_thread import of_one

ASREVIEW = """
import json, sys, time
import numpy as np, pandas as pd
from asreview.learner import ActiveLearningCycle
from asreview.models.models import get_ai_config
from asreview.simulation.simulate import Simulate
data = json.load(open(sys.argv[1]))
labels = np.array(data["labels"])
frame = pd.DataFrame({"title": data["titles"], "abstract": data["abstracts"]})
for seed in range(5):
    begun = time.process_time()
    cycle = ActiveLearningCycle.from_meta(get_ai_config("elas_u4")["value"])
    sim = Simulate(frame, labels.tolist(), cycle, print_progress=False)
    for kind in (1, 0):
        places = np.where(labels == kind)[0]
        sim.label(np.random.RandomState(seed).choice(places, 1, replace=False))
    sim.review()
    found = sim._results["label"].values[2:]
    print(json.dumps([seed, found.tolist(), time.process_time() - begun]), flush=True)
"""


def environment() -> dict[str, str]:
    """One thread each, and nothing kept from a run before."""
    made = {**os.environ, VARIABLE: OFF}
    of_one(made)
    return made


def spent_by(command: list[str]) -> tuple[str, float]:
    """What a command prints, and its seconds of processor, the system's among them."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ours(file: Path, label: str | None) -> None:
    command = [sys.executable, "-m", "hilum", "literature", "simulate", str(file), "--json"]
    command += ["--label", label] if label else []
    _, alone = spent_by([*command, "--seeds", "1"])
    printed, spent = spent_by([*command, "--seeds", "5"])
    answer = json.loads(printed)
    mean = answer["mean"]
    print(
        f"{file.name}: hilum: WSS@95 {mean['wss95']:.4f}, RRF@10 {mean['rrf10']:.4f}, "
        f"ATD {mean['atd']:.4f}, loss {mean['loss']:.4f}; stop after {mean['stop_read']:.0f} of "
        f"the other {answer['records'] - 2} at recall {mean['stop_recall']:.3f}; {spent:.1f} s of "
        f"processor for five seeds, {alone:.1f} s for one",
        flush=True,
    )


def theirs(file: Path, label: str | None, python: str) -> None:
    given = read_labelled(file, label)
    n = len(given.ids) - 2
    with tempfile.TemporaryDirectory() as folder:
        data, program = Path(folder) / "set.json", Path(folder) / "run.py"
        labels = [int(one) for one in given.relevant]
        data.write_text(
            json.dumps({"labels": labels, "titles": given.titles, "abstracts": given.abstracts})
        )
        program.write_text(ASREVIEW)
        printed, _ = spent_by([python, str(program), str(data)])
    saved: list[float] = []
    spent = 0.0
    for line in printed.splitlines():
        _, found, seconds = json.loads(line)
        places = np.flatnonzero(found) + 1
        saved.append(1 - places[int(np.ceil(0.95 * len(places) - 1e-9)) - 1] / n - 0.05)
        spent += seconds
    print(
        f"{file.name}: ASReview: WSS@95 {np.mean(saved):.4f}; {spent:.1f} s of processor for "
        f"{len(saved)} seeds"
    )


def next_record(n: int) -> None:
    """The time from a decision to the next record, with a tenth of the records read."""
    rng = np.random.default_rng(1)
    words = np.array([f"w{i}" for i in range(30_000)])
    weight = 1 / np.arange(1, len(words) + 1)
    weight /= weight.sum()
    texts = [" ".join(rng.choice(words, 180, p=weight)) for _ in range(n)]
    begun = time.perf_counter()
    model = learner("svm", [""] * n, texts)
    ready = time.perf_counter() - begun
    assert isinstance(model, Machine)
    read = rng.permutation(n)[: n // 10]
    relevant = rng.random(len(read)) < 0.05
    model.learn(read[:-40], relevant[:-40])
    spent: list[float] = []
    for more in range(len(read) - 40, len(read)):
        begun = time.perf_counter()
        model.learn(read[: more + 1], relevant[: more + 1]).argmax()
        spent.append(1000 * (time.perf_counter() - begun))
    print(
        f"{n} records, {len(read)} read: ready in {ready:.1f} s; next record in "
        f"{np.median(spent):.0f} ms (median of {len(spent)}; longest {max(spent):.0f} ms)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--label")
    parser.add_argument("--asreview", help="a Python that has ASReview 3")
    parser.add_argument("--records", type=int)
    asked = parser.parse_args()
    for file in asked.files:
        ours(file, asked.label)
        if asked.asreview:
            theirs(file, asked.label, asked.asreview)
    if asked.records:
        next_record(asked.records)


if __name__ == "__main__":
    main()
