"""The liver of a case: label maps, a plan tried on it, plans found, one taken into the case."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from hilum.errors import Fault, InputError, UnknownCode, phrased
from hilum.language import told
from hilum.patient.liver.arrived import ENDINGS, Sent
from hilum.patient.liver.held import HeldLiver
from hilum.patient.liver.plan import Plan
from hilum.patient.liver.presets import PRESETS
from hilum.patient.liver.view import liver_view
from hilum.patient.liver.wanted import SEARCH_MARGIN_MM
from hilum.rendering.choices import choice_words
from hilum.sheet.liver_tried import TriedPlans
from hilum.sheet.liver_tried import tried as tried_on
from hilum.store.cases import Overtaken
from hilum.web.answers import shown, to, trouble
from hilum.web.guard import POLICY, nonced
from hilum.web.kinds import PLANS, PlansAsked
from hilum.web.liver_desk import plain_plan
from hilum.web.pages.liver_given import (
    address_of,
    content_of,
    ended,
    found_liver,
    given_messages,
    name_of,
    outcome_given,
    plans_given,
    room_given,
)
from hilum.web.pages.telling import progress_of
from hilum.web.pages.telling import told as told_of
from hilum.web.work import DONE, RUNNING, Work

if TYPE_CHECKING:
    from hilum.store.livers import KeptLiver
    from hilum.watch import Watch
    from hilum.web.asking import Ask, Upload

# The viewer keeps its letters as a picture in its own script; nothing else may be a `data:`. It
# writes texts where a browser would ask for trusted types.
VIEWER_POLICY: Final = POLICY.replace("img-src 'self'", "img-src 'self' data:").replace(
    "; require-trusted-types-for 'script'", ""
)
SEGMENT, FATE = "s", "l:"
MARGIN, DRAWN = "margin", "drawn"
GZIP: Final = "application/gzip"
# Of work that has not begun.
NOTHING_YET: Final[dict[str, Any]] = {"stage": "", "done": 0, "total": 0, "share": None}
NO_LIVER: Final = "These label maps are no longer here."


def messages() -> set[str]:
    """Ids that stand in constants."""
    return {NO_LIVER, *given_messages()}


def room(ask: Ask) -> Response:
    """The last liver of a case; where there is none, the way to bring one."""
    last = ask.desk.cases.last(ask.params["case"])
    kept = ask.desk.livers.livers.of(last.case_id)
    if kept and "new" not in ask.query:
        return to(address_of(kept[0]))
    return _bring_page(ask, last.case_id)


def bring(ask: Ask) -> Response:
    """Take over label maps, and read them."""
    last = ask.desk.cases.last(ask.params["case"])
    labels, lesions = (sent_file(ask.form.uploads.get(name)) for name in ("labels", "lesions"))
    if labels is None:
        lines = [ask.words("Choose a file first.")]
        return _bring_page(ask, last.case_id, lines=lines, status=422)
    preset = ask.form.get("preset")
    spacing = ask.form.get("spacing").strip()
    try:
        kept = ask.desk.livers.bring(
            last.case_id, labels, lesions, preset if preset in PRESETS else "", spacing
        )
    except InputError as error:
        lines = told(error, ask.words).splitlines()
        return _bring_page(ask, last.case_id, lines=lines, status=422)
    ask.desk.cases.seen(last.case_id, "liver_added", ask.who, last.number)
    return to(address_of(kept))


def sent_file(one: Upload | None) -> Sent | None:
    """A file as it was sent; None where none was."""
    return Sent(one.name, one.content) if one is not None and one.content else None


def _bring_page(
    ask: Ask,
    case_id: str,
    *,
    lines: list[str] | None = None,
    status: int = 200,
) -> Response:
    return shown(
        ask,
        "liver_bring.html.j2",
        status,
        case_id=case_id,
        name=name_of(ask),
        lines=lines or [],
        others=ask.desk.livers.livers.of(case_id),
        removed=ask.desk.livers.livers.removed(case_id),
        presets=[(one, choice_words("preset", one, ask.words)) for one in PRESETS],
        accept=",".join(ENDINGS),
        preset=ask.form.get("preset"),
        spacing=ask.form.get("spacing"),
    )


def liver(ask: Ask) -> Response:
    """The room; until the label maps are read, how far that is."""
    case_id, liver_id = ask.params["case"], ask.params["liver"]
    ask.desk.cases.last(case_id)
    try:
        kept = ask.desk.livers.livers.one(case_id, liver_id)
    except UnknownCode:
        return _not_read(ask, ask.desk.livers.reading(case_id, liver_id))
    found = ask.desk.livers.held(kept)
    if not isinstance(found, HeldLiver):
        if found.state != RUNNING:
            return _not_read(ask, found)
        return shown(ask, "liver_reading.html.j2", case_id=case_id, name=name_of(ask),
                     **progress_of(ask, found), address=address_of(kept))  # fmt: skip
    ask.desk.cases.seen(case_id, "liver_seen", ask.who)
    answer = shown(
        ask,
        "liver.html.j2",
        **room_given(ask, kept, found),
        **outcome_given(ask, kept, found),
        **plans_given(ask, kept),
        asks=False,
    )
    answer.headers["content-security-policy"] = nonced(ask.nonce, VIEWER_POLICY)
    return answer


def reading(ask: Ask) -> Response:
    """How far the reading is."""
    return _reading(ask, asks=False)


def reading_told(ask: Ask) -> Response:
    """How far the reading is, as it moves."""
    ask.desk.cases.last(ask.params["case"])

    def work() -> Work | None:
        return ask.desk.livers.reading(ask.params["case"], ask.params["liver"])

    return told_of(ask, work, ask.words("Reading"), partial(_reading, ask, asks=True), "#progress")


def _reading(ask: Ask, *, asks: bool) -> Response:
    ask.desk.cases.last(ask.params["case"])
    work = ask.desk.livers.reading(ask.params["case"], ask.params["liver"])
    address = f"/cases/{ask.params['case']}/liver/{ask.params['liver']}"
    running = work is not None and work.state == RUNNING
    return shown(
        ask, "liver_progress.html.j2", address=address, running=running, asks=asks,
        **(progress_of(ask, work) if work else NOTHING_YET),
    )  # fmt: skip


def _not_read(ask: Ask, work: Work | None) -> Response:
    """Why label maps were not read, with the form to try again; what failed is not kept."""
    if work is None or work.state == DONE:
        return _bring_page(ask, ask.params["case"], lines=[ask.words(NO_LIVER)], status=404)
    return _bring_page(ask, ask.params["case"], lines=ended(ask, work), status=422)


def tried(ask: Ask) -> Response:
    """Try the plan that the form says."""
    kept, found = found_liver(ask)
    plan = _plan(ask, found)
    found.remnant(plan)
    ask.desk.livers.livers.plan(kept, plain_plan(plan))
    if not ask.partial:
        return to(address_of(kept))
    return shown(ask, "liver_outcome.html.j2", case_id=kept.case_id, liver_id=kept.liver_id,
                 **outcome_given(ask, kept, found))  # fmt: skip


def undo(ask: Ask) -> Response:
    """Back to the plan before."""
    kept, _ = found_liver(ask)
    ask.desk.livers.livers.undo(kept)
    return to(address_of(kept))


def search(ask: Ask) -> Response:
    """Begin to search plans."""
    kept, _ = found_liver(ask)
    plans_asked = PlansAsked(
        case_id=kept.case_id,
        liver_id=kept.liver_id,
        margin_mm=_margin(ask),
        case=content_of(ask)[1],
    )
    queue, who = ask.desk.queue, ask.who

    def work(watch: Watch) -> TriedPlans:
        return queue.answered(PLANS, plans_asked, watch, who=who, subject=kept.case_id, local=True)

    ask.desk.livers.search(kept, work)
    return plans(ask) if ask.partial else to(f"{address_of(kept)}#plans")


def plans(ask: Ask) -> Response:
    """The plans that were found, or how far the search is."""
    return _searched(ask, found_liver(ask)[0], asks=False)


def plans_told(ask: Ask) -> Response:
    """How far the search is, as it moves."""
    kept, _ = found_liver(ask)

    def work() -> Work | None:
        return ask.desk.livers.searched(kept)

    part = partial(_searched, ask, kept, asks=True)
    return told_of(ask, work, ask.words("Plans"), part, "#plans")


def _searched(ask: Ask, kept: KeptLiver, *, asks: bool) -> Response:
    return shown(ask, "liver_plans.html.j2", case_id=kept.case_id, liver_id=kept.liver_id,
                 asks=asks, **plans_given(ask, kept))  # fmt: skip


def stop(ask: Ask) -> Response:
    """Stop reading or searching."""
    address = f"/cases/{ask.params['case']}/liver/{ask.params['liver']}"
    ask.desk.livers.stop(ask.params["case"], ask.params["liver"])
    return plans(ask) if ask.partial else to(address)


def try_plan(ask: Ask) -> Response:
    """Try one of the plans that were found."""
    kept, found = found_liver(ask)
    work = ask.desk.livers.searched(kept)
    rows: tuple[Any, ...] = ()
    if work is not None and work.state == DONE:
        rows = tuple(work.result.search.candidates)
    if not 0 <= ask.params["number"] < len(rows):
        raise UnknownCode("plan", str(ask.params["number"]), ())
    plan: Plan = rows[ask.params["number"]].plan
    found.remnant(plan)
    ask.desk.livers.livers.plan(kept, plain_plan(plan))
    return to(address_of(kept))


def take(ask: Ask) -> Response:
    """What was measured, and what the plan leaves, as a new state of the case."""
    kept, found = found_liver(ask)
    cases, case_id = ask.desk.cases, kept.case_id
    base, content = content_of(ask)
    if ask.form.get("base") != str(base):
        return _overtaken(ask, kept)
    made = tried_on(content, found, ask.desk.livers.plan(kept), ask.desk.tables).content
    draft = cases.draft(case_id)
    try:
        if draft is not None:
            base = cases.keep(case_id, base, draft.content, ask.who).number
        cases.keep(case_id, base, made, ask.who, "liver")
    except Overtaken:
        return _overtaken(ask, kept)
    return to(f"/cases/{case_id}")


def _overtaken(ask: Ask, kept: KeptLiver) -> Response:
    title = ask.words("Another state of the case was kept meanwhile")
    line = ask.words(
        "Nothing was taken over. Look at the plan again: it is tried on the new state."
    )
    return trouble(ask, 409, title, line, back=address_of(kept))


def remove_asked(ask: Ask) -> Response:
    """Whether label maps are to be deleted, with what goes with them."""
    livers = ask.desk.livers.livers
    kept = livers.one(ask.params["case"], ask.params["liver"])
    return shown(
        ask, "liver_remove.html.j2", case_id=kept.case_id, address=address_of(kept),
        name=name_of(ask), day=kept.made_at.astimezone().strftime("%Y-%m-%d"),
        plans=len(livers.plans(kept)), has_ct=livers.has_ct(kept), ct=False,
    )  # fmt: skip


def remove(ask: Ask) -> Response:
    """Delete the label maps; they can be brought back until they are deleted for good."""
    kept = ask.desk.livers.livers.one(ask.params["case"], ask.params["liver"])
    ask.desk.livers.put_away(kept.case_id, kept.liver_id)
    ask.desk.cases.seen(kept.case_id, "liver_removed", ask.who)
    return to(f"/cases/{kept.case_id}/liver?new#removed")


def bring_back(ask: Ask) -> Response:
    """Label maps that were deleted are there again, with their plans and their CT."""
    case_id, liver_id = ask.desk.cases.last(ask.params["case"]).case_id, ask.params["liver"]
    ask.desk.livers.livers.bring_back(case_id, liver_id)
    ask.desk.cases.seen(case_id, "liver_back", ask.who)
    return to(f"/cases/{case_id}/liver/{liver_id}")


def delete(ask: Ask) -> Response:
    """Delete for good label maps that were deleted."""
    case_id = ask.desk.cases.last(ask.params["case"]).case_id
    ask.desk.livers.livers.drop(case_id, ask.params["liver"])
    ask.desk.cases.seen(case_id, "liver_deleted", ask.who)
    return to(f"/cases/{case_id}/liver?new")


def view(ask: Ask) -> Response:
    """The cut and renumbered label map, for the viewer."""
    kept, found = found_liver(ask)
    return Response(ask.desk.livers.view(kept, found).nifti(), media_type=GZIP)


def half(ask: Ask) -> Response:
    """The same at half the resolution."""
    _, found = found_liver(ask)
    return Response(liver_view(found.anatomy, half=True).nifti(), media_type=GZIP)


def picture(ask: Ask) -> Response:
    """The plan as one picture to print: three slices and the view from the front."""
    from hilum.patient.liver.picture import draw

    kept, found = found_liver(ask)
    plan = ask.desk.livers.plan(kept)
    parts = None
    if plan is not None:
        parts, _ = found.parts(plan.margin_mm, drawn_remnant=plan.drawn_remnant)
    return Response(draw(found.anatomy, parts, plan), media_type="image/png")


def _margin(ask: Ask) -> float:
    said = ask.form.get(MARGIN).strip()
    try:
        return float(said) if said else SEARCH_MARGIN_MM
    except ValueError as error:
        expected = phrased("a number of {unit}", unit="mm")
        raise InputError(Fault("", None, MARGIN, said[:20], expected)) from error


def _plan(ask: Ask, found: HeldLiver) -> Plan:
    """The plan that the form says; what it does not know is refused when it is counted."""
    if "clear" in ask.form.values:
        return Plan(margin_mm=_margin(ask))
    numbers = sorted({int(one) for one in ask.form.values.get(SEGMENT, ()) if one in "12345678"
                      and len(one) == 1})  # fmt: skip
    fates = {one: ask.form.get(f"{FATE}{one}") for one in found.ids}
    return Plan(
        segments=tuple(numbers),
        wedge=tuple(one for one, fate in fates.items() if fate == "wedge"),
        ablate=tuple(one for one, fate in fates.items() if fate == "ablate"),
        margin_mm=_margin(ask),
        drawn_remnant=DRAWN in ask.form.values,
    )
