import { describe, expect, it } from 'vitest'
import { isRunnerVariable } from './runner-variables.ts'

describe('variables of the runner', () => {
  it.each([
    'GITHUB_TOKEN',
    'GITHUB_ENV',
    'GITHUB_OUTPUT',
    'GITHUB_PATH',
    'GITHUB_STATE',
    'GITHUB_STEP_SUMMARY',
    'GITHUB_EVENT_PATH',
    'GITHUB_ACTION_PATH',
    'GITHUB_SHA_TOKEN',
    'github_token',
    'ACTIONS_RUNTIME_TOKEN',
    'ACTIONS_ID_TOKEN_REQUEST_URL',
    'ACTIONS_CACHE_URL',
    'ACTIONS_RESULTS_URL',
    'INPUT_GITHUB-TOKEN',
    'STATE_password',
    'RUNNER_TEMP',
    'RUNNER_TOOL_CACHE',
  ])('%s may carry rights', (name) => {
    expect(isRunnerVariable(name)).toBe(true)
  })

  it.each([
    'GITHUB_SHA',
    'GITHUB_REF',
    'GITHUB_REF_NAME',
    'GITHUB_REPOSITORY',
    'GITHUB_REPOSITORY_OWNER',
    'GITHUB_RUN_ID',
    'GITHUB_RUN_NUMBER',
    'GITHUB_RUN_ATTEMPT',
    'GITHUB_ACTOR',
    'GITHUB_SERVER_URL',
    'GITHUB_HEAD_REF',
    'GITHUB_BASE_REF',
    'GITHUB_WORKFLOW',
    'GITHUB_WORKSPACE',
    'GITHUB_JOB',
    'GITHUB_EVENT_NAME',
    'RUNNER_OS',
    'GITHUBTOKEN',
    'MY_GITHUB_TOKEN',
  ])('%s does not', (name) => {
    expect(isRunnerVariable(name)).toBe(false)
  })
})
