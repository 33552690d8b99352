/** One host that a preview answers at: by a template in the manifest, else that of `url`. Pure. */
import type { AddressContext } from './addresses.ts'
import type { Notes } from './notes.ts'
import { isTemplated } from './template.ts'

export interface HostContext {
  /** The host of `url`. */
  readonly host: string | undefined
  readonly app: string
  /** `deploy/app.yml:12: ingress/web` */
  readonly subject: string
  readonly notes: Notes
  /** The Services of the manifests, and where they are. */
  readonly addresses: AddressContext
}

/** Notes a fault where it cannot be the preview's own. */
export function ownHost(host: string, context: HostContext): string {
  if (isTemplated(host)) return host
  if (context.host === undefined)
    refuseHost(`answers at ${host}, and would take the traffic of production there`, context, host)
  else if (context.host === host)
    refuseHost(`answers at ${host}, which url names as well, so it is not the preview’s alone`, context, host)
  return context.host ?? host
}

export function refuseHost(problem: string, { notes, subject, app }: HostContext, host?: string): void {
  const known = host !== undefined && host.includes('.') && !host.includes('*')
  const example = known
    ? `${app}-pr-\${number}.${host.slice(host.indexOf('.') + 1)}`
    : `${app}-pr-\${number}.example.com`
  const fix = `Set url, such as https://${example}: hosts follow it; or write ${example} in the manifest.`
  notes.fault(subject, problem, fix)
}
