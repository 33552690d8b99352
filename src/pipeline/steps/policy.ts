/** What the work tree says against an image that claims to be a commit. */
import type { ReleaseRequest } from '../../domain/request.ts'
import { shortRevision } from '../../domain/revision.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { Ports, SourceFacts } from '../../ports.ts'

const CREDENTIAL =
  /(^|\/)(\.env(\..+)?|\.npmrc|\.pypirc|\.netrc|id_(rsa|dsa|ecdsa|ed25519)|credentials(\.json)?|.+\.(pem|key|p12|pfx|keystore))$/i

export function policyReasons(request: ReleaseRequest, source: SourceFacts | undefined, { reporter }: Ports): Reason[] {
  if (!source || request.promote === 'none' || request.policy === 'off') return []
  const reasons: Reason[] = []
  if (source.dirty.length > 0) {
    const what = `${String(source.dirty.length)} tracked files differ from ${shortRevision(source.revision)}: ${source.dirty.slice(0, 5).join(', ')}`
    reasons.push({ code: 'dirty-tree', what })
  }
  const secrets = source.untracked.filter((file) => CREDENTIAL.test(file))
  if (secrets.length > 0) {
    reasons.push({
      code: 'secret-in-context',
      what: `untracked in the build context: ${secrets.slice(0, 5).join(', ')}`,
    })
  } else if (source.untracked.length > 0) {
    const files = source.untracked.slice(0, 5).join(', ')
    reporter.emit({
      type: 'warning',
      text: `${String(source.untracked.length)} untracked files are in the build context: ${files}`,
    })
  }
  if (request.policy === 'enforce') return reasons
  for (const reason of reasons) reporter.emit({ type: 'warning', text: `${reason.what} (policy: warn)` })
  return []
}
