"""A network in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.language.telling import sentence
from hilum.language.words import CONTEXT
from hilum.records import found
from hilum.rendering.figures import said
from hilum.rendering.printed_figures import probable, short
from hilum.synthesis.effects import measure as measure_of

if TYPE_CHECKING:
    from hilum.analyses.network import NetworkAnswered
    from hilum.analyses.network_answer import Additive, Matrix, NetworkFigures, QRow
    from hilum.analyses.network_certainty import Confidence
    from hilum.language import Words

LEFT_OUT: Final = {
    "no_information": "left out: {study}: no effect, no standard error or no counts",
    "no_events": "left out: {study}: no event in any arm",
    "only_events": "left out: {study}: nothing but events in every arm",
}
UNRANKED: Final = (
    "no ranks: say whether a small {measure} is desirable or undesirable (--small-values)"
)
# Degrees of freedom of tau2 up to which intervals that take it as known are said to be short.
FEW: Final = 3
UNSURE: Final = (
    "tau2 rests on few studies (df {df}), and the intervals take it as known: they may be too "
    "short (a pool of the two treatments' own trials allows for it)"
)
NO_NEW: Final = "no interval of a new study: too few studies"
HEADS: Final = {
    "": "against {reference}",
    "desirable": "against {reference}; P-score: small values desirable",
    "undesirable": "against {reference}; P-score: small values undesirable",
}
SUGGESTED: Final = {
    "": "against {reference} (suggested; see --reference)",
    "desirable": "against {reference} (suggested; see --reference); P-score: small values "
    "desirable",
    "undesirable": "against {reference} (suggested; see --reference); P-score: small values "
    "undesirable",
}
TESTS: Final = {
    "Total": "Q total {q}, df {df}, p {p}",
    "Within designs": "Q within designs {q}, df {df}, p {p}",
    "Between designs": "Q between designs {q}, df {df}, p {p}",
}
# The same without degrees of freedom, hence without a p value.
BARE: Final = {
    "Total": "Q total {q}, df {df}",
    "Within designs": "Q within designs {q}, df {df}",
    "Between designs": "Q between designs {q}, df {df}",
}
# Studies named of a comparison, and the least share of one that is named.
MOST_STUDIES: Final = 6
LEAST_SHARE: Final = 0.005
CONCERNS: Final = ("some_concerns", "major_concerns")
NOT_ASSESSED: Final = "not_assessed"
AT_BEST: Final = "at best {level}: {count} domains not assessed ({domains})"
AT_BEST_ONE: Final = "at best {level}: 1 domain not assessed ({domains})"
LEVELS: Final = {"high": "high", "moderate": "moderate", "low": "low", "very_low": "very low"}
DOMAINS: Final = {
    "within_study_bias": "within study bias",
    "reporting_bias": "reporting bias",
    "indirectness": "indirectness",
    "imprecision": "imprecision",
    "heterogeneity": "heterogeneity",
    "incoherence": "incoherence",
}
JUDGED: Final = {
    "some_concerns": "{domain}: some concerns",
    "major_concerns": "{domain}: major concerns",
}
OF_COMMON: Final = "indirect_only_common"
COMMON: Final = {
    "some_concerns": "{domain}: some concerns (by the test of common effects alone)",
    "major_concerns": "{domain}: major concerns (by the test of common effects alone)",
}
"""The same where the test counts spread between studies as inconsistency."""


def network_lines(answer: NetworkAnswered, words: Words) -> list[str]:
    """What was compared, each treatment against the reference, heterogeneity, inconsistency."""
    lines: list[str] = []
    if not answer.connected:
        count, joined = len(answer.parts), words(", ").join(answer.joined_by)
        lines.append(
            words("not connected: {count} parts, no comparison between them", count=count)
            if not joined
            else words(
                "not connected: {count} parts; what would join them is left out: {studies}",
                count=count,
                studies=joined,
            )
        )
        lines += [f"  {i}: {', '.join(part)}" for i, part in enumerate(answer.parts, start=1)]
    for one in answer.answered:
        lines += [*([""] if lines else []), *_one(one, words)]
    if answer.additive is not None:
        lines += ["", *_additive(answer.additive, words)]
    lines += [
        "  " + words(found(LEFT_OUT, one.reason, "reason"), study=one.studlab)
        for one in answer.left_out
    ]
    lines += [f"  {sentence(one, words)}" for one in answer.remarks]
    if answer.certainty is not None:
        lines += _confidence(answer.certainty, words)
    return lines


def _one(out: NetworkFigures, words: Words) -> list[str]:
    names = out.trts
    reference = out.reference or out.suggested_reference or names[0]
    at = names.index(reference)
    width = max(len(name) for name in names)
    head = found(HEADS if out.reference else SUGGESTED, out.small_values or "", "small values")
    lines = [
        words(
            "{measure}, random effects, {level} % interval: {k} studies, {n} treatments, {m} "
            "contrasts ({codes})",
            measure=words(measure_of(out.measure).name or out.measure),
            level=f"{100 * (out.level or 0.0):g}",
            k=out.k,
            n=out.n,
            m=out.m,
            codes=", ".join((out.measure, *([out.method] if out.method else []), "z")),
        ),
        "  " + words(head, reference=reference),
    ]
    said = {name: "" if i == at else _against(out, i, at, words) for i, name in enumerate(names)}
    longest = max(map(len, said.values()))
    for name in sorted(names, key=lambda name: -out.pscore_random.get(name, 0.0)):
        shown = {"name": f"{name:<{width}}", "figure": f"{said[name]:<{longest}}"}
        if out.pscore_random:
            score = f"{out.pscore_random[name]:.3f}"
            told = words("{name}  {figure}  P-score {score}", **shown, score=score)
        else:
            told = "{name}  {figure}".format(**shown)
        lines.append(f"  {told}".rstrip())
    if not out.pscore_random:
        name = words("effect") if out.measure == "GEN" else out.measure
        lines.append("  " + words(UNRANKED, measure=name))
    if out.df and out.df <= FEW:
        lines.append("  " + words(UNSURE, df=out.df))
    if out.n and out.n > 1 and not any(one is not None for row in scale(out)[3] for one in row):
        lines.append("  " + words(NO_NEW))
    tau2 = short(out.tau2 or 0.0)
    if out.I2 is None:
        lines.append("  " + words("tau2 {tau2}", tau2=tau2))
    else:
        i2 = f"{100 * out.I2:.1f}"
        lines.append("  " + words("tau2 {tau2}, I2 {i2} %", tau2=tau2, i2=i2))
    lines += [f"  {one}" for one in _inconsistency(out, words)]
    return [*lines, *_contributed(out, words)]


def scale(out: NetworkFigures) -> tuple[Matrix, Matrix, Matrix, Matrix, Matrix]:
    """TE, its limits and those of a new study, on the scale that people read."""
    if out.transformed is not None:
        it = out.transformed
        return it.TE, it.lower, it.upper, it.lower_predict, it.upper_predict
    return out.TE_random, out.lower_random, out.upper_random, out.lower_predict, out.upper_predict


def _against(out: NetworkFigures, i: int, at: int, words: Words) -> str:
    te, lower, upper, new_low, new_high = (one[i][at] for one in scale(out))
    widths = () if lower is None or upper is None else (upper - lower,)
    value, low, high, first, last = (
        said(one, out.measure, widths) for one in (te, lower, upper, new_low, new_high)
    )
    named = {"value": value, "low": low, "high": high}
    if new_low is None:
        return words("{value} ({low} to {high})", **named)
    return words(
        "{value} ({low} to {high}), a new study {new_low} to {new_high}",
        **named,
        new_low=first,
        new_high=last,
    )


def _inconsistency(out: NetworkFigures, words: Words) -> list[str]:
    if out.decomp is None:
        return []
    lines = [_q(row, words) for row in out.decomp.Q_decomp]
    wald = out.decomp.interaction_wald
    if not wald.df:
        return [*lines, words("no closed loop: inconsistency cannot be tested")]
    if not _replicated(out):
        return [
            *lines,
            words(
                "design by treatment: chi2 {q}, df {df}, p {p}, of common effects: no design has "
                "a second study, so that tau2 within designs cannot be estimated, and spread "
                "between studies counts as inconsistency",
                q=f"{wald.Q or 0.0:.2f}",
                df=wald.df,
                p=probable(wald.pval),
            ),
        ]
    return [
        *lines,
        words(
            "design by treatment, random effects: chi2 {q}, df {df}, p {p}",
            q=f"{wald.Q or 0.0:.2f}",
            df=wald.df,
            p=probable(wald.pval),
        ),
    ]


def _replicated(out: NetworkFigures) -> bool:
    """Whether some design has a second study, by which tau2 within designs is estimated."""
    assert out.decomp is not None
    return any(row.row == "Within designs" and row.df > 0 for row in out.decomp.Q_decomp)


def _contributed(out: NetworkFigures, words: Words) -> list[str]:
    """Of each comparison the studies that carry it, the largest shares first."""
    from hilum.analyses.pool import Refused

    shares = out.contribution
    if shares is None:
        return []
    head = f"  {words('what each comparison rests on, by study')}"
    if isinstance(shares, Refused):
        return [head, f"    {sentence(shares.reason, words)}"]
    wide = max(len(name) for name in shares.comparison)
    lines = [head]
    for name, row in zip(shares.comparison, shares.study_share, strict=True):
        known = sorted(
            ((share or 0.0, study) for share, study in zip(row, shares.studies, strict=True)),
            key=lambda one: -one[0],
        )
        told = [
            words("{study} ({share} %)", study=study, share=f"{100 * share:.0f}")
            for share, study in known
            if share >= LEAST_SHARE
        ]
        said = words(", ").join(told[:MOST_STUDIES])
        rest = sum(share > 0 for share, _ in known) - len(told[:MOST_STUDIES])
        if rest:
            said = words("{studies} and {count} more", studies=said, count=rest)
        lines.append(f"    {name:<{wide}}  {said}")
    return lines


def _q(row: QRow, words: Words) -> str:
    q = f"{row.Q or 0.0:.2f}"
    if row.pval is None:
        return words(found(BARE, row.row, "test"), q=q, df=row.df)
    return words(found(TESTS, row.row, "test"), q=q, df=row.df, p=probable(row.pval))


def _additive(out: Additive, words: Words) -> list[str]:
    width = max(len(name) for name in out.comps)
    lines = [words("additive components: tau {tau}", tau=short(out.tau or 0.0))]
    for name, value, se in zip(out.comps, out.Comp_random, out.seComp_random, strict=True):
        text = words("not determined by these studies")
        if value is not None and se is not None:
            text = words("{value} (se {se})", value=f"{value:.4g}", se=f"{se:.4g}")
        lines.append(f"  {name:<{width}}  {text}")
    lines.append("  " + words("Q {q}, df {df}", q=f"{out.Q_additive or 0.0:.2f}", df=out.df))
    named = {"q": f"{out.Q_diff or 0.0:.2f}", "df": out.df_diff}
    if out.pval_diff is None:
        return [*lines, "  " + words("additivity: Q {q}, df {df}", **named)]
    p = probable(out.pval_diff)
    return [*lines, "  " + words("additivity: Q {q}, df {df}, p {p}", **named, p=p)]


def _confidence(found_of: dict[str, Confidence], words: Words) -> list[str]:
    """One line a comparison: its level and the domains with concerns."""
    from hilum.synthesis.certainty import circles

    width = max(len(name) for name in found_of)
    lines = [words("confidence (CINeMA, draft)")]
    for name, one in found_of.items():
        level = words.within("certainty", found(LEVELS, one.level, "level"))
        missing = [
            words(found(DOMAINS, domain, "domain"))
            for domain, part in one.domains.items()
            if part.judgement == NOT_ASSESSED
        ]
        if missing:
            level = words(
                AT_BEST if len(missing) > 1 else AT_BEST_ONE,
                level=level,
                count=len(missing),
                domains=words(", ").join(missing),
            )
        why = [
            words(
                found(COMMON if part.code == OF_COMMON else JUDGED, part.judgement, "judgement"),
                domain=words(found(DOMAINS, domain, "domain")),
            )
            for domain, part in one.domains.items()
            if part.judgement in CONCERNS
        ]
        lines.append(words("; ").join([f"  {name:<{width}}  {circles(one.level)} {level}", *why]))
    return lines


def messages() -> set[str]:
    """Ids that stand in tables."""
    tables = (LEFT_OUT, HEADS, SUGGESTED, TESTS, BARE, DOMAINS, JUDGED, COMMON)
    levels = {f"certainty{CONTEXT}{text}" for text in LEVELS.values()}
    return (
        {UNRANKED, UNSURE, NO_NEW, AT_BEST, AT_BEST_ONE}
        | levels
        | {text for table in tables for text in table.values()}
    )
