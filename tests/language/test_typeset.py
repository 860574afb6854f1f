"""Punctuation beside Chinese characters, numbers with their units: every page, every line."""

import html as entities
import re

import pytest

import hilum
from hilum.cli.case_text import check_lines
from hilum.cli.lines import width_of
from hilum.cli.rules_text import list_lines
from hilum.cli.verdict_text import Screen
from hilum.language.typeset import typeset, typeset_page
from hilum.patient.tables import read_tables
from hilum.patient.template import case_template
from hilum.patient.verdict import verdicts
from hilum.rendering.patient_page import patient_html
from hilum.rendering.sheet.html import html
from tests.conftest import EXAMPLE

CHINESE = "zh-Hans"
HAN = "[\u3400-\u9fff]"
HALF = re.compile(rf"{HAN} ?[,;:?!()]|[,;:?!(] ?{HAN}|{HAN}\.(?!\w)")
# An interval has the brackets of its digits.
INTERVAL = re.compile(r"\s?\([\d.,–−%/\s]*\)")
INLINE = re.compile(r"</?(?:a|b|small|span|i|em|mark|sup|sub|abbr|code|strong)\b[^<>]*>")
LETTER = {
    "name": "王某（复查）", "question": "Next: 下一步?", "patient": {
        "bilirubin": "19 umol/L", "albumin": "36 g/L", "creatinine": 92, "lesion_count": "多发",
        "unilobar_bilobar": "双叶", "grade": "G2", "ki67_percent": "60", "progressive": "是",
        "functioning": "功能", "prior_treatments": "奥曲肽, 偏方", "primary_site": "小肠",
        "ascites": "有", "platelets": "240",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("姓名: 张三, 58 岁 (女)", "姓名：张三，58 岁（女）"),
        ("<b>偏倚风险</b>: 未评定 (严重)", "<b>偏倚风险</b>：未评定（严重）"),
        ("疾病（DCR） (比值比（OR）, 12 个月)", "疾病（DCR）（比值比（OR），12 个月）"),
        ("RECIST 1.1, 未说明; 其他", "RECIST 1.1，未说明；其他"),
        ("<b>腹水</b>. 说明", "<b>腹水</b>。说明"),
        ("是否? 是!", "是否？是！"),
        # What stands between Latin words, digits and units stays as it is.
        ("88% (72–95)", "88% (72–95)"),
        ("肌酐&gt;2 mg/dL", "肌酐&gt;2 mg/dL"),
        ("a &lt;患者", "a &lt;患者"),
        ("Trials 2018;19:390, Table 1", "Trials 2018;19:390, Table 1"),
        ("见 https://x.org/a,b", "见 https://x.org/a,b"),
        ("3.5 倍，1,240 例", "3.5 倍，1,240 例"),
        ("文件 a.toml", "文件 a.toml"),
    ],
)
def test_signs_beside_chinese_are_of_full_width(text, wanted):
    assert typeset(text, CHINESE) == wanted
    assert typeset(wanted, CHINESE) == wanted
    assert typeset(text, "en") == text


def test_styles_and_scripts_are_left_alone():
    page = "<style>a{font:\"宋体\",x; width:1 mm}</style><p>是: 46 mm</p><script>f('是',1)</script>"
    found = typeset_page(page, CHINESE)
    assert found == page.replace("是: 46 mm", "是：46\u00a0mm")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("up to 62 mm", "up to 62\u00a0mm"),
        ("8.3–33 mo", "8.3–33\u00a0mo"),
        ("95 × 10⁹/L", "95\u00a0×\u00a010⁹/L"),
        ("14 个病灶", "14\u00a0个病灶"),
        ("0.9 mg/dL (15 µmol/L)", "0.9\u00a0mg/dL (15\u00a0µmol/L)"),
        ('<path d="M 4 5 L 3 m 1"/> grade 3 most', '<path d="M 4 5 L 3 m 1"/> grade 3 most'),
    ],
)  # fmt: skip
def test_a_number_stays_on_the_line_of_its_unit(text, wanted):
    assert typeset_page(text, "en") == wanted


def half(text):
    """What stands in half width beside a Chinese character."""
    text = INTERVAL.sub(" ", text)
    return [text[max(0, one.start() - 12) : one.end() + 12] for one in HALF.finditer(text)]


def lines_of(page):
    """The text of a page, a line where a block ends."""
    page = re.sub(r"<(style|script)\b.*?</\1>", "", page, flags=re.DOTALL)
    page = re.sub(r"<[^<>]*>", "\n", INLINE.sub("", page))
    return entities.unescape(page)


@pytest.mark.parametrize("write", [html, patient_html], ids=["sheet", "patient"])
def test_no_page_has_a_half_width_sign_beside_a_chinese_character(sheet, write):
    page = lines_of(write(sheet, hilum.words(CHINESE)))
    assert len(re.findall(r"[\u3400-\u9fff]", page)) > 300
    assert half(page) == []


@pytest.mark.parametrize("source", [EXAMPLE, LETTER], ids=["example", "letter"])
def test_no_line_of_the_terminal_has_one_and_none_is_cut(source):
    words, tables = hilum.words(CHINESE), read_tables()
    case = hilum.read_case(source)
    found = verdicts(case, tables)
    lines = [
        *check_lines(case, found, words, 100),
        *Screen(found, words, 100).lines(case),
        *list_lines(tables.rules, tables, words, 100),
    ]
    plain = [re.sub(r"\x1b\[\d*m", "", one).removeprefix("! ") for one in lines]
    # A key and what was written stand as they were.
    assert [one for one in plain if half(one) and " = " not in one] == []
    assert [one for one in plain if one.endswith("…") or width_of(one) > 100] == []


def test_the_chinese_template_says_what_each_code_means_and_why_it_is_asked():
    text = case_template(CHINESE, everything=True)
    assert half("\n".join(one for one in text.splitlines() if "since" not in one)) == []
    tables = read_tables()
    for one in tables.treatments.values():
        label = one.name_zh.partition("（")[0]
        assert f"{one.id}（{label}）" in text.replace("\n# ", "")
    english = case_template("en", everything=True)
    for one in tables.attributes.values():
        if one.why_needed:
            why = hilum.words(CHINESE).within("why", one.why_needed)
            assert why in text.replace("\n# ", "")
            assert one.why_needed.split()[0] in english
    assert "umol/L | mg/dL" in text
    assert "mg/dL | umol/L" in english


def test_laboratory_limits_stand_in_both_units_in_the_order_of_the_reader():
    tables = read_tables()
    said = {}
    for name, language, units in (
        ("en", "en", ""), ("zh", CHINESE, ""), ("si", "en", "si"),
        ("zh, mg", CHINESE, "conventional"),
    ):  # fmt: skip
        words = hilum.words(language)
        words.units = units
        rule = list_lines((tables.rule("ART-04"), tables.rule("PRRT-17")), tables, words, 300)
        said[name] = " ".join(rule)
    assert "above 2 mg/dL was excluded" in said["en"]
    assert "胆红素>34 µmol/L（2 mg/dL）者" in said["zh"]
    assert "血红蛋白<80 g/L（8 g/dL；4.9 mmol/L）时" in said["zh"]
    assert "above 34 µmol/L (2 mg/dL) was excluded" in said["si"]
    assert "胆红素>2 mg/dL（34 µmol/L）者" in said["zh, mg"]
