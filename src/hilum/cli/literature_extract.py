"""``hilum literature extract``: full texts into rows of the evidence tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.asking import Asking, Language, asking, named
from hilum.cli.grouping import Grouped
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from hilum.literature.extraction.rows import Tables

extract = typer.Typer(
    no_args_is_help=True, cls=Grouped,
    help="Full texts into studies, arms and results, each with page and sentence.",
)  # fmt: skip
Folder = Annotated[Path, typer.Argument(help="Folder of the review.")]
Who = Annotated[str, typer.Option(help="Who extracts: initials or a name; each has own files.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
Out = Annotated[Path | None, typer.Option(help="File to write; else standard output.")]
Replace = Annotated[bool, typer.Option("--replace", help="Write rows anew that are there already.")]


@extract.command("template", cls=Asking)
@asking(None)
def template(
    folder: Folder,
    record: Annotated[
        str | None, typer.Argument(help="The report's id; a form with what is known of it.")
    ] = None,
    table: Annotated[
        str | None, typer.Option(help="Only the head of a table: studies, arms or results (CSV).")
    ] = None,
    out: Out = None,
    language: Language = None,
) -> None:
    """Print a form to be filled in: a study, its arms and results (TOML), or a table (CSV)."""
    from hilum.analyses.extraction_writing import blank_form
    from hilum.literature.extraction.columns import TABLES

    words = words_of(language)
    if (record is None) == (table is None):
        expected = "a report's id, or --table"
        raise InputError(Fault("", None, "record", record or "", expected))
    if table is not None:
        if table not in TABLES:
            known = phrased("one of {known}", known=", ".join(TABLES))
            raise InputError(Fault("--table", None, "table", table, known))
        text = ",".join(TABLES[table].head) + "\n"
    else:
        with named():
            text = blank_form(folder, record or "")
    _put(text, out, words)


@extract.command("add", cls=Asking)
@asking(None)
def add(
    folder: Folder,
    files: Annotated[
        list[Path],
        typer.Argument(help="Filled forms (TOML), tables (CSV), a table of appraisals (CSV)."),
    ],
    extractor: Who,
    replace: Replace = False,
    language: Language = None,
) -> None:
    """Add filled forms to an extractor's files: all of their rows, or none with every fault."""
    from hilum.analyses.extraction_appraisals import new_appraisals
    from hilum.analyses.extraction_writing import new_rows, read_filled
    from hilum.literature.review.folder import held, keep_files

    words = words_of(language)
    given, appraisals = read_filled(files)
    name = files[0].name if len(files) == 1 else ""
    with held(folder):
        if any(given.values()) or not appraisals:
            with named():
                made = new_rows(folder, extractor, given, replace=replace, file=name)
            keep_files(folder, made)
        if appraisals:
            with named():
                made = new_appraisals(folder, extractor, appraisals)
            keep_files(folder, made)
    typer.echo(_counted(given, words))
    if appraisals:
        typer.echo(words("appraisals of {who} kept", who=extractor))


@extract.command("row", cls=Asking)
@asking(None)
def row(
    folder: Folder,
    table: Annotated[str, typer.Argument(help="studies, arms or results.")],
    extractor: Who,
    cells: Annotated[
        list[str], typer.Option("--set", help="A cell: COLUMN=VALUE; given again for each.")
    ],
    replace: Replace = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take out the row that these cells name instead.")
    ] = False,
    language: Language = None,
) -> None:
    """Add one row, cell by cell; page and sentence say where it was read."""
    from hilum.analyses.extraction_own import removed_row
    from hilum.analyses.extraction_writing import new_rows
    from hilum.literature.extraction.columns import TABLES
    from hilum.literature.extraction.rows import filled
    from hilum.literature.review.folder import held, keep_files

    words = words_of(language)
    if table not in TABLES:
        known = phrased("one of {known}", known=", ".join(TABLES))
        raise InputError(Fault("", None, "table", table, known))
    wrong = [one for one in cells if "=" not in one]
    if wrong:
        raise InputError(*(Fault("--set", None, "set", one, "COLUMN=VALUE") for one in wrong))
    given = dict(_pair(one) for one in cells)
    whole = filled(table, given)
    with held(folder):
        with named():
            if remove:
                made = removed_row(folder, extractor, table, TABLES[table].mark_of(whole))
            else:
                made = new_rows(folder, extractor, {table: [given]}, replace=replace)
        keep_files(folder, made)
    gone = TABLES[table].said_of(whole)
    said = words("taken out: {what}", what=gone) if remove else _counted({table: [given]}, words)
    typer.echo(said)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _counted(given: Tables, words: Any) -> str:
    counts = {name: len(given.get(name, ())) for name in ("studies", "arms", "results")}
    return words("added: {studies} studies, {arms} arms, {results} results", **counts)


