import type { Repository } from '../../domain/image.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { fail } from '../../errors/deploy-error.ts'
import { denied, errorCodes, refusal } from './failure.ts'
import type { Reply, Session } from './session.ts'

/**
 * Whether a push would be let in, without writing: by what a readable token grants, else by opening an upload
 * and cancelling it.
 * @throws DeployError registry-denied: it would not; any other: nobody knows
 */
export async function checkPush(session: Session, repository: Repository): Promise<void> {
  const granted = await session.grantsPush(repository)
  if (granted === true) return
  const path = `/v2/${repository.path}/blobs/uploads/`
  const reply = await session.call({ repository, actions: 'pull,push', method: 'POST', path })
  if (reply.status === 202) return cancelUpload(session, repository, reply)
  throw fail(refusedPush(repository, reply))
}

async function cancelUpload(session: Session, repository: Repository, reply: Reply): Promise<void> {
  const { location } = reply.headers
  if (!location || !URL.canParse(location, reply.url.href)) return
  const { pathname, search } = new URL(location, reply.url)
  // Only the path counts: behind a proxy the registry may not know its own address, and no other host is asked.
  const path = `${pathname}${search}`
  await session.call({ repository, actions: 'pull,push', method: 'DELETE', path }).catch(() => undefined)
}

function refusedPush(repository: Repository, reply: Reply): Reason {
  const what = `a push to ${repository.path}`
  // Distribution in read-only mode answers 405.
  if (reply.status === 405)
    return { ...denied(reply.asker, what, reply), fix: 'The registry is read-only: push elsewhere.' }
  if (reply.status === 404 && errorCodes(reply).includes('NAME_UNKNOWN')) {
    return {
      ...refusal(reply.asker, what, reply),
      fix: `Create the repository ${repository.path} first, as this registry demands.`,
    }
  }
  return refusal(reply.asker, what, reply)
}
