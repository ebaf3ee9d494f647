import { defineConfig } from 'vitest/config'

const common = { pool: 'forks', maxWorkers: 2, testTimeout: 60_000 } as const

/** `unit`: beside the code. `system`: whole programs, processes, browsers, shared data. */
export default defineConfig({
  test: {
    ...common,
    projects: [
      { test: { ...common, name: 'unit', include: ['src/**/*.test.ts', 'web/src/**/*.test.ts'] } },
      {
        test: {
          ...common,
          name: 'system',
          // Whole programs on a machine that may be busy: a limit for what hangs, not for what is slow.
          testTimeout: 240_000,
          expect: { poll: { timeout: 60_000 } },
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
        },
      },
    ],
  },
})
