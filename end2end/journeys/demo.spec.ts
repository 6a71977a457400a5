// A stranger looks at the synthetic company: every page, wide and narrow, light and dark, and says so everywhere.
import { audit } from '../checks/audit.ts';
import { holds } from '../checks/holds.ts';
import { expect, test } from '../fixtures/test.ts';

const PAGES: readonly { name: string; path: string }[] = [
  { name: 'demo-overview', path: '/w/demo-northlight' },
  { name: 'demo-dashboard', path: '/w/demo-northlight/dashboard' },
  { name: 'demo-dashboard-euro', path: '/w/demo-northlight/dashboard?currency=EUR&window=year' },
  { name: 'demo-standing', path: '/w/demo-northlight/standing' },
  { name: 'demo-published', path: '/w/demo-northlight/standing?with=published' },
  { name: 'demo-figures', path: '/w/demo-northlight/figures' },
  { name: 'demo-figure', path: '/w/demo-northlight/figures/burn_mult' },
  { name: 'demo-reports', path: '/w/demo-northlight/reports' },
  { name: 'demo-data', path: '/w/demo-northlight/data' },
  { name: 'demo-imports', path: '/w/demo-northlight/data/imports' },
  { name: 'demo-settings', path: '/w/demo-northlight/settings' },
];

const PUBLIC: readonly { name: string; path: string }[] = [
  { name: 'home', path: '/' },
  { name: 'method', path: '/method' },
  { name: 'sign-up', path: '/sign-up' },
];

for (const { name, path } of PAGES) {
  test(`${path} of the demo holds in every appearance and is marked synthetic`, async ({ page }) => {
    test.setTimeout(120_000);
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByText('Synthetic data').first()).toBeVisible();
    await holds(page, name);
  });
}

// The pictures of README and home page: made by `QUARTILE_WRITE_DOCS=1 cargo xtask test browser`.
test.describe('pictures for readers', () => {
  test.skip(process.env['QUARTILE_WRITE_DOCS'] !== '1', 'only when they are to be made anew');
  test('the dashboard and the standing of the demo', async ({ page }) => {
    await page.setViewportSize({ width: 1440, height: 1000 });
    for (const [path, file] of [
      ['/w/demo-northlight/dashboard', 'docs/pictures/dashboard.png'],
      ['/w/demo-northlight/standing', 'public/pictures/standing.png'],
    ] as const) {
      await page.goto(path);
      await page.waitForTimeout(1500);
      await page.screenshot({ path: new URL(`../../${file}`, import.meta.url).pathname, animations: 'disabled' });
    }
  });
});

for (const { name, path } of PUBLIC) {
  test(`${path} holds in every appearance`, async ({ page }) => {
    test.setTimeout(120_000);
    await page.goto(path);
    await holds(page, name);
  });
}

test('the demo opens from the home page, without an account and without JavaScript', async ({ plainPage }) => {
  await plainPage.goto('/');
  await plainPage.getByRole('link', { name: 'Look at a demo company' }).click();
  await expect(plainPage).toHaveURL(/demo-northlight\/dashboard/);
  await plainPage.goto('/w/demo-northlight/standing');
  await expect(plainPage.getByText('Your place among live peers').first()).toBeAttached();
});

test('an address that leads nowhere answers 404 and helps', async ({ page, watch }) => {
  watch.tolerate(/404/);
  const answer = await page.goto('/no-such-page');
  expect(answer?.status()).toBe(404);
  await expect(page.getByText('There is no page at this address')).toBeVisible();
  await audit(page);
});

test('a workspace of others looks as if it did not exist', async ({ signedUp: { page }, watch }) => {
  watch.tolerate(/404/);
  const answer = await page.goto('/w/somebody-elses-company/dashboard');
  expect(answer?.status()).toBe(404);
});

test('pages and files are marked and downloadable', async ({ page }) => {
  for (const [file, type] of [
    ['charts/mrr.svg', 'image/svg+xml'],
    ['charts/mrr.png', 'image/png'],
    ['charts/mrr-bridge.svg', 'image/svg+xml'],
    ['figures.csv', 'text/csv'],
    ['figures.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ] as const) {
    const answer = await page.request.get(`/w/demo-northlight/${file}`);
    expect(answer.status(), file).toBe(200);
    expect(answer.headers()['content-type'], file).toContain(type);
    expect(answer.headers()['content-disposition'], file).toContain('attachment');
  }
});
