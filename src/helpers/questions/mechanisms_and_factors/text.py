"""What the maps of mechanisms and factors say: what was shown in women, what rests on animals or cells alone."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.evidence.vocabulary import CONDITION, FACTOR, SEEN_IN, TISSUE
from helpers.questions.claims.rows import Verdict
from helpers.questions.mechanisms_and_factors.rows import (
    NOT_SEEN,
    RETRACTED,
    WHOLE,
    WITH_CELLS,
    GapMap,
    worded,
)
from helpers.show.numbers import ratio_ci
from helpers.show.words import counted, listed, plain

_STATES = {
    "supports": "as the article expects",
    "mixed": "mixed",
    "none": "with no effect found, or not bearing on it",
    "contradicts": "otherwise",
    NOT_SEEN: "with a result that was not seen",
    RETRACTED: "retracted",
}
_IN = {"human": "in women", "animal": "in animals", "in-vitro": "in the laboratory"}
_CAUTION = (
    "A count of documents is not a measure of strength: it weighs a small experiment like a large one, favours what gets published, and "
    "counts reviews and meta-analyses as well as the experiments in them."
)


def map_title(part: GapMap) -> str:
    """Ask the question of the figure of one of `GapMap.screens`."""
    (words,) = part.names.values()
    question = f"In whom was it shown that {words}?"
    alone = len(part.rows) > 0 and part.rows["block"].eq("").all()
    return f"{question} Subjects without a statement of the article" if alone else question


def gaps_conclusion(mechanisms: GapMap, factors: GapMap) -> str:
    """Sum up the maps of mechanisms and factors, in Markdown: where they were shown, and the statements in conflict."""
    mixed = _mixed_in_women(mechanisms)
    studies = " ".join(_mixed(mechanisms, str(row.section), str(row.source_id)) for row in mixed.itertuples())
    parts = (_shown_in(mechanisms, factors), studies, _conflicts(mechanisms, factors), _CAUTION)
    return "\n\n".join(filter(None, parts))


def _shown_in(mechanisms: GapMap, factors: GapMap) -> str:
    """Count in one sentence the mechanisms and factors with support in women, and the mechanisms with less."""
    best, subjects = _best_support(mechanisms), factors.rows["subject"].nunique()
    start = f"Of the article's {counted(len(mechanisms.names), 'mechanism')}, our sources support "
    if "human" in mechanisms.levels:
        start += f"{len(best['human']) or 'none'} in women, "
    start += f"{len(best['animal']) or 'none'} in animals and {len(best['in-vitro']) or 'none'} only in the laboratory"
    if "human" not in factors.levels:
        return f"{start}; findings in women were not chosen."
    seen = len(_reported(factors))
    return f"{start}; the table of {counted(subjects, 'factor')} has {counted(seen, 'factor') if seen else 'none'} with a finding in women."


def _reported(gaps: GapMap) -> list[str]:
    """Name the factors with a result in women."""
    women = gaps.voices[gaps.voices["level"] == "human"]
    return _subjects(gaps, women[~women["state"].isin([NOT_SEEN, RETRACTED])])


def mechanisms_summary(gaps: GapMap) -> str:
    """Name the support of each mechanism in women, animals or cells alone, and count the documents by what they found."""
    return f"{_supported(gaps)}\n\n{_documents(gaps)}"


def _subjects(gaps: GapMap, voices: pd.DataFrame) -> list[str]:
    """Name the mechanisms or factors of the voices, in the order of the map."""
    voiced = set(zip(voices["section"], voices["row"], strict=True))
    rows = gaps.rows[["section", "row", "subject"]].itertuples(index=False, name=None)
    return list(dict.fromkeys(subject for *key, subject in rows if tuple(key) in voiced))


def _best_support(gaps: GapMap) -> dict[str, list[str]]:
    """Sort the mechanisms by the best evidence that supports them: women, animals, the laboratory alone, or ``""``, none of these."""
    # A document whose findings on a mechanism are mixed is no support of it, whatever one of them says.
    supporting = gaps.voices[gaps.voices["row"].eq(WHOLE) & gaps.voices["state"].eq("supports")]
    seen = set(zip(supporting["section"], supporting["level"], strict=True))
    best = {name: next((level for level in SEEN_IN if (name, level) in seen), "") for name in gaps.names}
    return {level: [name for name in best if best[name] == level] for level in (*SEEN_IN, "")}


def _supported(gaps: GapMap) -> str:
    best, women = _best_support(gaps), "human" in gaps.levels
    mixed = _mixed_in_women(gaps)["section"]
    parts = []
    if women:
        but = "; the findings in women are mixed" if len(mixed) and not best["human"] else ""
        parts.append(f"Support in women: {listed(best['human'])}{but}.")
        parts.append(_finding_lines(gaps, "human", [*best["human"], *mixed]))
    if best["animal"]:
        unseen = ", and none in women" if women else ""
        parts.append(
            f"Support from animals, with or without cells in the laboratory{unseen}: {listed(best['animal'])}."
        )
    if best["in-vitro"]:
        parts.append(f"Support from cells in the laboratory alone: {listed(best['in-vitro'])}.")
        parts.append(_finding_lines(gaps, "in-vitro", best["in-vitro"]))
    if best[""]:
        parts.append(f"No supporting finding seen at the levels chosen: {listed(best[''])}.")
    return "\n\n".join(filter(None, parts))


def _mixed_in_women(gaps: GapMap) -> pd.DataFrame:
    """Take the documents on women whose findings on a mechanism as a whole are mixed."""
    voices = gaps.voices
    return voices[voices["row"].eq(WHOLE) & voices["level"].eq("human") & voices["state"].eq("mixed")]


def _mixed(gaps: GapMap, section: str, source_id: str) -> str:
    """Name a document on women with mixed findings, who the women were and what it reports on."""
    findings = gaps.findings[gaps.findings["section"].eq(section) & gaps.findings["source_id"].eq(source_id)]
    who = listed(CONDITION[name] for name in findings["condition"].dropna())
    study = "One study" if who == "none" else f"One study of women with {who}"
    return (
        f"{study} ({plain(findings['citation'].iloc[0])}) reports an association with "
        f"{listed(plain(worded(str(name))) for name in findings['mediator'])} ({section}); its findings are mixed."
    )


def _finding_lines(gaps: GapMap, level: str, sections: list[str]) -> str:
    """List each supporting or mixed finding at a level, with the remark on it."""
    findings = gaps.findings[gaps.findings["level"].eq(level) & gaps.findings["section"].isin(sections)]
    lines = [
        f"- {row.section}, {plain(worded(str(row.mediator)))} ({_STATES[str(row.state)]}): {plain(row.citation)}. "
        f"As reported: {plain(row.estimate_text)}."
        + (f" Remark: {plain(row.note)}." if isinstance(row.note, str) else "")
        for row in findings[findings["state"].isin(["supports", "mixed"])].itertuples()
    ]
    return "\n".join(lines)


def _documents(gaps: GapMap) -> str:
    whole = gaps.voices[gaps.voices["row"] == WHOLE]
    lines = []
    for name, words in gaps.names.items():
        documents = whole[whole["section"] == name]
        states = {level: documents.loc[documents["level"] == level, "state"] for level in gaps.levels}
        seen = (f"{_IN[level]} {_counts(of_level)}" for level, of_level in states.items())
        lines.append(f"- {words}: {'; '.join(seen)}.")
    return "Documents by what they found, each once for a mechanism:\n\n" + "\n".join(lines)


def _counts(states: pd.Series[str]) -> str:
    if states.empty:
        return "no study seen"
    counts = states.value_counts()
    by_state = listed(f"{counts[state]} {words}" for state, words in _STATES.items() if state in counts)
    return f"{counted(len(states), 'document')} ({by_state})"


def _conflicts(*maps: GapMap) -> str:
    statements = pd.concat([gaps.statements for gaps in maps]).drop_duplicates("claim_id")
    worst = statements[statements["verdict"].isin([Verdict.CONTRADICTED, Verdict.INCONSISTENT])]
    head = f"Of {counted(len(statements), 'statement')} of the article on these mechanisms and factors, "
    if worst.empty:
        return f"{head}none is contradicted."
    lines = [
        f"- {row.claim_id}, {row.verdict}. The article asserts: {plain(row.claim)}"
        for row in worst.itertuples()
    ]
    return "\n".join([f"{head}{counted(len(worst), 'is', 'are')} in conflict with the sources:\n", *lines])


def _words(factors: Iterable[str]) -> str:
    return listed(FACTOR[name] for name in factors)


def factors_summary(gaps: GapMap) -> str:
    """Name the factors with a finding in women, those without a result there, and those with support from animals or cells."""
    factors = list(gaps.rows["subject"].unique())
    of_all = f"Of {counted(len(factors), 'factor')}"
    text = f"{of_all}, findings in women were not chosen."
    if "human" in gaps.levels:
        women, reported = gaps.voices[gaps.voices["level"] == "human"], _reported(gaps)
        unread = [name for name in _subjects(gaps, women[women["state"] == NOT_SEEN]) if name not in reported]
        have = f"{len(reported) or 'none'} {'has' if len(reported) <= 1 else 'have'}"
        named = f": {_words(reported)}" if reported else ""
        text = f"{of_all}, {have} a finding in women in the table of factors{named}."
        if unread:
            text += f" Women were studied, or a trial was registered, but no result on the factor was seen: {_words(unread)}."
    preclinical = gaps.voices[gaps.voices["level"].ne("human") & gaps.voices["state"].eq("supports")]
    if len(preclinical):
        named = _words(_subjects(gaps, preclinical))
        text += f" Support from at least one document on animals or cells, whatever others found: {named}."
    unplaced = int(gaps.findings["level"].isna().sum())
    if unplaced:
        text += f" In the table only, because no level of evidence is stated: {counted(unplaced, 'finding')}."
    return text


def women_summary(rows: pd.DataFrame, levels: list[str]) -> str:
    """Report what other tables have on kinds of women: those with cells one by one, the others by their studies."""
    if "human" not in levels:
        return "Women were not chosen."
    cells = rows["group"] == WITH_CELLS
    comparisons = listed(
        f"{row.what} {row.result} with {plain(row.who)} ({plain(row.study_label)}, {row.origin})"
        for row in rows[cells].itertuples()
    )
    times = counted(int(cells.sum()), "time")
    text = f"Other tables compare women treated with cells {times}: {comparisons}."
    if not cells.any():
        text = "No other table compares women treated with cells."
    if cells.all():
        return text
    studies = listed(map(plain, rows.loc[~cells, "study_label"]))
    return (
        f"{text} Of women without cells they hold {counted(int((~cells).sum()), 'comparison or count', 'comparisons and counts')} by kind "
        f"of woman ({studies}); these are about prognosis, not about cells."
    )


def estimates_summary(rows: pd.DataFrame, levels: list[str]) -> str:
    """Count the printed confidence intervals that exclude the line of no effect, and list those in women."""
    if rows.empty:
        return "No estimate with a CI was seen for the factors and levels chosen."
    counts, women = [], rows[rows["level"] == "human"]
    for level in [name for name in levels if name != "human"]:
        excludes = rows.loc[rows["level"] == level, "excludes_no_effect"]
        some = f"{int(excludes.sum())} of {counted(len(excludes), 'CI')}"
        counts.append(f"{_IN[level]} {some if len(excludes) else 'no CI was seen'}")
    sentences = _in_women(women) if "human" in levels else []
    if counts:
        sentences.append(
            f"Printed CIs that exclude the line of no effect: {'; '.join(counts)}. The others are compatible with no effect and with "
            "effects either way."
        )
    sentences.append(
        "Each CI is from one analysis, not adjusted for how many there are. Where cells are compared with a control, a CI says that "
        "the cells did something at that level of a factor, not that the factor matters."
    )
    lines = [
        f"- {row.section}, {plain(row.label)}: {plain(row.effect)} {ratio_ci(row.estimate, row.low, row.high)}, "
        f"{plain(row.citation)}."
        for row in women[women["excludes_no_effect"]].itertuples()
    ]
    if lines:
        sentences.append("In women, from pooled analyses by subgroup:\n")
    elif "human" in levels:
        sentences.append(
            "In women no printed CI excludes the line of no effect, which does not show that there is none."
        )
    return "\n".join([" ".join(sentences), *lines])


def _in_women(rows: pd.DataFrame) -> list[str]:
    """Count, by tissue, the confidence intervals in women that exclude the line of no effect; say how they were made and whether they can be right."""
    sentences = []
    for tissue, words in TISSUE.items():
        intervals = rows[rows["tissue"] == tissue]
        if intervals.empty:
            sentences.append(f"In women, {words}: no CI on a factor was printed.")
            continue
        text = f"In women, {words}: {int(intervals['excludes_no_effect'].sum())} of {counted(len(intervals), 'printed CI')} exclude the line of no effect"
        if intervals["label"].str.contains("indirect").all():
            single = len(intervals[["citation", "label"]].drop_duplicates()) == 1
            kind = "one indirect comparison" if single else "indirect comparisons"
            text += f", {'all ' if len(intervals) > 1 else ''}from {kind} of single-arm studies"
        text += f" ({listed(map(plain, intervals['citation']))})"
        narrow = int(intervals["too_narrow"].sum())
        if narrow:
            text += f"; the check of reported numbers finds {narrow} of them too narrow for so few women"
        sentences.append(text + ".")
    return sentences


def retracted_summary(*maps: GapMap) -> str:
    """Count the findings of retracted documents, and name these documents."""
    findings = pd.concat([gaps.findings[["state", "citation"]] for gaps in maps])
    gone = findings[findings["state"] == RETRACTED]
    if gone.empty:
        return f"Of {counted(len(findings), 'finding')}, none comes from a retracted document."
    return (
        f"Of {counted(len(findings), 'finding')}, {counted(len(gone), 'comes', 'come')} from "
        f"{counted(gone['citation'].nunique(), 'retracted document')} and {'does' if len(gone) == 1 else 'do'} not count: "
        f"{listed(map(plain, gone['citation']))}."
    )
