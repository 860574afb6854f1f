"""``hilum literature search``: saved searches, run and watched."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Asking, Language, asking, named
from hilum.cli.grouping import Grouped
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError

search = typer.Typer(
    no_args_is_help=True, cls=Grouped, help="Saved searches of public services, run and watched."
)
Folder = Annotated[Path, typer.Argument(help="Folder of the review.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@search.command("new", cls=Asking)
@asking(None)
def new(
    folder: Folder,
    shipped: Annotated[
        str | None,
        typer.Option(
            "--set", help="A shipped set of searches: netlm, one search for each treatment."
        ),
    ] = None,
    treatment: Annotated[
        list[str] | None,
        typer.Option(help="Of a shipped set only this treatment; may be given again."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of a search of your own.")] = None,
    title: Annotated[str, typer.Option(help="What it looks for, in words.")] = "",
    pubmed: Annotated[str | None, typer.Option(help="Query as PubMed takes it.")] = None,
    europepmc: Annotated[str | None, typer.Option(help="Query as Europe PMC takes it.")] = None,
    openalex: Annotated[
        str | None, typer.Option(help="Words in title and abstract, for OpenAlex.")
    ] = None,
    crossref: Annotated[
        str | None,
        typer.Option(help="Words for Crossref, which ranks by likeness and knows no conditions."),
    ] = None,
    cond: Annotated[str | None, typer.Option(help="Condition, for ClinicalTrials.gov.")] = None,
    intr: Annotated[str | None, typer.Option(help="Intervention, for ClinicalTrials.gov.")] = None,
    term: Annotated[str | None, typer.Option(help="Other words, for ClinicalTrials.gov.")] = None,
    most: Annotated[
        int | None, typer.Option(help="How many of Crossref's best ranked are enough.", min=1)
    ] = None,
    written_in: Annotated[
        list[str] | None,
        typer.Option("--in", help="Only this language of papers (en, zh, …); may be given again."),
    ] = None,
    published_from: Annotated[
        str | None, typer.Option(help="Only papers of this day or later, such as 1990-01-01.")
    ] = None,
    published_to: Annotated[
        str | None, typer.Option(help="Only papers of this day or before.")
    ] = None,
    as_json: Json = False,
    language: Language = None,
) -> None:
    """Save searches in a review's folder; nothing is asked of any service."""
    import json

    from hilum.analyses.search_saving import own_search, save, shipped_searches

    words = words_of(language)
    limits = {
        "languages": tuple(written_in or ()),
        "published_from": _day(published_from, "published-from"),
        "published_to": _day(published_to, "published-to"),
    }
    queries: dict[str, dict[str, str]] = {
        code: {"query": text}
        for code, text in (("pubmed", pubmed), ("europepmc", europepmc))
        if text is not None
    }
    trials = {key: text for key, text in (("cond", cond), ("intr", intr), ("term", term)) if text}
    queries |= {"ctgov": trials} if trials else {}
    queries |= {"openalex": {"query": openalex}} if openalex is not None else {}
    if crossref is not None:
        queries["crossref"] = {"query": crossref} | ({} if most is None else {"most": str(most)})
    if shipped is not None and (name is not None or queries):
        expected = "nothing beside a query of your own"
        raise InputError(Fault("--set", None, "set", shipped, expected))
    with named():
        searches = (
            [own_search(name, title, queries, limits)]
            if shipped is None
            else shipped_searches(shipped, tuple(treatment or ()), limits)
        )
        written, kept = save(folder, searches, whole=shipped is not None)
    if as_json:
        typer.echo(json.dumps({"written": written, "kept": kept}, ensure_ascii=False, indent=2))
        return
    for one in written:
        typer.echo(words("wrote {file}", file=one))
    for one in kept:
        typer.echo(words("kept as it was: {file}", file=one))
    typer.echo(words("Read the queries before you run them: hilum literature search run"))


def _day(text: str | None, option: str) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        expected = "a day, such as 2020-01-31"
        raise InputError(Fault(f"--{option}", None, option, text, expected)) from None


@search.command("run", cls=Asking)
@asking("search")
def run(
    asked: dict[str, Any], folder: Folder, as_json: Json = False, language: Language = None
) -> None:
    """Ask the services for all hits of a review's searches; go on where a run was broken off."""
    _run(asked, folder, "run", language, as_json=as_json)


@search.command("watch", cls=Asking)
@asking("search")
def watch(
    asked: dict[str, Any], folder: Folder, as_json: Json = False, language: Language = None
) -> None:
    """Ask the services what is new since the last run."""
    _run(asked, folder, "watch", language, as_json=as_json)


def _run(
    asked: dict[str, Any], folder: Path, mode: str, language: str | None, *, as_json: bool
) -> None:
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching
    from hilum.rendering.search import search_lines
    from hilum.rendering.search_kept import searched

    words = words_of(language)
    record = analysis("search")
    with named(), watching(words) as seeing:
        answer = searched(record.Asked(folder=folder, mode=mode, **asked), words, seeing)
    typer.echo(to_json(answer) if as_json else words.line("\n".join(search_lines(answer, words))))
    raise typer.Exit(0 if answer.complete else 1)
