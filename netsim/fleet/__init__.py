"""Many captures, or one too big for a process, answered on a Dask cluster."""
