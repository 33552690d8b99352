import type { Reason } from '../errors/deploy-error.ts'

/** The app, not the engine, is at fault: ends a test and becomes its report; never leaves this folder. */
export class SmokeFailure extends Error {
  readonly reason: Reason
  /** The container whose log tells more. */
  readonly container: string | undefined

  constructor(reason: Reason, container?: string) {
    super(reason.what)
    this.reason = reason
    this.container = container
  }
}
