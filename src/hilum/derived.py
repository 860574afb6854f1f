"""Where files lie that are derived from others, and may be deleted at any time."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

VARIABLE: Final = "HILUM_CACHE"
OFF: Final = "off"


def derived(part: str) -> Path | None:
    """The user's own folder of one kind of derived file; None where nothing is to be kept.

    ``HILUM_CACHE`` names another folder than the system's; ``off`` keeps nothing.
    """
    said = os.environ.get(VARIABLE)
    if said == OFF:
        return None
    if said:
        place = Path(said)
    elif sys.platform == "darwin":
        place = Path.home() / "Library" / "Caches" / "hilum"
    elif sys.platform == "win32":
        place = Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "hilum" / "cache"
    else:
        place = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hilum"
    return place / part
