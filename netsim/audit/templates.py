"""The pod templates that an audit looks at: each once, however many pods it has made."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from netsim.lint.context import SYSTEM_NAMESPACES, Context
from netsim.model.written import PodTemplate, pod_templates
from netsim.podsecurity.configuration import Server, server_of
from netsim.podsecurity.controls import Violation
from netsim.podsecurity.levels import Settings
from netsim.podsecurity.pods import Pod, PodFieldError, Route, read_pod
from netsim.podsecurity.suggestion import is_mendable
from netsim.source import Source


@dataclass(frozen=True, slots=True)
class Subject:
    """A template in its namespace."""

    template: PodTemplate
    pod: Pod
    settings: Settings
    """What Pod Security asks for there."""
    is_system: bool
    """Part of the cluster itself, which may need more than others."""

    @property
    def name(self) -> str:
        """`Deployment shop/web`, as messages say it."""
        return self.template.owner.title

    @property
    def key(self) -> str:
        """`shop/web`."""
        return self.template.owner.key

    def place(self, *routes: Route) -> Source:
        """Where the first of some fields of the pod's spec is written."""
        return self.template.source.at(*routes[0]) if routes else self.template.source


def suggested(subject: Subject, found: Iterable[Violation]) -> str:
    """The command that prints what to change; empty where no security context mends it."""
    mendable = any(map(is_mendable, found))
    return f"netsim suggest security-context {subject.key}" if mendable else ""


def server(context: Context) -> Server:
    """How the API server's Pod Security is set."""
    return server_of(context.objects)


def subjects(context: Context) -> Iterator[Subject]:
    """Every readable template that no other object of the input makes, in input order."""
    configured = server(context)
    for template in distinct(context):
        try:
            pod = read_pod(template.metadata, template.spec, is_template=bool(template.route))
        except PodFieldError:
            continue
        namespace = context.snapshot.namespaces.get(template.owner.namespace)
        labels = namespace.labels if namespace is not None else {}
        is_system = template.owner.namespace in SYSTEM_NAMESPACES
        yield Subject(template, pod, configured.settings(labels), is_system)


def distinct(context: Context) -> Iterator[PodTemplate]:
    """Templates without those that a listed controller makes and pods like an earlier one."""
    templates = list(pod_templates(context.objects))
    listed = {(item.owner.namespace, item.owner.kind, item.owner.name) for item in templates}
    seen: set[tuple[str, tuple[str, str]]] = set()
    for item in templates:
        if not item.controller[1]:
            yield item
            continue
        made_by = (item.owner.namespace, item.controller)
        if (item.owner.namespace, *item.controller) not in listed and made_by not in seen:
            seen.add(made_by)
            yield item
