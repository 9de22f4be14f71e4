// The list: its filters, its order and its pages; what is looked at stands in the address, to be sent on.

const PAGE_ROWS = 50;
const FILTERS = ["q", "notebook", "status", "job", "batch", "from", "to"];
const SORTS = ["started", "title", "status", "seconds"];
const START = { sort: "-started", page: "1", trend: "", compare: "", with: "" };
const MOST_FIGURES = 3;

const find = (selector) => document.querySelector(selector);

const readAddress = () => {
  const given = new URLSearchParams(location.hash.slice(1));
  const state = { ...START };
  for (const key of [...FILTERS, ...Object.keys(START)]) state[key] = given.get(key) ?? START[key] ?? "";
  if (!SORTS.includes(state.sort.replace(/^-/, ""))) state.sort = START.sort;
  if (!/^[1-9]\d{0,5}$/.test(state.page)) state.page = START.page;
  return state;
};

const writeAddress = (state) => {
  const told = Object.entries(state).filter(([key, value]) => value !== (START[key] ?? ""));
  return `#${new URLSearchParams(told)}`;
};

const select = (runs, state) => {
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter((run) =>
    ["notebook", "status", "job", "batch"].every((key) => !state[key] || run[key] === state[key])
    && (!state.from || run.day >= state.from) && (!state.to || (run.day && run.day <= state.to))
    && words.every((word) => run.words.includes(word)));
};

const order = new Intl.Collator(locale, { numeric: true });
const arrange = (runs, sort) => {
  const key = sort.replace(/^-/, "");
  const sign = sort.startsWith("-") ? -1 : 1;
  const read = key === "status" ? (run) => writeStatus(run.status) : (run) => run[key];
  return runs
    .map((run) => ({ run, value: read(run) }))
    .sort((a, b) => (a.value === null) - (b.value === null)
      || sign * (typeof a.value === "string" ? order.compare(a.value, b.value) : a.value - b.value)
      || b.run.started - a.run.started || (a.run.id < b.run.id ? 1 : -1))
    .map((entry) => entry.run);
};

