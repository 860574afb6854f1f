"""``hilum serve`` killed in mid-save, with everything it started: what it said it kept is there.

A browser's part is played here: it types into a case and keeps it, one after the other, over HTTP.
The program is killed (SIGKILL) at a random moment of that, opened anew at the same place, and asked
what it has: every state that it had confirmed has to be there, whole and in order.
"""

from __future__ import annotations

import argparse
import http.client
import random
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from os import killpg
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from hilum.store.cases import Cases
from hilum.store.opening import opened

KILLS, SEED = 200, 23
# Seconds: the longest that is written before the kill; that the program may take to begin or end.
LONGEST, BEGINS = 0.35, 30.0
DONE = 303
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(slots=True)
class Said:
    """What the program said: states with their age that it confirmed, and what it refused."""

    confirmed: list[tuple[int, int]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Program:
    """One run of ``hilum serve``, in a group of processes of its own."""

    folder: Path
    process: Any = None
    port: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    def start(self) -> None:
        """Start it, come in by the first address, and take the token of its forms."""
        words = [sys.executable, "-m", "hilum", "serve", "--port", "0", "--data", str(self.folder)]
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
        until = time.monotonic() + BEGINS
        found, said = None, ""
        while (
            found is None and time.monotonic() < until and (line := self.process.stdout.readline())
        ):
            said += line
            found = re.search(r"http://127\.0\.0\.1:(\d+)(/enter\?secret=\S+)", line)
        assert found is not None, f"it did not begin: {said}"
        self.port = int(found[1])
        home = f"http://127.0.0.1:{self.port}"
        self.headers = {"origin": home}
        cookie = self.ask("GET", found[2])[1]["set-cookie"].partition(";")[0]
        self.headers["cookie"] = cookie
        page = self.ask("GET", "/cases")[2].decode()
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token is not None
        self.csrf = token[1]

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Any:
        """One request, by a connection of its own."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=BEGINS)
        body = None if form is None else urlencode({"csrf": self.csrf, **form})
        try:
            line.request(method, path, body, {**self.headers, **(FORM if body else {})})
            answer = line.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            line.close()

    def kill(self) -> None:
        """End it and whatever it started, at once."""
        killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(BEGINS)
        self.process.stdout.close()


def writing(program: Program, case: str, state: int, said: Said) -> None:
    """Type an age and keep it, over and over; what was confirmed is noted when it was."""
    try:
        while not said.refused:
            age = 20 + state % 70
            one = {"f:age": str(age), "base": str(state)}
            for place in ("typed", "kept"):
                status, _, _ = program.ask("POST", f"/cases/{case}/{place}", one)
                if status != DONE:
                    said.refused.append(f"{place} in state {state}: {status}")
                    return
            state += 1
            said.confirmed.append((state, age))
    except (OSError, http.client.HTTPException):
        # The program is gone: that is what was wanted.
        return


def judged(folder: Path, case: str, confirmed: list[tuple[int, int]]) -> list[str]:
    """What is wrong with the store after a kill."""
    engine = opened(folder)
    try:
        states = Cases(engine).states(case)
        with engine.connect() as connection:
            whole = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    finally:
        engine.dispose()
    found = [] if whole == "ok" else [f"the file: {whole}"]
    if [one.number for one in states] != list(range(1, len(states) + 1)):
        found.append("a state is missing or twice")
    ages = {one.number: one.content["patient"].get("age") for one in states}
    found += [
        f"state {number} holds {ages.get(number)} for {age}"
        for number, age in confirmed
        if ages.get(number) != age
    ]
    return found


def killed(kills: int, seed: int, folder: Path) -> tuple[int, list[str]]:
    """Kill the program so often; how many states it confirmed in all, and every fault."""
    rng, faults, kept = random.Random(seed), [], 0
    engine = opened(folder)
    case = Cases(engine).add({"patient": {}}, "new", "owner")
    engine.dispose()
    for number in range(kills):
        engine = opened(folder)
        last = Cases(engine).last(case).number
        engine.dispose()
        program, said = Program(folder), Said()
        program.start()
        hand = threading.Thread(target=writing, args=(program, case, last, said))
        hand.start()
        time.sleep(0.02 + rng.random() * LONGEST)
        program.kill()
        hand.join(BEGINS)
        kept += len(said.confirmed)
        wrong = [*said.refused, *judged(folder, case, said.confirmed)]
        faults += [f"kill {number}: {one}" for one in wrong]
    return kept, faults


def main() -> None:
    """Kill, and say what was lost."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--kills", type=int, default=KILLS)
    ask.add_argument("--seed", type=int, default=SEED)
    said = ask.parse_args()
    begun = time.monotonic()
    with TemporaryDirectory(prefix="hilum-serve-") as folder:
        kept, faults = killed(said.kills, said.seed, Path(folder))
    for one in faults:
        print(f"! {one}")
    seconds = time.monotonic() - begun
    print(f"{said.kills} kills of the served program, {kept} states confirmed: "
          f"{len(faults)} faults; {seconds:.0f} s")  # fmt: skip
    raise SystemExit(1 if faults or not kept else 0)


if __name__ == "__main__":
    main()
