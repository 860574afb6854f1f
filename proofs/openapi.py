"""Random questions to every route that the description names, in-process.

What is answered is held against the description, by every check of schemathesis.

Nothing long is begun: analyses that take more than a moment are left to a crew that never comes.
"""

from __future__ import annotations

import argparse
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME, PORT = "http://localhost", 80
SEED, EXAMPLES = 22, 60
# Answered at once, so that their answers are looked at as well.
QUICK = ("cell", "evidence_study", "design-simon", "design-single-stage", "reconstruct")
# Patients: answered where they are asked.
PATIENT = ("board", "to_fhir", "from_fhir")


class Nobody:
    """A crew that never comes."""

    def fill(self) -> None:
        """Nobody is called."""


@contextmanager
def described() -> Iterator[tuple[Any, dict[bool, Any], dict[str, str]]]:
    """The description, the program with and without a crew, and what lets one in."""
    import schemathesis
    from starlette.testclient import TestClient

    from hilum.store.cases import Cases
    from hilum.store.opening import opened
    from hilum.web.app import application
    from hilum.web.desk import Desk

    with TemporaryDirectory(prefix="hilum-api-") as folder:
        engine = opened(Path(folder) / "data")
        desk = Desk(Cases(engine), PORT)
        other = Desk(Cases(engine), PORT, sessions=desk.sessions, crew=Nobody())  # type: ignore[arg-type]
        apps = {True: application(desk), False: application(other)}
        with TestClient(apps[True], base_url=HOME, follow_redirects=False) as client:
            client.get("/enter", params={"secret": desk.sessions.secret})
            cookie = client.cookies[desk.cookie]
            client.post("/examples", data={"csrf": desk.sessions.of(cookie).csrf, "name":
                        "midgut-multifocal"}, headers={"origin": HOME})  # fmt: skip
        own = {
            "cookie": f"{desk.cookie}={cookie}",
            "x-csrf-token": desk.sessions.of(cookie).csrf,
            "origin": HOME,
        }
        schema = schemathesis.openapi.from_asgi(
            "/openapi.json", apps[True], headers={**own, "host": "localhost"}
        )
        _settle(schema)
        yield schema, apps, own
        desk.close()
        engine.dispose()


def _settle(schema: Any) -> None:
    """What a check may take for an answer."""
    schema.config.update(base_url=HOME)
    checks = schema.config.checks
    # A table of strings is a table by its schema, and what stands in it is judged by the analysis.
    checks.positive_data_acceptance.expected_statuses = ["2xx", "303", "403", "404", "409", "422",
                                                         "501"]  # fmt: skip
    checks.negative_data_rejection.expected_statuses = ["2xx", "303", "4xx"]
    checks.missing_required_header.expected_statuses = ["400", "403", "404", "415", "422"]


def attack(examples: int, seed: int = SEED, only: str = "") -> tuple[int, list[str]]:
    """How many requests were answered, and what a check found."""
    count, faults = 0, []
    with described() as (schema, apps, own):
        for found in schema.get_all_operations():
            operation = found.ok()
            if only not in operation.path:
                continue
            said = _attacked(operation, apps, own, examples, seed)
            count += said[0]
            faults += said[1]
    return count, faults


def _attacked(
    operation: Any, apps: dict[bool, Any], own: dict[str, str], examples: int, seed: int
) -> tuple[int, list[str]]:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis.errors import Unsatisfiable
    from schemathesis import GenerationMode
    from schemathesis.core.failures import FailureGroup

    name = operation.path.removeprefix("/api/")
    now = name in QUICK or name in PATIENT or not operation.path.startswith("/api/")
    operation.schema.app = apps[now]
    count, faults = 0, []
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    for mode in modes:

        @seeded(seed)
        @settings(
            max_examples=examples, database=None, deadline=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def one(case: Any) -> None:
            nonlocal count
            count += 1
            if name and operation.path.startswith("/api/") and operation.method == "post":
                case.query = {**(case.query or {}), "wait": "0"}
            if isinstance(case.body, dict) and "csrf" in case.body:
                case.body = {**case.body, "csrf": own["x-csrf-token"]}
            case.call_and_validate(headers=own)

        try:
            one()
        except Unsatisfiable:
            continue  # nothing of this route can be spoilt
        except (Exception, FailureGroup) as error:  # what a check found, whatever it is
            lines = "; ".join(str(error).split("\n")[:12])
            faults.append(f"{operation.method.upper()} {operation.path} ({mode.value}): {lines}")
    return count, faults


def main() -> None:
    """Ask, and say what fell."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--examples", type=int, default=EXAMPLES)
    ask.add_argument("--seed", type=int, default=SEED)
    ask.add_argument("--only", default="", help="routes whose path holds this")
    said = ask.parse_args()
    begun = time.monotonic()
    count, faults = attack(said.examples, said.seed, said.only)
    for one in faults:
        print(f"! {one}")
    print(f"{count} requests: {len(faults)} faults; {time.monotonic() - begun:.0f} s")
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
