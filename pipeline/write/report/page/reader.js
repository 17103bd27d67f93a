/* One document: its source beside its clean text, what was struck coloured by rule in place. */
let openId = null;
let editAt = -1;
let marks = [];
let openedWhole = false; // whether what is open is all there

function openDocument(one) {
  if (one) change({ doc: one.id }, !state.doc);
}
const closeDocument = () => change({ doc: null });

function step(by) {
  const at = listed.findIndex((one) => one.id === openId);
  const next = listed[at + by];
  if (next) { change({ doc: next.id }); selected = at + by; }
}

/* Lay the source out line by line; beside each line stands what is kept of it. */
function lay(whole) {
  const lines = [];
  let left = [], right = "";
  const end = () => { lines.push([left, right]); left = []; right = ""; };
  const each = (text, visit) => text.split("\n").forEach((part, number) => { if (number) end(); visit(part.replaceAll("\r", "")); });
  let at = 0;
  whole.edits.forEach((edit, index) => {
    const { skip, length, number, replacement, evidence } = unpack(edit);
    each(whole.source.slice(at, at + skip), (part) => { left.push(part); right += part; });
    const struck = whole.source.slice(at + skip, at + skip + length);
    const isNote = struck === replacement;
    each(struck, (part) => left.push({ text: part, number, index, evidence, isNote, length, replacement }));
    right += replacement;
    at += skip + length;
  });
  each(whole.source.slice(at), (part) => { left.push(part); right += part; });
  end();
  return lines;
}

function marked(piece) {
  if (!piece.text) return "";
  const rule = rules[piece.number];
  const isSpace = !piece.text.trim();
  if (rule.family === "repairs" && isSpace && state.family !== "repairs" && state.rule !== rule.id) return piece.text;
  const wanted = wantedRule();
  return make("mark", {
    class: `c-${rule.family}${piece.isNote ? " note" : ""}${isSpace ? " space" : ""}${wanted && wanted(rule) ? " lit" : ""}`,
    title: `${rule.id}${piece.evidence ? `: ${piece.evidence}` : ""}`,
    "data-edit": piece.index,
  }, piece.text);
}

function explain(index) {
  const whole = data.whole[openId];
  const { length, number, replacement, evidence } = unpack(whole.edits[index]);
  const rule = rules[number];
  let start = 0;
  for (let at = 0; at <= index; at++) start += whole.edits[at][0] + (at < index ? whole.edits[at][1] : 0);
  const what = whole.source.slice(start, start + length) === replacement ? "noted" : replacement ? `became “${replacement.slice(0, 80)}”` : "struck";
  $("#said").replaceChildren(make("b", { class: `c-${rule.family}` }, rule.id), ` ${what}: ${rule.why.replace(/\.$/, "")}. ${plural(length, "character")} from ${count(start)}. `,
    make("small", {}, evidence));
}

function goToEdit(by) {
  const indexes = [...new Set(marks.map((mark) => Number(mark.dataset.edit)))];
  if (!indexes.length) return;
  const now = indexes.indexOf(editAt);
  editAt = indexes[now < 0 ? (by > 0 ? 0 : indexes.length - 1) : (now + by + indexes.length) % indexes.length];
  for (const mark of marks) mark.classList.toggle("at", Number(mark.dataset.edit) === editAt);
  marks.find((mark) => Number(mark.dataset.edit) === editAt).scrollIntoView({ block: "center" });
  explain(editAt);
}

function showReader() {
  const reader = $("#reader");
  const one = state.doc ? byId.get(state.doc) : null;
  reader.hidden = !one;
  document.body.classList.toggle("reading", Boolean(one));
  if (!one) { openId = null; return; }
  const isSame = openId === one.id;
  openId = one.id;
  if (!isSame) editAt = -1;
  const whole = data.whole[one.id];
  openedWhole = Boolean(whole);
  reader.replaceChildren(top_(one, whole), whole ? pages(whole) : absent(), bottom());
  marks = $$("mark[data-edit]", reader);
  const wanted = wantedRule();
  reader.classList.toggle("dimming", Boolean(wanted) && marks.some((mark) => mark.classList.contains("lit")));
  if (wanted) marks = marks.filter((mark) => mark.classList.contains("lit"));
  if (!isSame) $("[data-close]", reader).focus({ preventScroll: true });
}

