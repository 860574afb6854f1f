import os
from pathlib import Path

import pytest

import hilum
from tests.cluster import cluster

# Each worker has a core of its own: threads of linear algebra would only wait for each other. Said
# here, before any test loads it.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

ROOT = Path(__file__).parents[1]
# What one worker's model compiled need not be compiled again by another, nor by its children.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(ROOT / ".pytest_cache" / "jax"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "0")

# Posteriors of a test are the test's own: none is found, none is left in the user's cache.
os.environ["HILUM_CACHE"] = "off"

# What these files make once for all their tests is dear: each stays with one worker.
TOGETHER = {
    "analyses/test_evidence_map.py", "analyses/test_evidence_study.py", "analyses/test_liver.py",
    "analyses/test_rank_pairs.py",
    "answers/test_honest.py", "answers/test_reference.py", "answers/test_survival.py",
    "cli/test_drawing.py", "cli/test_joint.py", "cli/test_pool_code.py", "language",
    "liver/test_case.py", "sheet/test_browser.py", "sheet/test_certainty.py",
    "sheet/test_changes.py", "sheet/test_forms_agree.py",
    "sheet/test_made.py", "sheet/test_never_misled.py", "sheet/test_verdict_part.py",
    "sheet/test_worth.py", "synthesis/joint/test_conflict.py", "synthesis/joint/test_fit.py",
    "synthesis/joint/test_setting.py", "test_bounds.py", "web/test_browser.py",
    "web/test_bound_ua.py", "web/test_evidence_map.py", "web/test_extraction_browser.py",
    "web/test_liver_browser.py", "web/test_review_browser.py", "web/test_rooms_browser.py",
}  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        name = item.path.relative_to(ROOT / "tests").as_posix()
        # All that looks up words gathers them once.
        name = "language" if name.startswith("language/") else name
        if name in TOGETHER:
            item.add_marker(pytest.mark.xdist_group(name))


EXAMPLE = ROOT / "examples" / "midgut-multifocal.toml"


@pytest.fixture(scope="session")
def evidence():
    return hilum.read_evidence()


@pytest.fixture(scope="session")
def sheet(evidence):
    return hilum.board(EXAMPLE, evidence)


@pytest.fixture(scope="session")
def chromium_path():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        for folder in os.environ["PATH"].split(os.pathsep):
            if (Path(folder) / name).exists():
                return str(Path(folder) / name)
    pytest.fail("a headless Chromium is needed: `make test` installs it")


@pytest.fixture(scope="session")
def postgresql():
    """The address of a throw-away PostgreSQL, started when the first test asks for it."""
    with cluster() as address:
        yield address
