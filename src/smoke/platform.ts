import { readdir } from 'node:fs/promises'
import { arch } from 'node:process'
import { DeployError } from '../errors/deploy-error.ts'
import type { ImageFacts } from '../ports.ts'
import { SmokeFailure } from './failure.ts'
import type { SmokeOptions } from './context.ts'

/** Architectures whose programs another one runs by itself. */
const RUNS: Readonly<Record<string, readonly string[]>> = { amd64: ['386'], arm64: ['arm'] }
/** Names under which emulators register with Linux. */
const EMULATORS: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  '386': 'i386',
  arm64: 'aarch64',
  arm: 'arm',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loongarch64',
}
const HANDLERS = '/proc/sys/fs/binfmt_misc'

/** Whether an engine of that platform runs the image: by itself, or by an emulator that is registered here. */
export async function canRun(
  image: string,
  engine: string,
  handlers: () => Promise<readonly string[]> = registered,
): Promise<boolean> {
  const [system, architecture = ''] = image.split('/')
  const [engineSystem, engineArchitecture = ''] = engine.split('/')
  // Where an engine or image does not say what it is, the container is started: the start shows whether it runs.
  if (!architecture || !engineArchitecture) return true
  if (system !== engineSystem) return false
  if (architecture === engineArchitecture || RUNS[engineArchitecture]?.includes(architecture)) return true
  const emulator = EMULATORS[architecture]
  return emulator !== undefined && (await handlers()).some((name) => name === `qemu-${emulator}` || name === 'rosetta')
}

async function registered(): Promise<readonly string[]> {
  return readdir(HANDLERS).catch(() => [])
}

/** The image's facts; a failure where this engine certainly cannot run it. */
export async function imageFacts(smoke: SmokeOptions): Promise<ImageFacts> {
  const { runtime, image, spec } = smoke
  const facts = image.facts ?? (await runtime.image(image.reference))
  if (!facts) throw new DeployError('image-not-found', `the engine does not have ${image.reference}`)
  const local = `linux/${arch === 'x64' ? 'amd64' : arch}`
  // Asking the engine costs more than the test of a tiny image: only where this machine is of another kind.
  if (facts.platform === (smoke.platform ?? local) || facts.platform === spec.container.platform) return facts
  const engine = smoke.platform ?? (await runtime.info()).platform
  if (await canRun(facts.platform, engine)) return facts
  throw new SmokeFailure({
    code: 'smoke-wrong-platform',
    what: `the image is for ${facts.platform}, the engine runs ${engine} and no emulator is registered`,
    fix: `Build for ${engine}, add docker/setup-qemu-action, or say container: {platform: ${facts.platform}} if the engine emulates it.`,
  })
}
