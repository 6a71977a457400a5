// What holds for every page, however it is looked at.
import type { Page } from '@playwright/test';

import { inEachAppearance } from './appearances.ts';
import { audit } from './audit.ts';
import { takePictures } from './pictures.ts';

/** Accessible and without sideways scroll, wide and narrow, light and dark; leaves the pictures. */
export async function holds(page: Page, name: string): Promise<void> {
  await inEachAppearance(page, async () => audit(page));
  await takePictures(page, name);
}
