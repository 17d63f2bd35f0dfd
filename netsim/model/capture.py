"""How a file says that it is a capture of a cluster: the first item of its List."""

HEADER_KIND = "ClusterCapture"
HEADER_VERSION = "capture.netsim/v1"
