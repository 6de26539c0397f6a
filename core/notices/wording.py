"""The words of every notice, written once for all routes."""

from __future__ import annotations

from core.model.prose import Line
from core.notices.notice import AUDIENCE_KINDS, Notice, Personal
from core.notices.to_audience import audience_wording
from core.notices.to_holder import holder_wording
from core.notices.words import Wording


def wording(notice: Notice, personal: Personal, *, stop: Line = ()) -> Wording:
    """Word a notice for one reader.

    `stop` is how the audience stops being written to on a route and in a case where
    `personal.unsubscribe_link` is "".
    """
    if notice.kind in AUDIENCE_KINDS:
        return audience_wording(notice, personal, stop)
    return holder_wording(notice, personal)
