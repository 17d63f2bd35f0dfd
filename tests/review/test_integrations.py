"""The action, the hooks and the GitLab job: valid by their schemas, and run as far as they go.

What is downloaded when they run for real is not: a stand-in of python3 makes an environment
that holds the netsim under test, and gh and curl write down how they are called.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import check_jsonschema.builtin_schemas
import jsonschema
import pytest
import yaml

from tests.review.conftest import IDENTITY, ROOT, Repository

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
PAGE = (ROOT / "docs" / "review.md").read_text()
HOOKS = ROOT / ".pre-commit-hooks.yaml"
SCHEMAS = Path(check_jsonschema.builtin_schemas.__file__).parent / "vendor"

PYTHON = f"""\
#!/bin/sh
if [ "$1 $2" = "-m venv" ]; then
  mkdir -p "$3/bin"
  printf '#!/bin/sh\\necho pip "$@" >> "$CALLS"\\n' > "$3/bin/pip"
  printf '#!/bin/sh\\nexec {sys.executable} -m netsim "$@"\\n' > "$3/bin/netsim"
  chmod +x "$3/bin/pip" "$3/bin/netsim"
else
  exec {sys.executable} "$@"
fi
"""
CLIENT = """\
#!/bin/sh
echo NAME "$@" >> "$CALLS"
case "$*" in *PATCH* | *POST* | *PUT*) ;; *) cat "$COMMENTS" ;; esac
"""


def block(name: str) -> dict[str, Any]:
    """The YAML of the page that starts with a comment of this file's name."""
    found = re.findall(rf"```yaml\n# {re.escape(name)}\n(.*?)```", PAGE, re.DOTALL)
    assert len(found) == 1
    value: dict[str, Any] = yaml.safe_load(found[0])
    return value


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text())
    return found


class Runner:
    """A machine that runs the shell of a job in a checkout."""

    def __init__(self, repository: Repository, folder: Path) -> None:
        self.repository = repository
        self.calls, self.comments = folder / "calls", folder / "comments"
        self.summary, self.output = folder / "summary", folder / "output"
        for path in (self.calls, self.comments, self.summary, self.output):
            path.write_text("")
        programs = folder / "programs"
        programs.mkdir()
        for name, text in (("python3", PYTHON), ("gh", CLIENT), ("curl", CLIENT)):
            (programs / name).write_text(text.replace("NAME", name))
            (programs / name).chmod(0o755)
        self.environment = {
            **os.environ,
            **IDENTITY,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "CALLS": str(self.calls),
            "COMMENTS": str(self.comments),
            "RUNNER_TEMP": str(folder),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_REPOSITORY": "platform/manifests",
        }

    def bash(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],  # noqa: S607
            cwd=self.repository.folder,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self, program: str) -> list[str]:
        lines = self.calls.read_text().splitlines()
        return [line for line in lines if line.startswith(f"{program} ")]


@pytest.fixture
def runner(platform: Repository, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    return Runner(platform, tmp_path_factory.mktemp("runner"))


def resolved(text: str, known: dict[str, str]) -> str:
    """GitHub's expressions, each of which must be known."""
    return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: known[found[1]], text)


def act(
    runner: Runner, base: str, **inputs: str
) -> dict[str, subprocess.CompletedProcess[str]]:
    """Runs the steps of the action, one after the other, as a runner does."""
    known = {
        "github.event.pull_request.base.sha || github.event.before": base,
        "github.event.pull_request.number": "7",
        "github.action_path": str(ROOT),
        "github.token": "a-token",
    }
    for name, description in ACTION["inputs"].items():
        default = description.get("default", "")
        known[f"inputs.{name}"] = inputs.get(name, resolved(default, known))
    finished = {}
    for step in ACTION["runs"]["steps"]:
        if "comment" in step.get("if", "") and known["inputs.comment"] != "true":
            continue
        environment = {key: resolved(text, known) for key, text in step["env"].items()}
        finished[step["name"]] = runner.bash(step["run"], **environment)
        if "id" in step:
            written = dict(it.split("=", 1) for it in runner.output.read_text().splitlines())
            known |= {f"steps.{step['id']}.outputs.{key}": it for key, it in written.items()}
    return finished


def test_the_action_is_valid() -> None:
    jsonschema.Draft7Validator(schema("github-actions")).validate(ACTION)


def test_no_expression_stands_in_a_script() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"]]
    assert len(scripts) == 5
    assert [script for script in scripts if "${{" in script] == []


def test_every_input_and_output_of_the_action_is_documented() -> None:
    names = [*ACTION["inputs"], *ACTION["outputs"]]
    assert [name for name in names if f"`{name}`" not in PAGE] == []


