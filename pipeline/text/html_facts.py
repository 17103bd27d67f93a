"""What the tree says of each rendered line, as small whole numbers: the columns a model learns from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.text.html_render import BLOCK_CODE, BLOCKS, Block, Count, Layout
from pipeline.text.html_words import NAMES, STRONG

Array = NDArray[np.int32]
AROUND = ("article", "main", "section", "header", "footer", "nav", "aside", "p", "ul", "ol", "li", "dl", "table", "blockquote", "figure", "figcaption", "form", "address", "details", "h1","h2","h3","h4","h5","h6","td","th")


def facts(layout: Layout, kept: list[int] | None) -> tuple[tuple[str, ...], Any]:
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
    btop = np.where(root, 0, btop)
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
    return tuple(cols), np.column_stack(list(cols.values())).astype(np.int32)
