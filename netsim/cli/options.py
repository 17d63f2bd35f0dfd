"""The options and arguments that several commands have."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

import click
from click.shell_completion import CompletionItem

from netsim.model.profile import PROFILES, Profile

if TYPE_CHECKING:
    _Choice = click.Choice[str]
else:
    _Choice = click.Choice  # no generic in click 8.1

_Run = TypeVar("_Run", bound=Callable[..., object])

TABLE_OUTPUTS = ("table", "wide", "json", "yaml", "csv", "md")
TEXT_OUTPUTS = ("text", *TABLE_OUTPUTS)
GRAPH_OUTPUTS = ("dot", "graphml", "mermaid", "json-graph", "svg", "png")
SPECIALS = ("internet", "dns", "apiserver", "metadata", "node")


class Word(_Choice):
    """One of some words or their short forms; a misspelt one is answered with the nearest."""

    def __init__(self, words: Iterable[str], short: Mapping[str, str] | None = None) -> None:
        super().__init__(tuple(words))
        self.short = short or {}

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The word itself; a usage error where it is none of them."""
        try:
            return super().convert(self.short.get(str(value), value), param, ctx)
        except click.BadParameter as error:
            known = [*self.choices, *self.short]
            near = get_close_matches(str(value), known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.BadParameter(f"{error.message}{hint}", ctx, param) from None


def complete_endpoint(
    ctx: click.Context,
    param: click.Parameter,  # noqa: ARG001 - click's signature
    incomplete: str,
) -> list[CompletionItem]:
    """Names of the manifests that `-f` on the same line gives, for the shell's Tab key."""
    from netsim.cluster import load

    paths = [path for path in ctx.params.get("filenames") or () if path != "-"]
    names = list(SPECIALS)
    if paths:
        snapshot = load(*paths, lenient=True).snapshot
        names += [f"{name}/" for name in snapshot.namespaces]
        names += dict.fromkeys(item.key for item in snapshot.endpoints)
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def endpoint_argument(name: str, metavar: str) -> Callable[[_Run], _Run]:
    """FROM or TO."""
    return click.argument(name, metavar=metavar, shell_complete=complete_endpoint)


def endpoint_option(flag: str, name: str, help_text: str) -> Callable[[_Run], _Run]:
    """--from or --to."""
    return click.option(
        flag, name, metavar="ENDPOINT", help=help_text, shell_complete=complete_endpoint
    )


def port_option(help_text: str) -> Callable[[_Run], _Run]:
    """--port."""
    return click.option("-p", "--port", metavar="PORT", help=help_text)


def selector_option(help_text: str) -> Callable[[_Run], _Run]:
    """--selector, in kubectl's grammar."""
    return click.option("-l", "--selector", metavar="SELECTOR", help=help_text)


def inputs_as_typed() -> str:
    """The options of the running command that say what is read and how, to be typed again."""
    from shlex import quote

    given = click.get_current_context().params
    words: list[str] = []
    for path in given["filenames"]:
        words += ["-f", path]
    if given["live"]:
        words.append("--live")
    for flag, name in (("--context", "context"), ("-n", "namespace")):
        if given[name] is not None:
            words += [flag, given[name]]
    if given["profile_name"] != "default":
        words += ["--profile", given["profile_name"]]
    for setting in given["assumed"]:
        words += ["--assume", setting]
    return "".join(f" {quote(word)}" for word in words)


def output_option(words: tuple[str, ...]) -> Callable[[_Run], _Run]:
    """--output; the first word is the default."""
    return click.option(
        "-o", "--output", type=Word(words), default=words[0], help=f"Default: {words[0]}."
    )


strict_option = click.option(
    "--strict", is_flag=True, help="What rests on an assumption is undecided."
)
assume_admitted_option = click.option(
    "--assume-admitted",
    is_flag=True,
    help="Pods that Pod Security would refuse are taken to run.",
)
everywhere_option = click.option(
    "-A",
    "--all-namespaces",
    "everywhere",
    is_flag=True,
    help="Show every namespace, also with -n. The default without -n.",
)
session_options = (
    click.option(
        "-f",
        "--filename",
        "filenames",
        multiple=True,
        metavar="PATH",
        help="Manifests or a capture: a file, a folder (read recursively) or - for stdin. "
        "Repeatable.",
    ),
    click.option(
        "--live",
        is_flag=True,
        help="Read the cluster of the kubeconfig through kubectl instead of -f, or beside it.",
    ),
    click.option(
        "--context", metavar="CONTEXT", help="With --live: a context of the kubeconfig."
    ),
    click.option(
        "-n",
        "--namespace",
        metavar="NAMESPACE",
        help="Where names and objects without a namespace belong (default: default); `list` "
        "and `get` then show this namespace only.",
    ),
    click.option(
        "--profile",
        "profile_name",
        type=Word(PROFILES),
        default="default",
        help="How a network plugin settles what Kubernetes leaves open.",
    ),
    click.option(
        "--assume",
        "assumed",
        multiple=True,
        metavar="SWITCH=VALUE",
        help="Settle one behaviour that Kubernetes leaves open. Repeatable.",
    ),
    click.option(
        "--lenient", is_flag=True, help="Unreadable input does not change the exit code."
    ),
    click.option("-q", "--quiet", is_flag=True, help="No warnings and notes on stderr."),
    click.option("-v", "--verbose", is_flag=True, help="Every note on stderr."),
    click.option("--no-color", is_flag=True, help="No colour; NO_COLOR=1 does the same."),
)


def profile_of(name: str, assumed: tuple[str, ...]) -> Profile:
    """A named profile with some switches set; a usage error names what is possible."""
    profile = PROFILES[name]
    for text in assumed:
        switch, equals, setting = text.partition("=")
        if not equals:
            raise click.BadParameter(f"{text!r} is not SWITCH=VALUE.", param_hint="--assume")
        try:
            profile = profile.with_setting(switch, setting)
        except ValueError as error:
            near = get_close_matches(switch, profile.settings(), n=1)
            hint = f". Did you mean {near[0]!r}?" if near and near != [switch] else "."
            raise click.BadParameter(f"{error}{hint}", param_hint="--assume") from None
    return profile
