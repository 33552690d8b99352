import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, readFile, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import * as v from 'valibot'
import { within } from '../../async/deadline.ts'
import type { Duration } from '../../domain/duration.ts'
import { formatDuration } from '../../domain/duration.ts'
import { cut, oneLine } from '../../domain/text.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import { errorMessage } from '../../errors/message.ts'
import { childEnvironment } from '../process/environment.ts'
import { findTool } from '../process/find.ts'
import { createPrivateFolder, temporaryFolder } from '../process/leftovers.ts'

export interface InstallOptions {
  /** `v1.33.1`, `1.33.1`, or with the checksum that it must have: `v1.33.1@sha256:<64 hex>`. undefined: the machine's. */
  readonly version: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly onWarning?: ((text: string) => void) | undefined
  /** Where releases are published. */
  readonly downloads?: string | undefined
}

const DOWNLOADS = 'https://dl.k8s.io/release'
/** Some tens of MiB, and their checksum. */
const INSTALLED_WITHIN_MS: Duration = 300_000
const ADVICE =
  'Add azure/setup-kubectl before this step, or set kubectl-version (for example v1.33.1) to have it downloaded.'

/**
 * The path of kubectl: a pinned version from the tool cache or a verified download, else the one on PATH.
 * @throws DeployError tool-missing
 */
export async function locateKubectl({ version, env, onWarning, downloads }: InstallOptions): Promise<string> {
  const onPath = await findTool('kubectl', env)
  if (version === undefined) {
    if (onPath !== undefined) return onPath
    throw new DeployError('tool-missing', 'kubectl is not on this machine', { fix: ADVICE })
  }
  const pin = parsePin(version)
  if (!pin) {
    throw new DeployError('invalid-input', `kubectl-version: ${version} is not a version of kubectl`, {
      faults: [{ name: 'kubectl-version', value: version, problem: 'not a version', example: 'v1.33.1' }],
    })
  }
  try {
    const late = () => new Error(`not finished after ${formatDuration(INSTALLED_WITHIN_MS)}`)
    return await within({ ms: INSTALLED_WITHIN_MS, late }, () => fetchKubectl(pin, downloads ?? DOWNLOADS, env))
  } catch (error) {
    // A file that is not what it claims to be is never passed over.
    if (error instanceof DeployError && error.code === 'digest-mismatch') throw error
    const why = errorMessage(error)
    if (onPath === undefined) {
      throw new DeployError('tool-missing', `kubectl ${pin.version} could not be downloaded: ${why}`, { fix: ADVICE })
    }
    onWarning?.(`kubectl ${pin.version} could not be downloaded (${why}); the machine's own is used: ${onPath}`)
    return onPath
  }
}

interface Pin {
  /** `v1.33.1` */
  readonly version: string
  readonly sha256: string | undefined
}

export function parsePin(text: string): Pin | undefined {
  const match = /^v?(\d+\.\d+\.\d+(?:-[a-z0-9.]+)?)(?:@sha256:([0-9a-f]{64}))?$/.exec(text.trim())
  return match?.[1] === undefined ? undefined : { version: `v${match[1]}`, sha256: match[2] }
}

async function fetchKubectl(pin: Pin, downloads: string, env: InstallOptions['env']): Promise<string> {
  // tool-cache insists on the runner's variable; a terminal has none.
  process.env['RUNNER_TOOL_CACHE'] ??= path.join(homedir(), '.cache', 'immutable-deploy', 'tools')
  const [tools, { platform }] = await Promise.all([import('@actions/tool-cache'), import('@actions/core')])
  const arch = platform.arch === 'x64' ? 'amd64' : platform.arch
  const file = platform.isWindows ? 'kubectl.exe' : 'kubectl'
  const cached = tools.find('kubectl', pin.version.slice(1), arch)
  if (cached !== '') {
    const known = path.join(cached, file)
    if (pin.sha256 === undefined || (await sha256(known)) === pin.sha256) return known
  }
  const temporary = createPrivateFolder(temporaryFolder(env), 'imd-kubectl-')
  try {
    const url = `${downloads}/${pin.version}/bin/${platform.isWindows ? 'windows' : platform.platform}/${arch}/${file}`
    const [program, published] = await Promise.all([
      tools.downloadTool(url, path.join(temporary, file)),
      pin.sha256 ?? publishedChecksum(tools.downloadTool, url, temporary),
    ])
    const actual = await sha256(program)
    if (actual !== published) {
      const what = `kubectl ${pin.version} from ${url} has the checksum ${actual}, expected ${published}`
      throw new DeployError('digest-mismatch', what)
    }
    await chmod(program, 0o755)
    await refuseUnfit(program, pin, env)
    return path.join(await tools.cacheFile(program, file, 'kubectl', pin.version.slice(1), arch), file)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

const Answer = v.object({ clientVersion: v.object({ gitVersion: v.string() }) })

/**
 * The right bytes may still not run here: the folder allows no programs, or the processor is another one. That is known
 * before the program is kept for later runs.
 */
async function refuseUnfit(program: string, { version }: Pin, { HOME = '', PATH = '' }: InstallOptions['env']) {
  const { getExecOutput } = await import('@actions/exec')
  const quiet = { silent: true, ignoreReturnCode: true, env: childEnvironment({ HOME, PATH }) }
  const output = await getExecOutput(`"${program}"`, ['version', '--client', '--output=json'], quiet)
  if (output.exitCode !== 0) {
    const words = cut(oneLine(output.stderr), 200)
    throw new Error(
      `it does not run on this machine (exit code ${String(output.exitCode)})${words === '' ? '' : `: ${words}`}`,
    )
  }
  const answer = v.safeParse(v.pipe(v.string(), v.parseJson(), Answer), output.stdout)
  const own = answer.success ? answer.output.clientVersion.gitVersion : version
  if (own !== version) throw new Error(`it says that it is ${cut(oneLine(own), 50)}`)
}

async function publishedChecksum(
  download: (url: string, file: string) => Promise<string>,
  url: string,
  folder: string,
): Promise<string> {
  const text = await readFile(await download(`${url}.sha256`, path.join(folder, 'sha256')), 'utf8')
  return /^[0-9a-f]{64}/.exec(text.trim())?.[0] ?? 'none'
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
