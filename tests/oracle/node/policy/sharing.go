package main

import (
	"fmt"
	"math/rand"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/apis/core"
	defaults "k8s.io/kubernetes/pkg/apis/core/v1"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/kubelet/kuberuntime/util"

	"k8smodels/oracle/node/suite"
)

type sharingInput struct {
	Spec corev1.PodSpec `json:"spec"`
}

func runSharing(in sharingInput) any {
	pod := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "default"}, Spec: in.Spec}
	defaults.SetObjectDefaults_Pod(&pod)
	var internal core.Pod
	if err := defaults.Convert_v1_Pod_To_core_Pod(&pod, &internal, nil); err != nil {
		panic(err)
	}
	opts := validation.PodValidationOptions{ResourceIsPod: true}
	errs := validation.ValidatePodSpec(&internal.Spec, &internal.ObjectMeta, field.NewPath("spec"), opts)
	return suite.M{
		"errors": texts(errs),
		"modes": suite.M{
			"net": util.NetworkNamespaceForPod(&pod).String(),
			"ipc": util.IpcNamespaceForPod(&pod).String(),
			"pid": util.PidNamespaceForPod(&pod).String(),
		},
	}
}

func randomContainer(r *rand.Rand, name string) corev1.Container {
	container := corev1.Container{Name: name, Image: "i"}
	container.Ports = list(r, 2, func(r *rand.Rand) corev1.ContainerPort {
		port := corev1.ContainerPort{ContainerPort: some[int32](r, 80, 81), HostPort: some[int32](r, 0, 0, 80, 81)}
		port.Protocol = some(r, "", corev1.ProtocolTCP, corev1.ProtocolUDP)
		port.HostIP = some(r, "", "", "192.0.2.1")
		return port
	})
	container.VolumeMounts = list(r, 2, func(r *rand.Rand) corev1.VolumeMount {
		return corev1.VolumeMount{Name: some(r, "a", "b", "b", "c", ""), MountPath: some(r, "/a", "/b", "/c", "/d/", ""),
			SubPath: some(r, "", "", "x", "/x", "../x", "x/..", "/.."), ReadOnly: r.Intn(2) == 0}
	})
	return container
}

func flag(r *rand.Rand) *bool {
	value := r.Intn(2) == 0
	return some(r, nil, nil, &value)
}

func randomSharing(r *rand.Rand) sharingInput {
	spec := corev1.PodSpec{HostNetwork: r.Intn(4) == 0, HostPID: r.Intn(3) == 0, HostIPC: r.Intn(4) == 0}
	spec.HostUsers, spec.ShareProcessNamespace = flag(r), flag(r)
	if r.Intn(5) == 0 {
		name := some(r, "db", "db.example.com")
		spec.HostnameOverride = &name
	}
	for _, name := range []string{"a", "b"} {
		spec.Volumes = append(spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}})
	}
	for i := range 1 + r.Intn(2) {
		spec.Containers = append(spec.Containers, randomContainer(r, fmt.Sprintf("c%d", i)))
	}
	for i := range r.Intn(3) {
		spec.InitContainers = append(spec.InitContainers, randomContainer(r, fmt.Sprintf("i%d", i)))
	}
	for i := range r.Intn(3) {
		container := randomContainer(r, some(r, fmt.Sprintf("e%d", i), "c0", "e0"))
		if r.Intn(3) > 0 {
			container.Ports = nil
		}
		if r.Intn(5) == 0 {
			container.Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"x"}}}}
		}
		spec.EphemeralContainers = append(spec.EphemeralContainers, corev1.EphemeralContainer{
			EphemeralContainerCommon: corev1.EphemeralContainerCommon(container),
			TargetContainerName:      some(r, "", "c0", "i0", "e0", "none"),
		})
	}
	return sharingInput{spec}
}

func sharing() suite.Def {
	return suite.Of[sharingInput]{
		Name: "pods/sharing",
		Source: "pkg/apis/core/validation/validation.go: ValidatePodSpec; pkg/kubelet/kuberuntime/util/util.go: " +
			"NetworkNamespaceForPod, IpcNamespaceForPod, PidNamespaceForPod",
		About:  "What the API server refuses in the fields of a pod that say what containers share, in order, and the namespaces that the kubelet asks for.",
		Run:    runSharing,
		Random: randomSharing,
		Scale:  2,
	}.Def()
}
