"use strict";
(() => {
  const texts = document.body.dataset;

  // One button opens or closes the code of every step.
  const toggle = document.querySelector(".toggle-code");
  const codes = [...document.querySelectorAll("details.code")];
  const label = () => {
    toggle.textContent = codes.every((code) => code.open) ? texts.hide : texts.show;
  };
  if (codes.length) {
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      const open = !codes.every((code) => code.open);
      codes.forEach((code) => { code.open = open; });
      label();
    });
    codes.forEach((code) => code.addEventListener("toggle", label));
    label();
  }

  // A column's heading becomes a button that sorts: numbers by size, text by the page's language, blanks last.
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const read = (row, column) => {
    const cell = row.cells[column];
    const text = (cell?.dataset.value ?? cell?.textContent ?? "").trim();
    const number = Number(text.replace(/^−/, "-").replace(/(\d),(?=\d{3})/g, "$1").replace(/[%×]$/, ""));
    const blank = text === "" || ["–", "nan", "none", "<na>", "nat"].includes(text.toLowerCase());
    return { text, number, blank };
  };
  const compare = (a, b) =>
    Number.isNaN(a.number) || Number.isNaN(b.number) ? order.compare(a.text, b.text) : a.number - b.number;
  const sort = (table, heading) => {
    const ascending = heading.getAttribute("aria-sort") !== "ascending";
    const sign = ascending ? 1 : -1;
    const body = table.tBodies[0];
    const keyed = [...body.rows].map((row) => ({ row, key: read(row, heading.cellIndex) }));
    keyed.sort((a, b) => a.key.blank - b.key.blank || sign * compare(a.key, b.key));
    table.querySelectorAll("th[aria-sort]").forEach((th) => th.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    body.append(...keyed.map((entry) => entry.row));
  };
  for (const table of document.querySelectorAll(".table.sortable > .scroll > table")) {
    const headings = table.tHead.rows[table.tHead.rows.length - 1].cells;
    for (const heading of headings) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      if (!heading.textContent.trim()) button.setAttribute("aria-label", texts.row);
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => sort(table, heading));
    }
  }

  // Browsers refuse to save a very long data: address; the same bytes as a Blob always work.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.csv");
    if (!link || !link.href.startsWith("data:")) return;
    const bytes = Uint8Array.from(atob(link.href.split(",", 2)[1]), (char) => char.charCodeAt(0));
    link.href = URL.createObjectURL(new Blob([bytes], { type: "text/csv" }));
  });
})();
