"""What is markup in a reference, and what is a sign of "smaller than"."""

from __future__ import annotations

import pytest

from hilum.literature.bibliography.cleaning import paragraph, plain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # A tag that is closed, whatever its name; one that stands alone; what an entity hides.
        ("H<sub>2</sub>O <jats:sup>90</jats:sup>Y", "H2O 90Y"),
        ("<mml:math xmlns:mml='u'><mml:mi>x</mml:mi></mml:math>", "x"),
        ("one<br>two<br/>three", "one two three"),
        ("<p>One</p><p>Two", "One Two"),
        ("&lt;i&gt;in vivo&lt;/i&gt; 5 &lt; 6", "in vivo 5 < 6"),
        ('<span class="x">t</span><img src=x onerror=alert(1)>', "t"),
        ("<script>alert(1)</script>p<0.05<!-- no <b>text</b> -->", "p<0.05"),
        ("cut off</i> before", "cut off before"),
        # None: no form of a tag, or never closed.
        ("size <b and size >5 cm; n<i and x>2", "size <b and size >5 cm; n<i and x>2"),
        ("if n<i>2 or a<n>b", "if n<i>2 or a<n>b"),
        ("p < 0.05 and n > 3", "p < 0.05 and n > 3"),
        ("<i>both</i> and n<i>2", "both and n<i>2"),
        ("a</n> b", "a</n> b"),
    ],
)
def test_what_is_markup(text: str, said: str) -> None:
    assert plain(text) == said


def test_markup_reaches_over_lines() -> None:
    assert paragraph("<b>Aim\nof it</b>\nn<i and\nx>3") == "Aim\nof it\nn<i and\nx>3"


def test_what_never_ends_costs_no_time() -> None:
    for one in ("<script>", "<!--", "<i ", "<a x=1", "<i>"):
        assert plain(one * 20_000 + " x").endswith("x")
