"""Every kind of file that the readers promise to read whole, written by the library or in the manner of who writes such files.

Each kind holds the same stories, so that one check suits all: every word, and whatever the format can say of url, date, title,
author and id. `python -m tests.read.kinds` prints the table of docs/kinds.md, with the versions that wrote the files.
"""

from __future__ import annotations

from tests.read.kinds import archived, documents, exports, json_like, mail, tables, web
from tests.read.kinds.kind import KINDS, STORIES, Kind, Story

__all__ = ["FILLED_BY", "KINDS", "STORIES", "Kind", "Story"]

FILLED_BY = (archived, documents, exports, json_like, mail, tables, web)
"""Each of these modules adds its kinds to `KINDS` as it is imported."""
