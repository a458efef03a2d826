"use strict";
const table = document.getElementById("books");
const body = table.tBodies[0];
const order = new Intl.Collator(undefined, { numeric: true });

function value(row, column) {
  const cell = row.cells[column];
  return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
}

function compare(a, b) {
  if (a === "" || b === "") return (a === "") - (b === "") || 0;
  return typeof a === "number" && typeof b === "number" ? a - b : order.compare(a, b);
}

table.tHead.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const head = button.parentElement;
  const falls = head.getAttribute("aria-sort") === "ascending";
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", falls ? "descending" : "ascending");
  const rows = Array.from(body.rows, (row) => [value(row, head.cellIndex), row]);
  rows.sort(([a], [b]) => (falls && a !== "" && b !== "" ? -1 : 1) * compare(a, b));
  body.append(...rows.map(([, row]) => row));
});

const words = document.getElementById("words");
const status = document.getElementById("status");
function filter() {
  const wanted = words.value.toLowerCase();
  for (const row of body.rows) {
    const fits = !status.value || row.cells[1].textContent === status.value;
    row.hidden = !(fits && row.textContent.toLowerCase().includes(wanted));
  }
}
words.addEventListener("input", filter);
status.addEventListener("change", filter);
document.querySelector(".tools").hidden = false;
