"""Addresses that were made for one reader are told from others."""

import pytest

from monitor.core.tokens import is_personal

OLD = "https://gazette.example/feeds/politics.xml?lang=en"


@pytest.mark.parametrize(
    "new",
    [
        "https://gazette.example/feeds/politics.xml?lang=en&uid=17",
        "https://gazette.example/feeds/politics.xml?lang=en&Token=abc",
        "https://gazette.example/feeds/politics.xml?lang=en&x=9f86d081884c7d65",
        "https://gazette.example/feeds/politics.xml?lang=xK3f9QmZ2p",
        "https://gazette.example/feeds/1700000000123/politics.xml",
        "https://gazette.example/feeds/6ba7b810-9dad-11d1-80b4-00c04fd430c8/politics.xml",
        "https://gazette.example/feeds/6ba7b8109dad11d180b400c04fd430c8.xml",
        "https://gazette.example/s/dGhpcyBpcyBhIHRva2Vu/politics.xml",
        "https://gazette.example/feeds/politics-dea4beef42.xml",
        "https://gazette.example/feeds/politics.xml#k3J9sQ2mX7",
        "https://q7x2m9k4w1.gazette.example/feeds/politics.xml",
        "https://gazette.example/feeds/%39f86d081884c7d65.xml",
        "https://gazette.example/feeds/bcdfghjklmnpqrstvwxz.xml",
        "https://gazette.example/feeds/politics.xml;jsessionid=1A530637289A03B07199A44E8D531427",
    ],
)
def test_an_address_with_a_token_is_personal(new: str) -> None:
    assert is_personal(new, OLD)


@pytest.mark.parametrize(
    "new",
    [
        OLD,
        "https://www.gazette.example/feeds/politics.xml?lang=en",
        "https://gazette.example/politics/feed/?lang=en",
        "https://new.example/rss/politics?format=atom&lang=en-GB",
        "https://gazette.example/2026/11/22/feed.xml",
        "https://gazette.example/archive/20261122/feed.xml",
        "https://gazette.example/archive/20261122183000/feed.xml",
        "https://gazette.example/section/12345678/feed.xml",
        "https://gazette.example/InternationalPolitics/rss2.xml",
        "https://gazette.example/feeds/donaudampfschifffahrtsgesellschaft.xml",
        "https://gazette.example/fr/actualites-internationales_europe.rdf",
        "https://feeds.gazette.example/gazette/xml/rss/nyt2018",
        "https://xn--80ak6aa92e.example/новости/лента.xml",
        "https://gazette.example/feeds/politics.xml?lang=en&v=2.0&limit=100",
        "https://gazette.example/?feed=rss2&cat=17",
        "https://[half/",
    ],
)
def test_an_address_that_everybody_gets_is_not(new: str) -> None:
    assert not is_personal(new, OLD)


@pytest.mark.parametrize(
    "new",
    [
        "https://gazette.example/feeds/9f86d081884c7d65/all.xml",
        "https://feeds.gazette.example/all-9f86d081884c7d65.xml?key=17",
    ],
)
def test_what_the_operator_wrote_down_himself_is_no_mark(new: str) -> None:
    assert not is_personal(new, "https://gazette.example/9f86d081884c7d65.xml?key=17")
