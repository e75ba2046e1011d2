"""Why the articles of a story are in one."""

from dataclasses import replace

import pytest

from monitor.core.model import Article
from monitor.core.stories.why import By, why
from support.build import article

TEXT = (
    "The Harbour Bridge in Westport was closed on Tuesday after the ferry Maid of Arden struck one of its pillars, "
    "police said. Fourteen passengers were taken to hospital with minor injuries. Captain Joan Whitlock told "
    "investigators that the rudder had jammed. Engineers are examining the pillar; the bridge carries 30,000 cars a "
    "day, and those who have to cross the river are sent through the tunnel at Elmfield, where the queue was two "
    "miles long by noon."
)
OTHER = (
    "Fourteen people were injured when a ferry ran into the Harbour Bridge in Westport on Tuesday. The Maid of Arden "
    "had lost its steering, said Captain Joan Whitlock. The crossing, used by 30,000 cars each day, stays shut while "
    "its pillar is inspected, and drivers are sent through the tunnel."
)
SHEEP = (
    "The council of Upper Fell will count all sheep in spring and pay for every fence that is higher than a man stands."
)


def print_of(number: int, title: str, text: str, url: str = "") -> Article:
    whole = article(
        id=str(number), url=url or f"https://{number}.example/1", title=title, source=str(number), language="en"
    )
    return replace(whole, text=text)


FIRST = print_of(1, "Harbour bridge in Westport closed after ferry crash", TEXT)


@pytest.mark.parametrize(
    ("second", "by"),
    [
        (print_of(2, "Another title", SHEEP, url="http://www.1.example/1?utm_source=rss"), By.ADDRESS),
        (print_of(2, "Bridge shut", TEXT.upper()), By.TEXT),
        (print_of(2, "Bridge shut", TEXT.replace("Tuesday", "Tuesday morning") + " More to follow."), By.COPY),
        (print_of(2, "Westport: 14 hurt as ferry rams Harbour Bridge", OTHER), By.NEWS),
        (print_of(2, "Sheep to be counted", SHEEP), None),
    ],
)
def test_an_article_is_there_for_what_it_has_in_common_with_an_earlier_one(second: Article, by: By | None) -> None:
    nothing, because = why([FIRST, second])
    assert nothing is None
    assert (because and because.by, because and because.article.id) == (by, by and "1")
    assert (because is not None and because.likeness is not None) == (by is By.NEWS)


def test_the_first_of_several_copies_and_the_nearest_of_several_reports_is_named() -> None:
    copy, report = print_of(2, FIRST.title, TEXT), print_of(4, "Ferry rams Harbour Bridge in Westport", OTHER)
    reasons = why([FIRST, copy, print_of(3, FIRST.title, TEXT), report, print_of(5, "", OTHER + " So it is said.")])
    assert [because and (because.by.value, because.article.id) for because in reasons] == [
        None,
        ("text", "1"),
        ("text", "1"),
        ("news", "1"),
        ("copy", "4"),
    ]


def test_nothing_is_needed_to_say_nothing() -> None:
    assert why([]) == ()
