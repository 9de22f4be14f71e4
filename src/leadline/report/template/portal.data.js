"use strict";
// What the page holds, unpacked; and numbers and times as the reports write them.

const locale = document.documentElement.lang;
let texts = {};

const unpack = async () => {
  const bytes = Uint8Array.from(atob(document.getElementById("packed").textContent), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const packed = await new Response(stream).json();
  texts = packed.texts;
  const runs = packed.tables.flatMap((table) => unpackTable(table, packed.fields));
  return { runs, counts: packed.counts };
};

const unpackTable = (table, fields) => {
  const columns = table.columns.map((column) => {
    if (Array.isArray(column)) return (row) => column[row];
    return "at" in column ? (row) => column.of[column.at[row]] : () => column.all;
  });
  return Array.from({ length: table.rows }, (_, row) => {
    const run = { notebook: table.notebook, whole: table.whole };
    fields.forEach((field, place) => { run[field] = columns[place](row); });
    run.day = run.started === null ? "" : dayOf(new Date(run.started * 1000));
    let place = fields.length;
    const next = () => columns[place++](row);
    run.parameters = table.parameters.map((name) => ({ name, value: next() }));
    run.kpis = table.kpis.map(([label, unit, direction]) =>
      ({ label, unit, direction, value: next(), lower: next(), upper: next() }));
    run.sources = table.sources.map((name) => ({ name, hash: next(), rows: next(), last: next() }));
    const told = [run.title, run.answer, run.notebook, run.id, ...run.parameters.map((p) => `${p.name}=${p.value ?? ""}`)];
    run.words = told.join("\n").toLowerCase();
    return run;
  });
};

const fill = (key, values = {}) =>
  (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

const dayOf = (date) =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");

const timeFormat = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const writeTime = (run) => (run.started === null ? "–" : timeFormat.format(run.started * 1000));

const writers = new Map();
const writeDecimal = (value, least, most, more = {}) => {
  const key = `${least} ${most} ${JSON.stringify(more)}`;
  if (!writers.has(key)) {
    writers.set(key, new Intl.NumberFormat(locale,
      { minimumFractionDigits: least, maximumFractionDigits: most, roundingMode: "halfEven", ...more }));
  }
  return writers.get(key).format(String(value));
};
const writeCount = (value) => writeDecimal(value, 0, 0);

// A product that keeps the digits: 0.145 × 100 is 14.5, not 14.499999999999998.
const times100 = (value) => Number(`${value}e2`) || Number((value * 100).toPrecision(15));
const writePoints = (value) => writeDecimal(times100(value), 1, 1, { signDisplay: "always" });
const writeMoney = (value, decimals) =>
  `${value < 0 ? "-" : ""}${texts.currency}${writeDecimal(Math.abs(value), decimals, decimals)}`;
const writeNumber = (value) => {
  const decimals = value ? Math.max(0, Math.min(6, 3 - Math.floor(Math.log10(Math.abs(value))))) : 0;
  return writeDecimal(value, 0, decimals);
};

const writeValue = (value, unit, isEnd = false) => {
  if (value === null || value === undefined) return "–";
  switch (unit) {
    case "share": return writeDecimal(value, 1, 1, { style: "percent" });
    case "points": return isEnd ? writePoints(value) : fill("points", { points: writePoints(value) });
    case "count": return writeCount(value);
    case "ratio": return `${writeDecimal(value, 1, 1)}×`;
    case "index": return writeDecimal(value, 3, 3, { useGrouping: false });
    case "p_value": return value < 0.001 ? fill("tiny") : writeDecimal(value, 3, 3, { useGrouping: false });
    case "money_cny": return writeMoney(value, 0);
    case "price_cny": return writeMoney(value, 2);
    default: return writeNumber(value);
  }
};

const hasInterval = (figure) => Boolean(figure) && figure.lower !== null && figure.upper !== null;
const writeInterval = (figure) => (hasInterval(figure)
  ? fill("interval", { lower: writeValue(figure.lower, figure.unit, true), upper: writeValue(figure.upper, figure.unit, true) })
  : "");
const writeFigure = (figure) => {
  if (!figure) return "–";
  const value = writeValue(figure.value, figure.unit);
  return hasInterval(figure) ? fill("value_interval", { value, interval: writeInterval(figure) }) : value;
};

const writeSeconds = (seconds) => {
  if (seconds === null) return "–";
  if (seconds < 60) return fill("seconds", { seconds: writeDecimal(seconds, 0, 1) });
  const whole = Math.round(seconds);
  return fill("minutes", { minutes: writeCount(Math.floor(whole / 60)), seconds: writeCount(whole % 60) });
};

const writeStatus = (status) => fill(`status_${status}`) === `status_${status}` ? status : fill(`status_${status}`);

// Every text becomes a text node: nothing from data is ever read as HTML.
const make = (name, attributes = {}, ...children) => {
  const isDrawn = ["svg", "path", "circle", "line", "title"].includes(name);
  const element = isDrawn
    ? document.createElementNS("http://www.w3.org/2000/svg", name)
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
};

const reportAddress = (run) =>
  (run.place === "" ? `${document.body.dataset.lead}${encodeURIComponent(run.id)}/report.html` : null);
const linkTo = (run, text) => {
  const address = reportAddress(run);
  return address ? make("a", { href: address }, text) : make("span", {}, text);
};
