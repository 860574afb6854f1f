"""What every test of words looks up."""

import pytest
from tools.messages import all_ids


@pytest.fixture(scope="session")
def gathered():
    """Every id by its catalogue: gathered once, which takes seconds."""
    return all_ids()
