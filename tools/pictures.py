"""Draw those pictures of the docs that a page as a browser, a PDF or a word processor shows it are.

What a command writes as SVG is drawn by the page that shows it (``tools.printed``). A picture of
this table is drawn again only where what it shows has changed: its stamp is the hash of its row and
of what its command writes as HTML on a fixed day, and, for paper and Word, of the code that sets
them. It is replaced only where it visibly differs, since two machines never draw the same pixels.
"""

from __future__ import annotations

import csv
import hashlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass, fields, replace
from functools import cache
from io import BytesIO
from pathlib import Path

from proofs.face import called

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
TABLE = FOLDER / "pictures.csv"
RENDERING = ROOT / "src" / "hilum" / "rendering"
SETTING = ("sheet", "press")
OUT, CASES = "{out}", "{cases}"
# The board of the example list.
LIST = ("midgut-multifocal.toml", "pancreas-few.toml", "sparse.toml")
# Mean difference of grey levels (0 to 255) below which two pictures show the same.
SAME = 1.0
COLOURS = 96
DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{4}年\d{1,2}月\d{1,2}日|\d{1,2} [A-Z][a-z]+ \d{4}")


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file, the command that writes ``{out}``, and what is shown of it.

    ``form`` is what the command writes: ``html`` (a browser of that width and height shows the part
    that ``selector`` names), ``pdf`` or ``docx`` (``part`` is the page, ``width`` its pixels).
    """

    name: str
    command: str
    language: str
    form: str
    part: str
    width: str
    height: str
    selector: str
    stamp: str = ""

    @property
    def file(self) -> Path:
        """Where it stands."""
        return FOLDER / self.name


def pictures() -> tuple[Picture, ...]:
    """The table of pictures."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(Picture(**row) for row in csv.DictReader(file))


def made(picture: Picture, form: str, folder: Path) -> Path:
    """Run the command; the file it wrote, in the form that is asked for."""
    stem = Path(picture.name).stem
    cases = folder / "cases"
    if CASES in picture.command:
        cases.mkdir(exist_ok=True)
        for name in LIST:
            shutil.copy(ROOT / "examples" / name, cases)
    listed = CASES in picture.command
    out = folder / (stem if listed else f"{stem}.{form}")
    names = {OUT: out.as_posix(), CASES: cases.as_posix()}
    words = [names.get(one, one) for one in shlex.split(picture.command)[1:]]
    done = called(*words, "--language", picture.language, cwd=ROOT)
    if done.returncode:
        raise RuntimeError(f"{picture.command}\n{done.stderr}")
    return out / "index.html" if listed else out


_pages: dict[tuple[str, str], str] = {}


def stamp(picture: Picture, folder: Path) -> str:
    """What decides how the picture looks, but for the day it is drawn on."""
    key = (picture.command, picture.language)
    if key not in _pages:
        _pages[key] = DAY.sub("DAY", made(picture, "html", folder).read_text("utf-8"))
    text = _pages[key]
    held = hashlib.sha256(repr(astuple(replace(picture, stamp=""))).encode() + text.encode())
    if picture.form != "html":
        for path in sorted(one for room in SETTING for one in (RENDERING / room).rglob("*")):
            if path.suffix in {".py", ".j2", ".typ"}:
                held.update(path.read_bytes())
    return held.hexdigest()[:16]


def browser() -> str | None:
    """The browser of this machine, if there is one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")


Shoot = Callable[[Path, Picture], bytes | None]


@contextmanager
def shooting() -> Iterator[Shoot]:
    """What shows a file as PNG; a browser is started once, and only if it is needed."""
    from playwright.sync_api import Browser, sync_playwright

    program = browser()
    with ExitStack() as open_:

        @cache
        def engine() -> Browser:
            driver = open_.enter_context(sync_playwright())
            return driver.chromium.launch(executable_path=program, args=["--no-sandbox"])

        def shoot(file: Path, picture: Picture) -> bytes | None:
            if picture.form != "html":
                return by_paper(file, picture)
            if program is None:
                return None
            height = int(picture.height)
            view = engine().new_page(viewport={"width": int(picture.width), "height": height})
            # A busy machine may stand still for longer than the usual half minute.
            view.goto(file.as_uri(), timeout=300_000)
            found = view.locator(picture.selector).first if picture.selector else view
            return _small(found.screenshot(), height)

        yield shoot


def by_paper(file: Path, picture: Picture) -> bytes | None:
    """One page of a PDF, or of a document as a word processor sets it."""
    if file.suffix == ".docx":
        office = shutil.which("soffice")
        if office is None:
            return None
        profile = f"-env:UserInstallation={(file.parent / 'office').as_uri()}"
        subprocess.run(
            [office, profile, "--headless", "--convert-to", "pdf", "--outdir", file.parent, file],
            capture_output=True,
            check=True,
        )
        file = file.with_suffix(".pdf")
    if shutil.which("pdftoppm") is None:
        return None
    page = ["-f", picture.part, "-l", picture.part, "-scale-to-x", picture.width]
    done = subprocess.run(
        ["pdftoppm", "-png", *page, "-scale-to-y", "-1", file], capture_output=True, check=True
    )
    return _small(done.stdout, 10_000)


def _small(image: bytes, height: int) -> bytes:
    """The upper ``height`` pixels in few colours."""
    from PIL import Image

    whole = Image.open(BytesIO(image)).convert("RGB")
    upper = whole.crop((0, 0, whole.width, min(height, whole.height)))
    out = BytesIO()
    upper.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def alike(one: bytes, other: bytes) -> bool:
    """Whether two PNG pictures show the same to the eye."""
    from PIL import Image, ImageChops, ImageStat

    first, second = (Image.open(BytesIO(data)).convert("L") for data in (one, other))
    if first.size != second.size:
        return False
    return ImageStat.Stat(ImageChops.difference(first, second)).mean[0] < SAME


def renewed(picture: Picture, shoot: Shoot, folder: Path) -> Picture:
    """The picture drawn where what it shows has changed, with its stamp of today."""
    now = stamp(picture, folder)
    if now == picture.stamp and picture.file.exists():
        return picture
    data = shoot(made(picture, picture.form, folder), picture)
    if data is None:
        print(f"{picture.name}: nothing here that shows {picture.form}, left as it is")
        return picture
    if not (picture.file.exists() and alike(picture.file.read_bytes(), data)):
        picture.file.write_bytes(data)
        print(f"drawn: {picture.file.relative_to(ROOT)}")
    return replace(picture, stamp=now)


def main() -> None:
    """Draw every picture that has changed and can be drawn on this machine."""
    with shooting() as shoot:
        rows: list[Picture] = []
        for picture in pictures():
            with tempfile.TemporaryDirectory() as folder:
                rows.append(renewed(picture, shoot, Path(folder)))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(one.name for one in fields(Picture))
        table.writerows(astuple(one) for one in rows)


if __name__ == "__main__":
    sys.exit(main())
