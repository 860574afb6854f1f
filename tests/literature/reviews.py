"""A made review for tests: titles, imports from four kinds of source, decisions of two people."""

from __future__ import annotations

from pathlib import Path

from proofs.face import called


def hilum(*words: object, status: int = 0) -> str:
    done = called("literature", *words)
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


TOPICS = ("Ablation", "Embolisation", "Resection", "Radioligands", "Everolimus", "Octreotide")
PLACES = ("Aarhus", "Bergen", "Catania", "Dresden", "Esbjerg", "Fukuoka", "Graz", "Haifa")


def title(number: int) -> str:
    topic, place = TOPICS[number % len(TOPICS)], PLACES[number // len(TOPICS) % len(PLACES)]
    return f"{topic} of invented liver tumours in {place}: series {number}"


def ris(numbers: range, database: str = "") -> str:
    out: list[str] = []
    for number in numbers:
        fields = [
            ("TY", "JOUR"), ("ID", f"R{number}"), ("AU", f"Author{number}, Ada"),
            ("AU", f"Second{number}, Bea"), ("TI", title(number)), ("PY", str(2000 + number % 20)),
            ("T2", "Journal of Invented Examples"), ("VL", str(number + 1)),
            ("SP", str(100 + 7 * number)), ("EP", str(104 + 7 * number)),
            ("AB", f"Invented for a test, number {number}, about {title(number)}."),
        ]  # fmt: skip
        fields += [("DB", database)] if database else []
        out += [f"{tag}  - {value}" for tag, value in fields]
        out += ["ER  - ", ""]
    return "\n".join(out)


def made_review(folder: Path, sources: Path) -> Path:
    """29 records found: 20 + 12 (8 of them twice) in databases, 2 in a register, 3 otherwise."""
    sources.mkdir(parents=True, exist_ok=True)
    files = {
        "a.ris": (ris(range(20), "Embase"), ()),
        "b.ris": (ris(range(12, 24)), ("--from", "MEDLINE (Ovid)")),
        "c.ris": (ris(range(30, 32)), ("--from", "ICTRP", "--via", "register")),
        "d.ris": (ris(range(39, 43)), ("--from", "reference lists", "--via", "citation")),
        "e.ris": (ris(range(2, 3)), ("--via", "citation")),
    }
    hilum("new", folder, "--title", "Embolisation of liver metastases")
    for name, (text, options) in files.items():
        (sources / name).write_text(text, "utf-8")
        hilum("import", folder, sources / name, *options)
    hilum("dedupe", folder)
    return folder


def decide(folder: Path, rows: str) -> None:
    """Decisions as rows ``record stage reviewer decision reason kind``, a dash for nothing."""
    from hilum.literature.screening.decisions import FILE, Decision, head_line, line_of

    path = folder / FILE
    text = path.read_bytes() if path.exists() else head_line()
    for row in rows.split("\n"):
        if row.strip():
            record, stage, reviewer, said, reason, kind = (
                "" if one == "-" else one for one in row.split()
            )
            text += line_of(
                Decision(record_id=record, stage=stage, reviewer=reviewer, decision=said,
                         reason=reason, kind=kind or "decision")
            )  # fmt: skip
    path.write_bytes(text)


def both(records: list[str], stage: str, said: str, reason: str = "-") -> str:
    """The same decision of two reviewers."""
    return "\n".join(
        f"{one} {stage} {who} {said} {reason} -" for one in records for who in ("AL", "BM")
    )
