"""The offline report in a real browser: what it shows is what netsim answers."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

import netsim
from netsim.load import locate
from netsim.model.policy import Direction, RuleRef
from netsim.report.as_page import as_page
from netsim.report.page_values import PageFacts, page_value
from netsim.report.values import Value
from tests.cli.conftest import ROOT, Run

SHOP = ROOT / "fixtures/clusters/shop/manifests"
PLATFORM = ROOT / "fixtures/clusters/ai-security-platform/manifests"
HOSTILE = """\
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {"note": "x"}}
---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop, labels: {app: a}}
spec: {containers: [{name: main}]}
"""

Open = Callable[..., Chrome]


def value_of(cluster: netsim.Cluster, title: str) -> dict[str, Value]:
    return page_value(
        title, "1.2.3", PageFacts(cluster.worlds, cluster.soundness.marks, locate)
    )


@pytest.fixture
def page(browser: Chrome, tmp_path: Path) -> Open:
    """Opens the report of some manifests."""

    def opened(folder: Path, title: str = "A report", hash_: str = "") -> Chrome:
        cluster = netsim.load(folder)
        path = tmp_path / "report.html"
        path.write_text(as_page(value_of(cluster, title)), encoding="utf-8")
        browser.get("about:blank")
        browser.get(f"file://{path}{hash_}")
        return browser

    return opened


def by_id(browser: Chrome, name: str) -> WebElement:
    return browser.find_element(By.ID, name)


def cells(element: WebElement) -> list[list[str]]:
    rows = element.find_elements(By.CSS_SELECTOR, "tbody tr")
    return [[it.text for it in row.find_elements(By.CSS_SELECTOR, "th, td")] for row in rows]


def is_silent(browser: Chrome) -> None:
    """No script failed, and nothing was fetched or refused."""
    told = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert [it["message"] for it in told] == []


def test_every_connection_is_in_the_table(page: Open) -> None:
    browser = page(SHOP)
    cluster = netsim.load(SHOP)
    shown = cells(by_id(browser, "connection-table"))
    found = {
        (row.source.key, row.target.key, str(row.ports))
        for row in cluster.connections()
        if hasattr(row.source, "key") and hasattr(row.target, "key")
    }
    assert found
    assert found <= {tuple(row) for row in shown}
    assert len(shown) == len(cluster.connections())
    is_silent(browser)


def test_filters_narrow_the_table(page: Open) -> None:
    browser = page(SHOP)
    by_id(browser, "filter-target").send_keys("shop/db")
    by_id(browser, "filter-port").send_keys("5432")
    WebDriverWait(browser, 5).until(
        lambda _: by_id(browser, "connection-count").text == "1 connections"
    )
    assert cells(by_id(browser, "connection-table")) == [["shop/api", "shop/db", "5432/TCP"]]
    is_silent(browser)


def test_columns_sort_both_ways_by_a_button(page: Open) -> None:
    browser = page(SHOP)
    for times in (1, 2):
        header = by_id(browser, "connection-table").find_elements(By.TAG_NAME, "th")[1]
        header.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
        targets = [row[1] for row in cells(by_id(browser, "connection-table"))]
        assert targets == sorted(targets, reverse=times == 2)
        header = by_id(browser, "connection-table").find_elements(By.TAG_NAME, "th")[1]
        assert header.get_attribute("aria-sort") == ("ascending", "descending")[times - 1]
    is_silent(browser)


def test_focus_says_who_reaches_a_workload_and_why(page: Open) -> None:
    browser = page(PLATFORM, hash_="#focus=storage/postgresql-cluster-1")
    inward = by_id(browser, "focus-inward")
    sources = [row[0] for row in cells(inward)]
    cluster = netsim.load(PLATFORM)
    expected = cluster.who_can_reach("storage/postgresql-cluster-1")
    assert sources == [getattr(row.source, "key", str(row.source)) for row in expected]
    row = next(
        it
        for it in inward.find_elements(By.CSS_SELECTOR, "tbody tr")
        if it.text.startswith("ai-apps/open-webui")
    )
    row.find_elements(By.TAG_NAME, "button")[1].click()
    why = by_id(browser, "why").text
    assert "ai-apps/open-webui → storage/postgresql-cluster-1: 5432/TCP" in why
    (policy,) = (it for it in cluster.snapshot.policies if it.name == "postgresql-policy")
    place = locate(policy.place_of(RuleRef(policy.ref, Direction.INGRESS, 1)))
    assert f"storage/postgresql-policy spec.ingress[1] (NetworkPolicy) {place}" in why
    assert "open: no policy selects it in this direction" in why
    is_silent(browser)


def test_the_form_finds_a_workload_by_a_part_of_its_name(page: Open) -> None:
    browser = page(SHOP)
    by_id(browser, "focus-name").send_keys("op/db", Keys.ENTER)
    assert by_id(browser, "focus-about").text.startswith("shop/db")
    by_id(browser, "focus-name").clear()
    by_id(browser, "focus-name").send_keys("nowhere", Keys.ENTER)
    assert by_id(browser, "focus-about").text == "There is no endpoint nowhere."
    is_silent(browser)


def test_the_matrix_tells_each_cell_on_the_keyboard(page: Open) -> None:
    browser = page(SHOP)
    Select(by_id(browser, "matrix-by")).select_by_value("workload")
    canvas = by_id(browser, "matrix-canvas")
    names = [item.key for item in netsim.load(SHOP).snapshot.endpoints]
    row, column = names.index("shop/api"), names.index("shop/db")
    canvas.send_keys(Keys.ARROW_DOWN * row + Keys.ARROW_RIGHT * column)
    assert by_id(browser, "matrix-cell").text == "shop/api → shop/db: 5432/TCP"
    canvas.send_keys(Keys.ENTER)
    assert "shop/api → shop/db: 5432/TCP" in by_id(browser, "why").text
    is_silent(browser)


def test_the_matrix_tells_the_cell_under_the_pointer(page: Open) -> None:
    browser = page(SHOP)
    canvas = by_id(browser, "matrix-canvas")
    browser.execute_script("arguments[0].scrollIntoView()", canvas)
    right = canvas.size["width"] // 2 - 5
    ActionChains(browser).move_to_element_with_offset(canvas, right, 0).perform()
    assert "pairs are connected" in by_id(browser, "matrix-cell").text
    is_silent(browser)


def test_the_overview_counts_isolation(page: Open) -> None:
    browser = page(SHOP)
    rows = {row[0]: row[1:] for row in cells(by_id(browser, "namespaces"))}
    assert rows["kube-system"][:3] == ["1", "0 of 1", "0 of 1"]
    assert rows["shop"][1].endswith("of 3")
    is_silent(browser)


def test_hostile_names_are_text(page: Open, tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    (folder / "<img src=x onerror=alert(1)>.yaml").write_text(HOSTILE)
    attack = "</script><script>document.title='owned'</script>@VALUES@ @SCRIPT@"
    browser = page(folder, title=attack)
    assert browser.title == attack
    assert by_id(browser, "title").text == attack
    by_id(browser, "focus-name").send_keys("shop/a", Keys.ENTER)
    assert "<img src=x onerror=alert(1)>" in by_id(browser, "focus-about").text
    assert browser.find_elements(By.TAG_NAME, "img") == []
    is_silent(browser)


def test_values_cannot_end_their_element() -> None:
    value = value_of(netsim.load(SHOP), "</script><!--&")
    text = as_page(value)
    inside = re.search(
        r'<script type="application/json" id="values">(.*?)</script>', text, re.DOTALL
    )
    assert inside is not None
    assert json.loads(inside[1]) == json.loads(json.dumps(value))
    assert not re.search(r"[<>&]", inside[1])


def test_the_page_has_what_a_screen_reader_needs(page: Open) -> None:
    browser = page(SHOP)
    missing = browser.execute_script(
        """
        const bad = [];
        for (const it of document.querySelectorAll('input, select')) {
          if (!it.labels.length) bad.push('no label: ' + it.id);
        }
        for (const it of document.querySelectorAll('table')) {
          if (it.rows.length && !it.caption) bad.push('no caption: ' + it.id);
          for (const th of it.querySelectorAll('th')) if (!th.scope) bad.push('no scope');
        }
        for (const it of document.querySelectorAll('section')) {
          if (!document.getElementById(it.getAttribute('aria-labelledby'))) bad.push(it.id);
        }
        for (const it of document.querySelectorAll('button')) {
          if (!(it.textContent || it.ariaLabel)) bad.push('nameless button');
        }
        if (document.documentElement.lang !== 'en') bad.push('no language');
        return bad;
        """
    )
    assert missing == []
    is_silent(browser)


def test_the_command_writes_the_page(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    finished = run("report", "-f", SHOP, "--output-file", path, "--title", "The shop")
    assert finished.code == 0
    assert "<title>The shop</title>" in path.read_text()
    assert run("report", "-f", SHOP, "--output-file", tmp_path / "no" / "x.html").code == 2
    again = tmp_path / "again.html"
    run("report", "-f", SHOP, "--output-file", again, "--title", "The shop")
    assert again.read_text() == path.read_text()


def test_changes_since_an_earlier_state_are_a_section(
    run: Run, browser: Chrome, tmp_path: Path
) -> None:
    path = tmp_path / "change.html"
    after = ROOT / "fixtures/clusters/shop/proposed"
    assert run("report", "-f", after, "--before", SHOP, "--output-file", path, "-q").code == 0
    browser.get(f"file://{path}")
    changes = netsim.diff(netsim.load(SHOP), netsim.load(after))
    rows = cells(by_id(browser, "change-table"))
    opened = [row for row in rows if row[0] == "opened"]
    assert len(opened) == len(changes.opened) > 0
    Select(by_id(browser, "change-kind")).select_by_value("appeared")
    kept = cells(by_id(browser, "change-table"))
    assert {row[0] for row in kept} == {"appeared"}
    assert len(kept) == len(changes.appeared)
    is_silent(browser)


def test_what_goes_around_policies_is_marked(page: Open, tmp_path: Path) -> None:
    folder = tmp_path / "marked"
    folder.mkdir()
    text = HOSTILE.replace(
        "containers: [{name: main}]", "hostNetwork: true, containers: [{name: main}]"
    )
    (folder / "pod.yaml").write_text(text)
    browser = page(folder)
    by_id(browser, "focus-name").send_keys("shop/a", Keys.ENTER)
    assert (
        by_id(browser, "focus-about").find_element(By.CLASS_NAME, "mark").text == "hostNetwork"
    )
    is_silent(browser)
