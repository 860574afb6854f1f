"""Commands speak both languages: what they print, what they draw, their help."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from proofs.face import called

BCG = str(Path(__file__).parents[2] / "examples" / "bcg.csv")


def hilum(*words, **environ):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "HILUM"))}
    return called(*words, env={**kept, **environ})


def started(*words, **environ):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "HILUM"))}
    return subprocess.run(
        [sys.executable, "-m", "hilum", *map(str, words)],
        capture_output=True,
        env={**kept, "PYTHONIOENCODING": "utf-8", **environ},
        check=False,
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        (("--language", "zh"), {}),
        (("--language=zh-CN",), {}),
        ((), {"HILUM_LANGUAGE": "zh_CN"}),
        ((), {"LC_ALL": "zh_CN.UTF-8"}),
    ],
)
def test_an_answer_in_chinese(arguments, environ):
    run = started if "LC_ALL" in environ else hilum
    done = run("pool", BCG, "--measure", "RR", *arguments, **environ)
    assert done.returncode == 0, done.stderr
    assert "13 项研究" in done.stdout
    assert "预测区间（新研究）" in done.stdout


def test_english_where_nothing_is_said():
    assert "a new study" in hilum("pool", BCG, "--measure", "RR").stdout


@pytest.mark.parametrize(
    "command", ["pool", "sensitivity", "network", "survival pool", "curve reconstruct"]
)
def test_help_in_both_languages(command):
    english, chinese = (
        hilum(*command.split(), "--help"),
        hilum(*command.split(), "--help", HILUM_LANGUAGE="zh"),
    )
    own = ("Unit of time", "时间单位") if command.startswith("curve") else ("Coverage", "置信水平")
    assert own[0] in english.stdout
    assert own[1] in chinese.stdout
    assert "Options" not in chinese.stdout
    assert "--json" in english.stdout
    assert "--json" in chinese.stdout


def test_plots_in_chinese(tmp_path):
    for kind, expected in (
        ("forest", "全部研究（13）"),
        ("funnel", "漏斗图"),
        ("influence", "影响分析"),
        ("baujat", "对异质性的贡献"),
        ("drapery", "p 值"),
    ):
        out = tmp_path / f"{kind}.svg"
        done = hilum(
            "pool", BCG, "--measure", "RR", "--kind", kind, "--plot", out, "--language", "zh"
        )
        assert done.returncode == 0, done.stderr
        assert expected in out.read_text("utf-8")


CASE = str(Path(__file__).parents[2] / "examples" / "sparse.toml")
# One command a group that takes ``--language``.
SPOKEN = (
    ("verdict", CASE),
    ("case", "check", CASE),
    ("rules", "show", "PRRT-30"),
    ("evidence", "cell", "tace", "objective_response"),
)


def chinese(text):
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


@pytest.mark.parametrize("command", SPOKEN, ids=" ".join)
def test_every_group_takes_its_language_alike(command):
    """Said in any spelling or by the environment, the words are the same; else English."""
    said = hilum(*command, "--language", "zh-Hans").stdout
    assert chinese(said)
    assert hilum(*command, "--language", "zh").stdout == said
    assert hilum(*command, "--language", "en", HILUM_LANGUAGE="zh").stdout != said
    assert hilum(*command, HILUM_LANGUAGE="zh_CN").stdout == said
    plain = hilum(*command)
    assert plain.returncode == 0, plain.stderr
    assert plain.stdout == hilum(*command, "--language", "en").stdout


def test_a_board_is_written_in_the_language_of_the_locale(tmp_path):
    done = hilum("board", CASE, "--out", tmp_path / "sheet.html", LC_ALL="zh_CN.UTF-8")
    assert done.returncode == 0, done.stderr
    assert 'lang="zh-Hans"' in (tmp_path / "sheet.html").read_text("utf-8")


def test_an_unknown_language_names_where_it_was_said():
    done = hilum("rules", "list", "--language", "fr")
    assert (done.returncode, "--language" in done.stderr) == (1, True)
    done = hilum("rules", "list", HILUM_LANGUAGE="fr")
    assert (done.returncode, "HILUM_LANGUAGE" in done.stderr) == (1, True)
    assert "one of en, zh-Hans" in done.stderr
