// Stack files written for the comparison with Docker's own client: pieces of one service each, and whole files.

/** What the environment of both readers holds. */
export const ENVIRONMENT = {
  SET: 'here',
  EMPTY: '',
  YES: 'yes',
  NO: 'off',
  THREE: '3',
  HOME: '/home/app',
  DASH: 'a-b',
  MODE: '0440',
}

/** Networks, secrets and configs that are there already. */
export const EXTERNAL = ['theirs', 'older-secret', 'outer', 'real', 'older-net', 't', 'm', 'host']

/** Pieces of a service that Docker's client takes. `image` is there already. */
export const TAKEN: readonly string[] = [
  // scalars
  'environment: { GUILD: 1012345678901234567, BIG: 18446744073709551615, BIGGER: 28446744073709551615, LOW: -9223372036854775808 }',
  'environment: { A: 1e6, B: 1.0, C: 1.50, D: 123456789.5, E: .5, F: 1.e3, G: 0.0000001, H: 1E3, I: -0.0 }',
  'environment: { A: 0400, B: 0o17, C: 0x1F, D: 0b101, E: 1_000, F: 089, G: 0777_7, H: -0x10, I: +12, J: 00 }',
  'environment: { A: 2020-01-01, B: 2020-01-01T10:00:00Z, C: 2020-1-2 3:04:05.50, D: 2001-12-14t21:59:43.10-05:00 }',
  'environment: { A: yes, B: no, C: "true", D: ~, E: null, F: on, G: 1:30, H: 1.2.3, I: 12:30:45, J: 0x, K: 1__0 }',
  'environment: [A=1, "B=x=y", SET, EMPTY=, SET=, GONE, "C= blank "]',
  'environment: { SET: , EMPTY: "", GONE: , GONE2: "" }',
  'labels: { n: 1012345678901234567, f: 1.10, e: , t: text }',
  'labels: [a=b, c, "d=e=f", a=last]',
  'sysctls: { net.core.somaxconn: 1024, net.ipv4.tcp_syncookies: "0" }',
  'sysctls: [net.core.somaxconn=1024]',
  // words
  'command: "sh -c \'echo \\"x\\" $$HOME\' # a comment"',
  'command: "a#b #c\\n d"',
  'command: []',
  'command: ""',
  'entrypoint: [/bin/sh, -c]',
  'entrypoint: "/start  \\"two words\\" a\\\\ b"',
  'command: ["$SET", "${EMPTY:-other}", "${GONE-x}", "$$NOT", "${DASH}"]',
  'command: ["$SET-more", "${GONE:-a:-b}", "${SET?why}", "${set-y}", "${GONE:-${SET}}"]',
  'command: ["${GONE}", "$GONE"]',
  // ports
  'ports: ["80", "8080:80", "9000-9002:9000-9002/udp", "8000-8004:8000", 53, "5353:53/UDP", "1000-1002"]',
  'ports: [{ target: 80, published: 8080 }, { target: 81, mode: host, protocol: udp }, { target: 82, published: "$THREE" }]',
  'ports: ["0.0.0.0:8081:81", "8082:82/sctp"]',
  // volumes
  'volumes: [/cache, "data:/data", "data:/ro:ro", "named:/n:nocopy", "theirs:/t:nocopy,ro", "older:/o"]',
  'volumes: ["/:/host:ro,rslave", "/var:/v:z", "./conf:/conf:Z,ro", "../up:/up:cached", "~/x:/x", "~:/home"]',
  'volumes: [{ type: bind, source: /a, target: /b, bind: { propagation: shared }, read_only: true }]',
  'volumes: [{ type: tmpfs, target: /tmp, tmpfs: { size: 1048576 } }, { type: tmpfs, target: /t2 }]',
  'volumes: [{ type: volume, source: data, target: /d, volume: { nocopy: true }, consistency: cached }]',
  'volumes: [{ type: volume, source: theirs, target: /d, volume: { nocopy: "$YES" }, read_only: "$NO" }]',
  'volumes: [{ type: volume, target: /anonymous }, { type: npipe, source: "\\\\\\\\.\\\\pipe\\\\docker", target: "\\\\\\\\.\\\\pipe\\\\x" }]',
  'volumes: [{ type: cluster, source: "group:fast", target: /c }, { type: cluster, source: data, target: /e }]',
  'volumes: ["c:\\\\data:/x", "d:/x"]',
  // networks
  'networks: [front, outside, older]',
  'networks: { front: { aliases: [www, api] }, default: , outside: { driver_opts: { a: 1 } } }',
  'networks: { named: { ipv4_address: 10.0.0.5 } }',
  'networks: [hostnet]',
  // secrets and configs
  'secrets: [key, { source: theirs, target: /run/other, uid: "1", gid: "2", mode: 0440 }, older]',
  'secrets: [{ source: key, mode: "$THREE" }, driven]',
  'configs: [conf, { source: conf2, target: /etc/c, mode: 0o400 }, templated, { source: outer }]',
  'credential_spec: { config: conf }',
  'credential_spec: { file: my.json }',
  'credential_spec: { registry: my }',
  // healthcheck
  'healthcheck: { test: curl -f localhost, interval: 1m30s, timeout: 1.5s, retries: 3, start_period: 10ms, start_interval: 1h2m3.5s }',
  'healthcheck: { test: [CMD, /check, "$SET"], retries: "$THREE" }',
  'healthcheck: { disable: true }',
  'healthcheck: { disable: "$YES" }',
  'healthcheck: { test: [NONE] }',
  'healthcheck: { interval: 5s }',
  // logging, restart
  'logging: { options: { max-size: 10m, max-file: 3 } }',
  'logging: { driver: json-file }',
  'logging: { driver: syslog, options: { tag: , n: 1.0 } }',
  'logging: {}',
  'restart: always',
  'restart: unless-stopped',
  'restart: "no"',
  'restart: on-failure',
  'restart: on-failure:3',
  'restart: "on-failure:"',
  'restart: always\n    deploy: { restart_policy: { condition: none } }',
  'restart: on-failure:5\n    deploy: { restart_policy: { max_attempts: 2 } }',
  // deploy
  'deploy: { replicas: 0 }',
  'deploy: { mode: global, endpoint_mode: DNSRR }',
  'deploy: { replicas: "$THREE", labels: { a: 1, b: "$SET" } }',
  'deploy: { labels: [a=1, b] }',
  'deploy:',
  'deploy: { update_config: { parallelism: 0, delay: 10s, monitor: 1m, order: start-first, failure_action: rollback, max_failure_ratio: 0.25 } }',
  'deploy: { rollback_config: { delay: 0s, max_failure_ratio: "${RATIO:-0.5}" }, update_config: {} }',
  'deploy: { resources: { limits: { cpus: "0.50", memory: 64M, pids: 100 }, reservations: { cpus: "1/4", memory: 32mb } } }',
  'deploy: { resources: { limits: { memory: "1.5g" }, reservations: { memory: "1024" } } }',
  'deploy: { resources: { limits: { memory: 100KiB, cpus: "2" } } }',
  'deploy: { resources: { reservations: { generic_resources: [{ discrete_resource_spec: { kind: gpu, value: 2 } }] } } }',
  'deploy: { restart_policy: { condition: on-failure, delay: 5s, max_attempts: 3, window: 2m } }',
  'deploy: { restart_policy: {} }',
  'deploy: { placement: { constraints: [node.role == manager], preferences: [{ spread: node.labels.zone }], max_replicas_per_node: 2 } }',
  // container
  'hostname: "{{.Node.Hostname}}"\n    user: "1000:1000"\n    working_dir: /app\n    stop_signal: SIGINT\n    stop_grace_period: 1m',
  'init: false\n    tty: true\n    stdin_open: true\n    read_only: true',
  'tty: "$NO"\n    read_only: "$YES"',
  'dns: 8.8.8.8\n    dns_search: [a.example, b.example]',
  'extra_hosts: ["db:10.0.0.5", "v6:[::1]", "eq=10.0.0.6", "v6b:::1"]',
  'extra_hosts: { db: 10.0.0.5, a: 10.0.0.6 }',
  'ulimits: { nofile: { soft: 1024, hard: 2048 }, nproc: 64, core: 0 }',
  'ulimits: { nofile: "$THREE", nproc: { soft: "${THREE}", hard: 9 } }',
  'cap_add: [net_admin, CAP_SYS_TIME, chown]\n    cap_drop: [ALL, NET_ADMIN]',
  'cap_drop: [mknod, CAP_MKNOD2]',
  'oom_score_adj: -500',
  'isolation: hyperv',
  'stop_grace_period: 1h30m0.5s',
  // left out with a notice
  'privileged: true\n    devices: [/dev/fuse]\n    network_mode: host\n    domainname: x\n    ipc: host\n    pid: host',
  'security_opt: [no-new-privileges]\n    shm_size: 64m\n    cgroup_parent: x\n    cgroupns_mode: host\n    userns_mode: host',
  'build: .\n    container_name: c\n    expose: [80, "81"]\n    links: [a]\n    external_links: [b]\n    mac_address: "02:42"\n    depends_on: [b]',
  'build: { context: ., args: { A: 1 }, anything: [1] }\n    pid: ',
  'x-mine: { a: [1, 2] }',
  '<<: { hostname: merged, user: "1" }\n    user: "2"',
  'env_file: one.env',
  'env_file: [one.env, two.env]\n    environment: { FIRST: own, LEAD: }',
]

