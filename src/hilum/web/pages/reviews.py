"""Reviews: the list, an invented one, and of each its imports, copies, criteria and settings."""

from __future__ import annotations

import hashlib
from collections import Counter
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from hilum.errors import Fault, HilumError, InputError, UnknownCode
from hilum.language import told
from hilum.literature.bibliography.columns import named_columns
from hilum.literature.review.changes import table
from hilum.literature.review.folder import held, now, tidied, written_all
from hilum.literature.review.state import read_review, rows_of
from hilum.rendering.design_page import as_fields
from hilum.rendering.references import looked_lines, refused_lines
from hilum.rendering.review_page import imports_view, log_view, pairs_view
from hilum.store.audit import log
from hilum.store.sealed_files import aside
from hilum.store.whole import write
from hilum.web.answers import shown, to
from hilum.web.asking import Upload, whole_number
from hilum.web.pages import drafted
from hilum.web.pages.doing import begun
from hilum.web.pages.review_updated import earlier_said, others
from hilum.web.work import FAILED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from starlette.responses import Response

    from hilum.analyses.references import Refused
    from hilum.analyses.review import ReviewAnswered
    from hilum.literature.review.state import Merge
    from hilum.watch import Watch
    from hilum.web.asking import Ask

REVIEWS: Final = "/review"
IMPORTING: Final = "References are being read"
PAIRING: Final = "Copies are being looked for"
EXAMPLE: Final = "An invented review: embolisation of liver metastases"
EXAMPLES: Final = ("review.ris", "review-late.ris", "review.csv")
CRITERIA: Final = "criteria.csv"
TITLE_LENGTH: Final = 200
NAME_LENGTH: Final = 80
COLUMNS_LENGTH: Final = 2000
PAIRS: Final = 50
CRITERIA_MOST: Final = 40
SETTINGS: Final = {"reviewers": (int, "a whole number"), "recall": (float, "a number"),
                   "confidence": (float, "a number")}  # fmt: skip


def messages() -> set[str]:
    """Ids that stand in constants."""
    return {IMPORTING, PAIRING, EXAMPLE}


def listing(ask: Ask) -> Response:
    """Every review, and the way to a new one."""
    rows = [_line(ask, one) for one in ask.desk.reviews.listed()]
    typed = drafted.of(ask, REVIEWS) or {}
    return shown(ask, "reviews.html.j2", rows=rows, typed=typed)


def typed(ask: Ask) -> Response:
    """Keep what is typed of a new review."""
    return drafted.typed(ask, REVIEWS, ("title",), REVIEWS)


def new(ask: Ask) -> Response:
    """Make a review, with the files that were sent where some were."""
    title = ask.form.get("title").strip()[:TITLE_LENGTH]
    if not title:
        raise InputError(Fault("", None, "title", "", "a title"))
    ask.desk.drafts.drop(ask.who, REVIEWS)
    key = _made(ask, title)
    if not any(one.content for one in ask.form.sent):
        return to(address(key))
    return _taken(ask, key, ask.form.sent, made=True)


def example(ask: Ask) -> Response:
    """The invented review, with copies and a record that cannot be read."""
    folder = files("hilum.web") / "examples"
    sent = [Upload(name, (folder / name).read_bytes()) for name in EXAMPLES]
    key = _made(ask, ask.words(EXAMPLE))
    criteria = (folder / "review-criteria.csv").read_bytes()
    write(criteria, ask.desk.reviews.place(key) / CRITERIA)
    return _taken(ask, key, sent, made=True)


def review(ask: Ask) -> Response:
    """One review: its imports, its copies, what its screening asks."""
    key = key_of(ask)
    try:
        _, work = ask.desk.doings.of(ask.query.get("failed", ""), ask.who)
    except UnknownCode:
        return _shown(ask, key)
    return _shown(ask, key) if work.error is None else _faulty(ask, key, work.error)


