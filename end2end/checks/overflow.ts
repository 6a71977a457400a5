// No page scrolls sideways.
import { expect, type Page } from '@playwright/test';

/** Fails with the elements that stick out when the page is wider than the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const culprits = await page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) {
      return [];
    }
    const isClipped = (element: Element): boolean => {
      const parent = element.parentElement;
      return parent !== null && parent !== document.body && (getComputedStyle(parent).overflowX !== 'visible' || isClipped(parent));
    };
    const sticksOut = (element: Element): boolean => element.getBoundingClientRect().right > root.clientWidth + 0.5;
    const named = [...document.body.querySelectorAll('*')]
      .filter((element) => sticksOut(element) && !isClipped(element))
      .map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`);
    return [`the page is ${root.scrollWidth} pixels wide in a window of ${root.clientWidth}`, ...named.slice(0, 10)];
  });
  expect(culprits, `Sideways scroll of ${page.url()}`).toEqual([]);
}