/** More of them, for one file only: a pair of some would be a mistake. */
export const TAKEN_ALONE: readonly string[] = [
  'environment: ["A=${GONE:-${EMPTY:-c}}", "B=${GONE:-$SET}", "C=${GONE:-$$SET}", "D=${GONE:-a}b}", "E=$$$SET", "F=x$$"]',
  'environment: { "${SET}": a, A: !!str 12, B: !!int "3" }',
  'environment: &e { A: 1, B: 2 }\n    labels: { <<: *e, B: 3 }',
  'healthcheck: { test: a, retries: 1.5 }',
]

export const FILES: Readonly<Record<string, string>> = {
  'one.env': '\uFEFFFIRST=1\nTRAIL=x  \n  LEAD=1\nSET\nGONE\nQUOTED="a b"\n\n# comment\n\tTAB=1\nEMPTY2=\nEQ=a=b\n',
  'two.env': 'FIRST=2\r\nSET=\nEMPTY\n#LAST=1\n',
  'key.txt': 'secret',
  'conf.txt': 'conf {{ .Service.Name }}',
}

/** The rest of the file around the pieces. */
export const REST = `
volumes:
  data: { driver: nfs, driver_opts: { o: 1, p: text }, labels: { a: 1 } }
  named: { name: other-name }
  theirs: { external: true }
  older: { external: { name: "older-\${SET}" } }
networks:
  front: { driver_opts: { encrypted: "" }, attachable: "$YES", internal: true, labels: [a=b], ipam: { driver: default, config: [{ subnet: 10.9.0.0/24 }] } }
  outside: { external: true, name: real }
  older: { external: { name: older-net } }
  named: { name: "net-$SET", driver: overlay }
  hostnet: { external: true, name: host }
secrets:
  key: { file: ./key.txt, labels: { a: b } }
  theirs: { external: "$YES" }
  older: { external: { name: older-secret } }
  driven: { driver: vault, driver_opts: { path: x }, template_driver: golang, name: driven-name }
configs:
  conf: { file: conf.txt }
  conf2: { file: conf.txt, name: "conf-\${THREE}" }
  templated: { file: ./conf.txt, template_driver: golang }
  outer: { external: true }
x-top: anything
`

