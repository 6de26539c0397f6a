"""Methods by which an app uploads a file and shows it in a conversation."""

from __future__ import annotations

from tests.slack.server.asking import Asked, Method
from tests.slack.server.errors import Json, Refusal
from tests.slack.server.messages import Message
from tests.slack.server.places import SlackFile


def _upload_url(asked: Asked) -> Json:
    asked.need("length")
    team, world = asked.team, asked.slack
    bot = team.users[team.bot_user_id]
    file = team.add_file(asked.need("filename"), b"", by=bot)
    return {"upload_url": f"{world.base_url}/upload/{team.id}/{file.id}", "file_id": file.id}


def _complete(asked: Asked) -> Json:
    named = asked.nested("files", "invalid_arguments")
    files = [_own(asked, one) for one in named] if isinstance(named, list) else []
    if not files:
        raise Refusal("invalid_arguments")
    if asked.text("channel_id"):
        channel = asked.channel("channel_id")
        if not channel.bot_is_member:
            raise Refusal("not_in_channel")
        team = asked.team
        ts, comment = asked.slack.next_ts(), asked.text("initial_comment") or ""
        channel.add(Message(team.id, channel.id, ts, team.bot_user_id, comment, files=files))
    return {"files": [{"id": one.id, "title": one.name} for one in files]}


def _own(asked: Asked, named: object) -> SlackFile:
    file = asked.team.files.get(str(named.get("id"))) if isinstance(named, dict) else None
    if file is None or file.by != asked.team.bot_user_id:
        raise Refusal("file_not_found")
    return file


METHODS = {
    "files.getUploadURLExternal": Method(_upload_url, "files:write"),
    "files.completeUploadExternal": Method(_complete, "files:write"),
}
