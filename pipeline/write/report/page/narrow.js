/* Filters that quotes and clusters have of their own, beside those of the whole page: by source, by relation, by how alike the
   wordings are. Their state stands in the address as all else does. */
const WORDINGS = { same: "word for word", close: "nearly: 0.9 and more", loose: "loosely: below 0.9" };
function wording(similarity) {
  if (similarity === null) return [];
  return [similarity >= 1 ? "same" : similarity >= 0.9 ? "close" : "loose"];
}
const NARROW = {
  quotes: [
    ["quote-source", "any source", (one) => one.places.map((place) => place[2]), {}],
    ["quote-origins", "any origins", (one) => [one.origins > 1 ? "several" : "one"], { several: "several independent origins", one: "one origin: copies of it" }],
    ["quote-wording", "any wording", (one) => wording(one.similarity), WORDINGS],
  ],
  clusters: [
    ["copy-source", "any source", (one) => one.members.map((member) => member[4]), {}],
    ["copy-relation", "any relation", (one) => [one.relation], {}],
    ["copy-wording", "any wording", (one) => wording(one.similarity), WORDINGS],
  ],
};
const passesOwn = (list, one) => NARROW[list].every(([key, , values]) => !state[key] || values(one).includes(state[key]));

/* The fields to choose in, above a list; one that could only say one thing is left out. */
function narrowBar(list, items) {
  const fields = NARROW[list].map(([key, any, values, names]) => {
    const counts = new Map();
    for (const one of items) for (const value of new Set(values(one))) counts.set(value, (counts.get(value) || 0) + 1);
    if (counts.size < 2) return null;
    return make("select", { "aria-label": any.replace("any ", ""), "data-key": key, onchange: (event) => change({ [key]: event.target.value || null }) },
      make("option", { value: "" }, any), [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, number]) => make("option", { value }, `${names[value] || value} (${count(number)})`)));
  });
  const off = Object.fromEntries(NARROW[list].map(([key]) => [key, null]));
  const clear = make("button.clear", { type: "button", onclick: () => { $("select", clear.parentElement)?.focus(); change(off); } }, "Clear");
  return make("div.bar.narrow", { id: `${list}-bar` }, fields, make("small", { id: `${list}-shown`, role: "status" }), clear);
}

/* What the fields say, and how many are left. */
function showNarrow(list, left, total, name) {
  const bar = $(`#${list}-bar`);
  for (const field of NARROW[list].map(([key]) => $(`[data-key="${key}"]`, bar)).filter(Boolean)) {
    field.value = state[field.dataset.key] || "";
    field.classList.toggle("on", Boolean(state[field.dataset.key]));
  }
  $(".clear", bar).hidden = !NARROW[list].some(([key]) => state[key]);
  $(`#${list}-shown`).textContent = left === total ? plural(total, name) : `${count(left)} of ${plural(total, name)}`;
}
