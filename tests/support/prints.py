"""Invented reports, and prints of them as other outlets make them."""

import random

LONGER = ("en", "ar", "el", "or", "in", "um", "is", "ov")
STEMS = ("br", "dr", "fl", "gr", "kl", "m", "n", "pl", "r", "s", "st", "t", "tr", "v", "w", "z")
BOILERPLATE = "Subscribe to our newsletter for the latest updates. Read more stories from our correspondents. "
HOW = ("exact", "edited", "cut", "wrapped")


def report(seed: int, words: int = 160) -> str:
    """A text that is like no other; every eighth word is a name."""
    some = random.Random(seed)
    made = ["".join(some.choice(STEMS) + some.choice(LONGER) for _ in range(some.randint(1, 3))) for _ in range(words)]
    return " ".join(word.capitalize() if at % 8 == 3 else word for at, word in enumerate(made)) + "."


def reprint(text: str, how: str, seed: int = 1) -> str:
    """The same text, 5 % of its words replaced, cut to 60 %, or between boilerplate."""
    some, words = random.Random(seed), text.split()
    if how == "edited":
        return " ".join(some.choice(words) if some.random() < 0.05 else word for word in words)
    if how == "cut":
        return " ".join(words[: len(words) * 6 // 10])
    return f"{BOILERPLATE}{text} {BOILERPLATE}" if how == "wrapped" else text
