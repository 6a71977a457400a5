// What a page does by script it does once its islands are there.
import type { Page } from '@playwright/test';

/** Waits until every island of the page is alive; until then the page works as plain HTML. */
export async function becomeAlive(page: Page): Promise<void> {
  await page.locator('html[data-live]').waitFor({ state: 'attached', timeout: 30_000 });
}
