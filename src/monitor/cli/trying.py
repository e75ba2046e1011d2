"""What watchlists make of the stored articles: for `watchlists test`, `watchlists diff`, `replay` and `check`.

Not here: what is printed of it but examples, which look the same everywhere.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.cli import output
from monitor.cli.common import Place
from monitor.core.errors import ConfigError

if TYPE_CHECKING:
    from sqlite3 import Connection

    from monitor.core.model import Article, Document, Match
    from monitor.core.settings import Config, Watchlist

MANY = 50
"""Articles a day that one watchlist hits: more than a person reads."""


def articles(
    db: "Connection", config: "Config", since: datetime | None, words: str = "Matching"
) -> "Iterator[tuple[str, Article, Document]]":
    """The stored articles, oldest first, as they are matched, each with the id of its story."""
    from monitor.core.reading import document
    from monitor.core.settings import Source
    from monitor.store import ledger

    sources = {source.name: source for source in config.sources}
    with output.progress(words, ledger.stored_count(db, since)) as advance:
        for story, article in ledger.stored(db, since):
            source = sources.get(article.source) or Source(name=article.source, url="")
            yield story, article, document(article, source)
            advance(1)


def only(config: "Config", watchlists: "Iterable[Watchlist]") -> "Config":
    """The configuration with these watchlists only, and their words."""
    watchlists = tuple(watchlists)
    names = {name for watchlist in watchlists for name in watchlist.sets}
    sets = tuple(each for each in config.term_sets if each.name in names)
    return replace(config, watchlists=watchlists, term_sets=sets)


def changed(where: Place, text: str, file: str) -> "Config":
    """The configuration with another text in place of watchlists.toml. Raises ConfigError with what is wrong in `file`."""
    from pathlib import Path

    from monitor import config

    texts = {name: (where.folder / name).read_text("utf-8-sig") for name in ("monitor.toml", "feeds.toml")}
    texts["watchlists.toml"] = text
    try:
        return config.parse(texts, os.environ, where.folder, Path.read_bytes, where.data_dir, with_channels=False)
    except ConfigError as error:
        raise renamed(error, file) from error


def renamed(error: ConfigError, file: str) -> ConfigError:
    """The error with the file that is really meant by watchlists.toml."""
    return ConfigError(
        tuple(replace(each, file=file) if each.file == "watchlists.toml" else each for each in error.problems)
    )


def day(article: "Article") -> str:
    """The day of an article, by the reader's clock."""
    return f"{(article.published or article.fetched).astimezone():%Y-%m-%d}"


def crowded(name: str, days: Mapping[str, int]) -> str:
    """A warning if a list hits more articles on a day than a person reads; else empty."""
    busiest, count = max(days.items(), key=lambda item: item[1], default=("", 0))
    if count <= MANY:
        return ""
    return (
        f"{name} hits {count} articles on {busiest}: over {MANY} a day nobody reads them. Take out common words or give "
        "them less weight, name more sets in all, or raise threshold."
    )


def warnings(db: "Connection", config: "Config", watch: Any, since: datetime) -> list[str]:
    """The warnings for the watchlists that hit too much of what was stored since then."""
    days: dict[str, Counter[str]] = {watchlist.name: Counter() for watchlist in config.watchlists}
    for _, article, document in articles(db, config, since):
        for match in watch.match(document):
            days[match.watchlist][day(article)] += 1
    return [warning for name, counts in days.items() if (warning := crowded(name, counts))]


def example(article: "Article", match: "Match") -> dict[str, Any]:
    """An article that is hit, with three different sentences."""
    from monitor.core.render.clean import whole

    hits = {hit.sentence: hit for hit in reversed(match.hits)}
    told = sorted((hits[sentence] for sentence in whole(hits)), key=match.hits.index)[:3]
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "published": article.published or article.fetched,
        "score": match.score,
        "verdict": match.verdict,
        "hits": [{"term": h.term, "field": h.field, "surface": h.surface, "sentence": h.sentence} for h in told],
    }


def show_example(found: Mapping[str, Any], indent: int = 0) -> None:
    output.line()
    output.line(f"{found['title']} (score {found['score']:g})", indent)
    output.line(f"{found['source']} · {output.moment(found['published'])} · {found['url']}", indent + 2)
    for hit in found["hits"]:
        output.quote(hit["sentence"], [hit["surface"]], indent + 4)
