"""feeds.toml: its tables, and the sources that they become. What the keys mean is said in `core.settings`."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from monitor.config import values
from monitor.config.faults import Fault, Faults, Table, items, no_duplicates, read, unknown
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
    validators: bool | None = None
    proxy: str | None = None


class FeedTable(DefaultsTable):
    name: Name = Field(examples=['"Le Monde"'])
    url: WebAddress = Field(examples=['"https://example.org/feed"'])
    language: Language | None = None
    tags: Many[Name] | None = None
    full_text: Annotated[FullText, BeforeValidator(values.choice(FullText))] | None = None


class SiteTable(FeedTable):
    links: Annotated[Text, AfterValidator(values.selector)] | None = None


def sources(document: Mapping[str, Any], proxies: frozenset[str] | None, faults: Faults) -> tuple[Source, ...]:
    """Every source that is right, feeds first. `proxies` are the names of those that there are, None if that is unknown."""
    defaults = read(DefaultsTable, document.get("defaults", {}), FILE, ("defaults",), faults)
    feeds, sites = items(document, "feeds", FILE, faults), items(document, "sites", FILE, faults)
    no_duplicates([*feeds, *sites], FILE, faults)
    common = defaults.given() if defaults else {}
    _check_intervals(common, ("defaults",), faults)
    _check_proxy(usual_proxy(document), ("defaults",), proxies, faults)
    for key, item in [*feeds, *sites]:
        _check_proxy(item.get("proxy"), key, proxies, faults)
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


def usual_proxy(document: Mapping[str, Any]) -> str:
    """The proxy of sources that name none; "" if it is not said."""
    defaults = document.get("defaults", {})
    return str(defaults.get("proxy", "")) if isinstance(defaults, dict) else ""


def _check_proxy(name: object, key: Key, proxies: frozenset[str] | None, faults: Faults) -> None:
    if proxies is None or not isinstance(name, str) or not name or name in proxies:
        return
    message = (
        unknown("proxy", name, proxies) if proxies else "names no proxy: there is no [fetch.proxies.…] in monitor.toml"
    )
    faults.append(Fault(file=FILE, key=(*key, "proxy"), message=message))


_USUAL = Source(name="", url="")
_INTERVAL, _MIN_INTERVAL = _USUAL.interval, _USUAL.min_interval


def _check_intervals(given: Mapping[str, Any], key: Key, faults: Faults) -> None:
    if "interval" in given and "min_interval" in given and given["min_interval"] > given["interval"]:
        message = "is longer than interval, the longest wait: write at most the same"
        faults.append(Fault(file=FILE, key=(*key, "min_interval"), message=message))
