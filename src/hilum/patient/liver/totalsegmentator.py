"""TotalSegmentator as a neighbour: run where the user has installed it, never bundled.

hilum segments nothing itself. The program is started as its own command on one image; its masks
are written into a folder that :func:`hilum.patient.liver.read_liver` then reads by name.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, MissingExtra, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM = "TotalSegmentator"
# Tasks that write what hilum reads; the mask of the whole liver is one class of "total".
TASKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("total", ("--roi_subset", "liver")),
    ("liver_segments", ()),
    ("liver_vessels", ()),
)


def run_totalsegmentator(
    image: str | Path, folder: str | Path, *, fast: bool = False, more: Sequence[str] = ()
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

    Raises
    ------
    MissingExtra
        When the program is not installed.
    InputError
        When there is no such image, or the program stops with an error.
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
    out.mkdir(parents=True, exist_ok=True)
    for task, arguments in TASKS:
        command = [program, "-i", str(source), "-o", str(out), "--task", task, *arguments, *more]
        if fast and task == "total":
            command.append("--fast")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            last = " ".join(done.stderr.split())[-200:]
            expected = phrased(
                "{program} --task {task} to succeed ({last})", program=PROGRAM, task=task, last=last
            )
            raise InputError(Fault(str(source), None, "image", source.name, expected))
    return out
