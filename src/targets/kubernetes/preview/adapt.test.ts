import { describe, expect, it } from 'vitest'
import { adapted, INGRESS, pod, RULE, shared, WEB } from '../../../../test/harness/adapted.ts'
import { LABEL } from '../../../domain/labels.ts'
import { ownAddress } from './addresses.ts'
import type { Fields } from './fields.ts'
import { fieldsOf, valueAt } from './fields.ts'
import { isSelected } from './labels.ts'
import { suffixed } from './names.ts'

describe('marks', () => {
  it('are on everything, and on pods and claims only those that never change', async () => {
    const { find } = await adapted(`${WEB}---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, labels: {dev.immutable-deploy.preview: other-pr-1}}
spec:
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: postgres}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {resources: {requests: {storage: 1Gi}}}}]
`)
    const web = find('Deployment')
    expect(valueAt(web, 'metadata.labels')).toEqual({
      app: 'web',
      [LABEL.app]: 'shop',
      [LABEL.preview]: 'shop-pr-7',
      [LABEL.pullRequest]: '7',
      [LABEL.run]: '9-1',
      [LABEL.expires]: '2026-11-30T12.00.00Z',
    })
    expect(fieldsOf(valueAt(web, 'metadata.annotations'))).toMatchObject({
      [LABEL.owner]: 'web',
      [LABEL.expires]: '2026-11-30T12:00:00Z',
    })
    expect(valueAt(web, 'spec.template.metadata')).toEqual({
      labels: { app: 'web', [LABEL.app]: 'shop', [LABEL.preview]: 'shop-pr-7', [LABEL.pullRequest]: '7' },
    })
    expect(valueAt(find('StatefulSet'), 'metadata.labels')).toMatchObject({ [LABEL.preview]: 'shop-pr-7' })
    const [claim] = valueAt(find('StatefulSet'), 'spec.volumeClaimTemplates') as Fields[]
    expect(claim?.['metadata']).toMatchObject({ name: 'data', annotations: { [LABEL.owner]: 'db' } })
    expect(JSON.stringify(claim)).not.toContain('expires')
  })
})