def test_the_workflow_of_the_page_is_valid_and_gives_known_inputs() -> None:
    read: dict[object, Any] = dict(block(".github/workflows/netsim.yml").items())
    triggers = read.pop(True)  # YAML 1.1 reads `on` as a truth value
    workflow = {**read, "on": triggers}
    jsonschema.Draft7Validator(schema("github-workflows")).validate(workflow)
    steps = workflow["jobs"]["review"]["steps"]
    (ours,) = [step for step in steps if "netsim@" in step.get("uses", "")]
    assert set(ours["with"]) <= set(ACTION["inputs"])


def test_the_action_reviews_comments_and_fails(runner: Runner) -> None:
    runner.repository.apply("init-job-moved")
    finished = act(runner, "main", manifests="manifests")
    assert runner.called("pip") == [f"pip install --quiet {ROOT}"]
    assert "::error title=expectation-failed,file=platform.netsim.yaml" in (
        finished["Review"].stdout
    )
    comment = runner.environment["RUNNER_TEMP"] + "/netsim-review.md"
    assert runner.summary.read_text() == Path(comment).read_text()
    assert runner.called("gh")[-1] == (
        "gh api --silent --method POST repos/platform/manifests/issues/7/comments "
        f"--field body=@{comment}"
    )
    assert finished["Verdict"].returncode == 1
    assert {name: it.returncode for name, it in finished.items() if name != "Verdict"} == {
        "Install netsim": 0,
        "Fetch the base": 0,
        "Review": 0,
        "Comment on the pull request": 0,
    }


def test_the_action_replaces_its_comment(runner: Runner) -> None:
    runner.comments.write_text("4711\n4712\n")
    act(runner, "main", manifests="manifests")
    assert (
        "--method PATCH repos/platform/manifests/issues/comments/4711 "
        in (runner.called("gh")[-1])
    )


def test_the_action_finds_its_comment_by_the_marker() -> None:
    (step,) = [it for it in ACTION["runs"]["steps"] if it["name"].startswith("Comment")]
    assert 'startswith("<!-- netsim-review -->")' in step["run"]


def test_the_action_passes_on_a_clean_change(runner: Runner) -> None:
    runner.repository.apply("database-tightened")
    finished = act(runner, "main", manifests="manifests\n", comment="false")
    assert finished["Verdict"].returncode == 0
    assert runner.called("gh") == []
    sarif = Path(runner.environment["RUNNER_TEMP"], "netsim-review.sarif")
    assert json.loads(sarif.read_text())["version"] == "2.1.0"


def test_the_action_takes_several_paths_and_options(runner: Runner) -> None:
    folder = runner.repository.folder
    (folder / "more pods").mkdir()
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: storage}}"
    (folder / "more pods" / "pod.yaml").write_text(pod)
    finished = act(
        runner,
        "main",
        manifests="manifests\nmore pods",
        expectations="platform.netsim.yaml\n",
        arguments="--profile cilium -v",
    )
    assert "more pods is not in main: all of it is new" in finished["Review"].stderr
    assert "storage/p" in runner.summary.read_text()


def test_the_action_fails_on_manifests_it_cannot_read(runner: Runner) -> None:
    finished = act(runner, "main", manifests="no-such-folder")
    assert finished["Verdict"].returncode == 2
    assert runner.called("gh") == []
    assert runner.summary.read_text() == ""


def test_the_action_fetches_a_base_that_a_shallow_checkout_has_not(
    runner: Runner, tmp_path_factory: pytest.TempPathFactory
) -> None:
    origin = runner.repository
    base = origin.git("rev-parse", "HEAD").strip()
    origin.apply("init-job-moved")
    origin.commit()
    clone = tmp_path_factory.mktemp("clone")
    origin.git("clone", "-q", "--depth=1", f"file://{origin.folder}", str(clone))
    runner.repository = Repository(clone, origin.netsim)
    finished = act(runner, base, manifests="manifests")
    assert finished["Fetch the base"].returncode == 0
    assert finished["Verdict"].returncode == 1
    assert "Job init-db-job moves from namespace ai-apps to storage" in (
        runner.summary.read_text()
    )


def gitlab(runner: Runner, **environment: str) -> dict[str, Any]:
    """Runs the job: each part in a shell of its own, as the runner does."""
    job = block(".gitlab-ci.yml")["netsim-review"]
    given = {
        **job["variables"],
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": runner.repository.git("rev-parse", "main").strip(),
        "CI_API_V4_URL": "https://gitlab.example/api/v4",
        "CI_PROJECT_ID": "1",
        "CI_MERGE_REQUEST_IID": "7",
        **environment,
    }
    before = "\n".join([*job["before_script"], *job["script"]]).replace("k8s/", "manifests/")
    script = runner.bash(before, **given)
    after = runner.bash("\n".join(job["after_script"]), **given)
    return {"script": script, "after": after, "job": job}


