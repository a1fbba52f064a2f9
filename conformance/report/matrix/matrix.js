"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const MARKS = ["", "known", "stale", "fails"];
  const bodies = [...document.querySelectorAll("tbody.capability")];
  const families = [...document.querySelectorAll("tbody.family")];
  const search = document.getElementById("q");
  const count = document.getElementById("count");
  const toggles = [...document.querySelectorAll(".tools [aria-pressed]")];
  const opened = new Set();
  const openedChecks = new Set();
  let shown = [];

  const make = (name, properties, ...children) => {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  };
  const text = (place) => (place >= 0 ? (data.texts[place] ?? "") : "");
  const pressed = (kind) =>
    toggles.filter((t) => t.dataset.kind === kind && t.getAttribute("aria-pressed") === "true").map((t) => Number(t.value));

  const words = (i, check, item) => {
    const said = item.cells.filter(Boolean).map((cell) => `${data.verdicts[cell.verdict]} ${text(cell.reason)}`);
    const name = bodies[i].dataset.name;
    const label = item.name ? check[0].replace("/", `[${item.name}]/`) : check[0];
    return [name, bodies[i].dataset.title, label, `${name}/${label}`, text(check[1]), text(check[2]), ...said].join(" ").toLowerCase();
  };
  // A cell comes as null, as a verdict, or as [verdict, reason, mark, page]; here it becomes an object or null.
  const cellOf = (cell, page) => {
    if (cell === null) return null;
    const [verdict, reason = -1, mark = 0, own = page] = [cell].flat();
    return { verdict, reason, mark, page: own };
  };
  for (const check of data.capabilities.flat()) {
    check[4] = check[4].map(([name, page, ...cells]) => ({ name, cells: cells.map((cell) => cellOf(cell, page)) }));
  }
  const wanted = () => ({
    terms: search.value.toLowerCase().split(/\s+/).filter(Boolean),
    verdicts: pressed("verdict"),
    levels: pressed("level"),
    differing: pressed("differing").length > 0,
    failing: pressed("failing").length > 0,
  });
  const fits = (want, i, check, item) => {
    const cells = item.cells.filter(Boolean);
    if (want.levels.length && !want.levels.includes(check[3])) return false;
    if (want.verdicts.length && !cells.some((cell) => want.verdicts.includes(cell.verdict))) return false;
    if (want.failing && !cells.some((cell) => cell.mark >= 2)) return false;
    if (want.differing && new Set(cells.map((cell) => cell.verdict)).size < 2) return false;
    if (!want.terms.length) return true;
    item.words ??= words(i, check, item);
    return want.terms.every((term) => item.words.includes(term));
  };

  const single = (cell, column) => {
    if (!cell) return make("td", { className: "none", textContent: "·", title: "not selected" });
    const { verdict, reason, mark, page } = cell;
    const word = `${data.glyphs[verdict]} ${data.verdicts[verdict]}`;
    const head = page >= 0 ? make("a", { href: data.pages[page].replace("{}", data.folders[column]) }, word) : word;
    const td = make("td", { className: data.verdicts[verdict] }, head);
    if (mark) td.append(" ", make("span", { className: `mark ${MARKS[mark]}` }, MARKS[mark] === "fails" ? "fails the run" : MARKS[mark]));
    if (text(reason)) td.append(make("p", { title: text(reason) }, text(reason)));
    return td;
  };
  const several = (items, column) => {
    const cells = items.map((item) => item.cells[column]).filter(Boolean);
    if (!cells.length) return single(null, column);
    const worst = Math.max(...cells.map((cell) => cell.verdict));
    const good = cells.filter((cell) => cell.verdict === 0).length;
    const td = make("td", { className: data.verdicts[worst] }, `${data.glyphs[worst]} ${data.verdicts[worst]}`);
    td.append(" ", make("small", {}, `${good} of ${cells.length} conform`));
    for (const mark of [3, 2, 1]) {
      const number = cells.filter((cell) => cell.mark === mark).length;
      if (number) td.append(" ", make("span", { className: `mark ${MARKS[mark]}` }, `${number} ${mark === 3 ? "fail the run" : MARKS[mark]}`));
    }
    return td;
  };
  const head = (check, first, label) =>
    make("th", { scope: "row" }, make("span", { className: "level" }, data.levels[check[3]]), first, make("small", {}, make("code", {}, label), make("br"), text(check[2])));

  const rowsOf = (i, j, items) => {
    const check = data.capabilities[i][j];
    const targets = data.targets.map((_, column) => column);
    if (check[4].length === 1 && !check[4][0].name) {
      return [make("tr", { className: "check" }, head(check, text(check[1]), check[0]), ...targets.map((t) => single(items[0].cells[t], t)))];
    }
    const key = `${i}/${j}`;
    const button = make("button", { type: "button" }, text(check[1]));
    const isOpen = openedChecks.has(key);
    button.setAttribute("aria-expanded", String(isOpen));
    button.addEventListener("click", () => {
      isOpen ? openedChecks.delete(key) : openedChecks.add(key);
      render(i);
      const again = bodies[i].querySelector(`[data-key="${key}"]`);
      if (again) again.focus();
    });
    button.dataset.key = key;
    const label = `${check[0]} · ${items.length === check[4].length ? "" : `${items.length} of `}${check[4].length} cases`;
    const rows = [make("tr", { className: "check" }, head(check, button, label), ...targets.map((t) => several(items, t)))];
    if (isOpen) {
      for (const item of items) rows.push(make("tr", { className: "case" }, make("th", { scope: "row" }, make("code", {}, `[${item.name}]`)), ...targets.map((t) => single(item.cells[t], t))));
    }
    return rows;
  };
  const render = (i) => {
    const isOpen = opened.has(i);
    const rows = isOpen ? shown[i].flatMap(([j, items]) => rowsOf(i, j, items)) : [];
    // The first row stays where it is, so that its button keeps the focus.
    while (bodies[i].rows.length > 1) bodies[i].rows[1].remove();
    bodies[i].append(...rows);
    bodies[i].querySelector("button").setAttribute("aria-expanded", String(isOpen));
  };

  const apply = () => {
    const want = wanted();
    const filtered = want.terms.length + want.verdicts.length + want.levels.length > 0 || want.differing || want.failing;
    let found = 0;
    let all = 0;
    shown = data.capabilities.map((checks, i) =>
      checks.map((check, j) => {
        const items = check[4].filter((item) => fits(want, i, check, item));
        all += check[4].length;
        found += items.length;
        return [j, items];
      }).filter(([, items]) => items.length));
    opened.clear();
    openedChecks.clear();
    bodies.forEach((body, i) => {
      body.hidden = shown[i].length === 0;
      if (filtered && found <= 200) {
        opened.add(i);
        for (const [j, items] of shown[i]) if (items.length <= 10) openedChecks.add(`${i}/${j}`);
      }
      render(i);
    });
    for (const family of families) family.hidden = bodies.every((body) => body.hidden || body.dataset.family !== family.dataset.family);
    count.textContent = filtered ? `${found} of ${all} checks` : `${all} checks`;
    const state = new URLSearchParams();
    if (search.value) state.set("q", search.value);
    for (const t of toggles) if (t.getAttribute("aria-pressed") === "true") state.append(t.dataset.kind, t.value);
    history.replaceState(null, "", `#${state}`);
  };
  const restore = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    search.value = state.get("q") ?? "";
    for (const t of toggles) t.setAttribute("aria-pressed", String(state.getAll(t.dataset.kind).includes(t.value)));
    apply();
    if (location.hash.length > 1) document.querySelector(".tools").scrollIntoView();
  };
  const toggleAll = (open) => {
    opened.clear();
    if (open) shown.forEach((rows, i) => rows.length && opened.add(i));
    bodies.forEach((_, i) => render(i));
  };

  bodies.forEach((body, i) =>
    body.querySelector("button").addEventListener("click", () => {
      opened.has(i) ? opened.delete(i) : opened.add(i);
      render(i);
    }));
  for (const t of toggles) {
    t.addEventListener("click", () => {
      t.setAttribute("aria-pressed", String(t.getAttribute("aria-pressed") !== "true"));
      apply();
    });
  }
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  });
  document.getElementById("open").addEventListener("click", () => toggleAll(true));
  document.getElementById("close").addEventListener("click", () => toggleAll(false));
  window.addEventListener("hashchange", restore);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && document.activeElement === search) {
      search.value = "";
      apply();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && document.activeElement.matches(".grid button")) {
      event.preventDefault();
      const buttons = [...document.querySelectorAll(".grid tbody:not([hidden]) button")];
      buttons[buttons.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    } else if (event.key === "ArrowRight" && document.activeElement.matches('.grid button[aria-expanded="false"]')) {
      document.activeElement.click();
    } else if (event.key === "ArrowLeft" && document.activeElement.matches('.grid button[aria-expanded="true"]')) {
      document.activeElement.click();
    }
  });
  document.querySelector(".tools").hidden = false;
  restore();
})();