describe('a namespace of its own', () => {
  it('keeps names and labels, and moves what names production’s namespace', async () => {
    const { find, faults, namespaceDocument } = await adapted(`apiVersion: v1
kind: Namespace
metadata: {name: live, labels: {pod-security.kubernetes.io/enforce: baseline}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: live}
spec: {selector: {app: web}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web, namespace: live}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}
subjects: [{kind: ServiceAccount, name: web, namespace: live}, {kind: ServiceAccount, name: ci, namespace: ci}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: live}
data: {A: "http://web.live.svc:80", B: "http://web", C: "web.live.example.com", D: "http://db.live"}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: live}
spec: {parentRefs: [{name: gate}], hostnames: ["pr-\${number}.example.com"]}
`)
    expect(faults).toEqual([])
    expect(valueAt(namespaceDocument, 'metadata.labels')).toEqual({ 'pod-security.kubernetes.io/enforce': 'baseline' })
    expect(valueAt(find('Service'), 'metadata.namespace')).toBeUndefined()
    expect(valueAt(find('Service'), 'spec.selector')).toEqual({ app: 'web' })
    expect(find('RoleBinding')['subjects']).toEqual([
      { kind: 'ServiceAccount', name: 'web', namespace: 'shop-pr-7' },
      { kind: 'ServiceAccount', name: 'ci', namespace: 'ci' },
    ])
    expect(find('ConfigMap')['data']).toEqual({
      A: 'http://web.shop-pr-7.svc:80',
      B: 'http://web',
      C: 'web.live.example.com',
      D: 'http://db.live',
    })
    expect(find('HTTPRoute')['spec']).toMatchObject({
      parentRefs: [{ name: 'gate', namespace: 'live' }],
      hostnames: ['pr-7.example.com'],
    })
  })

  it('several namespaces are refused', async () => {
    const { whats } = await adapted(
      ['one', 'two']
        .map((name) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, namespace: ${name}}}\n`)
        .join('---\n'),
    )
    expect(whats).toEqual(['the manifests are for several namespaces (one, two), and a preview lives in one'])
  })
})

describe('templates', () => {
  it('are filled in settings, and never in scripts and files', async () => {
    const { find } = await adapted(
      `${pod('{containers: [{name: web, image: "${image}", env: [{name: URL, value: "https://${name}.test/${number}"}], args: [sh, -c, "echo ${name}"]}]}')}---
apiVersion: v1
kind: ConfigMap
metadata: {name: files}
data: {one: "\${name}", script: "#!/bin/sh\\necho \${name}\\n"}
`,
    )
    const [container] = valueAt(find('Deployment'), 'spec.template.spec.containers') as Fields[]
    expect(container).toMatchObject({
      image: 'registry.test/shop',
      env: [{ value: 'https://shop-pr-7.test/7' }],
      args: ['sh', '-c', 'echo ${name}'],
    })
    expect(find('ConfigMap')['data']).toEqual({ one: 'shop-pr-7', script: '#!/bin/sh\necho ${name}\n' })
  })
})

describe('exposure', () => {
  it('ports and addresses of production are left out', async () => {
    const { find, warnings } = await adapted(
      `${pod('{hostNetwork: true, containers: [{name: web, image: x, ports: [{containerPort: 80, hostPort: 80}]}]}')}---
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    external-dns.alpha.kubernetes.io/hostname: shop.test
    service.beta.kubernetes.io/aws-load-balancer-eip-allocations: eipalloc-1
    service.beta.kubernetes.io/aws-load-balancer-name: shop
    metallb.io/loadBalancerIPs: 192.0.2.1
    lbipam.cilium.io/ips: 192.0.2.1
    kubernetes.io/ingress.global-static-ip-name: shop
    nginx.ingress.kubernetes.io/rewrite-target: /
    nginx.ingress.kubernetes.io/whitelist-source-range: 192.0.2.0/24
    prometheus.io/scrape: "true"
spec: {type: LoadBalancer, loadBalancerIP: 192.0.2.1, externalIPs: [192.0.2.2], clusterIP: 10.0.0.1, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: headless}
spec: {clusterIP: None, selector: {app: web}}
`,
    )
    expect(JSON.stringify(valueAt(find('Deployment'), 'spec.template.spec'))).not.toMatch(/hostNetwork|hostPort/)
    expect(find('Service')['spec']).toEqual({ type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }] })
    expect(
      Object.keys(fieldsOf(valueAt(find('Service'), 'metadata.annotations'))).filter((key) => !key.startsWith('dev.')),
    ).toEqual([
      'nginx.ingress.kubernetes.io/rewrite-target',
      'nginx.ingress.kubernetes.io/whitelist-source-range',
      'prometheus.io/scrape',
    ])
    expect(valueAt(find('Service', 1), 'spec.clusterIP')).toBe('None')
    expect(warnings.join('\n')).toMatch(/loadBalancerIP[\s\S]*hostNetwork[\s\S]*host port 80/)
  })

  it.each([
    'eks.amazonaws.com/role-arn',
    'iam.amazonaws.com/role',
    'iam.gke.io/gcp-service-account',
    'azure.workload.identity/client-id',
    'pod-identity.alibabacloud.com/role-name',
  ])('the cloud’s role of production (%s) is left out, and one of its own kept', async (key) => {
    const account = (name: string, role: string) =>
      `{apiVersion: v1, kind: ServiceAccount, metadata: {name: "${name}", annotations: {"${key}": "${role}", a: b}}}\n`
    const roles = async (name: string, role: string) => {
      const { find, warnings } = await adapted(account(name, role))
      const annotations = fieldsOf(valueAt(find('ServiceAccount'), 'metadata.annotations'))
      expect(annotations['a']).toBe('b')
      return { role: annotations[key], warnings: warnings.join('\n') }
    }
    const dropped = await roles('web', 'shop')
    expect(dropped.role).toBeUndefined()
    expect(dropped.warnings).toContain(`serviceaccount/web loses the annotation ${key}: the role may reach production`)
    expect(await roles('web', 'shop-${number}')).toEqual({ role: 'shop-7', warnings: '' })
    expect(await roles('web-${name}', 'previews')).toEqual({ role: 'previews', warnings: '' })
    const annotated = WEB.replace(
      'metadata: {labels: {app: web}}\n    spec',
      `metadata: {labels: {app: web}, annotations: {"${key}": shop}}\n    spec`,
    )
    const { find } = await adapted(annotated)
    expect(JSON.stringify(valueAt(find('Deployment'), 'spec.template'))).not.toContain(key)
    expect(annotated).toContain(key)
  })

  it('a name for the preview alone follows url', async () => {
    const text =
      '{apiVersion: v1, kind: Service, metadata: {name: web, annotations: {external-dns.alpha.kubernetes.io/hostname: shop.test}}, spec: {}}'
    const { find } = await adapted(text, { url: 'https://shop-pr-7.test' })
    expect(valueAt(find('Service'), 'metadata.annotations')).toMatchObject({
      'external-dns.alpha.kubernetes.io/hostname': 'shop-pr-7.test',
    })
  })

  it('scheduled jobs are suspended', async () => {
    const { find } = await adapted(
      '{apiVersion: batch/v1, kind: CronJob, metadata: {name: bill}, spec: {schedule: "* * * * *", suspend: false, jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: x}]}}}}}}',
    )
    expect(valueAt(find('CronJob'), 'spec.suspend')).toBe(true)
  })
})

describe('storage', () => {
  const volume = (source: string, mount = '{name: data, mountPath: /data}') =>
    pod(`{volumes: [{name: data, ${source}}], containers: [{name: web, image: x, volumeMounts: [${mount}]}]}`)

  it.each([
    ['a claim that is not there', volume('persistentVolumeClaim: {claimName: data}'), 'mounts the claim data'],
    ['a path of the node', volume('hostPath: {path: /data}'), 'may write to the volume data (hostPath)'],
    [
      'a path under a name',
      volume('hostPath: {path: /data}').replaceAll('name: data', 'name: "data-${number}"'),
      '(hostPath)',
    ],
    ['a server', volume('nfs: {server: "${name}.nas", path: /data}'), 'may write to the volume data (nfs)'],
    ['a share', volume('nfs: {server: nas, path: /data}'), 'may write to the volume data (nfs)'],
    [
      'a volume by name',
      '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {volumeName: pv-1}}',
      'claims the volume pv-1',
    ],
    ...['selector: {matchLabels: {tier: gold}}', 'selector: {}', 'storageClassName: ""'].map((field) => [
      'a volume that somebody made',
      `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {${field}}}`,
      'may get a volume that is production’s',
    ]),
    [
      'a volume of a set',
      '{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {selector: {}, template: {spec: {containers: [{name: a, image: x}]}}, volumeClaimTemplates: [{metadata: {name: data}, spec: {volumeName: pv-1}}]}}',
      'claims the volume pv-1',
    ],
  ])('%s is refused', async (_, text, word) => {
    for (const isOwn of [true, false]) {
      expect((await adapted(text, { isOwn })).whats).toEqual([expect.stringContaining(word)])
    }
  })

  it('places that a driver or a short-lived claim names are refused', async () => {
    const place = '{driver: nfs.csi.k8s.io, volumeAttributes: {server: nfs.test, share: /live}}'
    const claim = '{volumeClaimTemplate: {spec: {volumeName: live}}}'
    const inPod = (volume: string) =>
      pod(
        `{containers: [{name: web, image: x}, {name: w, image: x, volumeMounts: [{name: d, mountPath: /d}]}], volumes: [{name: d, ${volume}}]}`,
      )
    expect((await adapted(inPod(`csi: ${place}`))).whats).toEqual([
      expect.stringContaining('may write to the volume d (csi)'),
    ])
    expect((await adapted(inPod(`ephemeral: ${claim}`))).whats).toEqual([
      expect.stringContaining('claims the volume live'),
    ])
    const secrets = '{driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: {secretProviderClass: keys}}'
    for (const fine of [secrets, place.replace('/live', '"/${name}"')])
      expect((await adapted(inPod(`csi: ${fine}`))).whats).toEqual([])
  })

  it('what is only read, templated or its own is taken', async () => {
    const read = await adapted(volume('hostPath: {path: /data}', '{name: data, mountPath: /data, readOnly: true}'))
    expect(read.faults).toEqual([])
    expect(read.warnings).toHaveLength(1)
    expect((await adapted(volume('nfs: {server: nas, path: "/previews/${name}"}'))).faults).toEqual([])
    const own = await shared(
      `${volume('persistentVolumeClaim: {claimName: data}')}---\n{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {storageClassName: "", selector: {matchLabels: {pr: "\${number}"}}}}\n`,
    )
    expect(own.faults).toEqual([])
    expect(valueAt(own.find('Deployment'), 'spec.template.spec.volumes')).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data-pr-7' } },
    ])
    expect(valueAt(own.find('PersistentVolumeClaim'), 'spec.selector')).toEqual({ matchLabels: { pr: '7' } })
  })
})

describe('a shared namespace', () => {
  const LABELS = '{app: web, app.kubernetes.io/name: shop, live: "true", sidecar.istio.io/inject: "true"}'
  const SPEC = `{serviceAccountName: web, imagePullSecrets: [{name: pull}, {name: other}], topologySpreadConstraints: [{labelSelector: {matchLabels: {app: web}}}], affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: web}}}, {labelSelector: {matchLabels: {app: cache}}}]}}, volumes: [{name: a, configMap: {name: settings}}, {name: b, secret: {secretName: keys}}, {name: c, projected: {sources: [{secret: {name: keys}}, {configMap: {name: theirs}}]}}], containers: [{name: web, image: x, envFrom: [{secretRef: {name: keys}}, {configMapRef: {name: settings}}], env: [{name: settings, value: settings}, {name: KEY, valueFrom: {secretKeyRef: {name: keys, key: web}}}, {name: DB_HOST, value: db}, {name: MODE, value: db}, {name: DSN, value: "postgres://db:5432/web"}]}]}`
  const ALL = `${pod(SPEC, LABELS)}---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: web}, imagePullSecrets: [{name: pull}]}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {DB: "redis://user@db:6379", UPSTREAM: "db, other", nginx: "proxy_pass http://db:80;\\nserver db.production:80;\\nserver_name db.example.com;\\n"}}
