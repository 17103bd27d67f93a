/* The table of documents, what filters it, and the bar above the page. */
const COLUMNS = [
  ["source", "document", (one) => (one.title || one.source).toLowerCase()],
  ["date", "date", (one) => one.date || "9999"],
  ["before", "characters", (one) => -one.before],
  ["kept", "kept", (one) => one.kept],
  ["quality", "expected F1", (one) => (one.quality === null ? 101 : one.quality)],
];
const PAGE = 20;
let rowsShown = PAGE;
let selected = -1;
let listed = []; // the documents of the table, in its order

function sortedDocuments() {
  const wanted = wantedRule();
  const chosen = COLUMNS.find(([key]) => key === state.sort);
  const key = chosen ? chosen[2] : wanted ? (one) => -takenBy(one, wanted) : null;
  if (!key) return passing;
  const keyed = passing.map((one, number) => [key(one), number, one]);
  const turn = state.order === "down" ? -1 : 1;
  keyed.sort((a, b) => turn * (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0) || a[1] - b[1]);
  return keyed.map(([, , one]) => one);
}

function share(one) {
  const bar = make("span.share");
  const wanted = wantedRule();
  const add = (part, name, isDim) => {
    if (part <= 0) return;
    const piece = make(isDim ? "i.dim" : "i", { class: name });
    piece.style.width = `${100 * part}%`;
    bar.append(piece);
  };
  add(one.kept, "kept", false);
  const byFamily = new Map();
  for (let at = 0; at < one.removed.length; at += 2) {
    const rule = rules[one.removed[at]];
    const key = `${rule.family} ${wanted && !wanted(rule) ? "dim" : ""}`;
    byFamily.set(key, (byFamily.get(key) || 0) + one.removed[at + 1]);
  }
  for (const [key, taken] of byFamily) {
    const [family, dim] = key.split(" ");
    add(taken / Math.max(one.before, 1), `c-${family}`, dim);
  }
  return bar;
}

function row(one, number) {
  const wanted = wantedRule();
  const figure = wanted ? `−${count(takenBy(one, wanted))}` : percent(one.kept);
  const about = [one.title ? one.source : null, one.copied ? make("i.flag", {}, " near-copy of ", nameOf(one.copied)) : null];
  return make("tr", { onclick: () => openDocument(one), class: number === selected ? "at" : null },
    make("td", {}, make("a", { href: `#doc=${one.id}`, onclick: (event) => event.preventDefault() }, make("b", {}, one.title || one.source)),
      make("small", {}, about)),
    make("td.date", {}, one.date || ""),
    make("td.n", {}, count(one.before)),
    make("td.n", {}, figure, share(one)),
    make("td.n.f1", {}, one.quality === null ? "–" : String(one.quality)));
}
const nameOf = (id) => { const one = byId.get(id); return one ? one.source : id; };

function showTable() {
  listed = sortedDocuments();
  $("#table tbody").replaceChildren(...listed.slice(0, rowsShown).map(row));
  const wanted = wantedRule();
  $("#table thead tr").replaceChildren(...COLUMNS.map(([key, name]) => {
    const isSorted = state.sort === key;
    const arrow = isSorted ? (state.order === "down" ? " ↑" : " ↓") : "";
    const label = key === "kept" && wanted ? `taken by ${state.rule || familyName.get(state.family)}` : name;
    return make("th", { class: ["before", "kept", "quality"].includes(key) ? "n" : null, "aria-sort": isSorted ? "other" : null },
      make("button", { type: "button", onclick: () => sortBy(key) }, label + arrow));
  }));
  $("#rows-more").hidden = listed.length <= rowsShown;
  $("#rows-more").textContent = `Show more (${count(listed.length - rowsShown)})`;
  $("#shown").textContent = listed.length === documents.length ? plural(listed.length, "document")
    : `${count(listed.length)} of ${plural(documents.length, "document")}`;
}

function sortBy(key) {
  if (state.sort !== key) change({ sort: key, order: null });
  else if (state.order !== "down") change({ order: "down" });
  else change({ sort: null, order: null });
}

