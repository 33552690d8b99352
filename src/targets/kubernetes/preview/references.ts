/** References among objects by name: where objects get other names, what refers to them follows. Pure. */
import type { Fields } from './fields.ts'
import { changedAt, changedObjects, fieldsOf, isFields, listOf, textOf } from './fields.ts'

/** The new name of an object; undefined: it keeps its name. */
export type Rename = (kind: string, name: string) => string | undefined

/** The kind that a field of this name refers to, where the object in it does not say it. */
const KINDS: Readonly<Record<string, string>> = {
  configMap: 'ConfigMap',
  configMapRef: 'ConfigMap',
  configMapKeyRef: 'ConfigMap',
  secret: 'Secret',
  secretRef: 'Secret',
  secretKeyRef: 'Secret',
  imagePullSecrets: 'Secret',
  secrets: 'Secret',
  nodePublishSecretRef: 'Secret',
  certificateRefs: 'Secret',
  service: 'Service',
  backendRef: 'Service',
  backendRefs: 'Service',
  services: 'Service',
  scaleTargetRef: 'Deployment',
  targetRef: 'Deployment',
  parentRefs: 'Gateway',
  serviceAccountRef: 'ServiceAccount',
  issuerRef: 'Issuer',
  destination: 'Service',
}

/** Fields whose text is the name, or a list of names. */
const NAMED: Readonly<Record<string, string>> = {
  secretName: 'Secret',
  serviceAccountName: 'ServiceAccount',
  serviceAccount: 'ServiceAccount',
  claimName: 'PersistentVolumeClaim',
  serviceName: 'Service',
  subdomain: 'Service',
  host: 'Service',
  hosts: 'Service',
}

/** `rootService`, `activeService`: whatever a custom kind calls it. */
const SERVICE_FIELD = /^(?:service|[a-z]+Service)$/

/** Resources as roles name them. */
const RESOURCES: Readonly<Record<string, string>> = {
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  services: 'Service',
  serviceaccounts: 'ServiceAccount',
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  jobs: 'Job',
  cronjobs: 'CronJob',
  pods: 'Pod',
}

/** The object with its own name and every reference in it changed. */
export function withNewNames(object: Fields, rename: Rename): Fields {
  const kind = textOf(object['kind']) ?? ''
  const named = changedAt(object, 'metadata.name', (name) => rename(kind, textOf(name) ?? '') ?? name)
  const secrets = changedAt(named, 'metadata.annotations', (annotations) => secretAnnotations(annotations, rename))
  return fieldsOf(changedObjects(secrets, (inner, key) => following(inner, key, rename)))
}

function following(object: Fields, key: string, rename: Rename): Fields {
  return roleRule(namedFields(referred(object, key, rename), rename), rename)
}

/** `{ kind: Secret, name: db }`, or `{ name: db }` in a field that says what is meant. */
function referred(object: Fields, key: string, rename: Rename): Fields {
  const name = textOf(object['name'])
  const kind = textOf(object['kind']) ?? KINDS[key]
  if (name === undefined || kind === undefined || isFields(object['metadata'])) return object
  return { ...object, name: rename(kind, name) ?? name }
}

function namedFields(object: Fields, rename: Rename): Fields {
  return Object.fromEntries(
    Object.entries(object).map(([field, value]) => {
      const kind = NAMED[field] ?? (SERVICE_FIELD.test(field) ? 'Service' : undefined)
      const named = (one: unknown): unknown => (typeof one === 'string' && kind ? (rename(kind, one) ?? one) : one)
      return [field, Array.isArray(value) ? value.map(named) : named(value)]
    }),
  )
}

function roleRule(object: Fields, rename: Rename): Fields {
  const { resources, resourceNames } = object
  if (!Array.isArray(resourceNames)) return object
  const kinds = listOf(resources).flatMap((one) => RESOURCES[textOf(one) ?? ''] ?? [])
  const names = resourceNames.map((name) => {
    return kinds.map((kind) => rename(kind, textOf(name) ?? '')).find((one) => one !== undefined) ?? (name as unknown)
  })
  return { ...object, resourceNames: names }
}

/** On the token of a service account. */
const ACCOUNT = 'kubernetes.io/service-account.name'

/** `nginx.ingress.kubernetes.io/auth-secret: users` */
function secretAnnotations(annotations: unknown, rename: Rename): unknown {
  return Object.fromEntries(
    Object.entries(fieldsOf(annotations)).map(([key, value]) => {
      const kind = key === ACCOUNT ? 'ServiceAccount' : key.endsWith('secret') ? 'Secret' : undefined
      return [key, kind && typeof value === 'string' ? (rename(kind, value) ?? value) : value]
    }),
  )
}
