// Tables sort, filter and search in the page. A table without this script is the same table.
const FEW_ROWS = 6;

function ungrouped(table) {
  // DataTables wants plain rows: the heading of a group becomes a hidden first column, drawn as a heading again.
  const headings = table.querySelectorAll("tr.group");
  if (!headings.length) return false;
  let group = 0;
  let name = "";
  for (const row of [...table.tBodies[0].rows]) {
    if (row.classList.contains("group")) {
      group += 1;
      name = row.textContent;
      row.remove();
    } else {
      const cell = row.insertCell(0);
      cell.textContent = name;
      cell.dataset.order = group;
    }
  }
  const head = document.createElement("th");
  head.textContent = "group";
  table.tHead.rows[0].prepend(head);
  return true;
}

function interactive(table) {
  if (table.dataset.interactive || table.querySelectorAll("tbody tr:not(.group)").length < FEW_ROWS) return;
  table.dataset.interactive = "yes";
  const grouped = ungrouped(table);
  new window.DataTables.ITable(table, {
    paging: false,
    info: false,
    autoWidth: false,
    order: [],
    ...(grouped && {
      columnDefs: [{ targets: 0, visible: false }],
      orderFixed: { pre: [[0, "asc"]] },
      // A cell with an order of its own is an object to DataTables; its words are what a heading shows.
      rowGroup: { dataSrc: (row) => row[0].display },
    }),
    layout: { topStart: null, topEnd: { search: { text: "Filter", placeholder: "word or number" } }, bottomStart: null, bottomEnd: null },
    language: { zeroRecords: "No row has these words." },
  });
}

function startTables() {
  const whole = document.querySelectorAll(".evidence-table table");
  // A table inside what is closed is made when it is opened: a page with many tables stays quick.
  for (const table of whole) {
    const closed = table.closest("details:not([open])");
    if (closed) closed.addEventListener("toggle", () => interactive(table), { once: true });
    else interactive(table);
  }
  openTarget();
}

function openTarget() {
  // What a link leads to is open and seen, also inside what is closed.
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let closed = target.closest("details:not([open])"); closed; closed = closed.parentElement.closest("details:not([open])")) {
    closed.open = true;
  }
  target.scrollIntoView();
}

function keepPlace() {
  // The other language opens at the same section: both name their sections alike.
  for (const link of document.querySelectorAll(".languages a")) link.hash = location.hash;
}

document.addEventListener("DOMContentLoaded", startTables);
document.addEventListener("DOMContentLoaded", keepPlace);
window.addEventListener("hashchange", openTarget);
window.addEventListener("hashchange", keepPlace);
