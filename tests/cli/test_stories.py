"""`monitor stories`, on a real database that the daemon's own functions wrote, and go on writing."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.core import urls
from monitor.core.model import Match, Outcome, Receipt
from monitor.core.settings import Channel, Console, Source, Watchlist
from monitor.core.stories import news
from monitor.core.stories.copies import fingerprint
from monitor.store import ledger
from support.build import DAY, HOUR, MINUTE, NOW, article, listing, match, reading, rules
from support.commands import Done, run, write_config
from support.stored import Stored, new_id

NAMES = ("Gazette", "Herald", "Post", "Courier", "Mirror", "Bugle")
SOURCES = tuple(Source(name=name, url=f"https://{name.lower()}.example/feed") for name in NAMES)
DESK = Channel(name="desk", target=Console(), default=True, updates=True)
LISTS = (
    Watchlist(name="wolves", title="Wolves", all=("wolves",)),
    Watchlist(name="flock", title="Flock", all=("wolves",)),
)
WOLVES = (
    "Two wolves came down from the hills last night and were seen near the old mill by the river, says the miller, "
    "who had gone out to look after his geese. They stood on the far bank for some minutes, drank, and trotted off "
    "along the towpath when a goods train passed. Nobody in the village remembers wolves so close to the houses. The "
    "forester will set up cameras this week, and asks everybody to keep dogs on a lead after dark."
)
SHEEP = (
    "The council will count all sheep of the valley in spring and pay for every fence that is higher than a man. "
    "Farmers had asked for that since the frost broke most of the old fences. The money comes from the fund for "
    "roads, which is why the bridge below the chapel stays closed another year. Whoever wants to be paid must send a "
    "photograph of each fence and the bill of the carpenter to the town hall before the end of May."
)
BEARS = (
    "A bear was filmed in the orchard behind the school while pupils were at lunch, and left when the bell rang. The "
    "film, which a teacher made through the window of the library, shows a young animal that shakes plums from a tree "
    "and eats them sitting down. Biologists of the national park say it is the daughter of a female that they marked "
    "two years ago, and that she will go back to her mother before winter. Lessons went on as usual."
)


@dataclass
class Desk:
    """A database and the daemon that writes it."""

    stored: Stored

    def report(self, source: str, text: str, *matches: Match, title: str = "", at: datetime = NOW) -> str:
        """An article that a source has of its own; returns its id."""
        self.outcome(source, text, *matches, title=title, at=at)
        (row,) = self.stored.rows("SELECT id FROM articles ORDER BY seq DESC LIMIT 1")
        return str(row["id"])

    def outcome(self, source: str, text: str, *matches: Match, title: str = "", at: datetime = NOW) -> Outcome:
        stored = self.stored
        stored.now, stored.pages = at, stored.pages + 1
        title = title or f"Report {stored.pages}"
        url = f"https://www.{source.lower()}.example/{stored.pages}"
        made = article(id=new_id(), url=url, title=title, source=source, published=at, fetched=at, text=text)
        mark = fingerprint(url=url, final_url=None, canonical=None, title=title, text=text)
        mark = replace(mark, topic=news.topic(title, text, "en"))
        found = listing(reading(*matches, article=made, fingerprint=mark, keys=(stored.pages,)))
        return stored.checked(source, found)

    def story(self, article_id: str) -> str:
        (row,) = self.stored.rows("SELECT story_id FROM articles WHERE id = ?", article_id)
        return str(row["story_id"])

    def stories(self, *article_ids: str) -> int:
        return len({self.story(each) for each in article_ids})

    def alerts(self) -> list[str]:
        return [row["watchlist"] for row in self.stored.rows("SELECT watchlist FROM alerts ORDER BY id")]

    def ask(self, *arguments: object) -> Done:
        return run("--config", self.stored.path.parent.parent, "stories", *arguments)

    def done(self, *arguments: object) -> str:
        done = self.ask(*arguments)
        assert (done.status, done.err) == (0, "")
        return done.out

    def answer(self, *arguments: object) -> Any:
        return json.loads(self.done(*arguments, "--json"))


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Desk:
    write_config(tmp_path / "config")
    path = tmp_path / "config" / "data" / "monitor.db"
    return Desk(Stored.at(path, empty_database, sources=SOURCES, rules=rules(*LISTS, channels=(DESK,))))


# Looking


def test_stories_are_listed_with_who_carries_them(desk: Desk) -> None:
    wolves = desk.report("Gazette", WOLVES, match(), title="Wolves at the mill")
    desk.report("Herald", WOLVES, at=NOW + MINUTE)
    desk.report("Post", SHEEP, title="Sheep are counted", at=NOW - DAY)

    first, second = desk.answer("list")

    assert first["id"] == desk.story(wolves)
    assert {name: first[name] for name in ("title", "articles", "sources", "independent", "watchlists")} == {
        "title": "Wolves at the mill",
        "articles": 2,
        "sources": ["Gazette", "Herald"],
        "independent": 1,
        "watchlists": ["wolves"],
    }
    assert (second["title"], second["watchlists"], second["domains"]) == ("Sheep are counted", [], ["post.example"])
    headings, row, _ = desk.done("list").splitlines()
    assert headings.split() == ["ID", "LAST", "ARTICLES", "INDEPENDENT", "ALERTED", "TITLE"]
    assert row.split("  ")[0] == first["id"]


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ((), ["Sheep", "Wolves", "Bears"]),
        (("--watchlist", "wolves"), ["Wolves"]),
        (("--watchlist", "flock"), []),
        (("--sources", 2), ["Wolves"]),
        (("--limit", 1), ["Sheep"]),
    ],
)
def test_stories_are_chosen(desk: Desk, filters: tuple[object, ...], titles: list[str]) -> None:
    desk.report("Post", BEARS, title="Bears", at=NOW - DAY)
    wolves = desk.report("Gazette", WOLVES, match(), title="Wolves")
    desk.report("Herald", SHEEP, title="Sheep", at=NOW + HOUR)
    with desk.stored.db() as db:
        db.execute('UPDATE stories SET domains = \'["a", "b"]\' WHERE id = ?', (desk.story(wolves),))
    assert [row["title"] for row in desk.answer("list", *filters)] == titles


def test_only_stories_of_late_are_listed(desk: Desk) -> None:
    now = datetime.now(NOW.tzinfo)
    desk.report("Gazette", WOLVES, title="Old", at=now - 2 * DAY)
    desk.report("Herald", SHEEP, title="New", at=now - HOUR)
    assert [row["title"] for row in desk.answer("list", "--since", "24h")] == ["New"]


def test_no_stories(desk: Desk) -> None:
    assert desk.answer("list") == []
    assert desk.ask("list").err == "No stories.\n"


def test_a_story_is_shown_with_its_reports_and_alerts(desk: Desk) -> None:
    first = desk.report("Gazette", WOLVES, match(), title="Wolves at the mill")
    second = desk.report("Herald", WOLVES, title="Wolves, too", at=NOW + MINUTE)

    found = desk.answer("show", desk.story(first))

    assert [(each["id"], each["relation"], each["placed_by"], each["source"]) for each in found["reports"]] == [
        (first, "first", "monitor", "Gazette"),
        (second, "duplicate", "monitor", "Herald"),
    ]
    assert [alert["watchlist"] for alert in found["reports"][0]["alerts"]] == ["wolves"]
    assert (found["merged"], found["split_from"], found["reports"][1]["alerts"]) == ([], None, [])
    text = desk.done("show", desk.story(first))
    assert text.startswith(f"Story {desk.story(first)}: 2 articles from 2 sources, 1 independent, last ")
    assert [each["because"] for each in found["reports"]] == [
        None,
        {"by": "text", "article": first, "source": "Gazette", "likeness": None},
    ]
    assert f"{second} duplicate\n  the text of Gazette's {first}\n  Wolves, too\n  Herald · " in text
    assert f"  alert {found['reports'][0]['alerts'][0]['id']} for wolves, score 1\n" in text


@pytest.mark.parametrize("name", ["story", "beginning", "article", "address", "tracked"])
def test_a_story_is_named_by_its_id_or_by_an_article(desk: Desk, name: str) -> None:
    report = desk.report("Gazette", WOLVES)
    story, url = desk.story(report), desk.stored.rows("SELECT url FROM articles")[0]["url"]
    named = {"story": story.lower(), "beginning": story[:-1], "article": report, "address": url}
    named["tracked"] = url.removeprefix("https://") + "?utm_source=rss"
    assert desk.answer("show", named[name])["id"] == story


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "01ZZZ"), "there is no story '01ZZZ': `monitor stories list` lists them"),
        (("show", "0"), "several ids begin with '0': write more of it"),
        (("split", "01ZZZ"), "there is no article '01ZZZ': `monitor stories show STORY` lists them"),
        (("split", "{story}"), "{story} is a story: name articles of it, which `monitor stories show {story}` lists"),
        (
            ("split", "https://nowhere.example/1"),
            "no article is stored of https://nowhere.example/1: `monitor explain https://nowhere.example/1` says why",
        ),
        (("split", "{wolves}"), "these are all the articles of story {story}: there is nothing to split it from"),
        (
            ("split", "{wolves}", "{sheep}"),
            (
                "article {wolves} is in story {story}, article {sheep} in story {other}: split one story at a time, then "
                "put together what you got with `monitor stories merge`"
            ),
        ),
        (("merge", "{story}"), "story {story} is all that is named: name two stories or more"),
        (
            ("merge", "{story}", "{wolves}"),
            "story {story} is all that is named (they are one already): name two stories or more",
        ),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(desk: Desk, arguments: tuple[str, ...], told: str) -> None:
    wolves, sheep = desk.report("Gazette", WOLVES), desk.report("Herald", SHEEP)
    names = {"wolves": wolves, "sheep": sheep, "story": desk.story(wolves), "other": desk.story(sheep)}
    before = desk.stored.rows("SELECT id, story_id, placed_by FROM articles")

    done = desk.ask(*(each.format(**names) for each in arguments))

    assert (done.status, done.out) == (2, "")
    assert done.err == f"monitor: {told.format(**names)}\n"
    assert desk.stored.rows("SELECT id, story_id, placed_by FROM articles") == before


# Splitting


def test_what_is_split_off_stays_apart_and_draws_its_later_copies(desk: Desk) -> None:
    kept = desk.report("Gazette", WOLVES, match(), title="Kept")
    gone = desk.report("Herald", WOLVES, match(), title="Gone", at=NOW + MINUTE)
    old = desk.story(kept)
    assert desk.story(gone) == old

    said = desk.done("split", gone)

    new = desk.story(gone)
    assert said == f"{new}: 1 article, split from {old}, which keeps 1\n"
    assert [(row["relation"], row["placed_by"]) for row in desk.answer("show", new)["reports"]] == [("first", "hand")]
    assert desk.answer("show", new)["split_from"] == old
    rows = desk.stored.rows("SELECT id, articles, sources, domains FROM stories ORDER BY articles, id = ?", new)
    assert [(row["sources"], row["domains"]) for row in rows] == [
        ('["Gazette"]', '["gazette.example"]'),
        ('["Herald"]', '["herald.example"]'),
    ]
    later = desk.report("Post", WOLVES, title="Later", at=NOW + HOUR)
    assert (desk.story(later), desk.story(kept), desk.story(gone)) == (new, old, new)
    assert f"Split by hand from {old}" in desk.done("show", new)
    assert f"{gone} first, placed by hand" in desk.done("show", new)


def test_after_a_split_the_next_hit_alerts_to_whom_that_story_was_not_told_and_the_split_sends_nothing(
    desk: Desk,
) -> None:
    desk.report("Gazette", WOLVES, match(), title="Told")
    other = desk.report("Herald", WOLVES, title="Other", at=NOW + MINUTE)
    before = len(desk.stored.rows("SELECT id FROM deliveries WHERE type = 'alert.created'"))
    desk.done("split", other)
    assert len(desk.stored.rows("SELECT id FROM deliveries WHERE type = 'alert.created'")) == before

    outcome = desk.outcome("Post", WOLVES, match(), at=NOW + HOUR)  # a copy of both: what was placed by hand draws it
    again = desk.outcome("Courier", WOLVES, match(), at=NOW + 2 * HOUR)

    assert [alert.story_id for alert in outcome.alerts] == [desk.story(other)]
    assert again.alerts == ()
    assert desk.alerts() == ["wolves", "wolves"]


def test_what_is_read_again_stays_where_it_was_put_and_alerts_for_its_story(desk: Desk) -> None:
    kept = desk.report("Gazette", WOLVES, match())
    other = desk.report("Herald", WOLVES, at=NOW + MINUTE)
    desk.done("split", other)
    with ledger.reading(desk.stored.path) as db:
        stored = ledger.whole(db, other)
    longer = f"{WOLVES} The mayor of the village was not to be reached for a comment on this."
    mark = fingerprint(url=stored.url, final_url=None, canonical=None, title=stored.title, text=longer)
    again = reading(match(), article=replace(stored, text=longer), fingerprint=mark, known_article=True, keys=(99,))

    outcome = desk.stored.checked("Herald", listing(again))

    assert [(alert.watchlist, alert.story_id) for alert in outcome.alerts] == [("wolves", desk.story(other))]
    assert desk.stories(kept, other) == 2


def test_an_alert_goes_where_its_article_goes_and_the_rest_is_news_again(desk: Desk) -> None:
    told = desk.report("Gazette", WOLVES, match(), title="Told")
    rest = desk.report("Herald", WOLVES, title="Rest", at=NOW + MINUTE)
    old = desk.story(rest)

    desk.done("split", told)

    (alert,) = desk.stored.rows("SELECT id, story_id FROM alerts")
    assert alert["story_id"] == desk.story(told) != old
    shown = run("--config", desk.stored.path.parent.parent, "alerts", "show", alert["id"], "--json")
    assert [each["id"] for each in json.loads(shown.out)["story"]] == [told]
    assert [each["relation"] for each in desk.answer("show", old)["reports"]] == ["first"]
    assert desk.answer("list", "--watchlist", "wolves")[0]["id"] == desk.story(told)


def test_an_update_that_waits_is_forgotten_when_a_split_makes_it_untrue(desk: Desk) -> None:
    desk.report("Gazette", WOLVES, match())
    now = desk.report("Herald", WOLVES, at=NOW + MINUTE)  # its update leaves at once
    waits = desk.report("Post", WOLVES, at=NOW + 2 * MINUTE)
    stays = desk.report("Courier", WOLVES, at=NOW + 3 * MINUTE)
    assert len({desk.story(each) for each in (now, waits, stays)}) == 1

    desk.done("split", waits)

    rows = desk.stored.rows(
        "SELECT json_extract(event, '$.data.story.others[0].source') AS source FROM deliveries WHERE type = 'alert.updated'"
    )
    assert [row["source"] for row in rows] == ["Herald", "Courier"]


def test_updates_that_wait_go_with_their_alert(desk: Desk) -> None:
    told = desk.report("Gazette", WOLVES, match())
    desk.report("Herald", WOLVES, at=NOW + MINUTE)
    waits = desk.report("Post", WOLVES, at=NOW + 2 * MINUTE)

    desk.done("split", told, waits)

    rows = desk.stored.rows("SELECT batch FROM deliveries WHERE type = 'alert.updated' AND batch IS NOT NULL")
    assert [row["batch"] for row in rows] == [f"update:{desk.story(told)}"]


# Merging


def test_merged_stories_stay_one_and_draw_what_resembles_either(desk: Desk) -> None:
    wolves, sheep = desk.report("Gazette", WOLVES, title="W"), desk.report("Herald", SHEEP, title="S", at=NOW + MINUTE)
    first, second = desk.story(wolves), desk.story(sheep)

    assert desk.done("merge", first, second) == f"{first}: 2 articles, with those of {second}\n"

    later = [desk.report("Post", WOLVES, at=NOW + HOUR), desk.report("Courier", SHEEP, at=NOW + 2 * HOUR)]
    assert {desk.story(each) for each in (wolves, sheep, *later)} == {first}
    found = desk.answer("show", second)  # its old name still leads there
    assert (found["id"], found["merged"], found["independent"]) == (first, [second], 2)
    assert [(each["relation"], each["placed_by"]) for each in found["reports"]] == [
        ("first", "monitor"),
        ("same-story", "hand"),
        ("duplicate", "monitor"),
        ("duplicate", "monitor"),
    ]
    assert f"Merged into it by hand: {second}" in desk.done("show", first)
    assert [row["id"] for row in desk.answer("list")] == [first]


def test_the_oldest_article_of_a_merged_story_is_its_first_report(desk: Desk) -> None:
    wolves, sheep = desk.report("Gazette", WOLVES), desk.report("Herald", SHEEP, at=NOW + MINUTE)
    desk.done("merge", sheep, wolves)
    reports = desk.answer("show", sheep)["reports"]
    assert [(each["id"], each["relation"]) for each in reports] == [(wolves, "first"), (sheep, "same-story")]


def test_what_one_of_them_was_alerted_to_the_merged_story_was(desk: Desk) -> None:
    wolves = desk.report("Gazette", WOLVES)
    sheep = desk.report("Herald", SHEEP, match(), at=NOW + MINUTE)
    desk.done("merge", wolves, sheep)

    again = desk.outcome("Post", WOLVES, match(), match("flock"), at=NOW + HOUR)

    assert [(alert.watchlist, alert.story_id) for alert in again.alerts] == [("flock", desk.story(wolves))]
    updated = [delivery for delivery in again.deliveries if delivery.type == "alert.updated"]
    assert [delivery.event["data"]["story"]["id"] for delivery in updated] == [desk.story(wolves)]


def test_when_both_were_alerted_both_alerts_are_kept_and_nothing_is_sent(desk: Desk) -> None:
    wolves = desk.report("Gazette", WOLVES, match(score=1.0))
    sheep = desk.report("Herald", SHEEP, match(), match("flock"), at=NOW + MINUTE)
    bears = desk.report("Bugle", BEARS, match(), at=NOW + MINUTE)
    alerts = desk.stored.rows("SELECT * FROM alerts ORDER BY id")
    deliveries = desk.stored.rows("SELECT * FROM deliveries ORDER BY id")

    desk.done("merge", wolves, sheep)
    desk.done("merge", bears, wolves)

    assert desk.stored.rows("SELECT * FROM alerts ORDER BY id") == alerts
    assert desk.stored.rows("SELECT * FROM deliveries ORDER BY id") == deliveries
    root = desk.story(bears)
    listed = json.loads(run("--config", desk.stored.path.parent.parent, "alerts", "list", "--json").out)
    assert {row["story_id"] for row in listed} == {root}
    assert {row["story_articles"] for row in listed} == {3}
    (row,) = desk.answer("list", "--watchlist", "flock")
    assert (row["id"], sorted(row["watchlists"])) == (root, ["flock", "wolves"])
    for text in (WOLVES, SHEEP, BEARS):
        assert desk.outcome("Post", text, match(), match("flock"), at=NOW + HOUR).alerts == ()


def test_alerts_of_merged_articles_that_are_split_off_together_stay_two(desk: Desk) -> None:
    wolves, sheep = desk.report("Gazette", WOLVES, match()), desk.report("Herald", SHEEP, match())
    desk.report("Post", WOLVES, at=NOW + MINUTE)
    desk.done("merge", wolves, sheep)

    desk.done("split", wolves, sheep)

    new = desk.story(wolves)
    assert desk.story(sheep) == new
    assert [[len(each["alerts"])] for each in desk.answer("show", new)["reports"]] == [[1], [1]]
    assert desk.outcome("Courier", SHEEP, match(), at=NOW + HOUR).alerts == ()


def test_a_split_can_be_undone(desk: Desk) -> None:
    wolves = desk.report("Gazette", WOLVES, match())
    copy = desk.report("Herald", WOLVES, at=NOW + MINUTE)
    old = desk.story(wolves)
    desk.done("split", copy)
    desk.done("merge", old, copy)
    assert desk.stories(wolves, copy) == 1
    assert desk.answer("show", old)["split_from"] is None
    assert desk.outcome("Post", WOLVES, match(), at=NOW + HOUR).alerts == ()


def test_a_merge_that_reaches_the_number_of_sources_lets_the_next_report_tell_it(desk: Desk) -> None:
    about = rules(Watchlist(name="wolves", title="Wolves", all=("wolves",), escalate=2), channels=(DESK,))
    desk.stored.rules = about
    wolves, sheep = desk.report("Gazette", WOLVES, match()), desk.report("Herald", SHEEP, at=NOW + MINUTE)
    desk.done("merge", wolves, sheep)
    assert desk.stored.rows("SELECT escalated_at FROM alerts") == [{"escalated_at": None}]

    more = desk.outcome("Post", SHEEP, at=NOW + HOUR)
    again = desk.outcome("Courier", WOLVES, at=NOW + 2 * HOUR)

    assert [d.type for d in more.deliveries if d.type != "alert.updated"] == ["alert.escalated"]
    assert [d.type for d in again.deliveries if d.type != "alert.updated"] == []
    assert desk.stored.rows("SELECT escalated_at FROM alerts") == [{"escalated_at": "2026-11-22T13:00:00.000Z"}]
    assert ", escalated 2026-11-22" in desk.done("show", wolves)


def test_updates_that_wait_in_both_become_one(desk: Desk) -> None:
    wolves, sheep = desk.report("Gazette", WOLVES, match()), desk.report("Gazette", SHEEP, match())
    for number, text in enumerate((WOLVES, SHEEP)):
        desk.report("Herald", text, at=NOW + MINUTE + number * MINUTE)
        desk.report("Post", text, at=NOW + 3 * MINUTE + number * MINUTE)
    desk.done("merge", wolves, sheep)

    desk.stored.now = NOW + 2 * HOUR
    sent = [delivery for _ in range(2) for delivery in desk.stored.attempt(Receipt(code=200))]  # four at a time

    joined = [each for each in sent if each.type == "alert.updated" and len(each.event["data"]["story"]["others"]) == 2]
    assert len(joined) == 1
    assert {urls.site(each["url"]) for each in joined[0].event["data"]["story"]["others"]} == {"post.example"}


# Other reports of the same news


FERRY = (
    "The Harbour Bridge in Westport was closed on Tuesday after the ferry Maid of Arden struck one of its pillars, police "
    "said. Fourteen passengers were taken to hospital with minor injuries. Captain Joan Whitlock told investigators that "
    "the rudder had jammed. Engineers are examining the pillar; the bridge carries 30,000 cars a day, and those who have to "
    "cross the river are sent through the tunnel at Elmfield, where the queue was two miles long by noon."
)
FERRY_TOO = (
    "Fourteen people were injured when a ferry ran into the Harbour Bridge in Westport on Tuesday. The Maid of Arden had "
    "lost its steering, said Captain Joan Whitlock. The crossing, used by 30,000 cars each day, stays shut while its pillar "
    "is inspected, and drivers are sent through the tunnel at Elmfield, where many waited for more than an hour."
)
RAMMED, CLOSED = "Westport: 14 hurt as ferry rams Harbour Bridge", "Harbour Bridge in Westport closed after ferry crash"
EDITED = FERRY.replace("on Tuesday", "on Tuesday morning").replace("minor injuries", "bruises")


@pytest.mark.parametrize(("text", "relation"), [(FERRY_TOO, "same-story"), (EDITED, "near-duplicate")])
def test_a_story_alerts_when_only_a_later_report_hits(desk: Desk, text: str, relation: str) -> None:
    first = desk.report("Gazette", FERRY, title=CLOSED)

    outcome = desk.outcome("Herald", text, match(), title=RAMMED, at=NOW + HOUR)

    assert [(placed.story_id, placed.relation) for placed in outcome.placed] == [(desk.story(first), relation)]
    assert [(alert.watchlist, alert.story_id) for alert in outcome.alerts] == [("wolves", desk.story(first))]
    assert [delivery.type for delivery in outcome.deliveries] == ["alert.created"]


@pytest.mark.parametrize(("text", "relation"), [(FERRY_TOO, "same-story"), (EDITED, "near-duplicate")])
def test_an_update_says_what_the_new_report_is_to_the_story(desk: Desk, text: str, relation: str) -> None:
    desk.report("Gazette", FERRY, match(), title=CLOSED)

    (update,) = desk.outcome("Herald", text, match(), title=RAMMED, at=NOW + HOUR).deliveries

    (other,) = update.event["data"]["story"]["others"]
    assert (update.type, other["source"], other["relation"]) == ("alert.updated", "Herald", relation)
    assert update.event["data"]["story"]["independent"] == (2 if relation == "same-story" else 1)
    (alert,) = desk.stored.rows("SELECT id FROM alerts")
    shown = run("--config", desk.stored.path.parent.parent, "alerts", "show", alert["id"])
    assert f"Herald · 2026-11-22 13:00 · {relation} · {RAMMED}" in shown.out.replace("14:00", "13:00")


@pytest.mark.parametrize(("second", "told"), [("Herald", ["alert.escalated"]), ("Gazette", [])])
def test_another_owners_report_of_its_own_makes_a_story_escalate(desk: Desk, second: str, told: list[str]) -> None:
    escalating = Watchlist(name="wolves", title="Wolves", all=("wolves",), escalate=2)
    desk.stored.rules = rules(escalating, channels=(Channel(name="desk", target=Console(), default=True),))
    desk.report("Gazette", FERRY, match(), title=CLOSED)

    copy = desk.outcome("Post", EDITED, title=CLOSED, at=NOW + MINUTE)
    own = desk.outcome(second, FERRY_TOO, title=RAMMED, at=NOW + HOUR)

    assert (copy.placed[0].relation, own.placed[0].relation) == ("near-duplicate", "same-story")
    assert copy.deliveries == ()
    assert [delivery.type for delivery in own.deliveries] == told


def test_stories_that_were_split_are_found_by_their_first_reports(desk: Desk) -> None:
    first = desk.report("Gazette", FERRY, title=CLOSED)
    copies = [desk.report(name, FERRY, title=CLOSED, at=NOW + MINUTE) for name in ("Herald", "Post")]
    desk.done("split", copies[0])
    desk.done("split", first)

    query = "SELECT a.id FROM topics AS t JOIN articles AS a ON a.seq = t.article_seq ORDER BY a.seq"
    assert [row["id"] for row in desk.stored.rows(query)] == [first, *copies]
    later = desk.outcome("Courier", FERRY_TOO, title=RAMMED, at=NOW + HOUR)
    assert later.placed[0].relation == "same-story"


# Retention


def test_what_was_merged_or_split_is_pruned_like_everything_else(desk: Desk) -> None:
    wolves, sheep, _ = (desk.report("Gazette", text) for text in (WOLVES, SHEEP, BEARS))
    copy = desk.report("Herald", WOLVES)
    kept = desk.report("Post", BEARS, match(), at=NOW + MINUTE)
    desk.done("merge", wolves, sheep)
    desk.done("split", copy)
    desk.done("split", kept)
    assert ledger.prune(desk.stored.path, NOW + DAY, dry=False) == 4

    assert [row["id"] for row in desk.stored.rows("SELECT id FROM articles")] == [kept]
    assert [row["id"] for row in desk.stored.rows("SELECT id FROM stories")] == [desk.story(kept)]
