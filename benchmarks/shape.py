"""What a generated cluster should look like: sizes, and which kind of cluster it is."""

from dataclasses import dataclass
from enum import StrEnum

PODS_PER_NAMESPACE = 100


class Mode(StrEnum):
    """How much pods have in common."""

    REPLICAS = "replicas"
    """Pods come from templates, as they do in clusters."""
    DISTINCT = "distinct"
    """No two pods are alike in what policies look at: the worst case."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Equal shapes give equal clusters, to the byte."""

    pods: int = 1_000
    """How many pods; where `live` is False, how many workloads."""
    policies: int = 100
    namespaces: int | None = None
    """None is one for every hundred pods, and at least four."""
    seed: int = 7
    replicas: tuple[int, int] = (5, 20)
    """The fewest and the most pods of a workload."""
    mode: Mode = Mode.REPLICAS
    dual_stack: float = 0.1
    """The share of workloads that have an IPv6 address beside the IPv4 one."""
    live: bool = True
    """Running pods with addresses; else only the workloads that would make them."""
    fat: bool = False
    """Pods with all that `kubectl get` shows of them: about 10 KB of JSON each."""

    @property
    def namespace_count(self) -> int:
        """How many namespaces there are, those of the system included."""
        return self.namespaces or max(4, self.pods // PODS_PER_NAMESPACE)
