/** What a stack file may hold: the Compose format 3.13 as Docker's client knows it. */
import type { Shape } from './shape.ts'
import { anything, boolean, count, either, integer, list, mapping, named, number, text } from './shape.ts'

/** A mapping that takes the user's own `x-…` keys too. */
function extensible(keys: Readonly<Record<string, Shape>>): Shape {
  return { ...mapping(keys), extensible: true }
}

const nothing: Shape = { kinds: ['null'] }
const texts = list(text, true)
const textOrTexts = either(text, texts)
const words = either(text, list(text))
const options = mapping({}, either(text, number))
const pairs = either(texts, mapping({}, either(text, number, nothing)))
const external = either(boolean, mapping({ name: text }))
const reference = either(
  text,
  mapping({ source: text, target: text, uid: text, gid: text, mode: { ...number, isCount: true } }, anything),
)

const updates = mapping({
  parallelism: count,
  delay: text,
  failure_action: text,
  monitor: text,
  max_failure_ratio: number,
  order: { ...text, oneOf: ['start-first', 'stop-first'] },
})

const deploy = either(
  nothing,
  mapping({
    mode: text,
    endpoint_mode: text,
    replicas: count,
    labels: pairs,
    rollback_config: updates,
    update_config: updates,
    resources: mapping({
      limits: mapping({ cpus: text, memory: text, pids: integer }),
      reservations: mapping({
        cpus: text,
        memory: text,
        generic_resources: list(mapping({ discrete_resource_spec: mapping({ kind: text, value: number }) })),
      }),
    }),
    restart_policy: mapping({ condition: text, delay: text, max_attempts: count, window: text }),
    placement: mapping({
      constraints: list(text),
      preferences: list(mapping({ spread: text })),
      max_replicas_per_node: count,
    }),
  }),
)

const healthcheck = mapping({
  disable: boolean,
  interval: text,
  retries: { ...number, isCount: true },
  test: words,
  timeout: text,
  start_period: text,
  start_interval: text,
})

const volume: Shape = {
  ...mapping({
    type: text,
    source: text,
    target: text,
    read_only: boolean,
    consistency: text,
    bind: mapping({ propagation: text }, anything),
    volume: mapping({ nocopy: boolean, subpath: text }, anything),
    // Docker's client wants a whole number here; a text such as 64M says the same.
    tmpfs: mapping({ size: either(integer, text) }, anything),
  }),
  required: ['type'],
}

const attachment = either(
  nothing,
  mapping({ aliases: texts, driver_opts: options, ipv4_address: text, ipv6_address: text }),
)

const port = either(number, text, mapping({ mode: text, target: integer, published: integer, protocol: text }))

const limit: Shape = either(integer, { ...mapping({ soft: integer, hard: integer }), required: ['soft', 'hard'] })

/** Keys that Docker takes for other uses of the same file and leaves out with a notice. */
const UNSUPPORTED: Readonly<Record<string, Shape>> = {
  build: either(text, mapping({}, anything)),
  cgroupns_mode: text,
  cgroup_parent: text,
  devices: texts,
  domainname: text,
  external_links: texts,
  ipc: text,
  links: texts,
  mac_address: text,
  network_mode: text,
  pid: either(text, nothing),
  privileged: boolean,
  security_opt: texts,
  shm_size: either(number, text),
  userns_mode: text,
  container_name: text,
  expose: list(either(text, number), true),
}

/** Docker's client leaves the last one out without a word. */
export const IGNORED_KEYS: readonly string[] = [...Object.keys(UNSUPPORTED), 'depends_on']

const service = extensible({
  ...UNSUPPORTED,
  deploy,
  healthcheck,
  cap_add: texts,
  cap_drop: texts,
  command: words,
  configs: list(reference),
  credential_spec: mapping({ config: text, file: text, registry: text }),
  depends_on: texts,
  dns: textOrTexts,
  dns_search: textOrTexts,
  entrypoint: words,
  env_file: textOrTexts,
  environment: pairs,
  extra_hosts: pairs,
  hostname: text,
  image: text,
  init: boolean,
  isolation: text,
  labels: pairs,
  logging: mapping({ driver: text, options: mapping({}, either(text, number, nothing)) }),
  networks: either(texts, mapping({}, attachment)),
  oom_score_adj: integer,
  ports: list(port, true),
  read_only: boolean,
  restart: text,
  secrets: list(reference),
  stdin_open: boolean,
  stop_grace_period: text,
  stop_signal: text,
  sysctls: pairs,
  tmpfs: textOrTexts,
  tty: boolean,
  ulimits: mapping({}, limit),
  user: text,
  volumes: list(either(text, volume)),
  working_dir: text,
})

const network = either(
  nothing,
  extensible({
    name: text,
    driver: text,
    driver_opts: options,
    ipam: mapping({ driver: text, config: list(mapping({ subnet: text })) }),
    external,
    internal: boolean,
    attachable: boolean,
    labels: pairs,
  }),
)

const storage = either(nothing, extensible({ name: text, driver: text, driver_opts: options, external, labels: pairs }))
const config = extensible({ name: text, file: text, external, labels: pairs, template_driver: text })
const secret = extensible({ ...config.keys, driver: text, driver_opts: options })

export const STACK = extensible({
  version: text,
  services: named(service),
  networks: named(network),
  volumes: named(storage),
  secrets: named(secret),
  configs: named(config),
})
