"""Made search exports with known copies: works, the copies other databases have, and near misses.

Each copy is spoilt as databases spoil them (abbreviated journals, initials, shortened pages, no
pages ahead of print, entities, brackets, capitals, slips of the pen), each near miss is another
work that looks alike (the second part, an erratum, next year's abstract, an editorial). Seeded;
nothing of a real record is in it.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass, field, replace
from pathlib import Path


def _of(text: str, between: str | None = "|") -> list[str]:
    return text.split(between)


FAMILY = _of(
    "Müller García Ødegård Nguyen O'Brien van-der-Berg Kowalski Sørensen Şahin Čapek Li Wang Zhang "
    "Suzuki Tanaka Rossi Bianchi Dubois Lefèvre Schmidt Weiß Novak Horvat Ivanov Petrova Silva "
    "Santos Kim Park Haddad Khan Patel Singh Okafor Mensah Johansson Lindqvist Virtanen "
    "Papadopoulos "
    "Smith Jones Brown Taylor Wilson Evans Thomas Walker Wright Green Hall Clarke Hughes Edwards",
    None,
)
GIVEN = _of(
    "Anna Ben Carla David Eva Frank Grace Hugo Ines Jan Karin Luis Maria Nils Olga Paul", None
)
THING = _of(
    "neuroendocrine|hepatic|pulmonary|pancreatic|intestinal|gastric|renal|cardiac|metastatic|"
    "carcinoid|thyroid|adrenal|ovarian|bronchial|lymphatic|vascular|biliary|cutaneous|cerebral|"
    "skeletal|colonic|prostatic|pleural|ocular|dental"
)
NOUN = _of(
    "tumours|metastases|embolisation|resection|ablation|transplantation|chemotherapy|imaging|"
    "survival|recurrence|fibrosis|infection|obstruction|haemorrhage|stenosis|perfusion|biopsy|"
    "screening|rehabilitation|ventilation|anaesthesia|nutrition|vaccination|surveillance"
)
WITH = _of(
    "octreotide|lanreotide|everolimus|sunitinib|interferon-α|streptozocin|temozolomide|lutetium|"
    "yttrium-90|doxorubicin|cisplatin|steroids|oxygen|insulin|heparin|aspirin|statins|vitamin D|"
    "probiotics|exercise|laser|ultrasound|magnetic resonance|gallium-68"
)
DESIGN = _of(
    "a randomised controlled trial|a retrospective cohort study|a systematic review|a case report|"
    "a multicentre study|long-term results|a prospective pilot study|a population-based analysis|"
    "an observational study|a cost-effectiveness analysis|a phase 2 study|"
    "a single-centre experience"
)
LEAD = _of(
    "Effect of|Outcome after|Role of|Quality of life after|"
    "Safety and efficacy of|Prognostic factors "
    "for|Predictors of|Treatment with|Comparison of|Risk factors for|Incidence of|Cost of|Trends in"
)
PLACE = _of(
    "in children|in the elderly|in Northern Europe|in rural clinics|during pregnancy|after surgery|"
    "in intensive care|in diabetic patients|in smokers|in primary care|in Japan|in early disease"
)
JOURNALS = {
    "Journal of Clinical Oncology": "J Clin Oncol",
    "Annals of Surgical Oncology": "Ann Surg Oncol",
    "European Journal of Endocrinology": "Eur J Endocrinol",
    "British Journal of Surgery": "Br J Surg",
    "American Journal of Gastroenterology": "Am J Gastroenterol",
    "Neuroendocrinology": "Neuroendocrinology",
    "Chinese Journal of Tuberculosis and Respiratory Diseases": "Zhonghua Jie He He Hu Xi Za Zhi",
    "World Journal of Surgery": "World J Surg",
    "Digestive and Liver Disease": "Dig Liver Dis",
    "Acta Oncologica": "Acta Oncol",
    "Cancer": "Cancer (Philadelphia)",
    "Journal of Hepatology": "J Hepatol",
}
GERMAN = _of(
    "Untersuchung der Behandlung von {0} mit {1} und Verlauf bei Patienten in der Klinik|"
    "Die Bedeutung der {1}-Therapie bei {0} im Verlauf der Erkrankung"
)


@dataclass(frozen=True)
class Made:
    """A made record; ``work`` says whose copy it is."""

    number: int
    work: int
    title: str
    authors: tuple[str, ...]
    year: int | None
    journal: str
    volume: str
    issue: str
    pages: str
    doi: str = ""
    pmid: str = ""
    abstract: str = ""
    kind: str = "JOUR"
    note: str = field(default="", compare=False)


_SOUNDS = _of(
    "ba ce di fo gu ka le mi no pu ra se ti vo xa ze bri cro dra fle gli pro sta tri", None
)
_ENDS = _of("mab nib cin lone pril ase itis oma emia ectomy osis gram", None)


def _words(count: int = 6000) -> list[str]:
    rng = random.Random(1)
    return ["".join(rng.choices(_SOUNDS, k=rng.randint(1, 3))) + rng.choice(_ENDS)
            for _ in range(count)]  # fmt: skip


RARE = _words()


def _rare(rng: random.Random) -> str:
    """A word of the field: few are in many titles, most in few."""
    return RARE[int(len(RARE) * rng.random() ** 2.5)]


def work(rng: random.Random, number: int) -> Made:
    """A work as its publisher prints it."""
    first = rng.randint(1, 2400)
    title = " ".join(
        (
            rng.choice(LEAD), rng.choice(WITH), "for", _rare(rng), rng.choice(THING),
            rng.choice(NOUN), "and", _rare(rng), rng.choice(NOUN), rng.choice(PLACE),
        )
    )  # fmt: skip
    people = rng.sample(FAMILY, rng.randint(1, 8))
    year = rng.randint(1985, 2025)
    return Made(
        number=0,
        work=number,
        title=f"{title}: {rng.choice(DESIGN)}" if rng.random() < 0.7 else title,
        authors=tuple(f"{one}, {rng.choice(GIVEN)} {rng.choice('ABCDEHJLM')}." for one in people),
        year=year,
        journal=rng.choice(tuple(JOURNALS)),
        volume=str(rng.randint(1, 140)),
        issue=str(rng.randint(1, 12)),
        pages=f"{first}-{first + rng.randint(1, 19)}",
        doi=f"10.5555/made.{year}.{number}" if year > 1999 and rng.random() < 0.7 else "",
        pmid=str(10_000_000 + number) if rng.random() < 0.5 else "",
    )


def shortened(pages: str) -> str:
    """Pages as PubMed prints them: 482-91."""
    first, _, last = pages.partition("-")
    same = 0
    while same < len(first) - 1 and len(first) == len(last) and first[same] == last[same]:
        same += 1
    return f"{first}-{last[same:]}"


def initials(name: str) -> str:
    """Smith, John A. as Smith JA."""
    family, _, given = name.partition(", ")
    return f"{family} {''.join(one[0] for one in given.split())}"


def _slip(rng: random.Random, text: str) -> str:
    at = rng.randrange(1, len(text) - 1)
    return text[:at] + text[at + 1 :]


SPOILS = {
    "abbreviated": lambda m, r: replace(m, journal=JOURNALS.get(m.journal, m.journal)),
    "initials": lambda m, r: replace(m, authors=tuple(map(initials, m.authors))),
    "short pages": lambda m, r: replace(m, pages=shortened(m.pages)),
    "first page": lambda m, r: replace(m, pages=m.pages.partition("-")[0]),
    "no authors": lambda m, r: replace(m, authors=()),
    "three authors": lambda m, r: replace(m, authors=(*m.authors[:3], "et al.")[: len(m.authors)]),
    "capitals": lambda m, r: replace(m, title=m.title.upper()),
    "entities": lambda m, r: replace(
        m, title=m.title.replace(" and ", " &amp; ").replace("α", "&alpha;"),
        journal=m.journal.replace(" and ", " &amp; ")),
    "plain letters": lambda m, r: replace(
        m, authors=tuple(one.encode("ascii", "ignore").decode() if "ü" not in one
                         else one.replace("ü", "ue") for one in m.authors)),
    "brackets": lambda m, r: replace(m, title=f"[{m.title}]."),
    "no subtitle": lambda m, r: replace(m, title=m.title.partition(":")[0]),
    "ahead of print": lambda m, r: replace(
        m, volume="", issue="", pages="", year=m.year - (r.random() < 0.4)),
    "no doi": lambda m, r: replace(m, doi="", pmid=""),
    "slip": lambda m, r: replace(m, title=_slip(r, m.title)),
    "american": lambda m, r: replace(
        m, title=m.title.replace("tumours", "tumors").replace("isation", "ization")
        .replace("haem", "hem").replace("centre", "center").replace("anaes", "anes")),
    "full stop": lambda m, r: replace(m, title=f"{m.title}."),
    "markup": lambda m, r: replace(m, title=m.title.replace(" for ", " <i>for</i> ", 1)),
    "year slip": lambda m, r: replace(m, year=m.year + 1),
    "ovid": lambda m, r: replace(m, title=f"{m.title} [see comment]"),
}  # fmt: skip


def copy(rng: random.Random, one: Made) -> Made:
    """The same work as another database has it."""
    spoilt = one
    chosen = rng.sample(tuple(SPOILS), rng.randint(1, 4))
    if "ahead of print" in chosen and "no authors" in chosen:
        chosen.remove("no authors")
    for name in chosen:
        spoilt = SPOILS[name](spoilt, rng)
    return replace(spoilt, note=", ".join(chosen))


def misses(rng: random.Random, one: Made, number: int) -> list[Made]:
    """Other works that look like this one."""
    first = int(one.pages.partition("-")[0])
    after = f"{first + 20}-{first + 27}"
    sister = one.title.replace(" in ", " not in ", 1).replace(one.title.split()[2], "placebo", 1)
    sister = f"{sister} of another kind"
    other = {"work": number, "doi": "", "pmid": ""}
    return [
        replace(
            one, title=f"Erratum: {one.title}", pages=f"{first + 200}", **other, note="erratum"),
        replace(one, title=f"{one.title}. Part II", pages=after, **other, note="part II"),
        replace(one, title=f"Reply to: {one.title}", pages=after, **other, note="reply"),
        replace(
            one, title="Editorial", authors=tuple(rng.sample(FAMILY, 1)), pages=after, **other,
            note="editorial"),
        replace(
            one, volume=one.volume, issue="Suppl 1", pages=f"S{first % 90 + 1}", kind="JOUR",
            year=one.year - 1, **other, note="abstract of a meeting"),
        replace(
            one, journal="Proceedings of the Imagined Annual Congress", kind="CONF", volume="",
            issue="", pages="", year=one.year - 2, **other, note="proceedings"),
        replace(
            one, title=sister, pages=after, authors=one.authors[::-1], **other,
            note="sister paper"),
    ]  # fmt: skip


def export(count: int, seed: int, hard: float = 0.12) -> list[Made]:
    """About ``count`` records, shuffled and numbered: works, copies and near misses."""
    rng = random.Random(seed)
    found: list[Made] = []
    number = 0
    while len(found) < count:
        number += 1
        one = work(rng, number)
        found.append(one)
        while rng.random() < 0.28:
            found.append(copy(rng, one))
        if rng.random() < hard:
            number += 1
            found.append(rng.choice(misses(rng, one, number)))
    rng.shuffle(found)
    return [replace(one, number=n) for n, one in enumerate(found[:count], 1)]


def ris(made: list[Made]) -> str:
    """The records as RIS."""
    out: list[str] = []
    for one in made:
        first, _, last = one.pages.partition("-")
        pairs = [("TY", one.kind), ("ID", str(one.number)), ("TI", one.title)]
        pairs += [("AU", name) for name in one.authors]
        pairs += [
            ("PY", str(one.year)), ("JF", one.journal), ("VL", one.volume), ("IS", one.issue),
            ("SP", first), ("EP", last), ("DO", one.doi), ("AB", one.abstract),
        ]  # fmt: skip
        pairs += [("AN", one.pmid), ("DB", "PubMed")] if one.pmid else []
        out += [f"{tag}  - {value}" for tag, value in pairs if value]
        out += ["ER  - ", ""]
    return "\n".join(out)


def main() -> None:
    """Write an export."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("out", type=Path)
    ask.add_argument("--records", type=int, default=100_000)
    ask.add_argument("--seed", type=int, default=26)
    given = ask.parse_args()
    given.out.write_text(ris(export(given.records, given.seed)), "utf-8")


if __name__ == "__main__":
    main()
