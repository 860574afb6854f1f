"""The CT beneath the label maps of a liver: brought, shown, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from hilum.errors import InputError, Stopped
from hilum.language import told
from hilum.web.answers import shown, to, trouble
from hilum.web.pages.liver import GZIP, sent_file
from hilum.web.pages.liver_given import address_of, found_liver, name_of
from hilum.web.work import Patience

if TYPE_CHECKING:
    from hilum.web.asking import Ask

# Seconds that a CT may take.
PATIENCE: Final = 60.0
LONG_CT: Final = "It took longer than a minute: cut it to the abdomen first."


def messages() -> set[str]:
    """Ids that stand in constants."""
    return {LONG_CT}


def ct(ask: Ask) -> Response:
    """The CT beneath the label maps, cut to the liver, for the viewer."""
    kept = ask.desk.livers.livers.one(ask.params["case"], ask.params["liver"])
    return Response(ask.desk.livers.livers.ct(kept), media_type=GZIP)


def bring_ct(ask: Ask) -> Response:
    """Lay a CT beneath the label maps."""
    kept, found = found_liver(ask)
    sent = sent_file(ask.form.uploads.get("ct"))
    lines = [ask.words("Choose a file first.")]
    if sent is not None:
        try:
            ask.desk.livers.bring_ct(kept, found, sent, Patience(PATIENCE))
        except InputError as error:
            lines = told(error, ask.words).splitlines()
        except Stopped:
            lines = [ask.words(LONG_CT)]
        else:
            ask.desk.cases.seen(kept.case_id, "ct_added", ask.who)
            return to(f"{address_of(kept)}#ct")
    title = ask.words("The CT was not taken over; nothing was changed.")
    return trouble(ask, 422, title, *lines, back=address_of(kept))


def remove_asked(ask: Ask) -> Response:
    """Whether the CT is to be deleted."""
    kept = ask.desk.livers.livers.one(ask.params["case"], ask.params["liver"])
    return shown(
        ask, "liver_remove.html.j2", case_id=kept.case_id, address=address_of(kept),
        name=name_of(ask), day=kept.made_at.astimezone().strftime("%Y-%m-%d"), ct=True,
    )  # fmt: skip


def remove_ct(ask: Ask) -> Response:
    """Delete the CT."""
    kept = ask.desk.livers.livers.one(ask.params["case"], ask.params["liver"])
    ask.desk.livers.livers.drop_ct(kept)
    ask.desk.cases.seen(kept.case_id, "ct_removed", ask.who)
    return to(address_of(kept))
