package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"strconv"
	"strings"

	"k8smodels/oracle/node/suite"
)

const template = `{"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]}}`

const jobTemplate = `{"spec": {"restartPolicy": "Never", "containers": [{"name": "sum", "image": "busybox:1.37"}]}}`

func manifest(version, kind, rest string) string {
	return fmt.Sprintf(`{"apiVersion": %q, "kind": %q, "metadata": {"name": "web"}%s}`, version, kind, rest)
}

// manifests are valid objects, and variations: what stands at a path, other values for it, and whether they may also come by an update.
var manifests = []struct {
	name, manifest string
	variations     []variation
}{
	{"Deployment", manifest("apps/v1", "Deployment", `, "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": `+template+`}`), deployments},
	{"ReplicaSet", manifest("apps/v1", "ReplicaSet", `, "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": `+template+`}`), replicas},
	{"DaemonSet", manifest("apps/v1", "DaemonSet", `, "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": `+template+`}`), controlled},
	{"StatefulSet", manifest("apps/v1", "StatefulSet", `, "spec": {"serviceName": "web", "selector": {"matchLabels": {"app": "web"}}, "template": `+template+`}`), controlled},
	{"Job", manifest("batch/v1", "Job", `, "spec": {"template": `+jobTemplate+`}`), jobs},
	{"indexed Job", manifest("batch/v1", "Job", `, "spec": {"completionMode": "Indexed", "completions": 3, "parallelism": 2, "template": `+jobTemplate+`}`), jobs},
	{"CronJob", manifest("batch/v1", "CronJob", `, "spec": {"schedule": "*/5 * * * *", "jobTemplate": {"spec": {"template": `+jobTemplate+`}}}`), cronJobs},
	{"HorizontalPodAutoscaler", manifest("autoscaling/v2", "HorizontalPodAutoscaler", `, "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "maxReplicas": 5}`), autoscalers},
	{"PodDisruptionBudget", manifest("policy/v1", "PodDisruptionBudget", `, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}`), budgets},
	{"Namespace", manifest("v1", "Namespace", ""), labels63},
	{"Node", manifest("v1", "Node", ""), nodes},
	{"ConfigMap", manifest("v1", "ConfigMap", `, "data": {"key": "value"}`), configMaps},
	{"Secret", manifest("v1", "Secret", `, "data": {"key": "dmFsdWU="}`), secrets},
	{"Pod", manifest("v1", "Pod", `, "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]}`), pods},
}

type variation struct {
	path   string
	values []string
}

const none = "" // the field is removed

var long = `"` + strings.Repeat("x", 64) + `"`

var names = []variation{
	{"metadata name", []string{none, `""`, `"Web"`, `"web_1"`, `"-web"`, `"web.example"`, `"web/1"`, `"."`, `"` + strings.Repeat("w", 60) + `"`, `"` + strings.Repeat("w", 64) + `"`}},
	{"metadata generateName", []string{`"web-"`, `"Web-"`}},
	{"metadata labels", []string{`{"app": "web"}`, `{"a/b/c": "x"}`, `{"app": "a b"}`, `{"": "x"}`, `{"app": ` + long + `}`, `{"Example.com/app": "x"}`}},
	{"metadata annotations", []string{`{"Note": "any text, even < and &"}`, `{"a/b/c": "x"}`, `{"a b": "x"}`}},
	{"metadata finalizers", []string{`["example.com/wait"]`, `["wait"]`, `["a b"]`, `["orphan", "foregroundDeletion"]`}},
	{"metadata ownerReferences", []string{`[{"apiVersion": "v1", "kind": "Node", "name": "n", "uid": "u"}]`, `[{"kind": "Node", "name": "n", "uid": "u"}]`, `[{"apiVersion": "v1", "kind": "", "name": "", "uid": ""}]`,
		`[{"apiVersion": "v1", "kind": "Event", "name": "n", "uid": "u"}]`, `[{"apiVersion": "v1", "kind": "Node", "name": "n", "uid": "u", "controller": true}, {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "v", "controller": true}]`}},
}

var labels63 = names

func with(own ...variation) []variation { return append(append([]variation{}, names...), own...) }

