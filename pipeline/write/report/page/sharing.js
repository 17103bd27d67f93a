/* Quotes, clusters of near-duplicates and the borderline pairs, as far as the filters leave them; matrix and ring. */
const QUOTE_ORDERS = {
  importance: ["most important", (one) => -one.importance], // they come in this order
  origins: ["most sources", (one) => -one.origins],
  rarity: ["rarest words", (one) => -one.bits],
  length: ["longest", (one) => -one.words],
  date: ["earliest", (one) => (one.earliest ? one.earliest[1] : null) || "9999"],
};
const ROWS_OF_PLACES = 5;

const documentLink = (id, name) => (byId.has(id) ? make("a", { href: `#doc=${id}` }, name) : make("span", {}, name));
const hasQuery = (texts) => !state.q || texts.some((text) => text && text.toLowerCase().includes(state.q.toLowerCase()));

function quotePasses(one) {
  if (state.first) {
    const groups = new Set(one.places.map((place) => place[2]));
    if (!groups.has(state.first) || !groups.has(state.later)) return false;
  }
  if (passingIds && !one.places.some((place) => passingIds.has(place[0]))) return false;
  if (!passesOwn("quotes", one)) return false;
  return hasQuery(one.places.flatMap((place) => [place[1], place[4], place[5]]));
}

function showQuotes() {
  const container = $("#quotes");
  if (!container) return;
  const [, key] = QUOTE_ORDERS[state["quote-order"]] || QUOTE_ORDERS.importance;
  const chosen = data.quotes.filter(quotePasses).map((one, number) => [key(one), number, one]);
  chosen.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]));
  paged(container, chosen.map(([, , one]) => one), quoteCard, 12);
  $("#quotes-bar select").value = state["quote-order"] in QUOTE_ORDERS ? state["quote-order"] : "importance";
  showNarrow("quotes", chosen.length, data.quotes.length, "quote");
}

function quoteCard(one) {
  const [first, ...others] = one.places;
  const list = make("ul.places");
  const place = ([id, source, , date, speaker, text], number) => {
    const name = speaker ? `${source}, said by ${speaker}` : source;
    return make("li", { class: number === 0 && one.earliest ? "first" : null }, make("time", {}, date || ""), documentLink(id, name),
      number && text !== first[5] ? passage("div.wording.diff", differences(first[5], text)) : null);
  };
  list.append(...one.places.slice(0, ROWS_OF_PLACES).map(place));
  if (one.places.length > ROWS_OF_PLACES) {
    const more = make("button.more", { type: "button", onclick: () => { list.append(...one.places.slice(ROWS_OF_PLACES).map((each, number) => place(each, number + ROWS_OF_PLACES))); more.remove(); } },
      `${others.length + 1 - ROWS_OF_PLACES} more places`);
    return make("article", {}, quoteSide(one), make("div", {}, passage("blockquote", [first[5]]), list, more));
  }
  return make("article", {}, quoteSide(one), make("div", {}, passage("blockquote", [first[5]]), list));
}

const quoteSide = (one) => make("div.side", {},
  make("div.figure", {}, count(one.origins), make("small", {}, one.origins === 1 ? "independent origin" : "independent origins")),
  make("small", {}, `${plural(one.words, "word")}, ${Math.round(one.bits)} bits`),
  make("small", {}, `${plural(one.passages, "passage")}, ${one.similarity >= 1 ? "word for word" : `similarity ${one.similarity.toFixed(2)}${one.passages > 1 ? " and more" : ""}`}`));

function clusterPasses(one) {
  if (passingIds && !one.members.some((member) => passingIds.has(member[0]))) return false;
  if (!passesOwn("clusters", one)) return false;
  return hasQuery([...one.members.flatMap((member) => [member[1], member[3]]), ...one.names]);
}

function showClusters() {
  const container = $("#clusters");
  if (!container || !data.clusters.length) return;
  const chosen = data.clusters.filter(clusterPasses);
  paged(container, chosen, clusterCard, 8);
  showNarrow("clusters", chosen.length, data.clusters.length, "cluster");
}

