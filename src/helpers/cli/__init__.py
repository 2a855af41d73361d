"""The command `reanalysis`. A command imports what it needs when it is called, so that help and a wrong word answer at once."""

from __future__ import annotations

import errno
from importlib import import_module
from typing import Any

import click

from helpers.errors import UserError

#: Where each command is defined, and what it does in a line.
COMMANDS = {
    "check": ("lookup:check", "Check an evidence package and report every fault in it."),
    "trace": ("lookup:trace", "Show where the rows of TABLE that match every KEY come from."),
    "render": (
        "rendering:render",
        "Run notebooks with papermill and write them, executed, to build/notebooks/.",
    ),
    "book": ("rendering:book", "Render what is stale, then build the site at build/book/index.html."),
    "pdf": ("rendering:pdf", "Print the book that was built to build/pdf/: summary.pdf and book.pdf."),
    "runs": ("rendering:runs", "Write an index of what came last of each output: build/book/runs.html."),
    "results": ("rendering:results_group", "Compare today's results with the accepted ones, or accept them."),
    "new-study": (
        "intake:new_study",
        "Write an empty extraction sheet for the new study STUDY, as smith2027.",
    ),
    "import": (
        "intake:import_command",
        "Check the extraction sheet FILE and add its rows, all of them or none.",
    ),
    "import-figure": (
        "intake:import_figure",
        "Add the points of FILE, read off a figure, and draw them to compare with the paper.",
    ),
    "remove": (
        "intake:remove",
        "Take STUDY out: its rows, the documents that only they name, and its executed reports in build/.",
    ),
}


class _Commands(click.Group):
    """Commands that are imported when they are called, and whose errors are one line, without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            # A pipe that its reader closed is no error; click ends the command.
            if error.errno == errno.EPIPE:
                raise
            raise click.ClickException(_described(error)) from error


def _described(error: OSError) -> str:
    """Say in one line which file keeps a command from its work."""
    if error.filename is None or error.strerror is None:
        return str(error)
    return f"{error.filename}: {error.strerror}"


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="poi-reanalysis")
def main() -> None:
    """Reanalyse the clinical evidence on stem-cell therapy in premature ovarian insufficiency."""
