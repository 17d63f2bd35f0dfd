"""What Kubernetes says, as frozen values: facts only, standard library only."""
