"""Colours as a style sheet writes them (CSS Color 4, sections 4 to 8), as #rrggbb.

How much of a colour is seen is told by :func:`alpha_of` and the properties of opacity.
"""

from __future__ import annotations

import re
from colorsys import hls_to_rgb
from typing import TYPE_CHECKING, Final

from hilum.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Sequence

NOTHING: Final = ("none", "transparent", "")
NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
FUNCTION: Final = re.compile(r"([a-z]+)\(\s*(.*?)\s*\)")
PART: Final = re.compile(rf"({NUMBER})(%|deg|grad|rad|turn)?|none")
# Degrees in a unit of angle.
ANGLES: Final = {"": 1.0, "deg": 1.0, "grad": 0.9, "rad": 57.29577951308232, "turn": 360.0}
FEWEST, ALL = 3, 4


class Unreadable(ValueError):
    """A colour in no syntax that is known."""


def colour_of(text: str, current: str = "#000000") -> str | None:
    """#rrggbb of a colour; None where nothing is painted.

    Parameters
    ----------
    text : str
        As written.
    current : str
        What ``currentColor`` stands for.

    Raises
    ------
    Unreadable
        It is in no syntax that is known.
    MissingExtra
        The extra ``survival`` is not installed.
    """
    plain = text.strip().lower()
    if plain in NOTHING or plain.startswith("url"):
        # After a pattern a colour may stand that is painted without it.
        return None
    if plain == "currentcolor":
        return colour_of(current) if current.strip().lower() != "currentcolor" else "#000000"
    if alpha_of(plain) == 0:
        return None
    if digits := re.fullmatch(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", plain):
        own = digits[1] if len(digits[1]) > ALL else "".join(2 * digit for digit in digits[1])
        return f"#{own[:6]}"
    if found := FUNCTION.fullmatch(plain):
        return _hex(_shares(found[1], _parts(found[2], text), text))
    return _hex([share / 255 for share in _named(plain, text)])


def alpha_of(text: str) -> float:
    """How opaque a colour is by itself: 1 where it does not say."""
    plain = text.strip().lower()
    if digits := re.fullmatch(r"#(?:[0-9a-f]{3}([0-9a-f])|[0-9a-f]{6}([0-9a-f]{2}))", plain):
        return int(2 * digits[1] if digits[1] else digits[2], 16) / 255
    if not (found := FUNCTION.fullmatch(plain)):
        return 1.0
    parts = _parts(found[2], text)
    return opacity_of(parts[3]) if len(parts) == ALL else 1.0


def opacity_of(text: str | None) -> float:
    """A number or percentage from 0 to 1; 1 where it is none."""
    found = re.fullmatch(rf"({NUMBER})(%)?", (text or "").strip().lower())
    if found is None:
        return 1.0
    return min(max(float(found[1]) / (100 if found[2] else 1), 0.0), 1.0)


def _parts(inside: str, text: str) -> list[str]:
    parts = [one for one in re.split(r"[\s,/]+", inside) if one]
    if len(parts) not in (FEWEST, ALL) or not all(PART.fullmatch(one) for one in parts):
        raise Unreadable(text)
    return parts


def _shares(function: str, parts: Sequence[str], text: str) -> list[float]:
    """Red, green and blue from 0 to 1."""
    if function in ("rgb", "rgba"):
        return [_number(one, 255.0) for one in parts[:3]]
    if function in ("hsl", "hsla"):
        share, light = _number(parts[1], 100.0), _number(parts[2], 100.0)
        return list(hls_to_rgb(_turn(parts[0]), light, share))
    if function == "hwb":
        white, black = _number(parts[1], 100.0), _number(parts[2], 100.0)
        if white + black >= 1:
            return [white / (white + black)] * 3
        pure = hls_to_rgb(_turn(parts[0]), 0.5, 1.0)
        return [one * (1 - white - black) + white for one in pure]
    raise Unreadable(text)


def _number(part: str, full: float) -> float:
    """A share from 0 to 1 of a percentage, or of a number up to ``full``."""
    found = PART.fullmatch(part)
    if found is None or found[1] is None:
        return 0.0
    return min(max(float(found[1]) / (100.0 if found[2] == "%" else full), 0.0), 1.0)


def _turn(part: str) -> float:
    """An angle as a share of a whole turn."""
    found = PART.fullmatch(part)
    if found is None or found[1] is None:
        return 0.0
    return float(found[1]) * ANGLES.get(found[2] or "", 1.0) / 360.0 % 1.0


def _named(plain: str, text: str) -> tuple[int, ...]:
    try:
        from PIL import ImageColor
    except ImportError:
        message = "reading an SVG needs the extra survival: pip install 'hilum[survival]'"
        raise MissingExtra(message) from None
    if plain not in ImageColor.colormap:
        raise Unreadable(text)
    return ImageColor.getrgb(plain)[:3]


def _hex(shares: Sequence[float]) -> str:
    return "#" + "".join(f"{int(255 * min(max(one, 0.0), 1.0) + 0.5):02x}" for one in shares)
