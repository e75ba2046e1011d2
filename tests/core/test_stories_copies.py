"""Which texts are prints of one, and which are only written to one pattern."""

import random
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Article, Candidate, Relation
from monitor.core.stories import copies, placing
from support.build import article

REPORT = """The bridge over the Lower Anse will stay closed for heavy traffic until spring, the county said on Monday after
engineers had found cracks in two of its eleven pillars. Buses and lorries are sent over Merrin, which adds twenty minutes
to the way into town, while cars may cross one at a time. Greta Holm, who runs the ferry at Oststrand, has asked for a
licence to carry goods in the evening. Nobody had looked below the water line since the flood, an inspector named Pauli
Brandt wrote in a report that the council kept to itself for most of the year. It lists what would have to be mended
first: the bearings, the drains and the northern ramp. Shopkeepers fear for their winter trade and want the county to pay
for a second boat. A spokeswoman for the county called the fears understandable, but said that money had been set aside
for the pillars alone. The council meets again on Thursday, and the ferry will run longer hours until then."""

BOILERPLATE = "Subscribe to our newsletter for the latest updates. Read more stories from our correspondents. " * 8

WEATHER = """Weather for {place} on {day}: in the morning {a} degrees with a wind of {b} kilometres an hour from
{wind}, in the afternoon {c} degrees and up to {d} millimetres of rain. At night the temperature falls to
{e} degrees. The sun rises at {f} and sets at {g}. Chance of thunder: {h} per cent. Tomorrow {i} degrees,
the day after {j} degrees, with {k} hours of sun. Water temperature: {l} degrees, waves of up to {m}
metres, visibility {n} kilometres."""

ARREST = """A man aged {age} was arrested in {place} on {day} evening after a shop in {street} had been robbed, the
police said. Officers found him with the help of a witness, {name} of {other}, who had followed him to
the station. Nobody was hurt. He is to appear before the court in {court} within the week. Anybody who
saw what happened is asked to call the police in {place}, where {officer} is in charge of the case. It is
the third robbery in {street} since the summer, and traders there have asked {mayor} for more light at
night."""

NAMES = ("Ar Bel Cor Dor El Fin Gar Hex Il Jar", "den k vey num mau sted low ham men row")

CHINESE = (
    "州政府星期一表示下安瑟河大桥将对重型车辆关闭至春季此前工程师在十一根桥墩中的两根"
    "发现裂缝公共汽车和卡车须绕道梅林进城路程因此增加二十分钟小汽车可以逐辆通过"
)


def one(text: str, title: str = "", **about: Any) -> Candidate:
    made: Article = article(id=str(hash((text, title))), text=text, title=title, **about)
    mark = copies.fingerprint(url="", final_url=None, canonical=None, title=title, text=text)
    return Candidate(article=made, mark=mark, story_id="story")


def alike(first: str, second: str, titles: tuple[str, str] = ("", "")) -> bool:
    this, other = one(first, titles[0]), one(second, titles[1])
    there = copies.is_copy(this.article, this.mark, other.article, other.mark)
    back = copies.is_copy(other.article, other.mark, this.article, this.mark)
    assert there is back
    return there


def edited(text: str, share: float, seed: int = 1) -> str:
    some, words = random.Random(seed), text.split()
    return " ".join(some.choice(words) if some.random() < share else word for word in words)


def filled(pattern: str, seed: int) -> str:
    some = random.Random(seed)
    names = [first + last for first in NAMES[0].split() for last in NAMES[1].split()]
    values = dict.fromkeys("abcdefghijklmn", 0) | {key: some.randint(1, 99) for key in "abcdefghijklmn"}
    kinds = ("place", "day", "street", "name", "other", "court", "officer", "mayor", "wind")
    return pattern.format(**values, age=some.randint(18, 70), **dict(zip(kinds, some.sample(names, 9), strict=True)))


