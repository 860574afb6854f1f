"""Bring the catalogue up to date with code, templates and tables, and compile it.

Ids come from ``words("...")`` in Python, ``_("...")`` in templates and the tables of labels.
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract
from typer import Typer
from typer.main import get_command

from hilum.analyses import ANALYSES
from hilum.analyses.asked import options_of
from hilum.answers.words import messages as answer_messages
from hilum.cli.asking import LANGUAGE_HELP, PANELS, own_help
from hilum.cli.case_text import messages as case_messages
from hilum.cli.main import app
from hilum.cli.speaking import help_ids
from hilum.evidence import labels as evidence_labels
from hilum.language.words import CONTEXT
from hilum.patient.remarks import NEAREST, SENTENCES
from hilum.patient.remarks import messages as remark_messages
from hilum.patient.rule_kinds import messages as kind_messages
from hilum.patient.template import messages as template_messages
from hilum.patient.wording import messages as wording_messages
from hilum.rendering import MESSAGES
from hilum.rendering.sheet.changes import messages as changes_messages
from hilum.rendering.sheet.comparisons import messages as comparison_messages
from hilum.rendering.sheet.liver import liver_page_messages
from hilum.rendering.sheet.protocol_docx import DRAFT
from hilum.rendering.sheet.protocol_page import messages as protocol_messages
from hilum.rendering.sheet.synopsis_why import messages as why_messages
from hilum.rendering.sheet.synopsis_words import messages as synopsis_messages
from hilum.rendering.sheet.verdict_page import page_messages
from hilum.sheet.present import messages
from hilum.sheet.rating import messages as certainty_messages
from hilum.sheet.treatments import treatments
from hilum.sheet.verdict_words import verdict_messages
from hilum.web.asking import messages as refusal_messages
from hilum.web.guide import messages as guide_messages
from hilum.web.pages.account import messages as account_messages
from hilum.web.pages.boards import messages as board_messages
from hilum.web.pages.doing import messages as doing_messages
from hilum.web.pages.entry import messages as log_messages
from hilum.web.pages.extraction_form import messages as extraction_messages
from hilum.web.pages.keys import messages as key_messages
from hilum.web.pages.liver import messages as liver_messages
from hilum.web.pages.liver_ct import messages as ct_messages
from hilum.web.pages.own_table import messages as own_messages
from hilum.web.pages.review_changes import messages as review_changes_messages
from hilum.web.pages.reviews import messages as review_messages
from hilum.web.pages.screening import messages as screening_messages
from hilum.web.pages.states import messages as state_messages
from hilum.web.pages.synthesis import messages as synthesis_messages
from hilum.web.pages.trials import messages as trial_messages
from hilum.web.pages.trials_long import messages as long_messages
from tools.error_sentences import sentences

ROOT = Path(__file__).parents[1] / "src" / "hilum"
FOLDER = ROOT / "language" / "locale" / "zh_Hans" / "LC_MESSAGES"

# Modules below the board that speak to a person.
SPEAKING = [ROOT / "patient" / name for name in ("wording.py", "template.py")]


def message_ids() -> set[str]:
    """Every id a page may ask for."""
    found = (
        messages()
        | answer_messages()
        | certainty_messages()
        | synopsis_messages()
        | why_messages()
        | protocol_messages()
        | {DRAFT}
        | verdict_messages()
        | page_messages()
        | wording_messages()
        | {*SENTENCES.values(), NEAREST}
        | case_messages()
        | remark_messages()
        | kind_messages()
        | template_messages()
        | comparison_messages()
        | changes_messages()
        | refusal_messages()
        | log_messages()
        | doing_messages()
        | account_messages()
        | state_messages()
        | key_messages()
        | liver_messages()
        | ct_messages()
        | trial_messages()
        | board_messages()
        | guide_messages()
        | own_messages()
        | synthesis_messages()
        | long_messages()
        | review_messages()
        | review_changes_messages()
        | screening_messages()
        | extraction_messages()
        | {"Single arms: what was reported, compared with nothing"}
    )
    found |= {treatment.label for treatment in treatments()} | liver_page_messages()
    folders = (ROOT / "rendering" / "sheet" / "templates", ROOT / "web" / "templates")
    for template in (one for folder in folders for one in sorted(folder.glob("*.j2"))):
        with template.open("rb") as file:
            for _, _, message, _ in babel_extract(file, ["_"], [], {}):
                first = message[0] if isinstance(message, tuple) else message
                found |= {first} if isinstance(first, str) else set()
    modules = {
        *ROOT.glob("sheet/**/*.py"),
        *ROOT.glob("rendering/sheet/**/*.py"),
        *ROOT.glob("cli/*.py"),
        *ROOT.glob("web/**/*.py"),
        *ROOT.glob("answers/*.py"),
        *SPEAKING,
    }
    found |= _called(modules - _of_analyses()) | set(evidence_labels().values())
    return {text for text in found if text}


def analysis_ids() -> set[str]:
    """Every id that the analyses, their commands and plots may ask for."""
    found = _called(_of_analyses()) | {LANGUAGE_HELP, *PANELS.values()}
    for module in MESSAGES:
        found |= import_module(module).messages()
    for one in ANALYSES.values():
        found |= {one.summary, *(said.help for said, _, _ in options_of(one.Asked).values())}
    for command in (one for group in _groups(app) for one in group.registered_commands):
        if hasattr(command.callback, "face"):
            found |= own_help(command.callback.face) | {command.callback.summary}
    return {text for text in found if text}


def _groups(group: Typer) -> Iterator[Typer]:
    """A group of commands and those inside it."""
    yield group
    for inner in group.registered_groups:
        if inner.typer_instance is not None:
            yield from _groups(inner.typer_instance)


# Sentences of one word; any other single word is a code, the same in every language.
SINGLE = frozenset({"millimetres", "none", "numbers", "text"})


def error_ids() -> set[str]:
    """Every sentence that an error may say."""
    found = sentences(ROOT)
    return {text for text in found.ids if " " in text or text in SINGLE | found.single}


def command_ids() -> set[str]:
    """Help of the commands that are no analyses, and of the groups that hold them."""
    return help_ids(get_command(app)) - analysis_ids()


FACES = (
    "asking", "schema", "liver", "curve", "curve_read", "evidence", "evidence_cell",
    "evidence_published",
)  # fmt: skip


def _of_analyses() -> set[Path]:
    """Modules whose words stand in the catalogue of the analyses."""
    faces = {
        ROOT / "cli" / f"{name}.py"
        for name in (*FACES, *ANALYSES)
        if (ROOT / "cli" / f"{name}.py").exists()
    }
    return {*ROOT.glob("rendering/*.py"), *faces}


def _called(modules: set[Path]) -> set[str]:
    """First arguments of ``words("...")``."""
    found: set[str] = set()
    for module in sorted(modules):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                text = node.args[0].value
                if name in ("words", "tongue") and isinstance(text, str):
                    found.add(text)
    return found


def catalogue(path: Path) -> Catalog:
    """Read a catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def all_ids() -> dict[str, set[str]]:
    """Every id by its catalogue."""
    return {
        "hilum": message_ids(),
        "analyses": analysis_ids(),
        "errors": error_ids(),
        "help": command_ids(),
    }


def main() -> None:
    """Update and compile the catalogues."""
    ids = all_ids()
    paths = {name: FOLDER / f"{name}.po" for name in ids}
    # A sentence that moves from one catalogue to another keeps its translation.
    known = {name: catalogue(path) for name, path in paths.items() if path.exists()}
    for name, path in paths.items():
        others = [one for other, one in known.items() if other != name]
        update(path, ids[name], [*([known[name]] if name in known else []), *others])


def update(path: Path, ids: set[str], old: list[Catalog]) -> None:
    """Write a catalogue of these ids with the first translation of each, and compile it."""
    new = Catalog(locale="zh_Hans", project="hilum", charset="utf-8")
    # Names of treatments stand in both languages in the pathway's table.
    named = {one.label: one.label_zh for one in treatments()}
    for text in sorted(ids):
        context, _, message = text.rpartition(CONTEXT)
        found = (one.get(message, context or None) for one in old)
        said = named.get(message) or next((one.string for one in found if one and one.string), "")
        new.add(message, said, context=context or None)
    with path.open("wb") as file:
        write_po(file, new, omit_header=False, width=100, sort_output=True)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue(path))


if __name__ == "__main__":
    main()
