"""What a message says: the event that a webhook receives, and the form of it that each other kind of channel shows.

    alert, article, hits, story ─► event (JSON) ─► webhook body
                                      │  └───────► neutral event: says nothing but that there is something
                                      └─► brief ─► mail, console, plain (title and body for chat services)

Sending is the channels' work (`monitor.notify`); deciding what is told to whom is `core.decide`'s.
"""

from monitor.core.render.digests import digest_event, joined_event
from monitor.core.render.edits import difference, disappearance
from monitor.core.render.events import (
    alert_event,
    encode,
    escalated_event,
    health_event,
    kept_secret,
    neutral,
    sources_event,
    test_event,
    updated_event,
)
from monitor.core.render.mail import Mail, mail
from monitor.core.render.plain import console, plain

__all__ = [
    "Mail",
    "alert_event",
    "console",
    "difference",
    "digest_event",
    "disappearance",
    "encode",
    "escalated_event",
    "health_event",
    "joined_event",
    "kept_secret",
    "mail",
    "neutral",
    "plain",
    "sources_event",
    "test_event",
    "updated_event",
]
