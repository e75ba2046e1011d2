"""feeds.toml: its tables, and the sources that they become. What the keys mean is said in `core.settings`."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from monitor.config import values
from monitor.config.faults import Fault, Faults, Table, items, no_duplicates, read
from monitor.config.lines import Key
from monitor.config.values import Count, Duration, Language, Many, Name, SomeTime, Text, WebAddress
from monitor.core.settings import FullText, Source, SourceKind

FILE = "feeds.toml"


_Wait = Annotated[SomeTime, AfterValidator(values.between("1s", "30d"))]


class DefaultsTable(Table):
    """How sources are polled; each source may say it for itself."""

    interval: _Wait | None = None
    min_interval: _Wait | None = None
    first_run_max_age: Duration | None = None
    flood_limit: Count | None = None


class FeedTable(DefaultsTable):
    name: Name = Field(examples=['"Le Monde"'])
    url: WebAddress = Field(examples=['"https://example.org/feed"'])
    language: Language | None = None
    tags: Many[Name] | None = None
    full_text: Annotated[FullText, BeforeValidator(values.choice(FullText))] | None = None


class SiteTable(FeedTable):
    links: Annotated[Text, AfterValidator(values.selector)] | None = None


def sources(document: Mapping[str, Any], faults: Faults) -> tuple[Source, ...]:
    """Every source that is right, feeds first."""
    defaults = read(DefaultsTable, document.get("defaults", {}), FILE, ("defaults",), faults)
    feeds, sites = items(document, "feeds", FILE, faults), items(document, "sites", FILE, faults)
    no_duplicates([*feeds, *sites], FILE, faults)
    common = defaults.given() if defaults else {}
    _check_intervals(common, ("defaults",), faults)
    made = [_source(item, key, FeedTable, SourceKind.FEED, common, faults) for key, item in feeds]
    made += [_source(item, key, SiteTable, SourceKind.SITE, common, faults) for key, item in sites]
    return tuple(source for source in made if source)


def _source(
    item: Mapping[str, Any],
    key: Key,
    model: type[FeedTable],
    kind: SourceKind,
    common: Mapping[str, Any],
    faults: Faults,
) -> Source | None:
    row = read(model, item, FILE, key, faults)
    if not row:
        return None
    own = row.given()
    _check_intervals(own, key, faults)
    given = {**common, **own}
    interval: timedelta = given.get("interval", _INTERVAL)
    # A source that is polled more often than the usual shortest wait has no shorter one.
    given["min_interval"] = min(given.get("min_interval", _MIN_INTERVAL), interval)
    return Source(kind=kind, **given)


_USUAL = Source(name="", url="")
_INTERVAL, _MIN_INTERVAL = _USUAL.interval, _USUAL.min_interval


def _check_intervals(given: Mapping[str, Any], key: Key, faults: Faults) -> None:
    if "interval" in given and "min_interval" in given and given["min_interval"] > given["interval"]:
        message = "is longer than interval, the longest wait: write at most the same"
        faults.append(Fault(file=FILE, key=(*key, "min_interval"), message=message))