def bring(ask: Ask) -> Response:
    """Import files; what cannot be read of them is listed with its line."""
    key = key_of(ask)
    if not any(one.content for one in ask.form.sent):
        fault = Fault("", None, "file", "", "a file of references")
        return _faulty(ask, key, InputError(fault))
    columns = ask.form.get("columns").strip()[:COLUMNS_LENGTH]
    try:
        named_columns(columns)
    except HilumError as error:
        return _faulty(ask, key, error)
    return _taken(ask, key, ask.form.sent, columns=columns)


def undo(ask: Ask) -> Response:
    """Undo an import, whenever it was made."""
    from hilum.literature.review.changes import without

    key, code = key_of(ask), ask.form.get("import")
    place = ask.desk.reviews.place(key)
    with held(place):
        written_all(without(read_review(place), [code], now()), place)
        tidied(place)
    log(ask.desk.cases.engine, ask.who, "review_undone", about=f"{key} {code}")
    return to(f"{address(key)}?undone={code}")


def copies(ask: Ask) -> Response:
    """Look for copies among all imports; what a person took apart stays so."""
    from hilum.analyses.dedupe import DedupeAsked
    from hilum.analyses.dedupe import run as dedupe
    from hilum.literature.review.changes import judged
    from hilum.literature.review.state import Merge as Pair
    from hilum.rendering.dedupe import reasons_in

    key = key_of(ask)
    place = ask.desk.reviews.place(key)
    engine, who = ask.desk.cases.engine, ask.who

    def work(watch: Watch) -> str:
        answer = dedupe(DedupeAsked(files=(str(place),)), watch)
        merges = [
            Pair(one.a, one.b, one.score, one.link, reasons_in(one))
            for one in (*answer.merges, *answer.links)
        ]
        with held(place):
            read = [one.file for one in answer.files]
            written_all(judged(read_review(place), merges, read, now()), place)
        log(engine, who, "review_paired", about=key)
        return f"{address(key)}#pairs"

    done, answer = begun(ask, _work(key, "pairs", now()), PAIRING, address(key), work)
    if done.state == FAILED and done.error is not None:
        return _faulty(ask, key, done.error)
    return answer


def apart(ask: Ask) -> Response:
    """Take a pair apart, or join it again."""
    from hilum.literature.review.changes import apart as parted
    from hilum.literature.review.changes import together

    key, a, b = key_of(ask), ask.form.get("a"), ask.form.get("b")
    place = ask.desk.reviews.place(key)
    again = ask.form.get("to") == "join"
    with held(place):
        found = read_review(place)
        written_all(together(found, a, b) if again else parted(found, a, b, now()), place)
    log(ask.desk.cases.engine, ask.who, "review_joined" if again else "review_parted", about=key)
    page = whole_number(ask.form.get("page")) or 1
    return to(f"{address(key)}?page={page}#pairs")


def settle(ask: Ask) -> Response:
    """Keep criteria and what is asked of the screening."""
    key = key_of(ask)
    desk = ask.desk.reviews
    said = {name: ask.form.get(name).strip() for name in SETTINGS}
    try:
        _check(desk.place(key), said)
        said["earlier"] = earlier_said(ask, key)
    except HilumError as error:
        return _faulty(ask, key, error)
    rows = [
        (name.strip(), ";".join(filter(None, (one.strip() for one in terms.split(";")))))
        for line in ask.form.get("criteria").splitlines()[:CRITERIA_MOST]
        for name, _, terms in (line.partition("|"),)
        if name.strip()
    ]
    place = desk.place(key)
    desk.say(key, {**{name: str(one) for name, one in desk.said(key).items()}, **said})
    with held(place):
        write(table(("criterion", "terms"), rows), place / CRITERIA)
    log(ask.desk.cases.engine, ask.who, "review_settled", about=key)
    return to(f"{address(key)}#settings")


def _check(place: Path, said: dict[str, str]) -> None:
    """Refuse settings outside their range, before anything is written.

    Raises
    ------
    InputError
    """
    from hilum.analyses.screening_next import ScreeningNextAsked

    faults: list[Fault] = []
    numbers: dict[str, Any] = {}
    for name, (made, wanted) in SETTINGS.items():
        try:
            numbers[name] = made(said[name])
        except ValueError:
            faults.append(Fault("", None, name, said[name][:20], wanted))
    if faults:
        raise InputError(*faults)
    ScreeningNextAsked(folder=str(place), reviewer="-", **numbers)


