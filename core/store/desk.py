"""The desk's edge: runs a use case whole, as one transaction, in a thread of the store's own.

A use case is a plain function of a store and `now`. Cancelling whoever waits for it changes
nothing: the transaction is carried to its end in its thread, so no lock and no connection leaks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.access.links import Links
from core.access.vault import Vault
from core.store.bell import ring
from core.store.codec import decode, encode
from core.store.database import (
    POSTGRES_CONNECTIONS,
    READERS,
    BusyError,
    Database,
    InDoubtError,
    is_lost,
    is_retried,
)
from core.store.patience import spending
from core.store.silence import Watch, watched
from core.store.store import Limits, Store
from core.store.threads import Threads, failed
from core.store.together import OVERLOADED, Asked, Together, Turn

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE = 2.0  # seconds a person waits before being told to try again; chats give three
_TRIES = 3
_LOOK_AGAIN = 0.1  # seconds until it is looked again at what takes longer than patience lasts

_SILENT = "the database does not answer"
_IN_DOUBT = "the database did not answer to the commit"


@dataclass(slots=True)
class Desk:
    """Where front ends, dispatcher and clock hand in their use cases.

    `now` gives the instant of a transaction, read when the transaction begins. `on_work` is called
    in the store's thread after a commit that put deliveries into the outbox.
    """

    database: Database
    vault: Vault
    links: Links
    now: Callable[[], datetime]
    limits: Limits = field(default_factory=Limits)
    on_work: Callable[[], None] = lambda: None
    _together: Together = field(init=False)
    _writers: Threads = field(init=False)
    _readers: Threads = field(init=False)
    _in_row: Threads = field(init=False)

    def __post_init__(self) -> None:
        """Start the store's threads; SQLite has a single writer, so that writers queue here."""
        writers = 1 if self.database.is_sqlite else POSTGRES_CONNECTIONS
        self._together = Together(
            self.database.writing, self._run_on, self._written, self._tell_of_work
        )
        self._writers = Threads(writers, "desk-writer")
        if self.database.is_sqlite:
            self._readers, self._in_row = Threads(READERS, "desk-reader"), self._writers
        else:
            self._readers, self._in_row = self._writers, Threads(1, "desk-row")

    async def run(
        self,
        use_case: Callable[Concatenate[Store, datetime, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a use case as one transaction and give its answer once that is committed.

        Raises `BusyError` when the database is held or away, and whatever the use case raises; then
        nothing was written.
        """
        work = partial(_called, use_case, args, kwargs)
        with spending(PATIENCE) as patience:
            return await self._in_writer(work, patience)

    async def run_patiently(
        self,
        use_case: Callable[Concatenate[Store, datetime, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a use case that nobody waits for at a screen: `run` with ten seconds' patience."""
        work = partial(_called, use_case, args, kwargs)
        return await self._in_writer(work, 10)

    async def run_in_turn(
        self,
        turn: Turn,
        use_case: Callable[Concatenate[Store, datetime, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a use case patiently behind others of its row; `BusyError` where one of them failed.

        It waits for its turn in the thread that does all of them, so that no time is lost between.
        """
        try:
            return await self._in_writer(partial(_called, use_case, args, kwargs), 10, turn)
        except BaseException:
            turn.failed = True
            raise
        finally:
            turn.end()

    async def read(
        self,
        question: Callable[Concatenate[Store, datetime, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Answer a question from one consistent state, without waiting for writers."""
        work = partial(_called, question, args, kwargs)
        with spending(PATIENCE) as patience:
            return await self._in_reader(work, patience)

    async def run_once(
        self,
        key: str,
        use_case: Callable[Concatenate[Store, datetime, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a use case once per submission key; a second copy gets the stored answer."""
        work = partial(_called_once, key, use_case, args, kwargs)
        with spending(PATIENCE) as patience:
            return await self._in_writer(work, patience)

    def close(self) -> None:
        """Finish what was begun and close every connection."""
        self.close_threads()
        self.database.dispose()

    def close_threads(self) -> None:
        """Finish what was begun; the database stays open for whoever else has it."""
        self._writers.close()
        for others in (self._readers, self._in_row):
            if others is not self._writers:
                others.close()

    async def _in_writer(
        self, work: Callable[[Store], T], patience: float, turn: Turn | None = None
    ) -> T:
        asked = Asked(work, time.monotonic() + patience, turn)
        if not self.database.is_sqlite:
            threads = self._writers if turn is None else self._in_row
            return await self._in_thread(threads, asked, partial(self._begun, asked))
        asked.watch.end()  # a file is never silent
        self._together.ask(asked)
        return await self._in_thread(self._writers, asked, partial(self._together.settle, asked))

    async def _in_reader(self, work: Callable[[Store], T], patience: float) -> T:
        asked = Asked(work, time.monotonic() + patience)
        if self.database.is_sqlite:
            asked.watch.end()
        return await self._in_thread(self._readers, asked, partial(self._looked_up, asked))

    async def _in_thread(self, threads: Threads, asked: Asked, run: Callable[[], T]) -> T:
        """Wait for what a thread does, unless its turn comes too late or the database is silent.

        What is at work and makes headway may take its time.
        """
        loop, answer = asyncio.get_running_loop(), threads.do(run)
        giving_up: asyncio.TimerHandle

        def give_up() -> None:
            nonlocal giving_up
            if asked.decide():
                failed(answer, BusyError(OVERLOADED))
            elif asked.watch.is_silent:
                undone = asked.watch.give_up()
                failed(answer, BusyError(_SILENT) if undone else InDoubtError(_IN_DOUBT))
            elif not asked.watch.is_over:
                giving_up = loop.call_later(_LOOK_AGAIN, give_up)

        giving_up = loop.call_later(max(asked.left, 0), give_up)
        try:
            return await answer
        finally:
            if not answer.cancelled():  # else its thread is still to be freed
                giving_up.cancel()

    def _begun(self, asked: Asked) -> Any:  # noqa: ANN401 - whatever the use case gives
        if not asked.begin():
            return asked.result()
        try:
            with watched(asked.watch):
                return self._written(asked.work, asked.left, asked.watch)
        except BaseException:
            asked.stumble()  # here and now: what is behind it in its row begins in this thread
            raise

    def _looked_up(self, asked: Asked) -> Any:  # noqa: ANN401 - likewise
        if not asked.begin():
            return asked.result()
        if self.database.is_sqlite:
            return self._asked(asked.work, asked.left)
        asked.watch.begin()
        with watched(asked.watch):
            return self._asked(asked.work, asked.left)

    def _written(
        self, work: Callable[[Store], T], patience: float, watch: Watch | None = None
    ) -> T:
        give_up_at = time.monotonic() + patience
        for attempt in range(1, _TRIES + 1):
            left = give_up_at - time.monotonic()
            try:
                answer, store = self._transact(self.database.writing(left), work, watch)
            except DBAPIError as error:
                # a row that is in the way every time was not made by a faster copy of this
                last = attempt == _TRIES or time.monotonic() >= give_up_at
                if not is_retried(error) or (last and isinstance(error, IntegrityError)):
                    raise
                if last:
                    raise BusyError("others kept the database busy") from error
            else:
                if store.has_work:
                    self.on_work()
                return answer
        raise AssertionError("unreachable: every try returns or raises")

    def _asked(self, work: Callable[[Store], T], patience: float) -> T:
        return self._transact(self.database.reading(patience), work)[0]

    def _tell_of_work(self) -> None:
        self.on_work()  # as it is set by then

    def _run_on(self, connection: Connection, work: Callable[[Store], T]) -> tuple[T, bool]:
        store = Store(connection, self.now(), self.vault, self.links, self.limits)
        return work(store), store.has_work

    def _transact(
        self,
        transaction: AbstractContextManager[Connection],
        work: Callable[[Store], T],
        watch: Watch | None = None,
    ) -> tuple[T, Store]:
        if watch is None:
            return self._transacted(transaction, work)
        watch.begin()
        try:
            return self._transacted(transaction, work, watch)
        except BusyError as error:
            # an error of the database's own says that nothing was written; its silence says nothing
            if watch.is_committing and is_lost(error):
                raise InDoubtError(_IN_DOUBT) from error
            raise

    def _transacted(
        self,
        transaction: AbstractContextManager[Connection],
        work: Callable[[Store], T],
        watch: Watch | None = None,
    ) -> tuple[T, Store]:
        with transaction as connection:
            store = Store(connection, self.now(), self.vault, self.links, self.limits)
            answer = work(store)
            if store.has_work:
                ring(connection)
            if watch is not None:
                watch.commit()
            return answer, store


def _called(
    use_case: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object], store: Store
) -> T:
    return use_case(store, store.now, *args, **kwargs)


def _called_once(
    key: str,
    use_case: Callable[..., T],
    args: tuple[object, ...],
    kwargs: dict[str, object],
    store: Store,
) -> T:
    place = f"submission:{key}:answer"  # an answer may hold a passcode: sealed like any other
    known = store.records.answer_to(key)
    if known is not None:
        answered: T = decode(store.vault.open(known, place))
        return answered
    answer = use_case(store, store.now, *args, **kwargs)
    store.records.keep_answer(key, store.vault.seal(encode(answer), place))
    return answer
