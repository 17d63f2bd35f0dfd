"""docs/cli.md and docs/output.md: complete, and their examples real."""

import re
import shlex
from pathlib import Path

import click
import pytest

from netsim.cli import cli
from tests.cli.conftest import ROOT, Run

REFERENCE = (ROOT / "docs" / "cli.md").read_text()
OUTPUT = (ROOT / "docs" / "output.md").read_text()
SHARED = REFERENCE.split("## Options of every command")[1].split("\n## ")[0]
EXAMPLES = re.findall(r"```console\n\$ netsim ([^\n]+)\n(.*?)```", REFERENCE, re.DOTALL)
WITHOUT_ANSWERS = {"completion", "capture", "fleet"}
"""Commands that read no manifests given with `-f`."""
WRITING_FILES = {"report"}
"""Commands that write a file and print nothing."""
IN_A_REPOSITORY = {"review"}
"""Commands whose examples need commits: tests/review has them."""
COMMANDS = list(cli.commands) or cli.list_commands(click.Context(cli))


def section(command: str) -> str:
    return REFERENCE.split(f"\n## netsim {command}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_in_the_reference(name: str) -> None:
    context = click.Context(cli)
    command = cli.get_command(context, name)
    assert command is not None
    described = section(name)
    if name not in WITHOUT_ANSWERS:
        described += SHARED
    flags = [flag for option in command.params for flag in option.opts if flag[0] == "-"]
    assert [flag for flag in flags if f"`{flag}" not in described] == []


@pytest.mark.parametrize(("words", "output"), EXAMPLES, ids=[item[0] for item in EXAMPLES])
def test_every_example_prints_what_the_reference_shows(
    run: Run, words: str, output: str
) -> None:
    finished = run(*shlex.split(words))
    assert finished.out == output
    assert finished.err == ""


def test_there_is_an_example_of_every_command_that_answers() -> None:
    answering = set(COMMANDS) - WITHOUT_ANSWERS - WRITING_FILES - IN_A_REPOSITORY
    assert {words.split()[0] for words, _ in EXAMPLES} == answering


def test_every_choice_is_in_the_reference() -> None:
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        for option in command.params:
            if isinstance(option.type, click.Choice) and isinstance(option, click.Option):
                described = SHARED + section(name)
                assert [it for it in option.type.choices if f"`{it}`" not in described] == []


def test_every_schema_is_in_the_description_of_the_output() -> None:
    for path in (ROOT / "docs" / "schema").glob("*.json"):
        assert f"(schema/{path.name})" in OUTPUT


@pytest.mark.parametrize("text", [REFERENCE, OUTPUT], ids=["cli", "output"])
def test_every_linked_file_exists(text: str) -> None:
    linked = re.findall(r"\]\(([^)#]+)\)", text)
    assert linked
    assert [name for name in linked if not Path(ROOT, "docs", name).exists()] == []
