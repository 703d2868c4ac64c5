package main

import (
	"math/rand"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/apis/networking"
	defaults "k8s.io/kubernetes/pkg/apis/networking/v1"
	"k8s.io/kubernetes/pkg/apis/networking/validation"

	"k8smodels/oracle/node/suite"
)

type policyInput struct {
	Spec networkingv1.NetworkPolicySpec `json:"spec"`
}

func runPolicy(in policyInput) any {
	policy := networkingv1.NetworkPolicy{Spec: in.Spec}
	defaults.SetObjectDefaults_NetworkPolicy(&policy)
	var internal networking.NetworkPolicy
	if err := defaults.Convert_v1_NetworkPolicy_To_networking_NetworkPolicy(&policy, &internal, nil); err != nil {
		panic(err)
	}
	opts := validation.ValidationOptionsForNetworking(&internal, nil)
	return suite.M{
		"errors":      texts(validation.ValidateNetworkPolicySpec(&internal.Spec, opts, field.NewPath("spec"))),
		"policyTypes": policy.Spec.PolicyTypes,
	}
}

func some[T any](r *rand.Rand, values ...T) T { return values[r.Intn(len(values))] }

func list[T any](r *rand.Rand, most int, one func(*rand.Rand) T) []T {
	var out []T
	for range r.Intn(most + 1) {
		out = append(out, one(r))
	}
	return out
}

func randomSelector(r *rand.Rand) *metav1.LabelSelector {
	out := &metav1.LabelSelector{}
	if r.Intn(2) == 0 {
		key := some(r, "app", "app", "a/b", "A B", "example.com/x", "/x", "x/", "a/b/c")
		out.MatchLabels = map[string]string{key: some(r, "web", "", "a b", "-x", "ok.1")}
	}
	out.MatchExpressions = list(r, 2, func(r *rand.Rand) metav1.LabelSelectorRequirement {
		return metav1.LabelSelectorRequirement{
			Key:      some(r, "app", "tier", "", "a b"),
			Operator: some(r, metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn, metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist, "Gt", ""),
			Values:   list(r, 2, func(r *rand.Rand) string { return some(r, "web", "db", "a b", "") }),
		}
	})
	return out
}

func randomCIDR(r *rand.Rand) string {
	return some(r, "10.0.0.0/8", "10.1.0.0/16", "10.0.0.1/8", "0.0.0.0/0", "010.0.0.0/8", "10.0.0.0/08", "10.0.0.0", "10.0.0.0/33",
		"10.1.2.3/32", "::/0", "2001:db8::/32", "2001:DB8:0::/48", "2001:db8::1/64", "::ffff:10.0.0.0/104", "fe80::%eth0/64", "x",
		"10.0.0.0/255.0.0.0", " 10.0.0.0/8", "10.0.0/8", "10.0.0.0/", "/8", "192.168.000.0/24", "10.0.0.0/-1", "1.2.3.4.5/8")
}

func randomPort(r *rand.Rand) networkingv1.NetworkPolicyPort {
	port := networkingv1.NetworkPolicyPort{}
	if r.Intn(2) == 0 {
		protocol := some(r, corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP, "ICMP", "tcp", "")
		port.Protocol = &protocol
	}
	if r.Intn(4) > 0 {
		number := intstr.FromInt32(some[int32](r, 80, 443, 0, 1, 65535, 65536, -1))
		if r.Intn(3) == 0 {
			number = intstr.FromString(some(r, "http", "HTTP", "80", "a--b", "-a", "a-", "", "abcdefghijklmnopq", "a_b", "x1"))
		}
		port.Port = &number
	}
	if r.Intn(3) == 0 {
		end := some[int32](r, 80, 79, 90, 0, 65535, 65536)
		port.EndPort = &end
	}
	return port
}

func randomPeer(r *rand.Rand) networkingv1.NetworkPolicyPeer {
	peer := networkingv1.NetworkPolicyPeer{}
	if r.Intn(2) == 0 {
		peer.PodSelector = randomSelector(r)
	}
	if r.Intn(3) == 0 {
		peer.NamespaceSelector = randomSelector(r)
	}
	if r.Intn(3) == 0 {
		peer.IPBlock = &networkingv1.IPBlock{CIDR: some(r, "", randomCIDR(r), randomCIDR(r), randomCIDR(r)), Except: list(r, 2, randomCIDR)}
	}
	return peer
}

func randomPolicy(r *rand.Rand) policyInput {
	spec := networkingv1.NetworkPolicySpec{PodSelector: *randomSelector(r)}
	spec.Ingress = list(r, 2, func(r *rand.Rand) networkingv1.NetworkPolicyIngressRule {
		return networkingv1.NetworkPolicyIngressRule{Ports: list(r, 2, randomPort), From: list(r, 2, randomPeer)}
	})
	spec.Egress = list(r, 2, func(r *rand.Rand) networkingv1.NetworkPolicyEgressRule {
		return networkingv1.NetworkPolicyEgressRule{Ports: list(r, 2, randomPort), To: list(r, 2, randomPeer)}
	})
	spec.PolicyTypes = list(r, 3, func(r *rand.Rand) networkingv1.PolicyType {
		return some(r, networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress, networkingv1.PolicyTypeEgress, "ingress")
	})
	return policyInput{spec}
}

func policies() suite.Def {
	return suite.Of[policyInput]{
		Name:   "policy/validation",
		Source: "pkg/apis/networking/validation/validation.go: ValidateNetworkPolicySpec; pkg/apis/networking/v1/defaults.go",
		About:  "What the API server refuses in the spec of a NetworkPolicy, in order, and the policy types that it fills in.",
		Run:    runPolicy,
		Random: randomPolicy,
		Scale:  2,
	}.Def()
}
