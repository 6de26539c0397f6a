"""The ways in that notices carry: links, credentials, and what a holder sends their stream with."""

from __future__ import annotations

from collections.abc import Collection

from core.access.credentials import credentials_of
from core.access.links import Purpose
from core.model.addresses import Ingest, for_player, ingest
from core.model.recipient import HOLDER
from core.model.reservation import CredentialMode, Reservation
from core.model.server import ServerKind
from core.notices.notice import Notice, NoticeKind
from core.store.store import Store

WITH_ACCESS = frozenset(
    {
        NoticeKind.ANNOUNCEMENT,
        NoticeKind.CONFIRMATION,
        NoticeKind.CHANGE,
        NoticeKind.REMINDER,
    }
)


class WaysIn:
    """The ways in that a reservation's notices carry, opened once for all of them.

    Raises `SealBrokenError` where they cannot be opened.
    """

    def __init__(
        self, store: Store, reservation: Reservation, uid: str, numbers: Collection[int]
    ) -> None:
        self._links = store.links
        self._slot_link = store.links.make(Purpose.SLOT, reservation.id)
        self._reservation = reservation
        self._secrets = store.reservations.secrets(reservation.id)
        each = reservation.credential_mode is CredentialMode.EACH
        self._own = store.recipients.passcodes(reservation.id, uid, numbers) if each else {}
        server = store.servers.get(reservation.server_id)
        self._kind = server.kind if server else ServerKind.LINK
        self._player_urls: dict[tuple[str, str, str], str] = {}
        self._ingest = Ingest()
        self._zone = ""
        self._met_in = ""
        if HOLDER in numbers:
            key = self._secrets.stream_key
            self._ingest = ingest(server, reservation.code, key) if server else Ingest()
            holder = store.people.account(reservation.workspace_id, reservation.holder_id)
            self._zone = holder.zone if holder else ""
            # what is only shown does not last: mail is better, if they gave an address
            mail = store.people.person(reservation.holder_id).email
            self._met_in = holder.met_in if holder and not mail else ""

    def of(self, number: int, notice: Notice) -> dict[str, str]:
        """Give one recipient's links and credentials, as far as the kind of notice shows them."""
        if number == HOLDER:
            return self._of_holder(notice)
        opened: dict[str, str] = {
            "join_link": self._link(Purpose.JOIN, number),
            "slot_link": self._slot_link,
            "unsubscribe_link": self._link(Purpose.UNSUBSCRIBE, number),
        }
        if notice.kind in WITH_ACCESS:
            opened |= self._to_watch(notice, *self._credentials(number))
        return opened

    def _of_holder(self, notice: Notice) -> dict[str, str]:
        opened = {
            "holder_link": self._link(Purpose.HOLDER, HOLDER),
            "slot_link": self._slot_link,
            "zone": self._zone,
            "fallback": self._met_in,
        }
        if notice.kind is NoticeKind.PERMISSION and self._secrets.passcode:
            shared = self._secrets
            opened |= self._to_watch(notice, shared.watch_user, shared.passcode)
        if notice.kind is NoticeKind.STREAM_KEY:
            given = self._ingest
            opened |= {"ingest_url": given.address, "ingest_user": given.user}
            opened |= {"stream_key": given.key}
        return opened

    def _credentials(self, number: int) -> tuple[str, str]:
        shared = self._secrets.watch_user, self._secrets.passcode
        mode = self._reservation.credential_mode
        return credentials_of(mode, shared, number, self._own.get(number, ""))

    def _to_watch(self, notice: Notice, user: str, passcode: str) -> dict[str, str]:
        asked = notice.facts.watch_url, user, passcode
        player_url = self._player_urls.get(asked)
        if player_url is None:  # most are one and the same for everybody
            player_url = self._player_urls[asked] = for_player(self._kind, *asked)
        return {"watch_user": user, "passcode": passcode, "player_url": player_url}

    def _link(self, purpose: Purpose, number: int) -> str:
        return self._links.make(purpose, self._reservation.id, number)
