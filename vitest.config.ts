import { defineConfig } from 'vitest/config'

// `unit` needs nothing but Node; `real` uses the lab (test/lab), and says what it leaves out without it.
export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts', 'test/harness/**/*.test.ts', 'scripts/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/{contract,integration,scenarios}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          // After the quick ones: real engines answer slowly on a machine that is busy.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
