"""The arrays of an anatomy while layers with known meanings are added to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError
from hilum.patient.liver.anatomy import VESSELS, Notice, box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hilum.patient.liver.meaning import Meaning

    Place = tuple[slice, slice, slice]


class Targets:
    """The arrays of an anatomy while layers are added to them."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self.liver = np.zeros(shape, bool)
        self.segments = np.zeros(shape, np.uint8)
        self.vessels = np.zeros(shape, np.uint8)
        self.remnant = np.zeros(shape, bool)
        self.numbered = np.zeros(shape, np.uint16)
        self.loose = np.zeros(shape, bool)
        self.has_segments = self.has_vessels = self.has_remnant = False
        self.overlap = {"segment": 0, "lesion": 0}

    def add(
        self, one: Meaning, array: NDArray[np.unsignedinteger], place: Place,
        start: tuple[int, ...],
    ) -> None:  # fmt: skip
        """Add what of a layer lies in the box; the layer's first voxel is at ``start``."""
        own: list[slice] = []
        into: list[slice] = []
        for side, size, by in zip(place, array.shape, start, strict=True):
            low, high = max(side.start, by), min(side.stop, by + size)
            if low >= high:
                return
            own.append(slice(low - by, high - by))
            into.append(slice(low - side.start + 1, high - side.start + 1))
        cut, inner = array[tuple(own)], tuple(into)
        kinds = {role.kind for role in one.roles.values()}
        whole = ["liver", "segment"]
        if one.layer.exclusive and kinds & {"liver", "segment"}:
            whole += ["lesion", "remnant"]
        if kinds & set(whole):
            self.liver[inner] |= one.table(*whole)[cut]
        if "segment" in kinds:
            self.has_segments = True
            self._number(self.segments[inner], cut, one, "segment")
        if "lesion" in kinds:
            loose = [
                k for k, role in one.roles.items() if role.kind == "lesion" and not role.number
            ]
            if loose:
                table = np.zeros(65536, bool)
                table[loose] = True
                self.loose[inner] |= table[cut]
            self._number(self.numbered[inner], cut, one, "lesion")
        if "remnant" in kinds:
            self.has_remnant = True
            self.remnant[inner] |= one.table("remnant")[cut]
        for kind in sorted(kinds & set(VESSELS)):
            self.has_vessels = True
            target = self.vessels[inner]
            target[one.table(kind)[cut] & (target == 0)] = VESSELS[kind]

    def _number(
        self, target: NDArray[np.unsignedinteger], cut: NDArray[np.unsignedinteger],
        one: Meaning, kind: str,
    ) -> None:  # fmt: skip
        table = np.zeros(65536, target.dtype)
        for label, role in one.roles.items():
            if role.kind == kind:
                table[label] = role.number
        if not table.any():
            return
        new = table[cut]
        if target.any():
            # A voxel that two labels claim stays with the first; how many is reported.
            self.overlap[kind] += int(np.count_nonzero((target > 0) & (new > 0) & (target != new)))
            np.copyto(target, new, where=target == 0)
        else:
            target[...] = new

    def lesion_numbers(self) -> NDArray[np.uint16]:
        """Lesions told apart: given numbers kept, the rest by 26-connected components.

        Components are numbered by falling volume, after the given numbers.
        """
        rest = self.loose & (self.numbered == 0)
        place = box(rest)
        if place is None:
            return self.numbered
        import cc3d

        parts, count = cc3d.connected_components(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType, reportGeneralTypeIssues]
            np.ascontiguousarray(rest[place]), connectivity=26, return_N=True
        )
        sizes = np.bincount(parts.ravel(), minlength=count + 1)[1:]
        start = int(self.numbered.max())
        if start + count > 65535:
            raise InputError(
                Fault("labels", None, "lesions", f"{count}", "fewer than 65,536 separate lesions")
            )
        rank = np.zeros(count + 1, np.uint16)
        rank[1 + np.argsort(-sizes, kind="stable")] = np.arange(start + 1, start + count + 1)
        view = self.numbered[place]
        np.copyto(view, rank[parts], where=parts > 0)
        return self.numbered

    def notices(self, voxel_ml: float) -> list[Notice]:
        """What overlapped."""
        return [
            Notice(f"{kind}s_overlap", (("ml", voxels * voxel_ml),))
            for kind, voxels in self.overlap.items()
            if voxels
        ]
