"""Jobs that Argo CD runs as hooks, and those that it would make again and again."""

from collections.abc import Iterator

from netsim.audit.containers import Part
from netsim.audit.scripts import deadline
from netsim.audit.templates import distinct
from netsim.lint.context import Context
from netsim.lint.fragments import manifests
from netsim.lint.rule import Observation, rule
from netsim.model.written import PodTemplate
from netsim.results import Severity

_HOOK = "argocd.argoproj.io/hook"
_DELETE = "argocd.argoproj.io/hook-delete-policy"
_HELM, _HELM_DELETE = "helm.sh/hook", "helm.sh/hook-delete-policy"
_ARGO = "argoproj.io"
_PHASES = frozenset({"PreSync", "Sync", "PostSync", "SyncFail", "PreDelete", "PostDelete"})
_SOON = 600


def _job(notes: str = "", spec: str = "") -> str:
    return f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: migrate, namespace: shop, annotations: {{{notes}}}}}
spec:
{spec}  template:
    spec: {{restartPolicy: OnFailure, containers: [{{name: migrate, image: app}}]}}
"""


_PRE = f"{_HOOK}: PreSync"
_KEPT = f"{_PRE}, {_DELETE}: BeforeHookCreation"
_DEADLINE, _BACKOFF = "  activeDeadlineSeconds: 300\n", "  backoffLimit: 2\n"


@rule(
    "hook-without-deadline",
    Severity.ERROR,
    bad=_job(_KEPT, _BACKOFF),
    good=_job(_KEPT, _DEADLINE + _BACKOFF),
)
def without_deadline(context: Context) -> Iterator[Observation]:
    """A Job that Argo CD waits for may run for ever, and the sync with it.

    The application stays in Syncing until the hook ends. activeDeadlineSeconds, on the Job or
    its pods, ends it.
    """
    for template in _hooks(context):
        if not deadline(template):
            message = (
                f"{template.owner.title} is a {_phase(template)} hook without "
                "activeDeadlineSeconds: if it does not end, the sync does not either"
            )
            fix = "set spec.activeDeadlineSeconds: 300"
            yield Observation(_spec(template).source, template.owner.title, message, fix=fix)


@rule(
    "hook-retried-by-default",
    Severity.WARNING,
    bad=_job(_KEPT, _DEADLINE),
    good=_job(_KEPT, _DEADLINE + _BACKOFF),
)
def retried_by_default(context: Context) -> Iterator[Observation]:
    """A hook Job leaves backoffLimit to its default of 6 retries, each later than the last.

    The sync fails only after all of them.
    """
    for template in _hooks(context):
        if "backoffLimit" not in _spec(template).value:
            message = (
                f"{template.owner.title} is a hook without backoffLimit, and is retried 6 times"
            )
            fix = "set spec.backoffLimit"
            yield Observation(_spec(template).source, template.owner.title, message, fix=fix)


@rule(
    "hook-delete-policy",
    Severity.WARNING,
    bad=_job(f"{_PRE}, {_DELETE}: HookSucceeded", _DEADLINE + _BACKOFF),
    good=_job(_KEPT, _DEADLINE + _BACKOFF),
)
def delete_policy(context: Context) -> Iterator[Observation]:
    """A hook Job that failed stays, or nothing says when it goes.

    With HookSucceeded alone a failed one stays under its name, and the next sync cannot make
    it again. Without a policy Argo CD takes BeforeHookCreation, which is only noted.
    """
    for template in _hooks(context):
        notes = _notes(template)
        policy = notes.text(_DELETE) or notes.text(_HELM_DELETE)
        words = {word.strip() for word in policy.split(",")} - {""}
        name = template.owner.title
        if not words:
            message = f"{name} is a hook without a delete policy: BeforeHookCreation is taken"
            severity = Severity.NOTE
        elif words <= {"HookSucceeded", "hook-succeeded"} and template.owner.name:
            message = f"{name} stays when it fails, and the next sync cannot make it again"
            severity = Severity.WARNING
        else:
            continue
        fix = f"set {_DELETE}: BeforeHookCreation"
        yield Observation(
            notes.source, template.owner.title, message, fix=fix, severity=severity
        )


@rule(
    "hook-expires",
    Severity.WARNING,
    bad=_job(_KEPT, f"{_DEADLINE}{_BACKOFF}  ttlSecondsAfterFinished: 0\n"),
    good=_job(_KEPT, _DEADLINE + _BACKOFF),
)
def expires(context: Context) -> Iterator[Observation]:
    """A hook Job deletes itself soon after it ends, perhaps before Argo CD has seen it end.

    Then the sync waits for a Job that is gone. The hook's delete policy is enough.
    """
    for template in _hooks(context):
        spec = _spec(template)
        seconds = spec.value.get("ttlSecondsAfterFinished")
        if isinstance(seconds, int) and seconds < _SOON:
            who = template.owner.title
            message = f"{who} is a hook that deletes itself {seconds} s after its end"
            place = spec.source.at("ttlSecondsAfterFinished")
            fix = "leave it to the hook's delete policy"
            yield Observation(place, template.owner.title, message, fix=fix)


_APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  destination: {namespace: shop}
  syncPolicy: {automated: {selfHeal: true}}
"""


