"""The cells beside published syntheses: most touch, and each that does not says why."""

import pytest

from hilum.answers.published import CODES, REASONS, TABLE, held_against_published, read_published
from hilum.errors import InputError
from tests.answers.reference import TABLES, record

HEADER = "treatment,outcome,time_months,population,site,value,ci_low,ci_high,k,n,source,seen,note"


@pytest.fixture(scope="module")
def held():
    return held_against_published(record())


def test_seven_in_ten_touch_and_each_other_one_has_a_reason(held):
    assert len(held) == 54
    assert sum(one.touches for one in held) / len(held) >= 0.7
    silent = [one.published.published_id for one in held if not one.touches and not one.reason]
    assert silent == []


def test_a_reason_stands_only_where_figures_differ(held):
    _, reasons = read_published()
    differ = {one.published.published_id for one in held if not one.touches}
    assert set(reasons) == differ
    assert {one.code for one in reasons.values()} <= set(CODES)


def test_touching_is_having_a_point_in_common(held):
    for one in held:
        if one.ours is None:
            assert not one.touches
            continue
        apart = one.ours[1] < one.published.ends[0] or one.published.ends[1] < one.ours[0]
        assert one.touches is not apart


def test_a_table_without_ids_and_without_reasons_is_read(tmp_path):
    lines = (TABLES / TABLE).read_text("utf-8").splitlines()[1:]
    assert len(lines) == 54
    row = "tace,overall_survival,60,x,mixed,33,20,40,3,100,a text,abstract,"
    (tmp_path / TABLE).write_text(f"{HEADER}\n{row}\n", "utf-8")
    (one,) = held_against_published(record(), tmp_path)
    assert (one.published.published_id, one.published.ends) == ("row-2", (20.0, 40.0))
    assert one.touches
    assert one.reason is None


def test_every_fault_of_the_tables_is_told_at_once(tmp_path):
    rows = [
        "tace,overall_survival,60,x,moon,33,20,40,3,100,a text,abstract,",
        "tace,overall_survival,60,x,mixed,many,20,40,3,100,a text,abstract,",
    ]
    (tmp_path / TABLE).write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
    (tmp_path / REASONS).write_text(
        "published_id,reason,note,reviewed_by\nrow-2,because,why,\nrow-3,no_interval,,\n", "utf-8"
    )
    with pytest.raises(InputError) as error:
        held_against_published(record(), tmp_path)
    found = {(one.file, one.row, one.column) for one in error.value.faults}
    assert found == {
        (TABLE, 2, "site"),
        (TABLE, 3, "value"),
        (REASONS, 2, "reason"),
        (REASONS, 3, "note"),
    }
    with pytest.raises(InputError, match="a table called"):
        held_against_published(record(), tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("spoilt", "place"),
    [
        (lambda text: text.replace("published_id", "published", 1), "published_id"),
        (lambda text: '"' + text, "row"),
        (lambda text: "b" * 140_000 + "," + text, "reason"),
    ],
)
def test_a_spoilt_header_of_the_reasons_is_named(tmp_path, spoilt, place):
    for name in (TABLE, REASONS):
        (tmp_path / name).write_bytes((TABLES / name).read_bytes())
    path = tmp_path / REASONS
    path.write_text(spoilt(path.read_text("utf-8")), "utf-8")
    with pytest.raises(InputError) as error:
        read_published(tmp_path)
    assert {(one.file, one.column) for one in error.value.faults} == {(REASONS, place)}
