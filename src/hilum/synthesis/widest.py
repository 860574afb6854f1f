"""How wide an interval of a share may be before it excludes nothing."""

from typing import Final

WIDEST_SHARE: Final = 40.0
"""Points; a pooled share whose interval is not narrower is a range, since it excludes nothing."""
