import type { Reason } from '../../../errors/deploy-error.ts'

/** What is found about manifests while they are made a preview's. */
export class Notes {
  readonly faults: Reason[] = []
  readonly warnings: string[] = []

  /** @param subject `deploy/app.yml:12: ingress/web` */
  fault(subject: string, problem: string, fix: string): void {
    this.faults.push({ code: 'manifest-invalid', what: `${subject} ${problem}`, fix })
  }

  warning(subject: string, text: string): void {
    this.warnings.push(`${subject} ${text}`)
  }
}
