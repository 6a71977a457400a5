// Pictures of pages for people to look at.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Page } from '@playwright/test';

import { inEachAppearance, onTheSmallestScreen } from './appearances.ts';
import { expectNoSidewaysScroll } from './overflow.ts';

/** Emptied before the first journey. */
export const picturesFolder = fileURLToPath(new URL('../pictures', import.meta.url));

/** Leaves `NAME-1440-light.png` and its three siblings, and fails where a page scrolls sideways. */
export async function takePictures(page: Page, name: string): Promise<void> {
  await inEachAppearance(page, async ({ width, scheme }) => {
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    const path = join(picturesFolder, `${name}-${width}-${scheme}.png`);
    await page.screenshot({ path, fullPage: true, animations: 'disabled' });
    await expectNoSidewaysScroll(page);
  });
  await onTheSmallestScreen(page, async () => expectNoSidewaysScroll(page));
}
