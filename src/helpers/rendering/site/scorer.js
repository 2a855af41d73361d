// Which pages a search shows first: questions, home, then the glossary, reports of studies, all else, functions.
var Scorer = {
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
  score: ([page, , , , score, , kind]) => {
    const found = score + (kind === "title" ? 100 : 0);
    if (/^\d\d_/.test(page)) return found + 4000;
    if (page === "index") return found + 3000;
    if (page === "glossary") return found + 2000;
    if (page.startsWith("study_report")) return found + 1000;
    return page.startsWith("api-") ? found - 1000 : found;
  },
};
// A page read from a folder may not read others to quote them.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