/** Pieces of a service that Docker's client refuses. */
export const REFUSED: readonly string[] = [
  'name: web',
  'group_add: [1]',
  'privileged: yes-please',
  'external: true',
  'environment: { A: true }',
  'environment: { A: [1] }',
  'environment: [A, A]',
  'environment: { 1: x }',
  'labels: { a: { b: c } }',
  'command: "open \\"quote"',
  'command: "ends with \\\\"',
  'command: [1]',
  'ports: ["80:81:82:83:x"]',
  'ports: ["many"]',
  'ports: ["8000-8001:9000-9002"]',
  'ports: ["9002-9000:80"]',
  'ports: [70000]',
  'ports: ["80/http"]',
  'ports: [{ target: "80" }]',
  'ports: [{ target: 80, name: web }]',
  'volumes: [nowhere:/data]',
  'volumes: ["aa:bb:cc:dd"]',
  'volumes: [":/data"]',
  'volumes: [{ target: /x }]',
  'volumes: [{ type: bind, target: /x }]',
  'volumes: [{ type: wrong, target: /x }]',
  'volumes: [{ type: volume, source: data, target: /x, tmpfs: { size: 1 } }]',
  'volumes: [{ type: volume, source: data, target: /x, read_only: "yes" }]',
  'networks: [nowhere]',
  'networks: { front: { priority: 1 } }',
  'secrets: [nowhere]',
  'configs: [{ source: nowhere }]',
  'secrets: [{ source: key, mode: "0440" }]',
  'credential_spec: { config: conf, file: x }',
  'credential_spec: { config: nowhere }',
  'healthcheck: { test: a, disable: true }',
  'healthcheck: { interval: 5 }',
  'healthcheck: { interval: 5x }',
  'healthcheck: { tests: a }',
  'healthcheck: { test: a, retries: -1 }',
  'deploy: { update_config: { parallelism: -1 } }',
  'secrets: [{ source: key, mode: -1 }]',
  'logging: { level: x }',
  'restart: sometimes',
  'restart: on-failure:many',
  'deploy: { replicas: many }',
  'deploy: { replicas: "3" }',
  'deploy: { replicas: "$SET" }',
  'deploy: { mode: global, replicas: 2 }',
  'deploy: { mode: anywhere }',
  'deploy: { update_config: { order: random } }',
  'deploy: { resources: { limits: { cpus: 0.5 } } }',
  'deploy: { resources: { limits: { cpus: "half" } } }',
  'deploy: { resources: { limits: { memory: many } } }',
  'deploy: { resources: { limits: { memory: 5 } } }',
  'deploy: { x-mine: 1 }',
  'deploy: { placement: { constraint: [a] } }',
  'depends_on: { db: { condition: service_healthy } }',
  'read_only: "true"',
  'tty: "$SET"',
  'init: "$YES"',
  'extends: { service: x }',
  'mem_limit: 1g',
  'cap_add: [A, A]',
  'ulimits: { nofile: { soft: 1 } }',
  'ulimits: { nofile: "1" }',
  'stop_grace_period: 10',
  'env_file: nowhere.env',
  'env_file: blank.env',
  'env_file: noname.env',
  'user: 1000',
  'hostname: 5',
  'command: "${GONE:?say why}"',
  'command: "${EMPTY:?}"',
  'command: "${GONE?}"',
  'command: "a $ b"',
  'command: "${}"',
  'command: "${1}"',
]

