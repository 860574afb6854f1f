"""Leave out one rule at a time and count how many a patient of ``tests/patient/rows.csv`` notices.

    python validation/rows.py [--reference DIR]

hilum itself is put to the table; with ``--reference`` the executable specification in ``DIR``
(``evaluate.py``, ``tables.py``, ``rules.csv``) is instead. Exits non-zero when a row is answered
otherwise than the table says, or when less than 95 % of the strong rules are noticed. Strong: a
requires, forbids or indicates row of a label, a guideline or a consensus, and every decisive row.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.patient.row_table import Answer, Judge, Patient, misses, mutate, read_rows
from validation.claims import Claims

STRONG = {"label", "guideline", "consensus"}
NOTICED = 0.95


def strong(rule: dict[str, Any]) -> bool:
    decides = rule["kind"] in ("requires", "forbids", "indicates")
    return rule["decisive"] == "yes" or (decides and rule["authority"] in STRONG)


def reference(folder: Path) -> tuple[Judge, dict[str, dict[str, Any]]]:
    """The executable specification as a judge, and its rules."""
    sys.path.insert(0, str(folder))
    import evaluate
    import tables as reading

    tables = reading.load()
    whole = {name: list(rules) for name, rules in tables.rules.items()}

    def judge(patient: Patient, without: str | None) -> dict[str, Answer]:
        for name, rules in whole.items():
            tables.rules[name] = [rule for rule in rules if rule["rule_id"] != without]
        given, remarks = reading.read_case(patient, tables)
        if remarks:
            raise ValueError("; ".join(remarks))
        opinions, facts, _ = evaluate.options(given, tables)
        return {
            name: (
                evaluate.CODES[opinion.verdict],
                frozenset(
                    rule["rule_id"]
                    for rule in tables.rules[name]
                    if evaluate.fires(rule, facts) is True
                    and rule["region"] in ("", facts.get("region"))
                ),
            )
            for name, opinion in opinions.items()
        }

    return judge, {rule["rule_id"]: rule for rules in whole.values() for rule in rules}


def product() -> tuple[Judge, dict[str, dict[str, Any]]]:
    """hilum as a judge, and its rules."""
    from tests.patient.product import judge

    from hilum.patient.tables import read_tables

    return judge, {
        rule.rule_id: {
            "kind": rule.kind,
            "authority": rule.authority,
            "decisive": "yes" if rule.decisive else "",
        }
        for rule in read_tables().rules
    }


def report(judge: Judge, rules: dict[str, dict[str, Any]]) -> int:
    rows = read_rows()
    wrong = misses(rows, judge)
    print(f"{len(rows)} rows of {len({row.rule_id for row in rows})} rules, {len(wrong)} missed")
    print(*wrong, sep="\n")
    claims = Claims("rows")
    claims.say("rows answered otherwise than the table says", len(wrong), None, 0)
    how = mutate(rows, rules, judge)
    for name, wanted in (("strong", True), ("other", False)):
        found = {rule: how[rule] for rule in rules if strong(rules[rule]) is wanted}
        count = Counter(found.values())
        print(f"{name}: {len(found)} rules, noticed by verdict {count['verdict']}, ", end="")
        print(f"by the list of fired rules {count['fires']}")
        print("  unnoticed:", *(rule for rule in found if not found[rule]))
        if wanted:
            claims.say("share of strong rules noticed", 1 - count[""] / len(found), NOTICED)
    return claims.finish()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reference", type=Path)
    folder = parser.parse_args().reference
    return report(*(reference(folder) if folder else product()))


if __name__ == "__main__":
    sys.exit(main())
