// Which pages a search shows first: questions named so, the report of a study named so, home, other questions by how
// often they say the words, then the glossary, other reports, all else, functions.
function askedFor() {
  const query = (new URLSearchParams(location.search).get("q") ?? "").toLowerCase().trim();
  return { query, words: query.match(/\p{L}+|\d{4}/gu) ?? [] };
}

function named(page, title, words) {
  const names = `${title} ${page.replaceAll("_", " ")}`.toLowerCase().match(/\p{L}+|\d{4}/gu) ?? [];
  return words.length > 0 && words.every((word) => names.includes(word));
}

function said(page, words) {
  const counts = (typeof WORDS_SAID === "undefined" ? {} : WORDS_SAID)[page] ?? {};
  return words.length ? Math.min(...words.map((word) => counts[word] ?? 0)) : 0;
}

var Scorer = {
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
  score: ([page, title, , , score, , kind]) => {
    const found = score + (kind === "title" ? 100 : 0);
    const { query, words } = askedFor();
    if (/^\d\d_/.test(page)) {
      return found + (named(page, title.split(" > ")[0], words) ? 6000 : 4000 + Math.min(said(page, words), 500));
    }
    if (page.startsWith("study_report")) return found + (query && title.toLowerCase().startsWith(query) ? 5500 : 1000);
    if (page === "index") return found + (said(page, words) ? 5000 : 3000);
    if (page === "glossary") return found + 2000;
    return page.startsWith("api-") ? found - 1000 : found;
  },
};
// A page read from a folder may not read others to quote them.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
