from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.identity import Keys, is_known, keys
from monitor.core.model import Entry

HOME = "https://example.org/"
FEED = "https://example.org/feed"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def item(number: int, **changes: object) -> Entry:
    base = Entry(
        guid=f"post-{10_000 + number}",
        url=f"https://example.org/2026/11/story-{10_000 + number}",
        title=f"The council voted on motion {number}",
        summary=f"After a long debate motion {number} was carried by a narrow majority of the members present.",
        published=NOON - timedelta(hours=number),
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # a table of changes


ITEMS = [item(i) for i in range(1, 6)]
NEW = item(9)


def new_in(second: list[Entry], first: list[Entry], home: str | None = HOME, feed: str = FEED) -> list[Entry]:
    known = frozenset(key for entry in keys(first, home, feed) for key in entry)
    return [entry for entry, own in zip(second, keys(second, home, feed), strict=True) if not is_known(own, known)]


QUIRKS = {
    "nothing": lambda e: e,
    "other guids": lambda e: replace(e, guid=f"{e.guid}#2"),
    "other random guids": lambda e: replace(e, guid=f"urn:uuid:1234abcd-{hash(e.url) % 9999}-ffff"),
    "guids gone": lambda e: replace(e, guid=None),
    "https": lambda e: replace(e, url=e.url.replace("https", "http")),
    "www": lambda e: replace(e, url=e.url.replace("//", "//www.")),
    "amp": lambda e: replace(e, url=e.url + "/amp"),
    "tracked": lambda e: replace(e, url=f"{e.url}?utm_source=feed&utm_content=2&fbclid=x2#top"),
    "undated": lambda e: replace(e, published=None),
    "redated": lambda e: replace(e, published=NOON + timedelta(days=3)),
    "retitled": lambda e: replace(e, title=f"UPDATE: {e.title} (2)"),
    "rewritten": lambda e: replace(e, title="Live", summary="See below."),
    "moved": lambda e: replace(e, url=e.url.replace("/2026/11/", "/archive/")),
    "retitled and moved": lambda e: replace(e, title="Live", url=e.url + "-live"),
    "link gone": lambda e: replace(e, url=None),
    "link gone and retitled": lambda e: replace(e, url=None, title="Live"),
}


@pytest.mark.parametrize("quirk", QUIRKS)
def test_a_changed_entry_is_no_new_one(quirk: str) -> None:
    changed = [QUIRKS[quirk](entry) for entry in [NEW, *ITEMS[::-1]]]
    assert new_in(changed, ITEMS) == changed[:1]


@pytest.mark.parametrize("quirk", QUIRKS)
def test_nor_when_links_are_missing(quirk: str) -> None:
    bare = [replace(entry, url=None) for entry in ITEMS]
    changed = [replace(QUIRKS[quirk](entry), url=None) for entry in ITEMS] if "rewritten" not in quirk else bare
    assert new_in(changed, bare) == []
    assert new_in([replace(NEW, url=None), *changed], bare) == [replace(NEW, url=None)]


def test_guids_that_are_addresses_move_to_https() -> None:
    before = [replace(e, guid=e.url.replace("https", "http"), url=None) for e in ITEMS if e.url]
    after = [
        replace(e, guid=e.guid.replace("http", "https"), title=f"{e.title}!!", summary="") for e in before if e.guid
    ]
    assert new_in(after, before) == []


def test_guids_that_are_addresses_keep_their_fragment() -> None:
    entries = [
        item(i, guid=f"https://example.org/live#entry-{10_000 + i}", url="https://example.org/live") for i in (1, 2)
    ]
    assert new_in(entries, entries[:1]) == entries[1:]


@pytest.mark.parametrize("guid", ["{}", "item-{}", "https://example.org/news#{}", "https://example.org/position/{}"])
@pytest.mark.parametrize("linked", [True, False])
def test_guids_that_count_places(guid: str, linked: bool) -> None:
    """Every poll the newest entry is number 1."""

    def numbered(entries: list[Entry]) -> list[Entry]:
        return [replace(e, guid=guid.format(i), url=e.url if linked else None) for i, e in enumerate(entries, 1)]

    later = numbered([NEW, *ITEMS])
    assert new_in(later, numbered(ITEMS)) == later[:1]


def test_a_guid_that_is_a_word_is_given_again() -> None:
    assert new_in([item(2, guid="latest", url=None)], [item(1, guid="latest", url=None)])


def test_a_guid_that_all_entries_have() -> None:
    entries = [replace(e, guid="https://example.org/live-page") for e in [NEW, *ITEMS]]
    assert new_in(entries, entries[1:]) == entries[:1]
    bare = [replace(e, url=None) for e in entries]
    assert new_in(bare, bare[1:]) == bare[:1]


@pytest.mark.parametrize(
    "link", [HOME, "http://www.example.org", FEED, "https://other.example/", "https://example.org/live-page"]
)
@pytest.mark.parametrize("guid", [True, False])
def test_a_link_that_all_entries_have(link: str, guid: bool) -> None:
    entries = [replace(e, url=link, guid=e.guid if guid else link) for e in [NEW, *ITEMS]]
    assert new_in(entries, entries[1:]) == entries[:1]
    assert new_in(entries, []) == entries


def test_a_link_that_an_item_left_out_has() -> None:
    known = frozenset(key for entry in keys([ITEMS[0]], HOME, FEED) for key in entry)
    other = item(2, url=ITEMS[0].url, guid=ITEMS[0].guid)
    assert is_known(keys([other], HOME, FEED)[0], known)
    assert not is_known(keys([other], HOME, FEED, [f"{other.url}?utm_source=x", str(other.guid)])[0], known)


def test_an_entry_that_is_listed_twice_is_one() -> None:
    assert new_in([ITEMS[0], *ITEMS], ITEMS) == []
    assert new_in(ITEMS, [ITEMS[0], *ITEMS]) == []


def test_nothing_but_a_title() -> None:
    first, second = (Entry(title="Alert", published=NOON + timedelta(hours=i)) for i in (1, 2))
    assert new_in([second, first], [first]) == [second]
    named = [replace(first, guid=f"urn:alert:{10_000 + i}") for i in (1, 2)]
    assert new_in(named, named[:1]) == named[1:]


def test_text_counts_when_there_is_no_summary() -> None:
    one, two = (
        Entry(title="Report", text=f"Paragraph {i} of a statement that nobody has ever read so far.") for i in (1, 2)
    )
    assert new_in([two, one], [one]) == [two]


def test_an_entry_of_which_there_is_nothing_is_known() -> None:
    empty = keys([Entry()], None, FEED)[0]
    assert empty == Keys()
    assert is_known(empty, frozenset())


def test_an_entry_is_new_where_nothing_is_known() -> None:
    assert new_in(ITEMS, []) == ITEMS


def test_keys_are_what_sqlite_stores() -> None:
    own = keys(ITEMS[:1], HOME, FEED)[0]
    assert len(set(own)) == 3
    assert all(-(2**63) <= key < 2**63 for key in own)