var controlled = with(
	variation{"spec selector", []string{none, `{}`, `{"matchLabels": {"app": "x"}}`, `{"matchLabels": {"a/b/c": "x"}}`, `{"matchLabels": {"app": "a b"}}`, `{"matchExpressions": [{"key": "app", "operator": "In"}]}`,
		`{"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "db"]}]}`, `{"matchExpressions": [{"key": "app", "operator": "Exists", "values": ["web"]}]}`, `{"matchExpressions": [{"key": "app", "operator": "Like"}]}`}},
	variation{"spec template metadata labels", []string{none, `{"app": "x"}`, `{"app": "web", "tier": "front"}`, `{"app": "web", "a/b/c": "x"}`, `{"app": "web", "tier": "a b"}`}},
	variation{"spec template metadata annotations", []string{`{"kubectl.kubernetes.io/restartedAt": "now"}`, `{"a b": "x"}`}},
	variation{"spec template spec containers", []string{`[]`, `[{"name": "web", "image": "nginx"}, {"name": "web", "image": "nginx"}]`}},
	variation{"spec template spec containers 0 image", []string{none, `"nginx:1.30"`, `" nginx"`}},
	variation{"spec template spec containers 0 name", []string{none, `"Web"`}},
	variation{"spec template spec containers 0 ports", []string{`[{"containerPort": 80}]`, `[{"containerPort": 0}]`, `[{"containerPort": 70000}]`}},
	variation{"spec template spec containers 0 resources", []string{`{"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}`, `{"requests": {"cpu": "-1"}}`, `{"limits": {"memory": "1Gi"}}`}},
	variation{"spec template spec restartPolicy", []string{`"Always"`, `"Never"`, `"Sometimes"`}},
	variation{"spec minReadySeconds", []string{`-1`, `5`}},
	variation{"spec revisionHistoryLimit", []string{`-1`, `0`}},
)

var sized = variation{"spec replicas", []string{`-1`, `0`, `3`, `2147483647`}}

var replicas = append([]variation{sized}, controlled[:len(controlled)-1]...)

var deployments = append(append([]variation{sized}, controlled...),
	variation{"spec strategy type", []string{`"Recreate"`, `"Rolling"`, `"RollingUpdate"`}},
	variation{"spec strategy rollingUpdate", []string{`{}`, `{"maxSurge": 0, "maxUnavailable": 0}`, `{"maxSurge": "0%", "maxUnavailable": "0%"}`, `{"maxSurge": 0}`, `{"maxUnavailable": "101%"}`, `{"maxSurge": "200%"}`,
		`{"maxUnavailable": -1}`, `{"maxSurge": -1}`, `{"maxSurge": "half"}`, `{"maxUnavailable": "-5%"}`, `{"maxUnavailable": "1"}`, `{"maxSurge": "5%", "maxUnavailable": 0}`}},
	variation{"spec progressDeadlineSeconds", []string{`-1`, `0`, `5`, `60`}},
	variation{"spec paused", []string{`true`}},
)

var jobSpec = []variation{
	{"parallelism", []string{`-1`, `0`, `3`, `100001`}},
	{"completions", []string{`-1`, `0`, `3`, `200000`}},
	{"completionMode", []string{`"Indexed"`, `"NonIndexed"`, `"Random"`}},
	{"backoffLimit", []string{`-1`, `0`}},
	{"backoffLimitPerIndex", []string{`-1`, `1`}},
	{"maxFailedIndexes", []string{`-1`, `1`, `10`}},
	{"activeDeadlineSeconds", []string{`-1`, `0`, `60`}},
	{"ttlSecondsAfterFinished", []string{`-1`, `0`}},
	{"suspend", []string{`true`}},
	{"podReplacementPolicy", []string{`"Failed"`, `"TerminatingOrFailed"`, `"Later"`}},
	{"podFailurePolicy", []string{`{"rules": []}`, `{"rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [1, 2]}}]}`, `{"rules": [{"action": "Stop", "onExitCodes": {"operator": "In", "values": [0]}}]}`,
		`{"rules": [{"action": "FailIndex", "onPodConditions": [{"type": "DisruptionTarget"}]}]}`, `{"rules": [{"action": "Ignore"}]}`, `{"rules": [{"action": "Count", "onExitCodes": {"operator": "NotIn", "values": [3, 1], "containerName": "x"}}]}`}},
	{"successPolicy", []string{`{"rules": [{"succeededCount": 1}]}`, `{"rules": []}`, `{"rules": [{"succeededIndexes": "0,2"}]}`, `{"rules": [{"succeededIndexes": "2-0"}]}`, `{"rules": [{"succeededCount": 9}]}`}},
	{"selector", []string{`{"matchLabels": {"app": "x"}}`}},
	{"template metadata labels", []string{`{"app": "x"}`, `{"job-name": "other"}`, `{"a b": "x"}`}},
	{"template spec restartPolicy", []string{none, `"Always"`, `"OnFailure"`, `"Sometimes"`}},
	{"template spec containers 0 image", []string{none, `"busybox:1.36"`}},
	{"template spec containers 0 resources", []string{`{"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}`, `{"requests": {"cpu": "1"}}`}},
	{"template spec nodeSelector", []string{`{"disk": "ssd"}`}},
}