export const REFUSED_FILES: Readonly<Record<string, string>> = {
  'blank.env': 'A B=1\n',
  'noname.env': '=1\n',
}

const web = 'services: { web: { image: acme/app } }'

/** Whole files that Docker's client refuses. */
export const REFUSED_WHOLE: readonly string[] = [
  '',
  'just text',
  `name: shop\n${web}`,
  `plugins: {}\n${web}`,
  `version: "2.4"\n${web}`,
  `version: 3.8\n${web}`,
  'services: []',
  'services: { web: }',
  'services: { web: {} }',
  'services: { "a b": { image: x } }',
  `${web}\nvolumes: { v: { external: "true" } }`,
  `${web}\nvolumes: { v: { external: "$SET" } }`,
  `${web}\nvolumes: { v: { external: true, driver: x } }`,
  `${web}\nvolumes: { v: { external: { name: a }, name: b } }`,
  `${web}\nvolumes: { v: { externals: true } }`,
  `${web}\nnetworks: { n: { external: 1 } }`,
  `${web}\nnetworks: { n: { enable_ipv6: true } }`,
  `${web}\nnetworks: { n: { external: { name: a }, name: b } }`,
  `${web}\nsecrets: { s: { file: a, environment: b } }`,
  `${web}\nsecrets: { s: }`,
  `${web}\nconfigs: { c: { content: x } }`,
  `${web}\nconfigs: { c: { file: nothere.txt } }`,
  `${web}\nsecrets: { s: { external: { name: a }, name: b } }`,
  `${web}\nsecrets: { s: { driver: a, file: b } }`,
  'services: { web: { image: a, image: b } }',
  'services: { web: { image: *nowhere } }',
  'services:\n\tweb: { image: a }',
]

