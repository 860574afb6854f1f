"""What the first look costs a browser."""

import re


def test_the_first_page_with_all_that_it_names_is_small(visitor, case):
    """Below 150 kB; the viewer of livers is fetched where a liver is turned."""
    for path in ("/cases", "/evidence"):
        page = visitor.get(path)
        assert page.status_code == 200
        named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
        assert any(".js" in one for one in named)
        assert any(".css" in one for one in named)
        assert not any("niivue" in one for one in named)
        parts = {one: visitor.get(one) for one in named}
        assert {one.status_code for one in parts.values()} == {200}
        whole = len(page.content) + sum(len(one.content) for one in parts.values())
        if path == "/cases":
            assert whole < 150_000
        assert sum(len(one.content) for one in parts.values()) < 100_000
