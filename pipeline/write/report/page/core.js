"use strict";
/* What all parts of the page use: the data, the state in the address, and how elements are made. Texts of others become text
   nodes and attribute values of ours, never markup. */
const data = JSON.parse(document.getElementById("data").textContent);
const rules = data.rules.map(([id, family, why]) => ({ id, family, why }));
const ruleNumber = new Map(rules.map((rule, number) => [rule.id, number]));
const familyName = new Map(data.families);
const documents = data.documents.map(([id, source, title, group, date, before, after, quality, copied, removed]) => ({
  id, source, title, group: data.groups[group], date, before, after, quality, copied, removed,
  kept: before ? after / before : 0,
}));
const byId = new Map(documents.map((one) => [one.id, one]));
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

function make(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name || "div");
  element.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.classList.add(...String(value).split(" "));
    else element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const count = (number) => number.toLocaleString("en-US");
const plural = (number, name) => `${count(number)} ${name}${number === 1 ? "" : "s"}`;
function percent(share) {
  const value = 100 * share;
  if (value > 0 && value < 0.1) return "<0.1%";
  return value > 0 && value < 9.95 ? `${value.toFixed(1)}%` : `${Math.round(value)}%`;
}

/* The state: what is filtered, sorted and open. It is the address's part behind the #. */
const KEYS = ["q", "family", "rule", "group", "first", "later", "sort", "order", "doc",
  "quote-source", "quote-origins", "quote-wording", "quote-order", "copy-source", "copy-relation", "copy-wording"];
let state = {};
const listeners = [];
const onChange = (listener) => listeners.push(listener);

/* A document is called by its id, by the beginning of that which the page has, or by its source. */
function idOf(name) {
  const one = byId.get(name) || documents.find((one) => name.startsWith(one.id) || one.source === name);
  return one ? one.id : name;
}

function readAddress() {
  const hash = location.hash.slice(1);
  if (hash && !hash.includes("=")) return; // a link to a section
  const given = new URLSearchParams(hash);
  state = {};
  for (const key of KEYS) if (given.get(key)) state[key] = given.get(key);
  if (state.doc) state.doc = idOf(state.doc);
  for (const listener of listeners) listener();
}

function change(changes, isNew = false) {
  const next = { ...state, ...changes };
  const address = new URLSearchParams();
  for (const key of KEYS) if (next[key]) address.set(key, next[key]);
  const hash = `#${address}`;
  if (hash === location.hash || (hash === "#" && !location.hash)) return;
  if (isNew) location.hash = hash;
  else location.replace(hash);
}

/* Which documents the filters leave. */
const takenBy = (one, wanted) => {
  let taken = 0, edits = false;
  for (let at = 0; at < one.removed.length; at += 2) {
    if (wanted(rules[one.removed[at]])) { taken += one.removed[at + 1]; edits = true; }
  }
  return edits ? taken : null;
};
const wantedRule = () => {
  if (state.rule) return (rule) => rule.id === state.rule;
  return state.family ? (rule) => rule.family === state.family : null;
};

let passing = documents;
let passingIds = null; // null: all
function filterDocuments() {
  const wanted = wantedRule(), query = (state.q || "").toLowerCase();
  passing = documents.filter((one) =>
    (!wanted || takenBy(one, wanted) !== null)
    && (!state.group || one.group === state.group)
    && (!query || holds(one, query)));
  passingIds = wanted || state.group ? new Set(passing.map((one) => one.id)) : null;
}

/* Whole documents may be compressed. They are read behind the first picture of the page; until then none can be opened. */
let isReading = data.packed.length > 0;
async function readPacked() {
  if (!isReading) return;
  for (const packed of typeof DecompressionStream === "undefined" ? [] : data.packed) {
    const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    Object.assign(data.whole, JSON.parse(await new Response(stream).text()));
    if (state.doc && data.whole[state.doc] && !openedWhole) for (const listener of listeners) listener();
  }
  isReading = false;
  if (state.q || (state.doc && !openedWhole)) for (const listener of listeners) listener();
}

function holds(one, query) {
  if (`${one.source}\n${one.title || ""}\n${one.group}\n${one.date || ""}`.toLowerCase().includes(query)) return true;
  const whole = data.whole[one.id];
  return Boolean(whole) && whole.source.toLowerCase().includes(query);
}

/* What can be copied. */
const quoted = (word) => (/^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\"'\"'")}'`);
function outFolder() {
  if (location.protocol !== "file:") return "OUT";
  const parts = decodeURIComponent(location.pathname).split("/");
  return `${quoted(parts[parts.length - 2] || ".")}/`;
}
const whyCommand = (source, place = "") => `pipeline why ${outFolder()} ${quoted(source + place)}`;

async function copy(element) {
  const text = element.dataset.text || element.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    getSelection().selectAllChildren(element);
    return;
  }
  element.dataset.text = text;
  element.textContent = "copied";
  setTimeout(() => { element.textContent = text; }, 900);
}

/* Word by word: what two texts have in common and where they differ. */
function diff(one, two) {
  const a = one.split(/(\s+)/).filter(Boolean), b = two.split(/(\s+)/).filter(Boolean);
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i] === b[j]
        ? longest[(i + 1) * width + j + 1] + 1
        : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  const parts = [];
  const push = (kind, word) => {
    const last = parts[parts.length - 1];
    if (last && last[0] === kind) last[1] += word;
    else parts.push([kind, word]);
  };
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { push("same", a[i]); i++; j++; }
    else if (j >= b.length || (i < a.length && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) push("del", a[i++]);
    else push("ins", b[j++]);
  }
  return parts.map(([kind, text]) => (kind === "same" ? text : make(kind, {}, text)));
}

/* The same, without most of what is alike. */
function differences(one, two) {
  const parts = diff(one, two);
  const alike = parts.reduce((sum, part) => sum + (typeof part === "string" ? part.length : 0), 0);
  if (2 * alike < Math.max(one.length, two.length)) return [two];
  return parts.map((part, number, all) => {
    if (typeof part !== "string" || part.length < 140) return part;
    const head = number ? part.slice(0, 50) : "", tail = number < all.length - 1 ? part.slice(-50) : "";
    return `${head} … ${tail}`;
  });
}

/* A text of somebody; a long one is cut short until it is clicked. */
function passage(tag, parts) {
  const length = parts.reduce((sum, part) => sum + (part.textContent ?? part).length, 0);
  return make(tag, { class: length > 420 ? "long" : null, onclick: (event) => event.currentTarget.classList.remove("long") }, parts);
}

/* An edit of a whole document, as the page's data have it. */
function unpack([skip, length, number, replacement = "", evidence = ""]) {
  if (typeof replacement !== "number") return { skip, length, number, replacement, evidence };
  return { skip, length, number, replacement: "", evidence: `score ${replacement.toFixed(2)}: log odds that it is text` };
}

/* A list that is shown some at a time. */
function paged(container, items, render, step) {
  let shown = 0;
  const more = make("button.more", { type: "button", onclick: () => add() });
  container.replaceChildren(more);
  function add() {
    for (const item of items.slice(shown, shown + step)) more.before(render(item));
    shown = Math.min(shown + step, items.length);
    more.hidden = shown >= items.length;
    more.textContent = `Show more (${count(items.length - shown)})`;
  }
  add();
}