const start = ({ runs, counts }) => {
  let state = readAddress();
  let ordered = { sort: "", runs: [] };
  const chosen = [];
  const byId = new Map(runs.map((run) => [run.id, run]));

  const go = (change) => {
    const next = { ...state, page: START.page, ...change };
    history.pushState(null, "", writeAddress(next));
    show(next);
  };

  const cell = (label, attributes, ...children) => make("td", { role: "cell", "data-label": label, ...attributes }, ...children);

  const makeRow = (run) => {
    const when = writeTime(run);
    const origin = [run.job && fill("job", { name: run.job }), run.batch && fill("batch", { name: run.batch }),
      run.attempts > 1 && fill("attempts", { count: run.attempts })].filter(Boolean);
    const reason = run.place ? fill(run.place) : "";
    const why = run.reason ?? (run.status === "killed" ? fill("unsaved") : "");
    const figures = run.status === "done" ? run.kpis.slice(0, MOST_FIGURES) : [];
    const pick = make("input", { type: "checkbox", value: run.id, checked: chosen.includes(run),
      "aria-label": fill("choose", { title: run.title, when }), onchange: (event) => choose(run, event.target.checked) });
    const trend = run.kpis.length > 0 && run.status === "done" && make("button", { type: "button", class: "trend",
      "aria-label": fill("trend_of", { title: run.title, when }), onclick: () => go({ trend: run.id, compare: "", with: "", page: state.page }) }, fill("trend"));
    return make("tr", { role: "row" },
      cell("", { class: "pick" }, pick),
      cell("", { class: "when" }, make("time", { datetime: run.started === null ? null : new Date(run.started * 1000).toISOString() }, when)),
      cell("", { class: "told" }, make("div", { class: "title" }, linkTo(run, run.title)),
        run.answer ? make("p", {}, run.answer) : null,
        make("p", { class: "origin" }, make("code", {}, run.notebook), ...origin.map((text) => ` · ${text}`))),
      cell("", { class: "figures" }, make("dl", {}, ...figures.map((figure) =>
        make("div", {}, make("dt", {}, figure.label), make("dd", {}, writeFigure(figure))))), trend || null),
      cell("", { class: "state" }, statusTag(run), why ? make("p", { class: "reason" }, why) : null, reason ? make("p", { class: "place" }, reason) : null),
      cell("", { class: "number seconds" }, writeSeconds(run.seconds)));
  };

  const choose = (run, isChosen) => {
    const place = chosen.indexOf(run);
    if (place >= 0) chosen.splice(place, 1);
    if (isChosen) chosen.push(run);
    if (chosen.length > 2) chosen.shift();
    showChosen();
  };

  const showChosen = () => {
    for (const box of document.querySelectorAll(".pick input")) box.checked = chosen.includes(byId.get(box.value));
    const bar = find("#chosen");
    bar.hidden = !chosen.length;
    bar.querySelector("span").textContent = fill(chosen.length === 2 ? "chosen_two" : "chosen_one");
    bar.querySelector("[name=compare]").disabled = chosen.length !== 2;
  };

  const showPanel = (isNew) => {
    const panel = find("#panel");
    const wanted = [state.trend, state.compare, state.with].map((id) => byId.get(id));
    const [trend, one, other] = wanted;
    const isAsked = Boolean(state.trend || (state.compare && state.with));
    panel.hidden = !isAsked;
    panel.replaceChildren();
    if (!isAsked) return;
    const isComparison = !state.trend;
    const isKnown = isComparison ? one && other : trend;
    const title = isComparison ? fill("compare_title") : fill("trend_title", { title: trend?.title ?? "" });
    const close = make("button", { type: "button", class: "close", onclick: () => { go({ trend: "", compare: "", with: "", page: state.page }); find("#runs").focus(); } }, fill("close"));
    const content = isKnown ? (isComparison ? compareRuns(one, other) : makeTrend(trend, runs)) : [make("p", {}, fill("unknown_run"))];
    const heading = make("h2", { id: "panel-title" }, title);
    panel.setAttribute("aria-labelledby", "panel-title");
    panel.append(make("div", { class: "panel-head" }, heading, close), ...content);
    if (isNew) { panel.focus({ preventScroll: true }); panel.scrollIntoView(); }
  };

  const showList = () => {
    if (ordered.sort !== state.sort) ordered = { sort: state.sort, runs: arrange(runs, state.sort) };
    const found = select(ordered.runs, state);
    const pages = Math.max(1, Math.ceil(found.length / PAGE_ROWS));
    const page = Math.min(Number(state.page), pages);
    const first = (page - 1) * PAGE_ROWS;
    const shown = found.slice(first, first + PAGE_ROWS);
    find("#runs tbody").replaceChildren(...shown.map(makeRow));
    find("#runs table").hidden = !shown.length;
    find("#count").textContent = shown.length
      ? fill("showing", { first: writeCount(first + 1), last: writeCount(first + shown.length), count: writeCount(found.length) })
      : fill(runs.length ? "none" : "empty");
    find("#pages").hidden = pages === 1;
    find("#pages span").textContent = fill("page_of", { page: writeCount(page), pages: writeCount(pages) });
    for (const button of document.querySelectorAll("#pages button")) {
      const target = page + Number(button.dataset.step);
      button.disabled = target < 1 || target > pages;
      button.onclick = () => { go({ page: String(target) }); find("#runs").scrollIntoView(); };
    }
    for (const heading of document.querySelectorAll("th[data-sort]")) {
      const isSorted = state.sort.replace(/^-/, "") === heading.dataset.sort;
      if (isSorted) heading.setAttribute("aria-sort", state.sort.startsWith("-") ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    }
  };

  const show = (next) => {
    const panelOf = (view) => [view.trend, view.compare, view.with].join("\n");
    const isNew = panelOf(next) !== panelOf(state);
    state = next;
    for (const name of FILTERS) {
      const field = find("#filters").elements[name];
      if (document.activeElement !== field || field.value.trim() !== state[name]) field.value = state[name];
    }
    showList();
    if (isNew || !find("#panel").hasChildNodes()) showPanel(isNew);
  };

  const offer = (name, options) => {
    const field = find("#filters").elements[name];
    field.append(...options.map(([value, text]) => make("option", { value }, text)));
    field.closest("label").hidden = !options.length;
  };
  const distinct = (key) => [...new Set(runs.map((run) => run[key]).filter(Boolean))].sort(order.compare);

  const titles = new Map(arrange(runs, "started").map((run) => [run.notebook, run.title]));
  offer("notebook", distinct("notebook").map((name) => [name, `${titles.get(name)} (${name})`]));
  offer("job", distinct("job").map((name) => [name, name]));
  offer("batch", distinct("batch").map((name) => [name, name]));
  for (const heading of document.querySelectorAll("th[data-sort]")) {
    const key = heading.dataset.sort;
    const button = make("button", { type: "button", class: "sort",
      onclick: () => go({ sort: state.sort === `-${key}` || (state.sort !== key && key !== "started" && key !== "seconds") ? key : `-${key}` }) }, heading.textContent);
    heading.replaceChildren(button);
  }
  const form = find("#filters");
  const readForm = () => Object.fromEntries(FILTERS.map((name) => [name, form.elements[name].value.trim()]));
  form.addEventListener("input", () => {
    const next = { ...state, ...readForm(), page: START.page };
    history.replaceState(null, "", writeAddress(next)); // one step back leaves the search, not a letter of it
    show(next);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    go(Object.fromEntries(FILTERS.map((name) => [name, ""])));
  });
  const forget = () => { chosen.length = 0; showChosen(); };
  find("#chosen [name=compare]").addEventListener("click", () => {
    const [one, other] = chosen;
    forget();
    go({ compare: one.id, with: other.id, trend: "", page: state.page });
  });
  find("#chosen [name=clear]").addEventListener("click", () => { forget(); find("#runs").focus(); });
  addEventListener("popstate", () => show(readAddress()));

  const note = (place, count) => {
    find(place).hidden = count <= 0;
    find(place).textContent = fill(place.slice(1), { count: writeCount(count) });
  };
  note("#brief", counts.told - counts.whole);
  note("#cut", counts.all - counts.told);
  find("#zone").textContent = fill("zone", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone });
  show(state);
};

(async () => {
  try {
    start(await unpack());
  } catch (error) {
    find("#trouble").hidden = false;
    find("#trouble").textContent = document.body.dataset.unreadable;
    throw error;
  }
})();
