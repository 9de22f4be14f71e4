// The panel above the list: the trend of a report's figures, or the differences of two runs.

const MOST_POINTS = 60;

// Runs are comparable whose parameters are the same apart from dates, as_of and seed.
const seriesOf = (run) => {
  run.series ??= JSON.stringify([run.notebook, ...run.parameters
    .filter(({ name }) => name !== "as_of" && name !== "seed")
    .map(({ name, value }) => [name, value === null ? null : value.replace(/\d{4}-\d{2}-\d{2}/g, "date")])
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))]);
  return run.series;
};

const findSeries = (run, runs) => runs
  .filter((other) => other.notebook === run.notebook && other.whole && other.status !== "running")
  .filter((other) => seriesOf(other) === seriesOf(run))
  .sort((a, b) => a.started - b.started || (a.id < b.id ? -1 : 1));

const sameFigure = (a, b) => a.label === b.label && a.unit === b.unit;
const figureOf = (run, wanted) =>
  (run.status === "done" ? run.kpis.find((figure) => sameFigure(figure, wanted) && figure.value !== null) ?? null : null);

const listFigures = (runs) => {
  const figures = [];
  for (const run of [...runs].reverse()) {
    for (const figure of run.status === "done" ? run.kpis : []) {
      if (figure.value !== null && !figures.some((known) => sameFigure(known, figure))) figures.push(figure);
    }
  }
  return figures;
};

const WIDTH = 300;
const HEIGHT = 64;
const EDGE = 6;
const drawSpark = (values, failed, label) => {
  const ends = values.flatMap((figure) =>
    (figure ? [figure.value, ...(hasInterval(figure) ? [figure.lower, figure.upper] : [])] : []));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const x = (place) => EDGE + (values.length > 1 ? place / (values.length - 1) : 0.5) * (WIDTH - 2 * EDGE);
  const y = (value) => HEIGHT - EDGE - (high > low ? (value - low) / (high - low) : 0.5) * (HEIGHT - 2 * EDGE);
  const at = (place, value) => `${x(place).toFixed(1)},${y(value).toFixed(1)}`;
  const parts = [];
  for (const [first, last] of findStretches(values)) {
    const places = Array.from({ length: last - first + 1 }, (_, step) => first + step);
    if (places.every((place) => hasInterval(values[place]))) {
      const upper = places.map((place) => at(place, values[place].upper));
      const lower = places.map((place) => at(place, values[place].lower)).reverse();
      parts.push(places.length > 1
        ? make("path", { class: "band", d: `M${[...upper, ...lower].join("L")}Z` })
        : make("path", { class: "whisker", d: `M${upper[0]}L${lower[0]}` }));
    }
    if (places.length > 1) {
      parts.push(make("path", { class: "course", d: `M${places.map((place) => at(place, values[place].value)).join("L")}` }));
    }
  }
  values.forEach((figure, place) => {
    const isLast = place === values.findLastIndex(Boolean);
    if (figure) parts.push(make("circle", { class: isLast ? "dot last" : "dot", cx: x(place), cy: y(figure.value), r: isLast ? 3.5 : 1.8 }));
    if (failed[place]) {
      const [cx, cy] = [x(place), HEIGHT - EDGE];
      parts.push(make("path", { class: "cross", d: `M${cx - 3},${cy - 3}l6,6m0,-6l-6,6` }));
    }
  });
  return make("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label }, ...parts);
};

// First and last places of values that stand side by side, and whose intervals are all known or all unknown.
const findStretches = (values) => {
  const stretches = [];
  values.forEach((figure, place) => {
    const before = values[place - 1];
    const goesOn = figure && before && hasInterval(figure) === hasInterval(before);
    if (goesOn) stretches[stretches.length - 1][1] = place;
    else if (figure) stretches.push([place, place]);
  });
  return stretches;
};

const makeTable = (headings, rows, caption = "") => {
  const head = make("tr", {}, ...headings.map((text) => make("th", { scope: "col" }, text)));
  const body = rows.map(([first, ...cells]) => make("tr", {},
    make("th", { scope: "row" }, first), ...cells.map((cell) => make("td", {}, cell))));
  const table = make("table", {}, caption ? make("caption", {}, caption) : null, make("thead", {}, head), make("tbody", {}, ...body));
  return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption || headings[0] }, table);
};

const statusTag = (run) => make("span", { class: `status ${run.status}` }, writeStatus(run.status));

const writeEnd = (figures, pick) => writeValue(pick(...figures.map((figure) => figure.value)), figures[0].unit);

