// Command policy prints golden vectors for what the API server makes of a NetworkPolicy, and of the fields of a pod
// that say what its containers share.
package main

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"k8smodels/oracle/node/suite"
)

func main() {
	suite.Main(policies(), sharing())
}

func texts(errs field.ErrorList) []string {
	out := []string{}
	for _, err := range errs {
		out = append(out, err.Error())
	}
	return out
}
