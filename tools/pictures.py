"""Draw the pictures of the docs: what a command writes today, or a page as a browser shows it.

A picture of a browser is replaced only where it visibly differs, since two browsers never draw the
same pixels.
"""

from __future__ import annotations

import csv
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
TABLE = FOLDER / "pictures.csv"
OUT = "{out}"
# Mean difference of grey levels (0 to 255) below which two screenshots show the same.
SAME = 1.0
COLOURS = 96


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file, the command that writes ``{out}``, and what a browser shows of it.

    Without ``selector`` and size the command's own file is the picture.
    """

    name: str
    command: str
    language: str
    width: int
    height: int
    selector: str

    @property
    def page(self) -> bool:
        """Whether a browser is needed."""
        return self.width > 0

    @property
    def file(self) -> Path:
        """Where it stands."""
        return FOLDER / self.name


def pictures() -> tuple[Picture, ...]:
    """The table of pictures."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Picture(
                row["name"],
                row["command"],
                row["language"],
                int(row["width"] or 0),
                int(row["height"] or 0),
                row["selector"],
            )
            for row in csv.DictReader(file)
        )


def made(picture: Picture, folder: Path) -> Path:
    """Run the command; the file it wrote."""
    out = (
        folder
        / f"{Path(picture.name).stem}{'.html' if picture.page else Path(picture.name).suffix}"
    )
    words = [out.as_posix() if one == OUT else one for one in shlex.split(picture.command)[1:]]
    subprocess.run(
        [sys.executable, "-m", "hilum", *words, "--language", picture.language],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return out


def browser() -> str | None:
    """The browser of this machine, if there is one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")


def shown(page: Path, picture: Picture, program: str) -> bytes:
    """The page, or the part of it that ``selector`` names, as PNG."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        engine = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        view = engine.new_page(viewport={"width": picture.width, "height": picture.height})
        view.goto(page.as_uri())
        found = view.locator(picture.selector).first if picture.selector else view
        image = found.screenshot()
        engine.close()
    return _small(image, picture.height)


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


def main() -> None:
    """Draw every picture that can be drawn on this machine."""
    program = browser()
    with tempfile.TemporaryDirectory() as folder:
        for picture in pictures():
            if picture.page and program is None:
                print(f"{picture.name}: no browser here, left as it is")
                continue
            out = made(picture, Path(folder))
            data = shown(out, picture, program) if picture.page and program else out.read_bytes()
            old = picture.file.read_bytes() if picture.file.exists() else b""
            if picture.page and old and alike(old, data):
                continue
            if data != old:
                picture.file.write_bytes(data)
                print(f"drawn: {picture.file.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
