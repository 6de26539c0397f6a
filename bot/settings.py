"""Settings, from the environment or `.env`: the only module that reads either."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.access.vault import SHORTEST_KEY
from core.store.store import Limits

PREFIX = "CALLBOARD_"

# not the desk's own, and no mistake
_OTHERS = ("CALLBOARD_TEST_",)


class SettingsError(Exception):
    """One or more settings are missing or wrong; `problems` has a line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def data_folder() -> Path:
    """Say where files are kept when nothing else is said (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "callboard"


class Settings(BaseModel):
    """What can be set; each field is `CALLBOARD_` and its name in capitals."""

    model_config = ConfigDict(frozen=True)

    data: Path = Field(default_factory=data_folder)
    database_url: str = ""
    secret_key: str = Field(default="", repr=False)
    public_url: str = ""
    smtp_url: str = Field(default="", repr=False)
    mail_from: str = ""
    mail_name: str = "Callboard"
    max_recipients: Annotated[int, Field(ge=1)] = 2000
    new_addresses_per_holder: Annotated[int, Field(ge=0)] | None = None
    new_addresses_per_workspace: Annotated[int, Field(ge=0)] | None = None
    keep_addresses_days: Annotated[int, Field(ge=0, le=3650)] = 30
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    gate_url: str = ""
    slack_bot_token: str = Field(default="", repr=False)
    slack_app_token: str = Field(default="", repr=False)
    slack_signing_secret: str = Field(default="", repr=False)
    slack_client_id: str = ""
    slack_client_secret: str = Field(default="", repr=False)
    slack_admin_group: str = ""
    slack_api_url: str = "https://slack.com/api/"
    discord_token: str = Field(default="", repr=False)
    discord_guild: str = ""
    discord_admin_role: str = ""
    discord_api_url: str = "https://discord.com/api/v10"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("write sqlite:///path/to/callboard.db or postgresql://user@host/name")
        # the older spelling, as some hosts still hand it out
        return url.replace("postgres://", "postgresql://", 1)

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, keys: str) -> str:
        if keys and any(len(key) < SHORTEST_KEY for key in keys.split(",")):
            raise ValueError(
                f"each key needs {SHORTEST_KEY} characters or more; make one with:"
                " python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
        return keys

    @field_validator("public_url", "gate_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not url.startswith(("https://", "http://")):
            raise ValueError("write a web address, such as https://slots.example.org")
        return url.rstrip("/")

    @field_validator("mail_name")
    @classmethod
    def _one_line(cls, name: str) -> str:
        if not name.strip() or not name.isprintable():
            raise ValueError("write a name on one line, without control characters")
        return name

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _right_kind_of_token(cls, token: str, info: ValidationInfo) -> str:
        wanted = "xoxb-" if info.field_name == "slack_bot_token" else "xapp-"
        if token and not token.startswith(wanted):
            raise ValueError(f"this token begins with {wanted}: README.md says where Slack has it")
        return token

    @field_validator("discord_token")
    @classmethod
    def _a_bots_token(cls, token: str) -> str:
        bare = token.removeprefix("Bot ").strip()
        if bare and not re.fullmatch(r"[\w-]+(\.[\w-]+){2}", bare, re.ASCII):
            raise ValueError("this is no bot's token: README.md says where Discord has it")
        return bare

    @field_validator("discord_guild")
    @classmethod
    def _a_guild(cls, guild: str) -> str:
        if guild and not re.fullmatch(r"\d{15,20}", guild, re.ASCII):
            raise ValueError("write the guild's id, a number of 17 digits or more")
        return guild

    @field_validator("discord_api_url")
    @classmethod
    def _without_slash(cls, url: str) -> str:
        if not url.startswith(("https://", "http://")):
            raise ValueError("write an address such as https://discord.com/api/v10")
        return url.rstrip("/")

    @field_validator("slack_api_url")
    @classmethod
    def _with_slash(cls, url: str) -> str:
        if not url.startswith(("https://", "http://")):
            raise ValueError("write an address such as https://slack.com/api/")
        return f"{url.rstrip('/')}/"

    @model_validator(mode="after")
    def _slack_fitting_together(self) -> Settings:
        heard = bool(self.slack_app_token or self.slack_signing_secret)
        placed = bool(self.slack_bot_token or self.slack_client_id)
        if placed and not heard:
            raise ValueError(
                "Slack needs CALLBOARD_SLACK_APP_TOKEN (Socket Mode) or"
                " CALLBOARD_SLACK_SIGNING_SECRET (HTTP) beside its bot token: without one the desk"
                " could speak but not hear"
            )
        if heard and not placed:
            raise ValueError("CALLBOARD_SLACK_BOT_TOKEN is missing: the token that begins xoxb-")
        if bool(self.slack_client_id) != bool(self.slack_client_secret):
            raise ValueError(
                "CALLBOARD_SLACK_CLIENT_ID and CALLBOARD_SLACK_CLIENT_SECRET go together"
            )
        if self.slack_client_id and not self.public_url:
            raise ValueError(
                "CALLBOARD_PUBLIC_URL must be set with CALLBOARD_SLACK_CLIENT_ID: Slack leads"
                " people back there when they add the desk to their workspace"
            )
        return self

    @model_validator(mode="after")
    def _fitting_together(self) -> Settings:
        if self.database_url.startswith("postgresql") and not self.secret_key:
            raise ValueError(
                "CALLBOARD_SECRET_KEY must be set with PostgreSQL: every process needs the same"
            )
        if self.smtp_url and not self.mail_from:
            raise ValueError(
                "CALLBOARD_MAIL_FROM must be set with CALLBOARD_SMTP_URL: the address that mail is"
                " sent from, such as slots@example.org"
            )
        return self

    @property
    def database(self) -> str:
        """The database to use: a file in the data folder where none is named."""
        return self.database_url or f"sqlite:///{self.data / 'callboard.db'}"

    @property
    def sender(self) -> str:
        """The address that mail is sent from."""
        return self.mail_from or "callboard@localhost.localdomain"

    @property
    def slack_over_http(self) -> bool:
        """Tell whether Slack hands things in at our own address."""
        return bool(self.slack_signing_secret or self.slack_client_id)

    @property
    def has_slack(self) -> bool:
        """Tell whether the desk is to be met in Slack."""
        return bool(self.slack_bot_token or self.slack_client_id)

    @property
    def has_discord(self) -> bool:
        """Tell whether the desk is to be met in Discord."""
        return bool(self.discord_token)

    @property
    def gate(self) -> str:
        """Where streaming servers ask: on this machine's own network unless it is set."""
        host = f"[{self.http_host}]" if ":" in self.http_host else self.http_host
        return self.gate_url or f"http://{host}:{self.http_port}"

    @property
    def limits(self) -> Limits:
        """What the operator bounds."""
        return Limits(
            recipients=self.max_recipients,
            new_addresses_per_holder=self.new_addresses_per_holder,
            new_addresses_per_workspace=self.new_addresses_per_workspace,
            keep_addresses=timedelta(days=self.keep_addresses_days),
        )


class _Environment(BaseSettings, Settings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )


def load_settings() -> Settings:
    """Read the settings from the environment and `.env`.

    Raises `SettingsError` with a line for each that is missing or wrong.
    """
    try:
        return _Environment()
    except ValidationError as error:
        raise SettingsError([_in_words(dict(one)) for one in error.errors()]) from None


def unknown_settings(environment: Mapping[str, str] | None = None) -> list[str]:
    """Name the variables that look like ours and are none, each with what may be meant."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    words = []
    for name in sorted(environment if environment is not None else os.environ):
        if name.startswith(PREFIX) and name not in known and not name.startswith(_OTHERS):
            near = get_close_matches(name, known, 1)
            words.append(f"{name} is no setting" + (f": is {near[0]} meant?" if near else "."))
    return words


def _in_words(error: Mapping[str, object]) -> str:
    location = error["loc"]
    message = str(error["msg"]).removeprefix("Value error, ")
    if isinstance(location, tuple) and location:
        return f"{PREFIX}{str(location[0]).upper()}: {message}"
    return message
