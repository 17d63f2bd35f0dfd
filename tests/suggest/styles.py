"""Policies in the ways that people write them; `guard` is the one that is edited."""

OFFSET = """\
# Copyright: see LICENSE

# Who may ask the database.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
    name:   guard      # keep this name
    namespace: 'shop'
    annotations: {"note": "yes", weight: "012"}
spec:
    podSelector:
        matchLabels: { app: "db" }

    ingress:
        # the web asks
        - from:
              - podSelector: {matchLabels: { app:  web} }
              - namespaceSelector:
                    matchLabels: {team: 'ops'}
                podSelector: {}
          # its ports
          ports: [ {port: 0o12} , {port: 5432, protocol: TCP} ]

        # the API asks
        - from:
              # from anywhere
              - podSelector:
                    matchExpressions:
                        - key: app
                          operator: In
                          values: [api, "1:30"]
          # - ports: later

        - ports:
              - port: 80   # plain
                endPort: 90
              - port: 443
    policyTypes: [Ingress]
# the end
---
# Another one.
apiVersion: v1
kind: ConfigMap
metadata: {name: other, namespace: shop}
data:
  plain: yes it is
  text: |+
    a: b

"""
COMPACT = """\
apiVersion: v1
kind: Namespace
metadata:
  name: shop
---

kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata: {name: guard, namespace: shop, labels: {a: "y"}}
spec:
  podSelector: {}
  policyTypes:
  - Ingress
  - Egress
  ingress:
  - from:
    - podSelector:
        matchLabels:
          app: web
    - ipBlock:
        cidr: 10.0.0.0/8
        except:
        - 10.1.0.0/16
        - 10.2.0.0/16
    ports:
    - protocol: TCP
      port: 80
    - protocol: UDP
      port: dns
  - {}
  egress:
  -
    to: []
    ports: []
  - to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: kube-system
...
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other, namespace: shop}"""
LISTED = """\
kind: List
apiVersion: v1
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: other, namespace: shop}
# the guard
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata:
    name: guard
    namespace: shop
  spec:
    podSelector: {matchLabels: {app: db}}
    ingress: [{from: [{podSelector: {matchLabels: {app: web}}}],  ports: [{port: 80},
      {port: 81}]},
      {from: [{podSelector: {}}]}]   # in brackets
    egress:
    - to:
      - podSelector: {}
      ports:
      - port: 53
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: another, namespace: shop}
"""
FLOWING = """\
%YAML 1.1
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: guard, namespace: shop}
spec: {podSelector: {matchLabels: {app: db}}, ingress: [
    {from: [{podSelector: {}}], ports: [{port: 80}]},
    {ports: [{port: 81}]},
  ]}
"""
TEXTS = {"offset": OFFSET, "compact": COMPACT, "listed": LISTED, "flowing": FLOWING}
