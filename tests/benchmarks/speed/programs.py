"""Programs that a benchmark runs beside itself, each a process of its own that takes orders."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.ports import HOST, free_port, listens

ROOT = Path(__file__).parents[3]
_SOON = 60.0  # seconds, for a machine that is busy
_DEBIANS = (
    "/usr/sbin",
    "/usr/local/sbin",
)  # where `smtp-source` lies, and who is not root looks not


class MissingError(Exception):
    """Something that a benchmark compares with is not on this machine, and how to get it."""


class Program:
    """A program that answers each order, a line of JSON, with a line of JSON."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    async def order(self, **order: object) -> dict[str, Any]:
        """Give an order; gives the answer. Raises `RuntimeError` where the program ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the program ended with {await self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


@asynccontextmanager
async def taking_orders(
    *words: str, env: Mapping[str, str] | None = None
) -> AsyncIterator[Program]:
    """Run a program until the end of the block; it ends when its input does."""
    process = await asyncio.create_subprocess_exec(
        *words,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        limit=2**24,
    )
    try:
        yield Program(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(_SOON):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def module(name: str, *words: str) -> tuple[str, ...]:
    """Give the words that run a module of ours."""
    return (sys.executable, "-m", f"tests.benchmarks.speed.{name}", *words)


@asynccontextmanager
async def listening(*words: str, port: int) -> AsyncIterator[int]:
    """Let a server run until the end of the block, once it listens; gives its process's number."""
    process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdin=subprocess.DEVNULL)
    try:
        async with asyncio.timeout(_SOON):
            while not listens(port):
                if process.returncode is not None:
                    raise RuntimeError(f"{words[0]} ended with {process.returncode}")
                await asyncio.sleep(0.02)
        yield process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@asynccontextmanager
async def smtp_sink() -> AsyncIterator[int]:
    """Run Postfix's sink, which takes every message and keeps none; gives its port."""
    port = free_port()
    as_whom = ("-u", "nobody") if os.geteuid() == 0 else ()
    async with listening(
        program("smtp-sink", "postfix"), *as_whom, f"{HOST}:{port}", "1024", port=port
    ):
        yield port


def program(name: str, package: str) -> str:
    """Find a program; raises `MissingError`."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *_DEBIANS))
    found = shutil.which(name, path=path)
    if found is None:
        raise MissingError(f"{name} is missing: install Debian's package {package}")
    return found
