"""How a contact is named to people: a mailbox by its address, a chat's channel by its name."""

from __future__ import annotations

from core.model.recipient import Contact, RouteName
from core.notices.said import cleaned

_CHATS = frozenset({RouteName.SLACK, RouteName.DISCORD})


def shown_address(contact: Contact) -> str:
    """Say a contact as people know it, as `anna@example.net`, `#general` or `@Ann`.

    A chat's channel or person without a name, or with one that nobody could see, goes by the id
    within the chat. The name is somebody's own words: it is shown, never interpreted.
    """
    if contact.route not in _CHATS:
        return contact.address
    return cleaned(contact.name).strip() or contact.address.rpartition("/")[2]
