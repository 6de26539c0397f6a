"""Methods about people, user groups, bots and files."""

from __future__ import annotations

from tests.slack.server.asking import Asked, Method
from tests.slack.server.errors import Json, Refusal
from tests.slack.server.person import Person
from tests.slack.server.places import UserGroup


def _bots_info(asked: Asked) -> Json:
    team, app = asked.team, asked.slack.app
    if asked.text("bot") not in (None, team.bot_id):
        raise Refusal("bot_not_found")
    return {
        "bot": {
            "id": team.bot_id,
            "deleted": False,
            "name": app.name,
            "updated": 1_700_000_000,
            "app_id": app.id,
            "user_id": team.bot_user_id,
            "icons": {},
        }
    }


def _person(asked: Asked) -> Person:
    person = asked.team.users.get(asked.need("user"))
    if person is None:
        raise Refusal("user_not_found")
    return person


def _described(asked: Asked, person: Person) -> Json:
    return person.as_json(
        with_email="users:read.email" in asked.team.scopes,
        with_locale=asked.flag("include_locale"),
    )


def _users_info(asked: Asked) -> Json:
    return {"user": _described(asked, _person(asked))}


def _users_list(asked: Asked) -> Json:
    page, metadata = asked.page(list(asked.team.users.values()), default=1000)
    return {
        "members": [_described(asked, person) for person in page],
        "cache_ts": int(asked.slack.clock.now()),
        "response_metadata": metadata,
    }


def _users_by_email(asked: Asked) -> Json:
    email = asked.need("email").lower()
    for person in asked.team.users.values():
        if person.email.lower() == email and not person.deleted and not person.is_bot:
            return {"user": _described(asked, person)}
    raise Refusal("users_not_found")


def _groups_list(asked: Asked) -> Json:
    with_users, disabled = asked.flag("include_users"), asked.flag("include_disabled")
    groups = [one for one in asked.team.user_groups.values() if disabled or not one.disabled]
    return {
        "usergroups": [
            one.as_json() | ({"users": one.users} if with_users else {}) for one in groups
        ]
    }


def _group_users(asked: Asked) -> Json:
    group: UserGroup | None = asked.team.user_groups.get(asked.need("usergroup"))
    if group is None or (group.disabled and not asked.flag("include_disabled")):
        raise Refusal("no_such_subteam")
    return {"users": group.users}


def _files_info(asked: Asked) -> Json:
    file = asked.team.files.get(asked.need("file"))
    if file is None:
        raise Refusal("file_not_found")
    if file.deleted:
        raise Refusal("file_deleted")
    return {"file": file.as_json(), "comments": [], "response_metadata": {"next_cursor": ""}}


METHODS = {
    "bots.info": Method(_bots_info, "users:read"),
    "users.info": Method(_users_info, "users:read"),
    "users.list": Method(_users_list, "users:read"),
    "users.lookupByEmail": Method(_users_by_email, "users:read.email"),
    "usergroups.list": Method(_groups_list, "usergroups:read"),
    "usergroups.users.list": Method(_group_users, "usergroups:read"),
    "files.info": Method(_files_info, "files:read"),
}
