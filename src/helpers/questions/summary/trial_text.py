"""What the women of a randomised trial received, whom it counted, and what became of registered trials."""

from __future__ import annotations

from helpers.questions.evidence import registrations
from helpers.questions.summary.catalogue import Row, Words
from helpers.questions.summary.facts import Facts

#: The cells of trials as in a sentence.
CELLS = {"BM-MNC": "bone-marrow mononuclear cells", "UC-MSC": "umbilical-cord mesenchymal stem cells"}
#: Cells of which, by the glossary, only a small part are stem cells.
MIXED = ("BM-MNC",)
#: What became of registered trials that do not recruit.
_TRIALS = {
    registrations.REPORTED: "{trials} with a result of their own", registrations.ELSEWHERE: "{trials} with a result reported by others only",
    registrations.UNREAD: "{trials} published but not read by us", registrations.LINKED: "{trials} perhaps part of a study that reported",
    registrations.DUE: "{trials} completed without a result that we saw", registrations.RUNNING: "{trials} not yet due",
    registrations.UNKNOWN: "{trials} of unknown status",
}  # fmt: skip


def received_in_short(row: Row, words: Words) -> str:
    """Name the cells of a trial and the scaffold that only its women with cells received, in one sentence."""
    source, scaffold = row["trial_cell_source"], _scaffold(row)
    if source not in CELLS:
        return words("Only the women with cells also had a scaffold.") if scaffold else ""
    cells = words(CELLS[source])
    if source in MIXED:
        cells = words("{cells} (few are stem cells)", cells=cells)
    return words(
        "With cells: {cells} on a scaffold; the controls had neither."
        if scaffold
        else "With cells: {cells}.",
        cells=cells,
    )


def received(row: Row, words: Words) -> str:
    """Name the cells of a trial, and what it cannot separate from them; empty where neither is known."""
    source, cells, apart = row["trial_cell_source"], "", ""
    if source in CELLS:
        cells = words(
            "The cells: {cells}, of which only a small part are stem cells."
            if source in MIXED
            else "The cells: {cells}.",
            cells=words(CELLS[source]),
        )
    if _scaffold(row):
        apart = words(
            "The women with cells also received {scaffold}, the controls none: the trial cannot separate the cells from the scaffold.",
            scaffold=words("a collagen scaffold" if row["trial_scaffold"] == "collagen" else "a scaffold"),
        )
    return words.joined(cells, apart)


def counted(row: Row, words: Words) -> str:
    """Say how many of the women randomised a trial counts; empty where it counts all, or where it is not known."""
    women, enrolled = row["trial_total"] + row["trial_control_total"], row["trial_enrolled"]
    if not women < enrolled:
        return ""
    return words(
        "Counted per protocol: {women} of {enrolled} women."
        if row["trial_among"] == "per protocol"
        else "Counted: {women} of {enrolled} women.",
        women=women, enrolled=enrolled,
    )  # fmt: skip


def registered(found: Facts, words: Words) -> str:
    """Name the trials that recruit, and say what became of all others."""
    facts = found.trials
    head = words("Of {registered} registered trials in the ovary, on {date}:", facts)
    recruiting = words(
        "{recruiting} recruiting ({names}; {planned} women planned)"
        if facts["recruiting"]
        else "none recruiting",
        facts,
        names=words.comma.join(facts["names"]),
    )
    others = [words(_TRIALS[fate], trials=number) for fate, number in facts["not_recruiting"].items()]
    listed = words.comma.join([recruiting, *others])
    return words.joined(head, words("{listed}; no date of a result is known.", listed=listed))


def _scaffold(row: Row) -> bool:
    return isinstance(row["trial_scaffold"], str) and bool(row["trial_scaffold"])
