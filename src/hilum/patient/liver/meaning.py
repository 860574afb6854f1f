"""A layer and what its labels stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hilum.patient.liver.anatomy import Notice
    from hilum.patient.liver.layers import Layer
    from hilum.patient.liver.names import Role


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """A layer and what its labels stand for; ``name`` is the structure that its file is called."""

    layer: Layer
    roles: dict[int, Role]
    notices: tuple[Notice, ...] = ()
    name: str = ""

    def table(self, *kinds: str) -> NDArray[np.bool_]:
        """Which labels have one of these roles, as a table indexed by label."""
        size = 65536 if self.layer.array.dtype.itemsize > 1 else 256
        found = np.zeros(size, bool)
        for label, role in self.roles.items():
            if label < size:
                found[label] = role.kind in kinds
        return found
