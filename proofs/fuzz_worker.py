"""One process of ``make fuzz``: may be ended by its limits; says what it found line by line.

Reads jobs from standard input (name of a target, seed, number of inputs, separated by tabs) and
answers each with lines of JSON, one an input with a fault and one at the end of the job.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import resource
import shutil
import sys
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from hilum.cli import main, net
from hilum.errors import HilumError, NotEstimable
from proofs import web
from proofs.face import called
from proofs.judge import faults
from proofs.mutate import NASTY, WAYS
from proofs.seeds import EXAMPLES
from proofs.targets import TARGETS, Target

SECONDS, MEMORY = 20, 2 * 2**30
# So often is drawn anew for inputs that were drawn before.
DRAWS = 3
# Never changed: where a command writes.
OUTPUTS = ("--out", "--plot", "--picture")
ARGUMENTS = [one for one in NASTY if "\0" not in one and len(one) < 1000]
ERRORS: list[HilumError] = []


def drawn(draw: Any, target: Target, folder: Path) -> tuple[str, ...]:
    """Write one input into the folder and return the words of the command."""
    for one in folder.iterdir():
        if one.is_dir():  # what a command writes may be a folder
            shutil.rmtree(one)
        else:
            one.unlink()
    for name, make in target.beside.items():
        (folder / name).write_bytes(make())
    path = folder
    if target.files:
        name = draw(st.sampled_from(sorted(target.files)))
        path = folder / name
        path.write_bytes(draw(WAYS[target.way](target.files[name]())))
    words = list(draw(st.sampled_from(target.commands)))
    for _ in range(1 if not target.files else int(draw(st.integers(0, 7)) == 0)):
        places = [
            place
            for place, word in enumerate(words)
            if place > 1 and not word.startswith(("-", "{")) and words[place - 1] not in OUTPUTS
        ]
        if places:
            place = draw(st.sampled_from(places))
            key = words[place].partition("=")
            nasty = draw(st.sampled_from(ARGUMENTS))
            # KEY=VALUE keeps its key half the time.
            words[place] = f"{key[0]}={nasty}" if key[1] and draw(st.booleans()) else nasty
    named = {
        "{file}": path, "{folder}": folder, "{example}": EXAMPLES / "simulated-curve.csv",
        "{case}": EXAMPLES / "sparse.toml",
    }  # fmt: skip
    for place, word in enumerate(words):
        for name, value in named.items():
            if word.startswith(name):
                words[place] = word.replace(name, str(value))
    if "set" in words and "{case}" not in words and not target.files:
        # What changes a case gets one of its own.
        copy = folder / "case.toml"
        copy.write_bytes((EXAMPLES / "sparse.toml").read_bytes())
        words = [str(copy) if one == str(EXAMPLES / "sparse.toml") else one for one in words]
    return tuple(words)


def digest(folder: Path, words: tuple[str, ...]) -> str:
    """One input's own mark: its files and its words."""
    found = hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass"))
    for one in sorted(folder.iterdir()):
        found.update(one.name.encode() + one.read_bytes())
    return found.hexdigest()[:16]


def held(what: str) -> int:
    """Bytes of memory that the process holds, by the system's own count."""
    found = re.search(what + r":\s+(\d+)", Path("/proc/self/status").read_text("utf-8"))
    assert found is not None
    return int(found[1]) * 1024


def judged(target: Target, words: tuple[str, ...], folder: Path) -> list[str]:
    """Call the command under its limits and look at what it did."""
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    limit = int(used) + SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
    # Beyond what the process has kept of the inputs before.
    resource.setrlimit(resource.RLIMIT_AS, (held("VmSize") + MEMORY, resource.RLIM_INFINITY))
    ERRORS.clear()
    random.seed(1)
    try:
        if target.web:
            return web.judged(words, folder)
        done = called(*words, cwd=folder)
    finally:
        # What draws the next input, and draws again what was there already, is no call.
        resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return faults(done, ERRORS, words, folder)


def explained(words: tuple[str, ...], folder: Path) -> str:
    """Where the unforeseen came from: the last lines of its traceback."""
    os.environ[net.TRACEBACK] = "1"
    try:
        called(*words, cwd=folder)
    except BaseException:
        return traceback.format_exc()[-1500:]
    finally:
        os.environ.pop(net.TRACEBACK, None)
    return ""


def work(target: Target, number: int, count: int, folder: Path, say: Any) -> None:
    """Draw and call ``count`` inputs, none twice; the last one drawn always lies in the folder."""
    marks: set[str] = set()
    slowest = 0.0

    def one(data: st.DataObject) -> None:
        nonlocal slowest
        words = (web.drawn if target.web else drawn)(data.draw, target, folder)
        mark = digest(folder, words)
        if mark in marks:
            return
        marks.add(mark)
        say({"now": words, "mark": mark})
        kept = {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}
        begun = time.process_time()
        found = judged(target, words, folder)
        slowest = max(slowest, time.process_time() - begun)
        if found:
            for name, content in kept.items():
                (folder / name).write_bytes(content)
            shell = not target.web and found[0].startswith(("unforeseen", "status"))
            why = explained(words, folder) if shell else ""
            for name, content in kept.items():
                (folder / name).write_bytes(content)
            say({"faults": found, "words": words, "mark": mark, "why": why})
            sys.stdin.readline()  # until the input is kept

    for turn in range(DRAWS):
        if len(marks) == count:
            break
        chosen = settings(
            max_examples=count - len(marks), phases=(Phase.generate,), database=None,
            deadline=None, suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        seed(f"{number} {turn}")(chosen(given(st.data())(one)))()
    say({"done": len(marks), "slowest": slowest, "kept": held("VmRSS")})


def begin() -> None:
    """Limits, and what is left out: the sampling of the joint model, whose readers are in."""
    warnings.simplefilter("default")
    real = main._told

    def told(error: HilumError) -> str:
        ERRORS.append(error)
        return real(error)

    main._told = told

    def unsampled(*_: object, **__: object) -> None:
        raise NotEstimable("the chains are left out here")

    from hilum.synthesis import joint

    joint.dial = joint.joint = unsampled
    main.application()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    place = Path(sys.argv[1])
    out = os.fdopen(os.dup(1), "w", buffering=1)
    # Whatever a library prints past Python's streams is not part of the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)

    def say(message: dict[str, Any]) -> None:
        """One line to whoever started this."""
        out.write(json.dumps(message) + "\n")

    begin()
    by_name = {one.name: one for one in TARGETS}
    for line in iter(sys.stdin.readline, ""):
        name, number, count = line.rstrip("\n").split("\t")
        work(by_name[name], int(number), int(count), place, say)