func under(prefix string, variations []variation) []variation {
	var out []variation
	for _, v := range variations {
		out = append(out, variation{prefix + v.path, v.values})
	}
	return out
}

var jobs = with(under("spec ", jobSpec)...)

var cronJobs = append(with(
	variation{"spec schedule", []string{none, `""`, `"@hourly"`, `"* * * *"`, `"61 * * * *"`, `"a * * * *"`, `"TZ=UTC 0 0 * * *"`, `"@every 1h"`, `"@never"`, `"*/0 * * * *"`, `"5-1 * * * *"`}},
	variation{"spec timeZone", []string{`"Europe/Berlin"`, `""`, `"Nowhere/City"`, `"Local"`, `"../etc"`}},
	variation{"spec concurrencyPolicy", []string{`"Forbid"`, `"Replace"`, `"Wait"`}},
	variation{"spec startingDeadlineSeconds", []string{`-1`, `0`}},
	variation{"spec successfulJobsHistoryLimit", []string{`-1`, `0`}},
	variation{"spec failedJobsHistoryLimit", []string{`-1`, `5`}},
	variation{"spec suspend", []string{`true`}},
), under("spec jobTemplate spec ", jobSpec)...)

var autoscalers = with(
	variation{"spec minReplicas", []string{`0`, `-1`, `1`, `6`}},
	variation{"spec maxReplicas", []string{none, `0`, `-1`, `10`}},
	variation{"spec scaleTargetRef kind", []string{none, `"a/b"`, `".."`}},
	variation{"spec scaleTargetRef name", []string{none, `"a/b"`, `"web2"`}},
	variation{"spec metrics", []string{`[]`, `[{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}]`,
		`[{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 0}}}]`, `[{"type": "Resource", "resource": {"name": "", "target": {"type": "AverageValue", "averageValue": "1"}}}]`,
		`[{"type": "Resource"}]`, `[{"type": "Disk"}]`, `[{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}]`, `[{"type": "Pods", "pods": {"metric": {"name": "rps"}, "target": {"type": "AverageValue", "averageValue": "10"}}}]`,
		`[{"type": "Pods", "pods": {"metric": {"name": ""}, "target": {"type": "Value", "value": "10"}}}]`, `[{"type": "External", "external": {"metric": {"name": "queue"}, "target": {"type": "Value", "value": "-1"}}}]`}},
	variation{"spec behavior", []string{`{"scaleDown": {"stabilizationWindowSeconds": 3601}}`, `{"scaleUp": {"stabilizationWindowSeconds": -1}}`, `{"scaleUp": {"policies": [{"type": "Pods", "value": 0, "periodSeconds": 15}]}}`,
		`{"scaleUp": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 1801}]}}`, `{"scaleUp": {"selectPolicy": "Most"}}`, `{"scaleDown": {"policies": [{"type": "Half", "value": 1, "periodSeconds": 60}]}}`,
		`{"scaleDown": {"stabilizationWindowSeconds": 60}}`, `{"scaleUp": {"policies": []}}`}},
)

var budgets = with(
	variation{"spec minAvailable", []string{none, `-1`, `"50%"`, `"150%"`, `"half"`, `2`}},
	variation{"spec maxUnavailable", []string{`1`, `"10%"`, `-1`, `"101%"`, `"x"`}},
	variation{"spec selector", []string{none, `{}`, `{"matchLabels": {"app": "a b"}}`, `{"matchLabels": {"app": "x"}}`, `{"matchExpressions": [{"key": "app", "operator": "In"}]}`}},
	variation{"spec unhealthyPodEvictionPolicy", []string{`"AlwaysAllow"`, `"IfHealthyBudget"`, `"Never"`}},
)

var nodes = with(
	variation{"spec taints", []string{`[{"key": "dedicated", "value": "db", "effect": "NoSchedule"}]`, `[{"effect": "NoSchedule"}]`, `[{"key": "a"}]`, `[{"key": "a", "effect": "Sometimes"}]`,
		`[{"key": "a", "effect": "NoSchedule"}, {"key": "a", "effect": "NoSchedule"}]`}},
	variation{"spec unschedulable", []string{`true`}},
)

