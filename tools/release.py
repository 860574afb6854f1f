"""``make release``: the wheel twice and byte for byte the same, with everything that goes with it.

Into ``dist``: the wheel, ``hilum.cdx.json`` (CycloneDX), ``SHA256SUMS`` and, with a key, its
signature. Refused where a package that is needed is under the GPL or AGPL, or states no licence.

``HILUM_RELEASE_KEY``
    A private key of OpenSSH; ``SHA256SUMS`` is signed by ``ssh-keygen -Y sign``.
``HILUM_OSV``
    OSV's database for PyPI (``all.zip`` or a folder); without it nothing is said to be free of
    known vulnerabilities.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.release_known import known
from tools.release_packages import exceptions, licence_faults, needed
from tools.release_sbom import bom

ROOT = Path(__file__).parents[1]
SIGN = "ssh-keygen -Y sign -n hilum-release -f KEY SHA256SUMS"


def moment() -> int:
    """When the sources were last changed: SOURCE_DATE_EPOCH, else the last commit."""
    if os.environ.get("SOURCE_DATE_EPOCH"):
        return int(os.environ["SOURCE_DATE_EPOCH"])
    said = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return int(said.stdout)


def wheel(folder: Path, when: int) -> Path:
    """Build the wheel into a folder."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(when), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    (found,) = folder.glob("*.whl")
    return found


def built(out: Path, when: int) -> Path:
    """The wheel, built twice from the same sources.

    Raises
    ------
    SystemExit
        The two differ.
    """
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        one, two = wheel(Path(first), when), wheel(Path(second), when)
        if one.read_bytes() != two.read_bytes():
            raise SystemExit("two builds of the wheel differ")
        out.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy2(one, out / one.name))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def signed(sums: Path, key: str | None) -> str:
    """Sign the checksums where there is a key; says which of the two it was."""
    if not key:
        return f"unsigned (no HILUM_RELEASE_KEY); to sign: {SIGN}"
    sums.with_name(f"{sums.name}.sig").unlink(missing_ok=True)
    command = ["ssh-keygen", "-Y", "sign", "-n", "hilum-release", "-f", key, str(sums)]
    subprocess.run(command, check=True, capture_output=True)
    return f"signed: {sums.name}.sig"


def main() -> None:
    """Check, build, write, say."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--out", type=Path, default=ROOT / "dist")
    said = ask.parse_args()
    packages, when = needed(), moment()
    faults, notes = licence_faults(packages, exceptions())
    print(f"licences of {len(packages)} packages; {len(notes)} to be named")
    for one in notes:
        print(f"  {one}")
    if faults:
        raise SystemExit("\n".join(f"! {one}" for one in faults))
    database = os.environ.get("HILUM_OSV")
    if database:
        count, found = known(Path(database), packages)
        print(f"known vulnerabilities: {len(found)} in {count:,} records of {database}")
        if found or not count:
            raise SystemExit("\n".join(f"! {one}" for one in found) or "! an empty database")
    else:
        print("known vulnerabilities: not checked (no database: HILUM_OSV names none)")
    made = built(said.out, when)
    from hilum._version import __version__

    text = json.dumps(bom(__version__, packages, when, digest(made)), indent=1) + "\n"
    bill = said.out / "hilum.cdx.json"
    bill.write_text(text, "utf-8")
    sums = said.out / "SHA256SUMS"
    sums.write_text("".join(f"{digest(one)}  {one.name}\n" for one in (made, bill)), "utf-8")
    print(f"wheel: {made.name}, two builds alike")
    print(signed(sums, os.environ.get("HILUM_RELEASE_KEY")))


if __name__ == "__main__":
    main()
