// Command admission prints golden vectors for what the API server adds to objects before it stores them, what it refuses,
// and how it reads a request's body.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/replicaset"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/namespace"
	"k8s.io/kubernetes/pkg/registry/core/node"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/registry/core/secret"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/plugin/pkg/admission/defaulttolerationseconds"

	"k8smodels/oracle/node/suite"
)

func main() {
	klog.SetLogger(klog.Logger{})
	suite.Main(
		suite.Of[validationIn]{
			Name:   "controlplane/validation",
			Source: "the strategies of pkg/registry/{apps,autoscaling,batch,core,policy}/..., through rest.BeforeCreate and rest.BeforeUpdate",
			About: "input: a manifest, which is created with the UID 6a0c; with changes (a path and a value, or no value for a removal) it is stored first and then updated. " +
				"want: the error as kubectl prints it, or the metadata and the spec as stored, of a pod template only its metadata; what is null, false, an empty map or an empty list is left out. A pod template inside an error is written {…}, and the difference of two pods is left out; the errors about one map of labels are sorted.",
			Run:    validate,
			Hand:   validationHand,
			Random: validationRandom,
			Scale:  3,
		}.Def(),
		suite.Of[decodingIn]{
			Name:   "controlplane/decoding",
			Source: "the strict JSON serializer of pkg/api/legacyscheme; staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go: transformDecodeError",
			About:  "input: the JSON text of a request's body. want: the message of the 400 response, or nothing.",
			Run:    decode,
			Hand:   decodingHand,
			Random: decodingRandom,
			Scale:  2,
		}.Def(),
	)
	if *fieldsFile != "" {
		writeFields(*fieldsFile)
	}
}

// strategy is what the registry asks before it stores an object.
type strategy interface {
	rest.RESTCreateStrategy
	rest.RESTUpdateStrategy
}

var strategies = map[string]strategy{
	"ConfigMap": configmap.Strategy, "CronJob": cronjob.Strategy, "DaemonSet": daemonset.Strategy, "Deployment": deployment.Strategy,
	"HorizontalPodAutoscaler": horizontalpodautoscaler.Strategy, "Job": job.Strategy, "Namespace": namespace.Strategy, "Node": node.Strategy,
	"Pod": pod.Strategy, "PodDisruptionBudget": poddisruptionbudget.Strategy, "ReplicaSet": replicaset.Strategy, "Secret": secret.Strategy,
	"StatefulSet": statefulset.Strategy,
}

type change struct {
	Path  []any `json:"path"`
	Value any   `json:"value,omitempty"`
}

type validationIn struct {
	Object  map[string]any `json:"object"`
	Changes []change       `json:"changes,omitempty"`
}

func validate(in validationIn) any {
	kind := in.Object["kind"].(string)
	s := strategies[kind]
	obj, err := decodeStrictly(text(in.Object))
	if err != nil {
		return suite.M{"error": err.Error()}
	}
	m, err := meta.Accessor(obj)
	check(err)
	m.SetUID("6a0c")
	m.SetCreationTimestamp(metav1.NewTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
	if m.GetName() == "" && m.GetGenerateName() != "" {
		m.SetName(m.GetGenerateName() + "x7k2p")
	}
	if s.NamespaceScoped() && m.GetNamespace() == "" {
		m.SetNamespace("default")
	}
	ctx := genericapirequest.WithNamespace(context.Background(), m.GetNamespace())
	gvk := schema.FromAPIVersionAndKind(in.Object["apiVersion"].(string), kind)
	ctx = genericapirequest.WithRequestInfo(ctx, &genericapirequest.RequestInfo{IsResourceRequest: true, APIGroup: gvk.Group, APIVersion: gvk.Version, Resource: strings.ToLower(kind) + "s"})
	if kind == "Pod" {
		attributes := admission.NewAttributesRecord(obj, nil, gvk, m.GetNamespace(), m.GetName(), gvk.GroupVersion().WithResource("pods"), "", admission.Create, nil, false, nil)
		plugin := defaulttolerationseconds.NewDefaultTolerationSeconds()
		plugin.InspectFeatureGates(utilfeature.DefaultFeatureGate)
		check(plugin.ValidateInitialization())
		check(plugin.Admit(ctx, attributes, nil))
	}
	if err := rest.BeforeCreate(s, ctx, obj); err != nil {
		return suite.M{"error": kubectl(err)}
	}
	if len(in.Changes) == 0 {
		return suite.M{"stored": stored(obj)}
	}
	obj, err = decodeStrictly(text(versioned(obj))) // what is stored gets its defaults once more when it is read
	check(err)
	m, err = meta.Accessor(obj)
	check(err)
	m.SetResourceVersion("1")
	m.SetGeneration(1)
	next := versioned(obj)
	for _, c := range in.Changes {
		next = apply(next, c.Path, c.Value, c.Value == nil).(map[string]any)
	}
	updated, err := decodeStrictly(text(next))
	if err != nil {
		return suite.M{"error": err.Error()}
	}
	if err := rest.BeforeUpdate(s, ctx, updated, obj); err != nil {
		return suite.M{"error": kubectl(err)}
	}
	return suite.M{"stored": stored(updated)}
}

// decodeStrictly reads a request's body as the API server does with fieldValidation=Strict.
func decodeStrictly(raw []byte) (runtime.Object, error) {
	info, _ := runtime.SerializerInfoForMediaType(legacyscheme.Codecs.SupportedMediaTypes(), "application/json")
	var t metav1.TypeMeta
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, err
	}
	gvk := schema.FromAPIVersionAndKind(t.APIVersion, t.Kind)
	decoder := legacyscheme.Codecs.DecoderToVersion(info.StrictSerializer, schema.GroupVersion{Group: gvk.Group, Version: runtime.APIVersionInternal})
	obj, _, err := decoder.Decode(raw, &gvk, nil)
	if err != nil {
		// as transformDecodeError of the handlers has it
		return nil, fmt.Errorf("%s in version %q cannot be handled as a %s: %w", gvk.Kind, gvk.Version, gvk.Kind, err)
	}
	return obj, nil
}

