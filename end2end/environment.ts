// What `cargo xtask test browser` tells the journeys.

/** Where the program under test is. */
export const programUrl = fromEnvironment('QUARTILE_E2E_URL');

/** Where the local sign-in provider is. */
export const providerUrl = fromEnvironment('QUARTILE_E2E_PROVIDER');

/** Debian's browser; another one by QUARTILE_E2E_CHROMIUM. */
export const chromium = process.env['QUARTILE_E2E_CHROMIUM'] ?? '/usr/bin/chromium';

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set; start the journeys with \`cargo xtask test browser\``);
  }
  return value;
}
