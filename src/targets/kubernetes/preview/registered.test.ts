import { describe, expect, it } from 'vitest'
import { adapted, shared, WEB } from '../../../../test/harness/adapted.ts'
import { valueAt } from './fields.ts'

const custom = (apiVersion: string, kind: string, spec: string) => `---
apiVersion: ${apiVersion}
kind: ${kind}
metadata: {name: outside}
spec: ${spec}
`
const SERVICE = `---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`

describe('what enters pods outside of the cluster', () => {
  it.each([
    ['elbv2.k8s.aws/v1beta1', 'TargetGroupBinding', '{serviceRef: {name: web, port: 80}, targetGroupARN: "PLACE"}'],
    ['elbv2.k8s.aws/v1beta1', 'TargetGroupBinding', '{serviceRef: {name: web, port: 80}, targetGroupName: "PLACE"}'],
    ['cis.f5.com/v1', 'TransportServer', '{virtualServerAddress: "PLACE", pool: {service: web, servicePort: 80}}'],
    ['elbv2.services.k8s.aws/v1alpha1', 'Rule', '{listenerARN: "PLACE", priority: 1}'],
    ['gateway.example.com/v1', 'Binding', '{loadBalancers: [{loadBalancerIPs: ["PLACE"]}]}'],
  ])('is refused with a place of production: %s %s %s', async (apiVersion, kind, spec) => {
    for (const adapt of [adapted, shared]) {
      const text = (place: string) => `${WEB}${SERVICE}${custom(apiVersion, kind, spec.replace('PLACE', place))}`
      const { whats } = await adapt(text('prod'))
      expect(whats).toEqual([expect.stringMatching(/enters pods into \w+ prod, which is production’s$/)])
      expect((await adapt(text('prod-${number}'))).whats).toEqual([])
    }
  })

  it('does not take the name of production’s group of endpoints', async () => {
    const annotated = (value: string) =>
      `${WEB}${SERVICE.replace('metadata: {name: web}', `metadata: {name: web, annotations: {cloud.google.com/neg: '${value}'}}`)}`
    const kept = async (value: string) =>
      valueAt((await adapted(annotated(value))).find('Service'), 'metadata.annotations') as Record<string, string>
    expect(await kept('{"exposed_ports": {"80": {"name": "prod"}}}')).not.toHaveProperty(['cloud.google.com/neg'])
    expect(await kept('{"exposed_ports": {"80": {"name": "p-${number}"}}}')).toHaveProperty(['cloud.google.com/neg'])
    expect(await kept('{"ingress": true}')).toHaveProperty(['cloud.google.com/neg'])
  })
})