---
{apiVersion: v1, kind: Secret, metadata: {name: keys}, data: {URL: ${Buffer.from('postgres://a:b@db/x').toString('base64')}, RAW: /////w==}}
---
{apiVersion: v1, kind: Secret, metadata: {name: pull}}
---
{apiVersion: v1, kind: Service, metadata: {name: db, labels: {app: db}}, spec: {selector: {app: db}, ports: [{port: 5432}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: outside}, spec: {type: ExternalName, externalName: db.production.svc.cluster.local}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: all}, spec: {selector: {}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec:
  podSelector: {}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, {podSelector: {matchLabels: {app: gate}}}, {namespaceSelector: {matchLabels: {app: web}}}]}]
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}
---
{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: web}, spec: {scaleTargetRef: {name: web}}}
---
{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: web}, spec: {selector: {matchLabels: {app: db}}}}
---
{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: gate}, spec: {selector: {istio: ingressgateway}}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: web}, rules: [{resources: [configmaps], resourceNames: [settings, theirs], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: web}, roleRef: {kind: Role, name: web}, subjects: [{kind: ServiceAccount, name: web}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchExpressions: [{key: app, operator: In, values: [db]}, {key: app, operator: Exists}]}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: postgres}]}}
---
${INGRESS(`{rules: [${RULE('"${name}.test"', 'db')}], tls: [{hosts: ["\${name}.test"], secretName: tls}]}`, ', annotations: {cert-manager.io/issuer: le, nginx.ingress.kubernetes.io/auth-secret: keys}')}`

  it('everything gets a name of its own, and references follow', async () => {
    const { manifests, faults, find } = await shared(ALL)
    expect(faults).toEqual([])
    expect(manifests.every(({ name, metadata }) => name.endsWith('-pr-7') && metadata.name === name)).toBe(true)
    const spec = fieldsOf(valueAt(find('Deployment'), 'spec.template.spec'))
    expect(spec).toMatchObject({
      serviceAccountName: 'web-pr-7',
      imagePullSecrets: [{ name: 'pull-pr-7' }, { name: 'other' }],
      volumes: [
        { configMap: { name: 'settings-pr-7' } },
        { secret: { secretName: 'keys-pr-7' } },
        { projected: { sources: [{ secret: { name: 'keys-pr-7' } }, { configMap: { name: 'theirs' } }] } },
      ],
      containers: [
        {
          name: 'web',
          envFrom: [{ secretRef: { name: 'keys-pr-7' } }, { configMapRef: { name: 'settings-pr-7' } }],
          env: [
            { name: 'DB_SERVICE_HOST', value: 'db-pr-7' },
            { name: 'DB_PORT', value: 'tcp://db-pr-7:5432' },
            { name: 'DB_PORT_5432_TCP', value: 'tcp://db-pr-7:5432' },
            { name: 'DB_PORT_5432_TCP_ADDR', value: 'db-pr-7' },
            { name: 'OUTSIDE_SERVICE_HOST', value: 'outside-pr-7' },
            { name: 'settings', value: 'settings' },
            { valueFrom: { secretKeyRef: { name: 'keys-pr-7', key: 'web' } } },
            { value: 'db-pr-7' },
            { value: 'db' },
            { value: 'postgres://db-pr-7:5432/web' },
          ],
        },
      ],
    })
    expect(find('ServiceAccount')['imagePullSecrets']).toEqual([{ name: 'pull-pr-7' }])
    expect(find('ConfigMap')['data']).toEqual({
      DB: 'redis://user@db-pr-7:6379',
      UPSTREAM: 'db-pr-7, other',
      nginx: 'proxy_pass http://db-pr-7:80;\nserver db-pr-7.production:80;\nserver_name db.example.com;\n',
    })
    expect(find('Secret')['data']).toEqual({
      URL: Buffer.from('postgres://a:b@db-pr-7/x').toString('base64'),
      RAW: '/////w==',
    })
    expect(valueAt(find('Service', 1), 'spec.externalName')).toBe('db-pr-7.production.svc.cluster.local')
    for (const kind of ['HorizontalPodAutoscaler', 'ScaledObject']) {
      expect(valueAt(find(kind), 'spec.scaleTargetRef.name')).toBe('web-pr-7')
    }
    expect(find('Role')['rules']).toMatchObject([{ resourceNames: ['settings-pr-7', 'theirs'] }])
    expect(find('RoleBinding')).toMatchObject({ roleRef: { name: 'web-pr-7' }, subjects: [{ name: 'web-pr-7' }] })
    expect(valueAt(find('StatefulSet'), 'spec.serviceName')).toBe('db-pr-7')
    expect(find('Ingress')).toMatchObject({
      metadata: { annotations: { 'nginx.ingress.kubernetes.io/auth-secret': 'keys-pr-7' } },
      spec: {
        tls: [{ secretName: 'tls-pr-7' }],
        rules: [{ host: 'shop-pr-7.test', http: { paths: [{ backend: { service: { name: 'db-pr-7' } } }] } }],
      },
    })
  })

  it('production and the preview never select each other', async () => {
    const { find } = await shared(ALL)
    const own = { [LABEL.preview]: 'shop-pr-7' }
    const labels = fieldsOf(valueAt(find('Deployment'), 'spec.template.metadata.labels'))
    expect(labels).toMatchObject({
      app: 'web-pr-7',
      'app.kubernetes.io/name': 'shop-pr-7',
      live: 'true-pr-7',
      'sidecar.istio.io/inject': 'true',
      ...own,
    })
    const production = { app: 'web', 'app.kubernetes.io/name': 'shop', live: 'true', 'sidecar.istio.io/inject': 'true' }
    for (const selector of [{ app: 'web' }, { 'app.kubernetes.io/name': 'shop' }, { live: 'true' }]) {
      expect(isSelected(production, selector)).toBe(true)
      expect(isSelected(labels, selector)).toBe(false)
    }
    const selectors = [
      valueAt(find('Deployment'), 'spec.selector'),
      valueAt(find('StatefulSet'), 'spec.selector'),
      valueAt(find('Service'), 'spec.selector'),
      valueAt(find('PodDisruptionBudget'), 'spec.selector'),
      valueAt(find('NetworkPolicy'), 'spec.podSelector'),
    ].map(fieldsOf)
    for (const selector of selectors) {
      expect(isSelected(production, selector)).toBe(false)
      expect(isSelected({ app: 'db' }, selector)).toBe(false)
    }
    const [web, db, service, budget, policy] = selectors
    expect(isSelected(labels, web ?? {})).toBe(true)
    const database = fieldsOf(valueAt(find('StatefulSet'), 'spec.template.metadata.labels'))
    for (const selector of [db, service]) expect(isSelected(database, selector ?? {})).toBe(true)
    for (const selector of [budget, policy])
      expect([isSelected(labels, selector ?? {}), isSelected(database, selector ?? {})]).toEqual([true, true])
    // Neighbours that the manifests do not bring stay those of production.
    expect(valueAt(find('NetworkPolicy'), 'spec.ingress')).toMatchObject([
      {
        from: [
          { podSelector: { matchLabels: { app: 'web-pr-7', ...own } } },
          { podSelector: { matchLabels: { app: 'gate' } } },
          { namespaceSelector: { matchLabels: { app: 'web' } } },
        ],
      },
    ])
    const spec = fieldsOf(valueAt(find('Deployment'), 'spec.template.spec'))
    expect(spec['topologySpreadConstraints']).toMatchObject([{ labelSelector: { matchLabels: { app: 'web-pr-7' } } }])
    expect(valueAt(spec, 'affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution')).toMatchObject([
      { labelSelector: { matchLabels: { app: 'web-pr-7' } } },
      { labelSelector: { matchLabels: { app: 'cache' } } },
    ])
    expect(valueAt(find('ServiceMonitor'), 'spec.selector.matchLabels')).toMatchObject({ app: 'db-pr-7' })
    expect(valueAt(find('Gateway'), 'spec.selector')).toEqual({ istio: 'ingressgateway' })
  })

  it('what rules over the namespace is refused', async () => {
    for (const kind of ['ResourceQuota', 'LimitRange', 'Namespace']) {
      expect((await shared(`{apiVersion: v1, kind: ${kind}, metadata: {name: all}}`)).whats).toEqual([
        expect.stringContaining('rules over the whole namespace'),
      ])
    }
  })

  it('what other tools and owners know their own by is left out, and names of Services follow', async () => {
    const { find } = await shared(`apiVersion: v1