function select(number) {
  if (!listed.length) return;
  selected = Math.max(0, Math.min(number, listed.length - 1));
  if (selected >= rowsShown) rowsShown = selected + PAGE;
  showTable();
  $("#table tbody tr.at").scrollIntoView({ block: "nearest" });
}

function showFilters() {
  const off = (keys) => () => change(Object.fromEntries(keys.map((key) => [key, null])));
  const chips = [];
  if (state.rule) chips.push(make("button.filter", { class: `c-${familyOfRule(state.rule)}`, onclick: off(["rule"]) }, state.rule));
  else if (state.family) chips.push(make("button.filter", { class: `c-${state.family}`, onclick: off(["family"]) }, familyName.get(state.family) || state.family));
  if (state.group) chips.push(make("button.filter", { onclick: off(["group"]) }, state.group));
  if (state.first) chips.push(make("button.filter", { onclick: off(["first", "later"]) }, `${state.first} → ${state.later}`));
  if (state.q) chips.push(make("button.filter", { onclick: off(["q"]) }, `“${state.q}”`));
  $("#filters").replaceChildren(...chips);
  for (const button of $$("[data-family], [data-rule]")) {
    const isOn = (state.family && button.dataset.family === state.family) || (state.rule && button.dataset.rule === state.rule);
    button.classList.toggle("on", Boolean(isOn));
    button.setAttribute("aria-pressed", String(Boolean(isOn)));
  }
  for (const picture of $$(".funnel")) {
    const family = state.rule ? familyOfRule(state.rule) : state.family;
    picture.classList.toggle("picking", Boolean(family));
    if (family) for (const part of $$(".pick", picture)) part.classList.toggle("on", part.dataset.family === family);
  }
  const input = $("#search");
  if (document.activeElement !== input) input.value = state.q || "";
}
const familyOfRule = (id) => (ruleNumber.has(id) ? rules[ruleNumber.get(id)].family : "own");

function pick(element) {
  const { family, rule, group, first, later } = element.dataset;
  if (rule) change({ rule: state.rule === rule ? null : rule, family: null });
  else if (family) change({ family: state.family === family ? null : family, rule: null });
  else if (first) change(state.first === first && state.later === later ? { first: null, later: null } : { first, later, group: null });
  else if (group) change({ group: state.group === group ? null : group, first: null, later: null });
}

function setUpTable() {
  const names = { removed: "Taken out", look: "Look first", documents: "Documents", shared: "Sharing", copies: "Near-duplicates", problems: "Problems", made: "How" };
  const jump = (id) => (event) => { event.preventDefault(); document.getElementById(id).scrollIntoView(); };
  const links = Object.entries(names).filter(([id]) => document.getElementById(id))
    .map(([id, name]) => make("a", { href: `#${id}`, onclick: jump(id) }, name));
  $("#nav").append(make("strong", {}, "pipeline"), make("div.links", {}, links), make("div.filters", { id: "filters" }));
  let typing = 0;
  const search = make("input", { id: "search", type: "search", placeholder: "Search names, titles, texts", "aria-label": "Search",
    oninput: (event) => { clearTimeout(typing); const q = event.target.value; typing = setTimeout(() => { selected = -1; change({ q }); }, 120); } });
  $("#bar").append(search, make("small", { id: "shown" }),
    make("span.keys", {}, make("kbd", {}, "/"), " search ", make("kbd", {}, "j"), " ", make("kbd", {}, "k"), " move ", make("kbd", {}, "Enter"), " open"));
  $("#table").after(make("button.more", { id: "rows-more", type: "button", onclick: () => { rowsShown += 5 * PAGE; showTable(); } }));
  document.addEventListener("click", (event) => {
    const picked = event.target.closest("[data-family], [data-rule], [data-group], [data-first]");
    if (picked) pick(picked);
    const command = event.target.closest("code.copy");
    if (command) copy(command);
    const link = event.target.closest('a[href^="#doc="]');
    if (link && !event.defaultPrevented) {
      event.preventDefault();
      openDocument(byId.get(link.getAttribute("href").slice(5)));
    }
  });
}
