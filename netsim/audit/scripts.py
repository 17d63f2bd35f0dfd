"""Scripts of jobs that hide a failure, wait for nothing, or wait for ever.

Scripts are read by a heuristic, see `netsim.audit.shell`: what it cannot read is passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from netsim.audit.containers import Container, Part, containers, ends_by_itself
from netsim.audit.shell import Command, Script, is_harmless, script_of
from netsim.audit.templates import distinct
from netsim.lint.context import Context
from netsim.lint.rule import Observation, rule
from netsim.model.written import PodTemplate, WrittenObject
from netsim.results import Severity
from netsim.source import Source

_JOBS = frozenset({"Job", "CronJob"})
_ENDING = frozenset({"echo", "printf", "true", ":"})
_CLIENTS = frozenset(
    {"psql", "createdb", "createuser", "dropdb", "pg_dump", "pg_restore"}
    | {"mysql", "mysqldump", "mongosh", "mongo", "redis-cli"}
)
_WAITING = re.compile(
    r"\b(pg_isready|until|wait-for|wait_for|wait4|dockerize|nc|ncat|mysqladmin|kubectl\s+wait|retry)\b"
)
_BOUNDED = re.compile(r"\$\(\(|\b(break|exit|timeout|let|expr)\b|\b-(lt|le|gt|ge)\b")
_CREATE = re.compile(r"\bCREATE\s+DATABASE\s+IF\s+NOT\s+EXISTS\b", re.IGNORECASE)
_COMMENT = re.compile(r"(?:^|(?<=\s))(?:#|--\s)[^\n]*", re.MULTILINE)
_POSTGRES = re.compile(r"\b(psql|postgres\w*|pg_\w+|PG(HOST|USER|PASSWORD|DATABASE))\b")


@dataclass(frozen=True, slots=True)
class _Task:
    """A container that is to do something and end."""

    template: PodTemplate
    container: Container
    script: Script
    source: Source
    """Where the script is written."""

    @property
    def name(self) -> str:
        owner = self.template.owner
        return f'{owner.title}: the script of container "{self.container.name}"'


def job(key: str, script: str, more: str = "") -> str:
    """A Job with a script of some lines."""
    namespace, _, name = key.partition("/")
    lines = "".join(f"          {line}\n" for line in script.splitlines())
    return (
        "apiVersion: batch/v1\nkind: Job\n"
        f"metadata: {{name: {name}, namespace: {namespace}}}\nspec:\n{more}"
        "  template:\n    spec:\n      restartPolicy: OnFailure\n      containers:\n"
        f"      - name: {name}\n        image: postgres:16\n"
        f"        command:\n        - /bin/sh\n        - -c\n        - |\n{lines}"
    )


_WAIT = "until pg_isready -h $PGHOST -p 5432; do\n  sleep 2\ndone\n"
_PSQL = 'psql -c "CREATE DATABASE mydb;"'


@rule(
    "script-hides-failure",
    Severity.ERROR,
    bad=job("shop/init", f'{_PSQL}\necho "Database ready!"'),
    good=job("shop/init", f'set -e\n{_PSQL}\necho "Database ready!"'),
)
def hides_failure(context: Context) -> Iterator[Observation]:
    """A script goes on after a command that failed, and may succeed though it did nothing.

    Without `set -e` a shell goes on, and the status of the last command is that of the job.
    Where the last one only prints, failure never shows, and it is an error; elsewhere it is a
    warning. Commands whose failure is looked at, by `if`, `||` or `&&`, are left alone, and so
    are containers that do not end. Scripts are read by a heuristic.
    """
    for task in _tasks(context):
        if task.script.stops or "$?" in task.script.text or "trap" in task.script.text:
            continue
        unseen = [it for it in task.script.commands[:-1] if _may_fail(it)]
        if unseen:
            last = task.script.commands[-1]
            masked = last.name in _ENDING or last.text == "exit 0"
            outcome = (
                "and then succeeds" if masked else "and has the status of the last command"
            )
            message = (
                f"{task.name} has no `set -e`: it goes on after {_shown(unseen[0])} fails, "
                f"{outcome}"
            )
            yield Observation(
                task.source,
                task.template.owner.title,
                message,
                fix="begin it with `set -e`",
                severity=None if masked else Severity.WARNING,
            )


@rule(
    "script-without-wait",
    Severity.WARNING,
    bad=job("shop/init", f"{_PSQL}"),
    good=job("shop/init", f"set -e\n{_WAIT}{_PSQL}"),
)
def without_wait(context: Context) -> Iterator[Observation]:
    """A script asks a database at once that may not be ready yet.

    Pods start in no order. Where the script ends at its first failure it is tried again, and
    it is only a note.
    """
    for task in _tasks(context):
        asking = [it.name for it in task.script.commands if it.name in _CLIENTS]
        if asking and not _waits(task.template):
            alone = len(task.script.commands) == 1
            yield Observation(
                task.source,
                task.template.owner.title,
                f"{task.name} runs {asking[0]} without a wait for the database",
                fix="wait first: until pg_isready -h $PGHOST -p 5432; do sleep 2; done",
                severity=Severity.NOTE if task.script.stops and not alone else None,
            )


@rule(
    "script-waits-for-ever",
    Severity.WARNING,
    bad=job("shop/init", f"set -e\n{_WAIT}{_PSQL}"),
    good=job("shop/init", f"set -e\n{_WAIT}{_PSQL}", more="  activeDeadlineSeconds: 600\n"),
)
def waits_for_ever(context: Context) -> Iterator[Observation]:
    """A loop of a job waits without an end, and neither the job nor its pod has a deadline.

    If what it waits for never comes, because a policy refuses the connection, the job runs
    for ever, and what waits for the job does so too.
    """
    for task in _tasks(context):
        loops = [it for it in task.script.commands if set(it.loops) & {"until", "while"}]
        waiting = [it for it in loops if it.guarded and it.name not in {"read", "["}]
        owner = task.template.owner
        if not waiting or owner.kind not in _JOBS or _BOUNDED.search(task.script.text):
            continue
        if not deadline(task.template):
            yield Observation(
                task.source,
                owner.title,
                f"{task.name} waits for {_shown(waiting[0])} for ever: nothing ends the loop",
                fix="set activeDeadlineSeconds on the Job, or count the attempts",
            )


@rule(
    "postgresql-create-database",
    Severity.ERROR,
    bad=job("shop/init", 'set -e\npsql -c "CREATE DATABASE IF NOT EXISTS mydb;"'),
    good=job(
        "shop/init",
        f'set -e\npsql -tc "$ASK" | grep -q 1 || {_PSQL}',
    ),
)
def create_database(context: Context) -> Iterator[Observation]:
    """`CREATE DATABASE IF NOT EXISTS` is given to PostgreSQL, which does not know it.

    It is MySQL's. PostgreSQL answers with a syntax error at or near "NOT", every time.
    """
    for template in distinct(context):
        for container in containers(template):
            for text, source in _texts(container):
                image = container.part.text("image")
                said = _COMMENT.sub("", text)
                if _CREATE.search(said) and _POSTGRES.search(f"{image} {text}"):
                    yield _not_postgresql(template.owner, container, source)
    for item in context.objects:
        if item.kind == "Cluster" and item.group == "postgresql.cnpg.io":
            yield from _in_cluster(item)


def deadline(template: PodTemplate) -> bool:
    """Whether a Job's pods, or the Job, may run only for so long."""
    above = Part(template.owner.value, template.owner.source).part(*template.route[:-1])
    return "activeDeadlineSeconds" in above.value or "activeDeadlineSeconds" in template.spec


