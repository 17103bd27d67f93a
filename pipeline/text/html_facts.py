"""What the tree says of each rendered line, as small whole numbers: the columns a model learns from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.text.html_render import BLOCK_CODE, BLOCKS, Block, Count, Layout
from pipeline.text.html_words import NAMES, STRONG

Array = NDArray[np.int32]
AROUND = ("article", "main", "section", "header", "footer", "nav", "aside", "p", "ul", "ol", "li", "dl", "table", "blockquote", "figure", "figcaption", "form", "address", "details", "h1","h2","h3","h4","h5","h6","td","th")


def facts(layout: Layout, kept: list[int] | None, titles: tuple[str, ...] = ()) -> tuple[tuple[str, ...], Any]:
    n = len(layout.lines)
    cols: dict[str, Any] = {}
    C = np.array(layout.counts, dtype=np.int64).reshape(n, len(Count._fields))
    B = np.array(layout.blocks, dtype=np.int64).reshape(-1, len(Block._fields))
    m = len(B)
    tag, parent, btop, first, end = B.T
    block = C[:, 0]
    chars = C[:, 1]
    cc = np.concatenate(([0], np.cumsum(chars)))
    cl = np.concatenate(([0], np.cumsum(C[:, 3])))
    nl = end - first
    bchars = cc[end] - cc[first]
    blink = cl[end] - cl[first]
    # ancestors
    par = np.where(parent < 0, 0, parent)
    root = tag == BLOCK_CODE["body"]
    root |= tag == BLOCK_CODE["html"]
    POS = sum(1 << NAMES.index(t) for t in ("content", "article", "body", "title", "lead")) | STRONG
    btop = np.where(root, 0, np.where(bchars * 2 > cc[-1], btop & POS, btop))
    bit = np.int64(1) << tag.astype(np.int64)
    bit = np.where(tag < 62, bit, 0)
    anc_t, anc_b, p = btop.copy(), bit.copy(), par.copy()
    depth = (parent >= 0).astype(np.int64)
    for _ in range(12):
        anc_t |= anc_t[p]
        anc_b |= anc_b[p]
        depth = depth + depth[p]
        p = p[p]
        if not p.any():
            break
    # topics
    own = btop[block] | C[:, 7]
    p1 = btop[par[block]]
    any_ = anc_t[par[par[block]]]
    for i, name in enumerate((*NAMES, "strong")):
        b = 1 << i
        cols["t_" + name] = np.where(own & b, 3, np.where(p1 & b, 2, np.where(any_ & b, 1, 0)))
    inside = anc_b[block]
    for t in AROUND:
        cols["in_" + t] = (inside >> BLOCK_CODE[t]) & 1
    cols["tag"] = tag[block]
    cols["parent_tag"] = tag[par[block]]
    cols["grand_tag"] = tag[par[par[block]]]
    cols["depth"] = depth[block]
    for i, name in enumerate(Count._fields):
        if name not in ("block", "topics"):
            cols[name] = C[:, i]
    cols["link_share"] = C[:, 3] * 1000 // np.maximum(chars, 1)
    cols["bold_share"] = C[:, 4] * 1000 // np.maximum(chars, 1)
    # siblings
    key = par * 64 + tag
    _, inv, cnt = np.unique(key, return_inverse=True, return_counts=True)
    cols["same_siblings"] = cnt[inv][block]
    key2 = (par * 64 + tag) * 4096 + (btop % 4093)
    _, inv, cnt = np.unique(key2, return_inverse=True, return_counts=True)
    cols["same_shape"] = cnt[inv][block]
    cols["same_shape_parent"] = cnt[inv][par[block]]
    kids = np.bincount(par, minlength=m)
    cols["siblings"] = kids[par[block]]
    # densities up the tree
    b = block
    for level in range(4):
        x = np.maximum(bchars[b], 1)
        cols[f"up{level}_chars"] = x
        cols[f"up{level}_link_share"] = blink[b] * 1000 // x
        cols[f"up{level}_lines"] = nl[b]
        cols[f"up{level}_mean"] = x // np.maximum(nl[b], 1)
        b = par[b]
    # readability-like score
    commas = np.fromiter((s.count(",") + s.count("，") + s.count("、") for s in layout.lines), np.int64, n)
    base = np.where(chars >= 25, 10 + 10 * commas + np.minimum(chars // 10, 30), 0)
    base = base * (1000 - np.minimum(cols["link_share"], 1000)) // 1000
    score = np.zeros(m, dtype=np.int64)
    np.add.at(score, par[block], base)
    np.add.at(score, par[par[block]], base // 2)
    np.add.at(score, par[par[par[block]]], base // 4)
    score = score * (1000 - blink * 1000 // np.maximum(bchars, 1)) // 1000
    top = int(score.argmax()) if m else 0
    best = max(int(score[top]), 1) if m else 1
    cols["score_parent"] = score[par[block]] * 1000 // best
    cols["score_grand"] = score[par[par[block]]] * 1000 // best
    a = top
    up = np.full(n, 15)
    lines = np.arange(n)
    for d in range(12):
        ins = (lines >= first[a]) & (lines < end[a])
        up = np.where(ins & (up == 15), d, up)
        if parent[a] < 0:
            break
        a = par[a]
    cols["top_up"] = up
    cols["top_before"] = np.maximum(first[top] - lines, 0) if m else lines
    cols["top_after"] = np.maximum(lines - end[top] + 1, 0) if m else lines
    cols["top_share"] = np.full(n, bchars[top] * 1000 // max(int(cc[-1]), 1))
    cols["index"] = lines
    cols["from_end"] = n - lines
    cols["n"] = np.full(n, n)
    cols["gap"] = np.array(layout.gaps, dtype=np.int64)
    if kept is None:
        cols["kept"] = np.full(n, -1)
        for k in ("kept_lines", "kept_parent", "kept_from_first", "kept_to_last", "kept_total"):
            cols[k] = np.full(n, -1)
    else:
        k = np.array(kept, dtype=np.int64)
        cols["kept"] = k
        ck = np.concatenate(([0], np.cumsum((k > 0) * chars)))
        cols["kept_total"] = np.full(n, ck[-1] * 1000 // max(int(cc[-1]), 1))
        bk = ck[end] - ck[first]
        pb = par[block]
        cols["kept_parent"] = bk[pb] * 1000 // np.maximum(bchars[pb], 1)
        where = np.flatnonzero(k > 0)
        f, l = (where[0], where[-1]) if len(where) else (0, n)
        cols["kept_from_first"] = lines - f
        cols["kept_to_last"] = l - lines
    # title anchor
    import re
    norm = lambda t: re.sub(r"[\W_]+", "", t.lower())
    cand = [norm(t) for t in titles if t]
    cand = [c for c in cand if len(c) >= 8]
    isn = np.zeros(n, np.int64)
    for i, l in enumerate(layout.lines):
        if 8 <= len(l) <= 300 and cand:
            k2 = norm(l)
            if len(k2) >= 8:
                if k2 in cand:
                    isn[i] = 3
                elif any(c.startswith(k2) or k2.startswith(c) for c in cand):
                    isn[i] = 2
                elif any(k2 in c or c in k2 for c in cand) and len(k2) >= 12:
                    isn[i] = 1
    cols["is_title"] = isn
    tg = tag[block]
    h1 = tg == BLOCK_CODE["h1"]
    hx = (tg >= BLOCK_CODE["h1"]) & (tg <= BLOCK_CODE["h6"])
    rank = isn * 4 + (isn > 0) * (h1 * 3 + hx) + h1
    anchor = int(rank.argmax()) if n and rank.max() > 0 else -1
    if anchor >= 0:
        cols["title_dist"] = np.clip(lines - anchor, -50, 300)
        cols["title_chars"] = np.sign(lines - anchor) * np.log2(1 + np.abs(cc[:-1] - cc[anchor])).astype(np.int64)
        a, up = int(block[anchor]), np.full(n, 20)
        for d in range(20):
            ins = (lines >= first[a]) & (lines < end[a])
            up = np.where(ins & (up == 20), d, up)
            if parent[a] < 0:
                break
            a = int(par[a])
        cols["title_up"] = up
    else:
        for c in ("title_dist", "title_chars", "title_up"):
            cols[c] = np.full(n, -99)
    cols["title_rank"] = np.full(n, rank.max() if n else 0)
    # repeated structures
    shape_n = cnt[inv]
    ordinal = np.zeros(m, np.int64)
    seen: dict[int, int] = {}
    for i, s in enumerate(inv.tolist()):
        seen[s] = seen.get(s, 0) + 1
        ordinal[i] = seen[s]
    rep = np.zeros(n, np.int64); rlev = np.zeros(n, np.int64); rord = np.zeros(n, np.int64); rlines = np.zeros(n, np.int64); rmean = np.zeros(n, np.int64)
    b = block
    for d in range(9):
        ok = (nl[b] >= 2) & (shape_n[b] > np.maximum(rep, 2))
        rep = np.where(ok, shape_n[b], rep); rlev = np.where(ok, d + 1, rlev); rord = np.where(ok, ordinal[b], rord); rlines = np.where(ok, nl[b], rlines)
        rmean = np.where(ok, bchars[b], rmean)
        b = par[b]
    cols["rep"], cols["rep_level"], cols["rep_ord"], cols["rep_lines"], cols["rep_chars"] = rep, rlev, rord, rlines, rmean
    # headings
    hidx = np.where(hx, lines, -1)
    last = np.maximum.accumulate(hidx) if n else hidx
    cols["since_head"] = np.where(last >= 0, lines - last, -1)
    cols["head_level"] = np.where(last >= 0, tg[np.maximum(last, 0)] - BLOCK_CODE["h1"], -1)
    cols["is_head"] = np.where(hx, tg - BLOCK_CODE["h1"] + 1, 0)
    for name in ("comment", "share", "related", "foot", "tags", "byline", "date"):
        f2 = cols["t_" + name] > 0
        cs = np.cumsum(f2)
        cols["seen_" + name] = np.minimum(cs, 60)
    if kept is not None:
        # runs of kept lines, gaps up to 2
        runs = []
        st = pv = -1
        acc = 0
        for i in np.flatnonzero(k > 0).tolist():
            if pv >= 0 and i - pv > 3:
                runs.append((acc, st, pv)); st = i; acc = 0
            if st < 0: st = i
            acc += int(chars[i]); pv = i
        if st >= 0: runs.append((acc, st, pv))
        mr = max(runs) if runs else (0, 0, n)
        cols["run_before"] = np.clip(mr[1] - lines, -300, 300)
        cols["run_after"] = np.clip(lines - mr[2], -300, 300)
        cols["runs"] = np.full(n, len(runs))
        cols["run_share"] = np.full(n, mr[0] * 1000 // max(int(ck[-1]), 1))
        a = int(block[mr[1]]) if n else 0
        b2 = int(block[min(mr[2], n - 1)]) if n else 0
        x = a
        while parent[x] >= 0 and not (first[x] <= mr[2] < end[x]):
            x = int(par[x])
        up = np.full(n, 20)
        for d in range(20):
            ins = (lines >= first[x]) & (lines < end[x])
            up = np.where(ins & (up == 20), d, up)
            if parent[x] < 0:
                break
            x = int(par[x])
        cols["run_up"] = up
    else:
        for c in ("run_before", "run_after", "runs", "run_share", "run_up"):
            cols[c] = np.full(n, -99)
    return tuple(cols), np.column_stack(list(cols.values())).astype(np.int32)