const makeTrend = (run, runs) => {
  const all = findSeries(run, runs);
  const series = all.slice(-MOST_POINTS);
  const figures = listFigures(series);
  const failed = series.map((member) => member.status !== "done");
  const charts = figures.map((figure) => {
    const values = series.map((member) => figureOf(member, figure));
    const known = values.filter(Boolean);
    const firsts = series.filter((_, place) => values[place]);
    const [first, last] = [writeTime(firsts[0]), writeTime(firsts[firsts.length - 1])];
    const latest = writeFigure(known[known.length - 1]);
    const label = fill("spark", { label: figure.label, count: known.length, first, last, value: latest });
    const rows = series.map((member, place) => [
      linkTo(member, writeTime(member)),
      values[place] ? writeFigure(values[place]) : statusTag(member),
    ]).reverse();
    return make("div", { class: "chart" },
      make("h3", {}, figure.label), make("p", { class: "latest" }, latest),
      drawSpark(values, failed, label),
      make("p", { class: "table-foot" }, fill("reach", { first, last, low: writeEnd(known, Math.min), high: writeEnd(known, Math.max) })),
      make("details", {}, make("summary", {}, fill("as_table")), makeTable([fill("when"), fill("value")], rows, figure.label)));
  });
  const note = fill("comparable", { count: writeCount(all.length) });
  const more = all.length > series.length ? ` ${fill("last_only", { count: writeCount(series.length) })}` : "";
  return [make("p", { class: "note" }, note + more),
    charts.length ? make("div", { class: "charts" }, ...charts) : make("p", {}, fill(run.whole ? "no_figures" : "no_details"))];
};

const judgeIntervals = (a, b) => {
  if (!hasInterval(a) || !hasInterval(b)) return fill("no_interval");
  return a.lower <= b.upper && b.lower <= a.upper
    ? make("span", { class: "overlap" }, fill("overlap"))
    : make("strong", { class: "apart" }, fill("apart"));
};

const pairUp = (a, b, same) => [
  ...a.map((item) => [item, b.find((other) => same(item, other)) ?? null]),
  ...b.filter((other) => !a.some((item) => same(item, other))).map((other) => [null, other]),
];
const sameName = (a, b) => a.name === b.name;
const judge = (a, b) => (a === b ? fill("same") : make("strong", {}, fill("different")));

const compareParameters = (earlier, later) => {
  const pairs = pairUp(earlier.parameters, later.parameters, sameName);
  const differing = pairs.filter(([a, b]) => !a || !b || a.value !== b.value);
  const count = writeCount(pairs.length - differing.length);
  const rows = differing.map(([a, b]) =>
    [make("code", {}, (a ?? b).name), ...[a, b].map((item) => item?.value ?? "–")]);
  return [make("h3", {}, fill("parameters")),
    rows.length ? makeTable([fill("name"), fill("earlier"), fill("later")], rows, fill("parameters")) : null,
    make("p", { class: "table-foot" }, fill(rows.length ? "same_parameters" : "all_same", { count }))];
};

const compareFigures = (earlier, later) => {
  const whole = (run) => (run.status === "done" ? run.kpis : []); // what a failed run had found is no result
  const pairs = pairUp(whole(earlier), whole(later), sameFigure);
  if (!pairs.length) return [make("h3", {}, fill("numbers")), make("p", {}, fill("no_figures"))];
  const rows = pairs.map(([a, b]) => [(a ?? b).label, writeFigure(a), writeFigure(b), judgeIntervals(a, b)]);
  return [make("h3", {}, fill("numbers")),
    makeTable([fill("figure"), fill("earlier"), fill("later"), fill("intervals")], rows, fill("numbers")),
    make("p", { class: "table-foot" }, fill("overlap_note"))];
};

const describeSource = (source) => {
  if (!source) return "–";
  const lines = [
    source.rows === null ? null : fill("rows", { count: writeCount(source.rows) }),
    source.last ? fill("last_date", { date: source.last }) : null,
    source.hash ? fill("content", { hash: source.hash }) : null,
  ];
  return make("div", {}, ...lines.filter(Boolean).map((line) => make("div", {}, line)));
};

const compareData = (earlier, later) => {
  const rows = pairUp(earlier.sources, later.sources, sameName).map(([a, b]) => [
    (a ?? b).name, describeSource(a), describeSource(b),
    a && b ? judge([a.hash, a.rows, a.last].join(), [b.hash, b.rows, b.last].join()) : make("strong", {}, fill("one_only")),
  ]);
  const headings = [fill("name"), fill("earlier"), fill("later"), fill("verdict")];
  return [make("h3", {}, fill("data")),
    rows.length ? makeTable(headings, rows, fill("data")) : make("p", {}, fill("no_data"))];
};

const compareRuns = (one, other) => {
  const [earlier, later] = one.started <= other.started ? [one, other] : [other, one];
  const both = [earlier, later];
  const head = [
    [fill("report"), ...both.map((run) => linkTo(run, run.title))],
    [fill("when"), ...both.map(writeTime)],
    [fill("status"), ...both.map(statusTag)],
    [fill("answer"), ...both.map((run) => run.answer ?? run.reason ?? "–")],
  ];
  const code = [
    [fill("notebook"), ...both.map((run) => make("code", {}, run.notebook)), judge(earlier.notebook, later.notebook)],
    [fill("notebook_hash"), ...both.map((run) => make("code", {}, run.hash || "–")), judge(earlier.hash, later.hash)],
    [fill("version"), ...both.map((run) => run.version || "–"), judge(earlier.version, later.version)],
  ];
  const headings = [fill("name"), fill("earlier"), fill("later")];
  const details = both.every((run) => run.whole)
    ? [...compareFigures(earlier, later), ...compareParameters(earlier, later), ...compareData(earlier, later)]
    : [make("p", {}, fill("no_details"))];
  return [makeTable(headings, head, fill("compare_title")), ...details,
    make("h3", {}, fill("code")), makeTable([...headings, fill("verdict")], code, fill("code"))].filter(Boolean);
};
