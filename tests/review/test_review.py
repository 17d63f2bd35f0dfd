"""`netsim review` as a pull request meets it."""

from pathlib import Path

import pytest

from tests.review.conftest import Repository

SSH = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ssh, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{port: 22}, {port: 23}]}]
"""
CILIUM = """\
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  name: l7
  namespace: shop
  annotations: {netsim/ignore: "kind-not-modelled: looked at by hand"}
spec: {endpointSelector: {}, ingress: [{}]}
"""
BROKEN = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec: {podSelctor: {}}
"""
GUARD = "version: 1\ndenied: ['203.0.113.9 -> shop/web:22/tcp']\n"
EXPECTED = "version: 1\nexpect_diff: {added: ['203.0.113.0/24 -> shop/web:%s']}\n"


def opens_ssh(shop: Repository) -> None:
    shop.write("manifests/ssh.yaml", SSH)


def rows(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.startswith(("  + ", "  - "))]


def test_no_change_is_clean(shop: Repository) -> None:
    finished = shop.review()
    assert finished.code == 0
    assert finished.out.startswith("against main: nothing moves\n")


def test_what_opens_fails_and_is_told_with_its_cause_and_risk(shop: Repository) -> None:
    opens_ssh(shop)
    finished = shop.review()
    assert finished.code == 1
    assert "policy added: policy shop/ssh, spec.ingress[0] (manifests/ssh.yaml:7:13)" in (
        finished.out
    )
    ports = "administrative port 22 (SSH), administrative port 23 (Telnet)"
    assert rows(finished.out) == [
        f"+ 203.0.113.0/24 -> shop/web on 22-23/TCP (critical: from the internet; {ports})"
    ]


def test_what_is_expected_is_taken_out_by_port(shop: Repository) -> None:
    opens_ssh(shop)
    shop.write("shop.netsim.yaml", EXPECTED % "22/tcp")
    finished = shop.review()
    assert [row.partition(" (")[0] for row in rows(finished.out)] == [
        "+ 203.0.113.0/24 -> shop/web on 23/TCP"
    ]
    assert "1 change as expected" in finished.out
    assert finished.code == 1


def test_a_change_as_expected_is_clean(shop: Repository) -> None:
    opens_ssh(shop)
    shop.write("shop.netsim.yaml", EXPECTED % "22-23/tcp")
    finished = shop.review()
    assert (finished.code, rows(finished.out)) == (0, [])


def test_what_was_expected_once_is_not_expected_again(shop: Repository) -> None:
    shop.write("shop.netsim.yaml", EXPECTED % "22-23/tcp")
    shop.commit()
    opens_ssh(shop)
    finished = shop.review()
    assert finished.code == 1
    assert len(rows(finished.out)) == 1
    left_over = "shop.netsim.yaml:2:14: 1 line of expect_diff left over from an earlier change"
    assert left_over in finished.out


def test_what_is_expected_and_does_not_move_is_told(shop: Repository) -> None:
    shop.write("shop.netsim.yaml", EXPECTED % "22/tcp")
    finished = shop.review()
    assert finished.code == 0
    text = "203.0.113.0/24 -> shop/web:22/tcp was expected to open, and does not"
    assert f"shop.netsim.yaml:2:23: {text}\n" in finished.out


def test_an_expected_name_that_matches_nothing_is_told(shop: Repository) -> None:
    shop.write("x.netsim.yaml", "version: 1\nexpect_diff: {removed: ['shop/wbe -> shop/db']}\n")
    out = shop.review().out
    assert "was expected to close, and does not: " in out
    assert "shop/wbe" in out


def test_a_promise_that_the_change_breaks_is_told_with_both_lines(shop: Repository) -> None:
    shop.write("shop.netsim.yaml", GUARD)
    shop.commit()
    opens_ssh(shop)
    out = shop.review().out
    assert "promises broken by this change:\n  FAILED shop.netsim.yaml:2:10: 203.0.113.9" in out
    assert "at manifests/ssh.yaml:7:" in out


def test_a_promise_that_was_broken_before_is_told_apart_and_fails(shop: Repository) -> None:
    opens_ssh(shop)
    shop.commit()
    shop.write("shop.netsim.yaml", GUARD)
    finished = shop.review()
    assert "promises broken before this change too:\n  FAILED shop.netsim.yaml" in finished.out
    assert "1 promise broken before\n" in finished.out
    assert finished.code == 1


def test_a_promise_of_lesser_severity_does_not_fail(shop: Repository) -> None:
    opens_ssh(shop)
    shop.commit()
    promise = "{from: 203.0.113.9, to: shop/web, port: 22, expect: deny, severity: warning}"
    shop.write("shop.netsim.yaml", f"version: 1\ntests: [{promise}]\n")
    assert shop.review().code == 0


def test_a_promise_dropped_with_the_policy_that_kept_it_is_told(shop: Repository) -> None:
    shop.write("shop.netsim.yaml", GUARD)
    shop.commit()
    opens_ssh(shop)
    shop.write("shop.netsim.yaml", EXPECTED % "22-23/tcp")
    finished = shop.review()
    heading = "promises dropped or reworded, which this change breaks as they were:"
    assert f"{heading}\n  FAILED git:main:shop.netsim.yaml:2:10" in finished.out
    assert finished.code == 0


def test_a_promise_that_holds_again_is_counted(shop: Repository) -> None:
    opens_ssh(shop)
    shop.write("shop.netsim.yaml", GUARD)
    shop.commit()
    (shop.folder / "manifests/ssh.yaml").unlink()
    assert "1 of 1 promises hold, 1 of them for the first time" in shop.review().out


