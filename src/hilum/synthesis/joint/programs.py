"""Compiled programs kept among the derived files, so that a shape is compiled once a machine.

To compile the sampler takes longer than to draw; a program depends on the shape of the data, the
priors and the code, not on the figures. JAX keeps and finds it
(``jax_compilation_cache_dir``); here is where, what of it may stay, and for which machine.
"""

from __future__ import annotations

import hashlib
import platform
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hilum.derived import derived

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_BYTES: Final = 200_000_000
"""What the folder may hold; the oldest programs go first."""
LEAST_SECONDS: Final = 0.3
"""Programs that compile faster are not kept."""
PROGRAM: Final = "-cache"
WHOLE: Final = "-whole"
"""Beside each program that was written to its end; one cut short is not found again."""
CPUINFO: Final = Path("/proc/cpuinfo")


def folder() -> Path | None:
    """Where this machine's programs are kept; None where nothing is to be kept.

    A program holds instructions that another processor may lack.
    """
    place = derived("programs")
    return None if place is None else place / _machine()


def _machine() -> str:
    told = [platform.machine(), platform.processor(), platform.system()]
    with suppress(OSError):
        kinds = ("flags", "Features", "model name")
        lines = CPUINFO.read_text("utf-8", "replace").splitlines()
        told += sorted({line for line in lines if line.startswith(kinds)})
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def find_programs(jax: Any) -> None:
    """Let JAX find and keep programs here, unless somebody said where; before it compiles any."""
    place = folder()
    if place is None or jax.config.jax_compilation_cache_dir:
        return
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        clean(place)
    except OSError:
        return
    jax.config.update("jax_compilation_cache_dir", str(place))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", LEAST_SECONDS)


def settle_programs(jax: Any) -> None:
    """Mark what was written to its end, once everything is compiled."""
    place = folder()
    if place is None or jax.config.jax_compilation_cache_dir != str(place):
        return
    with suppress(OSError):
        for one in _programs(place):
            _mark(one).touch()


def clean(place: Path) -> None:
    """Remove what was cut short, then the oldest beyond :data:`MOST_BYTES`."""
    total = 0
    held = [(one.stat(), one) for one in _programs(place)]
    for at, one in sorted(held, key=lambda pair: pair[0].st_mtime, reverse=True):
        total += at.st_size
        if total > MOST_BYTES or not _mark(one).exists():
            one.unlink(missing_ok=True)
            _mark(one).unlink(missing_ok=True)


def _programs(place: Path) -> Iterable[Path]:
    return place.glob(f"*{PROGRAM}")


def _mark(program: Path) -> Path:
    return program.with_name(program.name + WHOLE)
