/**
 * The post entry of every action, run only after failure or cancellation: removes what a main step left that was killed
 * before it could. Never fails the job: what stays expires and is swept later.
 */
import { asDeployError } from '../errors/deploy-error.ts'

const token = process.env['STATE_token']

await Promise.allSettled([token ? containers(token) : undefined, processes()])
process.exit(0)

async function containers(run: string): Promise<void> {
  try {
    const [{ connect }, { createRuntime }] = await Promise.all([
      import('../adapters/docker/connection.ts'),
      import('../adapters/docker/runtime.ts'),
    ])
    const runtime = createRuntime(await connect({}, process.env), {
      registry: { engineAuth: () => Promise.resolve('') },
    })
    await runtime.sweep({ run })
  } catch (error) {
    process.stdout.write(`left-over containers were not removed: ${asDeployError(error).what}\n`)
  }
}

async function processes(): Promise<void> {
  const { sweepLeftovers, temporaryFolder } = await import('../adapters/process/leftovers.ts')
  sweepLeftovers(temporaryFolder(process.env))
}
