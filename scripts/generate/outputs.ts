import type { OutputName } from '../../src/reporting/outputs.ts'

/** What each output means; set on success and on failure. */
export const OUTPUTS: Readonly<Record<OutputName, string>> = {
  outcome:
    'What happened: healthy, unchanged, released, checked, planned, removed, skipped, failed, rolled-back, timed-out, rollback-failed, superseded or cancelled.',
  digest: 'Digest of the image, `sha256:…`.',
  'image-ref': 'The image by its only identity, `repository@sha256:…`.',
  revision: 'Commit that the image was built from, 40 hex digits.',
  tags: 'Tags that name the digest, one a line.',
  reused: 'true where the commit’s image existed already and nothing was built.',
  'previous-digest': 'Digest that ran before.',
  'previous-revision': 'Commit that ran before.',
  'reason-code': 'Permanent code of what went wrong; docs/errors.md explains each.',
  reason: 'What went wrong, one sentence.',
  'rolled-back': 'true where what ran before was restored and proven.',
  url: 'Address of the environment.',
  name: 'Name of the preview, `<app>-pr-<number>`.',
  number: 'Number of the preview’s pull request.',
  result:
    'Everything as one JSON document, the chain of custody and every workload included (schema/result.schema.json).',
}