/** Several files, merged in their order. */
export const MERGED: readonly (readonly string[])[] = [
  [
    'services: { web: { image: a, environment: { A: 1, B: 2 }, labels: [x=1], command: one two, ports: ["80", "81", "8080:80"], dns: 1.1.1.1, healthcheck: { test: a, retries: 3 } }, db: { image: d } }',
    'services: { web: { image: b, environment: [B=3, C=4], labels: { y: 2 }, command: [three], dns: [8.8.8.8], healthcheck: { interval: 5s } }, extra: { image: e } }',
  ],
  [
    'services: { web: { image: a, ports: ["8080:80", "9090:90"], volumes: ["v:/x", "/a:/b"], secrets: [s, t] } }\nvolumes: { v: { external: { name: foo } } }\nsecrets: { s: { file: key.txt }, t: { external: true } }',
    'services: { web: { ports: ["8080:81"], volumes: ["w:/x:ro", "/c:/d"], secrets: [{ source: s, target: other }] } }\nvolumes: { v: { name: bar }, w: }',
  ],
  [
    'services: { web: { image: a, tty: true, stop_grace_period: 5s, deploy: { replicas: 3, labels: { a: 1 }, resources: { limits: { cpus: "1", memory: 1g } }, placement: { constraints: [node.role == manager] }, update_config: { parallelism: 2, delay: 5s } } } }',
    'services: { web: { tty: false, deploy: { replicas: 1, resources: { limits: { memory: 2g } }, placement: { constraints: [node.labels.a == b] }, update_config: { order: start-first } } } }',
    'services: { web: { stop_grace_period: 9s, user: root, deploy: { labels: [b=2], replicas: 0 } } }',
  ],
  [
    'services: { web: { image: a, networks: { n: { aliases: [one], ipv4_address: 10.0.0.1 } }, logging: { driver: syslog, options: { a: b } }, ulimits: { nofile: 5, nproc: 6 } } }\nnetworks: { n: }',
    'services: { web: { networks: { n: { aliases: [two] }, m: }, logging: { options: { c: d } }, ulimits: { nofile: { soft: 1, hard: 2 } } } }\nnetworks: { m: { external: true }, n: { attachable: true } }',
    'services: { web: { logging: { driver: json-file, options: { e: f } }, networks: [n] } }',
  ],
  ['version: "3.8"\nservices: { web: { image: a } }', 'version: "3.8"\nservices: { web: { hostname: x } }'],
  [
    'services: { web: { image: a, restart: always, entrypoint: a b, cap_add: [A], extra_hosts: ["a:1.1.1.1"], sysctls: { a: 1 }, init: true } }',
    'services: { web: { restart: on-failure:2, entrypoint: "", cap_add: [B], extra_hosts: ["a:2.2.2.2"], sysctls: [b=2], init: false } }',
  ],
]

export const REFUSED_MERGED: readonly (readonly string[])[] = [
  ['version: "3.8"\nservices: { web: { image: a } }', 'version: "3.7"\nservices: { web: { hostname: x } }'],
  ['services: { web: { image: a } }', 'services: { web: { volumes: ["vol:/x"] } }'],
  ['services: { web: { hostname: a } }', 'services: { web: { user: a } }'],
]
