"""``hilum literature new, import, undo, status, export``: a review as a folder of plain files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError
from hilum.literature.review.folder import held, now
from hilum.literature.review.folder import tidied as _tidy
from hilum.literature.review.folder import written_all as _write

if TYPE_CHECKING:
    from hilum.analyses.dedupe import DedupeAnswered
    from hilum.language import Words

Folder = Annotated[Path, typer.Argument(help="Folder of the review.")]
Via = Annotated[
    str,
    typer.Option(
        help="Kind of source: database, register, website, organisation, citation or other."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@asking(None)
def new(
    folder: Folder,
    title: Annotated[str, typer.Option(help="What the review asks.")] = "",
    language: Language = None,
) -> None:
    """Make the folder of a review: plain files, a data package, to be kept in git."""
    from hilum.literature.review.changes import founded

    words = words_of(language)
    from hilum.literature.review.state import MERGES, PACKAGE

    if folder.exists() and (not folder.is_dir() or _has(folder, PACKAGE, MERGES, "records")):
        expected = "a folder that holds no review or data package yet"
        raise InputError(Fault(str(folder), None, "folder", folder.name, expected))
    with held(folder):
        _write(founded(title or folder.resolve().name, now()), folder)
    typer.echo(words("made {folder}", folder=folder))


def _has(folder: Path, *names: str) -> bool:
    return any((folder / name).exists() for name in names)


@asking("references")
def take(
    asked: dict[str, Any],
    folder: Folder,
    files: Annotated[
        list[Path],
        typer.Argument(help="Search exports; the format is recognised from the content."),
    ],
    source: Annotated[
        str, typer.Option("--from", help="Name of the source, such as Embase; for the flow.")
    ] = "",
    via: Via = "",
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Import search exports into a review; whatever cannot be read is listed with its line."""
    from hilum.analyses.forms import to_json
    from hilum.analyses.references import ReferencesAsked, readings_of, reported
    from hilum.cli.watching import watching
    from hilum.literature.review.changes import imported, known
    from hilum.literature.review.origins import must_be_via
    from hilum.literature.review.state import read_review
    from hilum.rendering.references import references_lines
    from hilum.tabular.encoding import read_bytes, visible

    words = words_of(language)
    read_review(folder)
    with named(), watching(words) as watch:
        must_be_via(via)
        question = ReferencesAsked(files=tuple(map(str, files)), **asked)
        found, refused = readings_of(question, watch)
        readings = [one for _, one in found]
        answer = reported(readings, question, refused)
    raw = [read_bytes(path, MOST) for path, _ in found]
    with held(folder):
        review = read_review(folder)
        before = known(review, readings)
        if len(before) < len(readings):
            pairs = list(zip(readings, raw, strict=True))
            _write(imported(review, pairs, now(), source.strip(), via, question.columns), folder)
            after = read_review(folder)
        else:
            after = review
        _tidy(folder)
    typer.echo(to_json(answer) if as_json else "\n".join(references_lines(answer, words)))
    there = {one.code for one in review.imports}
    for one in after.imports:
        if one.code not in there:
            said = words("{file} went into the review: {code}", file=visible(one.file),
                         code=one.code)  # fmt: skip
            typer.echo(said, err=as_json)
    for file, code in before:
        said = words("{file} is in the review already: {code}", file=visible(file), code=code)
        typer.echo(said, err=as_json)
    if refused:
        names = ", ".join(visible(name) for name in dict.fromkeys(one.file for one in refused))
        typer.echo(words("not in the review, nothing of it was read: {files}", files=names),
                   err=as_json)  # fmt: skip
        raise typer.Exit(1)


@asking(None)
def origin(
    folder: Folder,
    code: Annotated[str, typer.Argument(help="An import by its code, such as i002.")],
    source: Annotated[
        str, typer.Option("--from", help="Name of the source, such as Embase; for the flow.")
    ] = "",
    via: Via = "",
    language: Language = None,
) -> None:
    """Say where an import came from: its source's name and kind, as the flow diagram counts it."""
    from hilum.literature.review.changes import originated
    from hilum.literature.review.origins import must_be_source
    from hilum.literature.review.state import read_review

    words = words_of(language)
    with named():
        must_be_source(source.strip(), via)
    with held(folder):
        _write(originated(read_review(folder), code, source.strip(), via, now()), folder)
    typer.echo(words("{code} came from {source}", code=code, source=source.strip() or via))


