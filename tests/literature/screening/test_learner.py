"""The machine against a general optimiser; texts' weights and measures against hand counts."""

import math

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import minimize

from hilum.errors import NotEstimable
from hilum.literature.screening.features import Weighing, rows_of
from hilum.literature.screening.learner import Balance, Machine
from hilum.literature.screening.measures import measured, needed
from hilum.literature.screening.products import ByRows, Kept, gram


def made(n=40, columns=60, seed=1):
    rng = np.random.default_rng(seed)
    rows = sparse.random(n, columns, 0.3, format="csr", random_state=rng, dtype=np.float32)
    return rows, rng.random(n) < 0.3


def by_optimiser(rows, read, relevant, costs):
    """The primal problem by L-BFGS, with the constant in the penalty as LIBLINEAR has it."""
    x = np.hstack([rows[read].toarray(), np.ones((len(read), 1))]).astype(float)
    y = np.where(relevant, 1.0, -1.0)

    def loss(w):
        gap = np.maximum(0, 1 - y * (x @ w))
        return w @ w / 2 + costs @ gap**2, w - 2 * x.T @ (costs * gap * y)

    done = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", tol=1e-14)
    every = np.hstack([rows.toarray(), np.ones((rows.shape[0], 1))])
    return every @ done.x


@pytest.mark.parametrize("products", [Kept, ByRows])
@pytest.mark.parametrize("cost", [0.11, 5.0])
def test_scores_are_those_of_the_optimum_also_after_records_are_added(products, cost, monkeypatch):
    monkeypatch.setattr("hilum.literature.screening.learner.products_of", products)
    rows, relevant = made()
    relevant[:2] = True, False
    balance = Balance(cost=cost)
    machine = Machine(rows, balance)
    for n in (4, 5, 11, 30):
        read = np.arange(n)
        scores = machine.learn(read, relevant[read])
        wanted = by_optimiser(rows, read, relevant[read], balance.of(relevant[read]).astype(float))
        assert scores == pytest.approx(wanted, abs=4e-3)
    # A record taken back is as if never read.
    again = machine.learn(np.arange(11), relevant[:11])
    assert again == pytest.approx(
        Machine(rows, balance).learn(np.arange(11), relevant[:11]), abs=4e-3
    )


def test_many_records_read_need_no_kept_products(monkeypatch):
    rows, _ = made()
    read = np.arange(30)
    values = np.linspace(-1, 1, 30).astype(np.float32)
    kept = ByRows(rows)
    kept.take(read)
    monkeypatch.setattr("hilum.literature.screening.products.DENSE", 10)
    without = ByRows(rows)
    without.take(read)
    dense = rows.toarray() @ rows.toarray().T + 1
    for one in (kept, without):
        assert one.within(values) == pytest.approx(dense[:30, :30] @ values, abs=1e-4)
        assert one.scores(values) == pytest.approx(dense[:, :30] @ values, abs=1e-4)
        assert one.diagonal == pytest.approx(dense.diagonal()[:30], abs=1e-5)


def test_products_of_common_and_rare_columns():
    rows, _ = made(30, 50)
    dense = rows.toarray()
    assert gram(rows) == pytest.approx(dense @ dense.T + 1, abs=1e-5)


def test_balance_is_of_the_form_of_asreview():
    """Its formula, written out: weights 1 and n1 / (ratio n0), scaled to a mean of 1."""
    relevant = np.array([True, False, False, False])
    weights = np.array([1.0, *[1 / (9.8 * 3)] * 3])
    costs = Balance(0.11, 9.8).of(relevant)
    assert costs == pytest.approx(0.11 * weights * 4 / weights.sum(), rel=1e-6)


def test_weights_of_words_and_pairs():
    texts = ["Liver tumour. Liver", "liver; heart", "heart"]
    rows = rows_of(texts, ["", "", ""], Weighing(titles=0, most=1))
    assert rows.shape == (3, 3 + 3)  # liver, tumour, heart; liver-tumour, tumour-liver, liver-heart
    idf = {df: math.log(4 / (1 + df)) + 1 for df in (1, 2)}
    first = np.array([(1 + math.log(2)) * idf[2], idf[1], idf[1], idf[1]])
    assert sorted(rows[0].data) == pytest.approx(sorted(first / np.linalg.norm(first)), rel=1e-5)
    assert rows[2].data == pytest.approx([1.0])


def test_common_things_and_empty_texts():
    rows = rows_of([""] * 4, ["the cat", "the dog", "the", ""], Weighing(titles=0, most=0.7))
    assert np.asarray(rows.multiply(rows).sum(axis=1)).ravel() == pytest.approx([1, 1, 0, 0])
    assert rows_of(["", ""], ["", ""], Weighing(parts=0.1)).nnz == 0


def test_likeness_of_records_is_that_of_texts_and_titles_by_their_shares():
    titles, abstracts = ["liver cancer", "liver surgery"], ["by cancer", "of the bowel"]
    texts = [f"{a}\n{b}" for a, b in zip(titles, abstracts, strict=True)]
    whole = rows_of(texts, ["", ""], Weighing(titles=0, most=1))
    alone = rows_of(titles, ["", ""], Weighing(titles=0, most=1))
    both = rows_of(titles, abstracts, Weighing(titles=0.2, most=1))

    def like(rows):
        return (rows @ rows.T).toarray()

    assert like(both) == pytest.approx(0.8 * like(whole) + 0.2 * like(alone), abs=1e-6)


def test_chinese_is_read_by_character_and_parts_by_word():
    rows = rows_of(["神经内分泌", "肝转移"], ["", ""], Weighing(titles=0))
    assert rows[0].nnz == 5 + 4
    weighing = Weighing(titles=0, parts=0.5, lengths=(3, 3), pairs=False, most=1)
    parts = rows_of(["cats", "cat"], ["", ""], weighing)
    # " ca", "cat", "ats", "ts "; " ca", "cat", "at "
    assert parts[0].nnz == 1 + 4
    assert parts[1].nnz == 1 + 3


def loss_of_asreview(labels):
    """Its own definition (asreview.metrics.loss), written out."""
    ny, nx = sum(labels), len(labels)
    return (ny * (nx - (ny - 1) / 2) - np.cumsum(labels).sum()) / (ny * (nx - ny))


def test_measures_of_an_order_counted_by_hand():
    order = [1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    found = measured(np.array(order))
    assert found.n95 == 20
    assert found.wss95 == pytest.approx(1 - 20 / 20 - 0.05)
    assert found.rrf10 == pytest.approx(1 / 4)  # the third of twenty is beyond the first tenth
    assert found.atd == pytest.approx((1 + 3 + 8 + 20) / 4 / 20)
    assert found.loss == pytest.approx(loss_of_asreview(order))
    assert measured(np.array([1, 1, 0, 0])).loss == pytest.approx(0)
    assert measured(np.array([0, 0, 1, 1])).loss == pytest.approx(1)
    with pytest.raises(NotEstimable):
        measured(np.zeros(5))


def test_the_recall_is_rounded_up_exactly():
    assert [needed(n, 0.95) for n in (1, 19, 20, 21, 40, 100)] == [1, 19, 19, 20, 38, 95]
