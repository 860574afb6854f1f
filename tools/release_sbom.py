"""A bill of materials in CycloneDX 1.6 (ECMA-424): hilum, what it needs, and what needs what."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.release_packages import Package


def bom(version: str, packages: tuple[Package, ...], moment: int, wheel: str) -> dict[str, Any]:
    """The bill as a JSON object; the same input gives the same bytes.

    ``moment`` is in seconds since 1970; ``wheel`` the SHA-256 of the wheel it belongs to.
    """
    own = f"pkg:pypi/hilum@{version}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{own}#{wheel}')}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application", "bom-ref": own, "name": "hilum", "version": version,
                "purl": own, "hashes": [{"alg": "SHA-256", "content": wheel}],
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": [_component(one) for one in packages],
        "dependencies": [
            {"ref": own, "dependsOn": [reference(one) for one in packages]},
            *({"ref": reference(one), "dependsOn": _needs(one, packages)} for one in packages),
        ],
    }  # fmt: skip


def reference(package: Package) -> str:
    """A package's address (purl)."""
    return f"pkg:pypi/{package.name}@{package.version}"


def _component(package: Package) -> dict[str, Any]:
    return {
        "type": "library", "bom-ref": reference(package), "name": package.name,
        "version": package.version, "purl": reference(package),
        "licenses": [{"license": {"name": package.licence}}],
        # Each file of this version in the lock: one of them is installed.
        "properties": [
            {"name": "hilum:lock:sha256", "value": one} for one in package.hashes
        ],
    }  # fmt: skip


def _needs(package: Package, packages: tuple[Package, ...]) -> list[str]:
    return [reference(one) for one in packages if one.name in package.needs]
