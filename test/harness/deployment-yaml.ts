/** A Deployment of the test app as a user's file has it. @param more lines of the container */
export function deploymentYaml(image: string, name: string, more = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: ${image}:any
          readinessProbe: {httpGet: {path: /version, port: 8080}, periodSeconds: 1}
${more}`
}
