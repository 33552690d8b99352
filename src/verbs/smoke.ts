import type { Verb } from './verb.ts'

export const smoke = {
  name: 'smoke',
  summary: 'smoke-test one image, change nothing',
  title: 'Smoke-test one image that the engine knows or can pull.',
  takes: ['every', 'testing'],
  inputs: [
    {
      name: 'image',
      kind: 'text',
      group: 'what',
      commands: 'smoke',
      example: 'app:dev',
      about: 'The image to test: a tag, a digest or a local id.',
      file: false,
    },
  ],
  async run(invocation, context) {
    const { runSmoke } = await import('../compose/smoke.ts')
    return runSmoke(invocation, context)
  },
} as const satisfies Verb
