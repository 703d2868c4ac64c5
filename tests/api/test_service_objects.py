"""Services and EndpointSlices keep what was written, and say what was misspelt."""

import pytest

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.errors import FieldError
from k8smodels.api.kinds import dump, load
from k8smodels.api.service import Service
from k8smodels.api.structure import unknown_fields

WEB = """
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: LoadBalancer
  selector: {app: web}
  clusterIP: 10.96.0.10
  clusterIPs: [10.96.0.10, "fd00:10:96::a"]
  ipFamilies: [IPv4, IPv6]
  externalIPs: [192.0.2.1]
  sessionAffinity: ClientIP
  sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}
  allocateLoadBalancerNodePorts: false
  ports:
  - {name: http, port: 80, targetPort: web, nodePort: 30080, protocol: TCP}
  - {name: dns, port: 53, targetPort: 5353, protocol: UDP}
status: {loadBalancer: {ingress: [{ip: 203.0.113.7, ipMode: VIP}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints:
- addresses: [10.244.1.5]
  conditions: {ready: false, serving: true, terminating: true}
  nodeName: node-1
  hints: {forZones: [{name: a}], forNodes: [{name: node-1}]}
  targetRef: {kind: Pod, namespace: shop, name: web-0, uid: u-1}
ports:
- {name: http, port: 8080, protocol: TCP}
"""


def test_a_service_and_its_slice_are_written_as_they_were_read() -> None:
    service, endpoint_slice = objects = load(WEB)
    assert isinstance(service, Service)
    assert isinstance(endpoint_slice, EndpointSlice)
    assert load(dump(objects)) == objects
    assert [unknown_fields(item) for item in objects] == [[], []]


def test_false_and_zero_differ_from_nothing_said() -> None:
    service, endpoint_slice = load(WEB)
    assert service.to_json()["spec"]["allocateLoadBalancerNodePorts"] is False
    assert endpoint_slice.to_json()["endpoints"][0]["conditions"]["ready"] is False


def test_a_slice_names_its_service_by_a_label() -> None:
    assert EndpointSlice.from_json({"metadata": {"labels": {"kubernetes.io/service-name": "web"}}}).service == "web"
    assert EndpointSlice().service == ""


def test_only_the_word_none_makes_a_service_headless() -> None:
    assert Service.from_json({"spec": {"clusterIP": "None"}}).is_headless
    assert not Service.from_json({"spec": {"clusterIP": ""}}).is_headless


def test_a_port_of_the_wrong_type_is_named() -> None:
    with pytest.raises(FieldError, match=r"spec\.ports\[0\]\.port: Invalid value: \"http\""):
        Service.from_json({"spec": {"ports": [{"port": "http"}]}})