def test_the_gitlab_job_is_valid() -> None:
    jsonschema.Draft7Validator(schema("gitlab-ci")).validate(block(".gitlab-ci.yml"))


def test_the_gitlab_job_reviews_and_leaves_its_artifacts(runner: Runner) -> None:
    runner.repository.apply("init-job-moved")
    finished = gitlab(runner)
    assert finished["script"].returncode == 1
    assert runner.called("pip") == ["pip install --quiet netsim-k8s"]
    artifacts = finished["job"]["artifacts"]
    for name in (*artifacts["paths"], *artifacts["reports"].values()):
        assert (runner.repository.folder / name).stat().st_size
    assert runner.called("curl") == []


@pytest.mark.parametrize(
    ("notes", "call"),
    [
        ([], "--request POST * /notes"),
        (
            [{"id": 1, "body": "hello"}, {"id": 5, "body": "<!-- netsim-review -->\n"}],
            "--request PUT * /notes/5",
        ),
    ],
)
def test_the_gitlab_job_keeps_one_note(
    runner: Runner, notes: list[dict[str, object]], call: str
) -> None:
    runner.comments.write_text(json.dumps(notes))
    finished = gitlab(runner, NETSIM_TOKEN="a-token")  # noqa: S106 - no token of anybody
    assert finished["after"].returncode == 0, finished["after"].stderr
    method, end = call.split(" * ")
    last = runner.called("curl")[-1]
    assert method in last
    assert last.endswith(f"https://gitlab.example/api/v4/projects/1/merge_requests/7{end}")


def pre_commit(repository: Repository, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *words],
        cwd=repository.folder,
        env={
            **os.environ,
            **IDENTITY,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(repository.folder.parent / "pre-commit-home"),
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def hooked(platform: Repository, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The platform with the hooks of the page, from a repository that has them.

    They run the netsim under test: an environment of their own would have to be downloaded.
    """
    source = Repository(tmp_path_factory.mktemp("hooks"), platform.netsim)
    hooks = HOOKS.read_text()
    source.write(HOOKS.name, hooks.replace("language: python", "language: system"))
    source.git("init", "-q", "-b", "main")
    source.commit()
    config = block(".pre-commit-config.yaml")
    (ours,) = config["repos"]
    ours["repo"] = str(source.folder)
    ours["rev"] = source.git("rev-parse", "HEAD").strip()
    text = yaml.safe_dump(config).replace("k8s/", "manifests/")
    platform.write(".pre-commit-config.yaml", text)
    assert platform.netsim("snapshot", "netsim.snapshot", "-f", "manifests/").code == 0
    platform.commit()
    return platform


def ran(finished: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Each hook's name with how it ended."""
    return dict(
        re.findall(r"^(netsim [\w -]*?)\.+(Passed|Failed)$", finished.stdout, re.MULTILINE)
    )


def test_the_hooks_are_valid_for_pre_commit(platform: Repository) -> None:
    finished = pre_commit(platform, "validate-manifest", str(HOOKS))
    assert finished.returncode == 0, finished.stdout


def test_the_hooks_of_the_page_are_those_there_are() -> None:
    (ours,) = block(".pre-commit-config.yaml")["repos"]
    written = [hook["id"] for hook in yaml.safe_load(HOOKS.read_text())]
    assert [hook["id"] for hook in ours["hooks"]] == written


def test_pre_commit_runs_every_hook(hooked: Repository) -> None:
    finished = pre_commit(hooked, "run", "--all-files")
    assert ran(finished) == {
        "netsim lint": "Failed",  # the platform has findings
        "netsim test": "Passed",
        "netsim snapshot --check": "Passed",
        "netsim review": "Passed",
    }
    assert "[sensitive-port-open]" in finished.stdout


def test_pre_commit_stops_a_commit_that_breaks_a_promise(hooked: Repository) -> None:
    hooked.apply("init-job-moved")
    hooked.git("add", "-A")
    finished = pre_commit(hooked, "run")
    assert finished.returncode == 1
    assert set(ran(finished).values()) == {"Failed"}
    assert "FAILED platform.netsim.yaml:27:5: the init job creates its database" in (
        finished.stdout
    )


def test_pre_commit_leaves_other_files_alone(hooked: Repository) -> None:
    hooked.write("readme.txt", "nothing of netsim's")
    hooked.git("add", "-A")
    finished = pre_commit(hooked, "run")
    assert finished.returncode == 0
    assert ran(finished) == {}
    assert finished.stdout.count("Skipped") == 4
