"""The drawn signs of a verdict: shape and inner mark differ without colour."""

from __future__ import annotations

from markupsafe import Markup

# Contrast on white of at least 5.9:1 each.
COLOURS = {
    "supported": "#00664b",
    "possible": "#00664b",
    "conditional": "#7a5200",
    "undecided": "#0b5a8a",
    "advised_against": "#9a3412",
    "no_indication": "#55606c",
    "excluded": "#8f1d1d",
}
_RING = '<circle cx="8" cy="8" r="6.6" fill="none" stroke="{c}" stroke-width="1.5"/>'
_TICK = '<path d="M4.9 8.3 7.2 10.6 11.2 5.8" fill="none" stroke="{t}" stroke-width="1.7"/>'
SHAPES = {
    "supported": '<circle cx="8" cy="8" r="7.4" fill="{c}"/>' + _TICK.replace("{t}", "#fff"),
    "possible": _RING + _TICK.replace("{t}", "{c}"),
    "conditional": _RING + '<path d="M8 1.4a6.6 6.6 0 0 0 0 13.2z" fill="{c}"/>',
    "undecided": '<circle cx="8" cy="8" r="6.6" fill="none" stroke="{c}" stroke-width="1.5" '
    'stroke-dasharray="2.6 1.5"/><path d="M5.9 6.3a2.1 2.1 0 1 1 3 1.9c-.7.4-.9.7-.9 1.4" '
    'fill="none" stroke="{c}" stroke-width="1.4"/><circle cx="8" cy="11.5" r=".95" fill="{c}"/>',
    "advised_against": _RING + '<path d="M4.6 8h6.8" stroke="{c}" stroke-width="1.8"/>',
    "no_indication": _RING,
    "excluded": '<rect x="1" y="1" width="14" height="14" rx="2" fill="{c}"/>'
    '<path d="M5 5l6 6M11 5l-6 6" stroke="#fff" stroke-width="1.8"/>',
}


def sign(status: str) -> Markup:
    """The sign of a verdict; the word stands beside it, so it is hidden from screen readers."""
    shape = SHAPES[status].replace("{c}", COLOURS[status])
    return Markup(
        '<svg class="sign" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">'
        f"{shape}</svg>"
    )
