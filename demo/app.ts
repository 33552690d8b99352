import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Engine } from './engine.ts'
import { isStatic } from './busybox.ts'
import { unpack } from './packages.ts'
import { rememberImage } from './registry.ts'
import { must } from './shell.ts'
import type { Home } from './state.ts'
import type { Talk } from './talk.ts'

export const APP = 'immutable-demo'
export const SERVICE = `${APP}_web`
export const PORT = 8080
const BUSYBOX = '/bin/busybox'
const PUBLISHED = 'busybox:1.36-musl'
/** On the sample images, so that clean-up finds them. */
export const MARK = 'org.example.immutable-demo'

export type Version = 'v1' | 'v2' | 'v3' | 'v4'

/** The sample app: one page and a health page, served by busybox, in a Git repository of its own. */
export class SampleApp {
  readonly folder: string
  readonly #base: string

  private constructor(folder: string, base: string) {
    this.folder = folder
    this.#base = base
  }

  static async create(engine: Engine, home: Home, talk: Talk): Promise<SampleApp> {
    const folder = home.path('app')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(`${folder}/www`, { recursive: true })
    const busybox = await staticBusybox(engine, home, talk)
    if (busybox !== undefined) copyFileSync(busybox, `${folder}/busybox`)
    // Where no static busybox can be had, the published image holds one.
    if (busybox === undefined) await rememberImage(PUBLISHED, engine, home)
    const base = busybox === undefined ? `FROM ${PUBLISHED}` : 'FROM scratch\nCOPY busybox /bin/busybox'
    const app = new SampleApp(folder, base)
    await app.#git('init', '-q', '-b', 'main')
    writeFileSync(`${folder}/stack.yml`, stackFile(engine.nodeId))
    return app
  }

  /** Commits a version. Returns the commit's SHA. */
  async commit(version: Version): Promise<string> {
    const write = (name: string, text: string) => writeFileSync(`${this.folder}/${name}`, text)
    write('Dockerfile', dockerfile(this.#base))
    write('www/index.html', `${page(version)}\n`)
    write('run.sh', script(version))
    rmSync(`${this.folder}/www/healthz`, { force: true })
    // v3's mistake: the health page is gone.
    if (version !== 'v3') write('www/healthz', 'ok\n')
    await this.#git('add', '--all')
    await this.#git('commit', '-q', '-m', MESSAGES[version])
    return this.#git('rev-parse', 'HEAD')
  }

  #git(...args: string[]): Promise<string> {
    const identity = ['-c', 'user.name=Demo', '-c', 'user.email=demo@example.com', '-c', 'commit.gpgsign=false']
    return must('git', [...identity, ...args], { cwd: this.folder })
  }
}

const MESSAGES: Readonly<Record<Version, string>> = {
  v1: 'Say hello',
  v2: 'Say hello a second time',
  v3: 'Tidy up (and lose the health page)',
  v4: 'Cache everything (and fill the disk in production)',
}

export function page(version: Version): string {
  return `Hello from ${version}`
}

function dockerfile(base: string): string {
  return `${base}
COPY run.sh /app/run.sh
COPY www /app/www
LABEL ${MARK}=yes
EXPOSE ${String(PORT)}
HEALTHCHECK --interval=1s --timeout=2s --retries=3 CMD ["/bin/busybox", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:${String(PORT)}/"]
CMD ["/bin/busybox", "sh", "/app/run.sh"]
`
}

/** v4's mistake shows only in production, and only after it was healthy: no test before the rollout can see it. */
function script(version: Version): string {
  const late = [
    'if [ "$APP_ENV" = production ]; then',
    '  /bin/busybox sleep 2',
    '  echo "cache: no space left after 2 seconds of production"',
    '  exit 1',
    'fi',
  ]
  return [
    "trap 'exit 0' TERM INT",
    `/bin/busybox httpd -f -p ${String(PORT)} -h /app/www &`,
    ...(version === 'v4' ? late : []),
    'wait $!',
    '',
  ].join('\n')
}

/** No published port and no overlay network: the story needs neither, and not every kernel has what they need. */
function stackFile(nodeId: string): string {
  return `version: "3.8"
services:
  web:
    image: to-be-released
    environment:
      APP_ENV: production
    networks: [bridge]
    stop_grace_period: 3s
    deploy:
      replicas: 2
      placement:
        constraints: ["node.id == ${nodeId}"]
      restart_policy: { condition: any, delay: 1s }
      update_config: { order: start-first, parallelism: 0, monitor: 1s, failure_action: pause }
networks:
  bridge: { external: true }
`
}

/** A busybox that runs without any library, for the engine's architecture. */
async function staticBusybox(engine: Engine, home: Home, talk: Talk): Promise<string | undefined> {
  const here = await must('uname', ['-m'])
  if (here !== engine.architecture || process.platform !== 'linux') return undefined
  try {
    if (isStatic(readFileSync(BUSYBOX))) return BUSYBOX
  } catch {
    // There is none: Debian's package has one.
  }
  return (
    (await unpack('busybox-static', 'bin/busybox', home, talk)) ??
    unpack('busybox-static', 'usr/bin/busybox', home, talk)
  )
}
