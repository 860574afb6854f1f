"""Label maps of cases: files in a folder beside the store, found by ids that the store gives.

A case never names a file here, and no name that somebody sent becomes a path. A liver's files are
written once; beside them lie how they are read and the plans that were tried.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import uuid
from base64 import b64decode, b64encode
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import UnknownCode
from hilum.store.opening import OWNER_FOLDER, OWNER_ONLY
from hilum.store.processes import running
from hilum.store.sealed import MARKED, PLAIN, Sealing
from hilum.store.sealed_files import aside, open_folder, seal_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

NAME: Final = "livers"
# The name of this folder among those that other machines have.
PLACE: Final = "place"
ID = re.compile(r"[0-9a-f]{32}")
DRAFT = re.compile(r"\.(?:(\d{1,10})-)[0-9a-f]{32}")
# Livers of a case that were deleted, and can be brought back.
REMOVED: Final = "removed"
FILES, KEPT, PLANS, CT = "files", "liver.json", "plans.json", "ct.json"
# Files of a store with a key, each under a number.
SEALED: Final = "sealed"
# Plans that can be undone.
MOST_PLANS: Final = 100


@dataclass(frozen=True, slots=True)
class KeptLiver:
    """Label maps of one case: when they came, and how the readers are told to read them."""

    case_id: str
    liver_id: str
    made_at: dt.datetime
    preset: str
    spacing: str


@dataclass(frozen=True, slots=True)
class Livers:
    """The livers beside one store.

    Parameters
    ----------
    folder : Path
        The store's own; only its owner may read it.
    sealing : Sealing
        What the files are encrypted by, where the store has a key.
    """

    folder: Path
    sealing: Sealing = PLAIN

    @property
    def place(self) -> str:
        """What this folder is called, so that a worker knows whether it can read its files."""
        path = self.folder / PLACE
        self.folder.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
        try:
            return path.read_text("ascii").strip()
        except FileNotFoundError:
            made = self.folder / f".{uuid.uuid4().hex}"
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT, OWNER_ONLY), "w") as file:
                file.write(uuid.uuid4().hex)
            # Of two who begin at once the first one's stays.
            try:
                os.link(made, path)
            except FileExistsError:
                pass
            finally:
                made.unlink()
            return path.read_text("ascii").strip()

    def add(
        self, case_id: str, lay: Callable[[Path], object], preset: str = "", spacing: str = ""
    ) -> KeptLiver:
        """A new liver of a case; ``lay`` writes its files into an empty folder.

        Where ``lay`` ends in an error nothing is kept.
        """
        home = self._home(case_id)
        made = KeptLiver(case_id, uuid.uuid4().hex, dt.datetime.now(tz=dt.UTC), preset, spacing)
        draft = home / f".{os.getpid()}-{made.liver_id}"
        inside = draft / (SEALED if self.sealing else FILES)
        for one in (self.folder / NAME, home, draft, inside):
            one.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
        try:
            if self.sealing:
                with aside(self.folder) as plain:
                    lay(plain)
                    seal_folder(self.sealing, plain, inside, (NAME, made.liver_id))
            else:
                lay(inside)
            said = {"made_at": made.made_at.isoformat(), "preset": preset, "spacing": spacing}
            self._write(draft / KEPT, said, made.liver_id)
            for one in draft.rglob("*"):
                one.chmod(OWNER_FOLDER if one.is_dir() else OWNER_ONLY)
            draft.rename(home / made.liver_id)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        return made

    def of(self, case_id: str) -> list[KeptLiver]:
        """Every liver of a case, the last first."""
        home = self._home(case_id)
        if not home.is_dir():
            return []
        found = [self._read(one) for one in home.iterdir() if ID.fullmatch(one.name)]
        return sorted(found, key=lambda one: one.made_at, reverse=True)

    def removed(self, case_id: str) -> list[KeptLiver]:
        """Every liver of a case that was deleted and can be brought back, the last first."""
        away = self._home(case_id) / REMOVED
        found = [self._read(one) for one in away.iterdir()] if away.is_dir() else []
        return sorted(found, key=lambda one: one.made_at, reverse=True)

    def one(self, case_id: str, liver_id: str) -> KeptLiver:
        """One liver by its ids.

        Raises
        ------
        UnknownCode
            There is none.
        """
        if not ID.fullmatch(liver_id) or not (self._home(case_id) / liver_id).is_dir():
            raise UnknownCode("liver", liver_id, ())
        return self._read(self._home(case_id) / liver_id)

    @contextmanager
    def files(self, liver: KeptLiver) -> Generator[Path]:
        """Where a liver's files lie as they came, for as long as they are read.

        Raises
        ------
        Spoilt
            They are encrypted, and one was changed, cut or moved.
        """
        home = self._home(liver.case_id) / liver.liver_id
        if not self.sealing:
            yield home / FILES
            return
        with aside(self.folder) as plain:
            open_folder(self.sealing, home / SEALED, plain, (NAME, liver.liver_id))
            yield plain

    def plans(self, liver: KeptLiver) -> list[dict[str, Any]]:
        """Plans that were tried, the last one counts; none at first."""
        path = self._home(liver.case_id) / liver.liver_id / PLANS
        return self._said(path, liver.liver_id) if path.is_file() else []

    def plan(self, liver: KeptLiver, plan: dict[str, Any]) -> None:
        """Try a plan."""
        before = self.plans(liver)
        if not before or before[-1] != plan:
            self._keep(liver, [*before, plan][-MOST_PLANS:])

    def undo(self, liver: KeptLiver) -> None:
        """Back to the plan before."""
        self._keep(liver, self.plans(liver)[:-1])

    def has_ct(self, liver: KeptLiver) -> bool:
        """Whether a CT lies beside the label maps."""
        return (self._home(liver.case_id) / liver.liver_id / CT).is_file()

    def ct(self, liver: KeptLiver) -> bytes:
        """The CT beside the label maps.

        Raises
        ------
        UnknownCode
            There is none.
        """
        path = self._home(liver.case_id) / liver.liver_id / CT
        if not path.is_file():
            raise UnknownCode("ct", liver.liver_id, ())
        return b64decode(self._said(path, liver.liver_id))

    def keep_ct(self, liver: KeptLiver, content: bytes) -> None:
        """Lay a CT beside the label maps, in the place of one that was there."""
        path = self._home(liver.case_id) / liver.liver_id / CT
        self._write(path, b64encode(content).decode("ascii"), liver.liver_id)

    def drop_ct(self, liver: KeptLiver) -> None:
        """Delete the CT."""
        (self._home(liver.case_id) / liver.liver_id / CT).unlink(missing_ok=True)

    def put_away(self, case_id: str, liver_id: str) -> None:
        """Delete a liver so that it can be brought back."""
        liver = self.one(case_id, liver_id)
        away = self._home(case_id) / REMOVED
        away.mkdir(mode=OWNER_FOLDER, exist_ok=True)
        (self._home(case_id) / liver.liver_id).rename(away / liver.liver_id)

    def bring_back(self, case_id: str, liver_id: str) -> None:
        """A liver that was deleted is there again, with its plans and its CT.

        Raises
        ------
        UnknownCode
            There is none such.
        """
        self._away(case_id, liver_id).rename(self._home(case_id) / liver_id)

    def drop(self, case_id: str, liver_id: str) -> None:
        """Delete for good a liver that was deleted.

        Raises
        ------
        UnknownCode
            There is none such.
        """
        shutil.rmtree(self._away(case_id, liver_id))

    def _away(self, case_id: str, liver_id: str) -> Path:
        path = self._home(case_id) / REMOVED / liver_id
        if not ID.fullmatch(liver_id) or not path.is_dir():
            raise UnknownCode("liver", liver_id, ())
        return path

    def remove(self, case_id: str, liver_id: str | None = None) -> None:
        """Delete a liver's files for good, or every liver's of a case, those put away too."""
        home = self._home(case_id)
        shutil.rmtree(home if liver_id is None else home / self.one(case_id, liver_id).liver_id,
                      ignore_errors=liver_id is None)  # fmt: skip

    def sweep(self) -> None:
        """Delete halves of livers that killed programs left; what one that runs writes stays."""
        folder = self.folder / NAME
        for home in folder.iterdir() if folder.is_dir() else ():
            for one in home.iterdir() if home.is_dir() else ():
                draft = DRAFT.fullmatch(one.name)
                if draft and not running(int(draft[1])):
                    shutil.rmtree(one, ignore_errors=True)

    def _home(self, case_id: str) -> Path:
        if not ID.fullmatch(case_id):
            raise UnknownCode("case", case_id, ())
        return self.folder / NAME / case_id

    def _read(self, home: Path) -> KeptLiver:
        """The liver in a folder, of the case whose folder it lies in."""
        said = self._said(home / KEPT, home.name)
        when = dt.datetime.fromisoformat(said["made_at"])
        case = home.parent.parent if home.parent.name == REMOVED else home.parent
        return KeptLiver(case.name, home.name, when, said["preset"], said["spacing"])

    def _keep(self, liver: KeptLiver, plans: list[dict[str, Any]]) -> None:
        self._write(self._home(liver.case_id) / liver.liver_id / PLANS, plans, liver.liver_id)

    def _said(self, path: Path, liver_id: str) -> Any:
        text = self.sealing.open(path.read_text("utf-8"), (NAME, liver_id, path.name))
        return json.loads(text)

    def _write(self, path: Path, said: object, liver_id: str) -> None:
        _whole(path, self.sealing.close(json.dumps(said), (NAME, liver_id, path.name)))

    def sealed_anew(self, after: Sealing) -> int:
        """Encrypt every liver by another sealing; how many files.

        One that was not encrypted, or is by the other sealing already, is taken as it is found.
        """
        folder, count = self.folder / NAME, 0
        homes = [one for place in ("*/*", f"*/{REMOVED}/*") for one in sorted(folder.glob(place))
                 if ID.fullmatch(one.name)] if folder.is_dir() else []  # fmt: skip
        for home in homes:
            for name in (KEPT, PLANS, CT):
                path = home / name
                if path.is_file():
                    text = path.read_text("utf-8")
                    by = after if text.startswith(MARKED) else PLAIN
                    context = (NAME, home.name, name)
                    _whole(path, after.close(by.open(text, context), context))
                    count += 1
            count += self._files_anew(home, after)
        return count

    def _files_anew(self, home: Path, after: Sealing) -> int:
        """Files of one liver: the new ones lie there whole before the old ones go."""
        made, old = home / f"{SEALED}.new", home / f"{SEALED}.old"
        if made.is_dir() and not (home / SEALED).is_dir() and not (home / FILES).is_dir():
            made.rename(home / SEALED)  # where a power cut came between the two names
        for one in (made, old):
            shutil.rmtree(one, ignore_errors=True)
        made.mkdir(mode=OWNER_FOLDER)
        with aside(self.folder) as plain:
            source = home / FILES
            if (home / SEALED).is_dir():
                source = plain
                open_folder(after, home / SEALED, plain, (NAME, home.name))
            seal_folder(after, source, made, (NAME, home.name))
        for one in made.iterdir():
            one.chmod(OWNER_ONLY)
        if (home / SEALED).is_dir():
            (home / SEALED).rename(old)
        made.rename(home / SEALED)
        for one in (old, home / FILES):
            shutil.rmtree(one, ignore_errors=True)
        return sum(1 for _ in (home / SEALED).iterdir())


def _whole(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    beside = path.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w",
                   encoding="utf-8") as file:  # fmt: skip
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
