// Prints what the API server and kubectl say of each HorizontalPodAutoscaler: errors of validation, `get hpa`, `describe hpa`.
// Input is a list of {"Name", "HPA", "Events"}:
//
//	go run ./hpa < cases.json
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"time"
	"unsafe"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/printers"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/kubectl/pkg/describe"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	hpadefaults "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	"k8s.io/kubernetes/pkg/apis/autoscaling/validation"
	kprinters "k8s.io/kubernetes/pkg/printers"
	internal "k8s.io/kubernetes/pkg/printers/internalversion"
)

func main() {
	var cases []struct {
		Name   string
		HPA    autoscalingv2.HorizontalPodAutoscaler
		Events []struct {
			Type, Reason, Message string
			Seconds               int
		}
	}
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	gen := kprinters.NewTableGenerator().With(internal.AddHandlers)
	var out []map[string]string
	for _, c := range cases {
		res := map[string]string{"name": c.Name}
		hpa := c.HPA
		hpadefaults.SetDefaults_HorizontalPodAutoscaler(&hpa)
		var in autoscaling.HorizontalPodAutoscaler
		if err := hpadefaults.Convert_v2_HorizontalPodAutoscaler_To_autoscaling_HorizontalPodAutoscaler(&hpa, &in, nil); err != nil {
			panic(err)
		}
		ref := validation.CrossVersionObjectReferenceValidationOptions{}
		if in.Spec.ScaleTargetRef.Kind == "ReplicationController" {
			ref.AllowEmptyAPIGroup = true
		}
		errs := validation.ValidateHorizontalPodAutoscaler(&in, validation.HorizontalPodAutoscalerSpecValidationOptions{
			MinReplicasLowerBound: 0, ScaleTargetRefValidationOptions: ref,
			ObjectMetricsValidationOptions: validation.CrossVersionObjectReferenceValidationOptions{AllowEmptyAPIGroup: true}})
		if len(errs) > 0 {
			res["error"] = apierrors.NewInvalid(schema.GroupKind{Group: "autoscaling", Kind: "HorizontalPodAutoscaler"}, in.Name, errs).Error()
			out = append(out, res)
			continue
		}
		in.CreationTimestamp = metav1.NewTime(time.Now().Add(-130 * time.Minute))
		table, err := gen.GenerateTable(&in, kprinters.GenerateOptions{})
		if err != nil {
			panic(err)
		}
		var buf bytes.Buffer
		printers.NewTablePrinter(printers.PrintOptions{}).PrintObj(table, &buf)
		res["get"] = buf.String()
		objs := []runtime.Object{&hpa}
		for i, e := range c.Events {
			at := metav1.NewTime(time.Now().Add(-time.Duration(e.Seconds) * time.Second))
			objs = append(objs, &corev1.Event{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("e", i), Namespace: hpa.Namespace},
				InvolvedObject: corev1.ObjectReference{Kind: "HorizontalPodAutoscaler", Name: hpa.Name, Namespace: hpa.Namespace},
				Type:           e.Type, Reason: e.Reason, Message: e.Message, FirstTimestamp: at, LastTimestamp: at, Count: 1,
				Source: corev1.EventSource{Component: "horizontal-pod-autoscaler"}})
		}
		res["describe"], err = describer(objs).Describe(hpa.Namespace, hpa.Name, describe.DescriberSettings{ShowEvents: true, ChunkSize: 500})
		if err != nil {
			panic(err)
		}
		out = append(out, res)
	}
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	enc.Encode(out)
}

func describer(objs []runtime.Object) describe.ResourceDescriber {
	d := &describe.HorizontalPodAutoscalerDescriber{}
	*(*clientset.Interface)(unsafe.Pointer(d)) = fake.NewSimpleClientset(objs...)
	return d
}