func versioned(obj runtime.Object) map[string]any {
	kinds, _, err := legacyscheme.Scheme.ObjectKinds(obj)
	check(err)
	gv := schema.GroupVersion{Group: kinds[0].Group, Version: "v1"}
	if gv.Group == "autoscaling" {
		gv.Version = "v2"
	}
	raw, err := runtime.Encode(legacyscheme.Codecs.LegacyCodec(gv), obj)
	check(err)
	out := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	check(d.Decode(&out))
	return out
}

// stored is what is compared of a stored object, which is read once more: of a pod template, as of the object itself, only the metadata that a user gives.
func stored(obj runtime.Object) any {
	again, err := decodeStrictly(text(versioned(obj)))
	check(err)
	out := versioned(again)
	delete(out, "status")
	out["metadata"] = given(out["metadata"])
	for _, path := range [][]string{{"spec"}, {"spec", "jobTemplate", "spec"}} {
		at := out
		for _, name := range path {
			at, _ = at[name].(map[string]any)
		}
		if template, ok := at["template"].(map[string]any); ok {
			at["template"] = map[string]any{"metadata": given(template["metadata"])}
		}
	}
	if out["kind"] == "Pod" {
		delete(out, "spec")
	}
	return trim(out)
}

func given(metadata any) map[string]any {
	from, out := metadata.(map[string]any), map[string]any{}
	for _, name := range []string{"name", "generateName", "labels", "annotations", "finalizers", "ownerReferences"} {
		if value, ok := from[name]; ok {
			out[name] = value
		}
	}
	if annotations, ok := out["annotations"].(map[string]any); ok {
		delete(annotations, "deprecated.daemonset.template.generation")
	}
	return out
}

// kubectl is the text that kubectl prints for a refused request, as k8s.io/kubectl/pkg/cmd/util checkErr writes it.
func kubectl(err error) string {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || !apierrors.IsInvalid(err) {
		return err.Error()
	}
	details := status.Status().Details
	causes := details.Causes
	// the errors about one map of labels come in the random order of its keys
	for first := 0; first < len(causes); {
		end := first + 1
		for end < len(causes) && causes[end].Field == causes[first].Field {
			end++
		}
		if strings.HasSuffix(strings.ToLower(causes[first].Field), "labels") {
			slices.SortStableFunc(causes[first:end], func(a, b metav1.StatusCause) int { return strings.Compare(a.Message, b.Message) })
		}
		first = end
	}
	seen := map[string]bool{}
	var lines []string
	for _, cause := range causes {
		line := fmt.Sprintf("%s: %s", cause.Field, brief(cause.Field, cause.Message))
		if !seen[line] {
			lines = append(lines, line)
		}
		seen[line] = true
	}
	body := "\n* " + strings.Join(lines, "\n* ")
	if len(lines) == 1 {
		body = lines[0]
	}
	return fmt.Sprintf("The %s %q is invalid: %s", details.Kind, details.Name, body)
}

func brief(field, message string) string {
	if first, _, found := strings.Cut(message, "\n"); found {
		return first
	}
	open, end := strings.Index(message, "{"), strings.LastIndex(message, "}: ")
	if (strings.HasSuffix(field, "template") || strings.HasSuffix(field, "template.spec")) && open > 0 && end > open {
		return message[:open] + "{…}" + message[end+1:]
	}
	return message
}

// apply sets or removes what is at path, which it makes as far as it is not there.
func apply(at any, path []any, value any, remove bool) any {
	if len(path) == 0 {
		return value
	}
	if number, ok := path[0].(float64); ok {
		path[0] = int(number)
	}
	switch step := path[0].(type) {
	case string:
		m, _ := at.(map[string]any)
		if m == nil {
			m = map[string]any{}
		}
		if remove && len(path) == 1 {
			delete(m, step)
		} else {
			m[step] = apply(m[step], path[1:], value, remove)
		}
		return m
	case int:
		l := at.([]any)
		if step == len(l) {
			l = append(l, nil)
		}
		l[step] = apply(l[step], path[1:], value, remove)
		return l
	}
	panic("path")
}

// trim drops empty values: null, false, and maps and lists with nothing in them.
func trim(x any) any {
	if x == false {
		return nil
	}
	if l, ok := x.([]any); ok {
		if len(l) == 0 {
			return nil
		}
		for i := range l {
			l[i] = trim(l[i])
		}
	}
	m, ok := x.(map[string]any)
	if !ok {
		return x
	}
	for k, v := range m {
		v = trim(v)
		if inner, ok := v.(map[string]any); v == nil || ok && len(inner) == 0 {
			delete(m, k)
		}
	}
	return m
}

func text(x any) []byte {
	raw, err := json.Marshal(x)
	check(err)
	return raw
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
