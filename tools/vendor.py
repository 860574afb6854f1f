"""Fetch what the workbench's pages are drawn with from npm, held to a version and its hash.

``python -m tools.vendor`` asks npm for the packages of ``src/hilum/web/static/vendored.csv``, holds
each to its hash, and writes the files with their licence beside them. Nothing is fetched when hilum
is installed or run.
"""

import base64
import csv
import hashlib
import io
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parents[1] / "src" / "hilum" / "web" / "static"
TABLE = STATIC / "vendored.csv"


def rows() -> list[dict[str, str]]:
    """What is vendored: package, version, file in it, name here, licence, hashes."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def fetched(package: str, version: str) -> bytes:
    """The package's archive, as npm gives it."""
    with tempfile.TemporaryDirectory() as folder:
        words = ("npm", "pack", f"{package}@{version}", "--silent", "--pack-destination", folder)
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).iterdir()
        return archive.read_bytes()


def _member(tar: tarfile.TarFile, inside: str) -> bytes:
    member = tar.extractfile(f"package/{inside}")
    assert member is not None
    return member.read()


def main() -> None:
    """Write every file of the table, or none."""
    made: dict[str, bytes] = {}
    for row in rows():
        archive = fetched(row["package"], row["version"])
        integrity = base64.b64encode(hashlib.sha512(archive).digest()).decode()
        if f"sha512-{integrity}" != row["integrity"]:
            raise SystemExit(f"{row['package']} {row['version']}: another archive than expected")
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            made[row["name"]] = _member(tar, row["inside"])
            licence = f"{row['name']}.LICENSE"
            # A package may leave its licence out: its project's then stands here already.
            if "package/LICENSE" in tar.getnames() or not (STATIC / licence).exists():
                made[licence] = _member(tar, "LICENSE")
        found = hashlib.sha256(made[row["name"]]).hexdigest()
        if found != row["sha256"]:
            raise SystemExit(f"{row['name']}: another content than expected: {found}")
    for name, content in made.items():
        (STATIC / name).write_bytes(content)


if __name__ == "__main__":
    main()
