"""Whether a design's answer is what its own question gives: every field, computed again."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from hilum.errors import Fault, InputError, phrased
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Generator

    from hilum.analyses.designs.simulated import PlayedAsked
    from hilum.analyses.designs.source import Source
    from hilum.trials.failing.play import Playable
    from hilum.trials.synopsis.record import Synopsis
    from hilum.trials.synopsis.special import Simulated
    from hilum.watch import Watch

PLAYED_AGAIN = 30_000_000
"""Patients of simulated trials that are played again to compare: seconds."""
MOST = 3
"""Differences that are told of one field of the answer."""
OF_THE_DESIGNERS = ("why.despite", "why.hoped", "why.outcome")
"""What stands beside the record in ``why`` and does not come from it."""

Difference = tuple[str, Any, Any]
"""The place of a value, what the file holds there, what is computed."""


def same_as_asked(
    name: str, text: str, synopsis: Synopsis, evidence: str | None = None, watch: Watch = SILENT
) -> bool:
    """Run the design in a file's ``asked`` again, and compare every field.

    Returns
    -------
    bool
        Whether its simulated trials, if there are any, were played again too.

    Raises
    ------
    InputError
        The file does not say what was asked, or a field is not what that gives; the faults name
        the fields, both values and where the record may have moved on. Also a question that
        published evidence answers by now, without a reason.
    """
    from pydantic import ValidationError

    from hilum.analyses.designs import DESIGNS
    from hilum.analyses.designs.run import planned
    from hilum.analyses.forms import from_json

    design = DESIGNS[synopsis.kind]
    try:
        asked = from_json(design.Asked, json.dumps(json.loads(text)["asked"]))
    except (KeyError, ValidationError):
        wanted = phrased(
            "what the design was asked, as hilum trials design ... --json prints it: the file was "
            "changed; size the design again"
        )
        raise InputError(Fault(name, None, "asked", "", wanted)) from None
    if evidence is not None:
        asked = replace(asked, evidence=evidence)
    again, source = planned(design, asked, watch)
    found = [*_differences(_of(replace(synopsis, simulated=None)), _of(again))]
    trials, seen = _simulated(asked, synopsis, again, source, watch)
    found += trials
    if not found:
        return seen
    record = _record_moved(found, again)
    told: Counter[str] = Counter()
    faults: list[Fault] = []
    for one in found:
        top = one[0].partition(".")[0].partition("[")[0]
        told[top] += 1
        if told[top] <= MOST:
            faults.append(_fault(name, one, from_record=record or _of_record(one[0], again)))
    raise InputError(*faults)


def _fault(name: str, one: Difference, *, from_record: bool) -> Fault:
    place, held, given = one
    shown = _shown(given)
    if from_record:
        said = phrased(
            "what the published record gives today ({wanted}): the record moved on since the "
            "design, or the file was changed or is of another version; size the design again",
            wanted=shown,
        )
    else:
        said = phrased(
            "what its own question gives ({wanted}): the file was changed, or is of another "
            "version of hilum; size the design again",
            wanted=shown,
        )
    return Fault(name, None, place, _shown(held), said)


def _shown(value: Any) -> str:
    """A value in a sentence: one in a few words, of a longer part that it is there."""
    if isinstance(value, list) and 0 < len(value) <= MOST:
        return ", ".join(_shown(one) for one in value)
    if isinstance(value, dict | list):
        return "…" if value else "–"
    if isinstance(value, float):
        return f"{value:.8g}"
    return "–" if value is None else str(value)


def _record_moved(found: list[Difference], again: Synopsis) -> bool:
    """Whether a figure that the record gave to the size is another: all that follows may be."""
    return any(place.startswith("assumptions") and _of_record(place, again) for place, *_ in found)


def _of_record(place: str, again: Synopsis) -> bool:
    """Whether a value comes from the published record."""
    if place.startswith("assumptions["):
        index = int(place[len("assumptions[") :].partition("]")[0])
        return index < len(again.assumptions) and again.assumptions[index].source == "evidence"
    if place.startswith(("why", "sensitivity")):
        return not place.startswith(OF_THE_DESIGNERS)
    return False


def _of(part: Any) -> Any:
    """Frozen data as dictionaries and lists."""
    return json.loads(json.dumps(asdict(part)))


def _differences(held: Any, given: Any, place: str = "") -> Generator[Difference]:
    """Where two values differ; numbers to eight digits."""
    if isinstance(held, dict) and isinstance(given, dict):
        keys = [*given, *(key for key in held if key not in given)]
        for key in keys:
            at = f"{place}.{key}" if place else str(key)
            yield from _differences(held.get(key), given.get(key), at)
    elif isinstance(held, list) and isinstance(given, list) and len(held) == len(given):
        for index, (one, other) in enumerate(zip(held, given, strict=True)):
            yield from _differences(one, other, f"{place}[{index}]")
    elif not _alike(held, given):
        yield place, held, given


def _alike(one: Any, other: Any) -> bool:
    numbers = isinstance(one, float | int) and isinstance(other, float | int)
    if numbers and not isinstance(one, bool) and not isinstance(other, bool):
        return math.isclose(one, other, rel_tol=1e-8, abs_tol=1e-12)
    return type(one) is type(other) and one == other


def _simulated(
    asked: Any, synopsis: Synopsis, again: Synopsis, source: Source, watch: Watch
) -> tuple[list[Difference], bool]:
    """Where simulated trials differ, and whether they were played again to see it."""
    from hilum.analyses.designs.simulated import PlayedAsked, with_simulation
    from hilum.trials.failing.play import patients_played

    held = synopsis.simulated
    if not isinstance(asked, PlayedAsked) or asked.trials is None or held is None:
        wanted = asked.trials if isinstance(asked, PlayedAsked) else None
        if (held is None) == (wanted is None):
            return [], True
        return [("simulated", None if held is None else held.trials, wanted)], True
    trial = asked.playable(again, source)
    if patients_played(trial, asked.ways(), asked.trials) <= PLAYED_AGAIN:
        made = with_simulation(asked, again, source, watch).simulated
        return [*_differences(_of(held), _of(made), "simulated")], True
    return [*_unplayed(asked, held, trial)], False


def _unplayed(asked: PlayedAsked, held: Simulated, trial: Playable) -> Generator[Difference]:
    """What can be compared without playing: what was played, and chances that are one another's."""
    from hilum.trials.failing.play import error

    stated = {"trials": asked.trials, "seed": asked.seed, "ends": trial.ends,
              "counted": trial.counted}  # fmt: skip
    for name, value in stated.items():
        yield from _differences(getattr(held, name), value, f"simulated.{name}")
    wanted: list[tuple[str, str, dict[str, float]]] = [
        ("no-effect", "", {}),
        ("as-planned", "", {}),
    ]
    wanted += [(one.code, one.name, one.changes.made) for one in asked.ways()]
    if len(wanted) != len(held.truths):
        yield "simulated.truths", len(held.truths), len(wanted)
        return
    for index, (one, (code, name, facts)) in enumerate(zip(held.truths, wanted, strict=True)):
        chance = sum(one.efficacy)
        given: dict[str, Any] = {
            "code": code, "name": name, "facts": facts, "success": chance,
            "mcse": error(min(max(chance, 0.0), 1.0), held.trials),
        }  # fmt: skip
        if one.level is not None:
            given["level_mcse"] = error(min(max(one.level, 0.0), 1.0), held.trials)
        now = {key: getattr(one, key) for key in given}
        yield from _differences(now, given, f"simulated.truths[{index}]")
        ended = chance + sum(one.futility)
        if not _alike(ended, 1.0):
            yield f"simulated.truths[{index}].futility", sum(one.futility), 1 - chance
