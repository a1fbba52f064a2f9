"use strict";
(() => {
  const search = document.getElementById("q");
  const count = document.getElementById("count");
  const rows = [...document.querySelectorAll(".requirement")].map((node) => ({ node, words: "" }));
  const toggles = [...document.querySelectorAll(".tools button")];
  const pressed = (kind) =>
    toggles.filter((t) => t.dataset.kind === kind && t.getAttribute("aria-pressed") === "true").map((t) => t.value);

  const show = () => {
    const terms = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const levels = pressed("level");
    const broken = pressed("broken").length > 0;
    let shown = 0;
    for (const row of rows) {
      const { level, broken: at } = row.node.dataset;
      if (terms.length) row.words ||= `${row.node.id} ${row.node.textContent}`.toLowerCase();
      const fits = (!levels.length || levels.includes(level)) && (!broken || at) && terms.every((t) => row.words.includes(t));
      row.node.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    count.textContent = `${shown} of ${rows.length}`;
  };
  search.addEventListener("input", show);
  for (const toggle of toggles) {
    toggle.addEventListener("click", () => {
      toggle.setAttribute("aria-pressed", String(toggle.getAttribute("aria-pressed") !== "true"));
      show();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });
  show();
})();
