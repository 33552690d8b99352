import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// `unit` needs nothing but Node; `real` uses the lab (test/lab), and says what it leaves out without it.
const usesLab = ['test/harness/{act,images,registry}.test.ts']

/** By size, large files first; the contract suites are small files that take longest. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isContract = ({ moduleId }: TestSpecification) => moduleId.includes('/test/contract/')
    const sorted = await super.sort(files)
    return [...sorted.filter(isContract), ...sorted.filter((file) => !isContract(file))]
  }
}

export default defineConfig({
  test: {
    silent: 'passed-only',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,demo,scripts,test/unit,test/harness}/**/*.test.ts'],
          exclude: usesLab,
          testTimeout: 20_000,
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/{contract,integration,scenarios}/**/*.test.ts', ...usesLab],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Most of the time is waiting for engines.
          maxWorkers: 3,
          // An engine on a busy machine is late now and then; what fails three times in a row is broken.
          retry: 2,
          // After the quick ones: real engines answer slowly on a machine that is busy.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
