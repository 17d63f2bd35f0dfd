from tests.cli.conftest import Run

SHOP = ("-f", "fixtures/clusters/shop/manifests")


def test_paths_exit_with_one_where_there_is_no_chain(run: Run) -> None:
    finished = run("paths", "shop/web", "shop/db", "--max-hops", "1", *SHOP)
    assert finished.code == 1
    assert finished.err == "nothing to show\n"


def test_paths_on_a_port_go_by_that_port_only(run: Run) -> None:
    assert run("paths", "shop/web", "shop/db", "-p", "8080", *SHOP).code == 1
    assert run("paths", "shop/web", "shop/db", *SHOP).code == 0


def test_exposure_takes_its_namespace_from_n_too(run: Run) -> None:
    assert run("exposure", "-n", "shop", *SHOP).out == run("exposure", "shop", *SHOP).out


def test_an_unknown_namespace_is_wrong_usage(run: Run) -> None:
    finished = run("exposure", "shap", *SHOP)
    assert finished.code == 2
    assert "did you mean 'shop'" in finished.err


def test_choke_points_exit_with_one_where_nothing_cuts_every_chain(run: Run) -> None:
    assert run("paths", "internet", "kube-system/coredns", "--choke", *SHOP).code == 1
    assert run("paths", "shop/web", "shop/db", "--choke", "--max-hops", "2", *SHOP).code == 0


def test_where_no_workload_lies_on_every_chain_the_fewest_that_do_are_told(run: Run) -> None:
    finished = run("paths", "shop/web", "shop/db", "--choke", *SHOP)
    assert finished.code == 0
    lines = [line.split() for line in finished.out.splitlines()]
    assert [it for it in lines if it[0] != "rule"] == [
        ["KIND", "NAME"],
        ["cut", "kube-system/coredns"],
        ["cut", "shop/api"],
    ]


def test_reach_says_which_options_go_together(run: Run) -> None:
    assert run("reach", "shop/web", "--max-hops", "1", *SHOP).code == 2
    assert run("reach", "shop/web", "--transitive", "--strict", *SHOP).code == 2