def _made(ask: Ask, title: str) -> str:
    """A new review; one reader is enough where nobody signs in."""
    alone = ask.desk.accounts is None
    said = {"reviewers": "1" if alone else "2", "recall": "0.95", "confidence": "0.95"}
    key = ask.desk.reviews.make(title, said)
    log(ask.desk.cases.engine, ask.who, "review_made", about=key)
    return key


def _taken(
    ask: Ask, key: str, sent: Sequence[Upload], *, made: bool = False, columns: str = ""
) -> Response:
    """Import what was sent, by the work of a moment or with a page of progress.

    ``columns`` are those of tables, as a person named them.

    Of a review that was ``made`` just now, what went wrong stands on its own page.
    """
    # A browser that sends no file sends a part without a name.
    given = [one for one in sent if one.content or one.name]
    place, beside = ask.desk.reviews.place(key), ask.desk.reviews.folder
    engine, who = ask.desk.cases.engine, ask.who
    marks = [hashlib.sha256(one.content).hexdigest() for one in given]

    desk, mark = ask.desk.reviews, _work(key, *marks, now())

    def work(watch: Watch) -> str:
        added, before, refused = _imported(place, beside, given, columns, watch)
        log(engine, who, "review_imported", about=key)
        said = {"new": ",".join(added), "known": ",".join(code for _, code in before)}
        if refused:
            desk.refused.get((mark, who), lambda: refused)
            said["refused"] = mark
        query = urlencode({name: one for name, one in said.items() if one}, safe=",")
        # A notice stands above the imports: it is landed on, and not passed by.
        return f"{address(key)}?{query}#{'told' if refused or before else 'imports'}"

    done, answer = begun(ask, mark, IMPORTING, address(key), work)
    if done.state == FAILED and done.error is not None:
        if made:
            return to(f"{address(key)}?failed={mark}")
        return _faulty(ask, key, done.error)
    return answer


def _imported(
    place: Path, beside: Path, sent: Sequence[Upload], columns: str, watch: Watch
) -> tuple[list[str], tuple[tuple[str, str], ...], tuple[Refused, ...]]:
    """Read the files and write what is new of them; those, those there already, those not read.

    Why nothing was read of a file stands in the review's log.

    Raises
    ------
    InputError
        None of them can be read.
    """
    from hilum.analyses.references import ReferencesAsked, readings_of
    from hilum.literature.review.changes import imported, known, refused

    with aside(beside) as plain:
        paths = [plain / str(number) / _name(one.name) for number, one in enumerate(sent)]
        for path, one in zip(paths, sent, strict=True):
            path.parent.mkdir()
            path.write_bytes(one.content)
        try:
            asked = ReferencesAsked(files=tuple(map(str, paths)), columns=columns)
            found, bad = readings_of(asked, watch)
        except InputError as error:
            with held(place):
                lines = [(one.file, one.row, one.value, one.expected) for one in error.faults]
                written_all(refused(read_review(place), lines, now()), place)
            raise
        pairs = [(reading, path.read_bytes()) for path, reading in found]
    with held(place):
        review = read_review(place)
        before = known(review, [reading for reading, _ in pairs])
        if len(before) < len(pairs):
            written_all(imported(review, pairs, now(), columns=columns), place)
        if bad:
            lines = [(one.file, one.line, one.seen, one.expected) for one in bad]
            written_all(refused(read_review(place), lines, now()), place)
        tidied(place)
        there = {one.code for one in review.imports}
        added = [one.code for one in read_review(place).imports if one.code not in there]
    return added, before, bad


def _name(said: str) -> str:
    """A file's name as the review keeps it: of its last part what can be printed."""
    last = said.replace("\\", "/").rpartition("/")[2]
    kept = "".join(one for one in last if one.isprintable()).strip().lstrip(".")
    while len(kept.encode("utf-8", "replace")) > NAME_LENGTH:
        kept = kept[1:]
    return kept or "references"