@pytest.mark.parametrize(
    "text",
    [
        REPORT.upper(),
        edited(REPORT, 0.05),
        edited(REPORT, 0.2),
        " ".join(REPORT.split()[:100]),
        " ".join(REPORT.split()[60:]),
        BOILERPLATE + REPORT + BOILERPLATE,
        REPORT.replace("eleven", "12").replace("twenty", "30"),
        "Oststrand (own report) – " + REPORT + " It rained.",
    ],
)
def test_edited_cut_and_wrapped_prints_are_copies(text: str) -> None:
    assert alike(REPORT, text)


def test_a_pattern_with_only_some_names_filled_in_anew_is_no_copy() -> None:
    first = filled(ARREST, 1)
    names = sorted(set(re.findall(r"(?<=[a-z] )[A-Z]\w+", first)))[:4]
    second = re.sub("|".join(names), lambda name: name[0] + "ow", first)

    assert not alike(first, second)


@pytest.mark.parametrize("pattern", [WEATHER, ARREST])
def test_what_is_written_to_one_pattern_is_no_copy(pattern: str) -> None:
    texts = [filled(pattern, seed) for seed in range(12)]

    assert not any(alike(this, other) for number, this in enumerate(texts) for other in texts[:number])


def test_texts_that_only_share_what_surrounds_them_are_no_copies() -> None:
    other = " ".join(f"Meanwhile number {name} of the harbour plan moves on." for name in "abcdefghijklm")

    assert not alike(BOILERPLATE + REPORT, BOILERPLATE + other)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("The bridge over the Lower Anse stays closed", "Bridge over Lower Anse closed until spring", True),
        ("The bridge over the Lower Anse stays closed", "", True),
        ("The bridge over the Lower Anse stays closed", "Ferry licence: what we know", False),
    ],
)
def test_a_short_text_is_a_copy_under_a_like_title_only(first: str, second: str, same: bool) -> None:
    text = "This story is for subscribers. Log in or become a member to read it, and support what we do every day."

    assert alike(text, text, titles=(first, second)) is same


def test_a_teaser_is_no_copy_of_a_long_text_that_has_its_words() -> None:
    teaser = " ".join(REPORT.split()[:40])

    assert not alike(REPORT, teaser)
    assert alike(teaser, edited(teaser, 0.05))
    assert not alike(teaser, edited(teaser, 0.5))


def test_a_text_of_few_words_has_neither_key_nor_sketch() -> None:
    mark = one("Read more").mark

    assert (mark.text, mark.sketch) == (None, ())


def test_texts_without_spaces_are_compared_sign_by_sign() -> None:
    other = "".join(reversed(CHINESE))

    assert alike(CHINESE, CHINESE[:4] + "昨天" + CHINESE[4:])
    assert alike(CHINESE, f"{BOILERPLATE[:190]} {CHINESE}")
    assert not alike(CHINESE, other)


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_can_be_compared(first: str, second: str) -> None:
    assert alike(f"{first} {REPORT}", f"{second} {REPORT}") in (True, False)
    assert alike(first, first) or one(first).mark.text is None


def test_the_story_of_the_same_page_comes_before_that_of_the_same_text_and_of_an_edited_one() -> None:
    near, same, page = (
        replace(one(text), story_id=name)
        for name, text in (("near", edited(REPORT, 0.1)), ("same", REPORT + "!"), ("page", "Moved."))
    )
    page = replace(
        page, mark=copies.fingerprint(url="https://a.example/", final_url=None, canonical=None, title="", text="")
    )
    mark = copies.fingerprint(url="https://a.example/", final_url=None, canonical=None, title="", text=REPORT)

    found = placing.places(article(id="new", source="Herald", text=REPORT), mark, [near, same, page])

    assert [(place.story_id, place.relation, place.same_page) for place in found] == [
        ("page", Relation.DUPLICATE, True),
        ("same", Relation.DUPLICATE, False),
        ("near", Relation.NEAR_DUPLICATE, False),
    ]
    assert placing.places(near.article, near.mark, [near]) == ()