var keys = []string{none, `{}`, `{"a b": "dg=="}`, `{"..": "dg=="}`, `{"": "dg=="}`, `{"a.b-c_d": "dg=="}`, `{"..a": "dg=="}`}

var configMaps = with(variation{"data", keys}, variation{"binaryData", []string{`{"key": "dg=="}`, `{"other": "dg=="}`}}, variation{"immutable", []string{`true`}})

var secrets = with(variation{"data", keys}, variation{"type", []string{`"Opaque"`, `"kubernetes.io/tls"`, `"kubernetes.io/basic-auth"`, `"example.com/own"`}}, variation{"immutable", []string{`true`}})

var pods = with(
	variation{"spec containers 0 image", []string{none, `"nginx:1.30"`}},
	variation{"spec containers 0 name", []string{none, `"Web"`, `"app"`}},
	variation{"spec containers 0 command", []string{`["sleep", "60"]`}},
	variation{"spec containers 0 resources", []string{`{"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}`, `{"requests": {"cpu": "1"}}`, `{"requests": {"gpu": "1"}}`}},
	variation{"spec containers 1", []string{`{"name": "more", "image": "busybox"}`}},
	variation{"spec nodeName", []string{`"node-1"`}},
	variation{"spec nodeSelector", []string{`{"disk": "ssd"}`}},
	variation{"spec tolerations", []string{`[{"key": "a", "operator": "Exists"}]`, `[{"key": "a", "operator": "Exists", "value": "b"}]`}},
	variation{"spec restartPolicy", []string{`"OnFailure"`, `"Sometimes"`}},
	variation{"spec terminationGracePeriodSeconds", []string{`5`, `1`}},
	variation{"spec activeDeadlineSeconds", []string{`60`}},
)

func parsed(text string) any {
	var out any
	check(json.Unmarshal([]byte(text), &out))
	return out
}

// varied is the change that one value of a variation makes.
func varied(v variation, value string) change {
	var path []any
	for _, step := range strings.Fields(v.path) {
		if number, err := strconv.Atoi(step); err == nil {
			path = append(path, number)
		} else {
			path = append(path, step)
		}
	}
	if value == none {
		return change{Path: path}
	}
	return change{path, parsed(value)}
}

func created(manifest string, changes ...change) validationIn {
	out := parsed(manifest)
	for _, c := range changes {
		out = apply(out, c.Path, c.Value, c.Value == nil)
	}
	return validationIn{Object: out.(map[string]any)}
}

func validationHand(add func(string, validationIn)) {
	for _, m := range manifests {
		add(m.name, created(m.manifest))
		for _, v := range m.variations {
			shared := strings.HasPrefix(v.path, "metadata") && m.name != "Deployment"
			for i, value := range v.values {
				if shared && i > 2 {
					continue
				}
				name := fmt.Sprintf("%s: %s, %d", m.name, v.path, i)
				add(name, created(m.manifest, varied(v, value)))
				if !shared && !onCreation(v.path) {
					in := created(m.manifest)
					in.Changes = []change{varied(v, value)}
					add(name+", updated", in)
				}
			}
		}
	}
}

// validationRandom draws until the real code has an answer: v1.37.2 panics at a success policy that counts in a Job of
// indexes without completions.
func validationRandom(r *rand.Rand) validationIn {
	for {
		if in := drawn(r); answers(in) {
			return in
		}
	}
}

func answers(in validationIn) (ok bool) {
	var copied validationIn
	check(json.Unmarshal(text(in), &copied))
	defer func() { ok = recover() == nil }()
	validate(copied)
	return
}

func drawn(r *rand.Rand) validationIn {
	m := manifests[r.Intn(len(manifests))]
	var before, after []change
	used := map[string]bool{}
	for range 1 + r.Intn(3) {
		v := m.variations[r.Intn(len(m.variations))]
		if r.Intn(2) == 0 { // rather the spec than the metadata, which all kinds share
			v = m.variations[len(m.variations)-1-r.Intn((len(m.variations)+1)/2)]
		}
		if clashes(used, v.path) {
			continue
		}
		used[v.path] = true
		c := varied(v, v.values[r.Intn(len(v.values))])
		if !onCreation(v.path) && r.Intn(3) == 0 {
			after = append(after, c)
		} else {
			before = append(before, c)
		}
	}
	in := created(m.manifest, before...)
	in.Changes = after
	return in
}

