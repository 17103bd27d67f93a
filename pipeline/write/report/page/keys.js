/* The keyboard, and the start. */
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target.matches("input, select, textarea");
  if (event.key === "Escape") {
    if (isTyping) event.target.blur();
    else if (state.doc) closeDocument();
    else change(Object.fromEntries(KEYS.map((key) => [key, null])));
    return;
  }
  if (isTyping) return;
  const picked = event.target.closest("[role=button]");
  const actions = {
    "/": () => { if (state.doc) closeDocument(); $("#search").focus(); $("#search").select(); },
    j: () => (state.doc ? step(1) : select(selected + 1)),
    k: () => (state.doc ? step(-1) : select(selected - 1)),
    n: () => { if (state.doc) goToEdit(1); },
    p: () => { if (state.doc) goToEdit(-1); },
    Enter: () => { if (picked) pick(picked); else if (!state.doc && selected >= 0 && event.target === document.body) openDocument(listed[selected]); else return true; },
    " ": () => { if (picked) pick(picked); else return true; },
  };
  const act = actions[event.key];
  if (act && act() !== true) event.preventDefault();
}

setUpTable();
setUpSharing();
showBorderline();
onChange(filterDocuments);
onChange(showTable);
onChange(showFilters);
onChange(showReader);
onChange(showQuotes);
onChange(showClusters);
onChange(showPicked);
document.addEventListener("keydown", onKey);
addEventListener("hashchange", readAddress);
if (location.hash && !location.hash.includes("=")) for (const listener of listeners) listener();
else readAddress();
readPacked();
