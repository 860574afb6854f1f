"""The parts of ``make release``; each claim of the threat model has a test that exists."""

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest
from tools.release import built, digest, signed
from tools.release_known import is_affected, known
from tools.release_packages import (
    Package,
    exceptions,
    licence,
    licence_faults,
    locked,
    needed,
    plain,
)
from tools.release_sbom import bom

ROOT = Path(__file__).parents[1]


def package(name="thing", licence="MIT", version="1.0", needs=()):
    return Package(name, version, licence, ("0" * 64,), needs)


def test_what_hilum_needs_is_locked_and_free_of_the_gpl():
    packages = needed()
    assert {"numpy", "pydantic", "openpyxl", "typst", "pydicom"} <= {p.name for p in packages}
    assert "pytest" not in {one.name for one in packages}
    faults, notes = licence_faults(packages, exceptions())
    assert faults == []
    assert any("LGPL" in one for one in notes)
    held = locked()
    # The build's own machine may hold a version that the lock does not; a release's may not.
    assert sum((one.name, one.version) in held for one in packages) > 0.9 * len(packages)


@pytest.mark.parametrize(
    ("text", "refused", "noted"),
    [
        ("MIT", False, False), ("BSD-3-Clause", False, False), ("LGPL-3.0-or-later", False, True),
        ("GPL-3.0-only", True, False), ("AGPL-3.0-only", True, False), ("GPLv2", True, False),
        ("GNU General Public License", True, False), ("MIT OR GPL-2.0-or-later", True, False),
        ("GNU Lesser General Public License", False, True), ("", True, False),
        ("LGPL-2.1-only AND GPL-2.0-only", True, False),
    ],
)  # fmt: skip
def test_licences_that_must_not_be_needed(text, refused, noted):
    faults, notes = licence_faults((package(licence=text),), {})
    assert (bool(faults), bool(notes)) == (refused, noted)
    faults, notes = licence_faults((package(licence=text),), {"thing": ("MIT", "a choice")})
    assert bool(faults) == (text == "")


def test_an_exception_nobody_needs_is_a_fault():
    assert licence_faults((), {"gone": ("MIT", "x")})[0]


def test_a_licence_is_read_wherever_it_stands():
    from email.message import Message

    about = Message()
    assert licence(about) == ""
    about["License"] = "BSD 3-Clause\n\nCopyright"
    assert licence(about) == "BSD 3-Clause"
    about["Classifier"] = "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"
    assert licence(about) == "GPL-3.0-only"
    about["License-Expression"] = "MIT"
    assert licence(about) == "MIT"


def test_the_bill_of_materials():
    made = bom("1.2.3", (package("a", needs=("b",)), package("b")), 0, "f" * 64)
    assert made == bom("1.2.3", (package("a", needs=("b",)), package("b")), 0, "f" * 64)
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert made["metadata"]["timestamp"] == "1970-01-01T00:00:00Z"
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", made["serialNumber"])
    references = [one["bom-ref"] for one in made["components"]]
    assert references == ["pkg:pypi/a@1.0", "pkg:pypi/b@1.0"]
    after = {one["ref"]: one["dependsOn"] for one in made["dependencies"]}
    assert after["pkg:pypi/a@1.0"] == ["pkg:pypi/b@1.0"]
    assert after["pkg:pypi/hilum@1.2.3"] == references


RANGE = {"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}, {"fixed": "1.5"}]}


@pytest.mark.parametrize(
    ("version", "affected"),
    [("0.9", False), ("1.0", True), ("1.4.9", True), ("1.5", False), ("1.5rc1", True)],
)
def test_versions_in_a_range(version, affected):
    assert is_affected({"ranges": [RANGE]}, version) == affected
    last = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"last_affected": version}]}
    assert is_affected({"ranges": [last]}, version)
    assert is_affected({"versions": [version]}, version)
    assert not is_affected({"ranges": [{**RANGE, "type": "GIT"}]}, version)


def test_a_database_of_vulnerabilities(tmp_path):
    about = {"package": {"ecosystem": "PyPI", "name": "Thing_X"}, "ranges": [RANGE]}
    (tmp_path / "a.json").write_text(json.dumps({"id": "PYSEC-1", "affected": [about]}))
    gone = {"id": "PYSEC-2", "withdrawn": "2026-01-01", "affected": [about]}
    (tmp_path / "b.json").write_text(json.dumps(gone))
    assert known(tmp_path, (package("thing-x", version="1.1"),)) == (
        2, ["PYSEC-1: thing-x 1.1"],
    )  # fmt: skip
    assert known(tmp_path, (package("thing-x", version="2"),)) == (2, [])
    assert plain("Thing_X") == "thing-x"


def test_two_builds_are_one(tmp_path):
    made = built(tmp_path, 1_700_000_000)
    assert digest(made) == hashlib.sha256(made.read_bytes()).hexdigest()
    assert made.suffix == ".whl"


def test_signed_or_said_to_be_unsigned(tmp_path):
    sums = tmp_path / "SHA256SUMS"
    sums.write_text("x\n")
    assert "unsigned" in signed(sums, None)
    assert "ssh-keygen -Y sign" in signed(sums, None)
    key = tmp_path / "key"
    try:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    except FileNotFoundError:
        pytest.skip("no OpenSSH here")
    assert signed(sums, str(key)) == "signed: SHA256SUMS.sig"
    assert (tmp_path / "SHA256SUMS.sig").read_text().startswith("-----BEGIN SSH SIGNATURE")


def test_each_test_the_threat_model_names_exists():
    text = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    # The table of threats, the first; the other says when the attacks were run.
    threats = re.split(r"^\| attack \|", text, flags=re.M)[0]
    rows = [line for line in threats.splitlines() if line.startswith("|")][2:]
    assert len(named) == len(rows) >= 10
    for file, name in named:
        assert re.search(rf"^def {name}\(", (ROOT / file).read_text("utf-8"), re.M), (file, name)
