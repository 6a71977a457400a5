// The four ways in which every page has to look right.
import type { Page } from '@playwright/test';

export interface Appearance {
  width: number;
  height: number;
  scheme: 'light' | 'dark';
}

const APPEARANCES: readonly Appearance[] = [
  { width: 1440, height: 900, scheme: 'light' },
  { width: 1440, height: 900, scheme: 'dark' },
  { width: 390, height: 844, scheme: 'light' },
  { width: 390, height: 844, scheme: 'dark' },
];

/** Shows the page wide and narrow, light and dark, and leaves it as it was. */
export async function inEachAppearance(page: Page, look: (appearance: Appearance) => Promise<void>): Promise<void> {
  const before = page.viewportSize();
  for (const appearance of APPEARANCES) {
    await page.setViewportSize({ width: appearance.width, height: appearance.height });
    await page.emulateMedia({ colorScheme: appearance.scheme, reducedMotion: 'reduce' });
    await look(appearance);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) {
    await page.setViewportSize(before);
  }
}

/** Shows the page on the smallest screen that has to do, and leaves it as it was. */
export async function onTheSmallestScreen(page: Page, look: () => Promise<void>): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  await look();
  if (before) {
    await page.setViewportSize(before);
  }
}
