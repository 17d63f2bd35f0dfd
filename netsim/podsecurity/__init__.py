"""Pod Security Standards: what each level asks of a pod, and what admission says of it.

Source: kubernetes `pod-security-admission`, policies v1.0 to v1.37; every answer and its text
is the API server's.
"""
