"""Every sentence of an error, and every refusal of the command line, in the reader's language."""

import re
import string

import pytest
from tools.error_sentences import sentences
from tools.messages import FOLDER, ROOT, catalogue
from typer.main import get_command
from typer.testing import CliRunner

from hilum.cli.main import app
from hilum.cli.speaking import refusal_in
from hilum.errors import HilumError, NotEstimable, UnknownCode, joined, phrased
from hilum.language import told, words
from hilum.language.telling import sentence
from hilum.patient.expected import Expected
from hilum.records import nearest

CHINESE = words("zh-Hans")
# Three words of English in a row, outside quotes: no code, no name of a file or an option.
ENGLISH = re.compile(r"\b[A-Za-z][a-z]+ [a-z]{2,} [a-z]{2,}")
QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|\[[A-Z]+\]")


def places(text):
    """Named places with their formats; none where braces stand for themselves."""
    try:
        found = string.Formatter().parse(text)
        return sorted((b, c or "", d or "") for _, b, c, d in found if b is not None)
    except ValueError:
        return []


@pytest.mark.parametrize("domain", ["errors", "help"])
def test_every_sentence_has_a_translation_with_its_places(domain, gathered):
    found = catalogue(FOLDER / f"{domain}.po")
    wanted = gathered[domain]
    assert len(wanted) > {"errors": 1000, "help": 30}[domain]
    assert {one.id for one in found if one.id} == wanted, "run `make messages`"
    for text in wanted:
        said = found.get(text).string
        assert said, text
        assert places(said) == places(text), text
        assert CHINESE(text) == said, "run `make messages`"


def test_no_sentence_of_an_error_is_glued():
    assert sentences(ROOT).glued == []


def commands(command, path=()):
    inner = getattr(command, "commands", {})
    if not inner:
        yield path, command
    for name, one in inner.items():
        yield from commands(one, (*path, name))


EVERY = list(commands(get_command(app)))


def refused(args, monkeypatch):
    """What a wrong call says, in Chinese."""
    monkeypatch.setenv("HILUM_LANGUAGE", "zh")
    result = CliRunner().invoke(app, list(args))
    assert result.exit_code != 0, args
    if isinstance(result.exception, SystemExit):
        return result.output
    assert isinstance(result.exception, HilumError), repr(result.exception)
    return told(result.exception, CHINESE)


def no_english(text):
    lines = [line for line in text.splitlines() if not line.startswith("用法：")]
    bare = QUOTED.sub("", "\n".join(lines))
    assert re.search(r"[\u4e00-\u9fff]", bare), text
    assert ENGLISH.search(bare) is None, text


@pytest.mark.parametrize("path", [path for path, _ in EVERY], ids=" ".join)
def test_an_unknown_option_is_refused_in_chinese(path, monkeypatch):
    said = refused((*path, "--nonsense"), monkeypatch)
    no_english(said)
    assert "没有此选项" in said


NEEDY = [
    (path, command)
    for path, command in EVERY
    if any(one.param_type_name == "argument" and one.required for one in command.params)
]


@pytest.mark.parametrize("path", [path for path, _ in NEEDY], ids=" ".join)
def test_a_missing_argument_is_named_in_chinese(path, monkeypatch):
    no_english(refused(path, monkeypatch))


@pytest.mark.parametrize(
    ("path", "count"),
    [
        (path, sum(one.param_type_name == "argument" for one in command.params))
        for path, command in NEEDY
        # A backup and a new key are written where nothing is.
        if path[0] != "trials" and path[:2] not in {("serve", "backup"), ("serve", "new-key")}
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_a_file_that_is_not_there_is_refused_in_chinese(path, count, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    no_english(refused((*path, *["nowhere.nii.gz"] * count), monkeypatch))


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("No such option: --x", "没有此选项：--x"),
        ("No such option: --sed (Possible options: --seed)", "没有此选项：--sed"),
        ("No such command 'ruls'. Did you mean 'rules'?", "没有此命令：'ruls'"),
        ("Missing argument 'CASE'.", "缺少参数 CASE"),
        ("Got unexpected extra argument(s) (a b)", "多余的参数：a b"),
        (
            "Invalid value for '--seed': 'x' is not a valid int.",
            "'--seed' 的值无效：'x' 不是整数",
        ),
        ("Option '--seed' requires an argument.", "选项 --seed 需要一个值"),
        # What nobody foresaw stands as it is.
        ("Something else.", "Something else."),
    ],
)
def test_refusals_of_the_framework(english, chinese):
    assert refusal_in(english, CHINESE) == chinese


def test_help_is_in_the_language_asked_for():
    chinese = CliRunner().invoke(app, ["case", "check", "--language", "zh", "--help"]).output
    assert "用法：" in chinese
    assert "说明病例如何被读取" in chinese
    assert "显示本帮助并退出" in chinese
    english = CliRunner().invoke(app, ["case", "check", "--help"]).output
    assert "Usage: " in english
    assert "Show this message and exit." in english


def test_a_kept_sentence_is_told_later():
    error = NotEstimable(phrased("{k} studies: at least {least} are needed", k=1, least=2))
    kept = joined([error.sentence, "no study to pool"])
    assert kept == "1 studies: at least 2 are needed; no study to pool"
    assert sentence(kept, CHINESE) == "1 项研究：至少需要 2 项；没有可合并的研究"


def test_sentences_inside_sentences_are_told():
    hint = nearest("tacee", ("tace", "tae"))
    assert hint == "; nearest: 'tace'"
    inner = phrased("one of {known}{hint}", known="tace, tae", hint=hint)
    assert sentence(inner, CHINESE) == "以下之一：tace, tae；最接近的是：'tace'"
    outer = phrased("{expected} (row {row})", expected=Expected("true, false"), row=3)
    assert sentence(outer, CHINESE).endswith("（第 3 行）")
    quoted = phrased("{where}: {error}", where="a", error=NotEstimable("no study to pool"))
    assert sentence(quoted, CHINESE) == "a：没有可合并的研究"
    assert told(UnknownCode("measure of arms", "x", ("OR",)), CHINESE).startswith(
        "多组比较的效应量"
    )


@pytest.mark.parametrize("far", ["zzz", ""])
def test_no_hint_where_nothing_is_near(far):
    assert nearest(far, ("tace", "tae")) == ""