// onCreation is whether a field cannot come with an update: the request's address names the object.
func onCreation(path string) bool { return path == "metadata name" || path == "metadata generateName" }

// clashes is whether a path is inside another one that is changed already, or the other way round.
func clashes(used map[string]bool, path string) bool {
	for other := range used {
		if strings.HasPrefix(path+" ", other+" ") || strings.HasPrefix(other+" ", path+" ") {
			return true
		}
	}
	return false
}

// wrong are values of each JSON type, and some that only look right.
var wrong = []string{`"3"`, `3`, `-1`, `1.5`, `true`, `[]`, `{}`, `[1]`, `["a"]`, `{"a": 1}`, `{"a": "b"}`, `null`, `1e3`, `99999999999`, `"1Gi"`, `"x"`, `""`}

var typed = []struct {
	manifest int
	paths    []string
}{
	{0, []string{"spec replicas", "spec paused", "spec minReadySeconds", "spec selector", "spec selector matchLabels", "spec selector matchExpressions", "spec template", "spec template metadata labels", "spec template spec containers",
		"spec template spec containers 0", "spec template spec containers 0 image", "spec template spec containers 0 ports", "spec template spec containers 0 command", "spec template spec containers 0 resources", "spec template spec containers 0 resources limits", "spec strategy rollingUpdate maxSurge", "metadata creationTimestamp", "spec template spec containers 0 livenessProbe",
		"spec template spec nodeSelector", "spec template spec tolerations", "spec template spec terminationGracePeriodSeconds", "spec template spec hostNetwork", "spec template spec affinity",
		"spec strategy", "spec strategy type", "spec strategy rollingUpdate", "metadata labels", "metadata name", "metadata annotations", "metadata", "spec", "spec replica", "spec template spec container", "sepc", "status", "status replicas", "metadata label"}},
	{4, []string{"spec completions", "spec activeDeadlineSeconds", "spec suspend", "spec podFailurePolicy", "spec podFailurePolicy rules", "spec backofLimit", "spec completionMode"}},
	{6, []string{"spec schedule", "spec timeZone", "spec startingDeadlineSeconds", "spec jobTemplate", "spec jobTemplate spec", "spec concurency"}},
	{7, []string{"spec maxReplicas", "spec metrics", "spec behavior", "spec behavior scaleUp", "spec scaleTargetRef", "spec minreplicas"}},
	{8, []string{"spec selector", "spec minAvaliable"}},
	{13, []string{"spec containers", "spec containers 0 imagePullPolicy", "spec priority", "spec nodeName", "spec tolerations", "spec topologySpreadConstraints", "spec restartPolicy"}},
}

type decodingIn struct {
	Body string `json:"body"`
}

func decode(in decodingIn) any {
	if _, err := decodeStrictly([]byte(in.Body)); err != nil {
		return suite.M{"error": err.Error()}
	}
	return suite.M{}
}

func body(in validationIn) decodingIn { return decodingIn{string(text(in.Object))} }

func decodingHand(add func(string, decodingIn)) {
	number := 0
	for _, t := range typed {
		m := manifests[t.manifest]
		for _, path := range t.paths {
			for i := number % 4; i < len(wrong); i += 4 { // the others come with the random cases
				value := wrong[i]
				number++
				add(fmt.Sprintf("%s: %s, %d", m.name, path, i), body(created(m.manifest, varied(variation{path, nil}, value))))
			}
		}
	}
	add("a key twice", decodingIn{`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "name": "b"}}`})
	add("a key twice, deeper", decodingIn{`{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": {"replicas": 1, "template": {"spec": {"containers": [{"name": "a", "image": "x", "name": "b"}]}}, "replicas": 2}}`})
	add("a key twice in a map", decodingIn{`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "1", "k": "2"}}`})
	add("unknown and twice", decodingIn{`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "nam": "b", "name": "c"}, "dat": 1}`})
	add("other case", decodingIn{`{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"Name": "a"}, "spec": {"Replicas": 1}}`})
}

func decodingRandom(r *rand.Rand) decodingIn {
	t := typed[r.Intn(len(typed))]
	var changes []change
	used := map[string]bool{}
	for range 1 + r.Intn(3) {
		if path := t.paths[r.Intn(len(t.paths))]; !clashes(used, path) {
			used[path] = true
			changes = append(changes, varied(variation{path, nil}, wrong[r.Intn(len(wrong))]))
		}
	}
	return body(created(manifests[t.manifest].manifest, changes...))
}
