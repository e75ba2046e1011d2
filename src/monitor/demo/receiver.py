"""A webhook receiver as somebody would write it who has read no more than docs/receiving.md.

It shares no code with what sends, so that a wrong signature is noticed.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from http import HTTPStatus
from typing import Any

from monitor.demo.server import Reply, Request

# How old a message may be (Standard Webhooks 1.0: reject old timestamps, so that nobody can replay what he overheard).
_TOLERANCE_SECONDS = 300


class Receiver:
    """Takes each message once (`events`, by webhook-id), and none that is not signed with `secret` (`refused` counts)."""

    def __init__(self, secret: str) -> None:
        self._key = base64.b64decode(secret.removeprefix("whsec_"))
        self.events: dict[str, dict[str, Any]] = {}
        self.refused = 0

    def answer(self, request: Request) -> Reply:
        if request.method != "POST" or not self._is_genuine(request):
            self.refused += 1
            return Reply(status=HTTPStatus.BAD_REQUEST)
        self.events[request.headers["webhook-id"]] = json.loads(request.body)
        return Reply(status=HTTPStatus.NO_CONTENT)

    def _is_genuine(self, request: Request) -> bool:
        ident, at = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
        if not at.isdecimal() or abs(time.time() - int(at)) > _TOLERANCE_SECONDS:
            return False
        signed = hmac.digest(self._key, f"{ident}.{at}.".encode() + request.body, hashlib.sha256)
        return any(
            hmac.compare_digest(signed, _decoded(given.removeprefix("v1,")))
            for given in request.headers.get("webhook-signature", "").split()
        )


def _decoded(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except binascii.Error:
        return b""
