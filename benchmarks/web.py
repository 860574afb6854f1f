"""Time the workbench as its readers find it: ``make bench``.

Every time is by the clock, on loopback, with ``hilum serve`` as a process of its own; readers and
writers at once are locust's (benchmarks/crowd). ``--store`` names a PostgreSQL database,
``--postgresql`` starts one for it, ``--both`` measures the file and then such a one; ``--write``
puts the tables into docs/workbench.md with their day. ``make bench`` measures the file.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import gzip
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks import crowd

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "workbench.md"
# The table of each database between marks of its own.
BEGIN, END = "<!-- benchmarks.web{store}: begin -->", "<!-- benchmarks.web{store}: end -->"
STARTS, UPDATES = 5, 200
SCREEN = {"width": 1280, "height": 800}


@dataclass(slots=True)
class Served:
    """``hilum serve`` in a folder of its own, and a way to ask it."""

    folder: Path
    store: str | None
    cookie: str = ""
    csrf: str = ""
    port: int = 0
    first_page: float = 0.0
    enter: str = ""
    process: Any = field(default=None)

    def start(self) -> None:
        """Start, come in, and see the first page."""
        command = [sys.executable, "-m", "hilum", "serve", "--port", "0"]
        command += ["--data", str(self.folder)]
        if self.store:
            command += ["--store", self.store]
        begun = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        while True:
            line = self.process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:(\d+)(/enter\?secret=\S+)", line)
            if found:
                break
        self.port, self.enter = int(found[1]), found[0]
        self.cookie = self.ask("GET", found[2])[1]["set-cookie"].partition(";")[0]
        body = self.ask("GET", "/cases")[2].decode()
        self.first_page = time.perf_counter() - begun
        self.csrf = re.search(r'name="csrf" value="([^"]+)"', body)[1]

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, **more: str) -> Any:
        """One request, by a connection of its own."""
        return asyncio.run(self._once(method, path, form, more))

    async def _once(self, method: str, path: str, form: Any, more: dict[str, str]) -> Any:
        reader = Reader(self)
        try:
            status, said, content = await reader.ask(method, path, form, more)
            packed = said.get("content-encoding") == "gzip"
            return status, said, gzip.decompress(content) if packed else content
        finally:
            await reader.close()

    def memory(self) -> float:
        """Megabytes that the server holds."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(20)


