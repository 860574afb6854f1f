"""TotalSegmentator as a neighbour: run where the user has installed it, never bundled.

hilum segments nothing itself. The program is started as its own command on one image; its masks
are written into a folder that :func:`hilum.patient.liver.read_liver` then reads by name.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, MissingExtra, phrased
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.watch import Watch

PROGRAM = "TotalSegmentator"
# How often a running program is looked at, and how long it has to end when it is asked to.
LOOK_S, GRACE_S = 0.2, 1.0
# Tasks that write what hilum reads; the mask of the whole liver is one class of "total".
TASKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("total", ("--roi_subset", "liver")),
    ("liver_segments", ()),
    ("liver_vessels", ()),
)


def run_totalsegmentator(
    image: str | Path,
    folder: str | Path,
    *,
    fast: bool = False,
    more: Sequence[str] = (),
    watch: Watch = SILENT,
) -> Path:
    """Segment liver, Couinaud segments, vessels and tumours of a CT into a folder of masks.

    Parameters
    ----------
    image : path
        NIfTI file or folder of DICOM slices.
    folder : path
        Where the masks go; made where it does not exist.
    fast : bool
        The program's faster, coarser mode for its task ``total``.
    more : sequence of str
        Further arguments, for example ``("--device", "cpu")``.
    watch : Watch
        Looked at several times a second; the program is ended where it says so.

    Raises
    ------
    MissingExtra
        When the program is not installed.
    InputError
        When there is no such image, or the program stops with an error.
    Stopped
        When the watch says so; nothing is left in the folder.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        message = phrased(
            "{program} is not installed: see its own documentation, or give label maps",
            program=PROGRAM,
        )
        raise MissingExtra(message)
    source = Path(image)
    if not source.exists():
        raise InputError(Fault(str(source), None, "image", source.name, "an image that exists"))
    out = Path(folder)
    made = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    # Masks go to their place when all are there: what was ended leaves nothing.
    with TemporaryDirectory(prefix=".hilum-", dir=out) as kept:
        try:
            watch.stage("segmenting", len(TASKS))
            for task, arguments in TASKS:
                words = ["-i", str(source), "-o", kept, "--task", task, *arguments, *more]
                if fast and task == "total":
                    words.append("--fast")
                _ended([program, *words], task, source, watch)
                watch.done()
            for path in sorted(Path(kept).iterdir()):
                path.replace(out / path.name)
        except BaseException:
            if made:
                shutil.rmtree(out, ignore_errors=True)
            raise
    return out


def _ended(command: list[str], task: str, source: Path, watch: Watch) -> None:
    """Run one task; it is ended, with everything it started, when the watch stops it."""
    with TemporaryFile() as said:
        running = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True
        )
        try:
            while True:
                try:
                    status = running.wait(LOOK_S)
                    break
                except subprocess.TimeoutExpired:
                    watch.done(0)
        except BaseException:
            _end(running)
            raise
        said.seek(0)
        if status != 0:
            last = " ".join(said.read().decode("utf-8", "replace").split())[-200:]
            expected = phrased(
                "{program} --task {task} to succeed ({last})", program=PROGRAM, task=task, last=last
            )
            raise InputError(Fault(str(source), None, "image", source.name, expected))


def _end(running: subprocess.Popen[bytes]) -> None:
    """End a program and its children: asked first, then without asking."""
    group = getattr(os, "killpg", None)

    def tell(number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            if group is None:
                running.terminate()
            else:
                group(running.pid, number)

    tell(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        running.wait(GRACE_S)
    tell(getattr(signal, "SIGKILL", signal.SIGTERM))
    running.wait()
