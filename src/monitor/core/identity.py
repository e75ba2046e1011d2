"""Which entry is which: the keys that an entry is recognised by at the next poll.

What belongs here: making keys, and whether known ones make an entry known. What does not: remembering them (the store),
and whether two different entries tell the same (stories.copies).

An entry is named by its guid, by its address and by its words, and each of the three lies on some site: guids change at
every poll or count from 1 to 20, all links lead to the front page, titles are edited. So each is used only as far as it
can tell entries apart. In doubt an entry is new: a second report of the same text is recognised later as a copy, an
entry taken for an old one is lost.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.core import urls
from monitor.core.model import Entry

_URI = re.compile(r"(?:https?|tag|urn|uuid|guid):", re.IGNORECASE)
_COUNTER = re.compile(r"(?:^|[^0-9A-Za-z])\d{1,3}/?$", re.ASCII)
_LONG_NUMBER = re.compile(r"\d{5}", re.ASCII)
_LONG = 16  # characters of a guid that no editor typed
_TELLING = 40  # letters and digits of title and summary that no other entry has by chance
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """What an entry is recognised by: signed 64-bit integers; None where the entry has nothing that tells it apart.

    `url` is `urls.page_key` of its address, `guid` its guid's, `content` that of its title and summary. `stable` says
    that the guid is one that no other entry will ever get.
    """

    url: int | None = None
    guid: int | None = None
    content: int | None = None
    stable: bool = False

    def __iter__(self) -> Iterator[int]:
        """All keys that there are: what is to be remembered."""
        return (key for key in (self.url, self.guid, self.content) if key is not None)


def keys(entries: Sequence[Entry], feed_home: str | None, feed_url: str, taken: Iterable[str] = ()) -> tuple[Keys, ...]:
    """The keys of each entry of one document, in order.

    `feed_home` and `feed_url` are the page that the feed belongs to and its own address: entries that link there have no
    address of their own. `taken` are addresses and guids that items left out of `entries` have too (`Feed.taken`).
    An address or guid that entries with different words share tells none of them apart and makes no key.
    """
    pages = [urls.canonical(entry.url) if entry.url else "" for entry in entries]
    guids = [_guid(entry.guid) for entry in entries]
    words = [_content_key(entry, guid) for entry, guid in zip(entries, guids, strict=True)]
    fronts = {urls.canonical(url) for url in (feed_home, feed_url) if url}
    occupied = {form for name in taken for form in (urls.canonical(name), _guid(name))}
    shared_pages = _shared(pages, words) | fronts | occupied | {""}
    shared_guids = _shared(guids, words) | fronts | occupied | {""}
    return tuple(
        Keys(
            url=None if page in shared_pages or _is_front(page) else urls.key_of(page),
            guid=None if guid in shared_guids or _is_front(guid) else urls.key_of(f"guid {guid}"),
            content=content,
            stable=_is_stable(guid),
        )
        for page, guid, content in zip(pages, guids, words, strict=True)
    )


def is_known(entry: Keys, known: frozenset[int]) -> bool:
    """Whether an entry with these keys is one of those whose keys are `known` (of the same source).

    Its address is enough. Its guid is enough if it is one that is never given twice; a guid like "7" only together with
    the same words. The words alone are enough if the entry has no address of its own. An entry of which there is nothing
    at all, neither name nor word, is known.
    """
    if entry.url in known or (entry.guid in known and (entry.stable or entry.content in known)):
        return True
    return entry.url is None and (entry.content in known or next(iter(entry), None) is None)


def _guid(guid: str | None) -> str:
    """A guid that is an address without what changes about an address: a site's move to https changes no entry."""
    guid = (guid or "").strip()
    if guid[:4].lower() != "http":
        return guid
    bare, _, fragment = guid.partition("#")
    return f"{urls.canonical(bare)}#{fragment}" if fragment else urls.canonical(bare)


def _shared(names: list[str], contents: list[int | None]) -> set[str]:
    """The names that entries with different words have in common. An entry listed twice shares nothing."""
    seen: dict[str, set[int | None]] = defaultdict(set)
    for name, content in zip(names, contents, strict=True):
        seen[name].add(content)
    return {name for name, group in seen.items() if len(group) > 1}


def _is_front(name: str) -> bool:
    """Whether this is the front page of a site, which is no article's address."""
    return name.startswith("https://") and name.count("/") == 3 and name.endswith("/")


def _is_stable(guid: str) -> bool:
    """Whether a guid looks as if it were never given to another entry: a number from a database, a URI, something long;
    not a place in a list ("7", "item-07", "https://example.org/news#3"), not a word ("latest")."""
    if _COUNTER.search(guid):
        return False
    if _URI.match(guid):
        return True
    return bool(_LONG_NUMBER.search(guid)) or (len(guid) >= _LONG and any(c.isdigit() for c in guid))


def _content_key(entry: Entry, guid: str) -> int | None:
    """The key of an entry's words, whatever their case, spaces and punctuation. Few words tell nothing apart: then the
    date counts too, and the guid if it is a stable one."""
    text = " ".join(_WORD.findall(f"{entry.title} {entry.summary or entry.text}".casefold()))
    if not text:
        return None
    if len(text) < _TELLING:
        text = f"{text} {entry.published} {guid if _is_stable(guid) else ''}"
    return urls.key_of(f"content {text}")