def _in_cluster(item: WrittenObject) -> Iterator[Observation]:
    initdb = Part(item.value, item.source).part("spec", "bootstrap", "initdb")
    for key in ("postInitSQL", "postInitApplicationSQL", "postInitTemplateSQL"):
        for index, text in enumerate(initdb.texts(key)):
            if _CREATE.search(text):
                message = f"{item.title}: {_PROBLEM}"
                yield Observation(initdb.source.at(key, index), item.title, message, fix=_FIX)


_PROBLEM = (
    "CREATE DATABASE IF NOT EXISTS is not PostgreSQL: it fails with a syntax error at or near "
    '"NOT"'
)
_FIX = """\
psql -tc "SELECT 1 FROM pg_database WHERE datname = 'mydb'" | grep -q 1 ||
  psql -c "CREATE DATABASE mydb"
"""


def _not_postgresql(owner: WrittenObject, container: Container, source: Source) -> Observation:
    message = f'{owner.title}: container "{container.name}": {_PROBLEM}'
    return Observation(source, owner.title, message, fix=_FIX)


def _tasks(context: Context) -> Iterator[_Task]:
    for template in distinct(context):
        ends = template.owner.kind in _JOBS or ends_by_itself(template)
        for container in containers(template):
            first = container.role == "initContainers" and not container.is_sidecar
            if not (first or (ends and container.runs_on)):
                continue
            texts = list(_texts(container))
            script = script_of([text for text, _ in texts])
            if script is not None and script.commands:
                source = next(place for text, place in texts if text == script.text)
                yield _Task(template, container, script, source)


def _texts(container: Container) -> Iterator[tuple[str, Source]]:
    for key in ("command", "args"):
        for index, text in enumerate(container.part.texts(key)):
            yield text, container.part.source.at(key, index)


def _may_fail(command: Command) -> bool:
    inside = any(word in {"until", "while"} for word in command.loops)
    return not (command.guarded or command.piped or inside or is_harmless(command))


def _waits(template: PodTemplate) -> bool:
    texts = (text for it in containers(template) for text, _ in _texts(it))
    return any(_WAITING.search(text) for text in texts)


def _shown(command: Command) -> str:
    """The program alone: its arguments may hold what nobody should read."""
    name = command.name
    return f"`{name}`" if re.fullmatch(r"[\w.$\[\]{}-]{1,40}", name) else "a command"


CHECKS = (hides_failure, without_wait, waits_for_ever, create_database)