kind: Service
metadata: {name: web, ownerReferences: [{uid: x}], labels: {argocd.argoproj.io/instance: shop}, annotations: {meta.helm.sh/release-name: shop, a: b}}
spec: {}
---
{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: web}, spec: {hosts: [web, other], http: [{route: [{destination: {host: web}}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {subdomain: web, containers: [{name: web, image: x}]}}
`)
    const { metadata } = find('Service') as { metadata: { annotations: Fields; labels: Fields } }
    expect(JSON.stringify(metadata)).not.toMatch(/argocd|helm|ownerReferences/)
    expect(metadata.annotations).toMatchObject({ a: 'b' })
    expect(find('VirtualService')['spec']).toEqual({
      hosts: ['web-pr-7', 'other'],
      http: [{ route: [{ destination: { host: 'web-pr-7' } }] }],
    })
    expect(valueAt(find('Pod'), 'spec.subdomain')).toBe('web-pr-7')
  })

  it('what is copied follows too', async () => {
    const text = pod('{containers: [{name: web, image: x, envFrom: [{secretRef: {name: keys}}]}]}')
    const { find } = await shared(text, { copies: [{ kind: 'Secret', name: 'keys' }] })
    expect(JSON.stringify(find('Deployment'))).toContain('{"secretRef":{"name":"keys-pr-7"}}')
  })
})

it('names that are too long are cut, and stay apart', () => {
  const long = 'a'.repeat(60)
  expect(suffixed('web', '-pr-7')).toBe('web-pr-7')
  const [one, other] = [suffixed(`${long}b`, '-pr-7'), suffixed(`${long}c`, '-pr-7')]
  expect([one.length, one === other, one.endsWith('-pr-7')]).toEqual([63, false, true])
})

it.each([
  ['', 'http://db/', 'http://x/'],
  ['', 'db:80', 'x:80'],
  ['', 'mydb:80', 'mydb:80'],
  ['', 'db.example.com:80', 'db.example.com:80'],
  ['', 'http://db.live.svc.cluster.local', 'http://x.y.svc.cluster.local'],
  ['', 'db.live.example.com', 'db.live.example.com'],
  ['', 'db', 'db'],
  ['PGHOST', 'db', 'db'],
  ['PG_HOST', 'db', 'x'],
  ['db.url', 'jdbc:postgresql://db/shop', 'jdbc:postgresql://x/shop'],
  ['', 'host = db\nport = 1', 'host = x\nport = 1'],
  ['', '{"host":"db","name":"db"}', '{"host":"x","name":"db"}'],
  ['', '--host=db', '--host=x'],
  ['--host', 'db', 'x'],
  ['', 'dbname=db', 'dbname=db'],
  ['', 'host: database', 'host: database'],
  ['KAFKA_BROKERS', 'db:9092,other:9092', 'x:9092,other:9092'],
])('the address in %s=%s becomes %s', (key, text, wanted) => {
  expect(ownAddress(key, text, { services: new Map([['db', 'x']]), from: 'live', to: 'y' })).toBe(wanted)
})