@rule(
    "job-made-again",
    Severity.WARNING,
    bad=manifests(_APPLICATION, _job(spec="  ttlSecondsAfterFinished: 300\n")),
    good=manifests(_APPLICATION, _job(_KEPT, _DEADLINE + _BACKOFF)),
)
def made_again(context: Context) -> Iterator[Observation]:
    """A Job that deletes itself is made again for ever by an application that heals itself.

    After ttlSecondsAfterFinished the Job is gone, Argo CD finds it missing and makes it again.
    It is told of Jobs in a namespace that such an Application of the input is deployed to.
    """
    healing = {name: app for app, name in _healing(context)}
    for template in distinct(context):
        spec, owner = _spec(template), template.owner
        if owner.kind != "Job" or _phase(template) or owner.namespace not in healing:
            continue
        if "ttlSecondsAfterFinished" in spec.value and not template.controller[1]:
            app = healing[owner.namespace]
            message = (
                f"{template.owner.title} deletes itself, and Application {app} makes it again"
            )
            fix = f"make it a hook: {_HOOK}: Sync, or leave out ttlSecondsAfterFinished"
            place = spec.source.at("ttlSecondsAfterFinished")
            yield Observation(place, owner.title, message, fix=fix)


def _healing(context: Context) -> Iterator[tuple[str, str]]:
    for item in context.objects:
        if item.kind == "Application" and item.group == _ARGO:
            spec = Part(item.value, item.source).part("spec")
            if spec.part("syncPolicy", "automated").value.get("selfHeal") is True:
                yield item.key, spec.part("destination").text("namespace")


def _hooks(context: Context) -> Iterator[PodTemplate]:
    for template in distinct(context):
        if template.owner.kind == "Job" and _phase(template):
            yield template


def _phase(template: PodTemplate) -> str:
    """The phase of a sync that waits for it; Argo CD takes Helm's hooks as its own."""
    notes = _notes(template)
    words = [word.strip() for word in notes.text(_HOOK).split(",")]
    found = [word for word in words if word in _PHASES]
    if found or notes.text(_HOOK):
        return found[0] if found else ""
    helm = notes.text(_HELM).partition(",")[0].strip()
    return {"pre-install": "PreSync", "pre-upgrade": "PreSync", "post-install": "PostSync"}.get(
        helm, "PostSync" if helm == "post-upgrade" else ""
    )


def _notes(template: PodTemplate) -> Part:
    owner = template.owner
    return Part(owner.value, owner.source).part("metadata", "annotations")


def _spec(template: PodTemplate) -> Part:
    return Part(template.owner.value, template.owner.source).part("spec")


CHECKS = (without_deadline, retried_by_default, delete_policy, expires, made_again)
