"""Posteriors kept in the user's cache folder, found by the hash of all that they depend on.

The second question of the same studies (another margin, pair, target or language) is answered
from the draws of the first. What is kept is the studies' draws and no patient: a target is applied
to them afterwards. The folder is the user's alone, a file is whole or not there, and nothing that
was made by other code is found. ``HILUM_CACHE`` names another folder, ``off`` keeps nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import asdict, fields
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hilum.analyses.joint_answer import ArmOutside, Predictive
from hilum.analyses.joint_made import predictive
from hilum.derived import derived
from hilum.errors import HilumError, NotConverged
from hilum.store.whole import write
from hilum.synthesis.joint.diagnostics import Convergence
from hilum.synthesis.joint.record import JointFit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.synthesis.joint import Priors, Studies

FORMAT: Final = 2
MOST_BYTES: Final = 500_000_000
"""What the folder may hold; the oldest posteriors go first."""
CHECK: Final = ".json"
"""Beside a posterior: the model against its own arms."""
OF_PARTS: Final = ("alpha", "slope")
"""What of a part of the evidence is asked for again: its levels, in any target."""
Fits = dict[str, JointFit | NotConverged]


def folder() -> Path | None:
    """Where posteriors are kept, the user's alone; None where nothing is to be kept."""
    return derived("joint")


def key_of(studies: Studies, priors: Priors, **asked: Any) -> str:
    """Hash of the studies, the priors, what else was asked, and the code that answers."""
    told = hashlib.sha256()
    told.update(_code().encode())
    for field in fields(studies):
        value = getattr(studies, field.name)
        if isinstance(value, np.ndarray):
            told.update(f"{field.name} {value.dtype} {value.shape} ".encode())
            told.update(np.ascontiguousarray(value).tobytes())
        else:
            told.update(json.dumps([field.name, value]).encode())
    told.update(repr(priors).encode())
    told.update(json.dumps(asked, sort_keys=True, default=repr).encode())
    return told.hexdigest()[:32]


@cache
def _code() -> str:
    """What makes a posterior: the model's own text, and the versions beneath it."""
    told = hashlib.sha256(str(FORMAT).encode())
    room = files("hilum.synthesis.joint")
    for one in sorted(room.iterdir(), key=lambda file: file.name):
        if one.name.endswith(".py"):
            told.update(one.read_bytes())
    for name in ("jax", "numpyro", "numpy"):
        # Each says its version in a file of that name, read without loading the package.
        found = find_spec(name)
        if found is not None and found.origin is not None:
            with suppress(OSError):
                told.update(Path(found.origin).with_name("version.py").read_bytes())
    return told.hexdigest()


def find(key: str, studies: Studies, priors: Priors) -> Fits | None:
    """What is kept under a key, or None; what cannot be read whole is not there."""
    place = folder()
    if place is None:
        return None
    path = place / f"{key}.npz"
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            plain = json.loads(str(held["fits"]))
            out: Fits = {
                name: _fit(
                    one, {key: held[f"{name}/{key}"] for key in one["draws"]}, studies, priors
                )
                for name, one in plain.items()
            }
        # The one used last goes last.
        with suppress(OSError):
            path.touch()
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None
    return out


def keep(key: str, fits: Mapping[str, JointFit | NotConverged], parts: tuple[str, ...]) -> None:
    """Keep fits under a key, those of ``parts`` by their levels; what cannot be kept is not.

    A fit that did not converge is told anew each time, and so is everything beside it.
    """
    place = folder()
    if place is None or not all(isinstance(one, JointFit) for one in fits.values()):
        return
    arrays: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    for name, one in fits.items():
        assert isinstance(one, JointFit)
        wanted = tuple(x for x in one.draws if x in OF_PARTS or name not in parts)
        plain[name] = {
            "weights": one.weights, "convergence": asdict(one.convergence), "seconds": one.seconds,
            "seed": one.seed, "steps": one.steps, "draws": wanted,
        }  # fmt: skip
        arrays |= {f"{name}/{field}": one.draws[field] for field in wanted}
    with suppress(OSError):
        _write(place, key, json.dumps(plain), arrays)


def checked(key: str, fit: JointFit, *, kept: bool) -> Predictive | None:
    """A fit against its own arms, as an earlier question left it where the fit was ``kept``."""
    place = folder()
    path = None if place is None else place / f"{key}{CHECK}"
    if kept and path is not None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            return _predictive(json.loads(path.read_text("utf-8")))
    made = predictive(fit)
    if path is not None and path.with_suffix(".npz").exists():
        with suppress(OSError, HilumError):
            write(json.dumps(None if made is None else asdict(made)).encode(), path, mode=0o600)
    return made


def _predictive(plain: dict[str, Any] | None) -> Predictive | None:
    if plain is None:
        return None
    outside = (ArmOutside(**one | {"interval": tuple(one["interval"])}) for one in plain["outside"])
    return Predictive(p=plain["p"], outside=tuple(outside))


def _fit(
    plain: dict[str, Any], draws: dict[str, Any], studies: Studies, priors: Priors
) -> JointFit:
    first, second = plain["weights"]
    return JointFit(
        studies, priors, (first, second), draws, Convergence(**plain["convergence"]),
        plain["seconds"], plain["seed"], plain["steps"],
    )  # fmt: skip


def _write(place: Path, key: str, plain: str, arrays: dict[str, Any]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.mkdir(mode=0o700, exist_ok=True)
    # A file of its own, private from the start; two that write replace each other whole.
    number, name = tempfile.mkstemp(dir=place, prefix=".", suffix=".part")
    try:
        with os.fdopen(number, "wb") as file:
            np.savez(file, allow_pickle=False, fits=np.array(plain), **arrays)
        Path(name).replace(place / f"{key}.npz")
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _trim(place)


def _trim(place: Path) -> None:
    """Leave the newest, up to :data:`MOST_BYTES`."""
    total = 0
    held = [(one.stat(), one) for one in place.glob("*.npz")]
    for at, one in sorted(held, key=lambda pair: pair[0].st_mtime, reverse=True):
        total += at.st_size
        if total > MOST_BYTES:
            one.unlink(missing_ok=True)
            one.with_suffix(CHECK).unlink(missing_ok=True)
