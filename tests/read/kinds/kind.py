"""What a kind of file is, and the stories that all of them hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Story:
    """A story, and all that is known of it."""

    id: str
    url: str
    title: str
    author: str
    day: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def page(self) -> str:
        """The story as a page of HTML."""
        body = "".join(f"<p>{paragraph}</p>\n" for paragraph in self.paragraphs)
        return (
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{self.title}</title>'
            f'<meta name="author" content="{self.author}"><meta property="article:published_time" content="{self.day}T08:00:00Z">'
            f'<link rel="canonical" href="{self.url}"></head><body><nav><a href="/">Home</a></nav><article>'
            f"<h1>{self.title}</h1>\n{body}</article></body></html>"
        )

    @property
    def record(self) -> dict[str, str]:
        """The story as a record with the plainest names of fields."""
        return {
            "id": self.id,
            "url": self.url,
            "title": self.title,
            "author": self.author,
            "date": self.day,
            "text": self.text,
        }


STORIES = (
    Story(
        "q-31",
        "https://paper.example/2021/ferry",
        "Ferry to the islands runs again",
        "Ana Ruíz",
        "2021-03-04",
        (
            "The ferry to the outer islands left on Monday for the first time since the winter storms, with forty people on "
            "board and a cow, which belongs to the school.",
            "“We had counted the days,” said Ígor Benson, who runs the only shop there. A crossing costs €4, as it did before.",
        ),
    ),
    Story(
        "q-32",
        "https://paper.example/2021/clock",
        "Town hall clock stops; nobody minds",
        "Bo Ekström",
        "2021-04-11",
        (
            "The clock on the town hall stopped at ten past four on Sunday and has not moved since, and the café below has "
            "begun to serve tea at that time, all day.",
            "A clockmaker is said to be on his way from Zürich; he was last heard of in March.",
        ),
    ),
    Story(
        "q-33",
        "https://paper.example/2021/maps",
        "Museum shows maps of places that were never there",
        "Li Wen",
        "2021-05-30",
        (
            "Sailors drew most of the maps in the new show without having seen the coasts that they put on them, and sold "
            "them all the same.",
            "The oldest, of 1612, has a mountain where the café of the museum stands. It closes at six.",
        ),
    ),
)

ALL = "url date title author id"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file."""

    name: str
    file: str
    """Name of the file, whose suffix may matter."""
    by: str
    """Distribution that writes it; `hand` where the file is written in the manner of a program that is not at hand."""
    told: frozenset[str]
    """Which of url, date, title, author and id the format says."""
    write: Callable[[Path], None]
    stories: tuple[Story, ...]
    is_exact: bool
    """Whether the text is the story's and nothing else; else it holds every paragraph."""

    @property
    def version(self) -> str:
        """Name and version of what wrote it."""
        if self.by == "hand":
            return "by hand"
        if self.by == "Python":
            import platform

            return f"Python {platform.python_version()}"
        return f"{self.by} {metadata.version(self.by)}"


KINDS: dict[str, Kind] = {}
"""By name."""


def kind(
    name: str,
    file: str,
    by: str = "Python",
    told: str = ALL,
    stories: Sequence[Story] = STORIES,
    exact: bool = True,
) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """Register what writes a kind of file."""

    def register(write: Callable[[Path], None]) -> Callable[[Path], None]:
        assert name not in KINDS, name
        KINDS[name] = Kind(name, file, by, frozenset(told.split()), write, tuple(stories), exact)
        return write

    return register