function top_(one, whole) {
  const button = (label, title, onclick) => make("button", { type: "button", title, onclick }, label);
  const close = make("button", { type: "button", title: "Esc", "data-close": "", onclick: closeDocument }, "Close");
  const counted = new Map();
  for (const [, , number] of whole ? whole.edits : []) counted.set(number, (counted.get(number) || 0) + 1);
  const chips = [...counted].filter(([number]) => rules[number].family !== "repairs" || state.family === "repairs").sort((a, b) => a[0] - b[0])
    .map(([number, times]) => make("button.chip", { type: "button", class: `c-${rules[number].family}${state.rule === rules[number].id ? " on" : ""}`, "data-rule": rules[number].id, title: rules[number].why },
      rules[number].id, make("b", {}, count(times))));
  const at = listed.findIndex((other) => other.id === one.id);
  return make("div.top", {},
    make("div.head", {}, make("h2", {}, one.title || one.source),
      make("button.toggle", { type: "button", onclick: () => $("#reader").classList.toggle("only-clean") }, "source / clean"),
      button("← k", "the document before", () => step(-1)), button("j →", "the next document", () => step(1)), close),
    make("div.about", {}, make("span", {}, one.source), one.date ? make("span", {}, one.date) : null,
      make("span", {}, `${percent(one.kept)} of ${plural(one.before, "character")} kept`),
      one.quality === null ? null : make("span", {}, `expected F1 ${one.quality}`),
      at < 0 ? null : make("span", {}, `${count(at + 1)} of ${count(listed.length)}`),
      make("code.copy", { title: "click to copy" }, whyCommand(one.source))),
    chips.length ? make("div.chips", {}, chips) : null);
}

function pages(whole) {
  const grid = make("div.lines", {}, make("h3.source", {}, "Source, with what was taken out"), make("h3.clean", {}, "Clean text"));
  for (const [left, right] of lay(whole)) {
    const hasText = left.some((piece) => (typeof piece === "string" ? piece : piece.text).trim());
    if (!hasText && !right.trim()) continue;
    grid.append(make("div.source", {}, left.map((piece) => (typeof piece === "string" ? piece : marked(piece)))), make("div.clean", {}, right.trim() || reasons(left)));
  }
  const rest = whole.more ? make("p.rest", {}, `${plural(whole.more, "more character")} of the source are not shown here.`) : null;
  return make("div.pages", { onmouseover: hover, onclick: hover }, grid, rest);
}

/* Where nothing of a line is kept: by which rules. */
function reasons(left) {
  const numbers = new Set(left.filter((piece) => typeof piece !== "string" && piece.text.trim()).map((piece) => piece.number));
  return [...numbers].map((number) => make("span.why", { class: `c-${rules[number].family}` }, rules[number].id));
}

function hover(event) {
  const mark = event.target.closest("mark[data-edit]");
  if (mark) explain(Number(mark.dataset.edit));
}

const absent = () => make("div.pages", {}, make("p", {}, isReading ? "…" : data.packed.length && !Object.keys(data.whole).length
  ? "This browser cannot read compressed texts. The command above shows every line of the document." : "This document is not among those that the report holds whole. The command above shows every line of it."));

const bottom = () => make("div.bottom", {},
  make("span.keys", {}, make("kbd", {}, "j"), " ", make("kbd", {}, "k"), " documents ", make("kbd", {}, "n"), " ", make("kbd", {}, "p"), " edits ", make("kbd", {}, "Esc"), " close"),
  make("span", { id: "said" }, "Point at what is coloured to see the rule and its evidence."));
