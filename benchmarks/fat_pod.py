"""What `kubectl get` shows of a running pod beside what a policy can see: most of it."""

from typing import Any

Manifest = dict[str, Any]

_STARTED = "2026-03-02T06:14:09Z"
_ENVIRONMENT = tuple(f"SETTING_{number:02}" for number in range(5))
_CONDITIONS = ("Initialized", "Ready", "ContainersReady", "PodScheduled")
_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105 - a path


def fattened(pod: Manifest) -> Manifest:
    """The same pod with everything a live API server adds to it."""
    metadata, spec, status = pod["metadata"], pod["spec"], pod["status"]
    uid = f"{metadata['namespace']}-{metadata['name']}"
    return {
        **pod,
        "metadata": {
            "annotations": _annotations(uid),
            "creationTimestamp": _STARTED,
            "generateName": f"{metadata['name'][:-5]}",
            **metadata,
            "managedFields": [
                _managed("kube-controller-manager", spec),
                _managed("kubelet", {}),
            ],
            "resourceVersion": "4815162342",
            "uid": uid,
        },
        "spec": {**spec, **_around(spec), "containers": [_container(spec["containers"][0])]},
        "status": {**status, **_status(status, spec["containers"][0], uid)},
    }


def _annotations(uid: str) -> Manifest:
    return {
        "checksum/config": uid.encode().hex()[:64],
        "cni.example/network-status": f'[{{"name": "default", "interface": "{uid}"}}]',
        "prometheus.io/path": "/metrics",
        "prometheus.io/scrape": "true",
    }


def _managed(manager: str, spec: Manifest) -> Manifest:
    """Server-side apply's list of who owns which field."""
    if spec:
        environment: Manifest = {
            f'k:{{"name":"{name}"}}': {".": {}, "f:name": {}, "f:value": {}}
            for name in _ENVIRONMENT[:2]
        }
        container = {"f:env": environment, "f:image": {}, "f:resources": {}}
        fields: Manifest = {"f:spec": {"f:containers": {'k:{"name":"main"}': container}}}
    else:
        conditions: Manifest = {
            f'k:{{"type":"{kind}"}}': {".": {}, "f:status": {}, "f:type": {}}
            for kind in _CONDITIONS
        }
        fields = {"f:status": {"f:conditions": conditions, "f:phase": {}, "f:podIP": {}}}
    return {
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
        "manager": manager,
        "operation": "Update",
        "time": _STARTED,
    }


def _around(spec: Manifest) -> Manifest:
    """The parts of a pod's spec that stand beside its containers."""
    return {
        "dnsPolicy": "ClusterFirst",
        "enableServiceLinks": True,
        "nodeName": spec["nodeName"],
        "preemptionPolicy": "PreemptLowerPriority",
        "priority": 0,
        "restartPolicy": "Always",
        "schedulerName": "default-scheduler",
        "securityContext": {"fsGroup": 1000, "runAsNonRoot": True},
        "serviceAccountName": "default",
        "terminationGracePeriodSeconds": 30,
        "tolerations": [
            {"effect": "NoExecute", "key": f"node.kubernetes.io/{key}", "operator": "Exists"}
            for key in ("not-ready", "unreachable")
        ],
        "volumes": [
            {"name": "settings", "configMap": {"name": "settings", "defaultMode": 420}},
            {"name": "cache", "emptyDir": {}},
            {"name": "token", "projected": {"defaultMode": 420, "sources": [_token()]}},
        ],
    }


def _token() -> Manifest:
    return {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}


def _container(slim: Manifest) -> Manifest:
    probe = {
        "failureThreshold": 3,
        "httpGet": {"path": "/healthz", "port": 8080, "scheme": "HTTP"},
        "periodSeconds": 10,
        "successThreshold": 1,
        "timeoutSeconds": 1,
    }
    return {
        **slim,
        "env": [{"name": name, "value": f"value of {name}"} for name in _ENVIRONMENT],
        "imagePullPolicy": "IfNotPresent",
        "livenessProbe": probe,
        "readinessProbe": probe,
        "resources": {
            "limits": {"cpu": "1", "memory": "512Mi"},
            "requests": {"cpu": "100m", "memory": "128Mi"},
        },
        "securityContext": {"allowPrivilegeEscalation": False},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "volumeMounts": [
            {"mountPath": "/etc/settings", "name": "settings", "readOnly": True},
            {"mountPath": "/var/cache", "name": "cache"},
            {"mountPath": _TOKEN, "name": "token", "readOnly": True},
        ],
    }


def _status(status: Manifest, container: Manifest, uid: str) -> Manifest:
    image = container["image"]
    return {
        "conditions": [
            {"lastTransitionTime": _STARTED, "status": "True", "type": kind}
            for kind in _CONDITIONS
        ],
        "containerStatuses": [
            {
                "containerID": f"containerd://{uid.encode().hex()[:64]}",
                "image": image,
                "imageID": f"{image}@sha256:{'0f' * 32}",
                "name": "main",
                "ready": status["phase"] == "Running",
                "restartCount": 0,
                "started": True,
                "state": {"running": {"startedAt": _STARTED}},
            }
        ],
        "qosClass": "Burstable",
        "startTime": _STARTED,
    }