function clusterCard(one) {
  let chosen = [0, Math.min(1, one.members.length - 1)];
  const text = make("blockquote.diff");
  const list = make("ul.places");
  const draw = () => {
    if (!one.members.length) return;
    const [a, b] = chosen.map((number) => one.members[number]);
    text.replaceChildren(...(a === b || a[3] === b[3] ? [a[3]] : diff(a[3], b[3])));
    list.replaceChildren(...one.members.map(([id, source, date], number) => make("li", { class: number === 0 && !one.older ? "first" : null },
      make("span.ab", {}, ...["A", "B"].map((label, side) => make("button", { type: "button", class: chosen[side] === number ? "on" : null, "aria-pressed": String(chosen[side] === number),
        onclick: () => { chosen[side] = number; draw(); } }, label))),
      make("span", {}, documentLink(id, source), date ? ` ${date.slice(0, 10)}` : "", number === 0 && !one.older ? make("small", {}, ` canonical: ${one.why}`) : ""))));
  };
  draw();
  const rest = one.size - one.members.length;
  return make("article", {},
    make("div.side", {}, make("div.figure", {}, count(one.size), make("small", {}, `${one.level}s`)), make("small", {}, one.relation),
      make("small", {}, `in ${plural(one.groups, "source")}`),
      one.similarity === null ? null : make("small", {}, `similarity ${one.similarity.toFixed(2)}${one.size > 2 ? " and more" : ""}`)),
    make("div", {}, text, list, one.older ? make("small", {}, "The canonical one stands in an earlier run.") : null,
      rest > 0 ? make("small", {}, `and ${count(rest)} more`) : null));
}

function showBorderline() {
  const container = $("#borderline");
  if (!container || !data.borderline.length) return;
  const card = (one) => make("article", {},
    make("div.side", {}, make("div.figure", {}, one.similarity.toFixed(2), make("small", {}, one.relation))),
    make("div", {}, passage("blockquote.diff", differences(one.a[3], one.b[3])),
      make("ul.places", {}, [one.a, one.b].map(([id, source, date]) => make("li", {}, make("time", {}, date ? date.slice(0, 10) : ""), documentLink(id, source))))));
  const cards = make("div.cards");
  paged(cards, data.borderline, card, 4);
  container.replaceChildren(make("details.rules", {}, make("summary", {}, `The ${plural(data.borderline.length, "pair")} nearest to the threshold, word by word`), cards));
}

/* The ring: a source picked, or pointed at, shows its ties alone. */
function light(group) {
  const picture = $(".ring");
  if (!picture) return;
  picture.classList.toggle("picking", Boolean(group));
  if (!group) return;
  const near = new Set([group]);
  for (const edge of $$(".edges path", picture)) {
    const isOn = edge.dataset.a === group || edge.dataset.b === group;
    edge.classList.toggle("on", isOn);
    if (isOn) near.add(edge.dataset.a).add(edge.dataset.b);
  }
  for (const node of $$(".node", picture)) node.classList.toggle("on", near.has(node.dataset.group));
}

function showPicked() {
  for (const cell of $$(".cell")) cell.classList.toggle("on", cell.dataset.first === state.first && cell.dataset.later === state.later);
  light(state.group || null);
}

function setUpSharing() {
  const quotes = $("#quotes");
  if (quotes) {
    const order = make("select", { "aria-label": "Order", "data-key": "quote-order", onchange: (event) => change({ "quote-order": event.target.value === "importance" ? null : event.target.value }) },
      Object.entries(QUOTE_ORDERS).map(([key, [name]]) => make("option", { value: key }, `${name} first`)));
    const bar = narrowBar("quotes", data.quotes);
    bar.prepend(order);
    quotes.before(bar);
  }
  const clusters = $("#clusters");
  if (clusters && data.clusters.length) clusters.before(narrowBar("clusters", data.clusters));
  const picture = $(".ring");
  if (picture) {
    const frame = picture.parentElement; // narrower than the ring on a small screen: its middle is what is seen first
    frame.scrollLeft = (frame.scrollWidth - frame.clientWidth) / 2;
    picture.addEventListener("mouseover", (event) => { const node = event.target.closest(".node"); if (node) light(node.dataset.group); });
    picture.addEventListener("mouseleave", () => light(state.group || null));
  }
}