MOST = 2**31
"""Bytes of a file that is imported."""


@asking("references")
def check(
    asked: dict[str, Any],
    files: Annotated[
        list[Path],
        typer.Argument(help="Search exports; the format is recognised from the content."),
    ],
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Read search exports and say what would be kept; exit status 1 where anything is not read."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching
    from hilum.rendering.references import references_lines

    words = words_of(language)
    record = analysis("references")
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(files=tuple(map(str, files)), **asked), watch)
    typer.echo(to_json(answer) if as_json else "\n".join(references_lines(answer, words)))
    raise typer.Exit(1 if answer.unread or answer.refused else 0)


@asking(None)
def undo(
    folder: Folder,
    imports: Annotated[
        list[str] | None, typer.Argument(help="Imports by their code, such as i002; any of them.")
    ] = None,
    merge: Annotated[
        str | None, typer.Option(help="A pair of merges.csv that is none: A,B.")
    ] = None,
    language: Language = None,
) -> None:
    """Undo imports or a merge, whenever they were made; nothing else of the review changes."""
    from hilum.literature.review.changes import apart, without
    from hilum.literature.review.joined import THROUGH, looked
    from hilum.literature.review.state import read_review
    from hilum.rendering.references import looked_lines

    words = words_of(language)
    if bool(imports) == (merge is not None):
        expected = "imports by their code, or --merge A,B"
        raise InputError(Fault("", None, "undo", merge or "", expected))
    with held(folder):
        review = read_review(folder)
        if merge is not None:
            a, _, b = merge.partition(",")
            _write(apart(review, a.strip(), b.strip(), now()), folder)
        else:
            _write(without(review, imports or [], now()), folder)
            _tidy(folder)
        after = read_review(folder)
    typer.echo(words("undone: {what}", what=merge or ", ".join(imports or ())))
    if imports:
        through = sum(one.reasons == THROUGH for one in after.merges)
        if through:
            said = words("pairs that were joined through undone records and hold on: {count}",
                         count=through)  # fmt: skip
            typer.echo(said)
        searched = looked(after)
        for line in looked_lines(searched.state, searched.imports, words):
            typer.echo(line)
        typer.echo(
            words(
                "decisions on its records stay in the log: the same file, imported again, gets "
                "its code back and they hold again; a file with other bytes gets a new code"
            )
        )


@asking("review")
def status(
    asked: dict[str, Any], folder: Folder, as_json: AsJson = False, language: Language = None
) -> None:
    """Show a review: its imports, its records, its duplicates."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching
    from hilum.rendering.references import review_lines

    words = words_of(language)
    record = analysis("review")
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(folder=str(folder), **asked), watch)
    typer.echo(to_json(answer) if as_json else "\n".join(review_lines(answer, words)))


@asking(None)
def export(
    folder: Folder,
    out: Annotated[Path, typer.Option(help="File to write (ris, bib, nbib, csv or xlsx).")],
    every: Annotated[
        bool, typer.Option("--every", help="Every record, copies too, as it was imported.")
    ] = False,
    language: Language = None,
) -> None:
    """Write a review's records to one file, copies merged with every field and source kept."""
    from hilum.analyses.dedupe import merged_records
    from hilum.cli.literature_dedupe import content_of, form_of
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.literature.review.state import read_review

    words = words_of(language)
    form = form_of(out)
    review = read_review(folder)
    joined = [(one.a, one.b) for one in review.merges if not (one.link or one.undone or every)]
    with watching(words) as watch:
        apart = [(one.a, one.b) for one in review.merges if one.undone]
        content = content_of(merged_records((str(folder),), joined, apart, watch), form)
    write(content, out)
    typer.echo(words("wrote {file}", file=out))


def keep_merges(folder: Path, answer: DedupeAnswered, words: Words) -> None:
    """Write the pairs of an answer into its review."""
    from hilum.literature.review.changes import judged
    from hilum.literature.review.state import Merge, read_review
    from hilum.rendering.dedupe import reasons_in

    merges = [
        Merge(one.a, one.b, one.score, one.link, reasons_in(one))
        for one in (*answer.merges, *answer.links)
    ]
    with held(folder):
        read = [one.file for one in answer.files]
        _write(judged(read_review(folder), merges, read, now()), folder)
