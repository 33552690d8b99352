/**
 * Where controllers enter pods outside of the cluster: a target group, a group of endpoints, the address of a load
 * balancer. Who names production's there takes a part of its traffic, whatever the labels and hosts say. Pure.
 */
import type { Fields } from './fields.ts'
import { changedTexts } from './fields.ts'
import { isCustom } from './kinds.ts'
import type { HostContext } from './own-host.ts'
import { isTemplated } from './template.ts'

type RegisteredContext = Pick<HostContext, 'notes' | 'subject'>

const PLACES =
  /^(?:targetGroup(?:ARN|Name|Id)s?|loadBalancer(?:ARN|Name|Id|IP)s?|listener(?:ARN|Id)s?|virtualServer(?:Address|IP|Name)|networkEndpointGroups?|negNames?)$/i

export function noteRegistrations(object: Fields, { notes, subject }: RegisteredContext): void {
  if (!isCustom(object)) return
  changedTexts(object['spec'], (text, path) => {
    const field = path.findLast((name) => PLACES.test(name))
    if (field !== undefined && text !== '' && !isTemplated(text)) {
      const fix = `Leave this object out of the preview’s manifests, or write ${field} with \${number}.`
      notes.fault(subject, `enters pods into ${field} ${text}, which is production’s`, fix)
    }
    return text
  })
}

/** The name of a group of endpoints, which several Services cannot share; without a name each has one of its own. */
export function namesEndpointGroup(annotation: string, value: unknown): boolean {
  return annotation === 'cloud.google.com/neg' && typeof value === 'string' && /"name"\s*:/.test(value)
}
