package main

import (
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/coordination/install"
	_ "k8s.io/kubernetes/pkg/apis/discovery/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/storage/install"
)

var fieldsFile = flag.String("fields", "", "write the fields of the API's types to this file")

// served are the kinds that the simulated API server reads strictly.
var served = []any{
	corev1.Pod{}, corev1.Node{}, corev1.Namespace{}, corev1.Service{}, corev1.ConfigMap{}, corev1.Secret{}, corev1.ServiceAccount{}, corev1.Event{},
	corev1.PersistentVolume{}, corev1.PersistentVolumeClaim{}, corev1.ReplicationController{},
	appsv1.Deployment{}, appsv1.ReplicaSet{}, appsv1.StatefulSet{}, appsv1.DaemonSet{}, batchv1.Job{}, batchv1.CronJob{},
	autoscalingv2.HorizontalPodAutoscaler{}, discoveryv1.EndpointSlice{}, policyv1.PodDisruptionBudget{}, coordinationv1.Lease{},
	networkingv1.NetworkPolicy{}, storagev1.StorageClass{}, storagev1.CSINode{}, storagev1.CSIDriver{}, storagev1.CSIStorageCapacity{}, storagev1.VolumeAttachment{},
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// types are the lines of the file: of a kind its type, of a struct its fields with their types, of any other named type
// what it is made of.
type types map[string]string

var seen = map[string]reflect.Type{}

func (t types) add(at reflect.Type) string {
	switch at.Kind() {
	case reflect.Pointer:
		return t.add(at.Elem())
	case reflect.Slice:
		if at.Elem().Kind() != reflect.Uint8 {
			t.add(at.Elem())
		}
	case reflect.Map:
		t.add(at.Elem())
	}
	name := at.String()
	if at.PkgPath() != "" {
		if other, ok := seen[name]; ok && other != at && (at.Kind() == reflect.Struct || at.Kind() != other.Kind()) {
			panic("two types are called " + name)
		}
		seen[name] = at
	}
	if at.PkgPath() == "" || t[name] != "" {
		return name
	}
	t[name] = "?"
	line := "= " + strings.ReplaceAll(at.Kind().String(), " ", "")
	switch {
	case reflect.PointerTo(at).Implements(unmarshaler):
		line = "= own"
	case at.Kind() == reflect.Struct:
		line = strings.Join(t.fields(at), " ")
	case at.Kind() == reflect.Map:
		line = "= map[string]" + t.add(at.Elem())
	case at.Kind() == reflect.Slice:
		line = "= []" + t.add(at.Elem())
	}
	t[name] = line
	return name
}

func (t types) fields(at reflect.Type) []string {
	var out []string
	for i := range at.NumField() {
		f := at.Field(i)
		key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key == "" && (f.Anonymous || strings.Contains(options, "inline")) {
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			out = append(out, t.fields(inner)...)
		} else if key != "" && key != "-" {
			out = append(out, key+":"+t.add(f.Type))
		}
	}
	return out
}

func writeFields(file string) {
	all := types{}
	for _, kind := range served {
		name := all.add(reflect.TypeOf(kind))
		kinds, _, err := legacyscheme.Scheme.ObjectKinds(reflect.New(reflect.TypeOf(kind)).Interface().(runtime.Object))
		check(err)
		all[kinds[0].GroupVersion().String()+"/"+kinds[0].Kind] = name
	}
	var lines []string
	for name, line := range all {
		lines = append(lines, name+" "+line)
	}
	slices.Sort(lines)
	check(os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644))
}
