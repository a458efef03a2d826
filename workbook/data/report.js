"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const table = $("table"), body = table.tBodies[0], find = $("find"), told = $("told"), more = $("more");
  const { keys, flags, rest, shown } = JSON.parse($("data").textContent);
  const rows = [...body.rows], words = [];
  const row = (i) => {
    if (!rows[i]) {
      const frame = document.createElement("template");
      frame.innerHTML = "<table><tbody>" + rest[i - shown];
      rows[i] = frame.content.querySelector("tr");
    }
    return rows[i];
  };
  const word = (i) => (words[i] ??= keys[i].filter((k) => typeof k === "string").join(" ").toLowerCase() + " " + flags[i]);
  const heads = [...table.tHead.rows[1].cells];
  let flag = "", column = -1, sign = 1, limit = shown;

  const draw = () => {
    const asked = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = keys.map((_, i) => i).filter((i) =>
      (!flag || (" " + flags[i] + " ").includes(" " + flag + " ")) && asked.every((a) => word(i).includes(a)));
    if (column >= 0) {
      const by = new Intl.Collator("en", { numeric: true }).compare;
      left.sort((a, b) => {
        const x = keys[a][column], y = keys[b][column];
        if (x === null || y === null || x === "" || y === "") return (x === null || x === "") - (y === null || y === "") || a - b;
        return sign * (typeof x === "string" ? by(x, y) : x - y) || a - b;
      });
    }
    body.replaceChildren(...left.slice(0, limit).map(row));
    told.textContent = left.length ? `${left.length.toLocaleString("en")} of ${keys.length.toLocaleString("en")} books` : "No book fits: clear Find or choose All";
    more.hidden = left.length <= limit;
    more.textContent = `Show ${Math.min(shown, left.length - limit).toLocaleString("en")} more`;
  };
  const choose = (f) => {
    flag = f;
    limit = shown;
    document.querySelectorAll(".chips button").forEach((b) => b.setAttribute("aria-pressed", b.dataset.f === f));
    draw();
  };
  heads.forEach((head, at) => head.firstChild.addEventListener("click", () => {
    const numeric = head.classList.contains("n");
    if (column !== at) [column, sign] = [at, numeric ? -1 : 1];
    else if (sign === (numeric ? -1 : 1)) sign = -sign;
    else column = -1;
    heads.forEach((h) => h.removeAttribute("aria-sort"));
    if (column >= 0) head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    draw();
  }));
  document.querySelectorAll("[data-f]").forEach((b) => b.addEventListener("click", () => choose(b.dataset.f)));
  let wait = 0;
  find.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(() => { limit = shown; draw(); }, 60); });
  more.addEventListener("click", () => { limit += shown; draw(); });
  more.hidden = keys.length <= shown;
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  for (const kind of ["pointerover", "click"])
    document.querySelectorAll(".dots").forEach((chart) => chart.addEventListener(kind, (event) => {
      const title = event.target.querySelector?.(":scope > title");
      if (title) chart.closest("figure").querySelector("output").textContent = title.textContent;
    }));
})();
