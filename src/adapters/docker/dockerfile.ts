/** Which file is the Dockerfile, and what it may be. */
import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { DeployError } from '../../errors/deploy-error.ts'
import { errorMessage } from '../../errors/message.ts'

/** `file` is relative to the working folder, its default to the context; in lower case where only that is there. */
export function dockerfilePath(context: string, file: string | undefined): string {
  if (file !== undefined) return resolve(file)
  const usual = join(context, 'Dockerfile')
  const lower = join(context, 'dockerfile')
  return !existsSync(usual) && existsSync(lower) ? lower : usual
}

/**
 * A link is followed inside the context, or inside its folder where the Dockerfile is outside of the context: what lies
 * elsewhere on this machine must not be read.
 * @throws DeployError build-failed
 */
export async function checkDockerfile(context: string, file: string | undefined): Promise<string> {
  const path = dockerfilePath(context, file)
  const home = isInside(resolve(context), resolve(path)) ? context : dirname(path)
  let real: string
  try {
    real = await realpath(path)
  } catch (error) {
    throw new DeployError('build-failed', `the Dockerfile cannot be read: ${errorMessage(error)}`, {
      fix: 'Name it with the file input (relative to the working folder), or correct context.',
    })
  }
  if (isInside(await realpath(home), real)) return path
  throw new DeployError('build-failed', `the Dockerfile ${path} is a link that leads out of ${home}`, {
    fix: 'Put the file itself there, or name it with the file input.',
  })
}

export function isInside(folder: string, path: string): boolean {
  const relativePath = relative(folder, path)
  return (
    relativePath === '' || (relativePath !== '..' && !relativePath.startsWith('../') && !relativePath.startsWith('/'))
  )
}
