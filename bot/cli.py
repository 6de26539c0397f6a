"""The command line: what is asked for, then only the imports that it needs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from bot.roles import ROLES

_SERVER_FIELDS = (
    "kind=nginx-rtmp|mediamtx|srs|icecast|link zone= watch_url= ingest_url= control= max_streams="
    " max_viewers= opening_hours= shortest= longest= notice= horizon= set_up= tear_down= quota="
    " reconfirm_lead= reconfirm_reminder= no_show_after= no_show_release= policy=;"
    " `help server add` at the console says what each is for"
)


_OF_A_SERVER = (
    ("show", "its rules, and when it is closed"),
    ("change", "change its rules: NAME, then as for add"),
    ("lines", "what to put into its configuration, so that it asks the desk"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit code: 0 done, 1 failed, 2 wrongly asked or set up."""
    given = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = given.command
    try:
        return command(given)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="callboard",
        description="The reservation desk of a live streaming server.",
        epilog="Settings come from the environment or .env: see README.md.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    run = commands.add_parser("run", help="run the desk: whatever its settings name")
    run.add_argument(
        "--only", type=_roles, default=(), metavar="ROLES", help=f"some of: {', '.join(ROLES)}"
    )
    run.set_defaults(command=_run)

    demo = commands.add_parser("demo", help="the whole story, with nothing to set up")
    demo.add_argument("--keep", metavar="FOLDER", help="keep the database and the mail here")
    demo.set_defaults(command=_demo)

    console = commands.add_parser("console", help="the desk's commands in this terminal")
    console.set_defaults(command=_console)

    database = commands.add_parser("db", help="the database")
    database_commands = database.add_subparsers(metavar="COMMAND", required=True)
    upgrade = database_commands.add_parser("upgrade", help="bring it to this release")
    upgrade.set_defaults(command=_db_upgrade)

    server = commands.add_parser("server", help="the streaming servers")
    server_commands = server.add_subparsers(metavar="COMMAND", required=True)
    add = server_commands.add_parser(
        "add", help="add a server", description=f"Add a server: NAME, then {_SERVER_FIELDS}."
    )
    add.add_argument("words", nargs="+", metavar="WORD")
    add.set_defaults(command=_server, word="add")
    listed = server_commands.add_parser("list", help="list them")
    listed.set_defaults(command=_server_list)
    for word, about in _OF_A_SERVER:
        named = server_commands.add_parser(word, help=about)
        named.add_argument("words", nargs="+", metavar="WORD")
        named.set_defaults(command=_server, word=word)

    deliveries = commands.add_parser("deliveries", help="what is in the outbox, and what failed")
    deliveries.add_argument("code", nargs="?", help="of one reservation alone")
    deliveries.set_defaults(command=_deliveries)

    operators = commands.add_parser(
        "operators-link", help="the address of the operators' page, which shows the whole desk"
    )
    operators.set_defaults(command=_operators_link)

    manifest = commands.add_parser(
        "slack-manifest", help="the Slack app's manifest, to be pasted in where Slack asks for one"
    )
    manifest.set_defaults(command=_slack_manifest)

    doctor = commands.add_parser("doctor", help="what is set up, what works, what is missing")
    doctor.set_defaults(command=_doctor)
    return parser


def _roles(text: str) -> tuple[str, ...]:
    wanted = tuple(role.strip() for role in text.split(",") if role.strip())
    unknown = [role for role in wanted if role not in ROLES]
    if unknown or not wanted:
        raise argparse.ArgumentTypeError(f"{text}: there is {', '.join(ROLES)}")
    return wanted


def _run(given: argparse.Namespace) -> int:
    from bot.process import run

    return run(given.only)


def _demo(given: argparse.Namespace) -> int:
    from bot.demo import run_demo

    return run_demo(given.keep)


def _console(_: argparse.Namespace) -> int:
    from bot.console.process import console

    return console()


def _db_upgrade(_: argparse.Namespace) -> int:
    from bot.database import upgrade_database

    return upgrade_database()


def _server(given: argparse.Namespace) -> int:
    from bot.console.process import command

    return command(["server", given.word, *given.words])


def _server_list(_: argparse.Namespace) -> int:
    from bot.console.process import command

    return command(["server", "list"])


def _deliveries(given: argparse.Namespace) -> int:
    from bot.deliveries import print_deliveries

    return print_deliveries(given.code)


def _operators_link(_: argparse.Namespace) -> int:
    from bot.operators_link import print_operators_link

    return print_operators_link()


def _slack_manifest(_: argparse.Namespace) -> int:
    from bot.slack.manifest import print_manifest

    return print_manifest()


def _doctor(_: argparse.Namespace) -> int:
    from bot.doctor import examine

    return examine()


if __name__ == "__main__":
    sys.exit(main())