def _work(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _line(ask: Ask, key: str) -> dict[str, Any]:
    """A line of the list; a review whose files cannot be read says so."""
    try:
        found = read_review(ask.desk.reviews.place(key))
    except HilumError as error:
        fault = as_fields(told(error, ask.words))
        return {"key": key, "title": key, "created": "", "records": 0, "imports": 0, "fault": fault}
    return {
        "key": key,
        "title": found.title or key,
        "created": found.created[:10],
        "records": sum(one.records for one in found.imports),
        "imports": len(found.imports),
        "fault": "",
    }


def _faulty(ask: Ask, key: str, error: HilumError) -> Response:
    return _shown(ask, key, as_fields(told(error, ask.words)).splitlines(), 422)


def _shown(ask: Ask, key: str, faults: Sequence[str] = (), status: int = 200) -> Response:
    from hilum.analyses.review import ReviewAsked
    from hilum.analyses.review import run as reviewed
    from hilum.literature.screening.decisions import read_decisions

    desk, words = ask.desk.reviews, ask.words
    place = desk.place(key)
    answer = reviewed(ReviewAsked(folder=str(place)))
    decided = Counter(one.record_id.partition(":")[0] for one in read_decisions(place))
    unread = {
        one.code: rows_of(place / "unread" / f"{one.code}.csv")
        for one in answer.imports
        if one.unread
    }
    noticed = {one.code: rows_of(place / "notes" / f"{one.code}.csv") for one in answer.imports}
    page, pages, merges = _page(ask, answer.merges)
    return shown(
        ask, "review.html.j2", status, key=key, here=address(key), title=answer.title or key,
        faults=faults, records=answer.records, unread=answer.unread, reports=answer.reports,
        imports=imports_view(answer, unread, noticed, decided, words),
        fresh=ask.query.get("new", "").split(","),
        pairs=pairs_view(merges, desk.titles(key), words), merges=len(answer.merges),
        page=page, pages=pages, entries=log_view(answer, words),
        others=others(ask, key),
        said={"reviewers": 2, "recall": 0.95, "confidence": 0.95, "earlier": "", **desk.said(key)},
        criteria=_criteria(place), known=_known(ask, answer),
        undone=ask.query.get("undone", "")[:8], refused=_refused(ask),
        looked=looked_lines(answer.looked, answer.not_looked, words, page=True),
    )  # fmt: skip


def _known(ask: Ask, answer: ReviewAnswered) -> list[str]:
    """Imports that hold what was sent again, as the address names them."""
    said = ask.query.get("known", "").split(",")
    return [one.code for one in answer.imports if one.code in said]


def _refused(ask: Ask) -> list[str]:
    """Why nothing was read of some of the files that were sent just now."""
    try:
        found = ask.desk.reviews.refused.find((ask.query.get("refused", ""), ask.who))
    except UnknownCode:
        return []
    return refused_lines(found, ask.words)


def _page(ask: Ask, merges: Sequence[Merge]) -> tuple[int, int, list[Merge]]:
    """The pairs of a page: those that a person took apart first, then the least sure."""
    listed = sorted(merges, key=lambda one: (not one.undone, one.score))
    pages = max(-(-len(listed) // PAIRS), 1)
    page = min(max(whole_number(ask.query.get("page", "")) or 1, 1), pages)
    return page, pages, listed[(page - 1) * PAIRS : page * PAIRS]


def _criteria(place: Path) -> str:
    lines: list[str] = []
    for one in rows_of(place / CRITERIA):
        terms = "; ".join(filter(None, (each.strip() for each in one.get("terms", "").split(";"))))
        lines.append(" | ".join(filter(None, (one.get("criterion", ""), terms))))
    return "\n".join(lines)


def key_of(ask: Ask) -> str:
    """The review that is asked for.

    Raises
    ------
    UnknownCode
        There is no such one.
    """
    key = str(ask.params["review"])
    ask.desk.reviews.place(key)
    return key


def address(key: str) -> str:
    """Where a review is."""
    return f"/review/{key}"
