"""Files that come with a form: fetched from Discord after a visible deferral, and once.

The form is a draft in the database, and that a file is to be fetched for it an errand, before the
person is shown that the desk is at work: a crash in between costs nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any

import aiohttp
import discord

from bot.answers.reply import Problem, Reply, Tone
from bot.commands.run import guarded
from bot.discord.answer import render_reply
from bot.discord.answering import Given
from bot.discord.form import FORGOTTEN
from bot.discord.form_draft import FormDraft, found, keep
from bot.discord.form_sheets import FILE
from bot.discord.form_values import Modal, Submitted
from bot.discord.hall import NOT_ANSWERING, Hall, Interaction, submission_key, word_of
from bot.discord.handing import Origin, refuse
from bot.discord.submissions import Filled, gone_on
from bot.errands import Errands
from bot.form.answers import Mistake
from bot.form.contacts import parse_contacts_file, say_bad
from bot.form.files import MOST_BYTES
from core.model.people import Actor, Role, WorkspaceKind
from core.model.recipient import Contact
from core.store.errands import Errand
from core.usecases.settings import Account, enter, recognise

log = logging.getLogger(__name__)

KIND = "discord"
_TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)  # seconds
_LAST = 2.0  # seconds for the one that was begun, when the desk stops
_PIECE = 64 * 1024  # bytes
_OK = 200
# whoever was an admin then may be none any more: after so long they act as a member
_ROLE_HOLDS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Handed:
    """A form with a file, written down: all that is needed to go on without the interaction."""

    account: Mapping[str, str]
    guild_id: int
    user_id: int
    in_guild: bool
    application_id: int
    token: str = field(repr=False)
    key: str
    modal: str
    more: bool
    problems: Mapping[str, str]
    url: str = field(repr=False)
    filename: str

    @property
    def text(self) -> str:
        """Write it down."""
        return json.dumps(asdict(self))

    @property
    def sent(self) -> Submitted:
        """Give what is still to be known of the sheet."""
        return Submitted({}, {}, frozenset({"more"} if self.more else ()))

    def acting(self, *, late: bool) -> Account:
        """Give whose it is; as a member, where that was long ago."""
        known = dict(self.account)
        role = Role(known.pop("role"))
        return Account(kind=WorkspaceKind.DISCORD, role=Role.MEMBER if late else role, **known)


class Uploads:
    """Takes forms with files, and does them."""

    def __init__(self, hall: Hall, client: discord.Client) -> None:
        self._hall = hall
        self._client = client
        self.errands = Errands(hall.desk, KIND, self._did)
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to do what was kept, also by an earlier process.

        To be called in the context in which the client runs: what answers is found by it.
        """
        if self._running is None:
            self._running = asyncio.create_task(self.errands.run(self._stop), name="uploads")

    async def stop(self) -> None:
        """Do no more; one that takes long is left to whoever starts next."""
        self._stop.set()
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=_LAST)
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def later(self, interaction: Interaction, filled: Filled) -> Reply | None:
        """Write a form with a file down, to be done now; a reply where it cannot be."""
        upload = filled.sent.upload
        if upload is None:
            raise AssertionError("a form without a file needs no errand")
        if upload.size > MOST_BYTES:
            return await self._refused(filled.origin, filled, _too_large(upload.filename))
        handed = Handed(
            account=_account(interaction, filled.origin),
            guild_id=filled.origin.guild_id,
            user_id=interaction.user.id,
            in_guild=filled.origin.in_guild,
            application_id=interaction.application_id,
            token=interaction.token,
            key=submission_key(interaction),
            modal=replace(filled.modal, draft=filled.kept.id).custom_id,
            more=filled.sent.more,
            problems=filled.problems,
            url=upload.url,
            filename=upload.filename,
        )
        await self.errands.keep(handed.key, handed.text)
        self.errands.wake()
        return None

    async def _did(self, errand: Errand, last: bool) -> bool:
        handed = Handed(**json.loads(errand.text or "{}"))
        late = self._hall.desk.now() - errand.made_at > _ROLE_HOLDS
        account = handed.acting(late=late)
        actor = await self._hall.desk.read(recognise, account)
        if actor is None:
            actor = await self._hall.desk.run(enter, account)
        reply = await guarded(self._carried_out(handed, actor), "Upload")
        if reply.tone is Tone.TROUBLE and not last:
            return False
        try:
            await self._tell(handed, Given(reply, actor.zone))
        except Exception:  # it is done, and must not be done again for want of an answer
            log.exception("upload.not_told")
        return True

    async def _carried_out(self, handed: Handed, actor: Actor) -> Reply:
        modal = Modal.read(handed.modal)
        kept = await found(self._hall, actor, modal.draft) if modal else None
        if modal is None or kept is None:
            return FORGOTTEN
        origin = Origin(actor, handed.guild_id, handed.in_guild)
        filled = Filled(origin, kept, modal, handed.sent, handed.problems)
        if not kept.form.done:
            read = await self._read(handed)
            if isinstance(read, Mistake):
                return await self._refused(origin, filled, read)

            def put(form: FormDraft) -> FormDraft:
                return form.with_file(handed.filename, read)

            again = await keep(self._hall, actor, modal.draft, put)
            filled = replace(filled, kept=again or kept)
        return await gone_on(self._hall, filled)

    async def _read(self, handed: Handed) -> tuple[Contact, ...] | Mistake:
        data = await fetched(handed.url, MOST_BYTES)
        if data is None:
            return Mistake("Discord did not give the file, or it is larger than 2 MB. Try again")
        # in a thread: a large file takes long to read, and others are waiting for their answers
        read = await asyncio.to_thread(parse_contacts_file, data, handed.filename)
        if isinstance(read, Mistake):
            return read
        return Mistake(say_bad(read)) if read.bad_count else read.accepted

    async def _refused(self, origin: Origin, filled: Filled, problem: Problem) -> Reply:
        return await refuse(self._hall, origin, filled.kept, {FILE: problem})

    async def _tell(self, handed: Handed, given: Given) -> None:
        """Put the answer where the person waits for it, or write to them where nobody does."""
        shown = render_reply(given.reply, given.zone)
        webhook = discord.Webhook.partial(handed.application_id, handed.token, client=self._client)
        try:
            await webhook.edit_message(_ORIGINAL, **shown.edit)
        except NOT_ANSWERING as error:
            log.info("discord.not_shown", extra={"what": "upload", "error": word_of(error)})
        else:
            return
        user = await self._client.create_dm(discord.Object(handed.user_id))
        await user.send(nonce=handed.key[-25:], **shown.message)


async def fetched(url: str, most: int) -> bytes | None:
    """Fetch an uploaded file of at most so many bytes; None where it cannot be had."""
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.get(url, allow_redirects=False) as reply,
        ):
            if reply.status != _OK:
                return None
            data = b""
            async for piece in reply.content.iter_chunked(_PIECE):
                data += piece
                if len(data) > most:
                    return None
            return data
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        log.warning("discord.file_not_fetched", extra={"error": type(error).__name__})
        return None


def _account(interaction: Interaction, origin: Origin) -> dict[str, str]:
    guild = interaction.client.get_guild(origin.guild_id)
    return {
        "workspace": str(origin.guild_id),
        "workspace_name": guild.name if guild else str(origin.guild_id),
        "user": str(interaction.user.id),
        "user_name": origin.actor.name,
        "role": origin.actor.role.value,
        "channel": str(interaction.channel_id or "") if origin.in_guild else "",
    }


def _too_large(filename: str) -> Mistake:
    return Mistake(f"{filename} has more than {MOST_BYTES // 1_000_000} MB: split it")


_ORIGINAL: Any = "@original"  # as Discord names the first answer, where others have numbers
