"""Everything of a pooled answer as files: figures, tables, the answer, and how to make it again."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hilum.analyses.forms import to_json
from hilum.rendering.measures import measure_name
from hilum.rendering.own_taken import TABLE, noted, pictures, script, table_text, versions, zipped
from hilum.rendering.pool import pool_lines
from hilum.rendering.pool_code import code_of
from hilum.rendering.pool_page import drawn_kinds, look_from
from hilum.rendering.pool_plots import plot_kind
from hilum.rendering.pool_studies import as_csv, study_table
from hilum.rendering.workbooks import numbered, workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.analyses.pool import PoolAnswered
    from hilum.analyses.pool_asked import PoolAsked
    from hilum.analyses.without_one import Without
    from hilum.language import Words
    from hilum.rendering.whence import Whence

PLAIN: Final = (
    "measure", "method", "test", "by", "same_tau2", "mods", "model", "add", "to", "level",
    "label", "bias", "source", "at", "multilevel", "multivariate", "rho", "covariances", "robust",
    "cluster", "bayes", "prior", "scale", "drop00", "columns",
)  # fmt: skip
"""Fields of a question that differ from run to run; each has an option of its own."""


def taken(
    answer: PoolAnswered,
    left: Sequence[Without],
    again: Callable[[tuple[str, ...]], PoolAnswered],
    words: Words,
    whence: Whence | None = None,
) -> bytes:
    """A ZIP of everything; ``again`` gives the answer with what a plot needs beside it.

    ``whence`` says of what the table is, where it is of the evidence.
    """
    table, (head, rows) = table_text(answer.asked.table), study_table(answer, left)
    of = told_whence(answer, whence, words)
    held: dict[str, str | bytes] = {
        "answer.txt": "\n".join([*of, *pool_lines(answer, words)]) + "\n",
        "answer.json": to_json(answer) + "\n",
        TABLE: table,
        "studies.csv": as_csv(head, rows),
        "tables.xlsx": workbook({"table": numbered(table), "studies": [head, *rows]}),
        "again.sh": script(of, command(answer.asked)),
        "again.py": noted(of) + python(answer.asked),
        "again.R": noted(of) + code_of(answer, "R", Path(TABLE)) + "\n",
        "versions.txt": versions(),
    }
    kinds = {code: plot_kind(code) for code, _ in drawn_kinds(answer, words)}
    drawn = {
        code: kind.draw(again(kind.needs), words, look_from(answer, whence, code, words))
        for code, kind in kinds.items()
    }
    return zipped({**held, **pictures(drawn)})


def told_whence(answer: PoolAnswered, whence: Whence | None, words: Words) -> list[str]:
    """Of what a table of the evidence is, and why the map has no average of it."""
    if whence is None:
        return []
    title = whence.title(measure_name(answer.measure, words), words)
    return [title, *whence.lines, *([whence.warning] if whence.warning else [])]


def given(asked: PoolAsked) -> dict[str, object]:
    """What a question says beyond its defaults."""
    usual = {one.name: one.default for one in fields(asked)}
    found = {name: getattr(asked, name) for name in PLAIN if name != "columns"}
    said = {name: value for name, value in found.items() if value != usual[name]}
    return {**said, **({"columns": asked.columns} if asked.columns else {})}


def command(asked: PoolAsked) -> str:
    """The command that asks the same of the table in the folder."""
    import shlex

    parts = ["hilum", "pool", TABLE]
    for name, value in given(asked).items():
        if isinstance(value, dict):
            for column, own in value.items():  # pyright: ignore[reportUnknownVariableType]
                parts += [f"--{column}", str(own)]  # pyright: ignore[reportUnknownArgumentType]
        elif isinstance(value, tuple):
            parts += [one for text in value for one in (f"--{name}", str(text))]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        elif value is True:
            parts.append(f"--{name.replace('_', '-')}")
        else:
            parts += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join([*parts, "--json"])


def python(asked: PoolAsked, file: str = TABLE) -> str:
    """The same in Python."""
    more = "".join(f", {name}={value!r}" for name, value in given(asked).items())
    named = tuple(asked.columns)
    return (
        "from pathlib import Path\n\n"
        "from hilum.analyses import analysis\n"
        "from hilum.analyses.forms import to_json\n"
        "from hilum.analyses.pool_asked import wanted_columns\n"
        "from hilum.analyses.tables import read_table\n\n"
        'pool = analysis("pool")\n'
        f"wanted = wanted_columns({asked.measure!r}, {named!r})\n"
        f"table = read_table(Path({file!r}), wanted)\n"
        f"print(to_json(pool.run(pool.Asked(table=table{more}))))\n"
    )
