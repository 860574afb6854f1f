"""Columns as they are typed: which hold what an analysis asks for, and which are to be shown."""

from __future__ import annotations

from typing import Annotated

import typer

from hilum.errors import Fault, InputError

Columns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        help="Which column holds what, such as hr=HR,lower=LCL,upper=UCL.",
    ),
]
OfArms = Annotated[
    str | None,
    typer.Option(
        "--columns",
        help="Which column holds what, such as event=Deaths,n=Patients or yi=logHR,sei=SE.",
    ),
]
OfReports = Annotated[
    str | None,
    typer.Option(
        "--columns",
        help="Which column holds what, such as time=Months,value=Alive,lower=LCL,upper=UCL.",
    ),
]
Shown = Annotated[
    str | None,
    typer.Option(
        "--columns",
        help="Which column holds what, such as hr=HR,lower=LCL; a name alone is a column to stand "
        "beside each study in the forest and with --studies.",
    ),
]


def typed_columns(typed: str | None) -> tuple[dict[str, str], tuple[str, ...]]:
    """What is named (``hr=HR``), by the wanted name, and what is to be shown (a name alone).

    Raises
    ------
    InputError
        A part without a name, or one that is named twice.
    """
    named: dict[str, str] = {}
    shown: list[str] = []
    for part in (typed or "").split(","):
        wanted, sign, own = (one.strip() for one in part.partition("="))
        if sign and (not wanted or not own or wanted in named):
            expected = "each column once, as name=COLUMN"
            raise InputError(Fault("--columns", None, "columns", part.strip(), expected))
        if sign:
            named[wanted] = own
        elif wanted:
            shown.append(wanted)
    return named, tuple(shown)


def only_named(typed: str | None) -> dict[str, str]:
    """What is named, where nothing can be shown.

    Raises
    ------
    InputError
        As :func:`typed_columns`; or a name alone.
    """
    named, shown = typed_columns(typed)
    if shown:
        expected = "each column once, as name=COLUMN"
        raise InputError(Fault("--columns", None, "columns", ", ".join(shown), expected))
    return named
