"""What the maps of mechanisms and factors say: what was shown in women, what rests on animals or cells alone."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.evidence.vocabulary import CONDITION, FACTOR, SEEN_IN, TISSUE, phrase
from helpers.questions.claims.rows import Verdict
from helpers.questions.mechanisms_and_factors.rows import NOT_SEEN, RETRACTED, WHOLE, WITH_CELLS, GapMap
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
    whole = mechanisms.voices[mechanisms.voices["row"] == WHOLE]
    mixed = whole[whole["level"].eq("human") & whole["state"].eq("mixed")]
    studies = "".join(_mixed(mechanisms, str(row.section), str(row.source_id)) for row in mixed.itertuples())
    parts = (_shown_in(mechanisms, factors), studies.strip(), _conflicts(mechanisms, factors), _CAUTION)
    return "\n\n".join(part for part in parts if part)


def _shown_in(mechanisms: GapMap, factors: GapMap) -> str:
    """Count in one sentence the mechanisms and factors with support in women, and the mechanisms with less."""
    whole = mechanisms.voices[mechanisms.voices["row"] == WHOLE]
    names, support = list(mechanisms.names), _support(mechanisms, whole)
    women, animals, cells = (support.get(level, []) for level in SEEN_IN)
    rest = [name for name in names if name not in women]
    in_animals = sum(name in animals for name in rest)
    cells_only = sum(name in cells and name not in animals for name in rest)
    subjects = len(dict.fromkeys(factors.rows["subject"]))
    start = f"Of the article's {counted(len(names), 'mechanism')}, our sources support "
    if "human" in mechanisms.levels:
        start += f"{len(women) or 'none'} in women, "
    less = f"{in_animals or 'none'} in animals and {cells_only or 'none'} only in the laboratory"
    if "human" not in factors.levels:
        return f"{start}{less}; findings in women were not chosen."
    seen = len(_reported(factors))
    return f"{start}{less}; the table of {counted(subjects, 'factor')} has {counted(seen, 'factor') if seen else 'none'} with a finding in women."


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
    keys = zip(gaps.rows["section"], gaps.rows["row"], strict=True)
    return list(
        dict.fromkeys(name for name, key in zip(gaps.rows["subject"], keys, strict=True) if key in voiced)
    )


def _support(gaps: GapMap, voices: pd.DataFrame) -> dict[str, list[str]]:
    supporting = voices[voices["state"].eq("supports")]
    return {level: _subjects(gaps, supporting[supporting["level"] == level]) for level in gaps.levels}


def _supported(gaps: GapMap) -> str:
    # A document whose findings on a mechanism are mixed is no support of it, whatever one of them says.
    whole = gaps.voices[gaps.voices["row"] == WHOLE]
    names, support = list(gaps.names), _support(gaps, whole)
    women, animals, cells = (support.get(level, []) for level in SEEN_IN)
    text = ""
    if "human" in gaps.levels:
        mixed = whole[whole["level"].eq("human") & whole["state"].eq("mixed")]
        but = "; the findings in women are mixed" if len(mixed) and not women else ""
        text = f"Support in women: {listed(women)}{but}."
        text += _finding_lines(gaps, "human", [*women, *mixed["section"]])
    rest = [name for name in names if name not in women]
    in_animals = [name for name in rest if name in animals]
    cells_only = [name for name in rest if name in cells and name not in animals]
    nowhere = [name for name in rest if name not in animals and name not in cells]
    if in_animals:
        unseen = ", and none in women" if "human" in gaps.levels else ""
        text += f"\n\nSupport from animals, with or without cells in the laboratory{unseen}: {listed(in_animals)}."
    if cells_only:
        text += f"\n\nSupport from cells in the laboratory alone: {listed(cells_only)}."
        text += _finding_lines(gaps, "in-vitro", cells_only)
    if nowhere:
        text += f"\n\nNo supporting finding seen at the levels chosen: {listed(nowhere)}."
    return text.strip()


def _mixed(gaps: GapMap, section: str, source_id: str) -> str:
    """Name a document on women with mixed findings, who the women were and what it reports on."""
    findings = gaps.findings[gaps.findings["section"].eq(section) & gaps.findings["source_id"].eq(source_id)]
    who = listed(CONDITION[name] for name in findings["condition"].dropna())
    study = "One study" if who == "none" else f"One study of women with {who}"
    return (
        f" {study} ({plain(findings['citation'].iloc[0])}) reports an association with "
        f"{listed(plain(_worded(name)) for name in findings['mediator'])} ({section}); its findings are mixed."
    )


def _finding_lines(gaps: GapMap, level: str, sections: list[str]) -> str:
    """List each supporting or mixed finding at a level, with the remark on it."""
    findings = gaps.findings[
        gaps.findings["level"].eq(level) & gaps.findings["state"].isin(["supports", "mixed"])
    ]
    lines = [
        f"- {row.section}, {plain(_worded(row.mediator))} ({_STATES[str(row.state)]}): {plain(row.citation)}. "
        f"As reported: {plain(row.estimate_text)}."
        + (f" Remark: {plain(row.note)}." if isinstance(row.note, str) else "")
        for row in findings[findings["section"].isin(sections)].itertuples()
    ]
    return "\n\n" + "\n".join(lines) if lines else ""


def _have(number: int) -> str:
    return f"{number or 'none'} {'has' if number <= 1 else 'have'}"


def _documents(gaps: GapMap) -> str:
    whole = gaps.voices[gaps.voices["row"] == WHOLE]
    lines = []
    for name, words in gaps.names.items():
        documents = whole[whole["section"] == name]
        seen = "; ".join(
            f"{_IN[level]} {_counts(documents.loc[documents['level'] == level, 'state'])}"
            for level in gaps.levels
        )
        lines.append(f"- {words}: {seen}.")
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
    if worst.empty:
        return f"Of {counted(len(statements), 'statement')} of the article on these mechanisms and factors, none is contradicted."
    lines = (
        f"- {row.claim_id}, {row.verdict}. The article asserts: {plain(row.claim)}"
        for row in worst.itertuples()
    )
    verb = "is" if len(worst) == 1 else "are"
    head = f"Of {counted(len(statements), 'statement')} of the article on these mechanisms and factors, {len(worst)} {verb} in conflict with the sources"
    return f"{head}:\n\n" + "\n".join(lines)


def _words(factors: Iterable[str]) -> str:
    return listed(FACTOR[name] for name in factors)


def factors_summary(gaps: GapMap) -> str:
    """Name the factors with a finding in women, those without a result there, and those with support from animals or cells."""
    factors = list(dict.fromkeys(gaps.rows["subject"]))
    text = f"Of {counted(len(factors), 'factor')}"
    if "human" in gaps.levels:
        women = gaps.voices[gaps.voices["level"] == "human"]
        reported = _reported(gaps)
        unread = [name for name in _subjects(gaps, women[women["state"] == NOT_SEEN]) if name not in reported]
        text += f", {_have(len(reported))} a finding in women in the table of factors"
        text += f": {_words(reported)}." if reported else "."
        if unread:
            text += f" Women were studied, or a trial was registered, but no result on the factor was seen: {_words(unread)}."
    else:
        text += ", findings in women were not chosen."
    support = _support(gaps, gaps.voices)
    preclinical = [
        name for name in factors if any(name in support.get(level, []) for level in ("animal", "in-vitro"))
    ]
    if preclinical:
        text += f" Support from at least one document on animals or cells, whatever others found: {_words(preclinical)}."
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
    text = (
        f"Other tables compare women treated with cells {counted(int(cells.sum()), 'time')}: {comparisons}. "
        if cells.any()
        else "No other table compares women treated with cells. "
    )
    if cells.all():
        return text.strip()
    studies = listed(plain(name) for name in rows.loc[~cells, "study_label"])
    return text + (
        f"Of women without cells they hold {counted(int((~cells).sum()), 'comparison or count', 'comparisons and counts')} by kind of "
        f"woman ({studies}); these are about prognosis, not about cells."
    )


def estimates_summary(rows: pd.DataFrame, levels: list[str]) -> str:
    """Count the printed confidence intervals that exclude the line of no effect, and list those in women."""
    if rows.empty:
        return "No estimate with a CI was seen for the factors and levels chosen."
    counts = []
    for level in [name for name in levels if name != "human"]:
        intervals = rows[rows["level"] == level]
        number = int(intervals["excludes_no_effect"].sum())
        counts.append(
            f"{_IN[level]} {number} of {counted(len(intervals), 'CI')}"
            if len(intervals)
            else f"{_IN[level]} no CI was seen"
        )
    women = rows[(rows["level"] == "human") & rows["excludes_no_effect"]]
    text = " ".join(_in_women(rows[rows["level"] == "human"])) + " " if "human" in levels else ""
    if counts:
        text += f"Printed CIs that exclude the line of no effect: {'; '.join(counts)}. The others are compatible with no effect and with effects either way. "
    text += (
        "Each CI is from one analysis, not adjusted for how many there are. Where cells are compared with a control, a CI says that "
        "the cells did something at that level of a factor, not that the factor matters."
    )
    if len(women):
        text += " In women, from pooled analyses by subgroup:\n\n" + "\n".join(
            f"- {row.section}, {plain(row.label)}: {plain(row.effect)} {ratio_ci(row.estimate, row.low, row.high)}, "
            f"{plain(row.citation)}."
            for row in women.itertuples()
        )
    elif "human" in levels:
        text += (
            " In women no printed CI excludes the line of no effect, which does not show that there is none."
        )
    return text


def _in_women(rows: pd.DataFrame) -> list[str]:
    """Count, by tissue, the confidence intervals in women that exclude the line of no effect; say how they were made and whether they can be right."""
    sentences = []
    for tissue, words in TISSUE.items():
        intervals = rows[rows["tissue"] == tissue]
        if intervals.empty:
            sentences.append(f"In women, {words}: no CI on a factor was printed.")
            continue
        text = f"In women, {words}: {int(intervals['excludes_no_effect'].sum())} of {counted(len(intervals), 'printed CI')} exclude the line of no effect"
        sources = listed(map(plain, intervals["citation"]))
        if intervals["label"].str.contains("indirect").all():
            single = len(intervals[["citation", "label"]].drop_duplicates()) == 1
            kind = "one indirect comparison" if single else "indirect comparisons"
            text += f", {'all ' if len(intervals) > 1 else ''}from {kind} of single-arm studies"
        text += f" ({sources})"
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
        f"Of {counted(len(findings), 'finding')}, {len(gone)} {'comes' if len(gone) == 1 else 'come'} from "
        f"{counted(gone['citation'].nunique(), 'retracted document')} and {'does' if len(gone) == 1 else 'do'} not count: "
        f"{listed(map(plain, gone['citation']))}."
    )


def _worded(mediator: object) -> str:
    """Write a mediator in words if it is one hyphenated key; names such as FGF-2 and thrombospondin-1 stay."""
    key = str(mediator)
    return phrase(key) if key.islower() and " " not in key and not key[-1].isdigit() else key
