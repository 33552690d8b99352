import { defineConfig } from 'vitest/config'

// `unit` needs nothing but Node; `real` uses the lab (test/lab), and says what it leaves out without it.
const usesLab = ['test/harness/{act,images,registry}.test.ts']

export default defineConfig({
  test: {
    silent: 'passed-only',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,scripts,test/unit,test/harness}/**/*.test.ts'],
          exclude: usesLab,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/{contract,integration,scenarios}/**/*.test.ts', ...usesLab],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          // An engine on a busy machine is late now and then; what fails three times in a row is broken.
          retry: 2,
          // After the quick ones: real engines answer slowly on a machine that is busy.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
