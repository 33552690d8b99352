// Starts an Amazon ECS that others wrote (ministack) on a port of its own, with the lab's engine for its tasks.
import { spawn } from 'node:child_process'
import { need } from './lab.ts'
import { freePort } from './ports.ts'
import { eventually, tempDir } from './temp.ts'

export interface Ministack {
  readonly url: string
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

export async function startMinistack(): Promise<Ministack> {
  const port = String(await freePort())
  const url = `http://127.0.0.1:${port}`
  const child = spawn(need('ecs').MINISTACK, [], {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      HOME: tempDir(),
      TMPDIR: tempDir(),
      DOCKER_HOST: need('docker').DOCKER_HOST,
      GATEWAY_PORT: port,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      PERSIST_STATE: '0',
    },
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await eventually(
    'ministack answers',
    () =>
      fetch(`${url}/_ministack/health`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      ),
    30_000,
  )
  return {
    url,
    env: {
      AWS_ENDPOINT_URL_ECS: url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    async stop() {
      // Forgets everything and removes its containers.
      await fetch(`${url}/_ministack/reset`, { method: 'POST', signal: AbortSignal.timeout(30_000) }).catch(
        () => undefined,
      )
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
      await ended
      clearTimeout(timer)
    },
  }
}
