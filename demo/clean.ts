import { MARK, SERVICE } from './app.ts'
import { removeEngine } from './engine.ts'
import { uninstall, unpacked } from './packages.ts'
import { stopRegistry } from './registry.ts'
import { exec } from './shell.ts'
import type { Home } from './state.ts'
import type { Talk } from './talk.ts'

/** Removes everything that the demo made; what was there before stays. Can be repeated. */
export async function clean(home: Home, talk: Talk): Promise<void> {
  if (!home.exists) {
    talk.say('There is nothing to remove.')
    return
  }
  const { dockerHost } = home.state
  const env = dockerHost === undefined ? process.env : { ...process.env, DOCKER_HOST: dockerHost }
  await clearStage(env, talk)
  await stopRegistry(home, env)
  const { images = [] } = home.state
  if (images.length > 0) await exec('docker', ['rmi', ...images], { env })
  const busybox = unpacked('busybox-static', 'bin/busybox', home) ?? unpacked('busybox-static', 'usr/bin/busybox', home)
  await removeEngine(home, talk, busybox)
  await uninstall(home, talk)
  home.remove()
  talk.say('Everything that the demo made is gone.')
}

/** The service, its containers and its images: before a story begins, and after the last one. */
export async function clearStage(env: NodeJS.ProcessEnv, talk: Talk): Promise<void> {
  const service = await exec('docker', ['service', 'inspect', SERVICE], { env })
  if (service.code === 0) {
    await talk.live('removing the service', () => exec('docker', ['service', 'rm', SERVICE], { env }))
  }
  const label = `label=com.docker.swarm.service.name=${SERVICE}`
  const containers = await lines(['ps', '-aq', '-f', label], env)
  if (containers.length > 0) await exec('docker', ['rm', '-f', '-v', ...containers], { env })
  const images = await lines(['images', '-q', '--no-trunc', '-f', `label=${MARK}=yes`], env)
  if (images.length > 0) await exec('docker', ['rmi', '-f', ...images], { env })
}

async function lines(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string[]> {
  const { stdout } = await exec('docker', args, { env })
  return [...new Set(stdout.split('\n').filter((line) => line !== ''))]
}
