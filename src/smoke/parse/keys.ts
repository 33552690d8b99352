/** Every key of the smoke file, by mapping. schema/smoke.schema.json is tested against these lists. */
const CONTAINER = [
  'env',
  'env-file',
  'secrets',
  'args',
  'entrypoint',
  'user',
  'read-only',
  'memory',
  'platform',
] as const

export const KEYS = {
  document: ['container', 'services', 'internal', 'startup', 'timeout', 'probe', 'checks'],
  container: [...CONTAINER, 'aliases'],
  service: ['image', 'ready', ...CONTAINER],
  startup: ['within', 'ready', 'stay-up'],
  ready: ['healthcheck', 'http', 'tcp', 'log', 'exec', 'exit', 'expect'],
  check: ['http', 'tcp', 'exec', 'file', 'image', 'log', 'stop', 'name', 'expect', 'retry'],
  retry: ['for', 'every'],
  http: ['path', 'port', 'method', 'headers', 'body', 'scheme'],
  expectHttp: ['status', 'headers', 'json', 'body', 'within'],
  expectExec: ['exit', 'stdout', 'stderr', 'within'],
  file: ['path', 'exists', 'mode', 'uid', 'gid', 'sha256', 'content'],
  image: ['user', 'ports', 'labels', 'platform', 'max-size'],
  stop: ['signal', 'within', 'exit'],
} as const satisfies Record<string, readonly string[]>

export const CHECK_KINDS = ['http', 'tcp', 'exec', 'file', 'image', 'log', 'stop'] as const
export type CheckKind = (typeof CHECK_KINDS)[number]