def test_what_happens_on_the_base_later_is_no_part_of_the_review(shop: Repository) -> None:
    shop.git("checkout", "-q", "-b", "change")
    left = shop.git("rev-parse", "--short=12", "HEAD").strip()
    shop.git("checkout", "-q", "main")
    opens_ssh(shop)
    shop.commit()
    shop.git("checkout", "-q", "change")
    finished = shop.review()
    assert (finished.code, rows(finished.out)) == (0, [])
    assert finished.err == f"comparing with {left}, where HEAD left main\n"


def test_a_folder_that_the_base_has_not_is_new_as_a_whole(repository: Repository) -> None:
    repository.write("readme", "")
    repository.commit()
    repository.write("manifests/pods.yaml", POD % "a")
    finished = repository.review()
    assert "manifests is not in main: all of it is new\n" in finished.err
    assert finished.code == 1
    assert rows(finished.out)


POD = "{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: shop}}\n"


def test_lint_tells_what_is_new_and_counts_what_was_there(shop: Repository) -> None:
    known = shop.review().out.splitlines()[-1]
    shop.write("manifests/none.yaml", SSH.replace("app: web", "app: nobody"))
    finished = shop.review()
    assert "shop/ssh" in finished.out
    assert "[policy-selects-nothing]" in finished.out
    assert finished.out.splitlines()[-1] == known
    assert finished.code == 1


def test_a_finding_whose_rule_moved_in_its_list_is_not_new(platform: Repository) -> None:
    path = platform.folder / "manifests/30-networkpolicies.yaml"
    text = path.read_text()
    path.write_text(f"# a comment\n{text}")
    assert platform.review().code == 0
    first = "  - {to: [{podSelector: {matchLabels: {app: nobody}}}], ports: [{port: 53}]}\n"
    assert text.count("  egress:\n") == 1
    path.write_text(text.replace("  egress:\n", f"  egress:\n{first}"))
    out = platform.review().out
    assert "[half-open]" not in out
    assert "[peer-selects-nothing]" in out


def test_expectations_among_the_manifests_are_found_and_are_no_manifests(
    shop: Repository,
) -> None:
    shop.write("manifests/deep/guard.netsim.yaml", GUARD)
    shop.commit()
    finished = shop.review()
    assert "1 of 1 promises hold\n" in finished.out
    assert finished.code == 0


def test_expectations_about_other_manifests_are_left_out(shop: Repository) -> None:
    shop.write("other/pod.yaml", POD % "a")
    shop.write("about-others.netsim.yaml", f"{GUARD}manifests: [other/]\n")
    shop.write("about-these.netsim.yaml", f"{GUARD}manifests: ['manifests/*.yaml']\n")
    assert "1 of 1 promises hold\n" in shop.review().out


def test_given_expectations_are_used_whatever_they_name(shop: Repository) -> None:
    shop.write("other/pod.yaml", POD % "a")
    shop.write("about-others.netsim.yaml", f"{GUARD}manifests: [other/]\n")
    assert "1 of 1 promises hold\n" in shop.review("about-others.netsim.yaml").out


def test_policies_that_are_not_evaluated_make_a_clean_review_undecided(
    shop: Repository,
) -> None:
    shop.write("manifests/l7.yaml", CILIUM)
    shop.commit()
    shop.write("manifests/l7.yaml", CILIUM.replace("ingress: [{}]", "egress: [{}]"))
    finished = shop.review("-q")
    assert finished.code == 3
    assert "undecided: " in finished.out


def test_a_manifest_that_cannot_be_read_is_an_error_on_either_side(shop: Repository) -> None:
    path = shop.write("manifests/broken.yaml", BROKEN)
    now = shop.review()
    assert (now.code, now.out, "manifests/broken.yaml:4" in now.err) == (2, "", True)
    shop.commit()
    path.unlink()
    before = shop.review()
    assert (before.code, "git:main:manifests/broken.yaml:4" in before.err) == (2, True)
    lenient = shop.review("--lenient")
    assert lenient.code == 0
    assert "left out, as it cannot be read: git:main:manifests/broken.yaml:4" in lenient.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--base", "nowhere", "-f", "manifests"], "no such commit, branch or tag"),
        (["--base", "main", "-f", "-"], "a review needs files or folders of a checkout"),
        (["--base", "main", "-f", "git:main:manifests"], "a review needs files or folders"),
        (["--base", "main", "-f", "no"], "no such file or folder"),
        (["--base", "main"], "no manifests given"),
        (["-f", "manifests"], "Missing option '--base'"),
        (["--base", "main", "-f", "manifests", "--output-file", "pdf=x"], "FORMAT=FILE"),
        (["--base", "main", "-f", "manifests", "--output-file", "x"], "FORMAT=FILE"),
        (["--base", "main", "-f", "manifests", "--output-file", "no/x.md"], "No such file"),
        (["--base", "main", "-f", "manifests", "no.netsim.yaml"], "no such file or folder"),
    ],
)
def test_wrong_usage_exits_with_two(shop: Repository, words: list[str], said: str) -> None:
    finished = shop.netsim("review", *words)
    assert finished.code == 2
    assert said in finished.err


def test_outside_a_repository_there_is_no_base(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    alone: Path = tmp_path_factory.mktemp("alone")
    repository.git("init", "-q", "--bare", "elsewhere")
    (alone / "pod.yaml").write_text(POD % "a")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(alone)
        finished = repository.netsim("review", "--base", "main", "-f", "pod.yaml")
    assert finished.code == 2
    assert "not a git repository" in finished.err


def test_an_absolute_path_is_found_in_the_base(shop: Repository) -> None:
    opens_ssh(shop)
    folder = str(shop.folder / "manifests")
    finished = shop.netsim("review", "--base", "main", "-f", folder)
    assert len(rows(finished.out)) == 1
