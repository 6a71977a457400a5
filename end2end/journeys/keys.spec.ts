// Programs get keys, and what was done can be read.
import { holds } from '../checks/holds.ts';
import { expect, test } from '../fixtures/test.ts';

test('an owner makes a key, a program reads with it, and ending it is in the log', async ({ signedUp: { page }, request, watch }) => {
  watch.tolerate(/422/);
  await page.getByRole('link', { name: 'Keys' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Keys for programs');
  await page.getByLabel('Name').fill('Billing');
  await page.getByRole('button', { name: 'Make key' }).click();
  await expect(page.getByText('Choose at least one thing that the key may do')).toBeVisible();
  await expect(page.getByLabel('Name')).toHaveValue('Billing');
  await page.getByLabel('workspace:read').check();
  await page.getByRole('button', { name: 'Make key' }).click();
  const secret = (await page.locator('code').first().textContent()) ?? '';
  expect(secret).toMatch(/^mk_live_/);
  await holds(page, 'keys');

  const headers = { authorization: `Bearer ${secret}` };
  const company = await request.get('/api/v1/workspaces/current', { headers });
  expect(company.status()).toBe(200);
  expect((await request.get('/api/v1/members', { headers })).status()).toBe(403);
  await page.getByText('End…').click();
  await page.getByRole('dialog').getByRole('button', { name: 'End key' }).click();
  await expect(page.getByText('The key is ended')).toBeVisible();
  expect((await request.get('/api/v1/workspaces/current', { headers })).status()).toBe(401);

  await page.getByRole('link', { name: 'Audit log' }).click();
  await expect(page.getByRole('rowheader', { name: 'api_key.revoked' })).toBeVisible();
  await holds(page, 'audit');
  const file = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  expect((await file).suggestedFilename()).toContain('audit-log.csv');
});

test('the page that documents the API holds', async ({ page }) => {
  await page.goto('/docs/api');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Quartile API');
  await expect(page.getByText('/api/v1/metrics/series').first()).toBeVisible();
  await holds(page, 'docs-api');
});