class Reader:
    """One connection that stays open, as a browser's does; as little work as can be."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._open: Any = None

    async def ask(
        self, method: str, path: str, form: Any = None, more: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """One request."""
        if self._open is None:
            self._open = await asyncio.open_connection("127.0.0.1", self._served.port, limit=2**24)
        reader, writer = self._open
        body = urlencode({"csrf": self._served.csrf, **form}).encode() if form is not None else b""
        home = f"http://127.0.0.1:{self._served.port}"
        headers = {"host": home[7:], "cookie": self._served.cookie, "accept-encoding": "gzip"}
        headers |= more or {}
        if form is not None:
            headers |= {"origin": home, "content-type": "application/x-www-form-urlencoded",
                        "content-length": str(len(body))}  # fmt: skip
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        said = {one.partition(":")[0].lower(): one.partition(":")[2].strip() for one in head[1:]}
        content = await reader.readexactly(int(said.get("content-length", 0)))
        return int(head[0].split()[1]), said, content

    async def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            self._open[1].close()


def p95(times: list[float]) -> float:
    """The 95th percentile, in milliseconds."""
    return 1000 * statistics.quantiles(times, n=20)[-1]


def updates(served: Served, case: str, count: int = UPDATES) -> list[float]:
    """Seconds of each update of the verdicts, one after the other, each with another value."""

    async def typed() -> list[float]:
        reader, times = Reader(served), []
        for number in range(count):
            form = {"f:bilirubin_mg_dl": f"{0.5 + number % 40 / 10:.1f}", "u:bilirubin_mg_dl":
                    "mg/dL"}  # fmt: skip
            begun = time.perf_counter()
            status, _, _ = await reader.ask("POST", f"{case}/typed", form, {"hx-request": "true"})
            times.append(time.perf_counter() - begun)
            assert status == 200
        await reader.close()
        return times

    return asyncio.run(typed())


def interactive(served: Served, path: str) -> tuple[float, float]:
    """Seconds until a page answers the keyboard in Chromium: nothing kept, then with what is."""
    from playwright.sync_api import sync_playwright

    chromium = next(found for name in ("chromium", "chromium-browser", "google-chrome")
                    if (found := shutil.which(name)))  # fmt: skip
    found: list[tuple[float, float]] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for _ in range(STARTS):
            context = browser.new_context(viewport=SCREEN)
            page = context.new_page()
            name, _, value = served.cookie.partition("=")
            home = f"http://127.0.0.1:{served.port}"
            context.add_cookies([{"name": name, "value": value, "url": home}])
            pair = []
            for _ in range(2):
                page.goto(home + path, wait_until="load")
                # Scripts are deferred: with the event the fields answer.
                ended = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
                pair.append(page.evaluate(ended) / 1000)
            found.append((pair[0], pair[1]))
            context.close()
        browser.close()
    return statistics.median(one for one, _ in found), statistics.median(two for _, two in found)


def liver(served: Served, case: str) -> None:
    """Send a label map and open its room."""
    folder = ROOT / "examples" / "liver"
    mark = "hilum-bench"
    parts = [f'--{mark}\r\ncontent-disposition: form-data; name="csrf"\r\n\r\n{served.csrf}\r\n'
             f'--{mark}\r\ncontent-disposition: form-data; name="preset"\r\n\r\ncouinaud\r\n'
             .encode()]  # fmt: skip
    for name, file in (("labels", "segments.nii.gz"), ("lesions", "lesions.nii.gz")):
        head = f'--{mark}\r\ncontent-disposition: form-data; name="{name}"; filename="{file}"'
        parts.append(f"{head}\r\n\r\n".encode() + (folder / file).read_bytes() + b"\r\n")
    body = b"".join(parts) + f"--{mark}--\r\n".encode()
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", served.port)
    home = f"http://127.0.0.1:{served.port}"
    headers = {"cookie": served.cookie, "origin": home, "content-type":
               f"multipart/form-data; boundary={mark}"}  # fmt: skip
    connection.request("POST", f"{case}/liver", body, headers)
    answer = connection.getresponse()
    room = answer.headers["location"]
    answer.read()
    connection.close()
    until = time.monotonic() + 180
    while b"liver-room" not in served.ask("GET", room)[2] and time.monotonic() < until:
        time.sleep(0.5)
        if b"/view.nii.gz" in served.ask("GET", room)[2]:
            break
    served.ask("GET", f"{room}/view.nii.gz")


def first_bytes(served: Served) -> int:
    """Bytes of the first page with everything that it names, unpacked."""
    body = served.ask("GET", "/cases")[2]
    named = set(re.findall(rb'(?:href|src)="(/static/[^"]+)"', body))
    return len(body) + sum(len(served.ask("GET", one.decode())[2]) for one in named)


def measured(store: str | None, browser: bool) -> list[tuple[str, str, str]]:
    """What, what is wanted, what was found."""
    rows: list[tuple[str, str, str]] = []
    starts: list[float] = []
    for number in range(STARTS):
        with tempfile.TemporaryDirectory(prefix="hilum-bench-") as folder:
            served = Served(Path(folder), store)
            served.start()
            starts.append(served.first_page)
            if number == STARTS - 1:
                rows += _of(served, browser)
            served.stop()
    said = f"{statistics.median(starts):.1f} s ({min(starts):.1f} to {max(starts):.1f})"
    return [("From `hilum serve` to the first page, median of five", "2 s", said), *rows]


def _of(served: Served, browser: bool) -> list[tuple[str, str, str]]:
    made = served.ask("POST", "/examples", {"name": "midgut-multifocal"})
    case = made[1]["location"]
    updates(served, case, 10)
    typed = updates(served, case)
    rows = [
        (
            "Update of the verdicts, 200 of them, median",
            "",
            f"{1000 * statistics.median(typed):.0f} ms",
        ),
        ("The same, 95th percentile", "150 ms", f"{p95(typed):.0f} ms"),
    ]
    rows += _crowds(served, case)
    rows.append(("First page with all that it names, without the viewer", "150 kB",
                 f"{first_bytes(served) / 1000:.0f} kB"))  # fmt: skip
    if browser:
        for name, path in (("list", "/cases"), ("case", case), ("map", "/evidence")):
            cold, warm = interactive(served, path)
            rows.append((f"The {name} answers in Chromium, cold", "1 s", f"{1000 * cold:.0f} ms"))
            rows.append(
                (f"The {name} answers in Chromium, warm", "300 ms", f"{1000 * warm:.0f} ms")
            )
    rows.append(("Memory before a liver is open", "", f"{served.memory():.0f} MB"))
    liver(served, case)
    rows.append(("Memory with one liver open", "500 MB", f"{served.memory():.0f} MB"))
    return rows


def _crowds(served: Served, case: str) -> list[tuple[str, str, str]]:
    rows: list[tuple[str, str, str]] = []
    pages = {"map": ("/evidence", "/evidence?site=pancreas"), "sheet": (f"{case}/sheet",)}
    for name, paths in pages.items():
        for path in paths:
            served.ask("GET", path)
        for pause, how in ((0.0, "without a pause"), (1.0, "a second between two pages")):
            found = crowd.readers(served, paths, pause)
            said = f"{found.p95:.0f} ms ({found.asked} pages, {found.failed} failed)"
            what = f"{crowd.READERS} readers of the {name}, {how}, 95th percentile"
            rows.append((what, "300 ms", said))
    case = served.ask("POST", "/examples", {"name": "midgut-multifocal"})[1]["location"]
    wrote = crowd.writers(served, case)
    gone = lost(served, case, wrote.confirmed)
    rows.append((
        f"{crowd.WRITERS} writers of one case, writes confirmed and lost", "none lost",
        f"{len(wrote.confirmed)} confirmed, {gone} lost, {wrote.failed} failed; 95th percentile "
        f"{wrote.p95:.0f} ms",
    ))  # fmt: skip
    return rows


def lost(served: Served, case: str, confirmed: tuple[tuple[int, str], ...]) -> int:
    """How many of the writes that were said to be kept are not there under their number."""
    from hilum.store.cases import Cases
    from hilum.store.opening import opened_at

    engine = opened_at(served.store, served.folder)
    try:
        states = Cases(engine).states(case.rpartition("/")[2])
    finally:
        engine.dispose()
    kept = {one.number: one.content.get("name") for one in states}
    assert sorted(kept) == list(range(1, len(kept) + 1)), "a state is missing"
    return sum(kept.get(number) != name for number, name in confirmed)


def table(rows: list[tuple[str, str, str]], store: str | None, load: float) -> str:
    """The rows as Markdown, with the day, the machine and its load."""
    day = dt.datetime.now(tz=dt.UTC).date().isoformat()
    version = ".".join(str(one) for one in sys.version_info[:3])
    where = "PostgreSQL" if store else "SQLite"
    head = (
        f"Measured {day} by `python -m benchmarks.web` on {os.cpu_count()} processors, Python "
        f"{version}, {where}, readers and server on one machine, load before it {load:.1f}.\n\n"
        "| What | Wanted | Found |\n| --- | --- | --- |\n"
    )
    return head + "".join(f"| {what} | {wanted} | {found} |\n" for what, wanted, found in rows)


def main() -> None:
    """Measure and print; keep it where that is asked for."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--store", help="address of a PostgreSQL database; else a file")
    ask.add_argument("--no-browser", action="store_true", help="leave Chromium out")
    ask.add_argument("--write", action="store_true", help="into docs/workbench.md")
    ask.add_argument("--postgresql", action="store_true", help="a throw-away PostgreSQL of its own")
    ask.add_argument("--both", action="store_true", help="the file, then such a PostgreSQL")
    said = ask.parse_args()
    if not said.postgresql:
        _told(said.store, said)
    if said.postgresql or said.both:
        from tests.cluster import cluster

        with cluster() as address:
            _told(address, said)


def _told(store: str | None, said: argparse.Namespace) -> None:
    load = os.getloadavg()[0]
    text = table(measured(store, not said.no_browser), store, load)
    print(text)
    if said.write:
        begin, end = (mark.format(store=" on PostgreSQL" if store else "") for mark in (BEGIN, END))
        page = PAGE.read_text("utf-8")
        before, _, rest = page.partition(begin)
        after = rest.partition(end)[2]
        PAGE.write_text(f"{before}{begin}\n{text}{end}{after}", "utf-8")


if __name__ == "__main__":
    main()
