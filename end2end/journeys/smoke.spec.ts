// The program answers a stranger.
import { holds } from '../checks/holds.ts';
import { expect, test } from '../fixtures/test.ts';

test('a stranger sees the home page', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveTitle(/Quartile/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await holds(page, 'home');
});

test('the home page needs no JavaScript', async ({ plainPage }) => {
  await plainPage.goto('/');
  await expect(plainPage.getByRole('heading', { level: 1 })).toBeVisible();
});
