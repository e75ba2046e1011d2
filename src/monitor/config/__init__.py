"""The configuration: three TOML texts → `core.settings.Config`, or every problem at once, each with file and line.

`parse` is pure but for the function that reads files with secrets; `load` reads the folder. One module for each file,
`values` and `cron` for single values, `grammar` for words, `secrets` for secrets, `lines` and `faults` for saying where
and what is wrong, `write` for the way back. Nothing outside of this package knows pydantic.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from monitor.config import feeds_file, monitor_file, proxies, watchlists_file
from monitor.config.faults import Fault, Faults, document, items, placed, unknown
from monitor.config.grammar import term
from monitor.config.languages import LANGUAGES, language
from monitor.config.secrets import Surroundings
from monitor.config.watchlists_file import Known
from monitor.config.write import append, as_toml, from_outlines
from monitor.core.errors import ConfigError, Problem
from monitor.core.settings import Config

__all__ = ["FILES", "LANGUAGES", "append", "as_toml", "from_outlines", "language", "load", "parse", "term"]

FILES = (monitor_file.FILE, feeds_file.FILE, watchlists_file.FILE)

_ROOTS = {
    monitor_file.FILE: (
        "daemon",
        "fetch",
        "health",
        "stories",
        "store",
        "web",
        "websub",
        "backup",
        "heartbeat",
        "channels",
    ),
    feeds_file.FILE: ("defaults", "feeds", "sites"),
    watchlists_file.FILE: ("terms", "watchlists"),
}


def load(folder: Path, env: Mapping[str, str], data_dir: Path | None = None, *, with_channels: bool = True) -> Config:
    """The configuration in a folder; `data_dir` overrides `[daemon] data_dir`. Without its channels, and the secrets that
    they need, for who only looks at the rest.

    Raises ConfigError with every problem, also of files that are missing or cannot be read.
    """
    if not folder.is_dir():
        message = f"there is no such folder: `monitor init {folder}` writes a starter configuration"
        raise ConfigError((Problem(file=str(folder), line=0, path="", message=message),))
    problems: list[Problem] = []
    texts = {file: text for file in FILES if (text := _text(folder, file, problems)) is not None}
    try:
        config = parse(texts, env, folder, Path.read_bytes, data_dir, with_channels=with_channels)
    except ConfigError as error:
        said = {problem.file for problem in problems}
        raise ConfigError((*problems, *(p for p in error.problems if p.file not in said))) from error
    return config


def _text(folder: Path, file: str, problems: list[Problem]) -> str | None:
    """The text of a file; None, and a problem, if it cannot be read."""
    line = 0
    try:
        content = (folder / file).read_bytes()
        return content.decode("utf-8-sig")  # Windows' Notepad begins files with a mark
    except FileNotFoundError:
        message = _missing(file, folder).message
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = "is not text in UTF-8: save it as UTF-8"
    problems.append(Problem(file=file, line=line, path="", message=message))
    return None


def parse(
    texts: Mapping[str, str],
    env: Mapping[str, str],
    folder: Path,
    read_file: Callable[[Path], bytes],
    data_dir: Path | None = None,
    *,
    with_channels: bool = True,
) -> Config:
    """The configuration that the texts of `FILES` say, its channels left out if they are not wanted.

    `env` and `read_file` (raises OSError) are where secrets come from; relative paths start at `folder`. Raises
    ConfigError with every problem, in the order of files and lines.
    """
    faults: Faults = [_missing(file, folder) for file in FILES if file not in texts]
    documents = {file: document(file, texts, faults) for file in FILES if file in texts}
    for file, content in documents.items():
        _check_roots(file, content or {}, faults)
    general, feeds, lists = (documents.get(file) or {} for file in FILES)
    around = Surroundings(env=env, folder=folder, read_file=read_file)
    settings = monitor_file.general(general, around, data_dir, faults, proxies_needed=with_channels)
    proxy = settings.fetch.proxy if settings else None
    channels = monitor_file.channels(general, proxy, around, faults) if with_channels else ()
    heartbeat = monitor_file.heartbeat(general, around, faults) if with_channels else None
    ways = None if documents.get(monitor_file.FILE) is None else proxies.names(general)
    sources = feeds_file.sources(feeds, ways, faults)
    term_sets = watchlists_file.term_sets(lists, faults)
    watchlists = watchlists_file.watchlists(lists, _known(documents), faults)
    if faults or not settings:
        raise ConfigError(placed(faults, texts, FILES))
    return Config(
        **settings._asdict(),
        heartbeat=heartbeat,
        sources=sources,
        usual_proxy=feeds_file.usual_proxy(feeds),
        term_sets=term_sets,
        watchlists=watchlists,
        channels=channels,
    )


def _missing(file: str, folder: Path) -> Fault:
    return Fault(
        file=file,
        message=f"is missing in {folder}: `monitor init {folder}` writes one and leaves the others as they are",
    )


def _check_roots(file: str, content: Mapping[str, Any], faults: Faults) -> None:
    """Every table of a file is one of those that it may have."""
    for name in content:
        if name in _ROOTS[file]:
            continue
        home = next((other for other, names in _ROOTS.items() if name in names), None)
        message = f"belongs in {home}" if home else unknown("table", name, _ROOTS[file])
        faults.append(Fault(file=file, key=(name,), message=message))


def _known(documents: Mapping[str, Mapping[str, Any] | None]) -> Known:
    """What watchlists may refer to: names as they are written, so that one wrong channel is one problem and not two."""
    general, feeds = documents.get(monitor_file.FILE), documents.get(feeds_file.FILE)
    channels = _tables(general or {}, "channels") or [{"name": monitor_file.CONSOLE.name, "default": True}]
    sources = [*_tables(feeds or {}, "feeds"), *_tables(feeds or {}, "sites")]
    tags = [tag for source in sources if isinstance(source.get("tags"), list) for tag in source["tags"]]
    return Known(
        channels=None if general is None else _names(channels),
        digests=_names(c for c in channels if "digest" in c),
        default=_names(c for c in channels if c.get("default") is True),
        sources=None if feeds is None else _names(sources),
        tags=frozenset(tag for tag in tags if isinstance(tag, str)),
    )


def _tables(content: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [item for _, item in items(content, name, "", [])]


def _names(tables: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(table["name"] for table in tables if isinstance(table.get("name"), str))