@extract.command("status", cls=Asking)
@asking("extraction")
def status(
    asked: dict[str, Any], folder: Folder, as_json: AsJson = False, language: Language = None
) -> None:
    """Show agreement, what is open, and what the form expects and nobody found."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching
    from hilum.rendering.extraction import extraction_lines

    words = words_of(language)
    record = analysis("extraction")
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(folder=str(folder), **asked), watch)
    typer.echo(to_json(answer) if as_json else "\n".join(extraction_lines(answer, words)))


@extract.command("resolve", cls=Asking)
@asking(None)
def resolve(
    folder: Folder,
    key: Annotated[str, typer.Argument(help="The row, as extract status names it.")],
    by: Annotated[str, typer.Option(help="Who decides: initials or a name.")],
    column: Annotated[str, typer.Option(help="The cell's column; none for a whole row.")] = "",
    value: Annotated[
        str | None, typer.Option(help="The value that holds; of a whole row: keep or drop.")
    ] = None,
    take: Annotated[str | None, typer.Option(help="Take this extractor's value.")] = None,
    note: Annotated[str, typer.Option(help="A note to it.")] = "",
    consensus: Annotated[
        bool, typer.Option("--consensus", help="All who extracted the row agree on it.")
    ] = False,
    language: Language = None,
) -> None:
    """Decide a cell on which extractors differ, or a row that too few have, by a further row."""
    from hilum.analyses.extraction_writing import resolution
    from hilum.literature.extraction.resolved import FILE, head_line, line_of
    from hilum.literature.review.folder import append_line, held, list_tables, now

    words = words_of(language)
    with named():
        made = resolution(
            folder, key, column, by, value=value, take=take, when=now(), note=note,
            consensus=consensus,
        )  # fmt: skip
    append_line(folder, FILE, head_line(), line_of(made))
    with held(folder):
        list_tables(folder, {FILE: head_line()})
    typer.echo(words("{key} {column}: {value} by {who}", key=key, column=column, value=made.value,
                     who=made.by))  # fmt: skip


@extract.command("appraise", cls=Asking)
@asking(None)
def appraise(
    folder: Folder,
    tool: Annotated[
        str, typer.Option(help="rob2, robins_i, minors, jbi_cohort or jbi_case_series.")
    ],
    extractor: Who,
    study: Annotated[
        list[str] | None, typer.Option(help="Study id; may be given again. Else every fitting one.")
    ] = None,
    out: Out = None,
    language: Language = None,
) -> None:
    """Print a form that appraises an extractor's studies; filled in, extract add takes it."""
    from hilum.analyses.extraction_appraisals import blank_appraisals
    from hilum.rendering.appraise import where_lines

    words = words_of(language)
    with named():
        text = blank_appraisals(folder, extractor, tool, words, study or ())
    _put(text, out, words)
    for line in where_lines(tool, words):
        typer.echo(line, err=out is None)


@extract.command("export", cls=Asking)
@asking(None)
def export(
    folder: Folder,
    out: Annotated[Path, typer.Option(help="Folder of the evidence to write.")],
    extractors: Annotated[
        int, typer.Option(help="Extractors who have to have every row.", min=1, max=9)
    ] = 2,
    language: Language = None,
) -> None:
    """Write what is accepted as a folder that hilum evidence check, cell and board take."""
    from hilum.analyses.extraction_writing import evidence_folder
    from hilum.literature.review.folder import keep_files

    words = words_of(language)
    if out.exists() and not (out / "places.csv").is_file() and any(out.glob("*.csv")):
        expected = "a new folder, or one that extract export wrote"
        raise InputError(Fault("--out", None, "out", out.name, expected))
    with named():
        files = evidence_folder(folder, extractors)
    keep_files(out, files)
    for name in files:
        typer.echo(words("wrote {file}", file=out / name))


def _put(text: str, out: Path | None, words: Any) -> None:
    from hilum.cli.writing import write

    if out is None:
        typer.echo(text, nl=False)
        return
    if out.exists():
        raise InputError(Fault("--out", None, "out", out.name, "a file that does not exist yet"))
    write(text.encode(), out)
    typer.echo(words("wrote {file}", file=out))
