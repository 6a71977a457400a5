// How journeys run: one browser, one at a time, against the program that xtask started.
import { defineConfig, devices } from '@playwright/test';

import { chromium, programUrl } from './environment.ts';

export default defineConfig({
  testDir: 'journeys',
  outputDir: 'test-results',
  globalSetup: './global_setup.ts',
  forbidOnly: Boolean(process.env['CI']),
  fullyParallel: false,
  workers: 1,
  retries: 0,
  // Mild enough for a busy machine with two cores; what has to be fast is measured by `cargo xtask bench`.
  timeout: 240_000,
  // A browser that hangs ends the run instead of the patience of whoever waits for it.
  globalTimeout: 45 * 60_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    baseURL: programUrl,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    locale: 'en-GB',
    timezoneId: 'UTC',
    launchOptions: {
      executablePath: chromium,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [{ name: 'chromium', use: { ...devices['Desktop Chrome'], viewport: { width: 1440, height: 900 } } }],
});
