"""How the workbench is reached: under which names, whether encrypted, whether people sign in.

Another machine is served only where people sign in, and only encrypted: by a certificate of its
own, behind a proxy that is, or where whoever starts it says that the risk is theirs.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from hilum.errors import Fault, InputError
from hilum.web.guard import own_names

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.store.keys import Given

HTTPS_PORT: Final = 443
LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"{LABEL}(\.{LABEL})*")
# Known attacks need older ones: TLS 1.2 with these, or TLS 1.3.
CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
THIS_MACHINE: Final = ("127.0.0.1", "localhost", "::1")
WANTED_AUTH: Final = (
    "this machine (127.0.0.1, localhost or ::1), or --auth beside it: whoever is elsewhere signs in"
)
WANTED_TLS: Final = (
    "--certificate and --key, --behind-proxy, or --unencrypted, which lets whoever is on the "
    "network read patients and passwords"
)
WANTED_NAME: Final = "--name: what browsers call this machine, for example hilum.hospital.example"


@dataclass(frozen=True, slots=True)
class Serving:
    """What was said at the start about who is served, and how.

    Parameters
    ----------
    auth : bool
        People sign in.
    names : tuple of str
        What browsers may call this machine, besides its loopback names.
    certificate, key : Path, optional
        Of TLS, in PEM.
    proxy : str, optional
        The origin of a proxy in front, ``https://hilum.hospital.example``; it encrypts.
    unencrypted : bool
        Other machines are served without encryption, and somebody said that this is known.
    given : Given, optional
        What opens an encrypted store.
    """

    auth: bool = False
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = field(default=None, repr=False)
    proxy: str | None = None
    unencrypted: bool = False
    given: Given | None = field(default=None, repr=False)

    @property
    def encrypted(self) -> bool:
        """Whether browsers reach it by HTTPS."""
        return self.certificate is not None or self.proxy is not None


@dataclass(frozen=True, slots=True)
class Door:
    """What requests are checked against.

    ``forwarded``: a proxy in front says whose address a request comes from.
    """

    names: frozenset[str]
    scheme: str = "http"
    forwarded: bool = False

    @property
    def secure(self) -> bool:
        """Whether cookies may be sent encrypted alone."""
        return self.scheme == "https"

    def cookie(self, port: int) -> str:
        """Name of the session's cookie: programs on one machine share their cookies."""
        return "__Host-hilum" if self.secure else f"hilum-{port}"

    def own(self, name: str) -> str:
        """Name of a cookie that holds no secret."""
        return f"__Host-{name}" if self.secure else name


def door_of(serving: Serving, host: str, port: int) -> Door:
    """What requests are checked against, from what was said at the start."""
    scheme = "https" if serving.encrypted else "http"
    if serving.proxy is not None:
        said = urlsplit(serving.proxy).netloc.lower()
        usual = {said, f"{said}:{HTTPS_PORT}"} if ":" not in said else {said}
        return Door(frozenset(usual), scheme, forwarded=True)
    names = set(own_names(port, scheme)) | {
        one for name in _names(serving, host) for one in with_port(name, port, scheme)
    }
    return Door(frozenset(names), scheme)


def with_port(name: str, port: int, scheme: str) -> set[str]:
    """What a browser says for a name: with the port, and without where it is the usual one."""
    usual = {"http": 80, "https": HTTPS_PORT}[scheme]
    return {f"{name}:{port}", *({name} if port == usual else ())}


def _names(serving: Serving, host: str) -> set[str]:
    named = {one.lower() for one in serving.names}
    if host not in THIS_MACHINE and not ip_address(host).is_unspecified:
        named.add(f"[{host}]" if ":" in host else host)
    return named


def checked_serving(serving: Serving, host: str) -> None:
    """Refuse what would serve strangers, or let somebody listen.

    Raises
    ------
    InputError
        With what is missing.
    """
    if (serving.certificate is None) is not (serving.key is None):
        raise InputError(Fault("--certificate", None, "certificate", "", "--key beside it"))
    if serving.proxy is not None:
        _checked_proxy(serving)
    for name in serving.names:
        if not HOST.fullmatch(name.lower()) or len(name) > 253:
            wanted = "a name such as hilum.hospital.example, without https:// and port"
            raise InputError(Fault("--name", None, "name", name, wanted))
    elsewhere = serving.proxy is not None or bool(serving.names)
    if host not in THIS_MACHINE:
        found = _address(host)
        if found is None:
            wanted = "localhost, or an address of this machine such as 192.0.2.5 or 0.0.0.0"
            raise InputError(Fault("--host", None, "host", host, wanted))
        elsewhere = elsewhere or not found.is_loopback
        if found.is_unspecified and not serving.names and serving.proxy is None:
            raise InputError(Fault("--host", None, "host", host, WANTED_NAME))
    if elsewhere and not serving.auth:
        raise InputError(Fault("--host", None, "host", host, WANTED_AUTH))
    if elsewhere and not (serving.encrypted or serving.unencrypted):
        raise InputError(Fault("--host", None, "host", host, WANTED_TLS))
    if serving.certificate is not None:
        context(serving)


def _checked_proxy(serving: Serving) -> None:
    said = urlsplit(serving.proxy or "")
    rest = said.path in ("", "/") and not (said.query or said.fragment or said.username)
    if said.scheme != "https" or not HOST.fullmatch((said.hostname or "").lower()) or not rest:
        wanted = "an origin such as https://hilum.hospital.example"
        raise InputError(Fault("--behind-proxy", None, "proxy", serving.proxy or "", wanted))
    if serving.certificate is not None:
        wanted = "no --certificate beside it: the proxy encrypts"
        raise InputError(Fault("--behind-proxy", None, "proxy", serving.proxy or "", wanted))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def context(serving: Serving) -> ssl.SSLContext:
    """TLS 1.2 with forward secrecy, or 1.3.

    Raises
    ------
    InputError
        The certificate and key cannot be read or do not belong together.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers(CIPHERS)
    made.options |= ssl.OP_NO_RENEGOTIATION
    try:
        made.load_cert_chain(serving.certificate or "", serving.key, password="")
    except (OSError, ValueError) as error:
        name = serving.certificate.name if serving.certificate else ""
        wanted = "a certificate and its key in PEM, the key without a passphrase"
        raise InputError(Fault("--certificate", None, "certificate", name, wanted)) from error
    return made
