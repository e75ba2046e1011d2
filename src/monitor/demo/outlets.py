"""The sample outlets and their articles, as `articles.toml` tells them."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlet:
    """`format` is rss, atom, json or site (no feed, only a page with links)."""

    id: str
    name: str
    language: str
    format: str
    charset: str = "utf-8"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One article; the comment at the top of `articles.toml` explains the fields. A copy has the words of its original."""

    outlet: str
    slug: str
    hours: float
    title: str = ""
    author: str = ""
    text: str = ""
    alerts: tuple[str, ...] = ()
    note: str = ""
    same_text_as: str = ""
    same_page_as: str = ""
    link: str = ""

    @property
    def paragraphs(self) -> list[str]:
        return self.text.strip().split("\n\n")

    @property
    def original(self) -> str:
        """The slug of what it is a copy of; "" if it is none."""
        return self.same_text_as or self.same_page_as


@dataclass(frozen=True, kw_only=True, slots=True)
class Samples:
    outlets: tuple[Outlet, ...]
    articles: dict[str, Sample]

    def of(self, outlet: Outlet) -> list[Sample]:
        """What an outlet lists, newest first."""
        return sorted((a for a in self.articles.values() if a.outlet == outlet.id), key=lambda a: a.hours)


def load() -> Samples:
    """The bundled outlets and articles."""
    document = tomllib.loads((files(__package__) / "articles.toml").read_text("utf-8"))
    plain = {item["slug"]: item for item in document["articles"]}
    return Samples(
        outlets=tuple(Outlet(**outlet) for outlet in document["outlets"]),
        articles={slug: _sample(item, plain) for slug, item in plain.items()},
    )


def _sample(item: dict[str, Any], plain: dict[str, dict[str, Any]]) -> Sample:
    slug = item.get("same_text_as") or item.get("same_page_as")
    original = plain[slug] if slug else {}
    words: dict[str, Any] = {key: original[key] for key in ("title", "author", "text") if key in original}
    words |= item | {"alerts": tuple(item.get("alerts", ()))}
    return Sample(**words)
