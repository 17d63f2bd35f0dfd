"""Files of netassert, in both formats as its documentation shows them."""

from pathlib import Path

import pytest

from netsim.load.expectation_files import expectation_document
from netsim.load.fields import Report
from netsim.query.expectations.netassert import Imported, imported
from netsim.query.expectations.opening import opened

FIRST = """
host:
  localhost:
    bitbucket.com: [22]
k8s:
  deployment:
    test-frontend:
      test-microservice: 80
      test-database: -80
    new-namespace:test-microservice:
      test-database.new-namespace: [80, -UDP:53]
      test-frontend.default.svc.cluster.local: TCP:80
      control-plane.io: 443
      8.8.8.8: UDP:53
"""
SECOND = """
- name: busybox-deploy-to-echoserver-deploy
  type: k8s
  protocol: tcp
  targetPort: 8080
  timeoutSeconds: 67
  attempts: 3
  exitCode: 0
  src: {k8sResource: {kind: deployment, name: busybox, namespace: busybox}}
  dst: {k8sResource: {kind: deployment, name: echoserver, namespace: echoserver}}
- name: fluentd-deamonset-to-dns
  type: k8s
  protocol: udp
  targetPort: 53
  exitCode: 1
  src: {k8sResource: {kind: daemonset, name: fluentd, namespace: fluentd}}
  dst: {host: {name: 1.1.1.1}}
- name: to-a-host
  type: k8s
  targetPort: 443
  exitCode: 0
  src: {k8sResource: {kind: pod, name: p, namespace: web}}
  dst: {host: {name: control-plane.io}}
"""


def taken_over(text: str, folder: Path) -> tuple[Imported, Report]:
    path = folder / "tests.yaml"
    path.write_text(text, encoding="utf-8")
    report = Report()
    return imported(expectation_document(path), report), report


def test_the_first_format_becomes_short_promises(tmp_path: Path) -> None:
    found, report = taken_over(FIRST, tmp_path)
    assert report.errors == []
    new, old = "new-namespace/deploy/test-microservice", "default/deploy/test-frontend"
    assert found.text.splitlines() == [
        "version: 1",
        "",
        "allowed:",
        f"  - {old} -> default/svc/test-microservice:80/tcp",
        f"  - {new} -> new-namespace/svc/test-database:80/tcp",
        f"  - {new} -> default/svc/test-frontend:80/tcp",
        f"  - {new} -> 8.8.8.8:53/udp",
        "",
        "denied:",
        f"  - {old} -> default/svc/test-database:80/tcp",
        f"  - {new} -> new-namespace/svc/test-database:53/udp",
    ]
    by_name = f"{new} -> control-plane.io: the host control-plane.io is known by name alone"
    assert found.left_out == ("host: what the testing machine itself reaches", by_name)


def test_the_second_format_becomes_named_tests(tmp_path: Path) -> None:
    found, report = taken_over(SECOND, tmp_path)
    assert report.errors == []
    first = (
        "name: busybox-deploy-to-echoserver-deploy, from: busybox/deploy/busybox, "
        "to: echoserver/deploy/echoserver, port: 8080/tcp, expect: allow"
    )
    second = (
        'name: fluentd-deamonset-to-dns, from: fluentd/ds/fluentd, to: "1.1.1.1", '
        "port: 53/udp, expect: deny"
    )
    assert found.text.splitlines()[3:] == [f"  - {{{first}}}", f"  - {{{second}}}"]
    assert found.left_out == ("to-a-host: the host control-plane.io is known by name alone",)


@pytest.mark.parametrize("text", [FIRST, SECOND])
def test_what_is_written_can_be_read(text: str, tmp_path: Path) -> None:
    found, _ = taken_over(text, tmp_path)
    path = tmp_path / "a.netsim.yaml"
    path.write_text(found.text, encoding="utf-8")
    assert len(opened(path).content.expectations) == found.count


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("k8s: {daemon: {a: {b: 80}}}", "k8s.daemon: unknown kind"),
        ("k8s: {deployment: {a: {b: web}}}", "k8s.deployment.a.b: not a port"),
        ("k9s: {}", "did you mean 'k8s'?"),
        ("[{name: a, type: docker}]", "[0].type: must be k8s"),
        ("[{name: a, type: k8s}]", "[0].targetPort: is required"),
        ("[{type: k8s, targetPort: 1, src: {}, dst: {}}]", "a k8sResource or a host"),
        ("[{type: k8s, targetPort: 1, protocol: icmp, src: {}}]", "must be tcp, udp or sctp"),
    ],
)
def test_faults_are_told_with_their_place(text: str, problem: str, tmp_path: Path) -> None:
    _, report = taken_over(text, tmp_path)
    assert any(problem in str(error) for error in report.errors)
