"""What the record holds as a code or an address, as a reader can take it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from hilum.records import found

if TYPE_CHECKING:
    from hilum.language import Words

PREVIEWS: Final = ("vercel.app", "netlify.app", "pages.dev", "herokuapp.com", "onrender.com",
                   "web.app", "github.io")  # fmt: skip
"""Ends of hosts on which anyone puts copies of a site."""
TRIED: Final = frozenset({"dev", "preview", "stage", "staging"})
"""Parts of a host's name that say it is a site's own trial copy."""
NUMBER: Final = re.compile(r"\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:]*")
ODD: Final = {
    "preview": "address as recorded: {host} is a preview copy of a site, not the publisher's own, "
    "and may be gone",
    "trial": "address as recorded: {host} is a site's own trial copy and may be gone",
    "number": "address as recorded: {host} is a machine without a name, and nobody says whose",
}
"""Why an address is to be read with care; it is never changed."""


def odd_host(address: str) -> tuple[str, str] | None:
    """What is odd of an address, as a code, and its host; None where nothing is."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return None
    if not host or parts.scheme not in ("http", "https"):
        return None
    if NUMBER.fullmatch(host):
        return "number", host
    if any(host == one or host.endswith(f".{one}") for one in PREVIEWS):
        return "preview", host
    labels = re.split(r"[.-]", host)[:-1]
    return ("trial", host) if TRIED.intersection(labels) else None


def odd_line(address: str | None, words: Words) -> str:
    """What to know of an address before one follows it; empty where it is an ordinary one."""
    odd = odd_host(address or "")
    return "" if odd is None else words(found(ODD, odd[0], "reason"), host=odd[1])


def spelled(code: str) -> str:
    """A code of the record as words of its own: they break where a line ends."""
    return code.replace("_", " ").strip()


def messages() -> set[str]:
    """Ids that stand in the table."""
    return set(ODD.values())
